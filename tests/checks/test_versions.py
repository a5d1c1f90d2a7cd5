"""Versions told loosely are compared without ever raising, and an unknown one is neither old nor new."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.checks.versions import at_least, below, major, minor, release, within


@pytest.mark.parametrize(
    ("text", "specifier", "answer"),
    [
        ("2.3.1", "~=2.3.0", True),
        ("2.4.0", "~=2.3.0", False),
        ("2.3", "!=2.3.0", False),
        ("2.3.1", "<=2.3", False),
        ("2.3", "<=2.3", True),
        ("2.3.1", ">2.3", True),
        (">=2.4", ">=2.3,<2.5", True),
        ("<2", "<2", True),
        ("<=2", "<2", None),
        ("<2", ">=1", None),
        ("==2.3.*", "<2.4", True),
        ("==2.3.*", "<2.3.1", None),
        ("3.x", ">=3", True),
        ("2.8", "==2.8", True),
        ("?", ">=1", None),
        ("1.13.0.dev20220525", ">=1.13", True),
        ("2.25.1+cuda12.2", ">=2.25.1", True),
        ("1.12.1.post200", "==1.12.1", True),
    ],
)
def test_a_specifier(text, specifier, answer) -> None:
    assert within(text, specifier) is answer


@given(st.text(max_size=300), st.text(alphabet="<>=!~.,0123456789x* ", max_size=40))
def test_garbage_is_unknown_or_judged(text, other) -> None:
    for answer in (at_least(text, other), below(text, other), within(text, other), within(other, text)):
        assert answer in (True, False, None)
    assert minor(text) is None or len(minor(text) or ()) == 2
    assert release(text) is None or isinstance(release(text), tuple)
    assert major(text) is None or isinstance(major(text), int)


@given(st.integers(0, 9), st.integers(0, 30), st.integers(0, 9), st.integers(0, 30))
def test_a_version_is_at_least_or_below(first, second, third, fourth) -> None:
    text, other = f"{first}.{second}", f"{third}.{fourth}"
    assert at_least(text, other) is ((first, second) >= (third, fourth))
    assert below(text, other) is not at_least(text, other)
