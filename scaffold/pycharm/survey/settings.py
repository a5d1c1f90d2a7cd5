"""What the PyCharm of this machine makes of a project: which interpreter, and whether that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.configs import ConfigFolder, config_folders
from scaffold.pycharm.documents.source import read
from scaffold.pycharm.reading.sdk import environments, find_interpreter
from scaffold.pycharm.registration import table
from scaffold.pycharm.survey.model import IdeFacts, IdeInterpreter, IdeSettings

if TYPE_CHECKING:
    from scaffold.system import System

#: Homes that no file here can be: containers, other machines, WSL as Windows sees it.
_ELSEWHERE = re.compile(r"\w[\w+-]*://|\\\\wsl|//wsl", re.IGNORECASE)

_FRAMEWORKS = ("torch", "tensorflow", "keras", "jax")

_BY_UV = re.compile(r"^uv\s*=\s*(\d+)\.(\d+)\.(\d+)", re.MULTILINE)

_PYTHON_MODULES = frozenset(("PYTHON_MODULE", ""))


def with_settings(facts: IdeFacts, system: System) -> IdeFacts:
    """The same project with what PyCharm's own settings say of it. Files are read, nothing is started."""
    folders = config_folders(system, running=())
    known = tuple(one for folder in folders for one in _table(folder, system))
    chosen, source = chosen_interpreter(facts)
    settings = IdeSettings(
        products=tuple(one.title for one in folders),
        packaging=tuple(dict.fromkeys(one.how for one in folders)),
        interpreters=known if any(system.exists(one.table) for one in folders) else None,
        chosen=chosen,
        source=source,
    )
    found = _with_home(settings, facts, system)
    return replace(
        facts,
        settings=replace(
            found, frameworks=_frameworks(found.home, system), layout=_layout(facts.root, system)
        ),
    )


def _frameworks(home: str, system: System) -> tuple[str, ...] | None:
    """What of the frameworks lies in the site-packages of an interpreter; None where there is none to see."""
    if not home or not system.exists(home):
        return None
    program = Path(home)
    prefix = program.parent.parent if program.parent.name.lower() in ("bin", "scripts") else program.parent
    libraries = [prefix / "Lib"]
    libraries += [prefix / "lib" / one for one in system.list_folder(prefix / "lib") if "python" in one]
    names = {one for folder in libraries for one in system.list_folder(folder / "site-packages")}
    return tuple(one for one in _FRAMEWORKS if one in names) if names else None


def _layout(root: Path, system: System) -> str:
    """What the project's environment lacks for a PyCharm on Windows: uv made no Include before 0.1.17."""
    if system.platform.os != "windows":
        return ""
    for place in environments(root, system):
        made_by = _BY_UV.search(system.read_text(place / "pyvenv.cfg") or "")
        old = made_by is not None and tuple(map(int, made_by.groups())) < (0, 1, 17)
        if old and not system.exists(place / "Include"):
            return "no Include"
    return ""


def _table(folder: ConfigFolder, system: System) -> Iterator[IdeInterpreter]:
    try:
        root = read(folder.table)
    except IdeFileBroken:  # nothing was entered, or PyCharm will begin another one
        return
    for one in table.known(root, system):
        elsewhere = bool(_ELSEWHERE.match(one.home)) or not one.home
        yield IdeInterpreter(
            name=one.name,
            home=one.home,
            there=None if elsewhere else system.exists(one.home),
            links_to=("" if elsewhere else system.resolve_link(one.home)) or "",
            source=str(folder.table),
        )


def _with_home(settings: IdeSettings, facts: IdeFacts, system: System) -> IdeSettings:
    """What is started for the chosen name: an entry's that is there, the newest PyCharm's, or a guess."""
    if not settings.chosen:
        return settings
    entries = sorted(settings.known(settings.chosen), key=lambda one: one.there is False)
    if entries and entries[0].there is not False:
        return replace(settings, home=entries[0].home)
    own = next((one.name for one in facts.known_modules if facts.root in one.content), facts.name)
    found = find_interpreter(facts.root, settings.chosen, own, system)
    if found is not None and not entries:
        return replace(settings, home=str(found), guessed=True)
    return replace(settings, home=entries[0].home if entries else "")


def chosen_interpreter(facts: IdeFacts) -> tuple[str | None, str]:
    """The name of the interpreter that the project's files say, and where; "" for none, None: not told.

    That of a module on the project's folder first, then the project's own.
    """
    misc = facts.file(".idea/misc.xml")
    manager = misc.component("ProjectRootManager") if misc else None
    named = manager.get("project-jdk-name", "") if manager is not None else ""
    python = manager is None or manager.get("project-jdk-type", "") in ("", "Python SDK")
    for one in facts.modules:
        if one.file is None or one.module is None or facts.root not in one.module.content:
            continue
        for entry in one.file.elements("orderEntry"):
            if entry.get("type") == "jdk" and entry.get("jdkType") == "Python SDK":
                return entry.get("jdkName", ""), one.file.place(entry)
        kind = next((root.get("type", "") for root in one.file.elements("module")), "")
        if kind in _PYTHON_MODULES and not named:
            return "", one.path
    if misc is None or manager is None or not python:
        return None, ""
    return (named, misc.place(manager)) if named else (None, "")
