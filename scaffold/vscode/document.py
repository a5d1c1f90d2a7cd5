"""A JSON file of VS Code, changed in place: what nobody touched stays byte for byte.

Each change cuts out or puts in the text of one value, and the text is read again: comments, blanks, the
order of keys and a comma behind the last element are the user's and stay as they are.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scaffold.errors import IdeFileBroken
from scaffold.vscode.jsonc import Member, Node, behind_gap, parse

#: What VS Code indents by where nobody chose otherwise.
_INDENT = "    "

#: A string, in which nothing is a comment; or the beginning of a comment.
_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|(//|/\*)')

#: What takes the place of ``text[start:end]``.
_Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file in memory, which holds one object; every change gives a new one."""

    path: Path
    text: str
    root: Node = field(repr=False)
    mark: bytes = b""  # byte order mark

    def to_bytes(self) -> bytes:
        """The file as it now is."""
        return self.mark + self.text.encode("utf-8")

    def at(self, keys: Sequence[str]) -> Node | None:
        """The value below these keys; None where it is not there."""
        node = self.root
        for key in keys:
            member = node.member(key)
            if member is None:
                return None
            node = member.node
        return node

    def holder(self, keys: Sequence[str], kind: type) -> Node | None:
        """The object (`dict`) or array (`list`) below these keys; None where it is not there.

        Raises IdeFileBroken, with the line, where something else is.
        """
        for depth in range(len(keys) + 1):
            node = self.at(keys[:depth])
            if node is None:
                return None
            wanted = kind if depth == len(keys) else dict
            if not isinstance(node.value, wanted):
                form = "an object { ... }" if wanted is dict else "a list [ ... ]"
                raise IdeFileBroken(
                    f"{self.path}, line {self.line_of(node)}: {'.'.join(keys[:depth])} should be {form}",
                    hint="Correct that line, or move the file away and let scaffold write it anew",
                )
        return node

    def line_of(self, node: Node) -> int:
        """The line that a node starts on, from 1."""
        return self.text.count("\n", 0, node.start) + 1

    def has_comments(self, node: Node) -> bool:
        """Whether somebody wrote a comment into a value: whoever replaces it would lose that."""
        found = _STRING_OR_COMMENT.finditer(self.text, node.start, node.end)
        return any(one[1] for one in found)

    def with_value(self, node: Node, value: Any) -> Document:
        """``value`` in the place of a node."""
        return self._edited([(node.start, node.end, self._written(value, self._indent_of(node.start)))])

    def with_member(self, holder: Node, key: str, value: Any) -> Document:
        """A new member, the last of an object."""
        return self._with_last(holder, holder.members, f"{json.dumps(key, ensure_ascii=False)}: ", value)

    def with_item(self, holder: Node, value: Any) -> Document:
        """A new element, the last of an array."""
        return self._with_last(holder, holder.items, "", value)

    def without(self, holder: Node, gone: Node | Member) -> Document:
        """An object or array without one of its own, its comma and its lines; comments around it stay."""
        elements: Sequence[Node | Member] = holder.members or holder.items
        index = next(place for place, one in enumerate(elements) if one is gone)
        comma = behind_gap(self.text, gone.end)
        edits = []
        end = gone.end
        if self.text.startswith(",", comma):
            if self.text[end:comma].strip():  # a comment stands between
                edits.append((comma, comma + 1, ""))
            else:
                end = comma + 1
        elif index:  # it was the last: the comma before it has no reason any more
            former = behind_gap(self.text, elements[index - 1].end)
            edits.append((former, former + 1, ""))
        start, end = self._with_its_line(gone.start, end)
        edits.append((start, end, ""))
        if len(elements) == 1:
            edits = self._closing_up(holder, edits)
        elif elements[-1] is gone:
            edits += self._on_one_line(holder, elements[index - 1].end, start, end)
        return self._edited(edits)

    def closed_as(self, former: Document, keys: Sequence[str]) -> Document:
        """The blanks before a closing bracket as they were, where what stands before them is as it was."""
        now, was = self._last(keys), former._last(keys)
        if now is None or was is None or now[:2] != was[:2]:
            return self
        end = self.at(keys).end - 1  # type: ignore[union-attr]  # `_last` found it
        return self._edited([(end - len(now[2]), end, was[2])])

    def _last(self, keys: Sequence[str]) -> tuple[bool, str, str] | None:
        """Of an object's or array's end: whether it stands on the first line, its text, and the blanks."""
        node = self.at(keys)
        elements: Sequence[Node | Member] = (node.members or node.items) if node is not None else ()
        if node is None or not elements:
            return None
        start, rest = elements[-1].start, self.text[elements[-1].start : node.end - 1]
        text = rest.rstrip()
        return "\n" in self.text[node.start : start], text, rest[len(text) :]

    def _with_last(
        self, holder: Node, elements: Sequence[Node | Member], before: str, value: Any
    ) -> Document:
        outer = self._indent_of(holder.start)
        inner, closing = outer + self._unit, holder.end - 1
        written = f"{self._line_end}{inner}{before}{self._written(value, inner)}"
        edits: list[_Edit] = []
        position = holder.start + 1
        if elements:
            position = elements[-1].end
            comma = behind_gap(self.text, position)
            if self.text.startswith(",", comma):  # the user puts one behind the last element: so do we
                position, written = comma + 1, f"{written},"
            else:
                edits.append((position, position, ","))
        kept = self.text[position:closing].rstrip()  # comments behind the last element
        tail = self.text[position + len(kept) : closing]
        if "\n" not in tail:
            tail = f"{self._line_end}{outer}"
        return self._edited([*edits, (position + len(kept), closing, written + tail)])

    def _with_its_line(self, start: int, end: int) -> tuple[int, int]:
        """The span with the line break before it, where nothing else stands on its lines."""
        before = self.text[:start].rstrip(" \t")
        behind = re.compile(r"[ \t]*(?=\r?\n)").match(self.text, end)
        if behind is None or not before.endswith("\n"):
            return start, end
        return len(before.removesuffix("\n").removesuffix("\r")), behind.end()

    def _on_one_line(self, holder: Node, last: int, start: int, end: int) -> list[_Edit]:
        """The closing bracket back on the line that all the others, up to ``last``, stand on: we broke it."""
        closing = holder.end - 1
        around = self.text[last:start] + self.text[end:closing]
        if "\n" in self.text[holder.start : last] or around.strip() not in ("", ","):
            return []
        inner = self.text[holder.start + 1 :]
        return [(end, closing, inner[: len(inner) - len(inner.lstrip(" \t"))])]

    def _closing_up(self, holder: Node, edits: list[_Edit]) -> list[_Edit]:
        """``[]`` where but blanks would be left between the brackets."""
        inner, closing = holder.start + 1, holder.end - 1
        left = _after(self.text[:closing], edits)[inner:]
        return edits if left.strip() else [(inner, closing, "")]

    def _edited(self, edits: Sequence[_Edit]) -> Document:
        text = _after(self.text, edits)
        return replace(self, text=text, root=_object(text, self.path))

    def _written(self, value: Any, indent: str) -> str:
        lines = json.dumps(value, indent=self._unit, ensure_ascii=False).split("\n")
        return f"{self._line_end}{indent}".join(lines)

    def _indent_of(self, position: int) -> str:
        """The blanks that the line of ``position`` starts with."""
        line = self.text[self.text.rfind("\n", 0, position) + 1 : position]
        return line[: len(line) - len(line.lstrip(" \t"))]

    @property
    def _unit(self) -> str:
        """What this file indents by: what its first key that stands on a line of its own is indented by."""
        found = re.search(r"^([ \t]+)\"", self.text, re.MULTILINE)
        return found[1] if found else _INDENT

    @property
    def _line_end(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"


def document_of(content: bytes, path: Path) -> Document:
    """The file with this content; an empty one counts as ``{}``, as it does for VS Code.

    Raises IdeFileBroken where it is no UTF-8, or no object in JSON of VS Code's kind.
    """
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    try:
        text = content[len(mark) :].decode("utf-8")
    except UnicodeDecodeError as problem:
        raise IdeFileBroken(
            f"{path} is not UTF-8, as VS Code's files are",
            detail=(str(problem),),
            hint="Save it as UTF-8, or move it away and let scaffold write it anew",
        ) from problem
    if parse(text, path) is None:
        text = f"{text.rstrip()}\n{{}}\n".lstrip("\n")
    return Document(path=path, text=text, root=_object(text, path), mark=mark)


def _after(text: str, edits: Sequence[_Edit]) -> str:
    """The text with all of them done; of two at one place the former's words come first."""
    pieces, position = [], 0
    for start, end, written in sorted(edits, key=lambda one: one[0]):
        pieces += [text[position:start], written]
        position = end
    return "".join([*pieces, text[position:]])


def _object(text: str, path: Path) -> Node:
    node = parse(text, path)
    if node is None or not isinstance(node.value, dict):
        raise IdeFileBroken(
            f"{path} does not hold an object {{ ... }}",
            hint="Correct it, or move the file away and let scaffold write it anew",
        )
    return node
