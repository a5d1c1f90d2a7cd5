"""Which lock a machine gets: recorded hosts, and locks of the kinds that projects have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold import builds, machine
from scaffold.environments.layout import Place
from scaffold.environments.locking.choose import choose_lock
from scaffold.environments.locking.read import read_project_lock
from scaffold.environments.locking.text import MARK
from scaffold.errors import LockUnusable, OptionRefused
from scaffold.recorded import RecordedSystem

MACHINES = Path(__file__).resolve().parents[2] / "machines"

TORCH = {
    "cpu": "torch==2.14.1+cpu\n",
    "cu126": "torch==2.14.1+cu126\nnvidia-cudnn-cu12==9.10.2.21 ; sys_platform == 'linux'\n",
    "cu130": "torch==2.14.1+cu130\nnvidia-cudnn-cu13==9.24.0.43 ; sys_platform == 'linux'\n",
}

PYLOCK = """\
lock-version = "1.0"
[[packages]]
name = "torch"
version = "2.14.1+cu130"
wheels = [{ name = "torch-2.14.1+cu130-cp312-cp312-manylinux_2_28_x86_64.whl" }]
[[packages]]
name = "nvidia-cudnn-cu13"
version = "9.24.0.43"
marker = "sys_platform == 'linux'"
wheels = [{ name = "nvidia_cudnn_cu13-9.24.0.43-py3-none-manylinux_2_27_x86_64.whl" }]
"""


@pytest.fixture
def locks(tmp_path):
    """``locks("cpu", "cu126")``: locks of these groups, in that order."""

    def make(*groups: str):
        folder = tmp_path / "requirements"
        folder.mkdir(exist_ok=True)
        for group in groups:
            (folder / f"lock-{group}.txt").write_text(f"{MARK}\n# python: >=3.11,<3.14\n\n{TORCH[group]}")
        return [read_project_lock(Place(tmp_path), group) for group in groups]

    return make


def seen(name: str):
    return machine.detect(RecordedSystem(json.loads((MACHINES / f"{name}.json").read_text())))


def advised(facts):
    return builds.choose(facts, ["3.12"], ["pytorch"], None)


def taken(locks, name, wanted=""):
    facts = seen(name)
    return choose_lock(locks, facts, "3.12", advised(facts), wanted=wanted, frameworks=("pytorch",))


@pytest.mark.parametrize(
    ("name", "groups", "group", "device"),
    [
        ("container-without-gpu", ("cu126", "cpu"), "cpu", "cpu"),
        ("laptop-rtx4060-iris", ("cpu", "cu126", "cu130"), "cu130", "cuda"),
        ("laptop-rtx4060-iris", ("cpu", "cu126"), "cu126", "cuda"),
        ("windows-rtx4090", ("cpu", "cu126"), "cu126", "cuda"),
        ("macbook-m2", ("cu126", "cpu"), "cpu", "mps"),
        ("intel-uhd630", ("cu126", "cpu"), "cpu", "cpu"),
    ],
)
def test_the_lock_that_suits(locks, frozen_tables, name, groups, group, device):
    chosen = taken(locks(*groups), name)
    assert (chosen.lock.group, [one.device for one in chosen.builds]) == (group, [device])
    assert sorted(one.group for one in chosen.turned_down) == sorted(set(groups) - {group})
    assert all(one.why for one in chosen.turned_down)


def test_none_runs(locks, frozen_tables, tmp_path):
    """The pylock beside the lock says for which systems there are wheels."""
    (tmp_path / "pylock.cu130.toml").write_text(PYLOCK)
    with pytest.raises(LockUnusable) as caught:
        taken(locks("cu130"), "macbook-m2")
    assert caught.value.code == "lock-unusable"
    assert caught.value.detail[0].startswith("cu130: ")


def test_one_is_asked_for_by_name(locks, frozen_tables):
    chosen = taken(locks("cpu", "cu126"), "container-without-gpu", "cu126")
    assert [(one.requirement, one.variant, one.device) for one in chosen.builds] == [
        ("torch==2.14.1+cu126", "cu126", "cpu")
    ]
    with pytest.raises(OptionRefused):
        taken(locks("cpu"), "container-without-gpu", "cu118")
