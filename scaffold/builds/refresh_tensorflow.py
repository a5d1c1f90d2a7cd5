"""Rows for releases of TensorFlow and Keras that the tables do not know yet, from metadata alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.refresh_facts import PLATFORMS, megabytes, numbers, pins, pythons, toolkit
from scaffold.builds.refresh_rows import (
    NOT_TOLD,
    Found,
    NewRow,
    Reader,
    common,
    newest_python,
    unanswered,
)
from scaffold.builds.rows import CPU_PLATFORMS
from scaffold.sources.model import Wheel


def tensorflow(
    version: Version,
    wheels: Sequence[Wheel],
    cpu: Sequence[Wheel],
    read: Reader,
    *,
    not_reached: Sequence[str] = (),
) -> Found:
    """A release of TensorFlow; its kernels are those of the release before.

    ``cpu`` are the wheels of tensorflow-cpu. ``not_reached``: projects that a source said nothing of.
    """
    name, table = f"tensorflow {version}", tables.tensorflow()
    wheel = newest_python(wheels, "linux_x86_64")
    metadata = read(wheel) if wheel else None
    if metadata is None:
        return Found(notes=(f"{name} is left out: what its build for linux_x86_64 asks for cannot be read",))
    asked = pins(metadata, "linux_x86_64", "and-cuda")
    before = next((one for one in table.releases if one.version < version), None)
    cuda = toolkit(asked)
    if before is None or not cuda or numbers(cuda)[0] != before.cuda_major:
        built = f"CUDA {cuda}" if cuda else "no CUDA that its extra and-cuda names"
        return Found(notes=(f"{name} is left out: it is built for {built}, unlike every release before",))
    runtime = next((text for part, (text, _) in asked.items() if part.startswith("nvidia-cuda-runtime")), "")
    row = {
        **common(version, wheels, PLATFORMS),
        "cuda": cuda,
        "libraries": "pinned" if runtime.startswith("==") else "range",
        "kernels": list(before.kernels),
        "ptx": before.ptx,
        "size_mb": megabytes(wheels),
        "cpu_size_mb": megabytes(cpu),
        **_cpu_python(wheels, cpu),
        "confidence": "low",
        **unanswered(not_reached),
    }
    copied = f"kernels and ptx are those of {before.version}: {NOT_TOLD}"
    told = ", ".join(f"{part}{asked[part][0]}" for part in ("keras", "numpy") if part in asked)
    comments = (copied, *([f"it asks for {told}"] if told else []))
    return Found(
        rows=(NewRow(table="tensorflow", array="release", row=row, comments=comments),),
        notes=(f"{name}: {copied}",),
    )


def _cpu_python(wheels: Sequence[Wheel], cpu: Sequence[Wheel]) -> dict[str, Any]:
    """The Pythons of tensorflow-cpu, where they are others than tensorflow's."""
    usual = {
        platform: pythons(wheels, platform) if platform in CPU_PLATFORMS else () for platform in PLATFORMS
    }
    there = {platform: pythons(cpu, platform) for platform in PLATFORMS}
    differing = {platform: list(some) for platform, some in there.items() if some != usual[platform]}
    return {"cpu_python": differing} if differing else {}


def keras(wheels: Sequence[Wheel], known: Sequence[str]) -> Found:
    """Pythons whose newest Keras is older than what the templates rest on, and that no row speaks of."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    table, older = tables.keras(), dict[str, list[str]]()
    for python in known:
        allowing = []
        for wheel in wheels:
            try:
                if f"{python}.99" in SpecifierSet(wheel.requires_python):
                    allowing.append(Version(wheel.version))
            except InvalidSpecifier:
                continue
        newest = max(allowing, default=None)
        if newest is None or newest >= Version(table.floor):
            continue
        requirement = f"keras>={newest.major}.{newest.minor}"
        if table.companion.get(python) != requirement:
            older.setdefault(requirement, []).append(python)
    return Found(
        rows=tuple(
            NewRow(table="keras", array="companion", row={"python": pythons, "requirement": requirement})
            for requirement, pythons in older.items()
        )
    )
