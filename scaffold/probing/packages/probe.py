"""Look installed distributions up by their metadata: a folder a distribution, no walk through their files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scaffold.probing.packages.metadata import parse_head
from scaffold.probing.packages.model import TENSORFLOWS, Package, PackageFacts, TensorFlowBuild, TorchBuild
from scaffold.probing.packages.names import normalised, parse_conda_record, parse_metadata_folder
from scaffold.probing.packages.places import Location, locations
from scaffold.probing.packages.saved_models import saved_models
from scaffold.probing.packages.tensorflow import parse_build_info
from scaffold.probing.packages.torch import parse_torch_version
from scaffold.probing.scene import Scene
from scaffold.system import System

#: Whose installer, wheel and own word about its version are read, too.
_KEY = frozenset(
    (
        "torch",
        "torchvision",
        "torchaudio",
        "numpy",
        "tensorflow",
        "tensorflow-cpu",
        "tensorflow-gpu",
        "tensorflow-intel",
        "keras",
        "jax",
        "jaxlib",
        "protobuf",
        "triton",
        "flash-attn",
        "xformers",
        "bitsandbytes",
        "transformers",
        "tokenizers",
        "h5py",
        "scipy",
        "pandas",
        "mkl",
    )
)

#: Where a package's code says its version in a file of its own.
_OWN_WORD = {
    "torch": "torch/version.py",
    "torchvision": "torchvision/version.py",
    "torchaudio": "torchaudio/version.py",
    "numpy": "numpy/version.py",
    "protobuf": "google/protobuf/__init__.py",
    "transformers": "transformers/__init__.py",
}

#: Conda's packages that decide something, whose channel is worth a look into their record.
_CONDA_KEY = frozenset(("pytorch", "mkl", "numpy", "tensorflow", "libtorch"))


def probe(scene: Scene) -> PackageFacts:
    """Every distribution that the target would find; starts nothing of it."""
    places = locations(scene)
    packages: list[Package] = []
    unreadable: list[str] = []
    leftovers: list[str] = []
    for place in places:
        names = scene.system.list_folder(place.path)
        leftovers += (str(place.path / name) for name in names if name.startswith("~"))
        for name in names:
            found = _package(scene.system, place, name)
            if found is None:
                continue
            packages.append(found)
            if not found.version:
                unreadable.append(str(place.path / name))
    conda = tuple(_conda(scene.system, scene.target.prefix)) if scene.target.prefix else ()
    folders = tuple(one.path for one in places)
    return PackageFacts(
        packages=tuple(packages),
        complete=any(not one.variable for one in places),
        places=tuple(map(str, folders)),
        conda=conda,
        torch=torch_build(scene.system, folders),
        tensorflow=_tensorflow(scene.system, folders, packages),
        models=saved_models(scene.system, scene.target.folder),
        unreadable=tuple(unreadable),
        leftovers=tuple(leftovers),
    )


def torch_build(system: System, folders: tuple[Path, ...]) -> TorchBuild | None:
    """What the torch that is imported says of itself; None where it is not installed or says nothing."""
    for folder in folders:
        source = folder / "torch" / "version.py"
        text = system.read_text(source)
        if text is not None:
            return parse_torch_version(text, str(source))
    return None


def _tensorflow(system: System, folders: tuple[Path, ...], packages: list[Package]) -> TensorFlowBuild | None:
    for folder in folders:
        source = folder / "tensorflow" / "python" / "platform" / "build_info.py"
        text = system.read_text(source)
        if text is None:
            continue
        owner = next(
            (one for one in packages if one.name in TENSORFLOWS and one.location == str(folder)), None
        )
        return parse_build_info(text, owner.version if owner else "", str(source))
    return None


def _package(system: System, place: Location, name: str) -> Package | None:
    parsed = parse_metadata_folder(name)
    if parsed is None:
        return None
    folder = place.path / name
    text = system.read_text(folder / ("PKG-INFO" if name.endswith(".egg-info") else "METADATA"))
    if text is None and name.endswith(".egg-info"):
        text = system.read_text(folder)  # distutils wrote one file, no folder
    head = parse_head(text or "")
    found = Package(
        name=normalised(head.name) if head.name else parsed[0],
        version=head.version or (parsed[1] if text is not None else ""),
        location=str(place.path),
        user_site=place.user_site,
        requires=head.requires,
        requires_python=head.requires_python,
    )
    return _closer(system, place.path, folder, found) if found.name in _KEY else found


def _closer(system: System, site: Path, folder: Path, found: Package) -> Package:
    """With what is only read of the packages that most depends on."""
    wheel = system.read_text(folder / "WHEEL") or ""
    direct = _object(system.read_text(folder / "direct_url.json"))
    details = direct.get("dir_info")
    own = _OWN_WORD.get(found.name)
    said = _version_in(system.read_text(site / own) or "") if own else ""
    return replace(
        found,
        installer=(system.read_text(folder / "INSTALLER") or "").strip()[:40].lower(),
        tags=tuple(re.findall(r"^Tag: *(\S+)", wheel, re.MULTILINE)),
        source=str(direct.get("url", ""))[:300],
        editable=isinstance(details, dict) and details.get("editable") is True,
        code_version=said,
    )


def _version_in(text: str) -> str:
    r"""The version that code says of itself.

    >>> _version_in('version = "1.26.4"\n__version__ = version\n'), _version_in("__version__ = '7.36.2'")
    ('1.26.4', '7.36.2')
    """
    match = re.search(r"^(?:__version__|version) *(?::[^=\n]+)?= *['\"](\d[^'\"]*)['\"]", text, re.MULTILINE)
    return match[1] if match else ""


def _object(text: str | None) -> dict[str, object]:
    try:
        value = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _conda(system: System, prefix: Path) -> Iterator[Package]:
    """Conda's own records; a record's JSON can be large, and is opened for a few."""
    folder = prefix / "conda-meta"
    for file in system.list_folder(folder):
        parsed = parse_conda_record(file)
        if parsed is None:
            continue
        name, version = parsed
        text = (system.read_text(folder / file) or "") if name in _CONDA_KEY else ""
        channel = re.search(r'"channel": *"([^"]+)"', text)
        yield Package(
            name=name,
            version=version,
            location=str(folder),
            installer="conda",
            channel=_short(channel[1]) if channel else "",
            source=file.removesuffix(".json"),
        )


def _short(channel: str) -> str:
    """The name of a channel by its address.

    >>> _short("https://conda.anaconda.org/pytorch/linux-64"), _short("https://repo.anaconda.com/pkgs/main/linux-64")
    ('pytorch', 'pkgs/main')
    """
    path = re.sub(r"^\w+://[^/]+/", "", channel)
    return re.sub(r"/(?:linux|osx|win|noarch)[^/]*$", "", path)[:60]
