"""Builds that hold no machine code for the NVIDIA GPU that is here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.builds.cuda import covers, is_capability, number
from scaffold.checks.builds import for_this_machine
from scaffold.checks.facts import Facts
from scaffold.checks.gpu.fitting import cuda_fit, first_release, index_url, install, python_version
from scaffold.checks.gpu.history import first_cuda, is_number, kernels, minors, oldest_toolkit
from scaffold.checks.gpu.installed import Torch, card_evidence, cards, platform_of, torch_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.machine.model import Accelerator

#: Integrated GPUs of Jetson boards before Thor: only NVIDIA's builds for these boards hold their code.
JETSON = {"5.3": "Nano", "6.2": "TX2", "7.2": "Xavier", "8.7": "Orin"}
_JETSON_INDEX = "https://pypi.jetson-ai-lab.io"

#: A build for a board says so: 2.5.0a0+872d972e41.nv24.08, 2.8.0+l4t36.
_FOR_JETSON = re.compile(r"\+\S*(?:nv\d\d|l4t|jp\d|jetson|tegra)|a0\+\S*nv", re.IGNORECASE)

#: No build that is published today holds code for anything below.
OLDEST = "5.0"

_NOT = (
    "the driver and the CUDA version that nvidia-smi shows: that is only the newest that the driver runs",
    "nvcc and an installed CUDA toolkit: PyTorch brings compiled code and its own libraries",
    "torch.cuda.is_available(): it is True as soon as driver and device answer",
)


def machine_code(facts: Facts) -> Iterator[Finding]:
    """PyTorch's build holds machine code for every NVIDIA GPU that is here."""
    gpus = [one for one in cards(facts, "nvidia") if is_capability(one.capability)]
    torch = torch_of(facts)
    made_for_others = torch is not None and torch.variant.startswith(("cpu", "rocm", "xpu"))
    codes, source = _codes(torch, platform_of(facts)) if torch and not made_for_others else ((), "")
    young = [one for one in gpus if number(one.capability) >= number(OLDEST) or _runs(codes, one.capability)]
    if not young:
        yield from _hopeless(gpus)
    if torch is None or not young or made_for_others:
        return
    missed = [one for one in young if codes and not _runs(codes, one.capability)]
    if missed:
        yield _unsupported(facts, torch, missed[0], codes, source, partly=len(missed) < len(young))
    elif not codes:
        yield from _compiled_too_early(facts, torch, young) or _jetson(facts, torch, gpus)
    else:
        yield Finding(
            id="gpu.arch",
            level="ok",
            title=f"{torch.shown} holds code for {', '.join(dict.fromkeys(one.name for one in young))}",
            evidence=(Evidence(source=source, value=" ".join(codes)),),
        )


def _codes(torch: Torch, platform: str) -> tuple[tuple[str, ...], str]:
    """The capabilities that a build holds machine code for, and who says so; none where it is unknown."""
    if torch.architectures:
        told = tuple(filter(None, map(_capability, torch.architectures)))
        return told, "torch.cuda.get_arch_list()"
    if _FOR_JETSON.search(torch.version) or torch.conda or "a0" in torch.version:
        return (), ""  # compiled by others: what it holds stands in no table
    return kernels(torch.version, torch.cuda or _dotted(torch.variant), platform), "table of PyTorch's builds"


def _dotted(variant: str) -> str:
    digits = variant.removeprefix("cu")
    return f"{digits[:-1]}.{digits[-1]}" if variant.startswith("cu") and digits.isdecimal() else ""


def _capability(name: str) -> str:
    """``8.6`` of ``sm_86``; "" of PTX (``compute_37``), which no library of CUDA's is compiled from.

    >>> _capability("sm_120"), _capability("sm_90a"), _capability("compute_90"), _capability("8.7")
    ('12.0', '9.0', '', '8.7')
    """
    match = re.fullmatch(r"(?:sm_)(\d{1,2})(\d)[af]?|(\d{1,2})\.(\d)(?:\+PTX)?", name)
    if match is None:
        return ""
    return f"{match[1]}.{match[2]}" if match[1] else f"{match[3]}.{match[4]}"


def _runs(codes: tuple[str, ...], capability: str) -> bool:
    return any(covers(code, capability) for code in codes)


def _unsupported(
    facts: Facts, torch: Torch, gpu: Accelerator, codes: tuple[str, ...], source: str, *, partly: bool
) -> Finding:
    name = f"sm_{gpu.capability.replace('.', '')}"
    newest = max(codes, key=number)
    younger = number(gpu.capability) > number(newest)
    old = number(gpu.capability) < number(min(codes, key=number))
    cause = "arch-too-new-for-wheel" if younger or not old else "arch-dropped"
    toolkit = first_cuda(gpu.capability)
    needs = f"; code for it exists since CUDA {toolkit}" if toolkit and younger else ""
    holds = " ".join(f"sm_{one.replace('.', '')}" for one in codes)
    return Finding(
        id="gpu.arch-unsupported",
        level="warning" if partly else "error",
        title=f"{gpu.name} needs {name}, and {torch.shown or 'this PyTorch'} has no code for it",
        detail=f"It contains {holds}{needs}.\n{_advice(facts, torch, gpu)}",
        cause=cause,
        evidence=(
            *torch.evidence,
            card_evidence(gpu),
            *(() if torch.architectures else (Evidence(source=source, value=holds),)),
        ),
        not_the_cause=_NOT,
        remedy=_remedy(facts, torch, gpu),
    )


