"""A project's source as far as breakpoints need it: which files a program is made of, where its lines are.

Nothing is imported or run. A file that this Python cannot parse is passed over.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from scaffold.system import System

Function = ast.FunctionDef | ast.AsyncFunctionDef

#: Files that are read at most: more is no project of one person's, and reading takes time.
FILE_LIMIT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file and its syntax tree."""

    path: Path
    tree: ast.Module


def parse(path: Path, system: System) -> Source | None:
    """A file's syntax tree; None where it cannot be read or parsed."""
    text = system.read_text(path)
    try:
        return None if text is None else Source(path=path, tree=ast.parse(text.lstrip("\ufeff")))
    except (SyntaxError, ValueError, RecursionError):
        return None


def find_module(name: str, roots: Sequence[Path], system: System) -> Path | None:
    """The file that ``python -m name`` runs, looked for in ``roots`` in their order."""
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    for root in roots:
        place = root.joinpath(*parts)
        for path in (place / "__main__.py", place.with_name(place.name + ".py")):
            if system.exists(path):
                return path
    return None


def program_files(entry: Path, roots: Sequence[Path], system: System) -> Iterator[Source]:
    """The entry, its neighbours in a package, and what those import: nearest first, `FILE_LIMIT` at most.

    Imports inside functions count. What is imported by a computed name is found only among neighbours: a
    package that holds one framework's half of a project is found by the programs that lie in it.
    """
    waiting, seen = [entry, *_neighbours(entry, system)], set[Path]()
    while waiting and len(seen) < FILE_LIMIT:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        source = parse(path, system)
        if source is not None:
            yield source
            waiting += _imported(source, roots, system)


def _neighbours(entry: Path, system: System) -> list[Path]:
    names = system.list_folder(entry.parent)
    if "__init__.py" not in names:
        return []
    return [entry.parent / name for name in names if name.endswith(".py")]


def _imported(source: Source, roots: Sequence[Path], system: System) -> Iterator[Path]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            places = [root.joinpath(*one.name.split(".")) for one in node.names for root in roots]
        elif isinstance(node, ast.ImportFrom):
            package = _packages(source.path, node, roots)
            places = [*package, *(home / one.name for home in package for one in node.names)]
        else:
            continue
        for place in places:
            for path in (place.with_name(place.name + ".py"), place / "__init__.py"):
                if system.exists(path):
                    yield path


def _packages(path: Path, node: ast.ImportFrom, roots: Sequence[Path]) -> list[Path]:
    parts = node.module.split(".") if node.module else []
    homes = [path.parents[node.level - 1]] if 0 < node.level <= len(path.parents) else list(roots)
    return [home.joinpath(*parts) for home in homes if parts or node.level]


def functions(tree: ast.AST, within: str = "") -> Iterator[tuple[str, Function]]:
    """Every function with its qualified name: ``Training.epoch``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield within + node.name, node
            yield from functions(node, f"{within}{node.name}.")
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{within}{node.name}.")
        else:
            yield from functions(node, within)


def first_statement(body: Sequence[ast.stmt]) -> ast.stmt:
    """The first statement that does something: behind a docstring and declarations."""
    for statement in body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not is_text and not isinstance(statement, ast.Global | ast.Nonlocal):
            return statement
    return body[-1]


def lines_with_code(path: Path, system: System) -> frozenset[int]:
    """The lines on which a breakpoint can be reached; empty where this Python cannot tell."""
    text = system.read_text(path)
    try:
        code = compile(text or "", str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(line for one in _codes(code) for _, _, line in one.co_lines() if line)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
