"""``setup.cfg``, and what ``setup.py`` says literally: it is never run."""

from __future__ import annotations

import ast
from configparser import ConfigParser
from configparser import Error as ConfigurationBroken

from scaffold.code.parsing import parsed
from scaffold.projects.asking.files import by_hand, of_requirements
from scaffold.projects.asking.model import Asked, Read


def of_setup_cfg(read: Read) -> Asked:
    """``[options]`` of ``setup.cfg``."""
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(read("setup.cfg") or "")
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
    tree = parsed(read("setup.py") or "")
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call) and _name(node.func) == "setup":
            given = {one.arg: one.value for one in node.keywords if one.arg}
            lines, python = given.get("install_requires"), given.get("python_requires")
            texts = lines.elts if isinstance(lines, (ast.List, ast.Tuple)) else ()
            said = tuple(filter(None, (_text(one) for one in texts)))
            return _of_lines(said, "setup.py", _text(python))
    return Asked()


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
