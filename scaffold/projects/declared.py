"""What a project asks for today, as its own files say: the user may have added to them.

A project of ours says it in ``pyproject.toml``; one that was adopted, or that a foreign template made,
wherever its tools look.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.errors import NotAProject
from scaffold.files import read_regular
from scaffold.projects.asking.building import building
from scaffold.projects.asking.reading import PLANNED, asked, distribution
from scaffold.projects.asking.tables import strings, table
from scaffold.projects.discovery.contents import read_in
from scaffold.projects.model import Record
from scaffold.projects.record import read_record
from scaffold.toml import TOMLDecodeError, loads

#: The dependency group that `scaffold new` writes beside those of the accelerators.
TEST_GROUP = "test"


def declared_requirements(root: Path, record: Record | None = None) -> tuple[str, ...]:
    """The project's dependencies, test group and build backend (PEP 508), less the frameworks.

    ``record`` is the project's, where it is not written yet. Raises NotAProject (code ``pyproject-damaged``)
    where ``pyproject.toml`` says nonsense, or is missing in a project that a template of ours made.
    """
    path = root / "pyproject.toml"
    record = record or _recorded(root)
    document = _document(path, record)
    lines = [
        *asked(document, read_in(root)).lines,
        *strings(table(document, "dependency-groups").get(TEST_GROUP)),
        # Beside the rest, so that installing the project itself asks no index for its build backend.
        *strings(table(document, "build-system").get("requires")),
    ]
    planned = _planned(record)
    return tuple(dict.fromkeys(line for line in lines if _name(line, path) not in planned))


def made_with(root: Path, record: Record | None = None) -> tuple[str, ...]:
    """What an environment is made of: `declared_requirements`, and a build backend that no file names.

    Beside the rest, as one that is named: what ``setup.py`` imports is then there. An environment that lacks
    it once it stands is none the worse. Raises NotAProject.
    """
    path = root / "pyproject.toml"
    record = record or _recorded(root)
    lines = declared_requirements(root, record)
    built = building(_document(path, record), read_in(root))
    if built is None or not built.implied or any(_name(line, path) in built.requires for line in lines):
        return lines
    return (*lines, *built.requires)


def required_python(root: Path, record: Record | None = None) -> str:
    """The Python that the project asks for (PEP 440), "" where it asks for none. Raises NotAProject."""
    document = _document(root / "pyproject.toml", record or _recorded(root))
    return asked(document, read_in(root)).python


def wanted_builds(root: Path, record: Record | None = None) -> tuple[str, ...]:
    """The lines by which the project asks for a framework: ``torch==2.4.0``. Raises NotAProject."""
    path = root / "pyproject.toml"
    record = record or _recorded(root)
    planned = _planned(record)
    lines = asked(_document(path, record), read_in(root)).lines
    return tuple(line for line in lines if _name(line, path) in planned)


def _planned(record: Record | None) -> frozenset[str]:
    """The distributions of which the build plan says whether they are installed, and in which build.

    Keras comes with our templates' build of TensorFlow; anybody else may want a release of his own.
    """
    if record is None or record.kind == "scaffold":
        return frozenset((*PLANNED, "keras"))
    return frozenset(name for name, one in PLANNED.items() if one in record.frameworks)


def _recorded(root: Path) -> Record | None:
    try:
        return read_record(root)
    except NotAProject:
        return None


def _document(path: Path, record: Record | None) -> Mapping[str, Any]:
    try:
        document: Mapping[str, Any] = loads(read_regular(path).decode("utf-8"))
    except FileNotFoundError as problem:
        if record is not None and record.kind != "scaffold":
            return {}
        raise pyproject_damaged(path, problem.strerror or str(problem)) from problem
    except OSError as problem:
        raise pyproject_damaged(path, problem.strerror or str(problem)) from problem
    except (TOMLDecodeError, UnicodeDecodeError) as problem:
        raise pyproject_damaged(path, str(problem)) from problem
    return document


def _name(line: str, path: Path) -> str:
    from packaging.requirements import InvalidRequirement

    try:
        return distribution(line)
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
