from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import PurePosixPath

import pytest

from scaffold.errors import NotAProject
from scaffold.projects import snapshot
from scaffold.projects.snapshot import Entry, pack, unpack

FILES = {
    PurePosixPath("README.md"): Entry("# 猫\r\n".encode()),
    PurePosixPath("bin/go"): Entry(b"#!/bin/sh\n", executable=True),
    PurePosixPath("docs/readme"): Entry(b"../README.md", kind="link"),
    PurePosixPath("empty/folder"): Entry(kind="folder"),
    PurePosixPath("图/" + "x" * 200): Entry(bytes(range(256))),
}


def test_what_is_packed_is_unpacked_again_whatever_it_is():
    assert unpack(pack(FILES)) == FILES
    assert unpack(pack({})) == {}


def test_the_same_files_give_the_same_bytes_in_any_order():
    assert pack(FILES) == pack(dict(reversed(FILES.items())))


def archive(*members: tarfile.TarInfo) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as written:
        for member in members:
            written.addfile(member, io.BytesIO(bytes(member.size)))
    return gzip.compress(raw.getvalue())


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.size, made.linkname = kind, size, "README.md" if kind == tarfile.LNKTYPE else ""
    return made


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"no gzip",
        gzip.compress(b"no tar" * 200),
        pack(FILES)[:-40],
        pack(FILES)[:60],
        archive(member("../out")),
        archive(member("/etc/passwd")),
        archive(member("device", tarfile.CHRTYPE)),
        archive(member("pipe", tarfile.FIFOTYPE)),
        archive(member("README.md"), member("hard", tarfile.LNKTYPE)),
        archive(member("src/.git/config")),
        archive(member("sparse", tarfile.GNUTYPE_SPARSE)),
    ],
    ids=[
        "empty",
        "gzip",
        "tar",
        "cut",
        "short",
        "up",
        "root",
        "device",
        "pipe",
        "hard link",
        "git",
        "sparse",
    ],
)
def test_what_is_no_rendering_is_one_clear_error(packed):
    with pytest.raises(NotAProject) as caught:
        unpack(packed)
    assert caught.value.code == "pristine-damaged"
    assert (
        caught.value.hint == "bring it back from version control: git checkout -- .scaffold/pristine.tar.gz"
    )


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(snapshot, "LARGEST", 1 << 20)
    with pytest.raises(NotAProject, match="pristine") as caught:
        unpack(archive(member("zeros", size=2 << 20)))
    assert caught.value.detail == ("ValueError: it unpacks to more than 1 MB",)
