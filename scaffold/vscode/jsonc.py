"""JSON with comments, as VS Code reads it, with the place of every value in the text.

VS Code's own files allow ``//`` and ``/* */`` comments and a comma behind the last element. Python's
``json`` reads neither, and no library that is maintained and licensed for us tells where a value stands.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from scaffold.errors import IdeFileBroken

#: Blanks and comments; a comment that is never closed is not matched and so not skipped.
_GAP = re.compile(r"(?:[ \t\r\n\ufeff]+|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"true\b|false\b|null\b")

#: Deeper than any file of VS Code; what goes deeper would exhaust Python's stack.
_DEEPEST = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Node:
    """A value and where it stands: ``text[start:end]``."""

    start: int
    end: int
    value: Any  # as `json.loads` would give it
    members: tuple[Member, ...] = ()  # of an object, in the file's order
    items: tuple[Node, ...] = ()  # of an array

    def member(self, key: str) -> Member | None:
        """An object's member; the last where a key stands twice, for that one is in force."""
        return next((one for one in reversed(self.members) if one.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Member:
    """One ``"key": value`` of an object; it starts where its key does."""

    key: str
    start: int
    node: Node

    @property
    def end(self) -> int:
        """Where its value ends."""
        return self.node.end


def parse(text: str, path: Path) -> Node | None:
    r"""The value in ``text``, None where there are but blanks and comments; ``path`` is only named in errors.

    Raises IdeFileBroken with line and column.

    >>> node = parse('// mine\n{"a": [1, /* two */ 2,],}', Path("settings.json"))
    >>> node.value, node.start, node.members[0].key
    ({'a': [1, 2]}, 8, 'a')
    """
    return _Reader(text, path).whole()


def behind_gap(text: str, position: int) -> int:
    """The first character from ``position`` on that is neither blank nor comment."""
    found = _GAP.match(text, position)
    assert found is not None  # it matches nothing at all, too
    return found.end()


class _Reader:
    """A recursive descent over one text."""

    def __init__(self, text: str, path: Path) -> None:
        self._text, self._path = text, path

    def whole(self) -> Node | None:
        start = behind_gap(self._text, 0)
        if start == len(self._text):
            return None
        node = self._value(start, 0)
        if (after := behind_gap(self._text, node.end)) != len(self._text):
            self._refuse(after, "nothing may stand behind the end of the value")
        return node

    def _value(self, start: int, depth: int) -> Node:
        if depth > _DEEPEST:
            self._refuse(start, f"it is nested more than {_DEEPEST} deep")
        if self._text.startswith("{", start):
            return self._object(start, depth)
        if self._text.startswith("[", start):
            return self._array(start, depth)
        candidates = (pattern.match(self._text, start) for pattern in (_STRING, _NUMBER, _WORD))
        found = next((one for one in candidates if one), None)
        if found is None:
            self._refuse(start, "a value is expected")
        return Node(start=start, end=found.end(), value=self._plain(found[0], start))

    def _plain(self, written: str, start: int) -> Any:
        try:
            return json.loads(written)
        except ValueError as problem:  # an escape that JSON does not know, a number of endless digits
            self._refuse(start, str(problem))

    def _object(self, start: int, depth: int) -> Node:
        members: list[Member] = []
        position = behind_gap(self._text, start + 1)
        while not self._text.startswith("}", position):
            key = _STRING.match(self._text, position)
            if key is None:
                self._refuse(position, "a key in double quotes or } is expected")
            colon = behind_gap(self._text, key.end())
            if not self._text.startswith(":", colon):
                self._refuse(colon, "a colon is expected")
            node = self._value(behind_gap(self._text, colon + 1), depth + 1)
            members.append(Member(key=self._plain(key[0], position), start=position, node=node))
            position = self._next(node.end, "}")
        value = {one.key: one.node.value for one in members}
        return Node(start=start, end=position + 1, value=value, members=tuple(members))

    def _array(self, start: int, depth: int) -> Node:
        items: list[Node] = []
        position = behind_gap(self._text, start + 1)
        while not self._text.startswith("]", position):
            items.append(self._value(position, depth + 1))
            position = self._next(items[-1].end, "]")
        value = [one.value for one in items]
        return Node(start=start, end=position + 1, value=value, items=tuple(items))

    def _next(self, position: int, closing: str) -> int:
        """Behind the comma of an element, which the last one may have, too; or at the closing bracket."""
        position = behind_gap(self._text, position)
        if self._text.startswith(",", position):
            return behind_gap(self._text, position + 1)
        if not self._text.startswith(closing, position):
            self._refuse(position, f"a comma or {closing} is expected")
        return position

    def _refuse(self, position: int, why: str) -> NoReturn:
        line = self._text.count("\n", 0, position) + 1
        column = position - self._text.rfind("\n", 0, position)
        raise IdeFileBroken(
            f"{self._path}, line {line}, column {column}: this is not JSON as VS Code reads it",
            detail=(why,),
            hint="Correct that line, or move the file away and let scaffold write it anew",
        )
