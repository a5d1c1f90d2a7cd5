"""Our pieces put into a file that may be the user's already, and taken out of it again.

What is ours is known by its name and by a fingerprint of what we wrote: a piece that somebody changed
since, wrote a comment into or took away is the user's from then on, and is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scaffold.vscode.document import Document, document_of
from scaffold.vscode.jsonc import Member, Node
from scaffold.vscode.model import Piece, fingerprint

#: Address of a piece -> fingerprint of what we wrote; several, parted by blanks, where a kill left it open
#: which of them came to stand there (`under_way`).
Ours = Mapping[tuple[str, ...], str]

What = Literal["added", "updated", "removed", "unchanged", "kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of one piece, and why."""

    piece: str  # train (PyTorch)
    what: What
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A file as it should be."""

    content: bytes
    changes: tuple[Change, ...]
    ours: Ours


def merged(content: bytes | None, pieces: Iterable[Piece], ours: Ours, path: Path) -> Merged:
    """The file with ``pieces`` in it; ``content`` is None where there is none yet.

    Raises IdeFileBroken for a file that is not what VS Code reads.
    """
    wanted = tuple(pieces)
    known = ours if content is not None else {}  # a file that the user deleted is made anew
    merging = _Merging(document_of(content or b"", path), known)
    for piece in wanted:
        merging.put(piece)
    addresses = {piece.address for piece in wanted}
    for address in known:
        if address not in addresses and address[0] != HOLDER:
            merging.take_out(address, "has no place any more")
    merging.take_out_holders()
    return Merged(
        content=merging.document.to_bytes() if content is None or merging.edited else content,
        changes=tuple(merging.changes),
        ours=merging.ours,
    )


def without(content: bytes, ours: Ours, path: Path, former: bytes | None = None) -> Merged:
    """The file without our pieces, and without what we made to hold them and is empty now.

    ``former``: the file from before us, where it is known; the blanks around our pieces are as in it then.
    """
    merging = _Merging(document_of(content, path), ours)
    for address in ours:
        if address[0] != HOLDER:
            merging.take_out(address, "")
    merging.take_out_holders()
    document = merging.document
    if former is not None and merging.edited:
        before = document_of(former, path)
        for keys in dict.fromkeys(address[:-1] for address in ours if address[0] != HOLDER):
            document = document.closed_as(before, keys)
    return Merged(
        content=document.to_bytes() if merging.edited else content,
        changes=tuple(merging.changes),
        ours={},
    )


#: Stands among fingerprints for a piece that was not there.
_ABSENT = "absent"


def under_way(before: Ours, after: Ours) -> Ours:
    """What is ours while a file is being written: as it was, or as it will be."""
    addresses = dict.fromkeys((*before, *after))
    marks = {at: (before.get(at, _ABSENT), after.get(at, _ABSENT)) for at in addresses}
    return {at: " ".join(dict.fromkeys(one)).strip() for at, one in marks.items()}


#: Stands in an address for an array or an object that we made.
HOLDER = "[]"


def holder_address(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Where the mark stands that we made an array or an object."""
    return (HOLDER, *keys)


class _Merging:
    """One file, changed piece by piece."""

    def __init__(self, document: Document, ours: Ours) -> None:
        self.document = document
        self.changes: list[Change] = []
        self.ours = {address: mark for address, mark in ours.items() if address[0] == HOLDER}
        self.edited = False
        self._known = ours

    def put(self, piece: Piece) -> None:
        """Add a piece, or bring it up to date where it is as we wrote it."""
        found = self._find(piece)
        wrote = self._known.get(piece.address)
        wanted = fingerprint(piece.value)
        if found is None and wrote is not None and _ABSENT not in wrote.split():
            self.ours[piece.address] = wrote
            self._note(piece.name, "kept", "you took it out")
        elif found is None:
            self._add(piece)
            self._own(piece, wanted, "added")
        elif fingerprint(found.value) == wanted:
            if wrote is not None:
                self.ours[piece.address] = wanted
            self._note(piece.name, "unchanged")
        elif (why := self._why_theirs(found, wrote)) != "":
            if wrote is not None:
                self.ours[piece.address] = wrote
            self._note(piece.name, "kept", why)
        else:
            self._change(self.document.with_value(found, piece.value))
            self._own(piece, wanted, "updated")

    def take_out(self, address: tuple[str, ...], why: str) -> None:
        """Remove what is at an address, if it still is what we wrote there."""
        piece = Piece(holder=address[:-1], name=address[-1], value=None)
        found = self._find(piece)
        if found is None:
            return
        theirs = self._why_theirs(found, self._known[address])
        if theirs:
            self._note(piece.name, "kept", theirs)
            return
        self._remove(piece, found)
        self._note(piece.name, "removed", why)

    def take_out_holders(self) -> None:
        """Remove what we made to hold pieces and is empty now, the innermost first."""
        for address in [one for one in reversed(tuple(self.ours)) if one[0] == HOLDER]:
            keys = address[1:]
            node = self.document.at(keys)
            if node is None or (not node.value and not self.document.has_comments(node)):
                del self.ours[address]
            if node is not None and address not in self.ours:
                self._remove(Piece(holder=keys[:-1], name=keys[-1], value=None), node)

    def _note(self, name: str, what: What, why: str = "") -> None:
        self.changes.append(Change(piece=name, what=what, why=why))

    def _own(self, piece: Piece, mark: str, what: What) -> None:
        self.ours[piece.address] = mark
        self._note(piece.name, what)

    def _change(self, document: Document) -> None:
        self.document, self.edited = document, True

    def _why_theirs(self, found: Node, wrote: str | None) -> str:
        if wrote is None:
            return "it is yours"
        if fingerprint(found.value) not in wrote.split():
            return "you changed it"
        return "you wrote a comment into it" if self.document.has_comments(found) else ""

    def _find(self, piece: Piece) -> Node | None:
        if piece.known_by is None:
            holder = self.document.holder(piece.holder, dict)
            member = holder.member(piece.name) if holder is not None else None
            return member.node if member is not None else None
        holder = self.document.holder(piece.holder, list)
        items = holder.items if holder is not None else ()
        return next((one for one in items if _name_of(one.value, piece.known_by) == piece.name), None)

    def _add(self, piece: Piece) -> None:
        is_list = piece.known_by is not None
        holder = self._made_holder(piece.holder, list if is_list else dict)
        if is_list:
            self._change(self.document.with_item(holder, piece.value))
        else:
            self._change(self.document.with_member(holder, piece.name, piece.value))

    def _made_holder(self, keys: tuple[str, ...], kind: type) -> Node:
        for depth in range(1, len(keys) + 1):
            made = keys[:depth]
            if self.document.at(made) is None:
                above = self.document.holder(made[:-1], dict)
                assert above is not None  # it was made one turn before
                empty: Any = kind() if made == keys else {}
                self._change(self.document.with_member(above, made[-1], empty))
                self.ours[holder_address(made)] = ""
        holder = self.document.holder(keys, kind)
        assert holder is not None  # made just now, or there before
        return holder

    def _remove(self, piece: Piece, found: Node) -> None:
        above = self.document.at(piece.holder)
        assert above is not None  # the piece was found in it
        gone: Node | Member = found
        if piece.known_by is None:
            member = above.member(piece.name)
            assert member is not None  # as above
            gone = member
        self._change(self.document.without(above, gone))


def _name_of(value: Any, key: str) -> Any:
    """What an element of an array is known by."""
    if key == "":
        return value
    return value.get(key) if isinstance(value, dict) else None
