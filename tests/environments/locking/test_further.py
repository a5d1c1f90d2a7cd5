"""A further environment has a lock of its own, which any machine can make anew."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from scaffold import machine as machines
from scaffold.env.lock import carry_out, plan_lock
from scaffold.env.sync import SyncWishes, plan_sync
from scaffold.environments.layout import Place
from scaffold.environments.locking.read import further_locks, read_project_lock
from scaffold.environments.planned import planned_file
from scaffold.projects.record import RECORD, read_record, record_content
from tests.environments.standins import PYTHON
from tests.machine.hosts import machine

from .conftest import APART

KERAS = {
    "alpha": "1.1", "beta": "1.0", "flit-core": "3.12", "keras": "3.14.0",
    "nvidia-cudnn-cu12": "9.10", "pytest": "9.0", "tensorflow": "2.21.0", "winonly": "1.0",
}  # fmt: skip


@pytest.fixture
def offered(stand):
    stand.offer("pypi", "keras", {"3.13.0": (), "3.14.0": ["alpha"]})
    stand.offer("pypi", "nvidia-cudnn-cu12", {"9.10": (), "9.28": ()})
    gpu = "nvidia-cudnn-cu12>=9; extra == 'and-cuda' and sys_platform == 'linux'"
    stand.offer("pypi", "tensorflow", {"2.21.0": ["keras", gpu]})


def planned(root, *apart):
    planned_file(root).write_text(json.dumps({"builds": [], "apart": list(apart), "python": "3.12"}))


def pins(root):
    return {one.name: one.version for one in read_project_lock(Place(root, "keras"), "keras").packages}


def test_it_is_locked_with_what_it_was_planned_for(system, root, offered):
    planned(root, APART)
    plan = plan_lock(system, root)
    carry_out(plan)
    assert plan.groups == ("cu126", "cpu", "keras")
    assert pins(root) == KERAS
    assert (root / "pylock.keras.toml").is_file()
    assert further_locks(root) == ("keras",)


def test_a_machine_that_plans_none_locks_it_all_the_same(system, root, offered, edit):
    planned(root, APART)
    carry_out(plan_lock(system, root))
    planned(root)
    assert plan_lock(system, root).differing == ()
    edit('"beta",', '"beta",\n    "accelerate",')
    edit('"torch>=2.10",\n', "")
    carry_out(plan_lock(system, root))
    assert pins(root)["accelerate"] == "1.1"
    assert pins(root)["nvidia-cudnn-cu12"] == "9.10"


def test_alone(system, root, offered):
    planned(root, APART)
    plan = plan_lock(system, root, group="keras")
    assert [str(path) for path in plan.files] == ["pylock.keras.toml", "requirements/lock-keras.txt"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the machines are Linux")
@pytest.mark.parametrize(
    ("name", "expected"), [("container-without-gpu", ["cpu"]), ("kubernetes-one-h100", ["cu126", "keras"])]
)
def test_a_clone_makes_it_where_there_is_the_gpu_alone(
    system, root, offered, monkeypatch, frozen_tables, name, expected
):
    """The lock came with the clone; what was planned on the machine that made it did not."""
    record = replace(read_record(root), frameworks=("pytorch", "keras"))
    (root / RECORD).write_bytes(record_content(record))
    planned(root, APART)
    carry_out(plan_lock(system, root))
    planned_file(root).unlink()
    there = machine(name)
    told = replace(there, host=replace(there.host, libc="glibc 2.36"))
    monkeypatch.setattr(machines, "detect", lambda *_: told)
    plan = plan_sync(system, root, SyncWishes(python=PYTHON), lambda _: None)
    assert [one.lock.group for one in plan.chosen] == expected
    places = [Place(root), Place(root, "keras")]
    assert [one.place for one in plan.setup.environments] == places[: len(expected)]
