"""A dataclass as a command line: defaults < a TOML file (--config) < the command line.

The comment behind a field is its help text, `# --- words` opens a group. Standard library only, so that
`--help` answers at once.
"""

from __future__ import annotations

import argparse
import dataclasses
import difflib
import importlib
import inspect
import io
import sys
import tokenize
import typing
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from .errors import ProjectError

Kind = TypeVar("Kind")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # argparse would print every option above the one line that matters
        self.exit(2, f"error: {message} (--help lists the settings)\n")


def parse(
    kind: type[Kind],
    arguments: list[str] | None = None,
    *,
    program: str | None = None,
    description: str = "",
    groups: tuple[str, ...] = (),
) -> tuple[Kind, dict[str, Any]]:
    """Return the settings, and those among them that were given by file or command line, by name.

    Only the settings of `groups` (all, when empty) can be given on the command line; a file may hold any,
    because one file serves several programs.
    """
    hints = typing.get_type_hints(kind)
    parser = _Parser(prog=program, usage="%(prog)s [settings]", description=description, allow_abbrev=False)
    parser.add_argument("--config", metavar="FILE", help="TOML file with any of these settings")
    shown = {title: parser.add_argument_group(title) for title in groups}
    comments = read_comments(kind)
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        title, comment = comments.get(field.name, ("settings", ""))
        if groups and title not in groups:
            continue
        group = shown.setdefault(title, shown.get(title) or parser.add_argument_group(title))
        _add(group, field.name, hints[field.name], comment, field.default)
    found, unknown = parser.parse_known_args(arguments)
    if unknown:
        parser.error(_unknown(unknown, parser))
    given = vars(found)
    file = given.pop("config", None)
    try:
        if file:
            given = {**read_toml(Path(file), hints), **given}
        return kind(**given), given
    except (ProjectError, ValueError) as problem:
        parser.error(str(problem))


def _unknown(words: list[str], parser: argparse.ArgumentParser) -> str:
    """Say what is no setting, and which one may be meant."""
    option = words[0].partition("=")[0]
    options = [name for action in parser._actions for name in action.option_strings]
    near = difflib.get_close_matches(option, options, n=1, cutoff=0.75) if option.startswith("-") else []
    told = f"unrecognized arguments: {' '.join(words)}"
    return f"{told}; did you mean {near[0]}?" if near else told


def read_comments(kind: type) -> dict[str, tuple[str, str]]:
    """Return each field's group and comment, read from the source of the class."""
    found: dict[str, tuple[str, str]] = {}
    group, field, depth = "settings", "", 0
    try:
        source = inspect.getsource(kind)
    except OSError:  # run without its source, from a zip of .pyc files: help without words
        return found
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and depth == 0 and token.line[: token.start[1]].isspace():
            field = token.string
        elif token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        elif token.type == tokenize.COMMENT and token.string.startswith("# --- "):
            group = token.string[6:].strip()
        elif token.type == tokenize.COMMENT and field and not token.line.lstrip().startswith("#"):
            found[field] = group, token.string[1:].strip()
    return found


def _add(group: Any, name: str, hint: Any, comment: str, default: object) -> None:
    """Add the option of one field."""
    option = "--" + name.replace("_", "-")
    extra: dict[str, Any]
    if hint is bool:
        extra = {"action": argparse.BooleanOptionalAction}
    elif typing.get_origin(hint) is typing.Literal:
        extra = {"choices": typing.get_args(hint)}
    elif typing.get_origin(hint) is tuple:
        extra = {"nargs": "+", "metavar": name.upper(), "action": _Tuple}
    else:
        extra = {"type": hint, "metavar": hint.__name__.upper()}
    shown = ("off", "on")[default] if isinstance(default, bool) else default
    shown = " ".join(map(str, shown)) if isinstance(shown, tuple) else shown
    words = comment if shown == "" else f"{comment} (default: {shown})"
    # SUPPRESS: what was not given stays out of the namespace, so that the file's value is not overridden
    group.add_argument(option, default=argparse.SUPPRESS, help=words.replace("%", "%%"), **extra)


class _Tuple(argparse.Action):
    def __call__(self, parser: Any, namespace: Any, values: Any, option: Any = None) -> None:
        setattr(namespace, self.dest, tuple(values))


def read_toml(path: Path, hints: dict[str, Any]) -> dict[str, Any]:
    """Read settings from a TOML file; what is wrong in it is a `ProjectError` that names file and setting."""
    tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProjectError(f"there is no file {path}") from None
    except (OSError, ValueError) as problem:
        raise ProjectError(f"cannot read {path}: {problem}") from None
    return {name: _checked(path, name, value, hints) for name, value in content.items()}


def _checked(path: Path, name: str, value: Any, hints: dict[str, Any]) -> Any:
    """Return a value of a file as the type that its field has."""
    if name not in hints:
        near = difflib.get_close_matches(name, hints, n=1)
        raise ProjectError(
            f"{path}: no such setting: {name}" + (f"; did you mean {near[0]}?" if near else "")
        )
    hint = hints[name]
    if typing.get_origin(hint) is typing.Literal:
        expected, fits = " | ".join(typing.get_args(hint)), value in typing.get_args(hint)
    elif typing.get_origin(hint) is tuple:
        expected = "a list of strings"
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
    elif hint is float:
        expected, fits = "a number", type(value) in (int, float)
    else:
        expected = {bool: "true or false", int: "a whole number", str: "text in quotes"}[hint]
        fits = type(value) is hint  # isinstance would let true pass for 1
    if not fits:
        raise ProjectError(f"{path}: {name} must be {expected}, not {value!r}")
    return tuple(value) if isinstance(value, list) else float(value) if hint is float else value
