"""What one file of Python says, without being run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from scaffold.probing.sources.model import Import, Source
from scaffold.probing.sources.parsing import parsed
from scaffold.probing.sources.spawning import unguarded


def source_of(path: str, text: str) -> Source | None:
    r"""A file of Python; None where it cannot be parsed.

    >>> found = source_of("a.py", "import torch.nn\nif __name__ == '__main__':\n    from src import x\n")
    >>> [one.module for one in found.imports], found.guarded
    (['torch.nn', 'src'], True)
    """
    tree = parsed(text)
    return None if tree is None else source_in(path, text, tree)


def source_in(path: str, text: str, tree: ast.Module) -> Source:
    """What a file says that was parsed already."""
    return Source(
        path=path,
        imports=tuple(_imports(tree.body, optional=False)),
        relative=_relative(tree),
        guarded=any(is_guard(one) for one in tree.body),
        spawns=tuple(unguarded(tree)) if _may_spawn(text) else (),
        start_method=_start_method(tree) if "start_method" in text else "",
    )


#: Without one of these words no process is started; most files have none. Pools and processes come from a
#: module that is imported by its name, whatever it is called then.
_WORDS = ("num_workers", "num_proc", "multiprocessing", "concurrent", "workers=", "Process(")


def _may_spawn(text: str) -> bool:
    return any(word in text for word in _WORDS)


def is_guard(node: ast.AST) -> bool:
    """``if __name__ == "__main__":``, in either order, alone or with more conditions."""
    if not isinstance(node, ast.If):
        return False
    names = {one.id for one in ast.walk(node.test) if isinstance(one, ast.Name)}
    values = {one.value for one in ast.walk(node.test) if isinstance(one, ast.Constant)}
    return "__name__" in names and "__main__" in values


def _imports(statements: Sequence[ast.stmt], *, optional: bool) -> Iterator[Import]:
    for one in statements:
        if isinstance(one, ast.Import):
            yield from (Import(module=a.name, line=one.lineno, optional=optional) for a in one.names)
        elif isinstance(one, ast.ImportFrom):
            if one.module and not one.level:
                yield Import(module=one.module, line=one.lineno, optional=optional)
        else:
            softer = optional or not (is_guard(one) or isinstance(one, (ast.With, ast.ClassDef)))
            for below in _blocks(one):
                yield from _imports(below, optional=softer)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield from (block for block in (getattr(statement, name, None),) if isinstance(block, list))
    yield from (one.body for one in getattr(statement, "handlers", ()))


def _relative(tree: ast.Module) -> int:
    lines = (one.lineno for one in tree.body if isinstance(one, ast.ImportFrom) and one.level)
    return next(lines, 0)


def _start_method(tree: ast.Module) -> str:
    """What ``set_start_method`` is called with, wherever."""
    for node in ast.walk(tree):
        called = isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name))
        if called and isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name == "set_start_method" and isinstance(first, ast.Constant):
                return str(first.value)
    return ""
