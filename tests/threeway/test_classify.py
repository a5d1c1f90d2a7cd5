"""Three snapshots in, a class for every file out."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.projects.record import digest
from scaffold.projects.snapshot import Entry
from scaffold.threeway.classify import Sides, classify, left_out
from scaffold.threeway.engines import merge_with_python
from scaffold.threeway.lines import read_text
from scaffold.threeway.merging import Merger
from scaffold.threeway.model import FileChange, Labels, counts
from scaffold.threeway.pairing import renamed

PATCH = shutil.which("patch")

LABELS = Labels(base="template 1.0", new="template 2.0")
MERGER = Merger(merge=merge_with_python, labels=LABELS, modes=True)

LONG = b"".join(b"line %d of a file that is long enough\n" % number for number in range(12))


def entry(content: bytes | Entry) -> Entry:
    return content if isinstance(content, Entry) else Entry(content)


def snapshot(files: dict[str, bytes | Entry]) -> dict[PurePosixPath, Entry]:
    return {PurePosixPath(path): entry(content) for path, content in files.items()}


def planned(base, yours, new, merger: Merger = MERGER, **more) -> dict[str, FileChange]:
    sides = Sides(
        base=None if base is None else snapshot(base), yours=snapshot(yours), new=snapshot(new), **more
    )
    return {str(one.path): one for one in classify(sides, merger)}


def only(base, yours, new, merger: Merger = MERGER, path: str = "a.py") -> FileChange:
    """The change of one file; None: it is not there."""
    sides = ({} if one is None else {path: one} for one in (base, yours, new))
    (change,) = planned(*sides, merger).values()
    return change


LINK, OTHER_LINK = Entry(b"b.py", "link"), Entry(b"c.py", "link")


@pytest.mark.parametrize(
    ("base", "yours", "new", "kind", "after"),
    [
        (b"1\n", b"1\n", b"1\n", "unchanged", b"1\n"),
        (b"1\n", b"1\n", b"2\n", "taken", b"2\n"),
        (b"1\n", b"2\n", b"1\n", "kept", b"2\n"),
        (b"1\n", b"2\n", b"2\n", "unchanged", b"2\n"),
        (b"1\n2\n3\n", b"0\n1\n2\n3\n", b"1\n2\n3\n4\n", "merged", b"0\n1\n2\n3\n4\n"),
        (b"1\n2\n3\n", b"0\n1\n2\n3\n4\n", b"1\n2\n3\n4\n", "kept", b"0\n1\n2\n3\n4\n"),
        (None, None, b"1\n", "added", b"1\n"),
        (None, b"1\n", b"1\n", "unchanged", b"1\n"),
        (b"1\n", b"1\n", None, "removed", None),
        (b"1\n", b"2\n", None, "kept", b"2\n"),
        (b"1\n", None, b"1\n", "kept", None),
        (b"1\n", None, b"2\n", "kept", None),
        (b"1\n", None, None, "unchanged", None),
        # the whole file's properties
        (b"1\n2\n", b"1\r\n2\r\n", b"1\n2\n", "unchanged", b"1\r\n2\r\n"),
        (b"1\n2\n", b"1\r\n2\r\n", b"1\n3\n", "taken", b"1\r\n3\r\n"),
        (b"1\r\n2\r\n", b"1\r\n2\r\n0\r\n", b"1\n2\n", "merged", b"1\n2\n0\n"),
        (b"1\n2\n3\n", b"0\r\n1\r\n2\r\n3\r\n", b"1\n2\n4\n", "merged", b"0\r\n1\r\n2\r\n4\r\n"),
        (b"1\n2\n3", b"0\n1\n2\n3", b"1\n2\n3\n", "merged", b"0\n1\n2\n3\n"),
        (b"1\n2\n3\n", b"1\n2\n3", b"1\n2\n4\n", "taken", b"1\n2\n4"),
        (b"1\n2\n3\n", b"0\n1\n2\n3", b"1\n2\n3\n4\n", "merged", b"0\n1\n2\n3\n4"),
        (b"1\n2\n", b"\xef\xbb\xbf0\n1\n2\n", b"1\n2\n3\n", "merged", b"\xef\xbb\xbf0\n1\n2\n3\n"),
        (b"1\r\n2\n3\n", b"0\r\n1\r\n2\n3\n", b"1\r\n2\n3\n4\n", "merged", b"0\r\n1\r\n2\n3\n4\n"),
        # endings that differ within a file of one side
        (b"1\r\n2\n3\n", b"0\r\n1\r\n2\r\n3\r\n", b"1\r\n2\n3\n4\n", "merged",
         b"0\r\n1\r\n2\r\n3\r\n4\r\n"),
        (b"1\n2\n3\n", b"0\r\n1\r\n2\r\n3\r\n", b"1\r\n2\n3\n4\n", "merged",
         b"0\r\n1\r\n2\r\n3\r\n4\r\n"),
        (b"1\r\n2\r\n3\r\n", b"0\r\n1\r\n2\r\n3\r\n", b"1\r\n2\r\n3\n4\n", "merged",
         b"0\r\n1\r\n2\r\n3\n4\n"),
        (b"1\r\n2\n3\n", b"0\r\n1\r\n2\n3\n", b"1\n2\n3\n4\n", "merged", b"0\n1\n2\n3\n4\n"),
        # carriage returns that are part of their lines
        (b"1\r\r\n2\r\r\n", b"0\r\r\n1\r\r\n2\r\r\n", b"1\r\r\n2\r\r\n3\r\r\n", "merged",
         b"0\r\r\n1\r\r\n2\r\r\n3\r\r\n"),
        (b"1\r\n2\n3\r", b"0\r\n1\r\n2\r\n3\r", b"1\r\n2\n4\n3\r", "merged", b"0\r\n1\r\n2\r\n4\r\n3\r"),
        # encodings: bytes that split at newlines as they are, and those that do not
        ("一\n二\n三\n".encode("gbk"), "零\n一\n二\n三\n".encode("gbk"), "一\n二\n三\n四\n".encode("gbk"),
         "merged", "零\n一\n二\n三\n四\n".encode("gbk")),
        ("1\n2\n".encode("utf-16"), "0\n1\n2\n".encode("utf-16"), "1\n2\n3\n".encode("utf-16"),
         "merged", "0\n1\n2\n3\n".encode("utf-16")),
        (b"1\n2\n", "0\n1\n2\n".encode("utf-16"), b"1\n2\n3\n", "merged", "0\n1\n2\n3\n".encode("utf-16")),
        # modes and kinds
        (b"1\n", b"1\n", Entry(b"1\n", executable=True), "taken", Entry(b"1\n", executable=True)),
        (b"1\n", Entry(b"1\n", executable=True), b"2\n", "merged", Entry(b"2\n", executable=True)),
        (b"1\n", b"2\n", Entry(b"1\n", executable=True), "merged", Entry(b"2\n", executable=True)),
        (LINK, LINK, OTHER_LINK, "taken", OTHER_LINK),
        (LINK, OTHER_LINK, LINK, "kept", OTHER_LINK),
        (b"1\n", b"1\n", LINK, "taken", LINK),
        (LINK, LINK, None, "removed", None),
        (None, None, Entry(kind="folder"), "added", Entry(kind="folder")),
    ],
)  # fmt: skip
def test_one_file(base, yours, new, kind, after) -> None:
    change = only(base, yours, new)
    expected = None if after is None else entry(after)
    assert (change.kind, change.after, change.rejected, change.conflicts) == (kind, expected, None, 0)


def test_a_conflict_is_marked_with_names_and_the_rest_of_the_file_is_merged() -> None:
    change = only(b"1\n2\n3\n4\n", b"0\n1\nmine\n3\n4\n", b"1\ntheirs\n3\n4\n5\n")
    assert (change.kind, change.conflicts, change.rejected) == ("conflict", 1, None)
    assert change.after == Entry(
        b"0\n1\n<<<<<<< yours\nmine\n||||||| template 1.0\n2\n=======\ntheirs\n>>>>>>> template 2.0\n3\n4\n5\n"
    )


def test_markers_end_as_the_files_lines_do() -> None:
    change = only(b"1\r\n", b"mine\r\n", b"theirs\r\n")
    assert change.after == Entry(
        b"<<<<<<< yours\r\nmine\r\n||||||| template 1.0\r\n1\r\n=======\r\ntheirs\r\n>>>>>>> template 2.0\r\n"
    )


def test_rejected_hunks_lie_beside_a_file_that_holds_the_users_lines_and_turn_it_into_the_templates() -> None:
    change = only(
        b"1\n2\n3\n4\n", b"0\n1\nmine\n3\n4\n", b"1\ntheirs\n3\n4\n5\n", replace(MERGER, reject=True)
    )
    assert change.after == Entry(b"0\n1\nmine\n3\n4\n5\n")
    assert change.rejected == (
        b"--- a.py (yours)\n+++ a.py (template 2.0)\n@@ -1,6 +1,6 @@\n 0\n 1\n-mine\n+theirs\n 3\n 4\n 5\n"
    )
    assert (change.kind, change.conflicts) == ("conflict", 1)


@pytest.mark.skipif(PATCH is None, reason="needs patch")
@pytest.mark.parametrize(
    ("base", "yours", "new"),
    [
        (b"1\n2\n3\n", b"1\nmine\n3\n", b"1\ntheirs\n3\n"),
        (b"1\r\n2\r\n3\r\n", b"1\r\nmine\r\n3\r\n", b"1\r\ntheirs\r\n3\r\n"),
        (b"1\r\n2\n3\r\n", b"1\r\nmine\n3\r\n", b"1\r\ntheirs\n3\r\n"),
        (b"1\n2\n3", b"1\nmine\n3", b"1\ntheirs\n3"),
        (b"1\n2\n3", b"1\n2\nmine", b"1\n2\ntheirs"),
        (b"1\r\n2\r\n3", b"1\r\n2\r\nmine", b"1\r\n2\r\ntheirs"),
        (b"1\r\r\n2\r\r\n3\r\r\n", b"1\r\r\nmine\r\r\n3\r\r\n", b"1\r\r\ntheirs\r\r\n3\r\r\n"),
        (b"\xef\xbb\xbf1\n2\n", b"\xef\xbb\xbfmine\n2\n", b"\xef\xbb\xbftheirs\n2\n"),
    ],
)
def test_patch_makes_the_templates_file_of_what_was_rejected(tmp_path: Path, base, yours, new) -> None:
    """By every byte: the program goes by line endings, and by whether the last line has one."""
    change = only(base, yours, new, replace(MERGER, reject=True))
    assert change.after is not None
    assert change.rejected is not None
    (tmp_path / "a.py").write_bytes(change.after.content)
    (tmp_path / "a.py.rej").write_bytes(change.rejected)
    subprocess.run(["patch", "-s", "a.py", "a.py.rej"], cwd=tmp_path, check=True, timeout=60)
    assert (tmp_path / "a.py").read_bytes() == new


def test_what_programs_read_never_holds_markers() -> None:
    change = only(b"a = 1\nb = 1\n", b"a = 2\nb = 1\n", b"a = 3\nb = 1\n", path="pyproject.toml")  # fmt: skip
    assert change.after == Entry(b"a = 2\nb = 1\n")
    assert change.rejected is not None
    assert b"-a = 2\n+a = 3\n" in change.rejected
    assert change.reasons == ("programs must be able to read it: conflicts lie beside it, not in it",)


@pytest.mark.parametrize(
    ("path", "base", "yours", "new", "name"),
    [
        (
            "a.xml",
            b"<a>\n<b>\n1\n2\n3\n</b>\n</a>\n",
            b"<a>\n1\n2\n3\n</a>\n",
            b"<a>\n<b>\n1\n2\n</b>\n<b>\n3\n</b>\n</a>\n",
            "XML",
        ),
        (
            "a.py",
            b"x = (\n    1,\n    2,\n    3,\n)\n",
            b"x = [\n    1,\n    2,\n    3,\n]\n",
            b"x = (\n    1,\n    2,\n)\ny = (\n    3,\n)\n",
            "Python",
        ),
    ],
)
def test_what_would_merge_into_nonsense_stays_the_users_and_is_told(path, base, yours, new, name) -> None:
    change = only(base, yours, new, path=path)
    assert (change.kind, change.after, change.conflicts) == ("conflict", Entry(yours), 1)
    assert change.reasons == (
        f"merged line by line it would not be valid {name}: yours stays, the difference lies beside it",
    )


def test_toml_with_a_key_twice_is_told_as_what_it_is() -> None:
    base, yours, new = b"x = 1\n\n\ny = 1\n", b"z = 1\nx = 1\n\n\ny = 1\n", b"x = 1\n\n\ny = 1\nz = 2\n"
    change = only(base, yours, new, path="a.toml")
    assert (change.kind, change.after) == ("conflict", Entry(yours))
    assert change.reasons == (
        "merged line by line it would not be valid TOML: yours stays, the difference lies beside it",
    )


def test_binary_files_are_never_marked() -> None:
    change = only(b"\x00a", b"\x00b", b"\x00c", path="a.png")
    assert (change.kind, change.after, change.rejected) == ("conflict", Entry(b"\x00b"), b"\x00c")


def test_a_file_that_the_user_renamed_gets_the_update_where_it_is() -> None:
    new = LONG + b"more\n"
    changes = planned({"a.py": LONG}, {"lib/b.py": b"mine\n" + LONG}, {"a.py": new})
    assert {path: (one.kind, one.after, one.origin) for path, one in changes.items()} == {
        "lib/b.py": ("merged", Entry(b"mine\n" + new), PurePosixPath("a.py"))
    }


def test_of_several_renamed_files_each_finds_its_own_and_none_is_found_twice() -> None:
    """A user who deleted a half of the project and moved the rest waits no minute for it."""
    old = {f"old/{n}.py": b"".join(b"%d of %d\n" % (line, n) for line in range(40)) for n in range(60)}
    kept = {f"new/{n}.py": old[f"old/{n}.py"] + b"mine\n" for n in range(0, 60, 2)}
    others = {f"other/{n}.py": b"".join(b"other %d\n" % (line * n) for line in range(40)) for n in range(300)}
    found = renamed(snapshot(old), snapshot({**kept, **others}))
    assert {str(a): str(b) for a, b in found.items()} == {
        f"old/{n}.py": f"new/{n}.py" for n in range(0, 60, 2)
    }


def test_a_file_that_the_template_renamed_takes_the_users_changes_along() -> None:
    changes = planned({"a.py": LONG}, {"a.py": b"mine\n" + LONG}, {"lib/a.py": LONG + b"more\n"})
    assert {path: (one.kind, one.after) for path, one in changes.items()} == {
        "a.py": ("removed", None),
        "lib/a.py": ("merged", Entry(b"mine\n" + LONG + b"more\n")),
    }


def test_what_both_added_is_a_conflict_of_two_sides() -> None:
    change = only(None, b"1\nmine\n3\n", b"1\ntheirs\n3\n4\n")
    assert change.after == Entry(
        b"1\n<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> template 2.0\n3\n"
        b"<<<<<<< yours\n=======\n4\n>>>>>>> template 2.0\n"
    )


def test_without_a_pristine_rendering_the_records_digests_tell_what_nobody_touched() -> None:
    digests = {"a": digest(b"1\n"), "b": digest(b"1\n"), "c": digest(b"1\n"), "gone": digest(b"1\n")}
    changes = planned(
        None,
        {"a": b"1\n", "b": b"2\n", "c": b"2\n"},
        {"a": b"3\n", "b": b"3\n", "c": b"2\n", "gone": b"3\n", "d": b"4\n"},
        digests=digests,
    )
    assert {path: one.kind for path, one in changes.items()} == {
        "a": "taken",
        "b": "conflict",
        "c": "unchanged",
        "d": "added",
        "gone": "kept",
    }


def test_a_path_that_something_of_the_users_blocks_waits_for_the_next_update() -> None:
    changes = planned(
        {}, {}, {"a/b.py": b"1\n"}, blocked={PurePosixPath("a/b.py"): "a is a file, not a folder"}
    )
    assert changes["a/b.py"].reasons == ("a is a file, not a folder: move it away, and update again",)
    assert left_out(tuple(changes.values())) == {PurePosixPath("a/b.py")}


def test_a_name_that_differs_in_case_only_waits_unless_the_template_itself_renames() -> None:
    mine = planned({}, {"Readme.md": b"1\n"}, {"README.md": b"2\n"})
    assert (mine["README.md"].kind, mine["README.md"].waits) == ("conflict", True)
    theirs = planned({"Readme.md": b"1\n"}, {"Readme.md": b"1\n"}, {"README.md": b"1\n"})
    assert {path: one.kind for path, one in theirs.items()} == {"README.md": "added", "Readme.md": "removed"}


def test_vscode_files_that_scaffold_keeps_itself_are_no_conflict() -> None:
    assert only(None, b"{}\n", b'{"a": 1}\n', path=".vscode/launch.json").kind == "kept"


def test_every_class_is_counted() -> None:
    changes = tuple(planned({"a": b"1\n"}, {"a": b"1\n"}, {"a": b"2\n", "b": b"1\n"}).values())
    assert counts(changes) == {
        "unchanged": 0, "taken": 1, "kept": 0, "merged": 0, "conflict": 0, "added": 1, "removed": 0,
    }  # fmt: skip


contents = st.sampled_from(
    [b"", b"1\n", b"1\n2\n3\n", b"0\n1\n2\n3\n", b"1\n2\n3\n4\n", b"1\r\n2\r\n3\r\n", b"\x00\x01",
     b"1\r\n2\n3\r\n", b"0\n1\n2\r\n3\n", b"1\r\n2\r\n3", "1\n2\n3\n".encode("utf-16"),
     "0\r\n1\r\n2\r\n3\r\n4\r\n".encode("utf-16"), b"\xe9\n1\n2\n3\n", b"1\r\r\n2\r\r\n3\r\r\n", b"0\r\r\n1\r\n2\n3\r"]
)  # fmt: skip
trees = st.dictionaries(
    st.sampled_from(["a.py", "b.toml", "c/d.txt", "c/e.bin"]),
    st.builds(Entry, contents, executable=st.booleans()) | st.just(LINK),
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(trees, trees)
def test_a_template_that_did_not_change_changes_nothing(base, yours) -> None:
    changes = planned(base, yours, base)
    assert [one for one in changes.values() if one.before != one.after or one.rejected] == []


@settings(max_examples=300, deadline=None)
@given(trees, trees, trees)
def test_a_project_that_nobody_touched_becomes_what_the_template_is(base, new, more) -> None:
    changes = planned(base, base, new)
    after = {one.path: one.after for one in changes.values() if one.after is not None}
    assert after == snapshot(new)
    assert {one.kind for one in changes.values()} <= {"unchanged", "taken", "added", "removed"}


def lines(content: bytes) -> set[bytes]:
    """Whatever their endings and their encoding."""
    text = read_text(content)
    return {content} if text is None else {line.rstrip(b"\r\n") for line in text.lines}


@settings(max_examples=300, deadline=None)
@given(trees, trees, trees)
def test_no_line_of_the_users_is_lost(base, yours, new) -> None:
    changes = planned(base, yours, new)
    moved = {str(one.origin): one for one in changes.values() if one.origin is not None}
    for path, mine in yours.items():
        change = moved.get(path, changes.get(path))  # what the template renamed goes along
        if mine.kind != "file" or base.get(path) == mine or change is None:
            continue
        was = base.get(path)
        added = lines(mine.content) - (lines(was.content) if was is not None else set())
        after = change.after if added else mine
        assert after is not None
        assert added <= lines(after.content)
        there = [*base.values(), *yours.values(), *new.values()]
        assert b"\r\r" not in after.content or any(b"\r\r" in one.content for one in there)


@pytest.mark.parametrize("mine", [b"0\r\n1\r\n2\r\n3\r\n", b"0\n1\n2\n3\n"])
@pytest.mark.parametrize("new", [b"1\r\n2\n3\n4\n", b"1\n2\n3\n4\n", b"1\r\n2\r\n3\r\n4\r\n"])
def test_a_user_who_made_all_endings_one_has_no_conflict_about_them(mine: bytes, new: bytes) -> None:
    change = only(b"1\r\n2\n3\n", mine, new)
    ending = b"\r\n" if b"\r" in mine else b"\n"
    assert (change.kind, change.after) == ("merged", Entry(ending.join([b"0", b"1", b"2", b"3", b"4", b""])))


def test_two_encodings_that_cannot_be_one_are_a_conflict_of_whole_files() -> None:
    new = "1\n2\n3\n4\n".encode("utf-16")
    change = only(b"1\n2\n3\n", b"\xe9\n1\n2\n3\n", new, path="a.txt")
    assert (change.kind, change.after, change.rejected) == ("conflict", Entry(b"\xe9\n1\n2\n3\n"), new)
    assert change.reasons == ("the two are in different encodings: no lines to merge",)


def test_the_template_renames_nothing_to_where_something_of_the_users_is() -> None:
    changes = planned(
        {"a.py": LONG}, {"a.py": b"mine\n" + LONG}, {"lib/a.py": LONG},
        blocked={PurePosixPath("lib/a.py"): "lib is a link"},
    )  # fmt: skip
    assert {path: (one.kind, one.before == one.after) for path, one in changes.items()} == {
        "a.py": ("kept", True),
        "lib/a.py": ("conflict", True),
    }


def test_what_is_added_is_not_compared_with_every_file_there_is() -> None:
    class Counting(Merger):
        asked = 0

        def untouched(self, base: Entry, yours: Entry) -> bool:
            Counting.asked += 1
            return super().untouched(base, yours)

    old = {f"old/{n}.py": b"%d\n" % n for n in range(60)}
    new = {f"new/{n}.py": b"%d\n" % n for n in range(60)}
    planned(old, old, new, Counting(merge=merge_with_python, labels=LABELS))
    assert Counting.asked <= 2 * len(old)
