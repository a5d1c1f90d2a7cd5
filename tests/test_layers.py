"""The layers of the package: a module imports only from the layers below its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "scaffold"

#: From the top down. Names in one row do not know each other, unless a row below says so.
LAYERS = [
    {"__main__"},
    {"cli"},
    {"mending", "adopt", "authoring", "template_checks"},
    {"new", "env", "ide", "doctor", "update", "completion", "overview"},
    {"replay", "told"},
    {"making"},
    {"setup", "drawing"},
    {"checks"},
    {"probing"},
    {"pycharm", "vscode", "environments", "threeway"},
    {"projects"},
    {"locks"},
    {"builds", "interpreters"},
    {"facts"},
    {"sources", "machine", "logs"},
    {"recording"},
    {"recorded"},
    {"code", "files", "passing", "processes", "watched", "toml", "results", "shell", "words"},
    {"system"},
    {"platforms", "links"},
    {"errors"},
]
#: Documented exceptions: importer -> imported, with the reason.
ALLOWED = {
    ("system", "processes"): "HostSystem.run is a thin door; the child's life is long enough for a module",
    (
        "system",
        "files",
    ): "HostSystem.read_text is a door as thin, for every reading of a file that is not ours",
}
#: Only these parts may import these libraries at all.
ONLY_IN = {"click": {"cli"}, "rich": {"cli"}, "prompt_toolkit": {"cli"}}
#: Never imported by the tool: facts about them come from files or from the target interpreter.
NEVER = {"torch", "tensorflow", "keras", "numpy"}


def part_of(module: str) -> str:
    """``scaffold.machine.nvidia`` -> ``machine``; the package itself -> ``""``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports() -> list[tuple[str, str, str]]:
    """(file, importing part, imported module) for every import in the package, wherever it stands."""
    rows = []
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE)
        if "probes" in relative.parts or "_templates" in relative.parts:
            continue  # run by other interpreters
        importer = relative.parts[0].removesuffix(".py")
        importer = "" if importer == "__init__" else importer
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                rows += [(str(relative), importer, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{relative} imports relatively; the package's style is absolute"
                rows.append((str(relative), importer, node.module or ""))
    return rows


def rank(part: str) -> int:
    for index, layer in enumerate(LAYERS):
        if part in layer:
            return index
    raise AssertionError(f"scaffold.{part} has no place in the layers")


def test_every_import_points_downwards() -> None:
    wrong = [
        f"{file}: {module}"
        for file, importer, module in imports()
        if module.split(".")[0] == "scaffold"
        and (imported := part_of(module))  # the package itself holds the version only
        and importer
        and imported != importer
        and (importer, imported) not in ALLOWED
        and rank(importer) >= rank(imported)
    ]
    assert wrong == []


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_terminal_libraries_stay_in_the_command_line(library: str) -> None:
    users = {i for _, i, module in imports() if module.split(".")[0] == library}
    assert users <= ONLY_IN[library]


def test_the_tool_never_imports_a_framework() -> None:
    assert [row for row in imports() if row[2].split(".")[0] in NEVER] == []
