"""How a missing Python is got on a machine: one command."""

from __future__ import annotations

import re
from pathlib import Path

from scaffold.system import System

#: The version that most packages are built for (`builds.choice.PREFERENCE` begins with it).
RECOMMENDED = "3.12"

#: What a user who has the program would say, the version managers first: they have every version.
_COMMANDS = (
    ("uv", "uv python install {version}"),
    ("pyenv", "pyenv install {version}"),
    ("mise", "mise install python@{version}"),
    ("brew", "brew install python@{minor}"),
    ("pymanager", "pymanager install {minor}"),
    ("winget", "winget install Python.Python.{minor}"),
    ("dnf", "sudo dnf install python{minor}"),
)


def install_command(system: System, version: str) -> str:
    """The one command that installs a version (``3.12``, ``3.12.4``) here.

    Ours where a mirror of Pythons was chosen, which no other program knows of. apt's where nothing better is
    there and it has that version: Debian and Ubuntu carry one a release.
    """
    minor, ours = ".".join(version.split(".")[:2]), f"scaffold env python --install {version}"
    if _has_mirror(system):
        return ours
    for program, command in _COMMANDS:
        if system.which(program):
            return command.format(version=version, minor=minor)
    if version == minor and _apt_has(system, f"python{minor}"):
        return f"sudo apt install python{minor}"
    return ours  # with the uv that came along


def known_versions(system: System) -> tuple[str, ...]:
    """Every release of CPython that uv could download, the oldest first; () where there is no uv to tell.

    The list is part of uv: no network is asked.
    """
    uv = _uv(system)
    if uv is None:
        return ()
    arguments = (uv, "python", "list", "--only-downloads", "--all-versions", "--offline", "--no-config")
    done = system.run(arguments, timeout=10, environment={**system.environment, "NO_COLOR": "1"})
    return versions_of(done.stdout)


def versions_of(listing: str) -> tuple[str, ...]:
    r"""The versions in the words of ``uv python list``, the oldest first.

    >>> versions_of("cpython-3.16.0a2-linux-x86_64-gnu  <download available>\nnonsense\n"
    ...     "cpython-3.9.25+freethreaded-linux-x86_64-gnu  x\npypy-3.11.13-linux-x86_64-gnu  x")
    ('3.9.25', '3.16.0a2')
    """
    found = set(re.findall(r"^cpython-(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)[+-]", listing, re.MULTILINE))
    return tuple(sorted(found, key=lambda one: [int(number) for number in re.findall(r"\d+", one)]))


def _uv(system: System) -> Path | None:
    """uv: the one that came along, otherwise the user's."""
    try:
        from uv import find_uv_bin

        return Path(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return system.which("uv")


def _has_mirror(system: System) -> bool:
    """Whether ``scaffold env mirrors use`` chose where Pythons come from."""
    from scaffold.errors import ConfigurationRefused
    from scaffold.sources.user_configuration import read_configuration

    try:
        return "python" in read_configuration(system).mirrors
    except ConfigurationRefused:  # told by whatever needs the file
        return False


def _apt_has(system: System, package: str) -> bool:
    if system.which("apt-cache") is None:
        return False
    environment = {**system.environment, "LC_ALL": "C"}
    done = system.run(["apt-cache", "policy", package], timeout=10, environment=environment)
    return bool(candidate_of(done.stdout))


def candidate_of(policy: str) -> str:
    r"""The version that apt would install, out of ``apt-cache policy``; "" where there is none.

    >>> candidate_of("python3.11:\n  Installed: (none)\n  Candidate: 3.11.2-6+deb12u6\n")
    '3.11.2-6+deb12u6'
    >>> candidate_of("python3.12:\n  Installed: (none)\n  Candidate: (none)\n")
    ''
    """
    found = re.search(r"^\s*Candidate: (\S+)", policy, re.MULTILINE)
    return found[1] if found and found[1] != "(none)" else ""
