"""TOML reading: the standard library's from Python 3.11, the same code as a package before."""

from __future__ import annotations

import sys
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib as _library
    from tomllib import TOMLDecodeError
else:
    import tomli as _library
    from tomli import TOMLDecodeError

__all__ = ["TOMLDecodeError", "loads"]


class _TooDeep(TOMLDecodeError):
    """Brackets in brackets without end: the libraries' own reader runs out of stack."""

    def __init__(self) -> None:
        ValueError.__init__(self, "nested too deep")


def loads(text: str) -> dict[str, Any]:
    """As ``tomllib.loads``; whatever it cannot read is a TOMLDecodeError.

    >>> loads("lr = 0.1")
    {'lr': 0.1}
    """
    try:
        return _library.loads(text)
    except RecursionError as problem:
        raise _TooDeep from problem
