"""Whether the builds of a project still are the right ones for the machine that it is on."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.machine.fingerprint import changes, fingerprint

ANEW = Remedy(
    text="see which builds would be chosen today, then choose anew",
    commands=(("scaffold", "builds"), ("scaffold", "env", "create")),
)


def machine_as_planned(facts: Facts) -> Iterator[Finding]:
    """The machine is the one that the builds were chosen for."""
    if facts.made_for is None:
        return
    different = changes(facts.made_for, fingerprint(facts.machine))
    if not different:
        yield Finding(id="builds.machine", level="ok", title="The builds were chosen for this very machine")
        return
    yield Finding(
        id="builds.machine-changed",
        level="info",
        title=f"The machine has changed since the builds were chosen: {different[0]}",
        detail="\n".join(different[1:]),
        cause="machine-changed",
        evidence=(Evidence(source=".scaffold/builds.json", value="the machine as it was then"),),
        remedy=ANEW,
    )


#: What `scaffold.locks` calls a contradiction -> what doctor calls it. The driver of torch and builds
#: without CUDA are the business of `checks.frameworks`, which knows the installed files.
FIT = {
    "kernels": "gpu.arch-unsupported",
    "cudnn": "gpu.arch-unsupported",
    "same-files": "lib.tf-torch-conflict",
    "pair": "lib.tf-torch-conflict",
    "other-gpu": "gpu.build-for-another-vendor",
}


def packages_fit(facts: Facts) -> Iterator[Finding]:
    """What is installed runs on the GPUs that are here, and owns its files alone."""
    if facts.environment is None or facts.orphaned:
        return
    from scaffold.locks.environment import lock_of_installed
    from scaffold.locks.lint import lint

    python = ".".join(facts.environment.version.split(".")[:2])
    for one in lint(lock_of_installed(facts.environment.packages), facts.machine, python):
        twice = one.code == "same-files" and not one.package.startswith("nvidia-")  # said by `frameworks`
        if one.code in FIT and one.level != "info" and not twice:
            yield Finding(
                id=FIT[one.code],
                level=one.level,
                title=one.message,
                cause=one.code,
                evidence=(
                    Evidence(source=str(facts.environment.location), value=f"{one.package} {one.version}"),
                    *(Evidence(source="scaffold builds", value=line) for line in one.why),
                ),
                remedy=Remedy(text=one.remedy or ANEW.text, commands=ANEW.commands),
            )
