"""What holds a folder for a moment does not make an installation fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.errors import DownloadFailed, ScaffoldError
from scaffold.pycharm.releases.place import (
    Place,
    held,
    menu_marks,
    read_record,
    remove,
    rename,
    save_record,
    tidy,
)


def test_a_folder_that_is_held_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    real, refusals = Path.rename, [PermissionError(13, "held"), PermissionError(13, "held")]

    def held(self: Path, target: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return real(self, target)

    monkeypatch.setattr(Path, "rename", held)
    rename(tmp_path / "a", tmp_path / "b", (0.0, 0.0))
    assert (tmp_path / "b").is_dir()


def test_a_folder_that_stays_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(self: Path, target: Path) -> Path:
        raise PermissionError(13, "held")

    monkeypatch.setattr(Path, "rename", held)
    with pytest.raises(PermissionError):
        rename(tmp_path / "a", tmp_path / "b", (0.0,))


@pytest.mark.parametrize("text", ["", "[]", "{", "{}", '{"schema": "other/1"}'])
def test_a_record_that_is_none(tmp_path: Path, text: str) -> None:
    place = Place(folder=tmp_path / "pycharm-2026.2")
    place.record.write_text(text)
    assert read_record(place) is None


def test_marks_that_are_none(tmp_path: Path) -> None:
    place = Place(folder=tmp_path / "pycharm-2026.2")
    save_record(place, {"menu": {"/a": "mark", "/b": 7}})
    assert menu_marks(read_record(place)) == {"/a": "mark"}
    assert menu_marks({"menu": []}) == {}
    assert menu_marks(None) == {}


def test_the_lock_is_one_file_as_long_as_anybody_may_want_it(tmp_path: Path) -> None:
    place = Place(folder=tmp_path / "ide" / "pycharm-2026.2")
    with held(place):
        lock = place.folder.parent / ".pycharm-2026.2.lock"
        file = lock.stat().st_ino
        place.folder.mkdir()
        remove(place)
        assert lock.stat().st_ino == file
        with pytest.raises(DownloadFailed) as busy, held(place):
            pass
    assert (busy.value.code, busy.value.message) == (
        "download-busy",
        f"Another process is installing or removing {place.folder}",
    )
    with held(place):
        pass


def test_what_fails_while_it_is_held_is_not_the_locks_affair(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError), held(Place(folder=tmp_path / "pycharm-2026.2")):
        raise ConnectionResetError


def test_a_place_that_cannot_be_held(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ScaffoldError, match="Cannot write to"), held(Place(folder=tmp_path / "file" / "x")):
        pass


def test_what_a_killed_removal_left_goes(tmp_path: Path) -> None:
    place = Place(folder=tmp_path / "pycharm-2026.2")
    place.grave.mkdir()
    with held(place):
        tidy(place)
    assert not place.grave.exists()
