"""Whatever a probe, a tool or a file answers, detection ends with facts that hold together."""

import copy
import json
from typing import get_args

import pytest

from scaffold.machine import Status, detect
from scaffold.recorded import RecordedSystem
from tests.machine.hosts import FOLDER, NAMES

VALUES = [None, "", "[N/A]", "Failed", -1, 10**30, 1.5, True, [], {}, ["x"], "\x00"]


def places(value, path=()):
    """Every place in a JSON value at which something else could stand."""
    yield path
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in rows:
        yield from places(below, (*path, key))


def with_value(record, path, value):
    """The record with ``value`` at ``path``."""
    if not path:
        return value
    changed = copy.deepcopy(record)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def coherent(machine):
    assert machine.status in get_args(Status)
    for one in machine.accelerators:
        assert one.name
        assert one.status in get_args(Status)
        assert one.memory is None or one.memory > 0
        assert all(isinstance(fact, str) for fact in (one.capability, one.driver, one.uuid))
        facts = ("name", "memory", "capability", "driver", "uuid")
        assert {fact for fact in facts if getattr(one, fact)} <= {*one.found_by, "name"}
    assert len({(one.vendor, one.index) for one in machine.accelerators}) == len(machine.accelerators)
    json.dumps([one.memory for one in machine.accelerators])


@pytest.mark.parametrize("name", NAMES)
def test_any_value_in_any_place_of_a_probes_answer(name):
    record = json.loads((FOLDER / f"{name}.json").read_text())
    for probe, answer in record.get("probes", {}).items():
        told = json.loads(answer.get("stdout") or "null")
        for path in places(told):
            for value in VALUES:
                stdout = json.dumps(with_value(told, path, value))
                probes = {**record["probes"], probe: {"status": 0, "stdout": stdout}}
                coherent(detect(RecordedSystem({**record, "probes": probes})))


@pytest.mark.parametrize("name", NAMES)
def test_any_text_in_any_file_and_from_any_command(name):
    record = json.loads((FOLDER / f"{name}.json").read_text())
    for text in ("", "\x00\ufffd", "[N/A]", "-1", "9" * 400, ", , , , , ", "0, a, b, c, d, e", "::::\n" * 50):
        for path in record.get("files", {}):
            coherent(detect(RecordedSystem({**record, "files": {**record["files"], path: text}})))
        for command in record.get("commands", {}):
            commands = {**record["commands"], command: {"status": 0, "stdout": text, "stderr": text}}
            coherent(detect(RecordedSystem({**record, "commands": commands})))
