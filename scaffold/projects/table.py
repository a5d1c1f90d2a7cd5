"""A TOML table that is read key by key, and that tells where a wrong value stands."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from scaffold.errors import TemplateBroken
from scaffold.words import shown_all

_REQUIRED: Any = object()

P = ParamSpec("P")
T = TypeVar("T")
Method = Callable[Concatenate["Table", P], T]


def _or(fallback: object) -> Callable[[Method[P, T]], Method[P, T]]:
    """What a method answers where its table keeps its problems instead of raising the first of them."""

    def decorate(method: Method[P, T]) -> Method[P, T]:
        @functools.wraps(method)
        def kept(table: Table, *args: P.args, **kwargs: P.kwargs) -> T:
            with table.kept():
                return method(table, *args, **kwargs)
            return cast("T", fallback)

        return cast("Method[P, T]", kept)

    return decorate


@contextlib.contextmanager
def keeping(problems: list[TemplateBroken] | None) -> Iterator[None]:
    """What goes wrong in the block is raised, or kept, once, where there is a list of problems."""
    try:
        yield
    except TemplateBroken as problem:
        if problems is None:
            raise
        if problem.message not in {one.message for one in problems}:
            problems.append(problem)


class Table:
    """Typed access to one table; `finish` refuses keys that nobody asked for, which are mostly misspelt.

    The first problem is raised, unless there is a list of ``problems`` to keep them all in: then a value that
    is wrong reads as an empty one.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        path: Path,
        text: str,
        header: str = "",
        number: int = 0,
        problems: list[TemplateBroken] | None = None,
    ) -> None:
        self._values = values
        self._path = path
        self._text = text
        self._header = header  # "run" of [[run]]
        self._number = number  # which of the [[run]] tables, from 0
        self._asked: set[str] = set()
        self._problems = problems

    def kept(self) -> contextlib.AbstractContextManager[None]:
        """`keeping` with the problems of this table."""
        return keeping(self._problems)

    def says(self, key: str) -> bool:
        """Whether a key stands there."""
        return key in self._values

    @_or("")
    def text(self, key: str, *, default: str = _REQUIRED) -> str:
        """A string."""
        return self._word(key, default)

    @_or(())
    def texts(self, key: str, *, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of strings; an absent one is empty, or what it is by default."""
        value = self._get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.broken(key, f"a list of strings is needed, not {value!r}")
        return tuple(value)

    @_or({})
    def mapping(self, key: str, *, default: Mapping[str, str] | None = None) -> Mapping[str, str]:
        """A table of strings; an absent one is empty, or what it is by default."""
        value = self._get(key, dict(default or {}))
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise self.broken(key, f"a table of strings is needed, not {value!r}")
        return dict(value)

    @_or(0)
    def number(self, key: str, *, least: int, default: int = 0) -> int:
        """A whole number that is at least ``least``; it must be there unless there is a default."""
        value = self._get(key, default or _REQUIRED)
        if type(value) is not int or value < least:  # isinstance would let true pass for 1
            raise self.broken(key, f"a whole number from {least} on is needed, not {value!r}")
        return value

    @_or(None)
    def real(self, key: str) -> float | None:
        """A number, None where it is absent."""
        value = self._get(key, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise self.broken(key, f"a number is needed, not {value!r}")
        return None if value is None else float(value)

    @_or(fallback=False)
    def flag(self, key: str, *, default: bool) -> bool:
        """``true`` or ``false``."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self.broken(key, f"true or false is needed, not {value!r}")
        return value

    @_or("")
    def choice(self, key: str, choices: Collection[str], *, default: str = _REQUIRED) -> str:
        """One of several words."""
        value = self._word(key, default)
        if value not in choices:
            words = ", ".join(one for one in choices if one)
            raise self.broken(key, f"it is {value!r}, and must be one of: {words}")
        return value

    @_or(())
    def tables(self, key: str) -> tuple[Table, ...]:
        """An array of tables, ``[[key]]``; an absent one is empty."""
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.broken(key, f"tables [[{key}]] are needed")
        return tuple(
            Table(one, path=self._path, text=self._text, header=key, number=number, problems=self._problems)
            for number, one in enumerate(value)
        )

    def each(self, key: str, read: Callable[[Table], T]) -> tuple[T, ...]:
        """What ``read`` makes of every ``[[key]]``; where problems are kept, of those that it can read."""
        made = []
        for one in self.tables(key):
            with self.kept():
                made.append(read(one))
        return tuple(made)

    def finish(self) -> None:
        """Refuse what was not asked for."""
        from difflib import get_close_matches

        for key in self._values:
            if key not in self._asked:
                near = get_close_matches(key, self._asked, n=1)
                meant = f"; {near[0]!r} was meant?" if near else ""
                with self.kept():
                    raise self.broken(key, f"there is no such key{meant}")

    def broken(self, key: str, problem: str) -> TemplateBroken:
        """An error that names file, line, table and key."""
        table = f" of [[{self._header}]]" if self._header else ""
        return TemplateBroken(f"{self._path}, line {self._line(key)}: {key!r}{table}: {problem}")

    def _word(self, key: str, default: str) -> str:
        value = self._get(key, default)
        if not isinstance(value, str):
            raise self.broken(key, f"a string is needed, not {value!r}")
        if default is _REQUIRED and not value.strip():
            raise self.broken(key, "it is empty")
        return value

    def _get(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        value = self._values.get(key, default)
        if value is _REQUIRED:
            raise self.broken(key, "it is missing")
        if shown_all(value) != value:
            raise self.broken(key, f"it holds a character that cannot be seen: {shown_all(value)!r}")
        return value

    def _line(self, key: str) -> int:
        """The line of a key, or of its table's header where the key is not written as ``key =``."""
        lines = self._text.splitlines()
        start = self._start(lines)
        pattern = re.compile(rf"\s*(?:\[\[?\s*)?[\"']?{re.escape(key)}[\"']?\s*[=.\]]")
        for number, line in enumerate(lines[start:], start + 1):
            if number > start + 1 and self._header and line.lstrip().startswith("[["):
                break
            if pattern.match(line):
                return number
        return start + 1

    def _start(self, lines: list[str]) -> int:
        headers = [
            index
            for index, line in enumerate(lines)
            if self._header and re.match(rf"\s*\[\[\s*{re.escape(self._header)}\s*\]\]", line)
        ]
        return headers[self._number] if self._number < len(headers) else 0
