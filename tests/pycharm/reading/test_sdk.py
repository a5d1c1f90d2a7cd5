from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from scaffold.pycharm.reading.sdk import (
    NamedSdk,
    environments,
    find_interpreter,
    parse_record,
    parse_sdk_name,
    sdk_name,
)
from tests.pycharm.projects_on_disk import Host, add_environment, lay


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        (sdk_name("3.12.1", "cnn-project"), NamedSdk(version="3.12", project="cnn-project")),
        ("Python 3.12", NamedSdk(version="3.12", project="")),
        ("uv (cnn-project)", None),
        ("~/code/.venv", None),
        ("", None),
    ],
)
def test_names_that_pycharm_can_guess(name: str, meaning: NamedSdk | None) -> None:
    assert parse_sdk_name(name) == meaning


@pytest.mark.parametrize("text", ["", "[]", "null", '{"location": 3, "status": []}', "{"])
def test_a_damaged_record_names_nothing(text: str) -> None:
    record = parse_record(text)
    assert (record.location, record.status) == ("", "")


def test_a_copied_project_prefers_its_own_environment(tmp_path: Path, host: Host) -> None:
    original, copy = tmp_path / "original", tmp_path / "copy"
    python = add_environment(original)
    (copy / ".scaffold").mkdir(parents=True)
    record = {"location": str(original / ".venv"), "status": "ready"}
    (copy / ".scaffold/environment.json").write_text(json.dumps(record))
    assert find_interpreter(copy, "", "cnn", host) == python
    own = add_environment(copy)
    assert find_interpreter(copy, "", "cnn", host) == own
    assert environments(copy, host) == (copy / ".venv", original / ".venv")


def test_the_ides_own_table_wins_while_it_is_right(tmp_path: Path, host: Host) -> None:
    python, other = add_environment(tmp_path / "a"), add_environment(tmp_path / "b")
    found = find_interpreter(tmp_path / "a", "x", "a", host, registered={"x": other})
    assert found == other
    gone = {"x": tmp_path / "gone"}
    assert find_interpreter(tmp_path / "a", "x", "a", host, registered=gone) == python


@pytest.mark.skipif(os.name == "nt", reason="lays the files of other systems")
def test_a_project_called_like_its_further_environment(tmp_path: Path, host: Host) -> None:
    """``mnist-keras`` ends as its module for .envs/keras does; so does a second one of its name."""
    root = tmp_path / "mnist-keras"
    own = add_environment(root)
    keras = root / ".envs/keras/bin/python"
    lay(root, {".envs/keras/pyvenv.cfg": "", ".envs/keras/bin/python": ""})

    def found(name: str) -> Path | None:
        return find_interpreter(root, name, "mnist-keras", host)

    assert found("Python 3.12 (mnist-keras)") == found("Python 3.12 (mnist-keras) (2)") == own
    assert found("Python 3.12 (mnist-keras-keras)") == found("Python 3.12 (mnist-keras-keras) (2)") == keras
