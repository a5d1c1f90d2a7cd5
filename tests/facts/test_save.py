"""Writing a machine down: what is kept, what is not, and what a file may replace."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scaffold.errors import NoPermission, ScaffoldError, TargetOccupied
from scaffold.facts import detect_and_record, observe, read_facts, save_host
from scaffold.facts.scrub import scrubbed
from scaffold.machine import detect, to_json
from scaffold.recorded import RecordedSystem
from scaffold.recording import RecordingSystem
from scaffold.system import HostSystem
from tests.machine.hosts import FOLDER, NAMES

ID, OTHER = "5c1e0e4a-0f1b-4c6d-9d7a-0123456789a0", "00000001-0000-0000-0000-000000000001"


def record_of(system: Any) -> dict[str, Any]:
    watched = RecordingSystem(system)
    detect(watched, Path("/home/ada/projects"))
    return watched.record()


def without_ids(machine: Any) -> dict[str, Any]:
    return to_json(
        replace(machine, accelerators=tuple(replace(one, uuid="") for one in machine.accelerators))
    )


def test_this_machine_is_read_back_as_it_is(tmp_path: Path) -> None:
    machine, record = detect_and_record(HostSystem(), tmp_path)
    save_host(record, tmp_path / "machine.json")
    assert without_ids(read_facts(str(tmp_path / "machine.json")).machine) == without_ids(machine)


@pytest.mark.parametrize("name", NAMES)
def test_every_machine_is_the_same_without_its_names_and_ids(name: str) -> None:
    system = RecordedSystem.load(FOLDER / f"{name}.json")
    record = scrubbed(record_of(system), computer="ada-workstation", user="ada")
    assert without_ids(observe(record).machine) == without_ids(detect(system, system.home))
    assert not re.search(r"\bada\b", json.dumps(record))
    assert ID not in json.dumps(record)


def test_ids_of_devices_are_replaced_also_where_a_mask_names_one_by_its_beginning() -> None:
    record = record_of(RecordedSystem.load(FOLDER / "windows-rtx4090.json"))
    record["environment"]["CUDA_VISIBLE_DEVICES"] = f"GPU-{ID[:6]}"
    kept = scrubbed(record)
    assert kept["environment"]["CUDA_VISIBLE_DEVICES"] == f"GPU-{OTHER}"
    assert [one.uuid for one in observe(kept).machine.accelerators] == [f"GPU-{OTHER}"]


def test_secrets_and_names_are_not_written_down() -> None:
    record: dict[str, Any] = {
        "schema": "scaffold/host/1",
        "platform": {"os": "linux"},
        "home": "/home/grace",
        "environment": {"HF_TOKEN": "hf_secret", "KUBERNETES_SERVICE_HOST": "10.1.2.3", "HIP_VISIBLE_DEVICES": "0"},
        "files": {
            "/proc/1/environ": "container=lxc\x00AWS_SECRET=x\x00",
            "/proc/1/cgroup": f"0::/user.slice/user-1017.slice/docker-{'ab' * 32}.scope\n",
            "/proc/cpuinfo": "processor\t: 0\nmodel name\t: X\n\nprocessor\t: 1\nmodel name\t: X\n\nSerial\t: 1000c3d1\n",
            "/home/grace/x": "/home/grace/.local /home/gracey babbage.local=@babbage\n",
        },
        "links": {}, "paths": [], "accessible": [], "commands": {}, "probes": {},
        "programs": {"nvidia-smi": "/home/grace/bin/nvidia-smi"},
    }  # fmt: skip
    kept = scrubbed(record, computer="babbage", user="grace")
    assert kept["environment"] == {"HIP_VISIBLE_DEVICES": "0", "KUBERNETES_SERVICE_HOST": "10.0.0.1"}
    assert kept["files"] == {
        "/proc/1/environ": "container=lxc",
        "/proc/1/cgroup": f"0::/user.slice/user-1.slice/docker-{'0' * 64}.scope\n",
        "/proc/cpuinfo": "processor\t: 0\nmodel name\t: X\n\nSerial\t: 0\n",
        "/home/user/x": "/home/user/.local /home/gracey babbage.local=@computer\n",
    }
    assert (kept["home"], kept["programs"]) == ("/home/user", {"nvidia-smi": "/home/user/bin/nvidia-smi"})


def test_the_pci_database_keeps_only_the_cards_that_are_there() -> None:
    kept = scrubbed(record_of(RecordedSystem.load(FOLDER / "nouveau-rtx3060.json")))
    known = {"10de  NVIDIA Corporation\n\t2504  GA106 [GeForce RTX 3060 Lite Hash Rate]\n"}
    assert {text for path, text in kept["files"].items() if path.endswith("pci.ids")} <= known


def test_a_recorded_host_is_replaced_and_anything_else_is_not(tmp_path: Path) -> None:
    _, record = detect_and_record(HostSystem(), tmp_path)
    path = tmp_path / "machine.json"
    save_host({**record, "about": "first"}, path)
    save_host({**record, "about": "second"}, path)
    assert json.loads(path.read_text())["about"] == "second"
    thesis = tmp_path / "thesis.json"
    thesis.write_text('{"chapters": []}')
    with pytest.raises(TargetOccupied):
        save_host(record, thesis)
    assert (thesis.read_text(), sorted(os.listdir(tmp_path))) == (
        '{"chapters": []}',
        ["machine.json", "thesis.json"],
    )


@pytest.mark.parametrize("place", ["missing/machine.json", "file/machine.json", "folder"])
def test_a_place_that_cannot_be_written(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ScaffoldError):
        save_host({}, tmp_path / place)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_a_link_keeps_pointing_where_it_points(tmp_path: Path) -> None:
    _, record = detect_and_record(HostSystem(), tmp_path)
    (tmp_path / "link.json").symlink_to(tmp_path / "target.json")
    save_host(record, tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "target.json").read_text()) == json.loads(json.dumps(record))


def test_a_full_or_closed_disk_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(NoPermission):
        save_host({}, tmp_path / "machine.json")
    assert list(tmp_path.iterdir()) == []
