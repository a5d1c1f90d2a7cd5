"""Which of a project's own modules and names its files import, found without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from scaffold.template_checks.model import Problem


def unresolved(project: Path) -> list[Problem]:
    """Every file that is no Python, and every import of what the project itself does not have.

    As text ``src/mine/one.py: mine.two.name``.
    """
    paths = {
        dotted(path, root): path
        for root in (project / "src", project / "tests")
        for path in root.rglob("*.py")
    }
    trees: dict[str, ast.Module] = {}
    wrong: list[Problem] = []
    for own, path in paths.items():
        try:
            trees[own] = ast.parse(path.read_bytes())
        except SyntaxError as problem:
            wrong.append(_no_python(path, project, f", line {problem.lineno}: {problem.msg}"))
        except ValueError as problem:  # a NUL, in Pythons before 3.12
            wrong.append(_no_python(path, project, f": {problem}"))
    names = {own: defined(tree) for own, tree in trees.items()}
    known = {own: names.get(own) for own in paths}
    tops = {name.partition(".")[0] for name in paths}
    wrong += [
        Problem(
            path=paths[own].relative_to(project).as_posix(), text=f": {module}{'.' if name else ''}{name}"
        )
        for own, tree in trees.items()
        for module, name in imports(tree, own, is_package=paths[own].name == "__init__.py")
        if module.partition(".")[0] in tops and not there(module, name, known)
    ]
    return sorted(wrong, key=str)


def _no_python(path: Path, project: Path, text: str) -> Problem:
    remedy = "correct the line: Python cannot read it"
    return Problem(path=path.relative_to(project).as_posix(), text=text, remedy=remedy)


def dotted(path: Path, root: Path) -> str:
    """The module's name as one imports it from ``root``."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.Module, own: str, *, is_package: bool) -> Iterator[tuple[str, str]]:
    """Pairs of a module and a name taken from it ("" for the module itself), relative ones made absolute."""
    package = own if is_package else own.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((one.name, "") for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join((*above, *filter(None, [node.module])))
            yield from ((module, one.name) for one in node.names)


def there(module: str, name: str, modules: Mapping[str, set[str] | None]) -> bool:
    """Whether a module has a name; of one that is no Python (None), nobody can say that it has not."""
    if module not in modules:
        return not name and any(other.startswith(f"{module}.") for other in modules)
    names = modules[module]
    return not name or name == "*" or f"{module}.{name}" in modules or names is None or name in names


def defined(module: ast.Module) -> set[str]:
    """The names that a module has once it is imported; also those that only a type checker sees."""
    names: set[str] = set()
    todo: list[ast.stmt] = list(module.body)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((one.asname or one.name).partition(".")[0] for one in node.names)
        else:
            stored = (one for one in ast.walk(node) if isinstance(one, ast.Name))
            names.update(one.id for one in stored if isinstance(one.ctx, ast.Store))
            todo += [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt)]
            todo += [
                one
                for handler in ast.iter_child_nodes(node)
                if isinstance(handler, ast.ExceptHandler)
                for one in handler.body
            ]
    return names
