"""Which of a project's own modules and names its files import, found without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def unresolved(project: Path) -> list[str]:
    """Every import of a module or a name of the project itself that is not there: `file: module.name`."""
    modules = {dotted(path, root): path for root in (project / "src", project / "tests") for path in root.rglob("*.py")}
    tops = {name.partition(".")[0] for name in modules}
    return sorted(
        f"{path.relative_to(project).as_posix()}: {module}{'.' if name else ''}{name}"
        for own, path in modules.items()
        for module, name in imports(path, own)
        if module.partition(".")[0] in tops and not there(module, name, modules)
    )


def dotted(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, own: str) -> Iterator[tuple[str, str]]:
    """Pairs of a module and a name taken from it ("" for the module itself), relative ones made absolute."""
    package = own if path.name == "__init__.py" else own.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((one.name, "") for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join((*above, *filter(None, [node.module])))
            yield from ((module, one.name) for one in node.names)


def there(module: str, name: str, modules: dict[str, Path]) -> bool:
    path = modules.get(module)
    if path is None:
        return not name and any(other.startswith(f"{module}.") for other in modules)
    return not name or f"{module}.{name}" in modules or name in defined(ast.parse(path.read_text(encoding="utf-8")))


def defined(module: ast.Module) -> set[str]:
    """The names that a module has once it is imported; also those that only a type checker sees."""
    names: set[str] = set()
    todo = list(module.body)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((one.asname or one.name).partition(".")[0] for one in node.names)
        else:
            names.update(one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
            todo += [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt)]
    return names
