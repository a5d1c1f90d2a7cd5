"""Take ``.idea`` back: each file as it was before us, where nothing else came into it since.

One that the user or the IDE changed meanwhile keeps what they did: it loses our rows, or stays as a whole
where we made it. Modules hang together: what one took over goes back to the other only if nobody touched
any of them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from scaffold.errors import IdeFileBroken
from scaffold.files import clear_remains, not_written, read_present
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project import record as records
from scaffold.pycharm.project.aside import Backups
from scaffold.pycharm.project.broken import document_or_error
from scaffold.pycharm.project.idea import FOLDER, refuse_foreign_folder, rows_of
from scaffold.pycharm.project.idea_plan import IdeaFile, IdeaPlan
from scaffold.pycharm.project.merge import IGNORED, MODULES, merged_idea
from scaffold.pycharm.project.record import RECORD, Written, digest
from scaffold.pycharm.project.rows import INTERPRETER
from scaffold.pycharm.project.write import write_idea


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What goes, and what stays because it is not as we left it. Paths are below the project."""

    plan: IdeaPlan
    gone: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()  # files of others that lose our rows, or come back as they were
    kept: tuple[str, ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)  # what is kept for another reason than a change
    copies: tuple[str, ...] = ()  # of files as they were before us, where the file itself is not so again
    spent: tuple[str, ...] = ()  # copies that nobody needs any more


def plan_removal(root: Path, project: IdeProject, *, home: Path | None = None) -> Removal:
    """What taking ``.idea`` back comes to; nothing is written. Raises TargetOccupied, NoPermission."""
    refuse_foreign_folder(root)
    record = read_present(root / RECORD)
    found = ((path, read_present(root / path)) for path in records.paths(record))
    files = {path: content for path, content in found if content is not None}
    taking = _TakingBack(root, project, files, records.parse(record, files), home)
    taking.decide()
    return taking.removal()


