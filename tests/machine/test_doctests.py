import doctest
import importlib

import pytest

MODULES = (
    "amd_nodes", "board", "host", "intel_answers", "masks", "memory", "nvidia_answers", "nvidia_contradictions",
    "nvidia_names", "nvidia_smi", "nvidia_traces", "pci", "registry", "surroundings",
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_samples_in_docstrings(name):
    result = doctest.testmod(importlib.import_module(f"scaffold.machine.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
