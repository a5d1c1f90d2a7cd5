"""bitsandbytes, which holds one library for each version of CUDA."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.packages.torch_kept import pinned
from scaffold.checks.surroundings import os_is, python_of
from scaffold.checks.versions import below
from scaffold.probing.variables.model import Variable

_VARIABLE = "BNB_CUDA_VERSION"


def library_for_cuda(facts: Facts) -> Iterator[Finding]:
    """The installed bitsandbytes has a library for PyTorch's CUDA, and no variable asks for another."""
    package = facts.packages.of("bitsandbytes") if facts.packages else None
    if package is None:
        return
    version = package.version
    override = (
        next((one for one in facts.variables.of(_VARIABLE) if one.value), None) if facts.variables else None
    )
    if override is not None:
        yield from _overridden(facts, override)
    elif os_is(facts, "windows") and below(version, "0.43"):
        yield Finding(
            id="ext.bitsandbytes",
            level="error",
            title=f"bitsandbytes {version} holds no library for Windows: 0.43 is the first release that does",
            cause="bnb-binary-missing",
            evidence=(Evidence(source=package.location or "installed", value=f"bitsandbytes {version}"),),
            remedy=_upgrade(facts),
        )
    else:
        yield from _absent(facts, version)


def _overridden(facts: Facts, override: Variable) -> Iterator[Finding]:
    held = facts.extensions.bitsandbytes if facts.extensions else None
    cuda = _digits(facts)
    if override.value == cuda or (held is not None and override.value in held and not cuda):
        return
    there = held is not None and override.value in held
    yield Finding(
        id="ext.bitsandbytes",
        level="warning" if there else "error",
        title=f"{_VARIABLE}={override.value} makes bitsandbytes load libbitsandbytes_cuda{override.value}"
        + (f", and PyTorch was built for CUDA {cuda[:-1]}.{cuda[-1]}" if cuda else ""),
        detail="The variable is left from an old how-to: bitsandbytes finds PyTorch's version by itself."
        + ("" if there else " It fails where it holds no library of that name."),
        cause="bnb-env-override",
        evidence=(
            Evidence(source=override.place, value=f"{_VARIABLE}={override.value}"),
            *((Evidence(source="bitsandbytes", value=f"libraries for {', '.join(held)}"),) if held else ()),
        ),
        remedy=Remedy(
            text=f"unset {_VARIABLE}"
            + (
                f" in {override.place}"
                if override.place != "environment"
                else " (also in ~/.bashrc and notebooks)"
            ),
            commands=(("env", "-u", _VARIABLE, python_of(facts), "-m", "bitsandbytes"),),
        ),
    )


def _absent(facts: Facts, version: str) -> Iterator[Finding]:
    """No library for PyTorch's CUDA among those that it holds."""
    held = facts.extensions.bitsandbytes if facts.extensions else None
    cuda = _digits(facts)
    if held is None or not cuda or cuda in held or not facts.machine.usable("nvidia"):
        return
    yield Finding(
        id="ext.bitsandbytes",
        level="error",
        title=f"PyTorch was built for CUDA {cuda[:-1]}.{cuda[-1]}, and bitsandbytes {version} has no library "
        f"for that ({', '.join(held) or 'it has none for CUDA'})",
        cause="bnb-binary-missing",
        evidence=(Evidence(source="bitsandbytes", value=f"libraries for {', '.join(held) or 'no CUDA'}"),),
        remedy=_upgrade(facts),
    )


def _digits(facts: Facts) -> str:
    """PyTorch's CUDA as bitsandbytes spells it: 12.4 is 124; "" unknown, or none."""
    torch = facts.packages.torch if facts.packages else None
    parts = (torch.cuda or "").split(".")[:2] if torch else []
    return "".join(parts) if len(parts) == 2 else ""


def _upgrade(facts: Facts) -> Remedy:
    """Newer releases ask for a newer PyTorch: with this one pinned pip takes the newest that fits it."""
    kept = pinned(facts)
    if kept:
        text = "upgrade bitsandbytes to a release with a library for this CUDA; the installed PyTorch stays"
    else:
        text = (
            "upgrade bitsandbytes to a release with a library for this CUDA (0.43 or newer), and name the "
            "installed torch beside it (torch==<its version>), so that pip keeps that build"
        )
    command = (python_of(facts), "-m", "pip", "install", "--upgrade", "bitsandbytes", *kept)
    return Remedy(text=text, commands=(command,) if kept else ())
