"""Builds of PyTorch without the code for the kind of GPU that is here."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.rocm import amd_gpus, rocm_obstacle
from scaffold.builds.xpu import intel_gpus
from scaffold.checks.builds import for_this_machine
from scaffold.checks.facts import Facts
from scaffold.checks.gpu.architectures import JETSON, for_jetson
from scaffold.checks.gpu.fitting import Fit, cuda_fit, index_url, install
from scaffold.checks.gpu.history import parsed
from scaffold.checks.gpu.installed import Torch, card_evidence, cards, platform_of, torch_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.machine.model import Accelerator
from scaffold.probing.manifest.model import IndexOf

_NOT = (
    "the driver, nvcc and the CUDA toolkit: PyTorch's builds bring their own libraries",
    "the code: torch.cuda.is_available() is False with this build on every machine",
)

#: Where the ordinary index has no CUDA build: what explains the surprise.
_ORDINARY = {
    "windows_x86_64": "the ordinary package index has only CPU builds of PyTorch for Windows",
    "windows_aarch64": "the ordinary package index has only CPU builds of PyTorch for Windows",
    "linux_aarch64": "the ordinary package index had only CPU builds of PyTorch for ARM until 2.11",
}


def build_for_gpu(facts: Facts) -> Iterator[Finding]:
    """A machine with a GPU that PyTorch can use has a PyTorch that was built for it."""
    torch = torch_of(facts)
    gpu = served(facts) if torch is not None else None
    if torch is None or gpu is None:
        return
    if not torch.variant:
        yield from _likely_cpu(facts, torch, gpu)
        return
    if torch.variant == "cpu":
        yield _cpu_build(facts, torch, gpu)
    elif not _is_for(torch.variant, facts):
        yield _other_vendor(facts, torch, gpu)


def _likely_cpu(facts: Facts, torch: Torch, gpu: Accelerator) -> Iterator[Finding]:
    """A version without a local part, on a server with an Arm processor: the ordinary index's, most likely.

    The builds of PyTorch's own index and of NVIDIA's containers are told by it; NVIDIA's for Jetson are not.
    """
    if platform_of(facts) != "linux_aarch64" or gpu.vendor != "nvidia" or gpu.capability in JETSON:
        return
    release = parsed(torch.version) if torch.version[:1].isdecimal() else None
    if release is None or release.local or release.is_prerelease or release >= Version("2.11") or torch.conda:
        return
    yield Finding(
        id="gpu.build-cpu-only",
        level="warning",
        title=f"torch {torch.version} is most likely the build for the processor, and {gpu.name} is here",
        detail=f"{_ORDINARY['linux_aarch64']}; its CUDA builds end with +cu and a number",
        cause="torch-cpu-build",
        evidence=(*torch.evidence, card_evidence(gpu)),
        remedy=_remedy(facts, torch, gpu),
    )


def served(facts: Facts) -> Accelerator | None:
    """The first GPU for which there is a build of PyTorch on this platform."""
    platform = platform_of(facts)
    if platform.startswith("macos"):
        return None  # the one build has Metal's code
    nvidia = [one for one in cards(facts, "nvidia") if not _ancient(one)]
    amd = amd_gpus(facts.machine) if platform in tables.rocm().platforms else ()
    runs = {gfx for row in tables.rocm().kernels.values() for gfx in row} | set(tables.rocm().override)
    others = [one for one in amd if one.capability in runs and not one.integrated]
    intel = intel_gpus(facts.machine) if platform in tables.xpu().platforms else ()
    return next(iter((*nvidia, *others, *(one for one in intel if not one.integrated))), None)


def _ancient(gpu: Accelerator) -> bool:
    """Whether no build that is published would use it: the CPU build is right then."""
    return gpu.capability[:2] in ("1.", "2.", "3.")


def _is_for(variant: str, facts: Facts) -> bool:
    """Whether a build is for the maker of one of the GPUs that are here."""
    makers = {"cu": "nvidia", "ro": "amd", "xp": "intel"}
    return any(one.vendor == makers.get(variant[:2]) for one in facts.machine.accelerators)


def _cpu_build(facts: Facts, torch: Torch, gpu: Accelerator) -> Finding:
    what = {"nvidia": "CUDA", "amd": "ROCm", "intel": "XPU"}[gpu.vendor]
    platform = platform_of(facts)
    note = (
        _ORDINARY.get(platform, "") if gpu.vendor == "nvidia" else f"{what} builds lie on PyTorch's own index"
    )
    return Finding(
        id="gpu.build-cpu-only",
        level="error",
        title=f"PyTorch was built without {what}, and this machine has {_article(gpu)}",
        detail="\n".join(
            filter(None, (f"{gpu.name} works; {torch.shown} cannot use it", *_why(facts, note)))
        ),
        cause="torch-cpu-build-by-lock" if _gate(facts) else "torch-cpu-build",
        evidence=(*torch.evidence, card_evidence(gpu)),
        not_the_cause=_NOT if gpu.vendor == "nvidia" else _NOT[1:],
        remedy=_remedy(facts, torch, gpu),
    )


def _why(facts: Facts, note: str) -> Iterator[str]:
    """How it came: the project's own settings first."""
    gate = _gate(facts)
    if gate is not None:
        yield (
            f"{gate.place} names the index {gate.url} for torch with the marker {gate.marker} alone; "
            f"here torch "
            "comes from the ordinary index, and the lock keeps it so"
        )
    yield note[:1].upper() + note[1:]


