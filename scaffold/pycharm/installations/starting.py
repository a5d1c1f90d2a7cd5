"""How an installed PyCharm is started on a folder, from each kind of system. Nothing is started here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scaffold.errors import LaunchFailed
from scaffold.machine.surroundings import WINDOWS_DISK, windows_homes, wsl_of_kernel
from scaffold.pycharm.installations.find import at
from scaffold.pycharm.installations.model import Installation, numbers
from scaffold.pycharm.products import DEFAULTS, may_be_pycharm
from scaffold.system import System

#: wslpath and its kin answer at once or never.
SECONDS = 10.0


def demand_screen(system: System) -> None:
    """Raise LaunchFailed (no-screen) where there is no screen on which a window could open."""
    environment = system.environment
    if system.platform.os != "linux" or any(environment.get(one) for one in ("DISPLAY", "WAYLAND_DISPLAY")):
        return
    if wsl_of_kernel(system.platform.release):
        hint = "in WSL: install PyCharm on Windows, or update WSL so that it shows windows (wsl --update)"
    else:
        hint = (
            "on your own computer: PyCharm | Remote Development | SSH opens this folder from there;\n"
            "or connect with ssh -X, or sit down at this computer"
        )
    way = "over SSH" if environment.get("SSH_CONNECTION") else "without a desktop"
    raise LaunchFailed(
        f"This session is {way}: there is no screen to open PyCharm on",
        detail=("DISPLAY and WAYLAND_DISPLAY are not set",),
        hint=hint,
        code="no-screen",
    )


def argv_of(system: System, installation: Installation, root: Path) -> tuple[str, ...]:
    """The command line that opens ``root``."""
    return (*installation.launcher, shown_path(system, installation, root))


def shown_path(system: System, installation: Installation, root: Path) -> str:
    """The folder as that PyCharm knows it: from Windows, a folder in WSL has another name.

    Raises LaunchFailed where WSL does not tell it.
    """
    if not is_windows_program(installation):
        return str(root)
    answer = system.run(["wslpath", "-w", str(root)], timeout=SECONDS)
    name = answer.stdout.strip()
    if not answer.ok or not name:
        raise LaunchFailed(
            f"wslpath does not tell what {root} is called on Windows",
            detail=tuple(answer.stderr.strip().splitlines()[-2:]),
            hint="open the folder in PyCharm by hand: it lies below \\\\wsl.localhost",
        )
    return name


def is_windows_program(installation: Installation) -> bool:
    """Whether it is a Windows program seen from WSL."""
    program = installation.launcher[0]
    return program.startswith("/mnt/") and program.endswith(".exe")


def windows_side(system: System) -> tuple[Installation, ...]:
    """In WSL: what is installed on Windows, the newest first. Its settings are Windows' affair."""
    if not wsl_of_kernel(system.platform.release):
        return ()
    places = [WINDOWS_DISK / "Program Files" / "JetBrains"]
    for home in windows_homes(system):
        local = home / "AppData" / "Local"
        places += [local / "Programs", local / "JetBrains" / "Toolbox" / "apps"]
    folders = [place / name for place in places for name in system.list_folder(place) if may_be_pycharm(name)]
    found = (at(system, folder, "standalone", f"{folder.parent}, on Windows") for folder in folders)
    programs = (
        replace(one, launcher=(str(one.folder / DEFAULTS["windows"][0]),), config_folder=None)
        for one in found
        if one is not None
    )
    return tuple(sorted(programs, key=lambda one: numbers(one.version), reverse=True))
