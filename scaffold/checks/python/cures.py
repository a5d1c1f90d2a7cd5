"""What mends an environment that scaffold did not make: commands for its owner, none that doctor runs."""

from __future__ import annotations

from scaffold.checks.cures import anew
from scaffold.checks.facts import Facts
from scaffold.checks.model import Remedy


def python_of(facts: Facts) -> str:
    """The interpreter to name in commands: the target's whole path where one is known."""
    if facts.target is not None and facts.target.python is not None:
        return str(facts.target.python)
    return "python"


def recreated(facts: Facts, why: str = "") -> Remedy:
    """Make the environment again at its place, from an interpreter that is there."""
    text = "recreate the environment with an interpreter that is there, then install the requirements again"
    if facts.target is not None and facts.target.own:
        return anew(facts, f"recreate the environment{why}")
    return Remedy(text=f"{text}{why}", commands=(_command(facts), *_requirements(facts)))


def _command(facts: Facts) -> tuple[str, ...]:
    python, venv = facts.python, facts.python.venv if facts.python else None
    folder = (venv.folder if venv else "") or ".venv"
    minor = ".".join(map(str, python.minor)) if python and python.minor else ""
    if venv is not None and venv.tool.startswith("uv"):
        return ("uv", "venv", *(("--python", minor) if minor else ()), "--clear", folder)
    if facts.machine.host.os == "windows":
        return ("py", *((f"-{minor}",) if minor else ()), "-m", "venv", "--clear", folder)
    return (f"python{minor}" if minor else "python3", "-m", "venv", "--clear", folder)


def _requirements(facts: Facts) -> tuple[tuple[str, ...], ...]:
    """What fills it again, by the files that are there; nothing where nobody knows of one."""
    venv = facts.python.venv if facts.python else None
    files = facts.manifest.files if facts.manifest else ()
    listed = next((one for one in files if one.startswith("requirements")), "")
    if venv is not None and venv.tool.startswith("uv"):
        if "uv.lock" in files or ("pyproject.toml" in files and not listed):
            return (("uv", "sync"),)
        return (("uv", "pip", "install", "--python", venv.folder or ".venv", "-r", listed),) if listed else ()
    if facts.target is None or facts.target.python is None or not listed:
        return ()
    return ((python_of(facts), "-m", "pip", "install", "-r", listed),)
