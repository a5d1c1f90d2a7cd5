"""AMD GPUs whose architecture the installed ROCm build has no code for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.builds import tables
from scaffold.checks.facts import Facts
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
    if not rocm and not (facts.log and facts.log.sign("hip-no-binary", "hip-invalid-device-function")):
        return
    discrete = [one for one in gpus if not one.integrated] or gpus
    for gpu in discrete[:1]:
        yield from _judged(facts, torch, gpu)


def _judged(facts: Facts, torch: Torch | None, gpu: Accelerator) -> Iterator[Finding]:
    codes = _codes(torch)
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
        return known[version]
    return tuple(dict.fromkeys(gfx for row in known.values() for gfx in row))


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
        remedy=_remedy(facts, gpu, override),
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


def _remedy(facts: Facts, gpu: Accelerator, override: str) -> Remedy:
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
                    "import torch; torch.ones(1).cuda()",
                ),
            ),
        )
    newer = [rocm for rocm, gfx in tables.rocm().kernels.items() if gpu.capability in gfx]
    if newer:
        from scaffold.checks.gpu.fitting import Fit, index_url, install

        fit = Fit(release="", variant=f"rocm{newer[0]}")
        return install(facts, fit, f"install a build that has it: {index_url(fit.variant)}")
    return Remedy(
        text=f"train on the CPU: no published build supports {gpu.capability}, and {VARIABLE} does not help "
        "(builds of volunteers exist for some cards)"
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
