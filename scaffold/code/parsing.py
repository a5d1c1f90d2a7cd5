"""Python code, parsed without being run."""

from __future__ import annotations

import ast
import warnings


def parsed(text: str) -> ast.Module | None:
    r"""The tree of a file; None for what is no Python of this version, or nested beyond what it takes.

    >>> parsed("print 'hello'") is None, parsed("x = 1") is None, parsed("\0") is None
    (True, False, True)
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes: the user's linter says so
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
