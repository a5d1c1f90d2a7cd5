"""What is known of a project's requirements. Only the frameworks are kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A framework that a file asks for."""

    package: str  # torch
    version: str = ""  # exact, local part included; "" where it is left open
    specifier: str = ""  # >=2.4
    index: str = (
        ""  # of the file's line, or the one that the lock holds it from; "" the user's own settings decide
    )
    place: str = ""  # requirements.txt:3


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOf:
    """The index that a project names for one package: ``[tool.uv.sources]``, a source of Poetry's."""

    package: str
    url: str
    marker: str = ""  # for these environments alone; elsewhere the ordinary index decides
    holds: bool | None = None  # whether that marker holds here
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedHere:
    """What a lock would install on this machine."""

    path: str  # uv.lock
    format: str
    python: str  # that it was judged for: 3.12
    frameworks: tuple[Named, ...] = ()
    pins: tuple[Named, ...] = ()  # everything that would be installed, by exact version


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFacts:
    """The project's files of requirements. Empty where there are none."""

    requires_python: str = ""
    named: tuple[Named, ...] = ()
    index_of: tuple[IndexOf, ...] = ()
    indexes: tuple[str, ...] = ()  # that the files name for every package
    locks: tuple[LockedHere, ...] = ()
    files: tuple[str, ...] = ()  # that name requirements and are there: pyproject.toml, requirements.txt

    def gated(self, package: str) -> IndexOf | None:
        """The index of a package that a marker keeps from this platform, where no other one holds."""
        rows = [one for one in self.index_of if one.package == package]
        if any(one.holds for one in rows):
            return None
        return next((one for one in rows if one.holds is False), None)
