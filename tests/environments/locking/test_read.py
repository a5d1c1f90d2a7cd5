"""A lock that is read again: whole, or told what is wrong with it before anything is touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.environments.create import digest
from scaffold.environments.installers.resolved import located, parse_pylock
from scaffold.environments.layout import Place
from scaffold.environments.locking.files import how_to_install
from scaffold.environments.locking.model import LockedPackage
from scaffold.environments.locking.read import disagreements, read_project_lock
from scaffold.environments.locking.text import contents_fact, packages_of_pylock, requirements_text
from scaffold.environments.model import Download
from scaffold.errors import LockUnusable

PACKAGES = (
    LockedPackage(name="alpha", version="1.0", marker="python_version < '4'", hashes=("sha256:0a", "sha256:0b")),
    LockedPackage(name="tqdm", version="4.70.1", hashes=("sha256:0c",)),
)  # fmt: skip
TEXT = requirements_text(PACKAGES, ("words",), {"python": ">=3.11", "holds": contents_fact(PACKAGES)})


def written(root: Path, text: str) -> Path:
    path = root / "requirements" / "lock-cpu.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return path


def damage(root: Path, text: str) -> LockUnusable:
    written(root, text)
    with pytest.raises(LockUnusable) as caught:
        read_project_lock(Place(root), "cpu")
    assert caught.value.code == "lock-damaged"
    return caught.value


@pytest.mark.parametrize("text", [TEXT, "\ufeff" + TEXT, TEXT.replace("\n", "\r\n")])
def test_whole_with_any_line_ends_and_a_mark_of_its_encoding(tmp_path, text):
    written(tmp_path, text)
    found = read_project_lock(Place(tmp_path), "cpu")
    assert found is not None
    assert found.packages == PACKAGES


def test_a_package_that_was_cut_off(tmp_path):
    found = damage(tmp_path, TEXT[: TEXT.index("tqdm==")])
    assert found.detail == ("it was written with 2 packages and holds 1",)
    assert "pyproject.toml; then: scaffold env lock" in found.hint


@pytest.mark.parametrize(
    ("old", "new"),
    [("4.70.1", "4.70.2"), ("--hash=sha256:0b", ""), ("sha256:0c", "sha256:0d"), ("'4'", "'3'")],
)
def test_a_pin_that_was_edited(tmp_path, old, new):
    assert damage(tmp_path, TEXT.replace(old, new)).detail == ("its pins were edited",)


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "requirements").write_text("tqdm\n")
    with pytest.raises(LockUnusable) as caught:
        read_project_lock(Place(tmp_path), "cpu")
    assert caught.value.message.startswith(f"{tmp_path / 'requirements'} is a file")
    assert caught.value.hint == "give it another name, such as requirements.txt"


PYLOCK = """\
[[packages]]
name = "alpha"
version = "1.0"
wheels = [{ url = "https://host/alpha-1.0-py3-none-any.whl" }]
[[packages]]
name = "tqdm"
version = "4.70.0"
sdist = { url = "https://host/tqdm-4.70.0.tar.gz" }
"""


def test_its_twin_disagrees(tmp_path):
    written(tmp_path, TEXT)
    lock = read_project_lock(Place(tmp_path), "cpu")
    assert lock is not None
    assert disagreements(lock) == ()  # there is none
    (tmp_path / "pylock.cpu.toml").write_text(PYLOCK)
    assert disagreements(lock) == (
        "tqdm 4.70.0: only in pylock.cpu.toml",
        "tqdm 4.70.1: only in requirements/lock-cpu.txt",
    )
    (tmp_path / "pylock.cpu.toml").write_text(PYLOCK.replace("4.70.0", "4.70.1"))
    assert disagreements(lock) == ()


@pytest.mark.parametrize(
    "rows",
    [
        "packages = 3", "packages = [3, 'x']", "<<<<<<< HEAD", "[" * 5000, "a = " + "[" * 5000, "\0", "",
        "[[packages]]\nversion = '1'\nwheels = [{ url = 'https://h/a.whl' }]",
        "[[packages]]\nname = 3\nversion = 1\nwheels = [{}]",
        "[[packages]]\nname = 'a'\nversion = '1'\nwheels = ['x']",
        "[[packages]]\nname = 'a'\nversion = '1'\nwheels = 'x'\nsdist = 'x'\nmarker = 3",
        "[[packages]]\nname = 'a'\nversion = '1'\nwheels = [{ url = 3, path = [], hashes = 'x', size = 'x' }]",
        "[[packages]]\nname = 'a'\nversion = '1'\nwheels = [{ url = 'http://[::1/a.whl', hashes = { sha256 = 3 } }]",
        "[[packages]]\nname = 'a'\nversion = '1'\nwheels = [{ path = 'a\\u0000b' }]",
    ],
)  # fmt: skip
def test_no_pylock_is_too_damaged_to_be_read(rows):
    assert {one.download.name for one in parse_pylock(rows, "3.12")} <= {"a"}
    found, elsewhere = packages_of_pylock(rows)
    assert {one.name for one in found} | {*elsewhere} <= {"a"}
    assert all(not one.hashes for one in found)


def test_an_address_that_is_none():
    plain = Download(name="a", version="1", size=None, source="")
    assert located(plain, "http://[::1/a.whl") == plain


@pytest.mark.parametrize(
    ("hashes", "last"),
    [
        ((("x",), ("x",)), "  python -m pip install --require-hashes --no-deps -r requirements/lock-cpu.txt"),
        (((), ()), "  python -m pip install --no-deps -r requirements/lock-cpu.txt"),
        (
            (("x",), ()),
            "scaffold env sync installs it; pip alone refuses a file that has hashes for some only.",
        ),
    ],
)
def test_what_its_head_tells_to_type(hashes, last):
    packages = [LockedPackage(name="a", version="1", hashes=one) for one in hashes]
    assert how_to_install("cpu", "", packages)[-1] == last


def test_the_words_of_a_lock_are_no_other_environment(tmp_path, plan_for):
    plan = replace(plan_for(tmp_path / "project", "alpha"), exact=True, lock=TEXT)
    fresh = requirements_text(PACKAGES[::-1], ("other words",), {"with": "3.12"})
    assert digest(replace(plan, lock=fresh)) == digest(plan)
    assert digest(replace(plan, lock=TEXT.replace("sha256:0c", "sha256:0d"))) != digest(plan)