def _advice(facts: Facts, torch: Torch, gpu: Accelerator) -> str:
    """What exists for the GPU: the first release, or the last build."""
    platform = platform_of(facts)
    if gpu.capability in JETSON:
        return f"Jetson {JETSON[gpu.capability]} boards need the builds that NVIDIA makes for Jetson."
    release, name = first_release((gpu,), platform)
    if release and _is_older(torch.version, release):
        return (
            f"The first PyTorch with a build for it is {release} ({name}): no index has one of "
            f"{torch.version}, so whatever pins that version must move to a newer torch."
        )
    fit = cuda_fit(facts, (gpu,))
    return f"{fit.variant} builds hold code for it (torch {fit.release})." if fit else ""


def _is_older(version: str, release: str) -> bool:
    known = minors("torch")
    head = ".".join(version.partition("+")[0].split(".")[:2])
    return head in known and release in known and known.index(head) > known.index(release)


def _remedy(facts: Facts, torch: Torch, gpu: Accelerator) -> Remedy:
    if gpu.capability in JETSON:
        return for_jetson(gpu)
    if facts.record is not None:
        return for_this_machine(facts)
    fit = cuda_fit(facts, tuple(one for one in cards(facts, "nvidia") if number(one.capability) >= (3, 0)))
    fit = fit or cuda_fit(facts, (gpu,))
    if fit is None:
        return Remedy(
            text="no build of PyTorch for this Python and driver holds code for it: update the driver, "
            "take a "
            "newer Python, or run on the processor",
            commands=(("scaffold", "builds"),),
        )
    others = "; then build anew what was compiled against the old torch (flash-attn, xformers, ...)"
    toolkit = first_cuda(gpu.capability)
    least = f" (any build for CUDA {toolkit} or newer has it)" if toolkit else ""
    return install(
        facts,
        fit,
        f"install the {fit.variant} build{least} of {_which(facts, fit.release)} from "
        f"{index_url(fit.variant)}"
        f"{'' if torch.conda else others}",
    )


def _which(facts: Facts, release: str) -> str:
    python = python_version(facts)
    return f"torch {release}" + (f", the newest for Python {python}" if python else "")


def _compiled_too_early(facts: Facts, torch: Torch, gpus: list[Accelerator]) -> list[Finding]:
    """A build of conda's, of a container's or of the user's: its CUDA is older than the GPU's generation."""
    if not is_number(torch.cuda):
        return []
    toolkits = [(one, oldest_toolkit(one.capability)) for one in gpus]
    missed = [(one, cuda) for one, cuda in toolkits if cuda and number(torch.cuda) < number(cuda)]
    return [
        Finding(
            id="gpu.arch-unsupported",
            level="warning" if len(missed) < len(gpus) else "error",
            title=f"{gpu.name} needs code of CUDA {cuda} or newer, and {torch.shown} was compiled with "
            f"{torch.cuda}",
            detail=f"No compiler before CUDA {cuda} makes code for capability {gpu.capability}.\n"
            f"{_advice(facts, torch, gpu)}".rstrip(),
            cause="arch-too-new-for-wheel",
            evidence=(*torch.evidence, card_evidence(gpu)),
            not_the_cause=_NOT,
            remedy=_remedy(facts, torch, gpu),
        )
        for gpu, cuda in missed[:1]
    ]


def for_jetson(gpu: Accelerator) -> Remedy:
    """Where PyTorch for a Jetson board comes from."""
    return Remedy(
        text=f"use PyTorch as NVIDIA builds it for Jetson {JETSON[gpu.capability]}: the wheels of "
        f"{_JETSON_INDEX} for your JetPack, or the container nvcr.io/nvidia/l4t-pytorch (JetPack 6: "
        "nvcr.io/nvidia/pytorch:*-igpu); neither conda-forge nor the ordinary index has its code",
    )


def _jetson(facts: Facts, torch: Torch, gpus: list[Accelerator]) -> Iterator[Finding]:
    """A build from elsewhere on a Jetson: generic builds for ARM hold code for servers' GPUs."""
    board = next((one for one in gpus if one.capability in JETSON), None)
    if board is None or _FOR_JETSON.search(torch.version) or torch.architectures:
        return
    if platform_of(facts) != "linux_aarch64" or not (torch.conda or torch.cuda):
        return  # where it comes from is not known
    whence = "conda-forge" if torch.conda else "the ordinary index"
    yield Finding(
        id="gpu.arch-unsupported",
        level="error",
        title=f"{board.name} needs sm_{board.capability.replace('.', '')}, and PyTorch of {whence} "
        f"holds no code "
        "for Jetson boards",
        detail="Generic builds for ARM are made for servers' GPUs; code for sm_80 or sm_86 does not run on a "
        "Jetson's sm_87. torch.cuda.is_available() is True, and the first kernel fails.",
        cause="arch-too-new-for-wheel",
        evidence=(*torch.evidence, card_evidence(board)),
        not_the_cause=_NOT,
        remedy=for_jetson(board),
    )


def _hopeless(gpus: list[Accelerator]) -> Iterator[Finding]:
    """GPUs that no PyTorch of today has code for."""
    if not gpus:
        return
    gpu = gpus[0]
    yield Finding(
        id="gpu.arch-unsupported",
        level="warning",
        title=f"{gpu.name} has compute capability {gpu.capability}, and no PyTorch build of today "
        f"supports it",
        detail=f"Published builds hold code for {OLDEST} and newer"
        + (
            "; the last with code for 3.5 and 3.7 were torch 1.13 to 2.0."
            if number(gpu.capability) >= (3, 5)
            else ": no PyTorch build ever installed by pip will run on it."
        ),
        cause="gpu-too-old-forever",
        evidence=(card_evidence(gpu),),
        not_the_cause=("the driver or the CUDA toolkit: reinstalling either changes nothing",),
        remedy=Remedy(
            text="train on the CPU (the CPU build is smaller), or on another machine",
            commands=(("scaffold", "builds"),),
        ),
    )
