"""JetBrains' installer for Windows, without its windows: for this user only, no administrator needed.

It is used only where a release has no archive to unpack. Switches and file: JetBrains' help, "Silent
installation on Windows" (https://www.jetbrains.com/help/pycharm/installation-guide.html).
"""

from __future__ import annotations

from pathlib import Path

from scaffold.errors import DownloadFailed
from scaffold.files import not_written, replace_file
from scaffold.system import System

#: Nothing but the program and its entry in the menu; PATH and file types stay as they are.
ANSWERS = "mode=user\nlauncher32=0\nlauncher64=1\nupdatePATH=0\nupdateContextMenu=0\n.py=0\n"
#: Unpacking takes minutes where a virus scanner looks on.
SECONDS = 1800.0


def run_setup(system: System, installer: Path) -> None:
    """Run the installer to its end; raises DownloadFailed (download-damaged) where it gives up."""
    program, answers = installer.with_name("setup.exe"), installer.with_name("silent.config")
    replace_file(answers, ANSWERS.encode())
    try:
        installer.replace(program)
        # /D=FOLDER would have to stand unquoted at the end, which no path with a blank can: its default stays
        ended = system.run([str(program), "/S", f"/CONFIG={answers}"], timeout=SECONDS)
        program.replace(installer)
    except OSError as refusal:
        raise not_written(installer, refusal) from refusal
    if not ended.ok:
        raise DownloadFailed(
            f"JetBrains' installer gave up: {ended.outcome}, status {ended.status}",
            detail=tuple((ended.stderr or ended.stdout).strip().splitlines()[-3:]),
            hint=f"run it by hand: {installer}",
            code="download-damaged",
        )
