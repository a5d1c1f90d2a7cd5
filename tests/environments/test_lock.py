"""What uv and pip wrote, read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold.environments.installers.resolved import (
    parse_cached,
    parse_index_annotations,
    parse_pip_report,
    parse_pylock,
    read_lock,
    with_indexes,
)
from scaffold.environments.model import Download
from scaffold.errors import InstallFailed

PYLOCK = """\
lock-version = "1.0"
created-by = "uv"

[[packages]]
name = "charset-normalizer"
version = "3.5.2"
wheels = [
    { url = "https://user:secret@files.example/c/charset_normalizer-3.5.2-py3-none-any.whl", size = 68872, hashes = { sha256 = "b6b7" } },
    { url = "https://files.example/c/charset_normalizer-3.5.2-cp311-abi3-any.whl", size = 1, hashes = { sha256 = "b6b7" } },
]

[[packages]]
name = "torch"
version = "2.13.0+cpu"
wheels = [{ url = "file:///nowhere/torch-2.13.0%2Bcpu-py3-none-any.whl", hashes = { sha256 = "6746" } }]

[[packages]]
name = "sdist-only"
version = "1"
"""


def test_the_wheel_that_fits_is_the_one_that_counts() -> None:
    assert [one.download for one in parse_pylock(PYLOCK, "3.12")] == [
        Download(name="charset-normalizer", version="3.5.2", size=68872, source="files.example"),
        Download(name="torch", version="2.13.0+cpu", size=None, source="/nowhere", local=True),
    ]


def test_garbage_is_no_lock() -> None:
    assert parse_pylock("[[packages", "3.12") == ()
    assert parse_pip_report("{") == ((), "")
    assert parse_pip_report("[]") == ((), "")
    assert parse_index_annotations("\x00\n# from \n") == {}
    assert parse_cached("already cached: ") == frozenset()


def test_indexes_are_written_beside_their_packages() -> None:
    told = "charset-normalizer==3.5.2\n    # from https://index.example/simple\ntorch==2.13.0+cpu\n    # from file:///nowhere\n"
    lock = with_indexes(PYLOCK, parse_index_annotations(told))
    assert lock.count("index = ") == 1
    assert [one.download for one in parse_pylock(lock, "3.12")] == [
        one.download for one in parse_pylock(PYLOCK, "3.12")
    ]


def test_pips_report_becomes_hashed_requirements(tmp_path: Path) -> None:
    entry = {
        "download_info": {
            "url": "https://files.example/t/tqdm.whl",
            "archive_info": {"hashes": {"sha256": "c293"}},
        },
        "metadata": {"name": "TQDM", "version": "4.70.1"},
    }
    found, lock = parse_pip_report(json.dumps({"install": [entry]}))
    assert [one.download for one in found] == [
        Download(name="tqdm", version="4.70.1", size=None, source="files.example")
    ]
    assert lock == "tqdm==4.70.1 --hash=sha256:c293\n"


def test_a_lock_that_is_none_comes_back_as_it_is() -> None:
    assert with_indexes("[[packages", {"tqdm": "https://index.example/simple"}) == "[[packages"


def test_a_lock_of_more_than_a_megabyte_is_read_whole(tmp_path: Path) -> None:
    lock = tmp_path / "pylock.toml"
    lock.write_text(PYLOCK + "# padding\n" * 200_000, encoding="utf-8")
    assert parse_pylock(read_lock(lock, "uv"), "3.12") == parse_pylock(PYLOCK, "3.12")


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_lock_that_cannot_be_read_is_said(content, tmp_path: Path) -> None:
    lock = tmp_path / "pylock.toml"
    if content is not None:
        lock.write_bytes(content)
    with pytest.raises(InstallFailed) as caught:
        read_lock(lock, "uv")
    assert caught.value.code == "install-lock-unreadable"
