"""What copier and cruft wrote down of a project's template, and where that is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold.errors import OptionRefused
from scaffold.projects.foreign.noted import located, note_files, noted, onwards


@pytest.mark.parametrize(
    ("place", "commit", "text", "where", "revision"),
    [
        ("gh:ada/net", "v1.2.0", "gh:ada/net", "https://github.com/ada/net.git", "v1.2.0"),
        ("https://github.com/ada/net", "v1.2.0", "https://github.com/ada/net.git", "", "v1.2.0"),
        ("https://git.example/ada/net", "v1", "git+https://git.example/ada/net", "", "v1"),
        ("git@git.example:ada/net.git", "v1", "git@git.example:ada/net.git", "", "v1"),
        ("gh:ada/net", "v1.2.0-3-gabcdef1", "gh:ada/net", "", "abcdef1"),
    ],
)
def test_places_as_copier_writes_them(
    tmp_path: Path, place: str, commit: str, text: str, where: str, revision: str
) -> None:
    notes = f"_commit: {commit}\n_src_path: {place}\nsize: 3\n"
    (tmp_path / ".copier-answers.yml").write_text(notes)
    note = noted(tmp_path)
    assert note is not None
    assert (note.kind, note.answers) == ("copier", {"size": 3})
    found = located(note, tmp_path, None)
    assert (found.kind, found.text, found.revision) == ("git", text, revision)
    assert where in ("", found.where)


def test_a_relative_place_counts_from_the_project_or_the_folder_above(tmp_path: Path) -> None:
    root = tmp_path / "app"
    (tmp_path / "tc").mkdir()
    root.mkdir()
    for place in ("tc", "./tc", "../tc"):
        (root / ".copier-answers.yml").write_text(f"_src_path: {place}\n")
        note = noted(root)
        assert note is not None
        assert Path(located(note, root, None).where) == tmp_path / "tc"


def test_cruft_names_a_folder_and_a_branch_to_follow(tmp_path: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    context = {"cookiecutter": {"size": "big", "_template": "x"}}
    notes = {"template": "gh:ada/nets", "commit": commit, "checkout": "main", "directory": "one"}
    (tmp_path / ".cruft.json").write_text(json.dumps({**notes, "context": context}))
    note = noted(tmp_path)
    assert note is not None
    assert (note.kind, note.answers) == ("cookiecutter", {"size": "big"})
    found = located(note, tmp_path, None)
    assert (found.text, found.revision, found.folder) == ("gh:ada/nets//one", commit, "one")
    assert onwards(note, found) == "gh:ada/nets@main//one"


@pytest.mark.parametrize(
    "place",
    [
        "//server/share",
        "git+//server/share",
        "file:////server/share",
        "file://server/share",
        "http://git.example/net.git",
        "-x",
        "a::b",
    ],
)
def test_places_that_are_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / ".copier-answers.yml").write_text(json.dumps({"_src_path": place}))
    note = noted(tmp_path)
    assert note is not None
    with pytest.raises(OptionRefused):
        located(note, tmp_path, None)


def test_answers_that_name_no_template_and_links_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".copier-answers.yml").write_text("size: 3\n")
    (tmp_path / "elsewhere").write_text("_src_path: gh:ada/net\n")
    (tmp_path / ".copier-answers.two.yml").symlink_to("elsewhere")
    assert [one.name for one in note_files(tmp_path)] == [".copier-answers.yml"]
    assert noted(tmp_path) is None
