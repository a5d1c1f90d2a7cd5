"""A lock without uv: what pip resolves for this machine's Python, and for no other machine."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scaffold.environments.installers.tools import find_uv
from scaffold.environments.layout import Place
from scaffold.environments.locking.files import LockFiles, how_to_install
from scaffold.environments.locking.groups import Declared
from scaffold.environments.locking.model import UV_LOCK, requirements_name
from scaffold.environments.locking.text import contents_fact, parse_requirements, requirements_text
from scaffold.environments.model import EnvironmentPlan
from scaffold.errors import InstallFailed
from scaffold.interpreters.model import Interpreter
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.places import PYTORCH_INDEX
from scaffold.system import System


def make_with_pip(
    system: System, project: Declared, settings: SourceSettings, interpreter: Interpreter, group: str
) -> LockFiles:
    """``requirements/lock-<group>.txt`` of one group, for one machine. Raises InstallFailed and its kin."""
    from scaffold.environments.installers.resolve_pip import resolve

    plan = EnvironmentPlan(
        place=Place(project.root),
        interpreter=interpreter,
        installer="pip",
        builds=(),
        requirements=_wanted(project, group),
        settings=_with_index(settings, project.indexes.get(group, "")),
    )
    with tempfile.TemporaryDirectory(prefix="scaffold-") as folder:
        resolution = resolve(plan, Path(folder), system)
    packages = parse_requirements(resolution.lock)[0]
    if not packages:
        raise InstallFailed(f"pip locked nothing for {group}", code="install-lock-unreadable")
    where = f"{system.platform.os} {system.platform.machine}, Python {interpreter.minor}"
    facts = {
        "group": group,
        "python": f"=={interpreter.minor}.*",
        "with": interpreter.minor,
        "only": where,
        "pyproject.toml": f"sha256:{project.digest}",
        "holds": contents_fact(packages),
    }
    head = (
        *how_to_install(group, project.indexes.get(group, ""), packages),
        f"Made by pip without uv, for {where} alone.",
    )
    why = "uv is not here" if find_uv(system) is None else "because --backend pip was said"
    notice = (
        f"{why}: pip locked the group {group} for {where} alone, without uv.lock and pylock.toml; "
        "uv makes locks for every machine: "
        + ("python -m pip install uv" if find_uv(system) is None else "scaffold env lock")
    )
    files = {requirements_name(group): requirements_text(packages, head, facts)}
    return LockFiles(files=files, groups=(group,), notices=(notice,))


def refuse_loss(project: Declared) -> None:
    """Raise InstallFailed where uv locked for every machine: pip would replace it by a lock for this one."""
    if (project.root / UV_LOCK).is_file():
        raise InstallFailed(
            "the project's lock was made by uv, for every machine, and uv is not here",
            hint="get it: python -m pip install uv; or lock for this machine alone: "
            "scaffold env lock --backend pip",
            code="install-uv-missing",
        )


def _wanted(project: Declared, group: str) -> tuple[str, ...]:
    table = project.document
    asked: list[str] = [*_strings(table.get("project", {}).get("dependencies"))]
    for name in project.wanted_by(group):
        asked += _strings(table.get("dependency-groups", {}).get(name))
    asked += _strings(table.get("tool", {}).get("uv", {}).get("constraint-dependencies"))
    return tuple(dict.fromkeys(asked))


def _strings(values: object) -> Sequence[str]:
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []


def _with_index(settings: SourceSettings, url: str) -> SourceSettings:
    """The group's index beside the user's own: of equal versions, its builds have a local one and win."""
    if not url or settings.no_index is not None:
        return settings
    mirror = settings.pytorch_mirror
    if mirror is not None and url.startswith(PYTORCH_INDEX):
        url = mirror.value.rstrip("/") + url.removeprefix(PYTORCH_INDEX)
    extra = Setting(value=url, origin="pyproject.toml")
    if settings.pytorch_flat:
        return replace(settings, find_links=(*settings.find_links, extra))
    return replace(settings, extra_indexes=(*settings.extra_indexes, extra))
