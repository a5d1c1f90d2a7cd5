"""How a missing Python is got on a machine: one command."""

from __future__ import annotations

from scaffold.system import System

#: Where nothing else is known: uv is a package like any other and brings every version of Python.
INSTALL_WITH_UV = "pip install uv && uv python install {version}"

#: What a user who has the program would say, the version managers first: they have every version.
_COMMANDS = (
    ("uv", "uv python install {version}"),
    ("pyenv", "pyenv install {version}"),
    ("mise", "mise install python@{version}"),
    ("brew", "brew install python@{minor}"),
    ("winget", "winget install Python.Python.{minor}"),
    ("dnf", "sudo dnf install python{minor}"),
)


def how_to_install(system: System) -> str:
    """The one command that installs a Python here, with ``{version}`` or ``{minor}`` in it.

    apt is not among them: Debian and Ubuntu carry one version a release, seldom the missing one.
    """
    return next((command for program, command in _COMMANDS if system.which(program)), INSTALL_WITH_UV)
