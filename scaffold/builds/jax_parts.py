"""The wheels that a JAX is put together from: what a Python could install of them, or why it could not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.candidates import stable_version
from scaffold.builds.wheels import Target, pythons_of
from scaffold.sources.model import Wheel


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is offered of JAX's projects, for one target."""

    target: Target
    offered: Mapping[tuple[str, Version], tuple[Wheel, ...]]  # by project and version, stable ones only

    def versions(self, project: str) -> tuple[Version, ...]:
        """What is offered of a project, newest first."""
        return tuple(sorted((version for name, version in self.offered if name == project), reverse=True))

    def fitting(self, project: str, version: Version) -> Wheel | None:
        """The wheel that the target can install."""
        there = self.offered.get((project, version), ())
        return next((wheel for wheel in there if self.target.accepts(wheel)), None)

    def jaxlib(self, version: Version) -> Wheel | None:
        """The compiled part that an installer takes for that JAX: the newest within JAX's own range."""
        row = tables.jax().release(version)
        oldest = row.jaxlib if row else version
        inside = (one for one in self.versions("jaxlib") if oldest <= one <= version)
        return next((wheel for one in inside if (wheel := self.fitting("jaxlib", one))), None)

    def lacking(self, project: str, version: Version) -> str:
        """Why there is no wheel of a project for the target."""
        there = self.offered.get((project, version), ())
        if not there:
            return f"no source offers {project} {version}"
        pythons = sorted({python for wheel in there for python in pythons_of(wheel)}, key=Version)
        if pythons and self.target.python not in pythons:
            return f"{project} has wheels for Python {', '.join(pythons)}, not for {self.target.python}"
        return self._floor(version) or f"{project} has no wheel for {self.target.platform}"

    def _floor(self, version: Version) -> str:
        """The C library or the macOS that the target lacks, where the tables tell."""
        row, host, platform = tables.jax().release(version), self.target.host, self.target.platform
        if row is None or platform not in row.size_mb:
            return ""
        if host.os == "linux" and not self.target.has_glibc(row.glibc):
            return f"needs glibc {row.glibc}, here is {host.libc or 'none'}"
        oldest = row.macos.get(platform)
        return f"needs macOS {oldest}, here is {host.os_version or 'an unknown one'}" if oldest else ""


def parts_of(wheels: Iterable[Wheel], target: Target) -> Parts:
    """Sort what is offered; pre-releases are left out."""
    offered: dict[tuple[str, Version], list[Wheel]] = defaultdict(list)
    for wheel in wheels:
        if (version := stable_version(wheel)) is not None:
            offered[wheel.project, version].append(wheel)
    return Parts(target=target, offered={key: tuple(there) for key, there in offered.items()})
