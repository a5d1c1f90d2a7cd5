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
