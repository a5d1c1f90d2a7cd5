"""Which device a build can be proved on, where a variable of this shell hides the GPU."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scaffold.environments.proving.devices import devices_seen, devices_to_prove
from scaffold.machine import Accelerator
from tests.builds.samples import CPU

GPU = Accelerator(vendor="nvidia", index=0, name="H100", capability="9.0", driver="580.95.05")
HIDDEN = replace(GPU, status="hidden", found_by={"status": "CUDA_VISIBLE_DEVICES"})


@pytest.mark.parametrize(
    ("accelerators", "device"),
    [
        ((GPU,), "cuda"),
        ((HIDDEN,), "cpu"),
        ((HIDDEN, GPU), "cuda"),
        ((replace(GPU, status="reboot_required"),), "cuda"),
    ],
)
def test_the_proof_uses_what_this_shell_sees(accelerators, device, torch_build) -> None:
    machine = replace(CPU, accelerators=accelerators)
    assert devices_seen((replace(torch_build, device="cuda"),), machine) == {"pytorch": device}


def test_a_build_for_the_processor_is_proved_there(torch_build) -> None:
    assert devices_seen((torch_build,), replace(CPU, accelerators=(HIDDEN,))) == {"pytorch": "cpu"}


def test_what_was_planned_is_proved_as_far_as_it_is_seen() -> None:
    machine = replace(CPU, accelerators=(HIDDEN,))
    planned = {"pytorch": "cuda", "keras": "cpu"}
    assert devices_to_prove(planned, machine) == {"pytorch": "cpu", "keras": "cpu"}
    assert devices_to_prove(planned, replace(CPU, accelerators=(GPU,))) == planned
