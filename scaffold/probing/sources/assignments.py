"""Environment variables that Python code sets, and what is imported before that."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One variable that code sets."""

    name: str
    value: str | None  # None where it is computed
    line: int
    after: tuple[str, ...] = ()  # modules that are imported before: earlier in the file, or at its top


def assignments(tree: ast.Module) -> Iterator[Assignment]:
    """``os.environ[...] = ...``, ``setdefault``, ``update``, ``putenv``, in the order of their lines."""
    nodes = list(_nodes(tree))
    imports = list(_imports(nodes))
    for node, inside in nodes:
        for name, value in filter(lambda one: one[0], _set_by(node)):
            line = getattr(node, "lineno", 0)
            # what a function does, it does when the module's own imports are done
            before = tuple(module for where, module, deep in imports if where < line or (inside and not deep))
            yield Assignment(name=name, value=value, line=line, after=before)


def _nodes(tree: ast.Module) -> Iterator[tuple[ast.AST, bool]]:
    """Every statement and call, in the order of the text, and whether a function holds it."""
    waiting: list[tuple[ast.AST, bool]] = [(one, False) for one in reversed(tree.body)]
    while waiting:
        node, inside = waiting.pop()
        if isinstance(node, (ast.stmt, ast.Call)):
            yield node, inside
        deeper = inside or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        waiting.extend((child, deeper) for child in reversed(list(ast.iter_child_nodes(node))))


def _imports(nodes: Sequence[tuple[ast.AST, bool]]) -> Iterator[tuple[int, str, bool]]:
    """Line, module, and whether a function imports it."""
    for node, inside in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module, inside


def _set_by(node: ast.AST) -> Iterator[tuple[str, str | None]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Subscript) and _is_environment(target.value):
                yield _text(target.slice) or "", _text(node.value)
    elif isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name)):
        yield from _by_call(node)


def _by_call(node: ast.Call) -> Iterator[tuple[str, str | None]]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if called == "putenv" and len(node.args) == 2:
        yield _text(node.args[0]) or "", _text(node.args[1])
    if not isinstance(node.func, ast.Attribute) or not _is_environment(node.func.value):
        return
    if called == "setdefault" and len(node.args) == 2:
        yield _text(node.args[0]) or "", _text(node.args[1])
    if called == "update":
        yield from ((one.arg, _text(one.value)) for one in node.keywords if one.arg)
        for table in node.args:
            if isinstance(table, ast.Dict):
                yield from (
                    (_text(k) or "", _text(v)) for k, v in zip(table.keys, table.values, strict=True) if k
                )


def _is_environment(node: ast.AST) -> bool:
    """``os.environ``, or ``environ`` as it was imported."""
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or (
        isinstance(node, ast.Name) and node.id == "environ"
    )


def _text(node: ast.AST) -> str | None:
    return str(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, (str, int)) else None
