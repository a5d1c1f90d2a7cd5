"""Reading TOML: one error for whatever cannot be read."""

from __future__ import annotations

import pytest

from scaffold.toml import TOMLDecodeError, loads


@pytest.mark.parametrize("text", ["x = " + "[" * 100_000, "x = " + "{a = " * 100_000, "x =", "x = [1"])
def test_whatever_cannot_be_read_is_one_error(text: str) -> None:
    with pytest.raises(TOMLDecodeError) as problem:
        loads(text)
    assert str(problem.value)
