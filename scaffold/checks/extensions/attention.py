"""FlashAttention, which has no code for GPUs before Ampere."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.surroundings import python_of
from scaffold.checks.versions import below, release


def flash_attention(facts: Facts) -> Iterator[Finding]:
    """Every GPU has the compute capability that the installed flash-attn was written for."""
    package = facts.packages.of("flash-attn") if facts.packages else None
    cards = [
        (one, capability)
        for one in facts.machine.usable("nvidia")
        if (capability := release(f"{one.capability}.0" if one.capability else ""))
    ]
    if package is None or not cards:
        return
    first = below(package.version, "2")
    floor, named = ((7, 5), "7.5 (Turing)") if first else ((8,), "8.0 (Ampere)")
    old = [one for one, capability in cards if capability < floor]
    if not old:
        return
    all_old = len(old) == len(cards)
    yield Finding(
        id="ext.flash-attn",
        level="error" if all_old else "warning",
        title=f"flash-attn {package.version or ''} needs compute capability {named} or newer, and "
        f"{old[0].name} has {old[0].capability}".replace("  ", " "),
        detail=f"FlashAttention is not supported on {old[0].name}, in no release of version 2: the first "
        f"call "
        "fails, not the import."
        if not first
        else f"FlashAttention 1 is not supported on {old[0].name}.",
        cause="flash-attn-arch",
        evidence=(
            Evidence(source=package.location or "installed", value=f"flash-attn {package.version}".strip()),
            *(Evidence(source=one.name, value=f"compute capability {one.capability}") for one in old[:4]),
        ),
        not_the_cause=("the driver and the CUDA toolkit",),
        remedy=Remedy(
            text='choose PyTorch\'s own attention: attn_implementation="sdpa" where the model is loaded '
            "(V100 and "
            "T4 too); uninstall flash-attn where a library takes it unasked",
            commands=((python_of(facts), "-m", "pip", "uninstall", "-y", "flash-attn"),),
        ),
    )
