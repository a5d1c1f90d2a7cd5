import doctest
import importlib

import pytest

MODULES = ("host", "memory", "surroundings", "pci", "nvidia_answers", "amd")


@pytest.mark.parametrize("name", MODULES)
def test_samples_in_docstrings(name):
    result = doctest.testmod(importlib.import_module(f"scaffold.machine.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
