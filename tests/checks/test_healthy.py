"""Where nothing is wrong, doctor finds nothing: no error and no warning on any healthy machine."""

from __future__ import annotations

import json

import pytest

from scaffold.checks import examine
from scaffold.replay.saved import record, restored
from tests.healthy import FOLDER

FILES = sorted(FOLDER.glob("*.json"))


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 25


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_found(path) -> None:
    facts = restored(json.loads(path.read_text(encoding="utf-8")))
    findings = examine(facts)
    wrong = [one for one in findings if one.level in ("error", "warning") or one.id == "doctor.check-failed"]
    assert [(one.level, one.id, one.title) for one in wrong] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_facts_come_back_whole(path) -> None:
    facts = restored(json.loads(path.read_text(encoding="utf-8")))
    assert restored(record(facts)) == facts
