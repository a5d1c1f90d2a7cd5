"""What lies in an environment and should not: remains of interrupted and of forgotten work."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffold.environments.condition.verify import InstalledDistribution


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadPath:
    """A folder that an environment should import from, and that is gone."""

    file: str  # the .pth file or import hook that names it
    path: str
    distribution: str  # whose file that is; "" where nobody owns it


def half_removed(folder: Path) -> tuple[str, ...]:
    """Folders that pip put aside (``~orch``) and never deleted: it was ended meanwhile."""
    return tuple(sorted(path.name for path in folder.glob("~*")))


def without_metadata(folder: Path) -> tuple[str, ...]:
    """Names of .dist-info folders that lack METADATA: no installer knows any more what they are."""
    return tuple(
        sorted(path.name for path in folder.glob("*.dist-info") if not (path / "METADATA").is_file())
    )


def dead_paths(folder: Path, distributions: Sequence[InstalledDistribution]) -> tuple[DeadPath, ...]:
    """What editable installs of projects left that were moved or deleted."""
    owners = {file.path: one.name for one in distributions for file in one.files or ()}
    hooks = sorted(folder.glob("__editable__*_finder.py"))
    named = [
        *((path, line) for path in sorted(folder.glob("*.pth")) for line in pth_folders(text_of(path))),
        *((path, line) for path in hooks for line in finder_folders(text_of(path))),
    ]
    return tuple(
        DeadPath(file=path.name, path=line, distribution=owners.get(path.name, ""))
        for path, line in named
        if not _exists(folder / line)
    )


def pth_folders(text: str) -> tuple[str, ...]:
    r"""The folders that a ``.pth`` file adds; its comments and statements add none.

    >>> pth_folders("# ours\nimport os; os.getpid()\n/home/u/thing/src\n\n")
    ('/home/u/thing/src',)
    """
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith(("#", "import ", "import\t")))


def finder_folders(text: str) -> tuple[str, ...]:
    r"""The folders of setuptools' hook for editable installs, which holds them in a literal.

    >>> finder_folders("MAPPING: dict[str, str] = {'thing': '/home/u/thing'}\nNAMESPACES = {}\n")
    ('/home/u/thing',)
    >>> finder_folders("MAPPING = {")
    ()
    """
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(path for one in statements for path in _mapped(one))


def _mapped(statement: ast.stmt) -> Iterator[str]:
    if not isinstance(statement, (ast.AnnAssign, ast.Assign)) or not isinstance(statement.value, ast.Dict):
        return
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if any(isinstance(one, ast.Name) and one.id == "MAPPING" for one in targets):
        for one in statement.value.values:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value


def shadowed(variables: Mapping[str, str], separator: str, names: Sequence[str]) -> tuple[str, ...]:
    """What PYTHONPATH puts before the environment's own packages, of ``names``: paths."""
    folders = [one for one in variables.get("PYTHONPATH", "").split(separator) if one]
    candidates = (Path(one) / name for one in folders for name in names)
    return tuple(
        str(found)
        for path in candidates
        for found in (path, path.with_name(f"{path.name}.py"))
        if _exists(found)
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a NUL, or a name that is too long
        return False


def text_of(path: Path) -> str:
    """A file of an environment's; "" where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