class _TakingBack:
    """What becomes of each file, as it comes to be decided."""

    def __init__(
        self,
        root: Path,
        project: IdeProject,
        files: Mapping[str, bytes],
        recorded: Mapping[str, Written],
        home: Path | None,
    ) -> None:
        self._root, self._project, self._home = root, project, home
        self._files, self._recorded = files, recorded
        self._decided: dict[str, IdeaFile] = {}
        self._kept: list[str] = []
        self._why: dict[str, str] = {}

    def decide(self) -> None:
        """On the modules first: ``modules.xml`` names those that stay."""
        modules = [path for path, one in self._recorded.items() if self._is_of_modules(path, one)]
        aside = any(not self._recorded[path].sha256 for path in modules)
        together = not aside or all(self._is_exact(path) for path in modules)
        for path in sorted(self._recorded, key=lambda path: (path == MODULES, path)):
            one = self._recorded[path]
            if path == MODULES:
                self._list(one, exact=together)
            elif path in modules and not together and not (one.made and one.whole):
                self._keep(path)  # our module holds what another one said, and others name it
            elif self._is_exact(path):
                self._take_back(path, one)
            elif one.made:
                self._keep(path)
                self._take_interpreter(path, one)
            elif path in self._files:
                self._take_rows(path, one)
        ignored = self._decided.get(IGNORED)
        if ignored is not None and ignored.action == "remove" and self._keeps_made():
            del self._decided[IGNORED]
            self._keep(IGNORED, "it keeps from git what stays beside it")

    def removal(self) -> Removal:
        """All of it, decided."""
        files = tuple(self._decided[path] for path in sorted(self._decided))
        back = {path for path in self._recorded if self._will_be_as_before(path)}
        originals = {path: one.original for path, one in self._recorded.items() if one.original}
        spent = {place for path, place in originals.items() if path in back}
        copies = {place for path, place in originals.items() if path not in back} & self._files.keys()
        return Removal(
            plan=IdeaPlan(root=self._root, files=files, record=records.to_bytes({})),
            gone=tuple(one.path for one in files if one.action == "remove"),
            mended=tuple(one.path for one in files if one.action != "remove" and one.path not in self._kept),
            kept=tuple(sorted(self._kept)),
            why=self._why,
            copies=tuple(sorted(copies)),
            spent=tuple(sorted(spent - copies)),
        )

    def _is_of_modules(self, path: str, one: Written) -> bool:
        names_one = not one.made and one.rows is None
        return path == MODULES or path.endswith(".iml") or names_one

    def _is_exact(self, path: str) -> bool:
        """Whether the file can be as it was before us, and nothing of anybody's is lost by it."""
        one, content = self._recorded[path], self._files.get(path)
        if one.original and content == self._files.get(one.original):
            return True  # it is so already
        if one.untouched:
            return True
        is_known = one.made or one.original in self._files
        return one.exact and is_known and digest(content) == one.sha256

    def _take_back(self, path: str, one: Written) -> None:
        content, original = self._files.get(path), self._files.get(one.original)
        file = IdeaFile(path=path, action="merge", content=original, before=content)
        if one.made:
            self._decided[path] = replace(file, action="remove", content=None)
        elif original is not None and original != content:
            self._decided[path] = file

    def _take_rows(self, path: str, one: Written) -> None:
        """The file without our rows, through a record that speaks of it alone."""
        existing = {path: self._files[path], str(RECORD): records.to_bytes({path: one})}
        try:
            plan = merged_idea(existing, self._project, {}, root=self._root, home=self._home)
        except IdeFileBroken:
            self._keep(path)
            return
        self._decided.update({file.path: file for file in plan.files if file.action == "merge"})
        self._kept += [file.path for file in plan.files if file.action == "keep"]

    def _list(self, one: Written, *, exact: bool) -> None:
        """``modules.xml``: it goes, or loses our modules, except those whose files stay."""
        going = {path for path, file in self._decided.items() if file.action == "remove"}
        staying = {
            path
            for path, other in self._recorded.items()
            if path.endswith(".iml") and path in self._files and path not in going and other.made
        }
        if exact and not staying and self._is_exact(MODULES):
            self._take_back(MODULES, one)
        elif MODULES in self._files:
            there = {path for path in one.rows or {} if path in self._files and path not in going}
            rows = {path: row for path, row in (one.rows or {}).items() if path not in there}
            self._take_rows(MODULES, replace(one, whole=False, exact=False, rows=rows))
            if MODULES not in self._decided and one.made:
                unchanged = digest(self._files[MODULES]) == one.sha256
                self._keep(MODULES, "it names a module that stays" if unchanged else "")

    def _keep(self, path: str, why: str = "") -> None:
        if path in self._files:
            self._kept.append(path)
        if why:
            self._why[path] = why

    def _keeps_made(self) -> bool:
        """Whether a file that we made, and hid from git, stays."""
        return any(self._recorded[path].made for path in self._kept if path.startswith(f"{FOLDER}/"))

    def _take_interpreter(self, path: str, one: Written) -> None:
        """A file of ours that somebody changed stays without the name that goes out of PyCharm's settings."""
        rows, ours = rows_of(path, root=self._root, home=self._home), (one.rows or {}).get(INTERPRETER, "")
        content = self._files.get(path)
        if rows is None or content is None or not ours:
            return
        try:
            document = document_or_error(content, self._root / path, rows.tag)
        except IdeFileBroken:
            return
        if rows.read(document.root).get(INTERPRETER) == ours:
            rows.take(document.root, INTERPRETER)
            self._why[path] = f"it was changed since; it does not name {ours} any more"
            self._decided[path] = IdeaFile(
                path=path, action="merge", content=document.to_bytes(), before=content
            )

    def _will_be_as_before(self, path: str) -> bool:
        decided, one = self._decided.get(path), self._recorded[path]
        content = decided.content if decided is not None else self._files.get(path)
        return content == self._files.get(one.original)


def remove_idea(removal: Removal) -> None:
    """Carry it out. The folder goes where nothing is left in it.

    Raises IdeFileChanged, NoPermission, NoSpace.
    """
    root = removal.plan.root
    copies = root / Backups.FOLDER
    recorded = records.paths(read_present(root / RECORD))
    beside = [copies / path.name for path in (root / FOLDER).glob("*")]  # a kill may be older than the record
    for place in (*(root / path for path in (*recorded, str(RECORD))), *beside, copies / ".gitignore"):
        clear_remains(place)
    if not (root / RECORD).exists():
        return
    write_idea(removal.plan)
    for path in removal.spent:
        _delete(root / path)
    _delete(root / RECORD)
    if [path.name for path in copies.glob("*")] == [".gitignore"]:
        _delete(copies / ".gitignore")
    for folder in (copies, copies.parent, root / FOLDER / "runConfigurations", root / FOLDER):
        with contextlib.suppress(OSError):  # somebody's file is in it
            folder.rmdir()


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as problem:
        raise not_written(path, problem) from problem
