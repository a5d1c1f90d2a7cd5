"""Look shared libraries up: folder by folder, in the order of the loader; none of them is loaded."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from scaffold.probing.libraries import folders, windows
from scaffold.probing.libraries.compiled import executable_stacks, own_first, standard
from scaffold.probing.libraries.model import Library, LibraryFacts, Missing
from scaffold.probing.libraries.releases import of_tensorflow
from scaffold.probing.packages.places import Location, locations
from scaffold.probing.scene import Scene

_XLA = re.compile(r"--xla_gpu_cuda_data_dir=(\S+)")
_LIBDEVICE = Path("nvvm/libdevice/libdevice.10.bc")

#: Distributions of TensorFlow whose builds for Linux use CUDA.
_FOR_GPU = re.compile(r"(?:tensorflow|tensorflow_gpu|tf_nightly)-(?P<version>\d[\w.]*)\.dist-info")


def probe(scene: Scene) -> LibraryFacts:
    """The facts for a target; never starts anything of it."""
    places = locations(scene)
    if scene.system.platform.os == "windows":
        return windows.probe(scene, places)
    packaged = tuple(folders.by_packages(scene, places))
    if scene.system.platform.os == "macos":
        environment = tuple(folders.by_environment(scene))
        return LibraryFacts(copies=(*packaged, *environment))
    found = _in_order(
        (*folders.by_variable(scene), *packaged, *folders.by_environment(scene), *folders.by_system(scene))
    )
    tensorflow = _tensorflow(scene, places)
    data_folder = _data_folder(scene)
    seen = _libdevice(scene, places, data_folder) if tensorflow else None
    return LibraryFacts(
        copies=found,
        missing=_missing(*tensorflow, found) if tensorflow and scene.machine.usable("nvidia") else (),
        search=folders.variable_folders(scene.system),
        own_first=own_first(scene, places),
        standard=standard(scene, places, found),
        libdevice=seen[0] if seen else None,
        libdevice_elsewhere=seen[1] if seen else (),
        data_folder=data_folder,
        toolkit=_toolkit(scene),
        executable_stack=executable_stacks(scene, places),
    )


def _in_order(found: tuple[Library, ...]) -> tuple[Library, ...]:
    """Each file once, where the loader comes to it first."""
    by_path: dict[str, Library] = {}
    for one in found:
        by_path.setdefault(one.path, one)
    return tuple(by_path.values())


def _tensorflow(scene: Scene, places: tuple[Location, ...]) -> tuple[str, Path] | None:
    """The version of a TensorFlow with CUDA, and its folder; None where there is none."""
    for place in places:
        for name in scene.system.list_folder(place.path):
            match = _FOR_GPU.fullmatch(name)
            if match is None:
                continue
            info = place.path / "tensorflow/python/platform/build_info.py"
            text = scene.system.read_text(info) or ""
            if re.search(r"'is_cuda_build'\s*[,:]\s*False", text):
                return None
            return match["version"], place.path
    return None


def _missing(version: str, site: Path, found: tuple[Library, ...]) -> tuple[Missing, ...]:
    """What this TensorFlow opens for a GPU and does not find."""
    row = of_tensorflow(version)
    if row is None:
        return ()
    usable = {one.name for one in found if one.via != "folder" and (row.wheels or one.via != "package")}
    return tuple(
        Missing(
            name=name,
            needed_by=f"tensorflow {version}",
            instead=_instead(name, found),
            where=f"{site / 'nvidia'}, LD_LIBRARY_PATH, ldconfig -p",
        )
        for name in row.names
        if name not in usable
    )


def _instead(name: str, found: tuple[Library, ...]) -> str:
    """Another version of a library, or the same one in a folder where nobody looks."""
    family = name.partition(".")[0]
    same = next((one.path for one in found if one.name == name), "")
    return same or next((one.path for one in found if one.family == family), "")


def _data_folder(scene: Scene) -> str:
    match = _XLA.search(scene.system.environment.get("XLA_FLAGS", ""))
    return match[1] if match else ""


def _libdevice(
    scene: Scene, places: tuple[Location, ...], named: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where libdevice.10.bc lies: where XLA looks, and elsewhere."""
    sites = [one.path for one in places]
    toolkits = [one.parent for one in folders.toolkit_folders(scene.system)]
    searched = [
        *([Path(named)] if named else ()),
        *toolkits,
        *(site / "nvidia" / name for site in sites for name in ("cuda_nvcc", "cu13")),
        scene.target.folder / "cuda_sdk_lib",
        scene.target.folder,
    ]
    others = [Path("/opt/cuda"), Path("/usr/lib/cuda"), Path("/usr/lib/nvidia-cuda-toolkit")]
    if scene.target.prefix is not None:
        others.insert(0, scene.target.prefix)
        others.insert(1, scene.target.prefix / "targets/x86_64-linux")
    there = partial(filter, scene.system.exists)
    seen = tuple(str(one) for one in there(folder / _LIBDEVICE for folder in searched))
    loose = scene.target.folder / _LIBDEVICE.name
    if scene.system.exists(loose):
        seen = (*seen, str(loose))
    return seen, tuple(str(one) for one in there(folder / _LIBDEVICE for folder in others))


def _toolkit(scene: Scene) -> str:
    """The version of /usr/local/cuda, by the file that says so, or by what it links to."""
    text = scene.system.read_text("/usr/local/cuda/version.json") or ""
    match = re.search(r'"cuda"\s*:\s*\{[^}]*"version"\s*:\s*"([\d.]+)"', text)
    link = scene.system.resolve_link("/usr/local/cuda") or ""
    named = re.search(r"cuda-(\d+\.\d+)", link)
    return match[1] if match else named[1] if named else ""
