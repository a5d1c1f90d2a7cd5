"""Where a shell looks for completions; our script put there, and taken away. No start-up file is edited."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from scaffold.errors import OptionRefused
from scaffold.files import not_written, read_present, replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.system import System

Shell = Literal["bash", "zsh", "fish", "powershell"]
SHELLS: tuple[Shell, ...] = get_args(Shell)

#: Stands in every script of ours, whatever version wrote it.
MARK = b"# scaffold's completion for "

_ENDINGS: Mapping[Shell, str] = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "ps1"}

#: Seconds for a zsh that reads its user's start-up files.
_ASKING_ZSH = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A shell's script and its file, before anything is written."""

    shell: Shell
    file: Path
    reason: str  # who says that the shell looks there
    content: bytes
    state: Literal["missing", "same", "older"]  # what is there now
    start_up: tuple[str, ...] = ()  # lines for the user's own start-up file, without which it is not found
    start_up_file: str = ""


def script(shell: Shell) -> str:
    """The script that a shell reads."""
    return (Path(__file__).parent / "scripts" / f"scaffold.{_ENDINGS[shell]}").read_text(encoding="utf-8")


def plan_placement(system: System, shell: Shell) -> Placement:
    """Where the script of a shell belongs, and what is there. Raises OptionRefused for a file of others."""
    if system.home is None:
        raise OptionRefused(
            "there is no home folder to install a completion in",
            hint=f"write it where you want it: scaffold completion {shell} > FILE",
        )
    file, reason, start_up = _PLACES[shell](system, system.home)
    content = script(shell).encode("utf-8")
    there = read_present(file)
    if there is not None and MARK not in there:
        raise OptionRefused(
            f"{file} is there, and it is not scaffold's",
            hint=f"move it away, or write the script elsewhere: scaffold completion {shell} > FILE",
        )
    state: Literal["missing", "same", "older"] = (
        "missing" if there is None else "same" if there == content else "older"
    )
    name, lines = start_up
    return Placement(
        shell=shell, file=file, reason=reason, content=content, state=state,
        start_up=lines, start_up_file=name,
    )  # fmt: skip


def put(plan: Placement) -> None:
    """Write the script; nothing where it is there already. Raises NoSpace, NoPermission."""
    if plan.state == "same":
        return
    try:
        plan.file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as refusal:
        raise not_written(plan.file, refusal) from refusal
    replace_file(plan.file, plan.content)


def take_away(plan: Placement) -> None:
    """Delete the script; nothing where there is none. Raises NoPermission."""
    try:
        plan.file.unlink(missing_ok=True)
    except OSError as refusal:
        raise not_written(plan.file, refusal) from refusal


_StartUp = tuple[str, tuple[str, ...]]
_Place = tuple[Path, str, _StartUp]


def _data(system: System, home: Path) -> Path:
    """XDG's folder for a user's data, which bash-completion goes by on every system."""
    told = system.environment.get("XDG_DATA_HOME", "")
    return Path(told) if Path(told).is_absolute() else home / ".local" / "share"


def _bash(system: System, home: Path) -> _Place:
    told = system.environment.get("BASH_COMPLETION_USER_DIR", "")
    folder = Path(told) if told else _data(system, home) / "bash-completion"
    lines = ('eval "$(scaffold completion bash)"',)
    looks = any(
        system.exists(one)
        for one in (
            "/usr/share/bash-completion/bash_completion",
            "/usr/local/share/bash-completion/bash_completion",
            "/opt/homebrew/etc/profile.d/bash_completion.sh",
            "/usr/local/etc/profile.d/bash_completion.sh",
        )
    )
    start_up = ("", ()) if looks else ("~/.bashrc", lines)
    reason = "bash-completion reads it there" if looks else "bash-completion would read it there"
    return folder / "completions" / "scaffold", reason, start_up


def _zsh(system: System, home: Path) -> _Place:
    asked = system.run(["zsh", "-ic", "print -l -- $fpath"], timeout=_ASKING_ZSH)
    for line in asked.stdout.splitlines() if asked.ok else ():
        folder = Path(line)
        if folder.is_absolute() and folder.is_relative_to(home) and system.is_accessible(folder):
            return folder / "_scaffold", "zsh's own fpath has it", ("", ())
    folder = home / ".zfunc"
    lines = (f"fpath=({folder} $fpath)", "autoload -Uz compinit && compinit")
    return folder / "_scaffold", "no folder of zsh's fpath is yours", ("~/.zshrc", lines)


def _fish(system: System, home: Path) -> _Place:
    told = system.environment.get("XDG_CONFIG_HOME", "")
    folder = Path(told) if Path(told).is_absolute() else home / ".config"
    return folder / "fish" / "completions" / "scaffold.fish", "fish reads it there", ("", ())


def _powershell(system: System, home: Path) -> _Place:
    local = system.environment.get("LOCALAPPDATA", "")
    folder = Path(local) if system.platform.os == "windows" and local else _data(system, home)
    file = folder / "scaffold" / "scaffold.ps1"
    quoted = str(file).replace("'", "''")
    return file, "PowerShell looks nowhere by itself", ("$PROFILE", (f". '{quoted}'",))


_PLACES = {"bash": _bash, "zsh": _zsh, "fish": _fish, "powershell": _powershell}
