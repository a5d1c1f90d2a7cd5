"""A template before anything is made of it: the files, what it needs, reaches and takes. Nothing is run.

`scaffold templates show` prints it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.builds.model import Framework
from scaffold.projects.brochure import Brochure

if TYPE_CHECKING:
    from scaffold.projects.model import ProjectName, Template
    from scaffold.system import System

#: The group of files that a project has whatever frameworks are chosen.
COMMON = "common"

#: The Python that files are drawn for: what they look like does not depend on it.
_PYTHON = "3.12"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the project that would be made."""

    path: PurePosixPath
    size: int  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Files that come with one framework, or with every selection."""

    name: str  # common, pytorch, keras
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(one.size for one in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A framework's own wheel, by the tables of builds: what it brings along comes on top of it."""

    framework: Framework
    version: str
    processor: int | None  # bytes of the build without CUDA for this platform; None: not known
    cuda: int | None  # bytes of the one with CUDA, its libraries included where they are separate


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that is told of a template in our format."""

    brochure: Brochure
    name: ProjectName  # of the project that was drawn
    groups: tuple[Group, ...]
    requirements: tuple[str, ...]  # the template's own, less the frameworks
    downloads: tuple[Download, ...]


def overview(system: System, template: Template) -> Overview:
    """Draw a project of a template, in memory, and look up what it needs. Raises TemplateBroken."""
    from scaffold.projects.brochure import brochure
    from scaffold.projects.measured import read_measured
    from scaffold.projects.names import SUFFIX, project_name, propose
    from scaffold.projects.requirements import direct_requirements

    read_measured(template.folder)  # says what is wrong with it
    name = project_name(propose(f"{template.name}{SUFFIX}", template=template.name))
    return Overview(
        brochure=brochure(template),
        name=name,
        groups=_groups(template, name),
        requirements=direct_requirements(template, template.frameworks),
        downloads=tuple(_download(system, one) for one in template.frameworks),
    )


def _groups(template: Template, name: ProjectName) -> tuple[Group, ...]:
    """Every file once: what is there with each framework alone is common."""
    whole = _drawn(template, name, template.frameworks)
    alone = {one: _drawn(template, name, (one,)) for one in template.frameworks}
    # What only a selection of both has belongs to no one of them.
    owners = {path: [one for one, files in alone.items() if path in files] for path in whole}
    named: dict[str, list[PurePosixPath]] = {COMMON: [], **{one: [] for one in alone}}
    for path, frameworks in owners.items():
        named[frameworks[0] if len(frameworks) == 1 < len(alone) else COMMON].append(path)
    return tuple(
        Group(name=group, files=tuple(File(path=path, size=whole[path]) for path in sorted(paths)))
        for group, paths in named.items()
        if paths
    )


def _drawn(
    template: Template, name: ProjectName, frameworks: tuple[Framework, ...]
) -> dict[PurePosixPath, int]:
    from scaffold.drawing.blueprint import draw, first_record

    record = first_record(template, name, frameworks, (), _PYTHON)
    return {path: len(entry.content) for path, entry in draw(template, record).files.items()}


def _download(system: System, framework: Framework) -> Download:
    """The newest release in the tables, for this platform."""
    from scaffold.builds import tables

    platform = _platform(system)
    if framework == "pytorch":
        table, newest = tables.torch(), tables.torch().releases[0]
        there = newest.pypi.get(platform, "")
        own = newest.size_mb.get(platform)
        libraries = table.cuda_libraries_gb * 1000 if platform.startswith("linux") else 0
        return Download(
            framework=framework,
            version=str(newest.version),
            processor=_bytes(own if there in ("", "cpu") else table.cpu_mb.get(platform)),
            cuda=_bytes(own + libraries) if own is not None and there.startswith("cu") else None,
        )
    release = tables.tensorflow().releases[0]
    processor = release.cpu_size_mb.get(platform, release.size_mb.get(platform))
    return Download(framework=framework, version=str(release.version), processor=_bytes(processor), cuda=None)


def _platform(system: System) -> str:
    """As the tables name it: linux_x86_64."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        system.platform.machine.lower(), system.platform.machine
    )
    if system.platform.os == "macos" and machine == "aarch64":
        machine = "arm64"
    return f"{system.platform.os}_{machine}"


def _bytes(megabytes: int | None) -> int | None:
    return None if megabytes is None else megabytes * 1_000_000
