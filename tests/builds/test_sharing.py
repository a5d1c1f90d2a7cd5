"""PyTorch and Keras in one environment or one each."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.builds import choose
from scaffold.facts import read_facts

pytestmark = pytest.mark.usefixtures("frozen_tables")

MACHINES = Path(__file__).resolve().parents[1] / "machines" / "machines.jsonl"
CPU = ("tensorflow-cpu==2.21.0", "cpu")
GPU = ("tensorflow[and-cuda]==2.21.0", "cuda")


def told(name):
    return read_facts(str(MACHINES) + f"#{name}").machine


def plans(builds):
    return [(one.requirement, one.device) for one in builds]


@pytest.mark.parametrize(
    ("machine", "apart", "together"),
    [
        ("t4-drv535-py311", [GPU], [("torch==2.14.1+cu126", "cuda"), GPU]),  # a clean pair is known
        ("rtx4090-drv581-windows-py313", [], [("torch==2.15.0+cu132", "cuda"), CPU]),  # no CUDA on Windows
        ("ryzen-igpu-plus-rx7900-py312", [], [("torch==2.14.1+rocm7.2", "rocm"), CPU]),
        ("cpu-linux-py314", [], [("torch==2.15.0+cpu", "cpu"), CPU]),
    ],
)
def test_keras_gets_the_gpu_where_it_can(machine, apart, together) -> None:
    here = told(machine)
    alone = choose(here, ["3.12"], ("pytorch", "keras"), None)
    assert (plans(alone.apart), plans(alone.builds)) == (apart, [plans(alone.builds)[0], CPU])
    both = choose(here, ["3.12"], ("pytorch", "keras"), None, together=True)
    assert (plans(both.apart), plans(both.builds)) == ([], together)


@pytest.mark.parametrize("framework", ["pytorch", "keras"])
def test_one_framework_has_one_environment(framework) -> None:
    choice = choose(told("t4-drv535-py311"), ["3.12"], (framework,), None)
    assert choice.apart == ()
    assert choice.builds[0].device == "cuda"
