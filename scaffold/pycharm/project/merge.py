"""``.idea`` as it is to be: what is wanted laid into what is there, file by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.documents.source import Document, document_of
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project import record as records
from scaffold.pycharm.project import takeover
from scaffold.pycharm.project.broken import document_or_error
from scaffold.pycharm.project.idea import rows_of
from scaffold.pycharm.project.idea_plan import IdeaFile, IdeaPlan
from scaffold.pycharm.project.module_rows import ModuleFile, is_folder
from scaffold.pycharm.project.present import Past, Present
from scaffold.pycharm.project.record import Written, digest
from scaffold.pycharm.project.rows import INTERPRETER, Modules, ProjectInterpreter, Rows
from scaffold.pycharm.project.run_merge import is_run, merge_run
from scaffold.pycharm.project.three_way import Before, Interpreters, interpreters_of, merge

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
    merger = _Merger(existing, project, root, home, registered, repair=repair)
    merger.lay(wanted)
    files = tuple(replace(one, before=existing.get(one.path)) for one in merger.files.values())
    record = records.to_bytes(merger.written)
    return IdeaPlan(root=root, files=files, record=record, under_way=merger.under_way())


class _Merger:
    """One project's files as they come to be decided."""

    def __init__(
        self,
        existing: Mapping[str, bytes],
        project: IdeProject,
        root: Path,
        home: Path | None,
        registered: Mapping[str, Path] | None,
        *,
        repair: bool,
    ) -> None:
        self.files: dict[str, IdeaFile] = {}
        self.written: dict[str, Written] = {}
        self._project, self._root, self._home, self._registered = project, root, home, registered
        self._present = Present(existing, root, repair=repair)
        self._modules = Modules(root=root, home=home)
        listed = self._listed()
        self._own = takeover.own_module(listed, project.module, existing)
        self._twins = takeover.twins(listed, self._own, existing, self._module(self._own))
        self._folded = tuple(one for one in self._twins if not self._present.is_ours(one))

    def lay(self, wanted: Mapping[str, bytes]) -> None:
        """Decide on every file."""
        for stated, content in wanted.items():
            path = self._own if stated == f".idea/{self._project.module}.iml" else stated
            fresh = (
                content if path == stated else takeover.moved(stated, content, self._module(path)).to_bytes()
            )
            rows = self._rows(path)
            self.files[path] = self._whole(path, fresh) if rows is None else self._merged(path, fresh, rows)
        for path in self._twins:
            if path in self._folded:
                self._set_aside(path, f"the module {self._project.module} took over what it said")
            else:  # nothing of anybody's is in it, so it needs no copy
                self.files[path] = IdeaFile(path=path, action="set aside", reasons=(takeover.RENAMED,))
        if self._twins:
            self._name_ours()
        for path in sorted(self._present.written.keys() - self.files.keys()):
            self._outdated(path)

    def _listed(self) -> tuple[str, ...]:
        document = self._present.document(MODULES, "project")
        return () if document is None else tuple(self._modules.read(document.root))

    def _module(self, path: str) -> ModuleFile:
        return ModuleFile(root=self._root, path=path, home=self._home)

    def under_way(self) -> bytes:
        """The record while the files are written: as it will be, and as it is."""
        before = self._present.written
        paths = [one.path for one in self.files.values() if one.action not in {"unchanged", "keep"}]
        return records.to_bytes({**before, **self.written}, {path: before.get(path) for path in paths})

    def _rows(self, path: str) -> Rows | None:
        return rows_of(path, root=self._root, home=self._home)

    def _whole(self, path: str, fresh: bytes) -> IdeaFile:
        present, before = self._present.files.get(path), self._present.written.get(path)
        ours = self._present.is_ours(path) and path != WORKSPACE
        base = fresh.decode() if is_run(path) else ""
        if present is None or (ours and present != fresh):
            self.written[path] = Past(made=True).written(fresh, whole=True, base=base)
            return IdeaFile(path=path, action="write", content=fresh)
        if before is not None and before.base and not ours:
            return self._changed_run(path, present, fresh, before.base)
        if before is not None:
            self.written[path] = before
        if present == fresh or path in {WORKSPACE, IGNORED}:  # these are PyCharm's once they are there
            return IdeaFile(path=path, action="unchanged")
        return IdeaFile(path=path, action="keep", reasons=("it was there, or was changed, and is not ours",))

    def _changed_run(self, path: str, present: bytes, fresh: bytes, base: str) -> IdeaFile:
        """A run configuration of ours that somebody changed: what they left alone follows us."""
        try:
            content = merge_run(present, fresh, base=base.encode(), path=self._root / path)
        except IdeFileBroken as problem:
            self.written[path] = self._present.written[path]
            return IdeaFile(path=path, action="keep", reasons=(problem.message,))
        self.written[path] = self._present.past(path).written(content, base=fresh.decode())
        if content == present:
            return IdeaFile(path=path, action="keep", reasons=("what was changed in it stays",))
        return IdeaFile(path=path, action="merge", content=content, reasons=("what was changed stays",))

    def _merged(self, path: str, fresh: bytes, rows: Rows) -> IdeaFile:
        wanted = rows.read(document_of(fresh, self._root / path).root)
        document, present = self._present.document(path, rows.tag), self._present.files.get(path)
        folded = self._folded if path == self._own else ()
        twin = next((one for one in folded if one in self._present.written), "")
        earlier = twin if document is None else path
        before = self._present.before(earlier, rows, wanted) if earlier else Before()
        if self._project.partial and path == self._own:  # what its template excludes is not known now
            wanted = {**{name: row for name, row in before.rows.items() if is_folder(name)}, **wanted}
        done: list[str] = []
        if folded:
            document = takeover.taken_over(document, folded, self._present.files, self._module(path), done)
        past = self._present.past(path)
        if document is None:
            self.written[path] = past.written(fresh, whole=True, rows=wanted)
            return IdeaFile(path=path, action="write", content=fresh, backup=past.backup)
        whole, there = self._present.is_ours(path), rows.read(document.root)
        if path == MODULES:
            usual = f".idea/{self._project.module}.iml"
            if self._own != usual:
                wanted[self._own] = wanted.pop(usual)
            done += takeover.list_ours(self._modules, document.root, self._own, self._twins)
        found = () if whole else tuple(before.found | before.new(there, wanted))
        if path == MODULES:
            before = replace(before, rows={n: row for n, row in before.rows.items() if n not in wanted})
        chosen = self._inherited(document, wanted.get(INTERPRETER, "")) if path.endswith(".iml") else ""
        ours = {name: row for name, row in wanted.items() if name != INTERPRETER} if chosen else wanted
        known = self._interpreters(path)
        laid = merge(rows, document.root, ours, before, known)
        content = document.to_bytes()
        past = self._present.past(path, changes=content != present)
        if earlier not in {"", path}:  # what somebody changed in a module of ours is in this one now
            past = replace(past, exact=False)
        was = laid.replaced or before.was
        self.written[path] = past.written(content, whole=whole, found=found, was=was, rows=wanted)
        stays = chosen or laid.interpreter
        replaced = known.gone(laid.replaced) if laid.replaced else ""
        decided = IdeaFile(
            path=path,
            action="unchanged",
            reasons=tuple(filter(None, (replaced, *done, *laid.done, *laid.theirs))),
            interpreter=stays or replaced,
            renamed=laid.renamed,
            stays=bool(stays),
        )
        if content == present:
            return decided
        return replace(decided, action="merge", content=content, backup=past.backup)

    def _interpreters(self, path: str) -> Interpreters:
        return interpreters_of(self._project, PurePosixPath(path).stem, self._registered)

    def _inherited(self, module: Document, ours: str) -> str:
        """Why a module that names no interpreter goes on so: its project's one is somebody's choice."""
        if all(order.get("type") != "inheritedJdk" for order in module.root.iter("orderEntry")):
            return ""
        path, rows = ".idea/misc.xml", ProjectInterpreter()
        document, before = self._present.document(path, rows.tag), self._present.written.get(path)
        name = "" if document is None else rows.read(document.root).get(INTERPRETER, "")
        written = ((before and before.rows) or {}).get(INTERPRETER, "")
        return self._interpreters(path).inherited(name, written, ours)

    def _name_ours(self) -> None:
        """Whoever depends on, or runs in, a module that was taken over."""
        old = frozenset(PurePosixPath(twin).stem for twin in self._twins)
        for path, present in self._present.files.items():
            decided = self.files.get(path)
            if not takeover.names_modules(path) or (decided and decided.action == "set aside"):
                continue
            content = (decided and decided.content) or present
            new = takeover.renamed(path, content, old, self._project.module, self._root)
            if new != content:
                past = self._present.past(path)
                base = decided or IdeaFile(path=path, action="merge")
                reasons = (*base.reasons, f"names the module {self._project.module}")
                self.files[path] = replace(
                    base, action="merge", content=new, reasons=reasons, backup=past.backup
                )
                known = self.written.get(path) or past.written(new)
                self.written[path] = replace(known, sha256=digest(new), original=past.original)

    def _set_aside(self, path: str, reason: str) -> None:
        content = self._present.files[path]
        backup = self._present.backups.place(path, content)
        self.files[path] = IdeaFile(path=path, action="set aside", reasons=(reason,), backup=backup)
        before = self._present.written.get(path)
        if path in self._twins and not (before is not None and before.made):
            self.written[path] = Past(original=backup).written(None)

    def _outdated(self, path: str) -> None:
        """What we wrote, and do not want any more."""
        before, present, rows = self._present.written[path], self._present.files.get(path), self._rows(path)
        ours = before.made or before.rows is not None
        if self._project.partial and self._project.further and is_run(path):
            self.written[path] = before  # which ones there are is not known now
        elif not ours and (present is None or path not in self._twins):
            self.written[path] = before  # it gave way to our module, or names it
        elif present is None:
            return
        elif self._present.is_ours(path):
            self.files[path] = IdeaFile(path=path, action="remove", reasons=("nothing needs it any more",))
        elif path.endswith(".iml") and path.startswith(f".idea/{self._project.module}-"):
            self._set_aside(path, "its environment is gone")
        elif rows is not None and before.rows is not None:
            self._without_ours(path, present, rows)

    def _without_ours(self, path: str, present: bytes, rows: Rows) -> None:
        try:
            document = document_or_error(present, self._root / path, rows.tag)
        except IdeFileBroken as problem:  # nothing that we want needs it
            self.files[path] = IdeaFile(path=path, action="keep", reasons=(problem.message,))
            return
        laid = merge(rows, document.root, {}, self._present.before(path, rows, {}), self._interpreters(path))
        content = self._present.as_before_us(path) or document.to_bytes()
        if content != present:
            self.files[path] = IdeaFile(path=path, action="merge", content=content, reasons=laid.done)
