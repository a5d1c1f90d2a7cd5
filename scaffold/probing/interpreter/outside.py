"""The user's own site-packages, which a bare or a conda Python imports from before its own (PEP 370)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from scaffold.probing.interpreter.model import Outside
from scaffold.system import System

#: What a stack for deep learning is made of: half of it from elsewhere is what breaks.
STACK = frozenset(
    {"accelerate", "bitsandbytes", "datasets", "flash-attn", "h5py", "huggingface-hub", "jax", "jaxlib"}
    | {"ml-dtypes", "mkl", "numpy", "opencv-python", "opencv-python-headless", "pandas", "peft", "pillow"}
    | {"protobuf", "safetensors", "scikit-learn", "scipy", "tensorboard", "tensorflow", "tensorflow-cpu"}
    | {"tensorflow-gpu", "tf-keras", "timm", "tokenizers", "torch", "torchaudio", "torchvision"}
    | {"keras", "transformers", "triton", "typing-extensions", "xformers"}
)  # fmt: skip

#: Those that bring the computing along.
FRAMEWORKS = frozenset({"jax", "jaxlib", "keras", "tensorflow", "tensorflow-cpu", "tensorflow-gpu", "torch"})

_METADATA = re.compile(r"(?P<name>[A-Za-z0-9][\w.]*?)-(?P<version>\d[^-]*)(?:-py3[\d.]*)?\.(?:dist|egg)-info")


def listed(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Name and version of every distribution in a folder's listing.

    >>> list(listed(["numpy-2.1.0.dist-info", "numpy", "ml_dtypes-0.5.0.dist-info"]))
    [('numpy', '2.1.0'), ('ml-dtypes', '0.5.0')]
    """
    for name in names:
        found = _METADATA.fullmatch(name)
        if found is not None:
            yield re.sub(r"[-_.]+", "-", found["name"]).lower(), found["version"]


def user_site(system: System, minor: str, manager: str) -> str:
    """Where pip installs to with ``--user`` for a Python of that version; "" where that is unknown."""
    if not minor or system.home is None:
        return ""
    base = system.environment.get("PYTHONUSERBASE", "")
    undotted = minor.replace(".", "")
    if system.platform.os == "windows":
        return _on_windows(system, undotted, base, manager)
    if system.platform.os == "macos" and not base and manager in ("python.org", "xcode", "homebrew"):
        return str(system.home / "Library" / "Python" / minor / "lib" / "python" / "site-packages")
    return str(Path(base or system.home / ".local") / "lib" / f"python{minor}" / "site-packages")


def _on_windows(system: System, undotted: str, base: str, manager: str) -> str:
    roaming, local = system.environment.get("APPDATA", ""), system.environment.get("LOCALAPPDATA", "")
    if manager == "store" and not base:
        name = f"PythonSoftwareFoundation.Python.{undotted[0]}.{undotted[1:]}_qbz5n2kfra8p0"
        root = Path(local) / "Packages" / name / "LocalCache" / "local-packages" if local else None
    else:
        root = Path(base) if base else Path(roaming) / "Python" if roaming else None
    return str(root / f"Python{undotted}" / "site-packages") if root is not None else ""


def outside(system: System, folder: str, own: Iterable[str]) -> tuple[Outside, ...]:
    """What of a stack lies in the user's site-packages, and which versions of ``own`` folders it hides."""
    if not folder:
        return ()
    theirs = {name: version for name, version in listed(system.list_folder(folder)) if name in STACK}
    if not theirs:
        return ()
    inside: dict[str, str] = {}
    for place in own:
        inside = {**dict(listed(system.list_folder(place))), **inside}
    return tuple(
        Outside(name=name, version=version, location=folder, hidden=inside.get(name, ""))
        for name, version in sorted(theirs.items())
    )
