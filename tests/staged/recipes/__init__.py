"""The recipes, one file a subject, each with a tuple RECIPES."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tests.staged import Recipe


def recipes() -> list[Recipe]:
    """Every recipe, file by file."""
    return [
        recipe
        for found in sorted(iter_modules(__path__), key=lambda one: one.name)
        for recipe in import_module(f"{__name__}.{found.name}").RECIPES
    ]
