"""One update after another in a folder: what one leaves or remembers, the next one finds."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.drawing.blueprint import Blueprint
from scaffold.errors import UpdateRefused
from scaffold.probing.scene import Scene
from scaffold.probing.updates.probe import probe
from scaffold.projects.model import ProjectName, Record
from scaffold.projects.record import read_record, recorded
from scaffold.projects.snapshot import PRISTINE, Entry
from scaffold.projects.write import put_entry
from scaffold.system import HostSystem
from scaffold.threeway import journal
from scaffold.threeway.engines import merge_with_python
from scaffold.threeway.memory import remembered, steps_of
from scaffold.threeway.merging import Merger
from scaffold.threeway.model import FileChange, Labels
from scaffold.threeway.reading import entry_at
from scaffold.update.plan import merged
from tests.threeway.test_classify import LINK, LONG, contents, entry, lines, snapshot

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links of POSIX")

NAME = ProjectName(distribution="p", package="p", title="P")
RECORD = Record(
    template="tiny", template_version="1.0", provider="acme", scaffold_version="1", name=NAME, frameworks=()
)  # fmt: skip
HOW = Merger(
    merge=merge_with_python, labels=Labels(base="template 1.0", new="template 2.0"), modes=True
)  # fmt: skip

Files = dict[str, bytes | Entry]


class Project:
    """A project in a folder, made of a template's files."""

    def __init__(self, root: Path, files: Files) -> None:
        self.root = root
        for path, one in recorded(RECORD, snapshot(files)).items():
            self.put(str(path), one)

    def put(self, path: str, content: bytes | Entry) -> None:
        """In the place of what is there."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(place) and entry(content).kind != "folder":
            place.unlink()
        put_entry(place, entry(content))

    def link(self, path: str, to: str) -> None:
        self.put(path, Entry(to.encode(), "link"))

    def plan(self, files: Files) -> tuple[tuple[FileChange, ...], tuple[Any, ...]]:
        """What the template that has become these files makes of it, and the steps to it."""
        drawn = Blueprint(record=RECORD, template=cast("Any", None), files=snapshot(files))
        base, _ = remembered(self.root)
        changes, kept = merged(self.root, read_record(self.root), base, drawn, HOW)
        return changes, steps_of(self.root, changes, kept)

    def update(self, files: Files) -> dict[str, str]:
        """The class of each file, once it is so."""
        changes, steps = self.plan(files)
        if steps:
            journal.apply(self.root, steps, {})
        return {str(one.path): one.kind for one in changes}

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()


def test_what_lies_where_rejected_lines_would_go_is_the_users(tmp_path: Path) -> None:
    """Beside a link, beside what the template renamed, beside what is not there."""
    project = Project(tmp_path, {"notes.txt": b"1\n", "a.py": LONG})
    project.link("notes.txt", "elsewhere.txt")
    project.put("notes.txt.rej", b"mine\n")
    project.put("a.py", b"mine\n" + LONG)
    project.put("lib/a.py.rej", b"mine, too\n")
    with pytest.raises(UpdateRefused) as caught:
        project.update({"notes.txt": b"2\n", "lib/a.py": LONG + b"more\n"})
    assert caught.value.detail == (
        "lib/a.py.rej: what could not be merged into a.py",
        "notes.txt.rej: what could not be merged into notes.txt",
    )
    (tmp_path / "lib/a.py.rej").unlink()
    (tmp_path / "notes.txt.rej").unlink()
    assert project.update({"notes.txt": b"2\n"})["notes.txt"] == "conflict"
    assert project.read("notes.txt.rej") == b"2\n"
    with pytest.raises(UpdateRefused, match="not resolved"):
        project.update({"notes.txt": b"3\n"})


def test_a_template_may_have_files_that_are_called_like_rejected_lines(tmp_path: Path) -> None:
    files: Files = {"a.toml": b"a = 1\n", "a.toml.rej": b"an example\n"}
    project = Project(tmp_path, files)
    assert project.update(files) == {"a.toml": "unchanged", "a.toml.rej": "unchanged"}
    project.put("a.toml", b"a = 2\n")
    project.update({**files, "a.toml": b"a = 3\n"})
    assert project.read("a.toml.rej") == b"an example\n"
    assert b"+a = 3\n" in project.read("a.toml.rej.rej")
    with pytest.raises(UpdateRefused, match="not resolved"):
        project.update(files)


def test_what_waits_is_remembered_as_it_was(tmp_path: Path) -> None:
    """The folder that was moved away comes back, or does not."""
    was, now = {"b.txt": b"1\n", "docs/a.txt": b"1\n"}, {"b.txt": b"1\n", "docs/a.txt": b"2\n"}
    for name, comes_back, expected in (("back", True, "taken"), ("gone", False, "kept")):
        project = Project(tmp_path / name, was)
        (project.root / "docs").rename(tmp_path / f"{name}-docs")
        project.link("docs", "../elsewhere")
        assert project.update(now) == {"b.txt": "unchanged", "docs/a.txt": "conflict"}
        assert project.plan(now)[1] == ()
        (project.root / "docs").unlink()
        if comes_back:
            (tmp_path / f"{name}-docs").rename(project.root / "docs")
        assert project.update(now) == {"b.txt": "unchanged", "docs/a.txt": expected}
        assert (project.root / "docs/a.txt").exists() is comes_back
        assert project.plan(now)[1] == ()


def marked(project: Project) -> tuple[str, ...]:
    """What doctor finds."""
    nothing = cast("Any", None)
    found = probe(Scene(system=HostSystem(), machine=nothing, target=nothing, root=project.root))
    assert found is not None
    return found.marked


def test_markers_that_the_template_itself_quotes_are_no_conflict(tmp_path: Path) -> None:
    page = b"<<<<<<< yours\n=======\n>>>>>>> template 1.2.0\n"
    project = Project(tmp_path, {"how.md": page})
    project.put("how.md", b"mine\r\n" + page.replace(b"\n", b"\r\n"))
    assert marked(project) == ()
    assert project.update({"how.md": page + b"more\n"}) == {"how.md": "merged"}
    project.put("how.md", project.read("how.md") + page)
    with pytest.raises(UpdateRefused) as caught:
        project.update({"how.md": page})
    assert caught.value.detail == marked(project) == ("how.md: 1 marked",)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_without_a_pristine_rendering_a_file_that_was_only_renamed_is_found(
    tmp_path: Path, ending: bytes
) -> None:
    project = Project(tmp_path, {"a.py": LONG, "b.py": b"mark\n" + LONG, "d.py": b"1\n"})
    project.put("a.py", LONG.replace(b"\n", ending))
    project.put("d.py", b"1" + ending)
    (tmp_path / PRISTINE).unlink()
    (tmp_path / "lib").mkdir()
    (tmp_path / "a.py").rename(tmp_path / "lib/c.py")
    (tmp_path / "b.py").unlink()
    more = LONG + b"more\n"
    now: Files = {"a.py": more, "b.py": b"mark\n" + more, "d.py": b"2\n"}
    assert project.update(now) == {"b.py": "kept", "d.py": "taken", "lib/c.py": "taken"}
    assert (project.read("lib/c.py"), project.read("d.py")) == (more.replace(b"\n", ending), b"2" + ending)
    assert remembered(tmp_path)[0] == snapshot(now)


PATHS = ["a.py", "b.toml", "lib/a.py", "docs", "docs/a.txt", "docs/deep/b.txt", "docs/deep"]
OWN_PATHS = ["docs/mine.txt", "mine.py", "b.toml.rej", "docs.rej"]


def consistent(files: dict[str, Entry]) -> Files:
    """Nothing below what is no folder."""
    taken = [one for one in files if not any(one.startswith(f"{other}/") for other in files)]
    return {path: files[path] for path in taken}


def trees_of(paths: list[str]) -> st.SearchStrategy[Files]:
    entries = st.builds(Entry, contents | texts) | st.sampled_from([LINK, Entry(kind="folder")])
    return st.dictionaries(st.sampled_from(paths), entries, max_size=5).map(consistent)


#: Long enough to be found under another name, with every ending.
texts = st.builds(
    lambda changed, number, ending, last: b"".join(
        (b"changed %d" % number if at == changed else line) + ending
        for at, line in enumerate(LONG.splitlines())
    ) + last,
    st.integers(0, 11), st.integers(0, 1), st.sampled_from([b"\n", b"\r\n", b"\r\r\n"]), st.sampled_from([b"", b"end"]),
)  # fmt: skip


def on_disk(root: Path) -> dict[str, Entry]:
    found = {}
    for path in sorted(root.rglob("*")):
        one = entry_at(path)
        if ".scaffold" not in path.parts and one is not None and (one.kind != "folder" or not one.content):
            found[path.relative_to(root).as_posix()] = one
    return found


@st.composite
def sides_of_an_update(draw: st.DrawFn) -> tuple[Files, Files, Files]:
    """A tree and what two made of it: some of it as it was, some gone, some otherwise."""
    base = draw(trees_of(PATHS))
    changed = [draw(trees_of(paths)) for paths in (PATHS + OWN_PATHS, PATHS)]
    kept = [draw(st.sets(st.sampled_from(sorted(base)))) if base else set() for _ in changed]
    yours, new = (
        consistent({**side, **{path: base[path] for path in sorted(left)}})
        for side, left in zip(changed, kept, strict=True)
    )
    return base, yours, new


@settings(max_examples=60, deadline=None)
@given(sides_of_an_update())
def test_whatever_stands_where_nothing_of_the_users_is_lost_and_once_is_enough(sides) -> None:
    base, yours, new = sides
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), {})
        for path, one in recorded(RECORD, snapshot(base)).items():
            if path.parts[0] == ".scaffold":
                project.put(str(path), one)
        for path, one in yours.items():
            project.put(path, one)
        before = on_disk(project.root)
        changes, steps, refused = planned(project, new)
        if refused:
            assert (refused, any(path.endswith(".rej") for path in yours)) == ("update-conflicts-left", True)
            return
        journal.apply(project.root, steps, {})
        after = on_disk(project.root)
        for path, mine in before.items():
            refuse_loss(base, mine, path, after, changes)
        _, steps, refused = planned(project, new)
        assert steps == ()
        assert not refused or any(one.kind == "conflict" for one in changes)


def planned(project: Project, files: Files) -> tuple[Any, Any, str]:
    """As `Project.plan`, and the code of what refuses it."""
    try:
        return (*project.plan(files), "")
    except UpdateRefused as problem:
        return (), (), problem.code


def refuse_loss(base: Files, mine: Entry, path: str, after: dict[str, Entry], changes: Any) -> None:
    """What the user wrote stands where it was, or where the template's renamed file is now."""
    to = next((str(one.path) for one in changes if str(one.origin) == path and one.kind != "kept"), path)
    change = next((one for one in changes if str(one.path) == path), None)
    was = base.get(path if change is None or change.origin is None else str(change.origin))
    if was is not None and HOW.untouched(entry(was), mine):
        return
    if mine.kind == "folder":
        return
    there = after[to]
    if mine.kind == "link":
        assert there == mine
        return
    known = lines(entry(was).content) if was is not None and entry(was).kind == "file" else set()
    assert lines(mine.content) - known <= lines(there.content)
