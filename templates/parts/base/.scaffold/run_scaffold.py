"""Start scaffold, the tool that made this project, wherever it is installed on this machine.

The run configuration `doctor` calls this, and so may external tools and tasks of an editor. They do so with
the project's own Python, in which scaffold is not installed. Where it is differs from machine to machine, so
it is not in git: `tool.json` beside this file tells, which scaffold writes on each machine; without it, PATH
and the usual folders of tools are searched.

python .scaffold/run_scaffold.py doctor
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]
#: written by scaffold on each machine: {"python": "/path/of/an/interpreter"}
RECORD = ROOT / ".scaffold" / "tool.json"

NAME = "scaffold.exe" if os.name == "nt" else "scaffold"
NOT_FOUND = 127  # as shells count


def main(arguments: list[str]) -> int:
    """Start scaffold in the project's folder; return its exit status."""
    environment = without_the_project(os.environ)
    for command in commands():
        if answers(command, environment):
            return start([*command, *arguments], environment)
    sys.stderr.write(
        "scaffold, the tool that made this project, was not found on this machine.\n"
        f"  looked at {RECORD}, PATH and {', '.join(map(str, folders()))}\n"
        "hint: install it, then tell this project of it:  scaffold ide pycharm\n"
    )
    return NOT_FOUND


def commands() -> Iterator[list[str]]:
    """Yield what may start scaffold here, the likeliest first."""
    # without the record, or with a damaged one, it only takes longer
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        yield [str(json.loads(RECORD.read_text(encoding="utf-8"))["python"]), "-m", "scaffold"]
    found = shutil.which("scaffold")
    if found:
        yield [found]
    for folder in folders():
        yield [str(folder / NAME)]
    yield [sys.executable, "-m", "scaffold"]


def folders() -> list[Path]:
    """Return where uv, pipx and pip put the commands of tools, and where scaffold's README does."""
    told = [os.environ.get(name) for name in ("UV_TOOL_BIN_DIR", "XDG_BIN_HOME", "PIPX_BIN_DIR")]
    home, scripts = Path(os.path.expanduser("~")), "Scripts" if os.name == "nt" else "bin"
    of_users = sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    usual = [home / ".local" / "bin", home / ".scaffold" / scripts, Path(of_users)]
    return list(dict.fromkeys([*(Path(one) for one in told if one), *usual]))


def answers(command: list[str], environment: dict[str, str]) -> bool:
    """Tell whether a command is there and is scaffold: other programs have that name, too."""
    try:
        told = subprocess.run(
            [*command, "--version"],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return told.returncode == 0 and told.stdout.startswith("scaffold ")


def without_the_project(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the variables less the paths by which PyCharm lets the project import its own modules."""
    environment = dict(inherited)
    paths = environment.pop("PYTHONPATH", "").split(os.pathsep)
    kept = [path for path in paths if path and not Path(path).is_relative_to(ROOT)]
    return {**environment, "PYTHONPATH": os.pathsep.join(kept)} if kept else environment


def start(command: list[str], environment: dict[str, str]) -> int:
    """Become the program where the system can; else wait for it, also when it is told to stop."""
    os.chdir(ROOT)
    if os.name == "posix":
        os.execve(command[0], command, environment)
    child = subprocess.Popen(command, env=environment)
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # it was told, too, and decides what to make of it
            return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
