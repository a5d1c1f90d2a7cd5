"""What was saved is judged as what was seen: real failures, a real project, its IDE files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scaffold.checks import examine
from scaffold.checks.facts import Facts
from scaffold.doctor import Request, diagnose
from scaffold.errors import OptionRefused
from scaffold.replay.read import described, read
from scaffold.replay.saved import record, restored, shown_record
from scaffold.system import HostSystem
from tests.checks.ide.projects import FILES, run_xml
from tests.failures import cases
from tests.pycharm.projects_on_disk import lay
from tests.replay.test_typed import MACHINE


def again(content: dict[str, Any]) -> Facts:
    """Through a file."""
    return restored(json.loads(json.dumps(content)))


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["id"]))
def test_a_described_failure_is_judged_the_same(case: dict[str, Any]) -> None:
    facts, _ = described({key: case[key] for key in ("machine", "symptom") if key in case})
    assert examine(again(record(facts))) == examine(facts)


def test_a_project_is_judged_the_same(tmp_path: Path, home: Path) -> None:
    root = tmp_path / "我的 app"
    bad = run_xml(SDK_NAME="bob", IS_MODULE_SDK="false", PARAMETERS="--name 'a b'", SCRIPT_NAME="gone.py")
    lay(
        root, {**FILES, ".run/train.run.xml": bad, ".idea/misc.xml": "<<<<<<< HEAD\n", ".gitignore": "*.pt\n"}
    )
    facts, findings = diagnose(HostSystem(), Request(start=root))
    ids = [one.id for one in findings if one.level in ("error", "warning")]
    assert {"ide.run-config-sdk", "ide.conflict-markers"} <= set(ids)
    assert examine(again(record(facts))) == findings
    shown = again(shown_record(HostSystem(), facts))
    assert [one.id for one in examine(shown)] == [one.id for one in findings]


def test_bytes_that_are_no_text_come_back(tmp_path: Path, home: Path) -> None:
    root = tmp_path / "app"
    lay(root, FILES)
    (root / ".idea/workspace.xml").write_bytes(b"\xff\xfe\x00broken")
    facts, findings = diagnose(HostSystem(), Request(start=root))
    back = again(record(facts))
    assert facts.ide
    assert back.ide
    assert [one.content for one in back.ide.files] == [one.content for one in facts.ide.files]
    assert examine(back) == findings


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"files": 3}, "facts.ide.files: it is no list"),
        ({"files": [{}]}, "facts.ide.files[0]: an object with conflict, content, line, outside, path, problem, shared is needed"),
        ({"lacks": [{"path": "x", "number": 7, "lacks": []}]}, "facts.ide.lacks[0]: there is no such run configuration"),
        ({"root": 7}, "facts.ide.root: 7 is no text"),
        ({"ignores": {"base64": "%"}}, "facts.ide.ignores.base64: this is no base64"),
    ],
)  # fmt: skip
def test_odd_ide_files_are_named(tmp_path: Path, home: Path, change: dict[str, Any], place: str) -> None:
    lay(tmp_path / "app", FILES)
    facts, _ = diagnose(HostSystem(), Request(start=tmp_path / "app"))
    content = json.loads(json.dumps(record(facts)))
    content["facts"]["ide"].update(change)
    with pytest.raises(OptionRefused) as refused:
        restored(content)
    assert refused.value.detail == (place,)


def test_a_file_is_read_by_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(record(Facts(machine=MACHINE))))
    facts, observed, alone = read(str(path))
    assert (facts.machine, facts.told, observed.machine, alone) == (MACHINE, False, MACHINE, False)
    assert observed.about == "Ubuntu 24.04 on x86_64: no accelerator"


def test_what_a_reader_read_is_not_passed_over() -> None:
    told = {"machine": {"limits": {"nofile_soft": 1024}, "loader": {"workers": 4}, "my_shoes": "black"}}
    _, observed = described(told)
    assert [one for one in observed.notes if one.startswith("passed over")] == ["passed over: my_shoes"]
