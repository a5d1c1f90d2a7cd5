"""What a project remembers of its making: ``.scaffold/project.json``."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from typing import Any, cast, get_args

from scaffold.builds.model import FRAMEWORKS, BuildPlan, Framework
from scaffold.errors import NotAProject
from scaffold.files import absolute, nearest, read_regular, replace_file
from scaffold.projects.model import Ide, ProjectName, Record, TemplateKind
from scaffold.projects.snapshot import LARGEST, PRISTINE, Entry, Snapshot, outside, pack, unpack
from scaffold.projects.tool import LAUNCHER
from scaffold.results import read_json

RECORD = PurePosixPath(".scaffold/project.json")
#: What of our folder belongs into git; the rest is this machine's. A project's own .gitignore stays its own.
IGNORED = PurePosixPath(".scaffold/.gitignore")
#: What of our folder a template or an update may bring; the rest tells of this machine.
OWN = frozenset({IGNORED, RECORD, PRISTINE, LAUNCHER})
_IGNORED = f"*\n!{IGNORED.name}\n!{RECORD.name}\n!{PRISTINE.name}\n!{LAUNCHER.name}\n"

SCHEMA = "scaffold/project/1"

#: What any project may be called, in each of its spellings; `names` is stricter with those that are new.
_SPELT = re.compile(r"\w[\w .-]*")

#: What a rendering depends on of a build. The rest is of the machine, or tells why it was chosen.
_RENDERED = (
    "framework", "package", "version", "variant", "requirement", "device", "source_kind", "companions",
    "constraints",
)  # fmt: skip


def digest(content: bytes) -> str:
    """The sha256 that a record keeps of a file."""
    return hashlib.sha256(content).hexdigest()


def digests(files: Snapshot) -> Mapping[str, str]:
    """Each file of a rendering and its sha256, sorted."""
    return {str(path): digest(one.content) for path, one in sorted(files.items()) if one.kind == "file"}


def record_content(record: Record) -> bytes:
    """A record as it is kept."""
    builds = [{key: getattr(build, key) for key in _RENDERED} for build in record.builds]
    values = {"schema": SCHEMA, **asdict(replace(record, builds=())), "builds": builds}
    if not record.secret_files:
        del values["secret_files"]  # few templates have secrets
    return (json.dumps(values, indent=2, ensure_ascii=False) + "\n").encode()


def recorded(record: Record, files: Snapshot, pristine: Snapshot | None = None) -> Snapshot:
    """A rendering with what the project remembers of it: the record, and the rendering itself, packed.

    None of the three is part of the rendering: a template cannot bring them. ``pristine`` is what is
    remembered, where that is not all of it.
    """
    pristine = files if pristine is None else pristine
    remembered = replace(record, files=digests(pristine))
    own = {
        IGNORED: Entry(_IGNORED.encode()),
        PRISTINE: Entry(pack(pristine)),
        RECORD: Entry(record_content(remembered)),
    }
    return dict(sorted({**files, **own}.items()))


def read_pristine(root: Path) -> Snapshot | None:
    """What was rendered when the project was made or updated last; None where it was not kept.

    Raises `NotAProject` (code ``pristine-damaged``).
    """
    try:
        return unpack(read_regular(root / PRISTINE, LARGEST))
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise _damaged(root, PRISTINE, problem.strerror or str(problem)) from problem


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
    root = project_root(start)
    try:
        return _record(read_json(read_regular(root / RECORD)))
    except OSError as problem:
        raise _damaged(root, RECORD, problem.strerror or str(problem)) from problem
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise _damaged(root, RECORD, f"{type(problem).__name__}: {problem}") from problem


def _record(values: Mapping[str, Any]) -> Record:
    if values["schema"] != SCHEMA:
        raise ValueError(f"its schema is {values['schema']!r}, this scaffold reads {SCHEMA!r}")
    return Record(
        template=str(values["template"]),
        template_version=str(values["template_version"]),
        provider=_provider(values["provider"], installed=not values.get("origin")),
        scaffold_version=str(values["scaffold_version"]),
        name=_name(**values["name"]),
        frameworks=tuple(_frameworks(values["frameworks"])),
        ide=_ide(values.get("ide", "pycharm")),
        kind=_kind(values.get("kind", "scaffold")),
        origin=str(values.get("origin", "")),
        revision=str(values.get("revision", "")),
        answers=dict(values.get("answers", {})),
        trusted=values.get("trusted") is True,
        python=_python(values.get("python", "")),
        builds=tuple(_builds(values.get("builds", ()))),
        files={_inside(path): str(sha256) for path, sha256 in values["files"].items()},
        secret_files=tuple(_inside(str(path)) for path in values.get("secret_files", ())),
    )


def _name(*, distribution: str, package: str, title: str) -> ProjectName:
    """Files are called by it: a stranger's record must not lead anywhere else."""
    for text in (distribution, package, title):
        if not _SPELT.fullmatch(text) or ".." in text:
            raise ValueError(f"its name {text!r} cannot be a project's")
    return ProjectName(distribution=distribution, package=package, title=title)


def _provider(text: str, *, installed: bool) -> str:
    """Of an installed template a distribution, which a hint may name in a command to be copied."""
    if installed and text and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text):
        raise ValueError(f"its provider {text!r} is no distribution")
    return text


def _frameworks(names: Iterable[str]) -> Iterable[Framework]:
    unknown = set(names) - set(FRAMEWORKS)
    if unknown:
        raise ValueError(f"its framework {min(unknown)!r} is none of {', '.join(FRAMEWORKS)}")
    return (one for one in FRAMEWORKS if one in names)


def _python(text: str) -> str:
    if text and not re.fullmatch(r"3\.\d+", text):
        raise ValueError(f"its Python {text!r} is no minor version")
    return text


def _inside(path: str) -> str:
    """Who cloned a project has its record from somebody else."""
    why = outside(PurePosixPath(path))
    if why:
        raise ValueError(f"{path!r} {why}")
    return path


def _ide(value: object) -> Ide:
    """Records of before there was a choice name none."""
    if value not in get_args(Ide):
        raise ValueError(f"its ide is {value!r}, which is none of {', '.join(get_args(Ide))}")
    return cast("Ide", value)


def _kind(value: object) -> TemplateKind:
    if value not in get_args(TemplateKind):
        raise ValueError(f"its kind is {value!r}, which is none of {', '.join(get_args(TemplateKind))}")
    return cast("TemplateKind", value)


def _builds(rows: Iterable[Mapping[str, Any]]) -> Iterable[BuildPlan]:
    for row in rows:
        values: dict[str, Any] = {"source": ""}  # an index or a folder of the machine that it was made on
        for key in _RENDERED:
            values[key] = tuple(row[key]) if isinstance(row[key], list) else row[key]
        yield BuildPlan(**values)


def made_by_us(root: Path) -> bool:
    """Whether a template of ours made the project; a record that cannot be read is of such a one, mostly."""
    try:
        return read_record(root).kind == "scaffold"
    except NotAProject:
        return (root / RECORD).is_file()


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


def _damaged(root: Path, path: PurePosixPath, why: str) -> NotAProject:
    return NotAProject(
        f"the project's record {root / path} cannot be used",
        detail=(why,),
        hint=f"Bring it back from version control: git checkout -- {path}",
        code="project-record-damaged",
    )