def _gate(facts: Facts) -> IndexOf | None:
    return facts.manifest.gated("torch") if facts.manifest else None


def _article(gpu: Accelerator) -> str:
    return {"nvidia": "an NVIDIA GPU", "amd": "an AMD GPU", "intel": "an Intel GPU"}[gpu.vendor]


def _remedy(facts: Facts, torch: Torch, gpu: Accelerator) -> Remedy:
    if facts.record is not None:
        return for_this_machine(facts, "choose builds for this machine anew")
    if gpu.capability in JETSON:
        return for_jetson(gpu)
    if torch.conda and gpu.vendor == "nvidia":
        return Remedy(
            text="install conda's CUDA build (conda takes the CPU build where it sees no driver: "
            "CONDA_OVERRIDE_CUDA=12.8 says otherwise)",
            commands=(("conda", "install", "-c", "conda-forge", "pytorch-gpu"),),
        )
    fit = _fit(facts, gpu)
    if fit is None:
        return Remedy(text="see which build fits this machine", commands=(("scaffold", "builds"),))
    return install(
        facts,
        fit,
        f"install the {fit.variant} build of all of torch, torchvision and torchaudio from PyTorch's own "
        f"index (--index-url {index_url(fit.variant)}); {_for_uv(fit)}",
    )


def _for_uv(fit: Fit) -> str:
    """What keeps the next ``uv sync`` from taking it back."""
    return (
        "in a project of uv's name that index in [tool.uv.sources], for this platform too where the "
        "entry has "
        f"a marker, and lock again (uv pip: --torch-backend {fit.variant})"
    )


def _fit(facts: Facts, gpu: Accelerator) -> Fit | None:
    if gpu.vendor == "nvidia":
        return cuda_fit(facts, tuple(one for one in cards(facts, "nvidia") if not _ancient(one)))
    if gpu.vendor == "intel":
        return Fit(release="", variant="xpu")
    builds = [(rocm, gfx) for rocm, gfx in tables.rocm().kernels.items() if gpu.capability in gfx]
    return Fit(release="", variant=f"rocm{builds[0][0]}") if builds else None


def _other_vendor(facts: Facts, torch: Torch, gpu: Accelerator) -> Finding:
    kind = {"cu": "NVIDIA", "ro": "AMD", "xp": "Intel"}.get(torch.variant[:2], "other")
    return Finding(
        id="gpu.build-for-another-vendor",
        level="error",
        title=f"PyTorch was built for {kind} GPUs, and this machine has {gpu.name}",
        detail=f"{torch.shown} cannot use it",
        cause="other-gpu",
        evidence=(*torch.evidence, card_evidence(gpu)),
        remedy=_remedy(facts, torch, gpu),
    )


def no_build_for_gpu(facts: Facts) -> Iterator[Finding]:
    """An AMD or Intel GPU that no build of PyTorch serves on this platform: said once, without alarm."""
    amd = cards(facts, "amd")
    if cards(facts, "nvidia") or not amd or all(one.integrated for one in amd) or torch_of(facts) is None:
        return
    platform = platform_of(facts)
    if platform in tables.rocm().platforms:
        return  # `checks.gpu.rocm` judges it by its architecture
    yield Finding(
        id="gpu.no-build",
        level="info",
        title=f"No build of PyTorch's own index uses {amd[0].name} here",
        detail=rocm_obstacle(facts.machine, platform),
        cause="no-build-for-gpu",
        evidence=(Evidence(source="scaffold detect", value=f"{amd[0].name} {amd[0].capability}".strip()),),
        remedy=Remedy(text="AMD's own wheels for Windows (ROCm on Radeon), Linux, or the CPU build"),
    )
