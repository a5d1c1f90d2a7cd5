"""What makes PyCharm faster and only the user can do: it needs an administrator, or a decision."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scaffold.machine.surroundings import wsl_of_kernel
from scaffold.pycharm.installations.model import Installation
from scaffold.pycharm.installations.vmoptions import rules
from scaffold.shell import line
from scaffold.system import System

_WATCHES = "/proc/sys/fs/inotify/max_user_watches"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """``text``: what is slow and why; ``commands``: to be pasted, a line each."""

    text: str
    commands: tuple[str, ...] = ()


def advice(
    system: System, root: Path | None, installation: Installation | None, *, unlisted: bool = False
) -> tuple[Advice, ...]:
    """What is to be said on this machine; nothing where all is well.

    ``unlisted``: the project has none of PyCharm's files yet.
    """
    found = [
        _unlisted(root if unlisted else None),
        _watches(system),
        _windows_disk(system, root),
        _defender(system, root, installation),
    ]
    return tuple(one for one in found if one is not None)


def _unlisted(root: Path | None) -> Advice | None:
    if root is None:
        return None
    return Advice(
        text="folders are excluded in PyCharm's files, which are not there yet. Have them written, and tune"
        " again:",
        commands=(
            line("scaffold", "ide", "pycharm", str(root)),
            line("scaffold", "ide", "tune", str(root)),
        ),
    )


def _watches(system: System) -> Advice | None:
    """PyCharm watches every folder; where Linux lets it watch too few, it reads them all again and again."""
    text = (system.read_text(_WATCHES) or "").strip()
    wanted = rules().watches
    if system.platform.os != "linux" or not text.isdecimal() or int(text) >= wanted:
        return None
    return Advice(
        text=f"Linux lets a user watch {int(text):,} folders ({_WATCHES}); PyCharm wants {wanted:,}, else it"
        " looks for changed files by itself, slowly. An administrator sets it:",
        commands=(
            f"echo fs.inotify.max_user_watches={wanted} | sudo tee /etc/sysctl.d/60-pycharm.conf",
            "sudo sysctl --system",
        ),
    )


def _windows_disk(system: System, root: Path | None) -> Advice | None:
    if root is None or not wsl_of_kernel(system.platform.release) or not str(root).startswith("/mnt/"):
        return None
    return Advice(
        text=f"{root} is on a Windows disk: from WSL every file there takes many times longer."
        " Move the project below your home folder in WSL, data and environments too"
    )


def _defender(system: System, root: Path | None, installation: Installation | None) -> Advice | None:
    if system.platform.os != "windows" or root is None:
        return None
    folders = [root, *([installation.config_folder] if installation and installation.config_folder else [])]
    quoted = ", ".join("'" + str(one).replace("'", "''") + "'" for one in folders)
    return Advice(
        text="Windows Defender reads every file that Python and PyCharm open. Where your rules allow it,"
        " exclude the project, in a PowerShell that is run as administrator:",
        commands=(f"Add-MpPreference -ExclusionPath {quoted}",),
    )
