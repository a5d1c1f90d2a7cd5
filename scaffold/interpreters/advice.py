"""How a missing Python is got on a machine: one command."""

from __future__ import annotations

import re

from scaffold.system import System

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

    apt's where nothing better is there and it has that version: Debian and Ubuntu carry one a release.
    """
    minor = ".".join(version.split(".")[:2])
    for program, command in _COMMANDS:
        if system.which(program):
            return command.format(version=version, minor=minor)
    if version == minor and _apt_has(system, f"python{minor}"):
        return f"sudo apt install python{minor}"
    return f"scaffold env python --install {version}"  # with the uv that came along


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
