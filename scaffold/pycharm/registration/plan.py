"""Which names a project's interpreters get, and what is to be done in which PyCharm."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree.ElementTree import Element

from scaffold.errors import IdeFileBroken, ScaffoldError
from scaffold.pycharm.configs import ConfigFolder, config_folders, other_tables, windows_folders
from scaffold.pycharm.documents.source import Document, document_of, read, read_document
from scaffold.pycharm.documents.writing import to_bytes
from scaffold.pycharm.registration import table, trust
from scaffold.pycharm.registration.journal import Journal, read_journal, without
from scaffold.pycharm.registration.made import made_here
from scaffold.pycharm.registration.model import Known, RegistrationPlan, Sdk, Step
from scaffold.pycharm.registration.notes import notes
from scaffold.pycharm.registration.outdated import outdated
from scaffold.pycharm.registration.paths import key
from scaffold.pycharm.registration.store import leaves_settings
from scaffold.pycharm.running import RunningIde, look, running_ides
from scaffold.shell import quoted
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    register: bool = True
    trust: bool | None = None  # None: a project that this user made here
    repair: bool = False  # a file of settings that is no XML is set aside
    create: tuple[ConfigFolder, ...] = ()  # folders of a PyCharm that never ran, to be made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What one PyCharm knows; less what of ours will go."""

    step: Step
    known: tuple[Known, ...] = ()
    names: frozenset[str] = frozenset()  # taken, those of Java's among them
    is_read: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What every table is read for."""

    project: Path
    sdks: tuple[Sdk, ...]
    wish: Wish
    running: tuple[RunningIde, ...]
    journal: Journal
    held: frozenset[str] = frozenset()  # interpreters that an open PyCharm knows


def plan_registration(system: System, project: Path, sdks: Sequence[Sdk], wish: Wish) -> RegistrationPlan:
    """Choose names that mean these interpreters in every PyCharm, and say what each PyCharm needs.

    Nothing is written and nothing raised: a PyCharm whose settings cannot be read is a step that failed.
    """
    if not wish.register or leaves_settings(system):
        return RegistrationPlan(project=project, sdks=tuple(sdks), steps=())
    if wish.trust is None:
        wish = replace(wish, trust=made_here(system, project))
    # where no PyCharm has run, none is open: the system's list of processes is not asked for
    looks = wish.create or config_folders(system, running=())
    running = running_ides(system) if looks else ()
    folders = [*config_folders(system, running=running), *wish.create]
    try:
        journal: Journal = read_journal(system) if folders else {}
    except ScaffoldError as problem:
        why = "; ".join((problem.message, *problem.detail))
        note = f"nothing can be entered in PyCharm's settings: {why}"
        return RegistrationPlan(project=project, sdks=tuple(sdks), steps=(), notes=(note,), refused=True)
    context = _Context(project=project, sdks=tuple(sdks), wish=wish, running=running, journal=journal)
    context = replace(context, held=_held(system, folders, running))
    tables = [_table(system, folder, context) for folder in folders]
    named: list[Sdk] = []
    for sdk in sdks:
        taken = {one.name for one in named}
        named.append(replace(sdk, name=_name(sdk, tables, taken, system)))
    steps = tuple(_step(system, one, named, project, wish) for one in tables)
    return RegistrationPlan(
        project=project,
        sdks=tuple(named),
        steps=steps,
        notes=notes(system, folders, named, without(journal, steps)),
        registered=_registered(system, tables, named),
        never_ran=not folders and not windows_folders(system),
    )


def _held(system: System, folders: Sequence[ConfigFolder], running: tuple[RunningIde, ...]) -> frozenset[str]:
    """The interpreters that an open PyCharm knows.

    They keep the name that they have there, even one of ours that tells of an older Python: it resolves,
    and no table could be made to know a better one while that PyCharm is open.
    """
    held: set[str] = set()
    for folder in folders:
        if look(folder, system, running=running).is_open:
            with contextlib.suppress(IdeFileBroken):  # told where the folder's own turn comes
                root = settings(folder.table, table.empty()).root
                held |= {key(one.home, system) for one in table.known(root, system)}
    return frozenset(held)


def _registered(system: System, tables: Sequence[_Table], named: Sequence[Sdk]) -> dict[str, Path] | None:
    """What each name means in the newest PyCharm that knows it, once this is done; else in another IDE.

    None where that is not known wholly: a name that is missing would count as one that leads nowhere.
    """
    if not tables or any(not one.is_read for one in tables):
        return None
    try:
        elsewhere = [table.known(read(path), system) for path in other_tables(system)]
    except IdeFileBroken:
        return None
    rows = [*elsewhere, *(one.known for one in reversed(tables))]
    found = {entry.name: Path(entry.home) for known in rows for entry in known}
    told = any(one.step.outcome != "open" for one in tables)
    return {**found, **{sdk.name: sdk.python for sdk in named if told}}


def settings(path: Path, empty: Element, *, repair: bool = False) -> Document:
    """A file of settings, or what makes a new one. Raises IdeFileBroken, unless it is to be repaired."""
    fresh = document_of(to_bytes(empty, declaration=False), path)
    if not path.exists():
        return fresh
    try:
        document = read_document(path)
        table.refuse_other(document)
    except IdeFileBroken:
        if repair and path.is_file():
            return fresh
        raise
    return document


def _table(system: System, folder: ConfigFolder, context: _Context) -> _Table:
    project, sdks, wish = context.project, context.sdks, context.wish
    state = look(folder, system, running=context.running)
    step = Step(folder=folder, outcome="open" if state.is_open else "unchanged", why=state.why)
    try:
        root = settings(folder.table, table.empty(), repair=wish.repair).root
        if wish.trust:
            settings(folder.trusted, trust.empty(), repair=wish.repair)
    except IdeFileBroken as problem:
        why = "; ".join((problem.message, *problem.detail))
        repair = f"scaffold ide pycharm --repair {quoted(project)} sets it aside"
        cure = "delete it" if _is_folder(folder) else repair
        failed = replace(step, outcome="failed", why=f"{why} ({cure})")
        return _Table(step=failed, is_read=False)
    entered = {path: places.get(str(folder.path)) for path, places in context.journal.items()}
    ours, others = entered.pop(str(project), None), [one for one in entered.values() if one is not None]
    old = outdated(ours.sdks if ours else (), [sdk for one in others for sdk in one.sdks], sdks, system)
    known = table.known(root, system)
    old = tuple(one for one in old if not (key(one.home, system) in context.held and system.exists(one.home)))
    leaving = tuple(one for one in old if any(table.same_entry(entry, one, system) for entry in known))
    stays = tuple(
        entry for entry in known if not any(table.same_entry(entry, one, system) for one in leaving)
    )
    left = {one.name for one in known} - {one.name for one in stays}
    return _Table(step=replace(step, leaving=leaving), known=stays, names=table.taken_names(root) - left)


def _is_folder(folder: ConfigFolder) -> bool:
    """Whether a folder stands where a file of settings belongs, which nothing of ours sets aside."""
    return folder.table.is_dir() or folder.trusted.is_dir()


def _name(sdk: Sdk, tables: Sequence[_Table], taken: set[str], system: System) -> str:
    """The name that the newest PyCharm has for the interpreter; else the first that is free in every one."""
    home = key(str(sdk.python), system)
    for one in tables:
        for entry in one.known:
            if key(entry.home, system) == home and entry.name not in taken:
                return entry.name
    number, name = 1, sdk.name
    while name in taken or any(_means_another(one, name, home, system) for one in tables):
        number += 1
        name = f"{sdk.name} ({number})"
    return name


def _means_another(one: _Table, name: str, home: str, system: System) -> bool:
    means = [key(entry.home, system) for entry in one.known if entry.name == name]
    return name in one.names and (not means or any(other != home for other in means))


def _step(system: System, one: _Table, sdks: Sequence[Sdk], project: Path, wish: Wish) -> Step:
    step = one.step
    if step.outcome == "failed":
        return step
    for sdk in sdks:
        home = key(str(sdk.python), system)
        if _means_another(one, sdk.name, home, system):
            why = f"the name {sdk.name} means another interpreter there"
            return replace(step, outcome="failed", why=why)
    said = {(entry.name, key(entry.home, system)) for entry in one.known}
    missing = tuple(sdk for sdk in sdks if (sdk.name, key(str(sdk.python), system)) not in said)
    undecided = _undecided(step.folder, project, system, repair=wish.repair)
    step, trusts = replace(step, asks=undecided), bool(wish.trust) and undecided
    if not missing and not trusts and not step.leaving:
        return replace(
            step,
            outcome="unchanged",
            why="it knows the interpreter already" if sdks else "there is no interpreter to be entered",
        )
    if step.outcome == "open":
        return replace(step, sdks=missing, trust=trusts)
    return replace(step, outcome="registered", sdks=missing, trust=trusts)


def _undecided(folder: ConfigFolder, project: Path, system: System, *, repair: bool) -> bool:
    """Whether the IDE will ask; a file that cannot be read decides nothing."""
    try:
        root = settings(folder.trusted, trust.empty(), repair=repair).root
    except IdeFileBroken:
        return True
    return trust.trusted(root, project, system) is None
