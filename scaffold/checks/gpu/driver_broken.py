"""A driver that runs and gives no program the GPU."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.gpu.driver_branches import cuda_of
from scaffold.checks.gpu.driver_obstacle import obstacle
from scaffold.checks.model import Evidence, Finding, Remedy

#: Cards that NVIDIA's compatibility package serves: data-centre ones, some of RTX for workstations, Jetson.
DATA_CENTRE = re.compile(
    r"\b(?:Tesla|Quadro|RTX (?:PRO )?[A-Z]?\d{4}|Jetson|Orin|Thor|[AHBVPLTK]\d{1,4}[SX]?|G[BH]\d{3})\b"
)
_CONSUMER = re.compile(r"GeForce|TITAN|\bRTX [2-5]0\d0|\bGTX\b", re.IGNORECASE)

_MEMORY_MODULE = (("sudo", "rmmod", "nvidia_uvm"), ("sudo", "modprobe", "nvidia_uvm"))


def own_libcuda(facts: Facts) -> Iterator[Finding]:
    """Programs load the driver's own libcuda, not one that another GPU or another driver needs."""
    found = obstacle(facts)
    loaded = heard.answers(facts).libcuda
    library = loaded if "/compat/" in loaded else heard.driver(facts).compat
    cards = heard.nvidia(facts)
    consumer = bool(cards) and all(_CONSUMER.search(one.name) for one in cards)
    served = bool(cards) and all(
        not _CONSUMER.search(one.name) and DATA_CENTRE.search(one.name) for one in cards
    )
    if found == "stub":
        yield _stub(facts)
    if found != "compat" and (served or not (library or _newer(facts))):
        return
    version = heard.driver_version(facts)
    newer = _newer(facts)
    certain = found == "compat" or (consumer and not _runs(facts))
    yield Finding(
        id="gpu.cuda-compat",
        level="error" if certain else "warning",
        title=f"Programs load {library or 'a compatibility libcuda (cuda-compat)'}, "
        + (f"and {heard.named(cards)} supports none" if consumer else "which serves data-centre GPUs only"),
        detail="NVIDIA's compatibility package lets an older driver run programs of a newer CUDA on "
        "data-centre "
        "GPUs; on any other GPU CUDA fails with error 804. Images of CUDA put its folder before the driver's "
        "own.",
        cause="cuda-compat-on-unsupported-gpu",
        evidence=(
            *((Evidence(source="the loader's path", value=library),) if library else ()),
            *((Evidence(source="driver", value=version),) if version else ()),
            *((Evidence(source="nvidia-smi", value=newer),) if newer else ()),
            *heard.answered(facts),
        ),
        not_the_cause=("PyTorch and the GPU: with the driver's own libcuda they work",),
        remedy=Remedy(
            text="take the compat folder out of LD_LIBRARY_PATH and of /etc/ld.so.conf.d (in the image or "
            "the run "
            "configuration), then sudo ldconfig; or update the driver of the host, so that the image needs "
            "none",
            commands=(
                (
                    "env",
                    "-u",
                    "LD_LIBRARY_PATH",
                    heard.python(facts),
                    "-c",
                    "import torch; torch.zeros(1).cuda()",
                ),
            ),
        ),
    )


def _newer(facts: Facts) -> str:
    """A CUDA that is shown and is newer than the driver's own: only a compatibility libcuda tells such."""
    own, shown = cuda_of(heard.driver_version(facts)), facts.machine.cuda_driver
    match = re.match(r"(\d{1,2})\.(\d)", shown)
    if own is None or match is None or facts.machine.host.os != "linux" or facts.machine.host.wsl:
        return ""
    if own < (11, 0) or (int(match[1]), int(match[2])) <= own or _runs(facts):
        return ""
    return f"CUDA Version: {shown}, and driver {heard.driver_version(facts)} brings {own[0]}.{own[1]}"


def _runs(facts: Facts) -> bool:
    """Whether this machine's CUDA answered all the same: the loader took another libcuda."""
    answer = heard.answers(facts)
    return not facts.told and answer.codes.get("libcuda") == 0 and "/compat/" not in answer.libcuda


