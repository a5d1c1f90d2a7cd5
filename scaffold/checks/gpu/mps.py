"""PyTorch on the GPU of a Mac: releases, macOS, and operators that Metal lacks."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from scaffold.checks.facts import Facts
from scaffold.checks.gpu.history import metal_floor, newest_with_metal
from scaffold.checks.gpu.installed import cards, python_of, torch_of
from scaffold.checks.model import Evidence, Finding, Remedy

VARIABLE = "PYTORCH_ENABLE_MPS_FALLBACK"


def metal_usable(facts: Facts) -> Iterator[Finding]:
    """The system is new enough for the release of PyTorch, and the release for Metal."""
    torch, host = torch_of(facts), facts.machine.host
    if torch is None or host.os != "macos" or not cards(facts, "apple") or host.translated:
        return
    floor = metal_floor(torch.version)
    if floor is None:
        return
    evidence = (*torch.evidence, Evidence(source="sw_vers -productVersion", value=host.os_version))
    if not floor:
        yield Finding(
            id="gpu.mps",
            level="warning",
            title=f"{torch.shown} is older than PyTorch's support for the GPU of Macs (1.12)",
            detail="It runs on the processor.",
            cause="mps-torch-too-old",
            evidence=evidence,
            remedy=Remedy(
                text="install a newer release",
                commands=((python_of(facts), "-m", "pip", "install", "--upgrade", "torch"),),
            ),
        )
    elif _is_older(host.os_version, floor):
        yield _macos_too_old(facts, torch.shown, floor, evidence)


def _is_older(macos: str, floor: str) -> bool:
    try:
        return Version(macos) < Version(floor)
    except InvalidVersion:
        return False


def _macos_too_old(facts: Facts, shown: str, floor: str, evidence: tuple[Evidence, ...]) -> Finding:
    macos = facts.machine.host.os_version
    older = newest_with_metal(macos)
    remedy = Remedy(text=f"update macOS to {floor} or newer (System Settings, General, Software Update)")
    if older:
        remedy = Remedy(
            text=f"{remedy.text}; or take the last PyTorch for macOS {macos.split('.')[0]}: {older}",
            commands=((python_of(facts), "-m", "pip", "install", f"torch=={older}.*"),),
        )
    return Finding(
        id="gpu.mps",
        level="warning",
        title=f"{shown} uses the GPU from macOS {floor} on, and this is macOS {macos}",
        detail="torch.backends.mps.is_built() is True and is_available() False: networks run on the "
        "processor.",
        cause="mps-macos-too-old",
        evidence=evidence,
        not_the_cause=("the build: every wheel for Apple silicon has Metal's code",),
        remedy=remedy,
    )


def fallback(facts: Facts) -> Iterator[Finding]:
    """Operators that Metal lacks stop a program, unless a variable sends them to the processor."""
    if facts.machine.host.os != "macos" or not cards(facts, "apple") or facts.variables is None:
        return
    if not facts.variables.is_unset(VARIABLE):
        return
    yield Finding(
        id="gpu.mps",
        level="info",
        title=f"{VARIABLE} is not set: an operator that Metal lacks stops the program",
        detail="With it such operators run on the processor, slower. It must be set before Python starts.",
        cause="mps-op-missing",
        evidence=(Evidence(source=VARIABLE, value="not set"),),
        remedy=Remedy(
            text=f"set {VARIABLE}=1 in the run configuration's environment (not in the code, where it is too "
            "late), or install a newer PyTorch, which has more operators",
        ),
    )
