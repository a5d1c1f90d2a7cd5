"""Every folder that the loader of Linux or macOS takes libraries from, in its order."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scaffold.probing.libraries.model import Library, Via
from scaffold.probing.libraries.names import asked_as, is_known, version_in, version_of_folder
from scaffold.probing.packages.places import Location, locations
from scaffold.probing.scene import Scene
from scaffold.system import System

#: ``nvidia_cudnn_cu12-9.1.0.70.dist-info``: the version of what its libraries' names do not tell.
_METADATA = re.compile(r"nvidia[_-](?P<what>\w+?)(?:[_-]cu\d+)?-(?P<version>[\d.]+)\.dist-info")

#: Libraries of CUDA 13's packages, which lie in one folder -> the distribution.
_FAMILIES = {
    "libcublas": "cublas",
    "libcublasLt": "cublas",
    "libcudart": "cuda_runtime",
    "libcufft": "cufft",
    "libcurand": "curand",
    "libcusolver": "cusolver",
    "libcusparse": "cusparse",
    "libnvJitLink": "nvjitlink",
    "libnvrtc": "cuda_nvrtc",
    "libnccl": "nccl",
    "libcudnn": "cudnn",
    "libcupti": "cuda_cupti",
}
#: Packages that bring a runtime of OpenMP of their own, and where.
_OPENMP_PLACES = ("torch/lib", "torch.libs", "sklearn/.dylibs", "scikit_learn.libs", "ctranslate2", "faiss")


def variable_folders(system: System) -> tuple[str, ...]:
    """The folders of LD_LIBRARY_PATH as they are written, "" for an empty one."""
    value = system.environment.get("LD_LIBRARY_PATH")
    return tuple(value.split(":")) if value else ()


def by_variable(scene: Scene) -> Iterator[Library]:
    """What LD_LIBRARY_PATH leads to, of this process and of the project's run configurations."""
    system = scene.system
    runs = (run for run in scene.ide.runs if not run.template) if scene.ide else ()
    values = [":".join(variable_folders(system))]
    values += (run.configuration.environment.get("LD_LIBRARY_PATH", "") for run in runs)
    for folder in dict.fromkeys(one for value in values for one in value.split(":")):
        if folder.startswith("/"):
            yield from in_folder(system, Path(folder), "variable")


def by_packages(scene: Scene, places: tuple[Location, ...] | None = None) -> Iterator[Library]:
    """What installed packages bring: nvidia-..., PyTorch's own, copies of OpenMP."""
    system = scene.system
    for place in locations(scene) if places is None else places:
        names = system.list_folder(place.path)
        if "nvidia" in names:
            yield from _nvidia(system, place.path, names)
        for inside in _OPENMP_PLACES:
            if inside.partition("/")[0] in names:
                owner = inside.partition("/")[0].removesuffix(".libs")
                for one in in_folder(system, place.path / inside, "package"):
                    yield replace(one, owner=owner)


def _nvidia(system: System, site: Path, names: tuple[str, ...]) -> Iterator[Library]:
    versions = {
        match["what"].lower(): match["version"] for name in names if (match := _METADATA.fullmatch(name))
    }
    for package in system.list_folder(site / "nvidia"):
        for one in in_folder(system, site / "nvidia" / package / "lib", "package"):
            what = package if package in versions else _FAMILIES.get(one.family, package)
            known = versions.get(what, "")
            yield replace(one, version=known or one.version, owner=f"nvidia-{what.replace('_', '-')}")


def by_environment(scene: Scene) -> Iterator[Library]:
    """The lib folder of a conda environment: its python names it in DT_RPATH."""
    prefix = scene.target.prefix
    if prefix is None or not scene.system.exists(prefix / "conda-meta"):
        return
    for inside in ("lib", "Library/bin"):
        yield from in_folder(scene.system, prefix / inside, "environment")


def by_system(scene: Scene) -> Iterator[Library]:
    """What the loader's cache holds (ldconfig -p), and what lies in a toolkit's folder unknown to it."""
    system = scene.system
    cache = system.run(("ldconfig", "-p"), timeout=3)
    if cache.outcome == "missing":
        cache = system.run(("/sbin/ldconfig", "-p"), timeout=3)
    for path in parse_cache(cache.stdout):
        name = path.rpartition("/")[2]
        if is_known(name):
            yield _library(system, path, name, "system")
    named = variable_folders(system)
    for folder in toolkit_folders(system):
        if str(folder) not in named:
            yield from in_folder(system, folder, "folder")


def toolkit_folders(system: System) -> Iterator[Path]:
    """Where CUDA toolkits put their libraries."""
    for name in system.list_folder("/usr/local"):
        if re.fullmatch(r"cuda(?:-\d+\.\d+)?", name):
            yield Path("/usr/local") / name / "lib64"


def parse_cache(text: str) -> Iterator[str]:
    r"""The paths that ``ldconfig -p`` lists.

    >>> line = "\tlibcudnn.so.8 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcudnn.so.8\n"
    >>> list(parse_cache("812 libs found in cache `/etc/ld.so.cache'\n" + line + "garbage"))
    ['/usr/lib/x86_64-linux-gnu/libcudnn.so.8']
    """
    for line in text.splitlines():
        name, arrow, path = line.strip().partition(" => ")
        if arrow and "(" in name and path.startswith("/"):
            yield path


def in_folder(system: System, folder: Path, via: Via) -> Iterator[Library]:
    """The libraries of a folder that rules ask about, each name once."""
    seen: set[str] = set()
    names = [name for name in system.list_folder(folder) if is_known(name)]
    for name in sorted(names, key=len):  # libcudnn.so.8 before the file that it links to
        asked = asked_as(name)
        if asked in seen or (asked.endswith(".so") and len(names) > 1):
            continue  # a name for linking says nothing of its own
        seen.add(asked)
        yield _library(system, str(folder / name), name, via)


def _library(system: System, path: str, name: str, via: Via) -> Library:
    what = "cudnn" if name.startswith("libcudnn") else "cuda"
    version = version_in(name) or version_in(_led_to(system, path)) or version_of_folder(path, what)
    return Library(name=asked_as(name), path=path, via=via, version=version)


def _led_to(system: System, path: str) -> str:
    """The name of the file at the end of a chain of links."""
    name = ""
    for _ in range(8):
        link = system.resolve_link(path)
        if not link:
            break
        path = os.path.normpath(Path(path).parent / link)
        name = path.rpartition("/")[2]
    return name
