"""What stands below ``.idea`` before a merge, and what of it we wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.documents.source import Document, document_of
from scaffold.pycharm.project import record as records
from scaffold.pycharm.project.aside import Backups
from scaffold.pycharm.project.broken import document_or_error
from scaffold.pycharm.project.record import RECORD, Written, digest
from scaffold.pycharm.project.rows import INTERPRETER, Rows
from scaffold.pycharm.project.three_way import Before, project_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Where a file is from that is about to change."""

    made: bool = False  # we made it
    exact: bool = True  # what came into it since we were last there is nobody's
    original: str = ""  # where it is kept as it was before us
    backup: str = ""  # where it is to be copied to now

    def written(self, content: bytes | None, **more: object) -> Written:
        """The file as we leave it now."""
        past = {"made": self.made, "exact": self.exact, "original": self.original}
        return Written(**{"sha256": digest(content), "whole": False, **past, **more})  # type: ignore[arg-type]


class Present:
    """The files that are there (path below the project -> content), and the record of those that are ours."""

    def __init__(self, files: Mapping[str, bytes], root: Path, *, repair: bool) -> None:
        self.files = files
        self.written: Mapping[str, Written] = records.parse(files.get(str(RECORD)), files)
        self.backups = Backups(files)
        self._root, self._repair = root, repair
        self._broken: dict[str, str] = {}  # path -> where its content goes

    def document(self, path: str, tag: str) -> Document | None:
        """One file's XML; None where there is none, or what is there is to be set aside.

        Raises IdeFileBroken, unless files are to be repaired.
        """
        content = self.files.get(path)
        if content is None or path in self._broken:
            return None
        try:
            return document_or_error(content, self._root / path, tag)
        except IdeFileBroken:
            if not self._repair:
                raise
            self._broken[path] = self.backups.place(path, content)
            return None

    def past(self, path: str, *, changes: bool = True) -> Past:
        """What is known of a file. Before the first change, one that we did not make is copied."""
        content, before = self.files.get(path), self.written.get(path)
        if content is None:
            return Past(made=True)
        if before is None or before.untouched:
            copy = self.backups.place(path, content) if changes else ""
            return Past(original=copy, backup=copy)
        if path in self._broken:
            return Past(made=before.made, exact=before.made, backup=self._broken[path])
        if before.made or before.original:
            exact = before.exact and digest(content) == before.sha256
            return Past(made=before.made, exact=exact, original=before.original)
        copy = self.backups.place(path, content) if changes else ""  # an older record says where none is
        return Past(exact=False, original=copy, backup=copy)

    def as_before_us(self, path: str) -> bytes | None:
        """The content from before us, where nothing else came into the file since."""
        before, content = self.written.get(path), self.files.get(path)
        if before is None or not before.exact or digest(content) != before.sha256:
            return None
        return self.files.get(before.original)

    def is_ours(self, path: str) -> bool:
        """Whether we made the file and nobody changed it since."""
        written, content = self.written.get(path), self.files.get(path)
        return (
            written is not None
            and written.whole
            and content is not None
            and digest(content) == written.sha256
        )

    def before(self, path: str, rows: Rows, wanted: Mapping[str, str]) -> Before:
        """The rows of a file as we left them last time, as far as the record tells."""
        written = self.written.get(path)
        if written is None:
            return Before()
        if written.rows is not None:
            return Before(rows=written.rows, found=frozenset(written.found), was=written.was)
        there = rows.read(document_of(self.files[path], self._root / path).root)
        if self.is_ours(path):
            return Before(rows=there)
        # a record without rows, of a file that was changed since: what we write now we wrote then,
        # and an interpreter's name that is made as ours are is one
        name = there.get(INTERPRETER, "")
        ours = project_in(name) and project_in(name) == project_in(wanted.get(INTERPRETER, ""))
        return Before(rows={**wanted, INTERPRETER: name if ours else ""})
