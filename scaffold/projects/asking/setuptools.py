"""``setup.cfg``, and what ``setup.py`` says literally: it is never run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as ConfigurationBroken

from scaffold.code.parsing import parsed
from scaffold.projects.asking.files import by_hand, of_requirements
from scaffold.projects.asking.model import Asked, Read


def of_setup_cfg(read: Read) -> Asked:
    """``[options]`` of ``setup.cfg``."""
    try:
        parser = _configuration(read)
    except ConfigurationBroken as problem:
        return Asked(place="setup.cfg", notes=(f"setup.cfg: {str(problem).splitlines()[0]}",))
    wanted = parser.get("options", "install_requires", fallback="").strip()
    python = parser.get("options", "python_requires", fallback="").strip()
    if wanted.startswith("file:"):
        names = tuple(one.strip() for one in wanted.removeprefix("file:").split(","))
        found = of_requirements(read, names)
        return Asked(lines=found.lines, place=found.place, python=python, notes=found.notes)
    lines = tuple(
        one.strip() for one in wanted.splitlines() if one.strip() and not one.strip().startswith("#")
    )
    return _of_lines(lines, "setup.cfg", python)


def of_setup_py(read: Read) -> Asked:
    """The literal arguments of ``setup()``; what is computed stays unknown."""
    given = _arguments(read)
    if given is None:
        return Asked()
    lines, python = given.get("install_requires"), given.get("python_requires")
    texts = lines.elts if isinstance(lines, (ast.List, ast.Tuple)) else ()
    said = tuple(filter(None, (_text(one) for one in texts)))
    return _of_lines(said, "setup.py", _text(python))


def name_of_setup(read: Read) -> str:
    """What ``setup.cfg``, else ``setup.py``, calls the project; "" where neither says it literally."""
    try:
        named = _configuration(read).get("metadata", "name", fallback="").strip()
    except ConfigurationBroken:  # `of_setup_cfg` tells it
        named = ""
    return named or _text((_arguments(read) or {}).get("name"))


def calls_setup(read: Read) -> bool:
    """Whether there is a ``setup.py`` that setuptools is started with."""
    return _arguments(read) is not None


def _configuration(read: Read) -> ConfigParser:
    """``setup.cfg``. Raises configparser.Error."""
    parser = ConfigParser(interpolation=None, strict=False)
    parser.read_string(read("setup.cfg") or "")
    return parser


def _arguments(read: Read) -> Mapping[str, ast.expr] | None:
    """What ``setup()`` is called with in ``setup.py``; None where it is not called."""
    tree = parsed(read("setup.py") or "")
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call) and _name(node.func) == "setup":
            return {one.arg: one.value for one in node.keywords if one.arg}
    return None


def _of_lines(lines: tuple[str, ...], place: str, python: str) -> Asked:
    """Lines of PEP 508; others are told."""
    from packaging.requirements import InvalidRequirement, Requirement

    good: list[str] = []
    notes: list[str] = []
    for line in lines:
        try:
            direct = Requirement(line).url is not None
        except InvalidRequirement:
            notes.append(f"{place}: a line of its requirements was not understood")
            continue
        if direct:
            what = f"{Requirement(line).name} of a file or URL"
            notes.append(f"{place}: {what} is not taken over; {by_hand(line)}")
        else:
            good.append(line)
    return Asked(lines=tuple(good), place=place, python=python, notes=tuple(notes))


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
