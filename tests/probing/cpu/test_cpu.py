"""The processor, from the system and from a description."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.facts.told import Told
from scaffold.machine import detect
from scaffold.probing.cpu.model import CpuFacts
from scaffold.probing.cpu.probe import probe, read_cpuinfo
from scaffold.probing.scene import Scene
from scaffold.probing.target import Target
from scaffold.replay.cpu import told
from scaffold.system import HostSystem

ARM = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n"


def test_this_processor_answers() -> None:
    system = HostSystem()
    facts = probe(Scene(system=system, machine=detect(system, Path()), target=Target(folder=Path())))
    assert facts.source
    assert facts.complete == bool(facts.has)


@pytest.mark.parametrize(
    ("text", "architecture", "emulated", "complete"),
    [
        ("flags\t: sse avx\n", "x86_64", "", True),
        (ARM, "x86_64", "QEMU", False),
        (ARM, "aarch64", "", False),
        ("model name\t: VirtualApple @ 2.50GHz processor\n", "x86_64", "Rosetta", False),
        ("", "x86_64", "", False),
        ("\0\xff:::\n", "x86_64", "", False),
    ],
)
def test_cpuinfo(text: str, architecture: str, emulated: str, complete: bool) -> None:
    facts = read_cpuinfo(text, architecture)
    assert (facts.emulated, facts.complete) == (emulated, complete)


def test_what_is_not_known_is_not_missing() -> None:
    assert CpuFacts(has=frozenset({"avx"})).lacking("avx", "avx2") is None
    assert CpuFacts(has=frozenset({"avx"}), lacks=frozenset({"avx2"})).lacking("avx", "avx2") == ("avx2",)
    assert CpuFacts(has=frozenset({"avx"})).lacking("avx") == ()


def test_a_description() -> None:
    notes: list[str] = []
    facts = told(
        Told({"cpu": {"model": "i5", "flags_have": ["AVX", "SSE4.2"], "flags_lack": ["avx2"]}}, notes)
    )
    assert facts == CpuFacts(
        model="i5", has=frozenset({"avx", "sse4_2"}), lacks=frozenset({"avx2"}), source="cpu"
    )


@pytest.mark.parametrize("value", [None, 7, [], "Ryzen", {"flags_have": 3}, {"flags": {"a": []}}, [{}], True])
def test_odd_descriptions_never_raise(value: object) -> None:
    assert isinstance(told(Told({"cpu": value}, [])), CpuFacts)
