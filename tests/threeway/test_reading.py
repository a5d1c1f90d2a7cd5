"""What stands in a project where an update wants something: the user's own is told, and stops nothing else."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path, PurePosixPath

import pytest

from scaffold.errors import NoPermission
from scaffold.projects.snapshot import LARGEST, Entry, Snapshot
from scaffold.threeway import reading
from scaffold.threeway.classify import Sides, classify
from scaffold.threeway.engines import merge_with_python
from scaffold.threeway.merging import Merger
from scaffold.threeway.model import Labels
from scaffold.threeway.reading import entry_at, read_project

MERGER = Merger(merge=merge_with_python, labels=Labels(new="template 2"))
FOLDER = Entry(kind="folder")


def planned(root: Path, base: dict[str, Entry], new: dict[str, Entry]) -> dict[str, tuple[str, str]]:
    """Class and first reason of each file, and that nothing else was found to be changed."""
    sides: list[Snapshot] = [{PurePosixPath(path): one for path, one in side.items()} for side in (base, new)]
    found = read_project(root, *sides, MERGER.untouched)
    changes = classify(Sides(base=sides[0], yours=found.entries, new=sides[1], blocked=found.blocked), MERGER)
    return {str(one.path): (one.kind, one.reasons[0] if one.reasons else "") for one in changes}


def test_a_file_of_any_size_in_the_place_of_the_templates_is_the_users(tmp_path: Path) -> None:
    with (tmp_path / "d.bin").open("wb") as stream:
        stream.truncate(LARGEST + 1)
    was, added = {"d.bin": Entry(b"placeholder\n")}, {"b.txt": Entry(b"new\n")}
    assert planned(tmp_path, was, {**was, **added}) == {
        "b.txt": ("added", ""),
        "d.bin": ("kept", "it is larger than 256 MB, and cannot be compared; it stays so"),
    }


@pytest.mark.parametrize(
    ("base", "new", "expected"),
    [
        ({}, {"data": FOLDER}, ("unchanged", "")),
        ({"data": FOLDER}, {"data": FOLDER}, ("unchanged", "")),
        ({"data": FOLDER}, {}, ("kept", "the template has it no more; you changed it, and so it stays")),
        ({}, {"data": Entry(b"1\n")}, ("conflict", "a folder has its name: move it away, and update again")),
    ],
)
def test_an_empty_folder_that_the_user_filled_is_there(tmp_path: Path, base, new, expected) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/x.csv").write_text("1\n", encoding="utf-8")
    assert planned(tmp_path, base, new) == {"data": expected}


def test_a_file_of_the_users_own_that_differs_in_case_only_waits(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"1\n")
    (tmp_path / "Utils.py").write_bytes(b"mine\n")
    was = {"a.py": Entry(b"1\n")}
    assert planned(tmp_path, was, {**was, "utils.py": Entry(b"2\n")}) == {
        "a.py": ("unchanged", ""),
        "utils.py": (
            "conflict",
            "Utils.py differs from it only in upper and lower case: move it away, and update again",
        ),
    }


def test_a_file_whose_case_the_user_changed_is_the_users_renamed_one(tmp_path: Path) -> None:
    body = b"".join(b"line %d of it\n" % number for number in range(20))
    (tmp_path / "Utils.py").write_bytes(body)
    if (tmp_path / "utils.py").exists():
        pytest.skip("both names are one file here")
    found = planned(tmp_path, {"utils.py": Entry(body)}, {"utils.py": Entry(body + b"more\n")})
    assert found == {"Utils.py": ("taken", "you renamed utils.py: the update goes where it is now")}


def test_a_name_whose_accents_are_letters_of_their_own_is_found(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "café.md")
    (tmp_path / name).write_bytes(b"1\n")
    assert planned(tmp_path, {name: Entry(b"1\n")}, {name: Entry(b"2\n")}) == {name: ("taken", "")}


def test_links_lead_where_they_say_in_one_spelling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a").symlink_to("../README.md")
    assert entry_at(tmp_path / "docs/a") == Entry(b"../README.md", kind="link")
    monkeypatch.setattr(os, "readlink", lambda _: "\\\\?\\C:\\docs\\b")
    monkeypatch.setattr("scaffold.threeway.reading.WINDOWS", True)
    assert entry_at(tmp_path / "docs/a") == Entry(b"C:/docs/b", kind="link")


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_folder_that_nobody_touched_makes_room_for_a_file_and_a_file_for_a_folder(
    tmp_path: Path, ending: bytes
) -> None:
    (tmp_path / "docs/deep").mkdir(parents=True)
    for path in ("docs/a.txt", "docs/deep/b.txt", "lib"):
        (tmp_path / path).write_bytes(b"1" + ending)
    was = {path: Entry(b"1\n") for path in ("docs/a.txt", "docs/deep/b.txt", "docs/gone.txt", "lib")}
    assert planned(tmp_path, was, {"docs": Entry(b"2\n"), "lib/c.txt": Entry(b"2\n")}) == {
        "docs": ("added", ""),
        "docs/a.txt": ("removed", "the template has it no more"),
        "docs/deep/b.txt": ("removed", "the template has it no more"),
        "docs/gone.txt": ("unchanged", "you deleted it, and so did the template"),
        "lib": ("removed", "the template has it no more"),
        "lib/c.txt": ("added", ""),
    }


@pytest.mark.parametrize("mine", ["docs/mine.txt", "docs/deep/mine.txt", "docs/empty/"])
def test_a_folder_with_something_of_the_users_makes_room_for_nothing(tmp_path: Path, mine: str) -> None:
    (tmp_path / "docs/deep").mkdir(parents=True)
    (tmp_path / "docs/deep/a.txt").write_bytes(b"1\n")
    if mine.endswith("/"):
        (tmp_path / mine).mkdir()
    else:
        (tmp_path / mine).write_bytes(b"mine\n")
    assert planned(tmp_path, {"docs/deep/a.txt": Entry(b"1\n")}, {"docs": Entry(b"2\n")}) == {
        "docs": ("conflict", "a folder has its name: move it away, and update again"),
        "docs/deep/a.txt": ("removed", "the template has it no more"),
    }


def test_what_cannot_be_read_is_not_said_to_be_unwritable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").touch()

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(reading, "entry_at", refuse)
    with pytest.raises(NoPermission, match=r"Cannot read .*a\.py"):
        read_project(tmp_path, {PurePosixPath("a.py"): Entry()}, {}, MERGER.untouched)
