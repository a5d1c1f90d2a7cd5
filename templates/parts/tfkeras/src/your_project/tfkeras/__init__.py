"""The Keras side of the project. A folder called keras would hide the real one from files run in it."""

from __future__ import annotations

from .backend import importing, set_backend

__all__ = ["importing"]

# Keras reads its backend once, when it is imported; every module of this package comes after this line.
set_backend()
