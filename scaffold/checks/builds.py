"""Whether the builds of a project still are the right ones for the machine that it is on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scaffold.checks.cures import anew
from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.machine.fingerprint import changes, fingerprint, lost

ANEW = "choose builds for this machine anew (scaffold builds says which)"


def data_readable(facts: Facts) -> Iterator[Finding]:
    """The user's own data file, where there is one, can be used."""
    if facts.data_problem is not None:
        yield Finding(
            id="builds.data-file",
            level="warning",
            title=facts.data_problem.message,
            detail="\n".join(facts.data_problem.detail),
            cause=facts.data_problem.code,
            remedy=Remedy(text=facts.data_problem.hint),
        )


def machine_as_planned(facts: Facts) -> Iterator[Finding]:
    """The machine is the one that the builds were chosen for."""
    if facts.plan_damaged:
        yield Finding(
            id="builds.plan-unreadable",
            level="warning",
            title="What was chosen for this machine cannot be read, so a change of the machine goes unseen",
            cause="plan-damaged",
            evidence=(Evidence(source=".scaffold/builds.json", value="no plan of scaffold's"),),
            remedy=for_this_machine(facts),
        )
    if facts.made_for is None:
        return
    different = changes(facts.made_for, fingerprint(facts.machine))
    if not different:
        yield Finding(id="builds.machine", level="ok", title="The builds were chosen for this very machine")
        return
    now = fingerprint(facts.machine)
    yield Finding(
        id="builds.machine-changed",
        level="warning" if lost(facts.made_for, now) else "info",
        title=f"The machine has changed since the builds were chosen: {different[0]}",
        detail="\n".join(different[1:]),
        cause="machine-changed",
        evidence=(Evidence(source=".scaffold/builds.json", value="the machine as it was then"),),
        remedy=for_this_machine(facts),
    )


def for_this_machine(facts: Facts, text: str = ANEW) -> Remedy:
    """Builds that fit; a project's locks hold those of several machines, and `sync` takes the right ones."""
    return anew(facts, f"{text}; the locks may hold them already" if facts.locked else text)


#: What `scaffold.locks` calls a contradiction -> what doctor calls it.
FIT = {
    "cuda-driver": "gpu.driver-too-old",
    "kernels": "gpu.arch-unsupported",
    "cudnn": "gpu.arch-unsupported",
    "same-files": "lib.tf-torch-conflict",
    "pair": "lib.tf-torch-conflict",
    "other-gpu": "gpu.build-for-another-vendor",
}


def packages_fit(facts: Facts) -> Iterator[Finding]:
    """What is installed runs on the GPUs that are here, and owns its files alone."""
    packages, place = _packages(facts)
    if not packages:
        return
    from scaffold.locks.environment import lock_of_installed
    from scaffold.locks.lint import lint

    version = facts.environment.version if facts.environment else facts.planned_python
    python = ".".join(version.split(".")[:2])
    for one in lint(lock_of_installed(packages), facts.machine, python):
        # Said by `checks.frameworks`, `checks.gpu` and `checks.contents`, which know the installed files.
        seen = facts.contents is not None and facts.contents.collisions
        twice = (one.code == "same-files" and (seen or not one.package.startswith("nvidia-"))) or (
            one.code in ("cuda-driver", "kernels") and one.package == "torch" and facts.torch is not None
        )
        if one.code in FIT and one.level != "info" and not twice:
            yield Finding(
                id=FIT[one.code],
                level=one.level,
                title=one.message,
                cause=one.code,
                evidence=(
                    Evidence(source=place, value=f"{one.package} {one.version}"),
                    *(Evidence(source="scaffold builds", value=line) for line in one.why),
                ),
                remedy=for_this_machine(facts, one.remedy or ANEW),
            )


def _packages(facts: Facts) -> tuple[Mapping[str, str], str]:
    """What is installed, or, before anything is, what is planned to be; and where that was read."""
    if facts.environment is not None:
        return ({} if facts.orphaned else facts.environment.packages), str(facts.environment.location)
    return facts.planned, ".scaffold/builds.json"
