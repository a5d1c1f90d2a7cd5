"""What a project remembers of its making: ``.scaffold/project.json``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from typing import Any, cast, get_args

from scaffold.builds.model import FRAMEWORKS
from scaffold.errors import NotAProject
from scaffold.files import absolute, nearest, read_regular, replace_file
from scaffold.projects.model import Ide, ProjectName, Record, Tree

RECORD = PurePosixPath(".scaffold/project.json")
SCHEMA = "scaffold/project/1"


def digest(content: bytes) -> str:
    """The sha256 that a record keeps of a file."""
    return hashlib.sha256(content).hexdigest()


def digests(tree: Tree) -> Mapping[str, str]:
    """Each file of a tree and its sha256, sorted."""
    return {str(path): digest(content) for path, content in sorted(tree.items())}


def record_content(record: Record) -> bytes:
    """A record as it is kept."""
    text = json.dumps({"schema": SCHEMA, **asdict(record)}, indent=2, ensure_ascii=False)
    return f"{text}\n".encode()


def project_root(start: Path) -> Path:
    """The project that a folder lies in, or is.

    Raises `NotAProject` where neither it nor a folder above was made by scaffold.
    """
    found = nearest(start, lambda folder: (folder / RECORD).is_file())
    if found is not None:
        return found
    raise NotAProject(
        f"{absolute(start)} does not lie in a project that scaffold made",
        detail=(f"neither it nor a folder above holds {RECORD}",),
        hint="cd into the project, or make one: scaffold new cnn-project",
    )


def read_record(start: Path) -> Record:
    """The record of the project that a folder lies in.

    Raises `NotAProject` where there is none, or where it is damaged (code ``project-record-damaged``).
    """
    path = project_root(start) / RECORD
    try:
        return _record(json.loads(read_regular(path)))
    except OSError as problem:
        raise _damaged(path, problem.strerror or str(problem)) from problem
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise _damaged(path, f"{type(problem).__name__}: {problem}") from problem


def _record(values: Mapping[str, Any]) -> Record:
    if values["schema"] != SCHEMA:
        raise ValueError(f"its schema is {values['schema']!r}, this scaffold reads {SCHEMA!r}")
    return Record(
        template=str(values["template"]),
        template_version=str(values["template_version"]),
        provider=str(values["provider"]),
        scaffold_version=str(values["scaffold_version"]),
        name=ProjectName(**{key: str(value) for key, value in values["name"].items()}),
        frameworks=tuple(one for one in FRAMEWORKS if one in values["frameworks"]),
        ide=_ide(values.get("ide", "pycharm")),
        files={str(path): str(sha256) for path, sha256 in values["files"].items()},
    )


def _ide(value: object) -> Ide:
    """Records of before there was a choice name none."""
    if value not in get_args(Ide):
        raise ValueError(f"its ide is {value!r}, which is none of {', '.join(get_args(Ide))}")
    return cast("Ide", value)


def remembered_ide(root: Path) -> Ide:
    """What a project is opened with; PyCharm where nothing is remembered."""
    try:
        return read_record(root).ide
    except NotAProject:
        return "pycharm"


def remember_ide(root: Path, ide: Ide) -> None:
    """Write down what a project is opened with. Raises NotAProject, NoPermission, NoSpace."""
    record = read_record(root)
    if record.ide != ide:
        replace_file(project_root(root) / RECORD, record_content(replace(record, ide=ide)))


def _damaged(path: Path, why: str) -> NotAProject:
    return NotAProject(
        f"the project's record {path} cannot be used",
        detail=(why,),
        hint=f"Bring it back from version control: git checkout -- {RECORD}",
        code="project-record-damaged",
    )
