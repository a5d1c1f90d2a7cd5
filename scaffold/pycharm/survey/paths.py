"""Paths into somebody's home folder, and what they are when seen from the project."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.pycharm.survey.model import IdeFile, Run

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: Somebody's home folder. Names that containers and hosts use for everyone are left out.
_PERSONAL = re.compile(
    r"""(?:^|[\s"'=;,]|file://|jar://)
        (?:/home/(?!(?:user|app|runner|vscode|jovyan)(?:/|\s|$))[^/\s"'$]+(?:[ ](?!-)[^/\s"'$]+){0,2}/
        | /Users/(?!(?:Shared|runner)(?:/|\s|$))[^/\s"'$]+(?:[ ](?!-)[^/\s"'$]+){0,2}/
        | /mnt/[a-z]/Users/[^/\s"'$]+(?:[ ](?!-)[^/\s"'$]+){0,2}/
        | /?[A-Za-z]:[\\/](?:Users|Documents[ ]and[ ]Settings)[\\/](?!Public[\\/])[^\\/"'$]+[\\/])""",
    re.VERBOSE,
)

#: Options that hold one path, without which nothing starts.
DECISIVE = ("SCRIPT_NAME", "WORKING_DIRECTORY", "INPUT_FILE", "ENV_FILES", "_new_target", "scriptOrModule")

#: A value that is one absolute path, perhaps as JSON or as a URL.
_ONE_PATH = re.compile(
    r'(?P<before>"?(?:file://)?)(?P<path>/?[A-Za-z]:[\\/].+?|/[^/].*?|\\\\.+?|\$USER_HOME\$.*?)(?P<after>"?)'
)


def is_personal(value: str, root: Path) -> bool:
    """Whether a value names somebody's home folder, or this project as it lies here."""
    return bool(_PERSONAL.search(value)) or _here(value, root) != value


def is_absolute(value: str) -> bool:
    """Whether a value is one absolute path, of whatever system."""
    return _ONE_PATH.fullmatch(value) is not None


#: Interpreters: what names them is no path of the project, whatever it looks like.
_INTERPRETERS = frozenset(("SDK_HOME", "SDK_NAME"))


def path_values(document: Element) -> Iterator[tuple[Element, str, str]]:
    """Element, attribute and value, wherever a path of the project may stand."""
    for element in document.iter():
        if element.get("name") in _INTERPRETERS or element.tag in {"jdk", "orderEntry"}:
            continue
        for name, value in element.attrib.items():
            if name not in {"name", "jdkName", "project-jdk-name"}:
                yield element, name, value


def cured_values(
    root: Path, names: Iterable[str], files: Iterable[IdeFile], runs: Iterable[Run]
) -> dict[str, str]:
    """Values that name a path of this project absolutely -> the same from $PROJECT_DIR$.

    Personal paths wherever they stand in shared files; others only where a run configuration of this
    machine starts something: elsewhere they may be a container's, or a server's.
    """
    known = {root.name, *names} - {""}
    values = {
        value
        for file in files
        if file.shared and file.document is not None
        for _, _, value in path_values(file.document.root)
        if is_personal(value, root)
    }
    values |= {run.option(option) for run in runs for option in DECISIVE}
    cured = {value: portable(value, root, known) for value in values}
    return {value: better for value, better in cured.items() if better != value}


def portable(value: str, root: Path, names: Collection[str]) -> str:
    """The value with $PROJECT_DIR$ for the project's folder, as it lies here or lay on another machine.

    Elsewhere the folder is recognised by one of ``names``, and by what it holds: the rest of the path must
    be here.
    """
    here = _here(value, root)
    found = _ONE_PATH.fullmatch(value)
    if here != value or found is None:
        return here
    parts = re.split(r"[\\/]", found["path"])
    for index in range(len(parts) - 1, 0, -1):
        rest = parts[index + 1 :]
        told = bool(rest) or is_personal(value, root)  # /app alone may be anything
        if parts[index] in names and told and ".." not in rest and _exists(root, rest):
            return f"{found['before']}{'/'.join(['$PROJECT_DIR$', *rest])}{found['after']}"
    return value


def _exists(root: Path, rest: list[str]) -> bool:
    try:
        return root.joinpath(*rest).exists()
    except (OSError, ValueError):  # a name that no file system takes
        return False


def _here(value: str, root: Path) -> str:
    """The project's own folder replaced, wherever a path in the value begins with it."""
    if len(root.parts) < 3:  # / or /work: too short to be meant
        return value
    for written in {root.as_posix(), str(root)}:
        value = re.sub(rf"(?<![\w.-]){re.escape(written)}(?=$|[\\/\"';:\s])", "$PROJECT_DIR$", value)
    return value
