"""What a project can be started with: its programs, packages, entry points and tests."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scaffold.code.parsing import parsed
from scaffold.code.statements import imports, is_guard
from scaffold.projects.asking.tables import table, text
from scaffold.projects.discovery.contents import Contents, code
from scaffold.projects.discovery.layout import is_test
from scaffold.projects.model import RunConfiguration

#: More programs than these make a list that nobody reads.
MOST = 20

#: Characters of code that are parsed: about two seconds' work.
_PARSED = 4_000_000

#: What begins the name of a program that is started first.
_FIRST = ("train", "main", "app", "run")

#: Folders and files that hold no program of the project's.
_ASIDE = frozenset(("docs", "doc", "tests", "test"))
_TOOLS = frozenset(("setup.py", "conftest.py", "noxfile.py", "versioneer.py", "tasks.py", "fabfile.py"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Program:
    """One thing to start."""

    name: str  # the short one
    path: str  # its file
    module: str = ""  # "": started by its path


def runs(
    contents: Contents, document: Mapping[str, Any], sources: Sequence[str], tests: Sequence[str]
) -> tuple[tuple[RunConfiguration, ...], tuple[str, ...]]:
    """Run configurations with names that are told apart, the default one first; and notes for people.

    ``document`` is ``pyproject.toml``.
    """
    files = frozenset(code(contents))
    programs = [*_entry_points(contents, document, files, sources)]
    taken = {one.path for one in programs}
    programs += [one for one in _programs(contents, files, sources) if one.path not in taken]
    programs.sort(key=_rank)
    shown = programs[:MOST]
    rows = [_row(one, name) for one, name in zip(shown, _names(shown), strict=True)]
    if rows:
        rows[0] = replace(rows[0], default=True)
    more = len(programs) - len(shown)
    notes = (f"{more} more programs got no run configuration",) if more else ()
    return (*rows, *_tests(files, tests, {one.name.casefold() for one in rows})), notes


def _entry_points(
    contents: Contents, document: Mapping[str, Any], files: frozenset[str], sources: Sequence[str]
) -> Iterator[_Program]:
    """``[project.scripts]``, where the module that is named also does its work when it is started."""
    for name, value in table(table(document, "project"), "scripts").items():
        module = text(value).partition(":")[0].strip()
        for path in _files_of(module, sources):
            if path in files and (path.endswith("/__main__.py") or _is_program(contents.text(path))):
                yield _Program(name=name, path=path, module=module)
                break


def _files_of(module: str, sources: Sequence[str]) -> Iterator[str]:
    below = module.replace(".", "/")
    for root in (*sources, ""):
        start = f"{root}/{below}" if root else below
        yield from (f"{start}.py", f"{start}/__main__.py")


def _programs(contents: Contents, files: frozenset[str], sources: Sequence[str]) -> Iterator[_Program]:
    left = _PARSED
    trees: dict[str, ast.Module] = {}
    for path in code(contents):
        source = "" if _is_aside(path) else contents.text(path) or ""
        left -= len(source)
        tree = parsed(source) if source and left > 0 else None
        if tree is not None:
            trees[path] = tree
    imported = {one.module.partition(".")[0] for tree in trees.values() for one in imports(tree.body)}
    for path, tree in trees.items():
        guarded = any(is_guard(one) for one in tree.body)
        plain = "/" not in path and _stem(path) not in imported and any(_does(one) for one in tree.body)
        if guarded or plain or path.endswith("/__main__.py"):
            yield _program(path, files, sources)


def _program(path: str, files: frozenset[str], sources: Sequence[str]) -> _Program:
    module = _module(path, files, sources)
    name = module.rpartition(".")[2] if module and path.endswith("/__main__.py") else _stem(path)
    return _Program(name=name, path=path, module=module)


def _module(path: str, files: frozenset[str], sources: Sequence[str]) -> str:
    """The dotted name of a file that lies in a package: only so do its relative imports work."""
    root = next((f"{one}/" for one in sources if path.startswith(f"{one}/")), "")
    *folders, file = path.removeprefix(root).removesuffix(".py").split("/")
    above = ["/".join(folders[: depth + 1]) for depth in range(len(folders))]
    main = file == "__main__"  # its own folder needs no __init__.py
    whole = all(f"{root}{one}/__init__.py" in files for one in (above[:-1] if main else above))
    parts = folders if main else [*folders, file]
    return ".".join(parts) if folders and whole and all(map(str.isidentifier, parts)) else ""


def _is_program(source: str | None) -> bool:
    tree = parsed(source or "")
    return tree is not None and any(is_guard(one) for one in tree.body)


def _does(statement: ast.stmt) -> bool:
    """Whether a statement at the top of a file is work, and no definition: tutorials have no guard."""
    called = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return called or isinstance(statement, (ast.For, ast.While, ast.With))


def _is_aside(path: str) -> bool:
    *folders, file = path.split("/")
    return file in _TOOLS or is_test(path) or not _ASIDE.isdisjoint(folders)


def _rank(program: _Program) -> tuple[int, int, str]:
    """Less is better: what one starts first, then what lies further up."""
    return started_first(program.name), program.path.count("/"), program.path


def started_first(name: str) -> int:
    """Less is better: how a program is called that one starts before the others.

    >>> started_first("Train (PyTorch)") < started_first("main") < started_first("tests")
    True
    """
    return next((n for n, one in enumerate(_FIRST) if name.casefold().startswith(one)), len(_FIRST))


def _names(programs: Sequence[_Program]) -> Iterator[str]:
    """The short name; its folder's beside it where two share it; the whole path where that is no help."""
    short = Counter(one.name.casefold() for one in programs)
    longer = Counter(_longer(one).casefold() for one in programs)
    for one in programs:
        alone = short[one.name.casefold()] == 1
        yield one.name if alone else _longer(one) if longer[_longer(one).casefold()] == 1 else one.path


def _longer(program: _Program) -> str:
    folder = program.path.rpartition("/")[0].rpartition("/")[2]
    return f"{program.name} ({folder})" if folder else program.name


def _row(program: _Program, name: str) -> RunConfiguration:
    if program.module:
        return RunConfiguration(name=name, kind="module", target=program.module)
    return RunConfiguration(name=name, kind="script", target=program.path)


def _tests(
    files: frozenset[str], tests: Sequence[str], taken: frozenset[str] | set[str]
) -> Iterator[RunConfiguration]:
    """All tests; a program can be called so, too."""
    if tests or any(is_test(one) and "/" not in one for one in files):
        name = "tests" if "tests" not in taken else "tests (pytest)"
        yield RunConfiguration(name=name, kind="pytest", target=tests[0] if tests else "", terminal=False)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")
