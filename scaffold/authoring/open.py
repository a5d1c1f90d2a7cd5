"""``scaffold templates open``: a template as a project that runs, debugs and lints where it stands.

The project bears the names that templates are written with (``your_project``), so that every file is the
template's own, byte for byte: each is a link to it, and an edit here is an edit of the template. What others
bring, as the parts of an installed package, is copied: an edit of it would change other templates,
too.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scaffold.authoring.whose import Lent, sorted_out
from scaffold.builds.model import Framework
from scaffold.errors import OptionRefused
from scaffold.new import NewPlan
from scaffold.setup import Announce, Wishes
from scaffold.shell import line
from scaffold.system import System

#: The name that renaming leaves as it is.
NAME = "your-project"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """What the user asked for."""

    template: str  # a name or a place
    target: Path
    folder: Path  # in which the user is
    frameworks: tuple[Framework, ...] = ()  # none: all that the template has
    copies: bool = False  # no links, although they could be made


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlan:
    """All that will happen, decided."""

    target: Path
    project: NewPlan  # what the template gives a project of the name `NAME`
    links: Mapping[PurePosixPath, Path]  # files of the project -> the template's own; none with `copies`
    lent: tuple[Lent, ...]  # what others bring: read-only copies; none with `copies`
    made: tuple[PurePosixPath, ...]  # the others: written for this project alone, whatever becomes of them


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReport:
    """What stands there."""

    target: Path
    linked: int
    copied: int  # of what could have been links: this system makes none, or none was wanted
    lent: int  # copies of what others bring


def plan_open(system: System, request: OpenRequest, announce: Announce) -> OpenPlan:
    """Decide everything; nothing is written.

    Raises OptionRefused for a template that does not stay where it is, TemplateUnknown, TemplateBroken,
    TemplateUnsafe, TargetOccupied, NoPermission, PythonMissing, NoBuild.
    """
    from scaffold.new import NewRequest
    from scaffold.new.plan import plan_native
    from scaffold.projects import names, write
    from scaffold.projects.compose import compose
    from scaffold.projects.origins.fetch import in_place
    from scaffold.projects.origins.kinds import demand_native
    from scaffold.projects.origins.parse import parse_location
    from scaffold.projects.prose import ENDING

    location = parse_location(request.template, request.folder, system.home)
    if location.is_brought:
        raise OptionRefused(
            f"{location.text} has no files on this machine that could be edited",
            hint="clone or unpack it, and open the folder",
        )
    write.check_target(request.target)
    found = in_place(location)
    demand_native(
        found.kind, location.text, "and must be rendered first",
        hint=f"make a project of it: {line('scaffold', 'new', 'NAME', '-t', location.text)}",
    )  # fmt: skip
    new = NewRequest(
        name=NAME,
        parent=request.target.parent,
        wishes=Wishes(frameworks=request.frameworks),
        environment=False,
    )
    project = plan_native(system, new, found, names.project_name(NAME), request.target, announce)
    sources = compose(project.template, project.frameworks)
    as_they_are = {path: source for path, source in sources.items() if path.suffix != ENDING}
    made = tuple(path for path in project.files if path not in as_they_are)
    links, lent = ({}, ()) if request.copies else sorted_out(project.template, as_they_are)
    return OpenPlan(target=request.target, project=project, links=links, lent=lent, made=made)


def carry_out(system: System, plan: OpenPlan, announce: Announce) -> OpenReport:
    """Write the project, then put the template's own files in the place of its copies, one by one.

    Interrupted, it leaves a whole project, a part of it copies. Raises TargetOccupied, NoPermission, NoSpace.
    """
    from scaffold.environments.planned import write_planned
    from scaffold.projects.write import write_project
    from scaffold.pycharm.registration.made import remember_made

    announce(f"writing {len(plan.project.files)} files")
    write_project(plan.target, plan.project.files)
    remember_made(system, plan.target.absolute())
    write_planned(plan.target, plan.project.setup.choice, plan.project.setup.machine)
    linked = 0
    for path, source in plan.links.items():
        if not _linked(plan.target.joinpath(*path.parts), source):
            break  # Windows without developer mode, a disk that knows no links: none can be made there
        linked += 1
    lent = sum(len(one.files) for one in plan.lent)
    if system.platform.os != "windows":  # which neither replaces nor removes a read-only file
        for path in (path for one in plan.lent for path in one.files):
            _protect(plan.target.joinpath(*path.parts))
    copied = len(plan.project.files) - len(plan.made) - lent - linked
    return OpenReport(target=plan.target, linked=linked, copied=copied, lent=lent)


def _protect(place: Path) -> None:
    """Make a copy read-only: an editor says so before anybody has worked on what goes nowhere."""
    with contextlib.suppress(OSError):  # a disk that knows no permissions
        place.chmod(place.stat().st_mode & ~0o222)


def _linked(place: Path, source: Path) -> bool:
    """Put a link in a file's place, at once; False where the system makes none, and the file stays."""
    beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        beside.symlink_to(os.path.realpath(source))
        beside.replace(place)
    except (OSError, NotImplementedError):
        with contextlib.suppress(OSError):  # there may be none
            beside.unlink()
        return False
    return True
