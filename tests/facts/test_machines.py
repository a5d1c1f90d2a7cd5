"""Described machines, looked at: those with answers, and those of failures that people reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scaffold.facts import observe

HERE = Path(__file__).parent
ANSWERED = [json.loads(line) for line in (HERE.parent / "machines" / "machines.jsonl").open(encoding="utf-8")]
FAILURES = [json.loads(line) for line in (HERE / "failures.jsonl").open(encoding="utf-8")]
APPLE = ("ok", [("Apple silicon", "apple-silicon", "ok", "")])


def accelerators(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Vendor and capability of every GPU that the facts speak of; a card alone has its table's."""
    told = [
        (gpu["vendor"], gpu.get("cc") or gpu.get("gfx") or "")
        for gpu in facts["gpus"]
        for _ in range(gpu.get("count", 1))
    ]
    return told or [("nvidia", "8.6") for _ in facts.get("pci", ())]


@pytest.mark.parametrize("line", ANSWERED, ids=lambda line: line["id"])
def test_a_machine_with_an_answer_is_what_its_facts_say(line: dict[str, Any]) -> None:
    facts, observed = line["facts"], observe(line)
    host, found = observed.machine.host, observed.machine.accelerators
    drivers = {one.driver for one in found if one.vendor == "nvidia"} - {""}
    assert observed.machine.status == line["status"]
    assert sorted((one.vendor, one.capability) for one in found) == sorted(accelerators(facts))
    assert sum(one.integrated for one in found) == sum("integrated" in gpu for gpu in facts["gpus"])
    assert drivers == ({facts["nvidia_driver"]} if "nvidia_driver" in facts else set())
    assert (host.os, host.architecture) == (facts["os"], facts["arch"])
    assert host.libc == (f"glibc {facts['glibc']}" if "glibc" in facts else "")
    assert (host.wsl, bool(host.container)) == (facts.get("wsl", 0), facts.get("container", False))
    assert (observed.python, observed.about, observed.notes) == (facts["python"], line["id"], ())


#: Case -> the machine's status; name, capability, status and driver of every accelerator. Others have none.
EXPECTED: dict[str, tuple[str, list[tuple[str, str, str, str]]]] = {
    "001": ("ok", [("NVIDIA GPU", "", "ok", "470.76")]),
    "005": ("ok", [("NVIDIA GPU", "", "ok", "535.129.03")]),
    "007": ("gpu_lost", [("NVIDIA H200", "9.0", "gpu_lost", "")]),
    "009": ("ok", [("NVIDIA GPU", "", "ok", "418.67")]),
    "011": ("ok", [("NVIDIA GPU", "", "ok", "")]),
    "013": ("ok", [("Tesla K80", "3.7", "ok", "450.80.02")]),
    "017": ("gpu_lost", [("NVIDIA GPU", "", "gpu_lost", "")]),
    "019": ("module_blocked", [("GeForce RTX 2060 Super", "7.5", "module_blocked", "")]),
    "021": ("reboot_required", []),
    "033": ("hidden", [("GeForce RTX 2070 SUPER", "7.5", "hidden", "")]),
    "037": ("ok", [("NVIDIA GPU", "", "ok", "570.124.04")]),
    "041": ("driver_missing", [("NVIDIA GPU", "", "driver_missing", "387.12")]),
    "045": ("ok", [("NVIDIA A10", "8.6", "ok", "570.133.20"), ("Tesla T4", "7.5", "ok", "570.133.20")]),
    "053": ("ok", [("GeForce RTX 2080 Ti", "7.5", "ok", "515.65.01")]),
    "055": ("ok", [("GeForce RTX 5090", "12.0", "ok", "")] * 2),
    "057": ("ok", [("GeForce RTX 4090", "8.9", "ok", "")] * 4),
    "061": ("ok", [("GeForce RTX 4050 Laptop", "8.9", "ok", "")]),
    "067": APPLE,
    "113": ("ok", [("NVIDIA GPU", "", "ok", "")]),
    "115": ("ok", [("DGX Spark GB10", "12.1", "ok", "")]),
    "123": ("ok", [("Tesla V100", "7.0", "ok", "")] * 2),
    "135": ("ok", [("GTX 1080", "6.1", "ok", "")]),
    "139": APPLE,
    "141": APPLE,
    "143": ("ok", [("GeForce RTX 5090", "12.0", "ok", "")]),
    "145": ("ok", [("GeForce RTX 5090", "12.0", "ok", "")]),
    "147": ("ok", [("Jetson Orin", "8.7", "ok", "")]),
    "149": ("ok", [("GeForce RTX 3090", "8.6", "ok", "")]),
    "151": ("ok", [("Pascal (GTX 10 series)", "6.1", "ok", "")]),
    "153": ("ok", [("GeForce 820M", "2.1", "ok", "")]),
    "155": ("ok", [("Radeon RX 6600", "gfx1032", "ok", "")]),
    "157": ("ok", [("Radeon RX 580", "gfx803", "ok", "")]),
    "173": ("ok", [("RTX A6000", "8.6", "ok", "535.161.07")] * 3),
    "185": ("ok", [("A100 80GB", "8.0", "ok", "")]),
    "193": ("ok", [("GTX 1080 Ti", "6.1", "ok", "")]),
    "195": APPLE,
    "197": APPLE,
    "203": ("ok", [("Tesla P100", "6.0", "ok", "")]),
}


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case["id"][:40])
def test_the_machine_of_a_failure_is_read(case: dict[str, Any]) -> None:
    machine = observe(case).machine
    found = [(one.name, one.capability, one.status, one.driver) for one in machine.accelerators]
    assert (machine.status, found) == EXPECTED.get(case["id"][:3], ("ok", []))
    told = case["machine"].get("os", {}).get("family", "linux")
    assert machine.host.os == told


def test_what_is_not_told_is_assumed_and_said() -> None:
    [case] = [case for case in FAILURES if case["id"].startswith("151")]
    assert observe(case).notes == (
        "os: not told, Linux is assumed",
        "arch: not told, x86_64 is assumed",
        "glibc: not told, 2.35 is assumed, an ordinary one",
        "nvidia_driver: not told; no GPU build can be planned without it",
    )
