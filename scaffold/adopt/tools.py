"""What a project's notebooks and tests need, and its environment will not have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scaffold.projects.discovery.model import Discovered
from scaffold.projects.model import RunConfiguration

if TYPE_CHECKING:
    from scaffold.env.adopt import AdoptPlan
    from scaffold.setup import SetupPlan


def tools_lacking(
    found: Discovered,
    rows: Sequence[RunConfiguration],
    adopted: AdoptPlan | None,
    setup: SetupPlan | None,
) -> Iterator[str]:
    """A sentence each, with how it is added; doctor says the same of the environment that stands."""
    from scaffold.projects.asking.files import by_hand
    from scaffold.projects.asking.reading import KERNEL, distribution

    there = {distribution(line) for line in found.requirements}
    there |= set(adopted.environment.packages) if adopted is not None else set()
    for one in setup.environments if setup is not None else ():
        there |= {distribution(download.name) for download in one.downloads}
    wanted = [("its notebooks need Jupyter", KERNEL, "jupyter")] if found.notebooks else []
    if any(one.kind == "pytest" for one in rows):
        wanted.append(("its tests need pytest", frozenset(("pytest",)), "pytest"))
    place = found.place or "requirements.txt"
    for what, any_of, package in wanted:
        if any_of.isdisjoint(there):
            first = f"name {package} in {place} first, or later and then: scaffold env create"
            how = by_hand(package) if adopted is not None else first
            yield f"{what}, which nothing asks for; {how}"
