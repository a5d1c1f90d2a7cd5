"""The samples in docstrings are real: every module that has one is tried."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import scaffold

PACKAGE = Path(scaffold.__file__).parent
#: Found by reading, so that no list has to be kept, and modules without samples are not imported for it.
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if "_templates" not in path.parts and ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_samples_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert (result.attempted > 0, result.failed) == (True, 0)
