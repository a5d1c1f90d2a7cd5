"""Files that programs must be able to read at any moment: with markers in them, nothing of a project works.

A conflict in Python code waits for whoever resolves it. One in pyproject.toml stops uv, pip, PyCharm and
scaffold at once, with an error about its syntax.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import PurePosixPath

_Check = Callable[[bytes], object]


def takes_no_markers(path: PurePosixPath) -> bool:
    """Whether conflicts of a file go beside it and not into it.

    >>> names = ("pyproject.toml", "requirements/base.txt", "requirements.in", "src/train.py")
    >>> [takes_no_markers(PurePosixPath(one)) for one in names]
    [True, True, True, False]
    """
    from scaffold.projects.asking.files import is_requirements

    return is_requirements(path) or path.suffix in {".toml", ".xml", ".json", ".ipynb", ".lock"}


def broken(path: PurePosixPath, merged: bytes, *sides: bytes) -> str:
    r"""What a merged file is not any more although both sides are: valid TOML; "" where nothing is wrong.

    >>> broken(PurePosixPath("a.toml"), b"a = 1\na = 2\n", b"a = 1\n", b"a = 2\n")
    'valid TOML'
    """
    found = _CHECKS.get(path.suffix)
    if found is None:
        return ""
    name, check = found
    return f"valid {name}" if all(_holds(check, one) for one in sides) and not _holds(check, merged) else ""


def _holds(check: _Check, content: bytes) -> bool:
    try:
        check(content)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _toml(content: bytes) -> object:
    from scaffold.toml import loads

    return loads(content.decode("utf-8"))


def _xml(content: bytes) -> object:
    from xml.parsers import expat

    try:
        return expat.ParserCreate().Parse(content, True)  # noqa: FBT003 - it takes no names
    except expat.ExpatError as problem:
        raise ValueError(str(problem)) from problem


def _python(content: bytes) -> object:
    import ast
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an odd escape in somebody's file
        return ast.parse(content)


_CHECKS: dict[str, tuple[str, _Check]] = {
    ".toml": ("TOML", _toml),
    ".xml": ("XML", _xml),
    ".json": ("JSON", json.loads),
    ".ipynb": ("JSON", json.loads),
    ".py": ("Python", _python),
}
