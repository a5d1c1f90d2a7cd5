"""Machines without a GPU: nothing is wrong with them, but code that insists on one fails there."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.gpu.driver_obstacle import obstacle
from scaffold.checks.model import Evidence, Finding, Remedy

#: What a build for the processor says when code asks it for a GPU.
_ASKED = ("torch-not-compiled-with-cuda", "torch-cpu-build-and-no-gpu", "torch-no-gpu-and-cpu-build")

#: NVML's "driver not loaded".
_NO_DRIVER = 9

#: What takes a GPU where there is one, and runs everywhere.
CHOOSE = 'device = "cuda" if torch.cuda.is_available() else "cpu"'


def none_here(facts: Facts) -> bool:
    """Whether this machine was looked at, and shows neither an accelerator nor a trace of a hidden one."""
    machine = facts.machine
    looked = not facts.told and not machine.host.wsl
    return looked and not machine.accelerators and machine.status == "ok" and not heard.driver(facts).bound


def on_the_processor(facts: Facts) -> Iterator[Finding]:
    """Where no GPU is, code takes the processor."""
    if not none_here(facts):
        return
    sign = facts.log.sign(*_ASKED) if facts.log else None
    if facts.log is not None and sign is not None:
        yield Finding(
            id="gpu.none",
            level="error",
            title="The code asks for a GPU, and none was found on this machine",
            detail="PyTorch's build for the processor is the right one here; another build brings no GPU. A "
            "log of another computer, which has a GPU: run doctor there, it names the build.",
            cause="code-asks-for-gpu",
            evidence=(
                Evidence(source=f"{facts.log.source}:{sign.line}", value=sign.text),
                Evidence(source="scaffold detect", value="no accelerator"),
            ),
            not_the_cause=("the installed build of PyTorch: to install it again changes nothing",),
            remedy=Remedy(
                text=f"let the code take what is there: {CHOOSE}, then .to(device) in place of .cuda(); "
                "saved models: torch.load(path, map_location=device)"
                + ("; a GPU of the host is handed in by --gpus all" if facts.machine.host.container else "")
            ),
        )
    elif not obstacle(facts):
        yield Finding(
            id="gpu.none",
            level="ok",
            title="No GPU was found here: networks run on the processor",
        )


def left_over(facts: Facts) -> Iterator[Finding]:
    """nvidia-smi is installed and reaches no driver, and no card is seen that would want one.

    A driver's packages outlive the card, and some virtual machines show no card to anybody before its
    driver runs: an error only where something here was chosen for a GPU.
    """
    code = heard.answers(facts).codes.get("nvidia-smi", 0)
    if code != _NO_DRIVER or facts.told or heard.nvidia(facts) or obstacle(facts):
        return
    wanted = heard.wanted(facts)
    where = "in this container" if facts.machine.host.container else "on this machine"
    yield Finding(
        id="gpu.driver-not-loaded",
        level="warning" if wanted else "info",
        title=f"nvidia-smi is here and reaches no NVIDIA driver, and no NVIDIA GPU is seen {where}",
        cause="driver-without-gpu",
        evidence=(Evidence(source="nvidia-smi", value="couldn't communicate with the NVIDIA driver"),),
        not_the_cause=("PyTorch, TensorFlow and the CUDA toolkit",),
        remedy=Remedy(
            text="start the container with --gpus all where the host has a GPU; without one nothing is amiss"
            if facts.machine.host.container
            else "where a GPU should be here: look whether the kernel sees it (lspci; in a virtual machine, "
            "whether it was handed in), then install its driver anew and restart; without a GPU these are "
            "leftovers, and networks run on the processor",
            commands=() if facts.machine.host.container else (("lspci", "-nnk"), ("dkms", "status")),
        ),
    )
