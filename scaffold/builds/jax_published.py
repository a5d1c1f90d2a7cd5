"""The projects that JAX consists of, and what was published of them by the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.jax_rows import Jax, JaxRelease
from scaffold.sources.model import Offers, Source, Wheel

#: What a source must be asked for to choose a JAX: JAX, its compiled part, its plugins for CUDA.
JAX_PROJECTS = (
    "jax",
    "jaxlib",
    "jax-cuda13-plugin",
    "jax-cuda13-pjrt",
    "jax-cuda12-plugin",
    "jax-cuda12-pjrt",
)

#: Nobody is asked: what counts is that JAX comes from the ordinary index, whichever that is.
_PYPI = Source(kind="index", location="")
_PLATFORMS = ("linux_x86_64", "linux_aarch64", "windows_x86_64", "macos_arm64", "macos_x86_64")


def jax_wheels(offers: Offers) -> tuple[Wheel, ...]:
    """Everything that sources offer of JAX's projects."""
    return tuple(wheel for project in JAX_PROJECTS for wheel in offers.wheels(project))


def published_jax(platforms: Sequence[str] = _PLATFORMS) -> Iterator[Wheel]:
    """Every wheel of JAX's projects that the tables know of, for some platforms."""
    table = tables.jax()
    for release in table.releases:
        oldest = min(release.python, key=Version)
        yield _wheel("jax", release, "py3-none-any", requires_python=f">={oldest}")
        for platform in (one for one in platforms if one in release.size_mb):
            tag = _tag(release, platform)
            for python in release.pythons(platform):
                yield _wheel("jaxlib", release, _interpreter(python, tag))
            yield from _plugins(table, release, platform, tag)


def _plugins(table: Jax, release: JaxRelease, platform: str, tag: str) -> Iterator[Wheel]:
    for row in table.cuda:
        if platform not in release.plugin_mb.get(row.variant, {}):
            continue
        plugin, *others = row.projects  # the plugin is built for each Python, the rest is not
        yield from (_wheel(one, release, f"py3-none-{tag}") for one in others)
        for python in release.pythons(platform):
            yield _wheel(plugin, release, _interpreter(python, tag))


def _interpreter(python: str, tag: str) -> str:
    name = f"cp{python.replace('.', '')}"
    return f"{name}-{name}-{tag}"


def _tag(release: JaxRelease, platform: str) -> str:
    """``manylinux_2_27_x86_64``, ``macosx_11_0_arm64``, ``win_amd64``."""
    os, _, architecture = platform.partition("_")
    if os == "windows":
        return "win_amd64"
    if os == "linux":
        return f"manylinux_{release.glibc.major}_{release.glibc.minor}_{architecture}"
    floor = release.macos.get(platform, Version("11.0"))
    return f"macosx_{floor.major}_{floor.minor}_{architecture}"


def _wheel(project: str, release: JaxRelease, tags: str, *, requires_python: str = "") -> Wheel:
    filename = f"{project.replace('-', '_')}-{release.version}-{tags}.whl"
    return Wheel(
        project=project,
        version=str(release.version),
        filename=filename,
        url=f"{_PYPI.location}/{project}/{filename}",
        source=_PYPI,
        requires_python=requires_python,
    )
