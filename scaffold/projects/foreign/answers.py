"""Answers that were given beforehand: ``--set`` and files of answers, whoever wrote those."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scaffold.errors import OptionRefused

#: Characters. Answers fill a page or two.
LARGEST = 1 << 20
#: Levels of values within values. Nobody answers so deep, and a few bytes go deeper than programs can follow.
DEEPEST = 100


def parse_set(texts: Iterable[str]) -> dict[str, str]:
    """``name=value`` each; the last of one name wins. Of which type a value is, its question says.

    So the version 3.10 stays text where text is asked for, and ``[a, b]`` is two of several choices.

    >>> parse_set(["version=3.10", "tags=[a, b]", "note=a=b", "empty="])
    {'version': '3.10', 'tags': '[a, b]', 'note': 'a=b', 'empty': ''}
    """
    return dict(map(_pair, texts))


def read_answers(path: Path) -> dict[str, Any]:
    """The answers in a file: TOML, JSON or YAML by its ending.

    Copier's ``.copier-answers.yml`` and a replay of cookiecutter's are taken as they are; what those note of
    the template itself is left out. Raises OptionRefused.
    """
    return answers_of(read_notes(path))


def answers_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """The answers among what copier or cookiecutter wrote down.

    >>> answers_of({"_commit": "v1", "size": "big"})
    {'size': 'big'}
    """
    replay = found.get("cookiecutter")
    if isinstance(replay, dict):  # beside it stands what the template itself says
        found = replay
    return {str(key): plain(value) for key, value in found.items() if not str(key).startswith("_")}


def read_notes(path: Path) -> dict[str, Any]:
    """All that stands in such a file. Raises OptionRefused (answers-unreadable)."""
    from scaffold.files import read_regular

    try:
        text = read_regular(path, LARGEST).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        said = getattr(problem, "strerror", None) or str(problem)
        raise _unreadable(path, said) from problem
    found = _parsed(path, text)
    if not isinstance(found, dict):
        raise _unreadable(path, "it is no mapping of names to answers")
    if _nested(found, DEEPEST):
        raise _unreadable(path, f"something in it lies deeper than {DEEPEST} levels")
    return found


def plain(value: Any) -> Any:
    """A value as JSON can hold it: dates, which YAML and TOML have, become text.

    >>> import datetime
    >>> plain({1: [datetime.date(2026, 1, 2)]})
    {'1': ['2026-01-02']}
    """
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise OptionRefused(
            f"--set {text!r} is not of the form name=value",
            hint="such as: --set license=MIT, --set 'tags=[a, b]'",
            code="answer-misspelt",
        )
    return name.strip(), value


def _parsed(path: Path, text: str) -> Any:
    import yaml

    from scaffold.locks.yaml_nodes import load
    from scaffold.toml import TOMLDecodeError, loads

    try:
        if path.suffix == ".toml":
            return loads(text)
        return json.loads(text) if path.suffix == ".json" else load(text)
    except (TOMLDecodeError, yaml.YAMLError, ValueError, RecursionError) as problem:
        raise _unreadable(path, " ".join(str(problem).split())) from problem


def _nested(value: Any, levels: int) -> bool:
    """Whether it lies deeper than that."""
    parts = (
        value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple, set)) else ()
    )
    return any(not levels or _nested(one, levels - 1) for one in parts)


def _unreadable(path: Path, why: str) -> OptionRefused:
    return OptionRefused(
        f"the answers in {path} cannot be read",
        detail=(why,),
        hint="a file of answers is TOML, JSON or YAML: a name and its answer a line",
        code="answers-unreadable",
    )
