"""What of a project's ``pyproject.toml`` decides about its locks. The user may have written anything."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.environments.locking.model import DEFAULT_GROUP
from scaffold.errors import LockUnusable
from scaffold.files import read_regular
from scaffold.projects.declared import pyproject_damaged
from scaffold.projects.discovery.contents import read_in
from scaffold.projects.record import made_by_us
from scaffold.toml import TOMLDecodeError, loads

#: Groups that every environment holds beside its accelerator's: tests, and what builds the project itself.
ALWAYS = ("test", "build")

#: What uv installs of a project that names no default groups.
UV_DEFAULT_GROUPS = ("dev",)

#: PyTorch's variants, and the group of a build that the user's own sources serve.
_VARIANT = re.compile(r"own|cpu|xpu|cu\d+|rocm[\d.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A project's groups, and a digest of everything that a lock of it depends on."""

    root: Path
    document: Mapping[str, Any]
    accelerators: tuple[str, ...]  # the one of ``default-groups`` first
    always: tuple[str, ...]  # groups that go with each of them
    indexes: Mapping[str, str]  # accelerator -> URL of the index that serves PyTorch for it
    digest: str  # sha256
    requires_python: str

    @property
    def groups(self) -> tuple[str, ...]:
        """A lock each: the accelerators, or the one that stands for none."""
        return self.accelerators or (DEFAULT_GROUP,)

    def wanted_by(self, group: str) -> tuple[str, ...]:
        """The dependency groups that the environment of ``group`` holds."""
        return (*self.always, *((group,) if group in self.accelerators else ()))


def declared(root: Path) -> Declared:
    """Read ``pyproject.toml``. Raises NotAProject (code ``pyproject-damaged``).

    LockUnusable (``lock-no-project``) where a project that is not ours has no ``[project]`` to be locked.
    """
    path = root / "pyproject.toml"
    if not made_by_us(root) and "[project]" not in (read_in(root)(path.name) or ""):
        raise LockUnusable(
            f"{root} has no [project] in a pyproject.toml, and what it asks for elsewhere is not locked",
            hint="lock it with its own tool (poetry lock, pip freeze); its environment: scaffold env create",
            code="lock-no-project",
        )
    try:
        document = loads(read_regular(path).decode("utf-8"))
    except OSError as problem:
        raise pyproject_damaged(path, problem.strerror or str(problem)) from problem
    except (TOMLDecodeError, UnicodeDecodeError) as problem:
        raise pyproject_damaged(path, str(problem)) from problem
    return _declared(root, document)


def _declared(root: Path, document: Mapping[str, Any]) -> Declared:
    groups, uv = _table(document, "dependency-groups"), _table(_table(document, "tool"), "uv")
    accelerators = _accelerators(groups, uv)
    defaults = _defaults(groups, uv)
    first = [one for one in accelerators if one in defaults]
    always = [one for one in (*defaults, *ALWAYS) if one in groups and one not in accelerators]
    return Declared(
        root=root,
        document=document,
        accelerators=tuple(dict.fromkeys((*first, *accelerators))),
        always=tuple(dict.fromkeys(always)),
        indexes=_indexes(uv),
        digest=_digest(document, uv, always),
        requires_python=str(_table(document, "project").get("requires-python", "")),
    )


def _accelerators(groups: Mapping[str, Any], uv: Mapping[str, Any]) -> tuple[str, ...]:
    """The groups that bring a build of PyTorch of their own; the user's other groups are none."""
    rivals = {_text(one, "group") for row in _list(uv.get("conflicts")) for one in _list(row)}
    served = {_text(one, "group") for one in _list(_table(uv, "sources").get("torch"))}
    return tuple(
        name
        for name, lines in groups.items()
        if "torch" in names(lines) and (name in rivals | served or _VARIANT.fullmatch(name))
    )


def _defaults(groups: Mapping[str, Any], uv: Mapping[str, Any]) -> tuple[str, ...]:
    said = uv.get("default-groups", list(UV_DEFAULT_GROUPS))
    return tuple(groups) if said == "all" else tuple(one for one in _list(said) if isinstance(one, str))


def _indexes(uv: Mapping[str, Any]) -> Mapping[str, str]:
    urls = {_text(one, "name"): _text(one, "url") for one in _list(uv.get("index"))}
    rows = _list(_table(uv, "sources").get("torch"))
    return {
        _text(one, "group"): urls[_text(one, "index")]
        for one in rows
        if _text(one, "group") and urls.get(_text(one, "index"))
    }


def _digest(document: Mapping[str, Any], uv: Mapping[str, Any], always: Iterable[str]) -> str:
    """Of what decides, however it is laid out; which accelerator is this machine's does not decide."""
    project = _table(document, "project")
    decisive = {
        "project": {
            key: project.get(key)
            for key in ("name", "requires-python", "dependencies", "optional-dependencies")
        },
        "groups": document.get("dependency-groups"),
        "build": _table(document, "build-system").get("requires"),
        "uv": {key: value for key, value in uv.items() if key != "default-groups"},
        "always": sorted(set(always)),
    }
    text = json.dumps(decisive, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def names(lines: Any) -> set[str]:
    """The distributions that requirements ask for; a line that is none asks for nothing."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    found: set[str] = set()
    for line in lines if isinstance(lines, (list, tuple)) else ():
        try:
            found.add(canonicalize_name(Requirement(line).name) if isinstance(line, str) else "")
        except InvalidRequirement:
            continue
    return found


def _table(owner: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = owner.get(key)
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(row: Any, key: str) -> str:
    value = row.get(key) if isinstance(row, dict) else None
    return value if isinstance(value, str) else ""
