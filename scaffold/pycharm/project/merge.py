"""``.idea`` as it is to be: what is wanted laid into what is there, file by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.documents.source import Document, document_of
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project import record as records
from scaffold.pycharm.project.aside import Backups
from scaffold.pycharm.project.broken import document_or_error
from scaffold.pycharm.project.further import further_module
from scaffold.pycharm.project.idea_plan import IdeaFile, IdeaPlan
from scaffold.pycharm.project.module_rows import ModuleFile
from scaffold.pycharm.project.record import RECORD, Written, digest
from scaffold.pycharm.project.rows import (
    INTERPRETER,
    Modules,
    ProjectInterpreter,
    Repositories,
    Rows,
    Settings,
    module_attributes,
)
from scaffold.pycharm.project.takeover import fold, moved, renamed, twins
from scaffold.pycharm.project.three_way import Interpreters, merge

MODULES, WORKSPACE, IGNORED = ".idea/modules.xml", ".idea/workspace.xml", ".idea/.gitignore"


def merged_idea(
    existing: Mapping[str, bytes],
    project: IdeProject,
    wanted: Mapping[str, bytes],
    *,
    root: Path,
    registered: Mapping[str, Path] | None = None,
    home: Path | None = None,
    repair: bool = False,
) -> IdeaPlan:
    """What is to become of ``existing`` (path below ``root`` -> content), so that it says what is wanted.

    Raises IdeFileBroken for a file that is wanted and is not XML, unless ``repair``.
    """
    merger = _Merger(existing, project, root, home, repair=repair)
    merger.registered = registered
    merger.lay(wanted)
    return IdeaPlan(root=root, files=tuple(merger.files.values()), record=records.to_bytes(merger.written))


class _Merger:
    """One project's files as they come to be decided."""

    registered: Mapping[str, Path] | None = None

    def __init__(
        self,
        existing: Mapping[str, bytes],
        project: IdeProject,
        root: Path,
        home: Path | None,
        *,
        repair: bool,
    ) -> None:
        self.files: dict[str, IdeaFile] = {}
        self.written: dict[str, Written] = {}
        self._existing, self._project, self._root, self._home = existing, project, root, home
        self._repair = repair
        self._before = records.parse(existing.get(str(RECORD)))
        self._backups = Backups(existing)
        self._broken: dict[str, str] = {}  # path -> where its content goes
        self._modules = Modules(root=root, home=home)
        listed = self._listed()
        self._own = self._own_module(listed)
        self._twins = twins(listed, self._own, existing, self._module(self._own))

    def lay(self, wanted: Mapping[str, bytes]) -> None:
        """Decide on every file."""
        for stated, fresh in wanted.items():
            path = self._own if stated == f".idea/{self._project.module}.iml" else stated
            rows = self._rows(path)
            self.files[path] = self._whole(path, fresh) if rows is None else self._merged(path, fresh, rows)
        for path in self._twins:
            self._set_aside(path, f"the module {self._project.module} took over what it said")
        if self._twins:
            self._name_ours()
        for path in sorted(self._before.keys() - self.files.keys()):
            self._outdated(path)

    # what there is

    def _listed(self) -> tuple[str, ...]:
        document = self._document(MODULES, "project")
        return () if document is None else tuple(self._modules.read(document.root))

    def _own_module(self, listed: tuple[str, ...]) -> str:
        """The module that bears our name already, wherever its file lies; else where PyCharm would put it."""
        usual = f".idea/{self._project.module}.iml"
        named = (path for path in listed if PurePosixPath(path).name == PurePosixPath(usual).name)
        return next((path for path in named if path in self._existing), usual)

    def _module(self, path: str) -> ModuleFile:
        return ModuleFile(root=self._root, path=path, home=self._home)

    def _rows(self, path: str) -> Rows | None:
        """How the file's rows are read; None for one that is wholly ours or wholly somebody's."""
        kinds: dict[str, Rows] = {
            MODULES: self._modules,
            ".idea/misc.xml": ProjectInterpreter(),
            ".idea/vcs.xml": Repositories(),
            ".idea/pyProjectModel.xml": Settings(),
            ".idea/other.xml": Settings(),
        }
        return self._module(path) if path.endswith(".iml") else kinds.get(path)

    def _document(self, path: str, tag: str) -> Document | None:
        """What is there; None where nothing is, or what is there is to be set aside."""
        content = self._existing.get(path)
        if content is None or path in self._broken:
            return None
        try:
            return document_or_error(content, self._root / path, tag)
        except IdeFileBroken:
            if not self._repair:
                raise
            self._broken[path] = self._backups.place(path, content)
            return None

    # one file

    def _whole(self, path: str, fresh: bytes) -> IdeaFile:
        present, before = self._existing.get(path), self._before.get(path)
        ours = before is not None and present is not None and digest(present) == before.sha256
        if present is None or (ours and present != fresh and path != WORKSPACE):
            self.written[path] = Written(sha256=digest(fresh), whole=True)
            return IdeaFile(path=path, action="write", content=fresh)
        if before is not None or present == fresh:
            self.written[path] = before or Written(sha256=digest(fresh), whole=True)
        if present == fresh or path in {WORKSPACE, IGNORED}:  # these are PyCharm's once they are there
            return IdeaFile(path=path, action="unchanged")
        return IdeaFile(path=path, action="keep", reasons=("it was there, or was changed, and is not ours",))

    def _merged(self, path: str, fresh: bytes, rows: Rows) -> IdeaFile:
        wanted = rows.read(document_of(fresh, self._root / path).root)
        document, present = self._document(path, rows.tag), self._existing.get(path)
        written = self._rows_before(path, rows, wanted) if document is not None else {}
        done: list[str] = []
        if path == self._own and self._twins:
            document = self._taken_over(document, done)
        if document is None:
            self.written[path] = Written(sha256=digest(fresh), whole=True, rows=wanted)
            backup = self._broken.get(path, "")
            return IdeaFile(path=path, action="write", content=fresh, backup=backup)
        if path == MODULES:
            self._list_ours(document, wanted, done)
            written = {name: row for name, row in written.items() if name not in wanted}
        chosen = self._inherited(document) if path.endswith(".iml") else ""
        ours = {name: row for name, row in wanted.items() if name != INTERPRETER} if chosen else wanted
        laid = merge(rows, document.root, ours, written, self._interpreters(path))
        content, known = document.to_bytes(), self._before.get(path)
        whole = known is not None and known.whole
        self.written[path] = Written(sha256=digest(content), whole=whole, rows=wanted)
        decided = IdeaFile(
            path=path,
            action="unchanged",
            reasons=(*done, *laid.done, *laid.theirs),
            interpreter=chosen or laid.interpreter,
        )
        if content == present:
            return decided
        backup = self._backups.place(path, present) if present is not None and known is None else ""
        return replace(decided, action="merge", content=content, backup=backup)

    def _rows_before(self, path: str, rows: Rows, wanted: Mapping[str, str]) -> Mapping[str, str]:
        """The rows that we wrote last time, as far as the record tells."""
        before = self._before.get(path)
        if before is None:
            return {}
        if before.rows is not None:
            return before.rows
        present = self._existing[path]
        if digest(present) == before.sha256:
            return rows.read(document_of(present, self._root / path).root)
        # a record without rows, of a file that was changed since: what we write now we wrote then
        return {name: row for name, row in wanted.items() if name != INTERPRETER}

    def _interpreters(self, path: str) -> Interpreters:
        for one in self._project.further:
            name = further_module(self._project, one)
            if PurePosixPath(path).stem == name:
                return Interpreters(module=name, own=one.interpreter, registered=self.registered)
        project = self._project
        return Interpreters(module=project.module, own=project.interpreter, registered=self.registered)

    def _inherited(self, module: Document) -> str:
        """Why a module that names no interpreter goes on so: its project's one is somebody's choice."""
        if all(order.get("type") != "inheritedJdk" for order in module.root.iter("orderEntry")):
            return ""
        path, rows = ".idea/misc.xml", ProjectInterpreter()
        document, before = self._document(path, rows.tag), self._before.get(path)
        name = "" if document is None else rows.read(document.root).get(INTERPRETER, "")
        written = ((before and before.rows) or {}).get(INTERPRETER, "")
        return self._interpreters(path).theirs(name, written)

    # a module of another name on our folder

    def _taken_over(self, document: Document | None, done: list[str]) -> Document:
        module = self._module(self._own)
        for twin in self._twins:
            other = moved(twin, self._existing[twin], module)
            if document is None:
                document = other
            else:
                fold(other, document.root, module)
            done.append(f"takes over the module {PurePosixPath(twin).stem}")
        assert document is not None  # there is at least one twin
        return document

    def _list_ours(self, document: Document, wanted: dict[str, str], done: list[str]) -> None:
        """Ours stands where a module stood that it took over; others of its name lead to no file."""
        usual = f".idea/{self._project.module}.iml"
        if self._own != usual:
            wanted[self._own] = wanted.pop(usual)
        present = self._modules.read(document.root)
        name = PurePosixPath(self._own).name
        for entry in self._modules.entries(document.root):
            path = self._modules.path_of(entry)
            if path in self._twins and self._own not in present:
                entry.attrib.update(module_attributes(self._own))
                present[self._own] = "module"
                done.append(f"{path}: became {self._own}")
            elif path in self._twins or (PurePosixPath(path).name == name and path != self._own):
                self._modules.take(document.root, path)
                done.append(f"{path}: no longer a module")

    def _name_ours(self) -> None:
        """Whoever depends on, or runs in, a module that was taken over."""
        old = frozenset(PurePosixPath(twin).stem for twin in self._twins)
        for path, present in self._existing.items():
            decided = self.files.get(path)
            if not path.endswith((".iml", ".xml")) or (decided and decided.action == "set aside"):
                continue
            if not path.endswith(".iml") and PurePosixPath(path).parent.name != "runConfigurations":
                continue
            content = (decided and decided.content) or present
            new = renamed(path, content, old, self._project.module, self._root)
            if new != content:
                base = decided or IdeaFile(
                    path=path, action="merge", backup=self._backups.place(path, present)
                )
                reasons = (*base.reasons, f"names the module {self._project.module}")
                self.files[path] = replace(base, action="merge", content=new, reasons=reasons)

    # what goes

    def _set_aside(self, path: str, reason: str) -> None:
        backup = self._backups.place(path, self._existing[path])
        self.files[path] = IdeaFile(path=path, action="set aside", reasons=(reason,), backup=backup)

    def _outdated(self, path: str) -> None:
        """What we wrote, and do not want any more."""
        before, present, rows = self._before[path], self._existing.get(path), self._rows(path)
        if present is None:
            return
        if before.whole and digest(present) == before.sha256:
            self.files[path] = IdeaFile(path=path, action="remove", reasons=("nothing needs it any more",))
        elif before.whole and path.endswith(".iml"):
            self._set_aside(path, "its environment is gone")
        elif rows is not None and before.rows is not None:
            document = document_or_error(present, self._root / path, rows.tag)
            laid = merge(rows, document.root, {}, before.rows, self._interpreters(path))
            content = document.to_bytes()
            if content != present:
                self.files[path] = IdeaFile(path=path, action="merge", content=content, reasons=laid.done)
