"""Look at a project and decide what its adoption comes to. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from scaffold import __version__
from scaffold.adopt.model import ProjectPlan, Request
from scaffold.adopt.noted import Made, made_from
from scaffold.builds.model import TITLES, Framework
from scaffold.env.adopt import AdoptPlan
from scaffold.errors import NameRefused, NoBuild, OptionRefused, SourceUnreachable
from scaffold.projects.discovery.model import Discovered
from scaffold.projects.model import ProjectName, Record
from scaffold.projects.record import RECORD
from scaffold.projects.snapshot import Entry, Snapshot
from scaffold.setup import Announce, SetupPlan
from scaffold.shell import line
from scaffold.system import System


def plan_adoption(system: System, request: Request, announce: Announce) -> ProjectPlan:
    """Decide everything: name, frameworks, run configurations, environment, every download.

    Raises OptionRefused and NotAProject for a folder that is no project of one's own, NameRefused,
    TemplateUnknown, and what `plan_setup` does.
    """
    from scaffold.adopt.ide_files import idea_changes
    from scaffold.adopt.refusals import refuse_empty, refuse_folder
    from scaffold.adopt.tools import tools_lacking
    from scaffold.pycharm.project.adding import added
    from scaffold.pycharm.project.describe import any_project
    from scaffold.pycharm.project.run_configurations import run_files
    from scaffold.pycharm.reading.configurations import configurations

    root = request.root
    refuse_folder(system, root, named=request.named)
    announce("looking at the project")
    found = _seen(system, root)
    refuse_empty(root, found)
    theirs = _theirs(system, request, found, announce)
    record = theirs.record if theirs is not None else _record(system, request, found)
    adopted = _adopted(system, root, record) if request.environment else None
    setup = None
    if adopted is None and (request.environment or (request.template and theirs is None)):
        setup = _setup(system, request, record, announce)
    present = configurations(root)
    rows = added(found.runs, present, root)
    module = any_project(root, system).module
    own = _own_files(system, request, record, setup, theirs)
    runs = {path: Entry(content) for path, content in run_files(rows, module).items()}
    taken = [path for path in runs if (root / path).exists()]  # of another name inside, or no file
    for path in taken:
        del runs[path]
    files = {**own, **runs}
    folders = sorted({path.parts[0] for path in files})
    return ProjectPlan(
        root=root,
        record=record,
        discovered=found,
        files=files,
        idea=idea_changes(system, root, record, adopted, setup),
        new_folders=tuple(one for one in folders if not (root / one).exists()),
        runs=rows,
        own_runs=tuple(one.name for one in present),
        adopted=adopted,
        setup=setup,
        made=theirs.told if theirs is not None else (),
        notices=(
            *_notices(request, record, found),
            *tools_lacking(found, rows, adopted, setup),
            *_unheard(request, adopted),
            *(theirs.notices if theirs is not None else ()),
        ),
    )


def _seen(system: System, root: Path) -> Discovered:
    from scaffold.projects.discovery import FolderContents, discover

    return discover(FolderContents(root, system.home))


def _theirs(system: System, request: Request, found: Discovered, announce: Announce) -> Made | None:
    """As copier's or cruft's template made it, where one of them did."""
    return made_from(system, request, _plain(system, request, found), announce) if request.noted else None


def _record(system: System, request: Request, found: Discovered) -> Record:
    """What the project will remember; a template's, where one is named."""
    if request.template:
        from scaffold.adopt.template import record_of_template

        return record_of_template(system, request, found)
    return _plain(system, request, found)


def _plain(system: System, request: Request, found: Discovered) -> Record:
    """Without a template."""
    frameworks = found.frameworks if request.frameworks is None else request.frameworks
    return Record(
        template="",
        template_version="",
        provider="",
        scaffold_version=__version__,
        name=_name(system, request),
        frameworks=frameworks,
        ide=request.ide,
        kind="none",
    )


