"""AMD GPUs whose architecture the installed ROCm build has no code for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.version import Version

from scaffold.builds import tables
from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.gpu.history import parsed
from scaffold.checks.gpu.installed import Torch, card_evidence, cards, python_of, torch_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.machine.model import Accelerator

VARIABLE = "HSA_OVERRIDE_GFX_VERSION"

#: GCN before Vega (gfx6, gfx7, gfx8) has no relative that ROCm still compiles for.
_DROPPED = re.compile(r"gfx[678]\d\d")


def gfx_served(facts: Facts) -> Iterator[Finding]:
    """The ROCm build holds code for the AMD GPU that is here, or is told to run a relative's."""
    torch = torch_of(facts)
    gpus = [one for one in cards(facts, "amd") if one.capability.startswith("gfx")]
    if not gpus or facts.machine.host.os != "linux":
        return
    rocm = torch is not None and (torch.variant.startswith("rocm") or "rocm" in torch.version)
    tensorflow = facts.packages.of("tensorflow-rocm") if facts.packages else None
    if not rocm and tensorflow is not None:
        if _DROPPED.fullmatch(gpus[0].capability):
            return  # ROCm before 4 had code for those, and so had the TensorFlow of that time
        place = Evidence(
            source=tensorflow.location or "packages", value=f"tensorflow-rocm {tensorflow.version}"
        )
        torch = Torch(
            version=tensorflow.version, variant="rocm", evidence=(place,), package="tensorflow-rocm"
        )
    elif not rocm and not _failed(facts):
        return
    discrete = [one for one in gpus if not one.integrated] or gpus
    for gpu in discrete[:1]:
        yield from _judged(facts, torch, gpu)


def may_open(facts: Facts) -> Iterator[Finding]:
    """ROCm may open /dev/kfd. What this machine's own detection sees of it is said by `checks.machine`."""
    known, gpus = heard.driver(facts), cards(facts, "amd")
    torch = torch_of(facts)
    nothing_told = facts.told and not (facts.packages and facts.packages.packages)
    wanted = nothing_told if torch is None else "rocm" in f"{torch.variant} {torch.version}"
    outside = known.groups is not None and not {"render", "root"} & set(known.groups)
    if not gpus or facts.machine.host.os != "linux" or not (known.kfd or (wanted and outside)):
        return
    contained = bool(facts.machine.host.container)
    said = {"denied": "may not be opened", "missing": "is not here"}
    yield Finding(
        id="gpu.device-nodes",
        level="error" if known.kfd else "warning",
        title=f"{gpus[0].name} is used through /dev/kfd, which {said[known.kfd]}"
        if known.kfd
        else f"{gpus[0].name} is used through /dev/kfd, of the group render, and this user is not in it",
        cause="rocm-kfd-permission",
        evidence=(
            Evidence(source="groups", value=" ".join(known.groups or ()) or "not told")
            if not known.kfd
            else Evidence(source="/dev/kfd", value=known.kfd),
        ),
        not_the_cause=("PyTorch's build: no program reaches the GPU",),
        remedy=Remedy(
            text="start the container with --device=/dev/kfd --device=/dev/dri --group-add video --group-add "
            "render (by its number on the host, getent group render, where the image has no such group)"
            if contained
            else "sudo usermod -aG render,video $USER, then log in anew; where /dev/kfd is missing: sudo "
            "modprobe amdgpu",
            commands=(("ls", "-l", "/dev/kfd", "/dev/dri"),),
        ),
    )


def _failed(facts: Facts) -> bool:
    """Whether the log shows that a program found no code for its AMD GPU."""
    return (
        facts.log is not None and facts.log.sign("hip-no-binary", "hip-invalid-device-function") is not None
    )


def _judged(facts: Facts, torch: Torch | None, gpu: Accelerator) -> Iterator[Finding]:
    codes = _codes(torch)
    if not codes and not _failed(facts):
        return  # a build of others: what it holds stands in no table
    value = facts.variables.value(VARIABLE) if facts.variables else None
    override = tables.rocm().override.get(gpu.capability, "")
    if value:
        yield from _overridden(facts, gpu, value, override, codes)
    elif gpu.capability in codes:
        yield Finding(
            id="gpu.rocm",
            level="ok",
            title=f"The ROCm build holds code for {gpu.name} ({gpu.capability})",
        )
    else:
        yield _unserved(facts, torch, gpu, override)


