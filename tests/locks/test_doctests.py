"""The samples in the readers' docstrings are real."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name",
    ["conda", "fields", "markers", "packages", "poetry_lock", "pylock", "requirements", "uv_lock"],
)
def test_the_docstrings_samples_hold(name):
    result = doctest.testmod(importlib.import_module(f"scaffold.locks.{name}"))
    assert (result.attempted > 0, result.failed) == (True, 0)
