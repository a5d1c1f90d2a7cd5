"""What was published, by the tables: what a choice rests on where no source was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.model import BuildChoice, BuildPlan
from scaffold.builds.rows import TensorflowRelease, Torch, TorchRelease
from scaffold.sources.model import Listing, Offers, Setting, Source, SourceSettings, Wheel
from scaffold.sources.places import PYTORCH_INDEX

#: Nobody is asked: what counts is that the build comes from the ordinary index, whichever that is.
PYPI = Source(kind="index", location="")

#: Platform tags of wheels, by the tables' platforms; {glibc} and {macos} are a release's own.
_TAGS = {
    "linux_x86_64": "manylinux_{glibc}_x86_64",
    "linux_aarch64": "manylinux_{glibc}_aarch64",
    "windows_x86_64": "win_amd64",
    "macos_arm64": "macosx_{macos}_arm64",
    "macos_x86_64": "macosx_10_15_x86_64",
}


def published(platforms: Sequence[str] = tuple(_TAGS), *, jax: bool = False) -> Offers:
    """Every wheel that the tables know of for some platforms, on the ordinary index and on PyTorch's.

    JAX's many parts are left out unless they are asked for.
    """
    torch, tensorflow = tables.torch(), tables.tensorflow()
    known = [platform for platform in platforms if platform in _TAGS]
    wheels = [wheel for release in torch.releases for wheel in _torch_wheels(torch, release, known)]
    wheels += [wheel for row in tensorflow.releases for wheel in _tensorflow_wheels(row, known)]
    if jax:
        from scaffold.builds.jax_published import published_jax

        wheels += published_jax(platforms)
    grouped: dict[tuple[Source, str], list[Wheel]] = {}
    for wheel in wheels:
        grouped.setdefault((wheel.source, wheel.project), []).append(wheel)
    return Offers(
        settings=SourceSettings(index=Setting(value="", origin="scaffold's tables")),
        listings=tuple(
            Listing(source=source, project=project, outcome="ok", wheels=tuple(there))
            for (source, project), there in grouped.items()
        ),
    )


def told_by_tables(choice: BuildChoice, offers: Offers) -> BuildChoice:
    """A choice that rests on the tables because no source answered: the same, said with less confidence."""
    silent = ", ".join(one.source.shown for one in offers.unreachable())
    notice = f"{silent} cannot be reached: builds are chosen by what scaffold knows of releases"
    known = "no index was asked: this is what scaffold knows of releases"

    def unsure(builds: tuple[BuildPlan, ...]) -> tuple[BuildPlan, ...]:
        return tuple(replace(one, confidence="low", reasons=(known, *one.reasons)) for one in builds)

    return replace(
        choice,
        builds=unsure(choice.builds),
        apart=unsure(choice.apart),
        notices=(*choice.notices, notice),
    )


def torch_variants(table: Torch, release: TorchRelease, platform: str) -> tuple[str, ...]:
    """The builds of a release in PyTorch's own index: ``cu126``, ``rocm7.2``, ``xpu``, ``cpu``."""
    if platform.startswith("macos"):
        return ()
    cuda = [one for one in table.variants(platform) if table.kernels_of(release.version, one, platform)]
    rocm = tables.rocm().variants(release.version) if platform in tables.rocm().platforms else ()
    intel = tables.xpu()
    xpu = ["xpu"] if platform in intel.platforms and release.version.public in intel.releases else []
    return tuple(one for one in (*cuda, *rocm, *xpu, "cpu") if release.in_pytorch_index(one, platform))


def _torch_wheels(table: Torch, release: TorchRelease, platforms: Sequence[str]) -> Iterator[Wheel]:
    for platform in platforms:
        if platform not in release.pypi:
            continue
        sources = [
            (Source(kind="pytorch", location=f"{PYTORCH_INDEX}/{variant}", variant=variant), f"+{variant}")
            for variant in torch_variants(table, release, platform)
        ]
        for python in release.pythons(platform):
            macos = release.macos_of.get(python, release.macos)
            for source, local in ((PYPI, ""), *sources):
                glibc = release.glibc_needed(source.variant or release.pypi[platform], platform)
                tag = _tag(platform, glibc, macos)
                yield _wheel("torch", f"{release.version}{local}", python, tag, source)


def _tensorflow_wheels(release: TensorflowRelease, platforms: Sequence[str]) -> Iterator[Wheel]:
    oldest_macos = Version("12.0")
    for platform in platforms:
        tag = _tag(platform, release.glibc, oldest_macos)
        for python in release.pythons(platform):
            yield _wheel("tensorflow", str(release.version), python, tag, PYPI)
        for python in release.cpu_pythons(platform):
            yield _wheel("tensorflow-cpu", str(release.version), python, tag, PYPI)


def _tag(platform: str, glibc: Version, macos: Version) -> str:
    return _TAGS[platform].format(
        glibc="_".join(map(str, glibc.release)), macos="_".join(map(str, macos.release))
    )


def _wheel(project: str, version: str, python: str, tag: str, source: Source) -> Wheel:
    abi = f"cp{python.replace('.', '')}"
    filename = f"{project.replace('-', '_')}-{version}-{abi.removesuffix('t')}-{abi}-{tag}.whl"
    return Wheel(
        project=project,
        version=version,
        filename=filename,
        url=f"{source.location}/{project}/{filename}",
        source=source,
    )
