"""Whether an installed PyCharm is open."""

from __future__ import annotations

from scaffold.errors import IdeRunning
from scaffold.pycharm.configs import ConfigFolder
from scaffold.pycharm.installations.model import Installation
from scaffold.pycharm.running import is_running
from scaffold.system import System


def open_evidence(system: System, installation: Installation) -> str:
    """Why it must be taken for open, in words; "" where it is closed."""
    if installation.config_folder is None:
        return ""
    version = ".".join(installation.version.split(".")[:2])
    folder = ConfigFolder(
        path=installation.config_folder,
        product=installation.product,
        version=version,
        how="flatpak" if installation.how == "flatpak" else "native",
    )
    return is_running(folder, system)


def demand_closed(system: System, installation: Installation) -> None:
    """Raise IdeRunning where it is open."""
    evidence = open_evidence(system, installation)
    if evidence:
        raise IdeRunning(
            f"{installation.title} is open", detail=(evidence,), hint="close it, then call the command again"
        )