def _stub(facts: Facts) -> Finding:
    return Finding(
        id="gpu.cuda-compat",
        level="error",
        title="Programs load the CUDA toolkit's stub of libcuda, which is made to link against, not to run",
        cause="libcuda-stub",
        evidence=(Evidence(source="libcuda", value=heard.answers(facts).libcuda or "cuInit returns 34"),),
        not_the_cause=("the driver, whose own libcuda is not reached",),
        remedy=Remedy(text="take the folder .../stubs out of LD_LIBRARY_PATH"),
    )


def memory_module(facts: Facts) -> Iterator[Finding]:
    """CUDA starts where the driver answers."""
    if obstacle(facts) != "uvm":
        return
    slept = heard.driver(facts).slept
    contained = bool(facts.machine.host.container)
    windows = facts.machine.host.os == "windows"
    yield Finding(
        id="gpu.uvm-resume",
        level="error",
        title="NVIDIA's driver answers, and CUDA fails with an unknown error (999)"
        + (" since the machine was asleep" if slept else ""),
        detail="After a suspend the module nvidia_uvm is often left in a bad state: nvidia-smi works, and no "
        "program "
        "can start CUDA. The message's advice about CUDA_VISIBLE_DEVICES leads astray.",
        cause="uvm-stale-after-suspend",
        evidence=(
            *heard.answered(facts),
            *(
                (
                    Evidence(
                        source="/sys/power/suspend_stats/success",
                        value="the machine was asleep since its start",
                    ),
                )
                if slept
                else ()
            ),
            *(
                (Evidence(source="/sys/module/nvidia_uvm", value="not loaded"),)
                if heard.driver(facts).uvm is False
                else ()
            ),
        ),
        not_the_cause=("CUDA_VISIBLE_DEVICES, which the message names",),
        remedy=_again(contained=contained, windows=windows),
    )


def _again(*, contained: bool, windows: bool) -> Remedy:
    if windows:
        return Remedy(text="restart Windows (restart, not shut down: that keeps the driver's state)")
    inside = (
        "; in a container /dev/nvidia-uvm must be there as well (--gpus all hands it in)" if contained else ""
    )
    return Remedy(
        text="end every program that uses the GPU and reload nvidia_uvm"
        f"{' on the host' if contained else ''}, or reboot{inside}; against the next time, let the driver "
        "keep the memory: options nvidia NVreg_PreserveVideoMemoryAllocations=1 and "
        "systemctl enable nvidia-suspend nvidia-resume",
        commands=_MEMORY_MODULE,
    )


def _silent(facts: Facts) -> str:
    """Which part of the driver gave no answer: in time, or since it crashed."""
    silent = [source for source, code in heard.answers(facts).codes.items() if code < 0]
    cards = heard.nvidia(facts)
    whose = f" for {heard.named(cards)}" if cards else ""
    return f"NVIDIA's driver does not answer{whose}: {' and '.join(silent) or 'it'} hangs or crashes"


def on_the_bus(facts: Facts) -> Iterator[Finding]:
    """Every card that the driver knew is still there."""
    if obstacle(facts) != "lost":
        return
    cards = heard.nvidia(facts)
    hosted = heard.in_container(facts)
    hangs = min(heard.codes(facts).values(), default=0) < 0
    yield Finding(
        id="gpu.lost",
        level="error",
        title=_silent(facts) if hangs else f"The driver has lost {heard.named(cards)}",
        detail="\n".join(facts.machine.notes),
        cause="driver-does-not-answer" if hangs else "gpu-off-the-bus",
        evidence=(*heard.seen(cards), *heard.answered(facts)),
        not_the_cause=("PyTorch and TensorFlow: the driver itself no longer reaches the card",),
        remedy=Remedy(
            text="see whether nvidia-smi comes back in the same place, and end what holds the GPU; then "
            "restart " + ("the container, or take another node" if hosted else "the computer")
            if hangs
            else "take another node and report this one to the provider"
            if hosted
            else "shut the machine down (not only restart) and start it again; where it comes back: power "
            "cables, "
            "seat, heat, firmware, then the card; sudo dmesg | grep -i xid tells more",
            commands=(("sudo", "dmesg"),),
        ),
    )
