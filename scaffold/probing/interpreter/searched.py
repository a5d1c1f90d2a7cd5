"""What the folders of PYTHONPATH hold that every Python then imports in place of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from scaffold.probing.interpreter.model import OnPath
from scaffold.system import System

#: More folders than this, and more names of one, say no more.
_FOLDERS, _NAMES = 20, 20

#: Modules of the stack. As packages they may be meant: only a file of that name is looked for.
_STACK = frozenset(
    ("torch", "torchvision", "tensorflow", "keras", "jax", "numpy", "pandas", "scipy", "sklearn")
)


def on_path(system: System) -> tuple[OnPath, ...]:
    """Each folder that the variable names, as it is written there; relative ones are passed over."""
    windows = system.platform.os == "windows"
    kind, separator = (PureWindowsPath, ";") if windows else (PurePosixPath, ":")
    written = system.environment.get("PYTHONPATH", "").split(separator)
    folders = [one for one in dict.fromkeys(written) if kind(one).is_absolute()]
    return tuple(_looked_at(system, one) for one in folders[:_FOLDERS])


def _looked_at(system: System, folder: str) -> OnPath:
    names = system.list_folder(folder)
    found = sorted(_shadows(system, folder, names))
    return OnPath(folder=folder, there=bool(names) or system.exists(folder), files=tuple(found[:_NAMES]))


def _shadows(system: System, folder: str, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        module = name.removesuffix(".py")
        own = module in sys.stdlib_module_names
        if name.endswith(".py") and (own or module in _STACK):
            yield name
        elif own and module == name and system.exists(Path(folder) / name / "__init__.py"):
            yield f"{name}/"
