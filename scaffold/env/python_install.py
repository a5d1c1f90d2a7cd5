"""``scaffold env python --install``: another Python, by uv, after somebody agreed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.errors import OptionRefused, PythonMissing, ScaffoldError, SourceUnreachable
from scaffold.interpreters.model import Interpreter
from scaffold.setup import Announce
from scaffold.sources.model import Setting
from scaffold.system import System

#: uv's own variable (https://docs.astral.sh/uv/reference/environment/).
MIRROR = "UV_PYTHON_INSTALL_MIRROR"

#: Where uv gets Pythons from when nobody names a mirror.
_USUAL = "github.com/astral-sh/python-build-standalone"

_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPlan:
    """One command that brings a Python; ``there`` where nothing needs to be done."""

    version: str
    command: tuple[str, ...]
    program: Path  # uv
    mirror: Setting | None  # where it is downloaded from, without credentials; None: uv's own choice
    there: Interpreter | None


def plan_install(system: System, version: str) -> InstallPlan:
    """What would be run to get ``version`` (3.12, 3.12.4). Nothing is downloaded.

    Raises OptionRefused for what is no version, PythonMissing for one that is too old, and without uv.
    """
    from scaffold.environments.installers.tools import find_uv
    from scaffold.interpreters import choose as pythons
    from scaffold.interpreters.find import find
    from scaffold.interpreters.inspection import is_too_old, too_old
    from scaffold.sources.settings import read_settings

    wanted = version.strip()
    if _VERSION.fullmatch(wanted) is None:
        raise OptionRefused(f"--install {version}: no version of Python", hint="write it as 3.12")
    if is_too_old(wanted):
        raise PythonMissing(too_old(wanted), hint="scaffold env python --install 3.12")
    uv = find_uv(system)
    if uv is None:
        raise PythonMissing(f"Python {wanted} is installed by uv, and uv is not here", hint="pip install uv")
    found = find(system)
    there = [one for one in found.interpreters if f"{one.version}.".startswith(f"{wanted}.")]
    return InstallPlan(
        version=wanted,
        command=("uv", "python", "install", wanted),
        program=uv,
        mirror=_shown(read_settings(system).python_mirror),
        there=pythons.choose(found, wanted) if there else None,
    )


def carry_out(system: System, plan: InstallPlan, announce: Announce) -> Interpreter:
    """Run the command and hand back the Python that it brought.

    uv keeps what is there as it was until the new one is whole. Raises SourceUnreachable, PythonMissing,
    InstallFailed and its kin.
    """
    from scaffold.environments.installers.tools import uv_environment
    from scaffold.interpreters import choose as pythons
    from scaffold.interpreters.find import find
    from scaffold.sources.redact import redact
    from scaffold.sources.settings import read_settings

    if plan.there is not None:
        return plan.there
    environment = uv_environment(read_settings(system), system)
    environment.pop("UV_PYTHON_DOWNLOADS", None)  # elsewhere uv must not download; here it was asked to
    if "UV_PYTHON_DOWNLOADS" in system.environment:
        environment["UV_PYTHON_DOWNLOADS"] = system.environment["UV_PYTHON_DOWNLOADS"]
    lines: list[str] = []

    def hear(line: str) -> None:
        lines.append(line)
        if line.startswith("Downloading "):
            announce(redact(line[0].lower() + line[1:]))

    announce(f"getting Python {plan.version}")
    done = system.run([plan.program, *plan.command[1:]], timeout=None, environment=environment, on_line=hear)
    if not done.ok:
        raise explain("\n".join(lines), plan)
    return pythons.choose(find(system), plan.version)


def explain(output: str, plan: InstallPlan) -> ScaffoldError:
    """What uv's words mean when it could not install a Python; they are no interface and matched loosely."""
    from scaffold.environments.installers.failures import evidence
    from scaffold.environments.installers.failures import explain as explain_install

    words = " ".join(output.split())  # uv breaks its sentences at the terminal's width
    said, source = evidence(output), plan.mirror.value if plan.mirror else _USUAL
    another = f"scaffold env mirrors use NAME, or {MIRROR}=URL (a folder: file:///FOLDER)"
    if "No download found for request" in words:
        return PythonMissing(
            f"This uv knows of no Python {plan.version} that could be downloaded",
            detail=said,
            hint="a newer uv may: pip install --upgrade uv",
        )
    if "downloads are not allowed" in words:
        return PythonMissing(
            "uv is told not to download Pythons",
            detail=said,
            hint='unset UV_PYTHON_DOWNLOADS, or set python-downloads to "manual" in uv.toml',
        )
    if re.search(r"\b404\b|\.tar\.gz`: No such file", words):
        return SourceUnreachable(
            f"{source} has no such build of Python {plan.version}",
            detail=said,
            hint="a mirror that keeps only the newest builds needs a new uv: pip install --upgrade uv\n"
            f"or choose another place: {another}",
        )
    problem = explain_install("uv", output, doing=f"install Python {plan.version}")
    if problem.code != "install-no-network":
        return problem
    return SourceUnreachable(
        f"Python {plan.version} cannot be downloaded: {source} does not answer",
        detail=said,
        hint=f"check the network and the proxy, or choose another place: {another}",
    )


def _shown(mirror: Setting | None) -> Setting | None:
    from scaffold.sources.redact import redact

    return None if mirror is None else replace(mirror, value=redact(mirror.value))