def _codes(torch: Torch | None) -> tuple[str, ...]:
    """What the build holds code for; of an unknown build whatever any of today's does."""
    known = tables.rocm().kernels
    if torch is not None and torch.architectures:
        return torch.architectures
    version = torch.variant.removeprefix("rocm") if torch is not None else ""
    if version in known:
        return known[version] if torch is None or _is_published(torch, version) else ()
    return tuple(dict.fromkeys(gfx for row in known.values() for gfx in row))


def _is_published(torch: Torch, version: str) -> bool:
    """Whether PyTorch's own index has that release for that ROCm; AMD's images hold builds of AMD's."""
    release = parsed(torch.version)
    if release is None:
        return True
    there = tables.rocm().variants(Version(release.base_version))
    return not there or f"rocm{version}" in there


def _unserved(facts: Facts, torch: Torch | None, gpu: Accelerator, override: str) -> Finding:
    shown = torch.shown if torch is not None else "PyTorch"
    return Finding(
        id="gpu.rocm-gfx",
        level="error",
        title=f"{gpu.name} is {gpu.capability}, and {shown} has no code for that architecture",
        detail=_outlook(gpu, override),
        cause="rocm-gfx-unsupported",
        evidence=(*(torch.evidence if torch is not None else ()), card_evidence(gpu), _variable(facts)),
        not_the_cause=("the amdgpu driver and the installed ROCm: the build's own code decides",),
        remedy=_remedy(facts, gpu, override, tensorflow=torch is not None and torch.package != "torch"),
    )


def _variable(facts: Facts) -> Evidence:
    value = facts.variables.value(VARIABLE) if facts.variables else None
    return Evidence(source=VARIABLE, value=value or "not set")


def _outlook(gpu: Accelerator, override: str) -> str:
    if override:
        return (
            f"Code for {_named(override)} runs on it: same family. AMD does not support that; it is "
            f"what most "
            "owners of this card do."
        )
    if _DROPPED.fullmatch(gpu.capability):
        return (
            f"{gpu.capability} is not supported by any ROCm build of PyTorch any more, and no "
            f"relative's code "
            "runs on it: an override only changes the error."
        )
    return "It is not supported by that build, and no relative is known whose code it runs."


def _named(override: str) -> str:
    """``gfx1030`` of 10.3.0."""
    return f"gfx{override.replace('.', '')}"


def _remedy(facts: Facts, gpu: Accelerator, override: str, *, tensorflow: bool = False) -> Remedy:
    if override:
        return Remedy(
            text=f"set {VARIABLE}={override} before Python starts (in the run configuration's "
            f"environment, or "
            f"the shell: export {VARIABLE}={override})",
            commands=(
                (
                    "env",
                    f"{VARIABLE}={override}",
                    python_of(facts),
                    "-c",
                    "import tensorflow as tf; print(tf.ones(1) + 1)"
                    if tensorflow
                    else "import torch; torch.ones(1).cuda()",
                ),
            ),
        )
    newer = [rocm for rocm, gfx in tables.rocm().kernels.items() if gpu.capability in gfx]
    if newer and not tensorflow:
        from scaffold.checks.gpu.fitting import Fit, index_url, install

        fit = Fit(release="", variant=f"rocm{newer[0]}")
        relative = (
            f"; or, unofficially, let it run its relative's code: {VARIABLE}=11.0.0"
            if gpu.capability in ("gfx1101", "gfx1102")
            else ""
        )
        return install(facts, fit, f"install a build that has it: {index_url(fit.variant)}{relative}")
    return Remedy(
        text=f"train on the CPU: {gpu.capability} is not supported by any published build, and {VARIABLE} "
        "does not help (builds of volunteers exist for some cards)"
    )


def _overridden(
    facts: Facts, gpu: Accelerator, value: str, override: str, codes: tuple[str, ...]
) -> Iterator[Finding]:
    """The variable is set: rightly, without need, or to another family's."""
    told = _named(value)
    if value == override or told == gpu.capability:
        yield Finding(
            id="gpu.rocm",
            level="ok",
            title=f"{gpu.name} ({gpu.capability}) runs code for {told}, as {VARIABLE} says",
        )
        return
    native = gpu.capability in codes
    cure = (
        Remedy(text=f"unset {VARIABLE}: the build has code for {gpu.capability} itself")
        if native
        else _remedy(facts, gpu, override)
    )
    yield Finding(
        id="gpu.rocm-gfx",
        level="error",
        title=f"{VARIABLE} is {value} ({told}), and {gpu.name} is {gpu.capability}",
        detail="Code of another family does not run: the first kernel fails or the machine hangs.",
        cause="rocm-override-wrong",
        evidence=(Evidence(source=VARIABLE, value=value), card_evidence(gpu)),
        remedy=cure,
    )