def _name(system: System, request: Request) -> ProjectName:
    """As it was asked for; else as the project calls itself, or what is nearest to that and valid."""
    from scaffold.projects.names import project_name, propose, refusal
    from scaffold.pycharm.project.describe import any_project

    if request.name is None:
        own = any_project(request.root, system).module
        return project_name(own if not refusal(own) else propose(own))
    reason = refusal(request.name)
    if reason:
        raise NameRefused(
            f"{request.name!r} cannot be a project's name: {reason}",
            hint=f"scaffold adopt --name {propose(request.name or request.root.name)}",
        )
    return project_name(request.name)


def _adopted(system: System, root: Path, record: Record) -> AdoptPlan | None:
    """The environment that lies in the project's folder, where one does, by its files alone.

    One that is merely active in the shell may be any other project's: that one is adopted by name alone.
    """
    from scaffold.adopt.refusals import without_it
    from scaffold.env.adopt import judged
    from scaffold.environments.adopt import candidates

    own = [one for one in candidates(root, system) if one.is_relative_to(root)]
    if len(own) > 1:
        raise OptionRefused(
            "several environments lie in the project",
            detail=tuple(map(str, own)),
            hint="leave them first, and then name one: scaffold adopt --no-env; scaffold env adopt PATH",
            code="adopt-which",
        )
    with without_it():
        return judged(system, root, record, own[0]) if own else None


def _setup(system: System, request: Request, record: Record, announce: Announce) -> SetupPlan:
    from scaffold.projects.declared import made_with, required_python, wanted_builds
    from scaffold.setup import plan_setup

    known = replace(record, kind="none")  # whether a template of ours made it decides nothing here
    wishes = replace(request.wishes, frameworks=record.frameworks)
    wanted = wanted_builds(request.root, known)
    try:
        return plan_setup(
            system,
            root=request.root,
            wishes=wishes,
            requirements=made_with(request.root, known),
            environment=request.environment,
            announce=announce,
            allowed=required_python(request.root, known),
            wanted=wanted,
        )
    except SourceUnreachable as problem:
        problem.hint = f"{problem.hint}\nthe rest needs no index: --no-env; nothing was written".strip()
        raise
    except NoBuild as problem:
        if wanted and problem.code != "no-release":
            limits = ", ".join(wanted)
            problem.hint = f"take {limits} as any other package, unproved: --framework none; or loosen it"
        raise


def _own_files(
    system: System, request: Request, record: Record, setup: SetupPlan | None, theirs: Made | None
) -> Snapshot:
    """What is kept below ``.scaffold``."""
    from scaffold.projects.record import IGNORED, recorded

    if theirs is not None and theirs.pristine is not None:
        return recorded(record, {}, theirs.pristine)
    if not request.template:
        kept = recorded(record, {})
        return {path: kept[path] for path in (IGNORED, RECORD)}
    from scaffold.adopt.template import remembered

    if setup is not None:
        record = replace(record, builds=setup.choice.builds, python=setup.choice.python)
    whole = remembered(system, request, record)
    return {path: entry for path, entry in whole.items() if _is_missing(request.root, path)}


def _is_missing(root: Path, path: PurePosixPath) -> bool:
    """What the project remembers of its making, and what starts scaffold in it, where it has none."""
    return path.parts[0] == RECORD.parts[0] and not (root / path).exists()


def _notices(request: Request, record: Record, found: Discovered) -> Iterator[str]:
    yield from found.notes
    if request.frameworks is not None:
        yield from _against(request.frameworks, found)
    if not record.frameworks:
        yield "neither PyTorch nor Keras is asked for: its environment holds its requirements alone"
    if not found.place and not record.frameworks:
        yield "no file names what it needs: what it imports must be installed by hand"


def _unheard(request: Request, adopted: AdoptPlan | None) -> Iterator[str]:
    if adopted is not None and request.wishes.arguments:
        said = line(*request.wishes.arguments)
        yield f"{said} decides nothing: the environment that lies there is used as it is"


def _against(wished: tuple[Framework, ...], found: Discovered) -> Iterator[str]:
    for one in found.frameworks:
        if one not in wished:
            yield f"{TITLES[one]} is left out, although {found.seen[one]} names it"
