"""What a project asks for today, as its ``pyproject.toml`` says: the user may have added to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scaffold.errors import NotAProject
from scaffold.files import read_regular
from scaffold.toml import TOMLDecodeError, loads

#: The build plan says which of these are installed, and in which build.
PLANNED = frozenset({"torch", "tensorflow", "tensorflow-cpu", "keras"})

#: The dependency group that `scaffold new` writes beside those of the accelerators.
TEST_GROUP = "test"


def declared_requirements(root: Path) -> tuple[str, ...]:
    """The project's dependencies, test group and build backend (PEP 508), less the frameworks.

    Raises NotAProject (code ``pyproject-damaged``) where the file is missing or says nonsense.
    """
    path = root / "pyproject.toml"
    document = _document(path)
    lines = [
        *_strings(document.get("project", {}).get("dependencies")),
        *_strings(document.get("dependency-groups", {}).get(TEST_GROUP)),
        # Beside the rest, so that installing the project itself asks no index for its build backend.
        *_strings(document.get("build-system", {}).get("requires")),
    ]
    return tuple(dict.fromkeys(line for line in lines if _name(line, path) not in PLANNED))


def required_python(root: Path) -> str:
    """``requires-python`` of the project, "" where it has none. Raises NotAProject."""
    value = _document(root / "pyproject.toml").get("project", {}).get("requires-python")
    return value if isinstance(value, str) else ""


def _document(path: Path) -> Mapping[str, Any]:
    try:
        document: Mapping[str, Any] = loads(read_regular(path).decode("utf-8"))
    except OSError as problem:
        raise pyproject_damaged(path, problem.strerror or str(problem)) from problem
    except (TOMLDecodeError, UnicodeDecodeError) as problem:
        raise pyproject_damaged(path, str(problem)) from problem
    return document


def _strings(values: Any) -> Iterable[str]:
    """Requirements; a group may also include other groups, which are tables."""
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []


def _name(line: str, path: Path) -> str:
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    try:
        return canonicalize_name(Requirement(line).name)
    except InvalidRequirement as problem:
        raise pyproject_damaged(path, f"{line!r} is no requirement: {problem}") from problem


def pyproject_damaged(path: Path, why: str) -> NotAProject:
    """The error for a ``pyproject.toml`` that cannot be read or says nonsense."""
    return NotAProject(
        f"{path} cannot be used",
        detail=(why,),
        hint="correct it; or bring the last committed one back, which throws your edits since then away: "
        "git checkout -- pyproject.toml",
        code="pyproject-damaged",
    )
