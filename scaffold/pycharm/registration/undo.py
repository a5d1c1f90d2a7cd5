"""Take back what was entered for a project: that, and nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree.ElementTree import Element

from scaffold.errors import ScaffoldError
from scaffold.files import clear_remains, not_written, replace_file
from scaffold.pycharm.configs import ConfigFolder, config_folders
from scaffold.pycharm.documents.source import Document
from scaffold.pycharm.documents.writing import to_bytes
from scaffold.pycharm.products import parse_folder_name
from scaffold.pycharm.registration import table, trust
from scaffold.pycharm.registration.journal import Entered, mend_journal, note, read_journal
from scaffold.pycharm.registration.model import Known
from scaffold.pycharm.registration.paths import key
from scaffold.pycharm.registration.plan import settings
from scaffold.pycharm.registration.store import back_up, locked
from scaffold.pycharm.registration.writing import settled
from scaffold.pycharm.running import is_running
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """What came of it in one PyCharm."""

    folder: ConfigFolder
    gone: tuple[str, ...] = ()  # names of interpreters, and "trust"
    kept: tuple[str, ...] = ()  # what somebody changed since, in words
    why: str = ""  # it could not be done: it is open, or its settings cannot be written
    backups: tuple[Path, ...] = ()


def plan_undo(system: System, project: Path) -> tuple[tuple[ConfigFolder, Entered], ...]:
    """What the journal says was entered for a project; empty where nothing was."""
    entries = read_journal(system).get(str(project), {})
    known = {str(one.path): one for one in config_folders(system)} if entries else {}
    return tuple((known.get(path) or _folder(Path(path)), one) for path, one in entries.items())


def projects_gone(system: System) -> tuple[str, ...]:
    """The projects of which PyCharm's settings hold something, and that are not there any more."""
    return tuple(one for one, places in read_journal(system).items() if places and not system.exists(one))


def _folder(path: Path) -> ConfigFolder:
    product, version = parse_folder_name(path.name) or ("PyCharm", "")
    return ConfigFolder(path=path, product=product, version=version, how="moved")


def undo(system: System, project: Path) -> tuple[TakenBack, ...]:
    """Take everything back; what an open PyCharm holds stays, and stays in the journal.

    Raises ScaffoldError (ide-busy), NoPermission, NoSpace where the journal cannot be kept.
    """
    if not plan_undo(system, project):
        return ()
    with locked(system):
        mend_journal(system)
        return tuple(_tried(system, project, *one) for one in plan_undo(system, project))


def _tried(system: System, project: Path, folder: ConfigFolder, entered: Entered) -> TakenBack:
    evidence = is_running(folder, system) if system.exists(folder.path) else ""
    if evidence:
        return TakenBack(folder=folder, why=f"{evidence}: close it and try again")
    try:
        done = _take_back(system, project, folder, entered)
    except ScaffoldError as problem:
        return TakenBack(folder=folder, why="; ".join((problem.message, *problem.detail)))
    note(system, project, folder.path, Entered())
    for place in (one for one in folder.folders if one.name in entered.created):
        with contextlib.suppress(OSError):  # PyCharm has run meanwhile: there is more in it
            place.rmdir()
    return done


def _take_back(system: System, project: Path, folder: ConfigFolder, entered: Entered) -> TakenBack:
    done = TakenBack(folder=folder)
    for path in (folder.table, folder.trusted):
        clear_remains(path)

    def less_entries() -> bytes:
        nonlocal done
        document = settings(folder.table, table.empty())
        gone = tuple(one for one in entered.sdks if table.remove(document, one, system))
        changed = [one for one in entered.sdks if one not in gone and _lives_on(document, one, system)]
        kept = tuple(f"the interpreter {one.name}: it was changed since" for one in changed)
        done = replace(done, gone=tuple(one.name for one in gone), kept=kept)
        return document.to_bytes()

    def less_trust() -> bytes:
        nonlocal done
        document = settings(folder.trusted, trust.empty())
        gone = ("trust",) if trust.remove(document, project, system) else ()
        done = replace(done, gone=(*(one for one in done.gone if one != "trust"), *gone))
        return document.to_bytes()

    backups: tuple[Path, ...] = ()
    if folder.table.exists() and entered.sdks:
        backups += _write(system, folder.table, less_entries, table.empty(), entered)
    if folder.trusted.exists() and entered.trusted:
        backups += _write(system, folder.trusted, less_trust, trust.empty(), entered)
    return replace(done, backups=backups)


def _lives_on(document: Document, entered: Known, system: System) -> bool:
    """Whether an entry that was ours is there under another name, or with another interpreter."""
    home = key(entered.home, system)
    return any(
        one.identity == entered.identity or one.name == entered.name or key(one.home, system) == home
        for one in table.known(document.root, system)
    )


def _write(
    system: System, path: Path, make: Callable[[], bytes], empty: Element, entered: Entered
) -> tuple[Path, ...]:
    """Write a file, or delete it where we made it and nothing else is in it."""
    present, content = settled(path, make)
    if present is None or content == present:
        return ()
    backup = back_up(system, path, present)
    if path.name in entered.created and content == to_bytes(empty, declaration=False):
        try:
            path.unlink()
        except OSError as problem:
            raise not_written(path, problem) from problem
    else:
        replace_file(path, content)
    return (backup,)
