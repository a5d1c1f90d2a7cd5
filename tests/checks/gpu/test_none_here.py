"""A machine without a GPU is no failure; code that insists on one is, and no other build cures it."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from scaffold.checks import examine
from scaffold.checks.facts import Facts
from scaffold.checks.from_log import with_log
from scaffold.checks.gpu.driver_broken import on_the_bus
from scaffold.checks.gpu.none_here import left_over, on_the_processor
from scaffold.checks.model import Evidence, Finding
from scaffold.logs.search import read_log
from scaffold.machine.model import DriverAnswers, Machine
from scaffold.probing.driver.model import DriverFacts
from scaffold.probing.packages.model import Package, PackageFacts
from tests.hosts import plain_host

HOST = plain_host()
FOR_CUDA = PackageFacts(packages=(Package(name="torch", version="2.6.0+cu124"),))


def machine(status: str = "ok", **answers: int) -> Machine:
    codes = {name.replace("_", "-"): code for name, code in answers.items()}
    return Machine(host=HOST, status=status, nvidia=DriverAnswers(codes=codes))  # type: ignore[arg-type]


def with_lines(lines: str, facts: Facts) -> list[Finding]:
    facts = replace(facts, log=read_log(io.BytesIO(lines.encode()), "train.log"))
    return [one for one in with_log(examine(facts), facts.log) if one.level == "error"]


@pytest.mark.parametrize(
    "lines",
    [
        "AssertionError: Torch not compiled with CUDA enabled\n",
        "torch 2.6.0+cpu\ncuda available: False\n",
        "cuda available: False\ntorch 2.6.0+cpu\n",
    ],
)
def test_code_that_insists_on_a_gpu_is_cured_in_the_code(lines: str) -> None:
    found = with_lines(lines, Facts(machine=machine()))
    assert [(one.id, one.title) for one in found] == [
        ("gpu.none", "The code asks for a GPU, and none was found on this machine")
    ]
    assert found[0].remedy is not None
    assert found[0].remedy.commands == ()  # to install another build cures nothing
    assert 'device = "cuda" if torch.cuda.is_available() else "cpu"' in found[0].remedy.text


def test_of_a_machine_that_nobody_looked_at_the_build_is_named() -> None:
    found = with_lines("Torch not compiled with CUDA enabled\n", Facts(machine=machine(), told=True))
    assert [one.id for one in found] == ["gpu.build-cpu-only"]


def test_a_program_that_finds_no_driver_where_no_gpu_is() -> None:
    found = with_lines("RuntimeError: Found no NVIDIA driver on your system.\n", Facts(machine=machine()))
    assert [one.id for one in found] == ["gpu.driver-not-loaded"]
    assert found[0].remedy is not None
    assert found[0].remedy.text.startswith(
        "no GPU was found on this machine: let the code take the processor"
    )


def test_a_machine_without_a_gpu_is_told_of_in_a_line() -> None:
    assert list(on_the_processor(Facts(machine=machine()))) == [
        Finding(id="gpu.none", level="ok", title="No GPU was found here: networks run on the processor")
    ]


@pytest.mark.parametrize(
    "facts",
    [
        Facts(machine=machine(), told=True),
        Facts(machine=machine("host_driver_without_device")),
        Facts(machine=Machine(host=replace(HOST, wsl=2))),
        Facts(machine=machine(), driver=DriverFacts(bound="nouveau")),
    ],
)
def test_what_hides_a_gpu_is_not_called_none(facts: Facts) -> None:
    assert list(on_the_processor(facts)) == []


def test_a_driver_that_nobody_reaches_is_no_alarm_where_nothing_wants_it() -> None:
    facts = Facts(machine=machine(nvidia_smi=9))
    assert [(one.level, one.cause) for one in left_over(facts)] == [("info", "driver-without-gpu")]
    wanting = replace(facts, packages=FOR_CUDA)
    assert [(one.level, one.title, one.evidence) for one in left_over(wanting)] == [
        (
            "warning",
            "nvidia-smi is here and reaches no NVIDIA driver, and no NVIDIA GPU is seen on this machine",
            (Evidence(source="nvidia-smi", value="couldn't communicate with the NVIDIA driver"),),
        )
    ]
    assert list(left_over(Facts(machine=machine(NVML=9)))) == []  # a library that is left over


def test_a_driver_that_hangs_has_no_code() -> None:
    found = list(on_the_bus(Facts(machine=machine("gpu_lost", nvidia_smi=-1))))
    assert [(one.id, one.title, one.cause, one.evidence) for one in found] == [
        (
            "gpu.lost",
            "NVIDIA's driver does not answer: nvidia-smi hangs or crashes",
            "driver-does-not-answer",
            (Evidence(source="nvidia-smi", value="gave no answer in time, or crashed"),),
        )
    ]
    assert found[0].remedy is not None
    assert "then restart the computer" in found[0].remedy.text
