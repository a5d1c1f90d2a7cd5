"""What single statements say: imports, and the guard of a program."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One absolute import."""

    module: str  # src.models
    line: int = 0
    optional: bool = False  # in a ``try``, below TYPE_CHECKING, or in a function


def is_guard(node: ast.AST) -> bool:
    """``if __name__ == "__main__":``, in either order, alone or with more conditions."""
    if not isinstance(node, ast.If):
        return False
    names = {one.id for one in ast.walk(node.test) if isinstance(one, ast.Name)}
    values = {one.value for one in ast.walk(node.test) if isinstance(one, ast.Constant)}
    return "__name__" in names and "__main__" in values


def imports(statements: Sequence[ast.stmt], *, optional: bool = False) -> Iterator[Import]:
    """Every absolute import below these statements, as far as they are executed with the file."""
    for one in statements:
        if isinstance(one, ast.Import):
            yield from (Import(module=a.name, line=one.lineno, optional=optional) for a in one.names)
        elif isinstance(one, ast.ImportFrom):
            if one.module and not one.level:
                yield Import(module=one.module, line=one.lineno, optional=optional)
        else:
            softer = optional or not (is_guard(one) or isinstance(one, (ast.With, ast.ClassDef)))
            for below in _blocks(one):
                yield from imports(below, optional=softer)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield from (block for block in (getattr(statement, name, None),) if isinstance(block, list))
    yield from (one.body for one in getattr(statement, "handlers", ()))
