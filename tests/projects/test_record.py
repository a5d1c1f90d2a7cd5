from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from scaffold.errors import NotAProject
from scaffold.projects.model import ProjectName, Record
from scaffold.projects.record import (
    RECORD,
    digests,
    project_root,
    read_pristine,
    read_record,
    record_content,
    remember_ide,
    remembered_ide,
)
from scaffold.projects.snapshot import PRISTINE, entries

ONE = Record(
    template="cnn",
    template_version="1.0.0",
    provider="scaffold-dl",
    scaffold_version="0.1.0",
    name=ProjectName(distribution="cat-dog", package="cat_dog", title="Cat Dog"),
    frameworks=("pytorch", "keras"),
    files={"README.md": "e3b0c442"},
)


def keep(root, content):
    (root / ".scaffold").mkdir(exist_ok=True)
    (root / RECORD).write_bytes(content)


def test_what_is_kept_is_read_again_also_from_a_folder_inside(tmp_path):
    keep(tmp_path, record_content(ONE))
    inside = tmp_path / "src" / "cat_dog"
    inside.mkdir(parents=True)
    assert read_record(tmp_path) == ONE
    assert read_record(inside) == ONE
    assert project_root(inside) == tmp_path
    assert json.loads((tmp_path / RECORD).read_text())["schema"] == "scaffold/project/1"


def test_digests_are_sorted_sha256():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    tree = entries({PurePosixPath("b"): b"", PurePosixPath("a/c"): b""})
    assert list(digests(tree).items()) == [("a/c", empty), ("b", empty)]


def test_outside_a_project(tmp_path):
    with pytest.raises(NotAProject) as caught:
        read_record(tmp_path)
    assert caught.value.code == "project-not-found"


GOOD = record_content(ONE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"{}",
        b"\xff\xfe",
        b'{"schema": "scaffold/project/9"}',
        GOOD.replace(b'"cat_dog"', b"3, 4"),
        GOOD.replace(b'"package"', b'"packet"'),
        GOOD.replace(b'"cat_dog"', b'"../../.config"'),
        GOOD.replace(b'"cat_dog"', b'"a/b"'),
        GOOD.replace(b'"Cat Dog"', b'"Cat\\u001b[2J"'),
        GOOD.replace(b'"cat-dog"', b'".."'),
        GOOD.replace(b'"scaffold-dl"', b'"x; touch PWN"'),
        GOOD.replace(b'"keras"', b'"evil"'),
        GOOD.replace(b'"python": ""', b'"python": "/tmp/x"'),
        GOOD.replace(b"[", b"{").replace(b"]", b"}"),
        b"[" * 100000,
    ],
)
def test_a_damaged_record_is_one_clear_error(tmp_path, content):
    keep(tmp_path, content)
    with pytest.raises(NotAProject) as caught:
        read_record(tmp_path)
    assert caught.value.code == "project-record-damaged"
    assert str(tmp_path / RECORD) in caught.value.message


@pytest.mark.parametrize("ide", ["pycharm", "vscode", "both"])
def test_what_a_project_is_opened_with_is_remembered(tmp_path, ide):
    keep(tmp_path, record_content(ONE))
    remember_ide(tmp_path, ide)
    assert read_record(tmp_path) == replace(ONE, ide=ide)
    assert remembered_ide(tmp_path) == ide


def test_a_record_of_before_there_was_a_choice_means_pycharm(tmp_path):
    values = json.loads(record_content(ONE))
    del values["ide"]
    keep(tmp_path, json.dumps(values).encode())
    assert read_record(tmp_path) == ONE
    assert remembered_ide(tmp_path / "elsewhere") == "pycharm"


def test_an_ide_that_nobody_knows_is_told(tmp_path):
    keep(tmp_path, record_content(ONE).replace(b'"pycharm"', b'"emacs"'))
    with pytest.raises(NotAProject) as caught:
        read_record(tmp_path)
    assert "its ide is 'emacs'" in caught.value.detail[0]


@pytest.mark.parametrize("path", ["../../home/.bashrc", "/etc/passwd", ".git/config"])
def test_a_record_that_names_what_is_no_file_of_the_project_is_damaged(tmp_path, path) -> None:
    keep(tmp_path, record_content(replace(ONE, files={path: "e3b0c442"})))
    with pytest.raises(NotAProject) as caught:
        read_record(tmp_path)
    assert caught.value.code == "project-record-damaged"
    assert repr(path) in caught.value.detail[0]


@pytest.mark.skipif(os.name == "nt", reason="devices of POSIX")
@pytest.mark.parametrize("device", ["/dev/zero", "pipe"])
def test_a_pristine_rendering_that_never_ends_is_not_read(tmp_path, device) -> None:
    (tmp_path / ".scaffold").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / PRISTINE).symlink_to(tmp_path / device)
    with pytest.raises(NotAProject) as caught:
        read_pristine(tmp_path)
    assert (caught.value.detail, caught.value.hint) == (
        ("it is a pipe or a device, and no file",),
        "Bring it back from version control: git checkout -- .scaffold/pristine.tar.gz",
    )
