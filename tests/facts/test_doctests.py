import doctest
import importlib

import pytest

MODULES = (
    "devices",
    "distributions",
    "driver",
    "gpus",
    "numbers",
    "others",
    "pci",
    "read",
    "scrub",
    "told",
    "windows",
)


@pytest.mark.parametrize("name", MODULES)
def test_samples_in_docstrings(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"scaffold.facts.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
