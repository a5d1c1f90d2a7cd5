"""What one file of Python says, without being run."""

from __future__ import annotations

import ast

from scaffold.code.parsing import parsed
from scaffold.code.statements import imports, is_guard
from scaffold.probing.sources.model import Source
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
        imports=tuple(imports(tree.body)),
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
