"""What holds a folder for a moment does not make an installation fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.pycharm.releases.place import Place, menu_marks, read_record, rename, save_record


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
