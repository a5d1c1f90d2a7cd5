"""Rows for a release of JAX that the tables do not know yet, from listings and METADATA alone.

JAX itself is pure Python; jaxlib and, for a GPU, a plugin of the same version decide what runs where.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.candidates import stable_version
from scaffold.builds.refresh_facts import PLATFORMS, cudnn, floors, megabytes, numbers, pins
from scaffold.builds.refresh_rows import (
    NOT_TOLD,
    Found,
    NewRow,
    Reader,
    common,
    day_of,
    newest_python,
    unanswered,
    with_wheels,
)
from scaffold.sources.model import Wheel


def jax(
    version: Version,
    wheels: Sequence[Wheel],
    parts: Mapping[str, Sequence[Wheel]],
    read: Reader,
    *,
    not_reached: Sequence[str] = (),
) -> Found:
    """The row of a release, and the kernels of its CUDA builds where no row covers them.

    ``parts`` are the wheels of jaxlib and the plugins by project, of every release. ``not_reached``:
    projects that a source said nothing of.
    """
    metadata = read(wheels[0])
    if metadata is None:
        return Found(notes=(f"jax {version} is left out: its metadata cannot be read",))
    asked = pins(metadata, "linux_x86_64")
    jaxlib = _part("jaxlib", version, asked, parts)
    if not jaxlib:
        return Found(notes=(f"jax {version} is left out: there is no jaxlib for it",))
    libraries, plugin_mb, silent = {}, {}, [*not_reached]
    for cuda in reversed(tables.jax().cuda):
        extra = pins(metadata, "linux_x86_64", cuda.extra)
        plugins = [_part(one, version, extra, parts) for one in cuda.projects]
        found = _cudnn(plugins[0], read)
        if found is None:
            silent.append(cuda.projects[0])
        elif found:
            libraries[cuda.variant] = found
            plugin_mb[cuda.variant] = _sum(megabytes(one) for one in plugins)
    row = {
        **common(version, jaxlib, with_wheels(jaxlib)),
        "date": day_of(wheels),
        "jaxlib": _lowest(asked, "jaxlib", str(version)),
        "numpy": _lowest(asked, "numpy", "2"),
        "macos": _macos(jaxlib),
        "cudnn": libraries,
        "size_mb": megabytes(jaxlib),
        "plugin_mb": plugin_mb,
        "confidence": "low",
        **unanswered(list(dict.fromkeys(silent))),
    }
    kernels = _kernels(version, libraries)
    return Found(rows=(NewRow(table="jax", array="release", row=row), *kernels.rows), notes=kernels.notes)


def _part(
    project: str, version: Version, asked: Mapping[str, tuple[str, str]], parts: Mapping[str, Sequence[Wheel]]
) -> tuple[Wheel, ...]:
    """The wheels of the newest part that a release takes: its own version, or the last before it."""
    allowed = SpecifierSet(asked.get(project, ("", ""))[0])
    stable = [(one, found) for one in parts.get(project, ()) if (found := stable_version(one)) is not None]
    fitting = [(one, found) for one, found in stable if found <= version and found in allowed]
    newest = max((found for _, found in fitting), default=None)
    return tuple(one for one, found in fitting if found == newest)


def _lowest(asked: Mapping[str, tuple[str, str]], project: str, otherwise: str) -> str:
    return asked.get(project, ("", ""))[1] or otherwise


def _cudnn(plugin: Sequence[Wheel], read: Reader) -> str | None:
    """The oldest cuDNN that a CUDA build takes, "" without such a build; None where it stays unread."""
    wheel = newest_python(plugin, "linux_x86_64")
    if wheel is None:
        return ""
    metadata = read(wheel)
    return cudnn(pins(metadata, "linux_x86_64", "with-cuda")) if metadata else None


def _macos(wheels: Sequence[Wheel]) -> dict[str, str]:
    oldest = {one: min(floors(wheels, one).values(), key=numbers, default="") for one in PLATFORMS}
    return {platform: floor for platform, floor in oldest.items() if platform.startswith("macos") and floor}


def _sum(sizes: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in sizes:
        for platform, size in one.items():
            total[platform] = total.get(platform, 0) + size
    return total


def _kernels(version: Version, built: Mapping[str, str]) -> Found:
    """The kernels of builds that no row covers: those of the newest release before."""
    table, rows, notes = tables.jax(), [], []
    for variant in built:
        if table.kernels_of(version, variant):
            continue
        known = (row.version for row in table.releases if row.version < version)
        before = next((older for older in known if table.kernels_of(older, variant)), None)
        where = f"jax {version}, {variant}"
        if before is None:
            notes.append(
                f"{where}: {NOT_TOLD}; it is not chosen for a GPU until a row of [[jax.kernels]] tells"
            )
            continue
        copied = f"capabilities are those of {before}: {NOT_TOLD}"
        capabilities = list(table.kernels_of(before, variant))
        row = {"variant": variant, "releases": f"=={version}", "capabilities": capabilities}
        rows.append(NewRow(table="jax", array="kernels", row=row, comments=(copied,)))
        notes.append(f"{where}: {copied}")
    return Found(rows=tuple(rows), notes=tuple(notes))
