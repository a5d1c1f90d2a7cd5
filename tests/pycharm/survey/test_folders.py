"""What there is to index is counted by entries, never by a clock: every machine says the same of a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.pycharm.survey import folders as counting
from scaffold.pycharm.survey.folders import folders
from scaffold.pycharm.survey.model import Folder
from tests.checks.ide.projects import MODULE, facts_of


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"12345")


def test_counted_to_the_end(tmp_path: Path) -> None:
    fill(
        tmp_path, "Data/a/1.npy", "Data/2.npy", "src/app/a.py", "env/pyvenv.cfg", ".git/x", "images/README.md"
    )
    assert folders(tmp_path) == (
        Folder(path="Data", files=2, size=10, whole=True, known=True),
        Folder(path="env", files=1, size=5, whole=True, environment=True),
        Folder(path="images", files=1, size=5, whole=True),
        Folder(path="src", files=1, size=5, whole=False, code=True),  # code: no number matters
    )


def test_counting_stops_where_more_says_nothing_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MANY", 3)
    fill(tmp_path, *(f"data/{number}/{number}.npy" for number in range(9)), *(f"b/{n}" for n in range(4)))
    assert folders(tmp_path) == (
        Folder(path="data", files=4, known=True, size=20, whole=False),
        Folder(path="b", files=4, size=20, whole=False),
    )


def test_of_all_folders_together_a_bounded_number_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_ENTRIES", 6)
    fill(tmp_path, *(f"{folder}/{number}" for folder in "abc" for number in range(4)))
    assert [(one.path, one.files, one.whole) for one in folders(tmp_path)] == [
        ("a", 4, True),
        ("b", 1, False),
        ("c", 0, False),
    ]


@pytest.mark.parametrize(
    ("names", "excluded"),
    [
        ([f"images/{number}.jpg" for number in range(2001)], ["images"]),
        ([f"images/{number // 9}/{number}.jpg" for number in range(2001)] + ["images/README.md"], ["images"]),
        ([f"docs/{number}.rst" for number in range(2001)], []),
        ([f"assets/{number}.png" for number in range(2001)] + ["assets/build.py"], []),
        ([f"Data/{number}.py" for number in range(2001)], ["Data"]),
        (["images/1.jpg"], []),
    ],
)
def test_much_is_excluded_where_nobody_searches(
    tmp_path: Path, names: list[str], excluded: list[str]
) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [folder.path for _, folder in counting.to_exclude(facts_of(tmp_path))] == excluded


def test_a_large_file_is_much(tmp_path: Path) -> None:
    fill(tmp_path, "images/all.zip")
    with (tmp_path / "images/all.zip").open("r+b") as stream:
        stream.truncate(300_000_000)
    assert [folder.path for _, folder in counting.to_exclude(facts_of(tmp_path))] == ["images"]


def many(names: list[str]) -> list[str]:
    """So many that indexing them costs something."""
    return [name.format(number) for name in names for number in range(2001)]


@pytest.mark.parametrize(
    ("names", "excluded"),
    [
        (["pkg/model.py", *many(["pkg/assets/img/{}.png"])], ["pkg/assets/img"]),
        (["pkg/model.py", "pkg/assets/icon.png", *many(["pkg/assets/img/{}.png"])], ["pkg/assets/img"]),
        (["pkg/model.py", *many(["pkg/assets/a/{}.png", "pkg/assets/b/{}.png"])], ["pkg/assets"]),
        (["pkg/model.py", *many(["pkg/a/{}.png", "pkg/b/c/{}.png"])], ["pkg/a", "pkg/b/c"]),
        (["pkg/model.py", *many(["pkg/a/{}.py"])], []),
        (["web/app.py", "web/.venv/pyvenv.cfg", "web/.venv/lib/a.py"], ["web/.venv"]),
        (["pkg/model.py", "pkg/assets/1.png"], []),
    ],
)
def test_data_beside_code_is_found_in_its_own_folder(
    tmp_path: Path, names: list[str], excluded: list[str]
) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [folder.path for _, folder in counting.to_exclude(facts_of(tmp_path))] == excluded


def test_what_lies_in_an_excluded_folder_is_excluded(tmp_path: Path) -> None:
    fill(tmp_path, "src/net/layers.py", "src/net/w/a/a.bin")
    with (tmp_path / "src/net/w/a/a.bin").open("r+b") as stream:
        stream.truncate(3_000_000_000)
    assert [folder.path for _, folder in counting.to_exclude(facts_of(tmp_path))] == ["src/net/w/a"]
    told = MODULE.replace("</content>", '<excludeFolder url="file://$MODULE_DIR$/src/net/w" /></content>')
    facts = facts_of(tmp_path, **{".idea/app.iml": told})
    assert list(counting.to_exclude(facts)) == []
