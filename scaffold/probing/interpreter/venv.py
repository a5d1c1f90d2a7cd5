"""A virtual environment by its files: pyvenv.cfg, the link behind its program, its scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from scaffold.interpreters.places import real_path
from scaffold.probing.interpreter.model import VenvFacts
from scaffold.probing.interpreter.scripts import stale
from scaffold.system import System

_NAMES = {"posix": ("bin", ("python", "python3")), "windows": ("Scripts", ("python.exe",))}
_ACTIVATE = re.compile(r"""^\s*(?:export\s+)?VIRTUAL_ENV=["']?(?P<path>[^"'$\n]+?)["']?\s*$""", re.MULTILINE)
_COMMAND = re.compile(r"-m (?:venv|virtualenv) (?:.* )?(?P<path>(?:/|[A-Za-z]:[\\/]).*)$")


def parse_configuration(text: str) -> Mapping[str, str]:
    r"""Parse ``pyvenv.cfg``; names in lower case.

    >>> dict(parse_configuration("home = /usr/bin\nversion = 3.11.2\nprompt = '='\n"))
    {'home': '/usr/bin', 'version': '3.11.2', 'prompt': "'='"}
    """
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def made_at(configuration: Mapping[str, str], activate: str) -> str:
    r"""Tell where an environment was made: by its activation script, else by the command noted in it.

    >>> made_at({}, 'VIRTUAL_ENV="/home/ada/old/.venv"\nexport VIRTUAL_ENV\n')
    '/home/ada/old/.venv'
    >>> made_at({"command": "/usr/bin/python3 -m venv --clear /home/ada/old/.venv"}, "")
    '/home/ada/old/.venv'
    """
    found = _ACTIVATE.search(activate)
    if found is not None:
        return found["path"]
    noted = _COMMAND.search(configuration.get("command", ""))
    return noted["path"] if noted else ""


def venv_facts(system: System, prefix: Path) -> VenvFacts | None:
    """The facts about an environment; None where the folder holds no ``pyvenv.cfg``."""
    text = system.read_text(prefix / "pyvenv.cfg")
    if text is None:
        return None
    configuration = parse_configuration(text)
    kind = "windows" if system.platform.os == "windows" else "posix"
    folder, names = _NAMES[kind]
    program = next(
        (prefix / folder / name for name in names if _is_named(system, prefix / folder / name)), None
    )
    version = configuration.get("version_info") or configuration.get("version", "")
    home = configuration.get("home", "")
    scripts, seen = stale(system, prefix / folder, prefix)
    return VenvFacts(
        folder=str(prefix),
        tool=_tool(configuration),
        home=home,
        home_alive=_home_alive(system, home, kind),
        made_at=_made_at(system, prefix, configuration, system.read_text(prefix / folder / "activate") or ""),
        version=plain_version(version),
        program=str(real_path(system, program)) if program else "",
        program_alive=system.exists(real_path(system, program)) if program else False,
        sees_system=configuration.get("include-system-site-packages", "").lower() == "true",
        stale=scripts,
        scripts=seen,
        site_packages=_has_site_packages(system, prefix, program, kind),
        foreign_layout=_foreign(system, prefix, program, kind),
    )


def _made_at(system: System, prefix: Path, configuration: Mapping[str, str], activate: str) -> str:
    """Where it was made; this place, where that is only another way to it (links, /private on macOS)."""
    noted = made_at(configuration, activate)
    if noted and real_path(system, Path(noted)) == real_path(system, prefix):
        return str(prefix)
    return noted


def _is_named(system: System, program: Path) -> bool:
    return system.exists(program) or system.resolve_link(program) is not None


def plain_version(text: str) -> str:
    """A version as Python spells it: 3.11.7.final.0 is 3.11.7.

    >>> plain_version("3.11.7.final.0"), plain_version("3.14.0rc1"), plain_version("")
    ('3.11.7', '3.14.0', '')
    """
    found = re.match(r"\d+(?:\.\d+){0,2}", text)
    return found[0] if found else ""


def _tool(configuration: Mapping[str, str]) -> str:
    if "uv" in configuration:
        return "uv"
    if "virtualenv" in configuration:
        return "virtualenv"
    return "venv" if "-m venv" in configuration.get("command", "") else ""


def _home_alive(system: System, home: str, kind: str) -> bool | None:
    """Whether the folder that the base's program lay in still holds a Python."""
    if not home:
        return None
    names = (name.lower() for name in system.list_folder(home))
    ending = r"\.exe" if kind == "windows" else ""
    pattern = re.compile(rf"(?:python|pypy)(?:3(?:\.\d+)?t?)?{ending}")
    return any(pattern.fullmatch(name) and system.exists(Path(home) / name) for name in names)


def _has_site_packages(system: System, prefix: Path, program: Path | None, kind: str) -> bool | None:
    """Whether what was installed lies where the Python of today looks: a base that was upgraded does not."""
    if kind == "windows" or program is None or not system.exists(program):
        return None
    named = re.fullmatch(r"python(3\.\d+)(t?)", real_path(system, program).name)
    folders = [name for name in system.list_folder(prefix / "lib") if re.match(r"python3\.\d", name)]
    if named is None or not folders:
        return None
    return f"python{named[1]}{named[2]}" in folders


def _foreign(system: System, prefix: Path, program: Path | None, kind: str) -> str:
    """The other system's folder of programs, where an environment has that instead of this system's."""
    if program is not None:
        return ""
    other, names = _NAMES["posix" if kind == "windows" else "windows"]
    return other if any(_is_named(system, prefix / other / name) for name in names) else ""
