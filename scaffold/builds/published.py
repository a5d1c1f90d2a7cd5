"""What was published, by the tables: what a choice rests on where no source was asked."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.rows import TensorflowRelease, Torch, TorchRelease
from scaffold.sources.model import Listing, Offers, Source, SourceSettings, Wheel
from scaffold.sources.settings import DEFAULT_INDEX

PYPI = Source(kind="index", location=DEFAULT_INDEX.value)
PYTORCH = "https://download.pytorch.org/whl"

#: Platform tags of wheels, by the tables' platforms; {glibc} and {macos} are a release's own.
_TAGS = {
    "linux_x86_64": "manylinux_{glibc}_x86_64",
    "linux_aarch64": "manylinux_{glibc}_aarch64",
    "windows_x86_64": "win_amd64",
    "macos_arm64": "macosx_{macos}_arm64",
    "macos_x86_64": "macosx_10_9_x86_64",
}


def published() -> Offers:
    """Every wheel that the tables know of, on PyPI and in PyTorch's index."""
    torch, tensorflow = tables.torch(), tables.tensorflow()
    wheels = [wheel for release in torch.releases for wheel in _torch_wheels(torch, release)]
    wheels += [wheel for release in tensorflow.releases for wheel in _tensorflow_wheels(release)]
    settings = SourceSettings(index=DEFAULT_INDEX)
    sources = dict.fromkeys((wheel.source, wheel.project) for wheel in wheels)
    return Offers(
        settings=settings,
        listings=tuple(
            Listing(
                source=source,
                project=project,
                outcome="ok",
                wheels=tuple(one for one in wheels if (one.source, one.project) == (source, project)),
            )
            for source, project in sources
        ),
    )


def _torch_wheels(table: Torch, release: TorchRelease) -> Iterator[Wheel]:
    for platform in release.pypi:
        tag = _tag(platform, release.glibc, release.macos)
        known = table.variants(platform)
        variants = [name for name in known if table.kernels_of(release.version, name, platform)]
        for python in release.python:
            yield _wheel("torch", str(release.version), python, tag, PYPI)
            for variant in (*variants, "cpu") if not platform.startswith("macos") else ():
                source = Source(kind="pytorch", location=f"{PYTORCH}/{variant}", variant=variant)
                yield _wheel("torch", f"{release.version}+{variant}", python, tag, source)


def _tensorflow_wheels(release: TensorflowRelease) -> Iterator[Wheel]:
    oldest_macos = Version("12.0")
    for platform in ("linux_x86_64", "linux_aarch64", "windows_x86_64", "macos_arm64"):
        tag = _tag(platform, release.glibc, oldest_macos)
        for python in release.python:
            yield _wheel("tensorflow", str(release.version), python, tag, PYPI)
            if platform in {"linux_x86_64", "windows_x86_64"}:
                yield _wheel("tensorflow-cpu", str(release.version), python, tag, PYPI)


def _tag(platform: str, glibc: Version, macos: Version) -> str:
    return _TAGS[platform].format(
        glibc="_".join(map(str, glibc.release)), macos="_".join(map(str, macos.release))
    )


def _wheel(project: str, version: str, python: str, tag: str, source: Source) -> Wheel:
    interpreter = f"cp{python.replace('.', '')}"
    filename = f"{project.replace('-', '_')}-{version}-{interpreter}-{interpreter}-{tag}.whl"
    return Wheel(
        project=project,
        version=version,
        filename=filename,
        url=f"{source.location}/{project}/{filename}",
        source=source,
    )
