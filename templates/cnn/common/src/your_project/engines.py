"""Finds a framework's engine. The only place that knows which frameworks there are."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from .errors import ProjectError

if TYPE_CHECKING:
    from .engine import Engine

FOLDERS = {"pytorch": "pytorch", "keras": "tfkeras"}
CLASSES = {"pytorch": "PyTorchEngine", "keras": "KerasEngine"}


def find(framework: str) -> type[Engine]:
    """Import a framework's engine, which imports the framework."""
    module = f"{__package__}.{FOLDERS[framework]}.engine"
    try:
        engine: type[Engine] = getattr(importlib.import_module(module), CLASSES[framework])
    except ModuleNotFoundError as missing:
        raise ProjectError(
            f"{missing.name} is not installed for {sys.executable}: choose the project's interpreter,"
            " or install the project's requirements"
        ) from None
    return engine


def command(framework: str, program: str) -> str:
    """Return the command that runs a program, for messages."""
    return f"python -m {__package__}.{FOLDERS[framework]}.{program}"
