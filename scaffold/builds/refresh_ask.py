"""What a refresh asks the user's sources, and what stood in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scaffold.builds.jax_published import JAX_PROJECTS
from scaffold.errors import SourceUnreachable
from scaffold.sources.listing import list_wheels
from scaffold.sources.metadata import Metadata, read_metadata
from scaffold.sources.model import Listing, Offers, Wheel
from scaffold.sources.places import pytorch_sources
from scaffold.sources.problems import Unreachable
from scaffold.sources.settings import read_settings
from scaffold.system import System

#: What is asked for, by the table that it belongs to.
PROJECTS: Mapping[str, tuple[str, ...]] = {
    "torch": ("torch",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "keras": ("keras",),
    "jax": JAX_PROJECTS,
}


class Asked:
    """The answers of the user's sources, and what went wrong on the way."""

    def __init__(self, system: System) -> None:
        self._system, self._settings = system, read_settings(system)
        projects = [project for some in PROJECTS.values() for project in some]
        self.offers = list_wheels(system, projects, self._settings)
        self.problems = [_problem(one) for one in self.offers.unreachable()]
        if not self.offers.listings:
            raise SourceUnreachable(
                "pip's and uv's settings name no package source, so there is nothing to refresh from",
                detail=tuple(f"no-index is set by {one.origin}" for one in (self._settings.no_index,) if one),
                hint="name an index or a folder of wheels (find-links) in pip's or uv's settings",
            )
        if self.problems and not any(one.outcome != "unreachable" for one in self.offers.listings):
            raise SourceUnreachable(
                "No package index answers, so there is nothing to refresh from",
                detail=tuple(self.problems),
                hint="check the network, or the index in pip's and uv's settings",
            )

    def read(self, wheel: Wheel) -> Metadata | None:
        """A wheel's metadata; what stands in its way is kept."""
        try:
            return read_metadata(self._system, wheel, self._settings)
        except Unreachable as problem:
            self.problems.append(str(problem))
            return None

    def silent(self, projects: Sequence[str]) -> tuple[str, ...]:
        """The projects that not every source of the user's said something of."""
        failed = {one.project for one in self.offers.listings if one.outcome == "unreachable"}
        return tuple(project for project in projects if project in failed)

    def pytorch(self, variants: Sequence[str]) -> Offers:
        """What PyTorch's own index has of each variant."""
        sources = pytorch_sources(self._settings, variants)
        offers = list_wheels(self._system, ["torch"], self._settings, sources=sources)
        failed = offers.unreachable()
        if failed:
            more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
            self.problems.append(f"{_problem(failed[0])}{more}: what PyTorch's own index has stays unknown")
        return offers


def _problem(listing: Listing) -> str:
    return f"{listing.source.shown}: {listing.problem}"
