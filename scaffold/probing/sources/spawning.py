"""Code that starts processes while its file is imported.

Where processes are spawned (Windows, macOS, since Python 3.14 Linux: forkserver), each child imports the
script again; without ``if __name__ == "__main__":`` it comes to the same line, and Python refuses.
Source: the multiprocessing module's "Safe importing of main module"; read 2026-11-22.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scaffold.probing.sources.model import Spawning

#: What takes loaders and iterates over them.
_USERS = frozenset(
    ("fit", "train", "evaluate", "predict", "test", "validate", "iter", "enumerate", "tqdm", "next")
)

#: What is done with a loader without starting anything.
_HARMLESS = frozenset(
    ("len", "print", "type", "isinstance", "id", "str", "repr", "prepare", "append", "range")
)

_POOLS = frozenset(("Pool", "ProcessPoolExecutor", "Manager"))
_OF_PROCESSES = ("multiprocessing", "mp", "concurrent.futures", "futures", "torch.multiprocessing", "")
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTION, ast.ClassDef, ast.Lambda)


@dataclass(slots=True)
class _Known:
    """What is known of a file while its functions are looked at."""

    numbers: Mapping[str, int]
    pools: frozenset[str]  # names that start processes, as the file imports them
    starting: dict[str, Spawning] = field(default_factory=dict)  # functions of the file
    giving: set[str] = field(default_factory=set)  # functions that return loaders


def unguarded(tree: ast.Module) -> Iterator[Spawning]:
    """What is started at the top level of a file, directly or through its own functions; each line once."""
    known = _Known(numbers=_numbers(tree), pools=_pool_names(tree))
    functions = [one for one in tree.body if isinstance(one, _FUNCTION)]
    for _ in range(3):  # functions that call functions
        for function in functions:
            started, loaders = _in_scope(function.body, known)
            if started and function.name not in known.starting:
                known.starting[function.name] = started[0]
            elif any(_gives(one, loaders, known) for one in ast.walk(function)):
                known.giving.add(function.name)
    found, _ = _in_scope(tree.body, known)
    yield from {one.line: one for one in found}.values()


def _in_scope(statements: list[ast.stmt], known: _Known) -> tuple[list[Spawning], dict[str, Spawning]]:
    """What these statements start, and the loaders that they keep by name."""
    nodes = list(_nodes(statements))
    loaders: dict[str, Spawning] = {}
    for node in nodes:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            loader = _loader_in(node.value, known)
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [one.id for t in targets for one in ast.walk(t) if isinstance(one, ast.Name)]
            loaders |= dict.fromkeys(names, loader) if loader else {}
    found = [one for node in nodes for one in _started(node, loaders, known)]
    return found, loaders


def _gives(node: ast.AST, loaders: Mapping[str, Spawning], known: _Known) -> bool:
    """Whether it returns a loader."""
    if not isinstance(node, ast.Return) or node.value is None:
        return False
    return bool(_loader_in(node.value, known) or _mentioned(node.value, loaders))


def _nodes(statements: list[ast.stmt]) -> Iterator[ast.AST]:
    """Everything in a scope: not what it defines, not what the guard keeps from children."""
    waiting: list[ast.AST] = list(reversed(statements))
    while waiting:
        node = waiting.pop()
        if isinstance(node, _DEFINITIONS) or _is_guard(node):
            continue
        yield node
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def _is_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and any(
        isinstance(one, ast.Constant) and one.value == "__main__" for one in ast.walk(node.test)
    )


def _started(node: ast.AST, loaders: Mapping[str, Spawning], known: _Known) -> Iterator[Spawning]:
    if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        loader = _loader_in(node.iter, known) or _mentioned(node.iter, loaders)
        if loader is not None:
            yield loader
    elif isinstance(node, ast.Call):
        name, base = _called(node)
        if name in known.pools and base in _OF_PROCESSES:
            yield Spawning(what=f"{name}(...)", line=node.lineno)
        elif name == "Process" and base in _OF_PROCESSES and _keyword(node, "target") is not None:
            yield Spawning(what="Process(target=...)", line=node.lineno)
        elif name == "spawn" and base.endswith(("mp", "multiprocessing")):
            yield Spawning(what=f"{base}.spawn(...)", line=node.lineno)
        elif not base and name in known.starting:
            yield Spawning(what=f"{known.starting[name].what} in {name}()", line=node.lineno)
        else:
            yield from _by_arguments(node, name, base, loaders, known)


def _by_arguments(
    node: ast.Call, name: str, base: str, loaders: Mapping[str, Spawning], known: _Known
) -> Iterator[Spawning]:
    processes = _keyword(node, "num_proc")
    if name in ("map", "filter", "load_dataset") and processes is not None and _many(processes, known, 2):
        yield Spawning(what=f"{name}(num_proc={ast.unparse(processes)[:40]})", line=node.lineno)
    workers, several = _keyword(node, "workers"), _keyword(node, "use_multiprocessing")
    if name == "fit" and several is not None and workers is not None and _many(workers, known, 1):
        yield Spawning(what="fit(use_multiprocessing=True)", line=node.lineno)
    uses = name in _USERS or (not base and name not in _HARMLESS and not name[:1].isupper())
    handed = [*node.args, *(one.value for one in node.keywords)]
    loader = next(filter(None, (_mentioned(one, loaders) for one in handed)), None) if uses else None
    if loader is not None:
        yield loader


def _loader_in(expression: ast.AST, known: _Known) -> Spawning | None:
    """A loader with workers that an expression makes, or that a function of the file gives."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Call):
            name, base = _called(node)
            workers = _keyword(node, "num_workers") if name.endswith("Loader") else None
            if workers is not None and _many(workers, known, 1):
                return Spawning(what=f"{name}(num_workers={ast.unparse(workers)[:40]})", line=node.lineno)
            if not base and name in known.giving:
                return Spawning(what=f"the loaders of {name}()", line=node.lineno)
    return None


def _mentioned(expression: ast.AST, loaders: Mapping[str, Spawning]) -> Spawning | None:
    """The loader that an expression names; ``len(loader)`` starts nothing."""
    if isinstance(expression, ast.Call) and _called(expression)[0] in _HARMLESS:
        return None
    if isinstance(expression, ast.Attribute):
        return None  # loader.dataset
    if isinstance(expression, ast.Name):
        return loaders.get(expression.id)
    return next(filter(None, (_mentioned(one, loaders) for one in ast.iter_child_nodes(expression))), None)


def _many(value: ast.AST, known: _Known, least: int) -> bool:
    """Whether a number is, or may be, at least so much; ``0 if windows else 4`` knows what it does."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int) and value.value >= least
    if isinstance(value, ast.Name) and value.id in known.numbers:
        return known.numbers[value.id] >= least
    return not any(isinstance(one, ast.IfExp) for one in ast.walk(value))


def _called(node: ast.Call) -> tuple[str, str]:
    """Name and what stands before it: ``("Process", "mp")``."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr, ast.unparse(node.func.value)[:80]
    return (node.func.id, "") if isinstance(node.func, ast.Name) else ("", "")


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in node.keywords if one.arg == name), None)


def _numbers(tree: ast.Module) -> dict[str, int]:
    """``NUM_WORKERS = 2`` at the top level."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, int)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _pool_names(tree: ast.Module) -> frozenset[str]:
    """Pools of processes, unless the file takes that name from elsewhere (``multiprocessing.dummy``)."""
    others = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").endswith(("dummy", "pool", "torch_geometric.nn", "nn"))
        for alias in node.names
    }
    return _POOLS - others
