"""Find every usable Python of a machine."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scaffold.interpreters.advice import INSTALL_WITH_UV, how_to_install
from scaffold.interpreters.candidates import Candidate, candidates, real_path, registered
from scaffold.interpreters.inspection import Inspect, architecture, inspector
from scaffold.interpreters.model import Interpreter, Refusal
from scaffold.system import HostSystem, System


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a scan came to: usable Pythons, newest first, and those that cannot be used."""

    interpreters: tuple[Interpreter, ...]
    refused: tuple[Refusal, ...]
    machine: str = ""  # the host's architecture, spelt like `Interpreter.machine`
    how_to_install: str = INSTALL_WITH_UV  # a command, {version} or {minor} to be filled in

    @property
    def minors(self) -> tuple[str, ...]:
        """The versions that there are, newest first: ``3.13``, ``3.12``."""
        return tuple(dict.fromkeys(one.minor for one in self.interpreters))


def find(
    system: System,
    cache_folder: Path | None = None,
    *,
    inspect: Inspect | None = None,
) -> Found:
    """Every usable Python on the machine, and why others are not. Never raises because of the host.

    ``cache_folder`` keeps answers between runs (the user's cache folder where none is given);
    ``inspect`` stands in for asking the programs.
    """
    programs = [*candidates(system), *registered(system)]
    if isinstance(system, HostSystem):  # wherever it lies, the Python that runs this is there
        programs.append(Candidate(path=Path(sys.executable), origin="running"))
    ask = inspect or inspector(cache_folder or default_cache_folder())
    workers = max(1, min(8, 2 * system.platform.cpu_count, len(programs)))
    # python-discovery passes on what a program prints before its answer; our own output stays clean.
    with contextlib.redirect_stdout(sys.stderr), ThreadPoolExecutor(workers) as pool:
        answers = list(pool.map(lambda one: ask(system, one), programs))
    interpreters = [one for one in answers if isinstance(one, Interpreter)]
    return Found(
        interpreters=tuple(sorted(_once(system, interpreters), key=_newest_first)),
        refused=tuple(one for one in answers if isinstance(one, Refusal)),
        machine=architecture(system.platform.machine, system.platform.os),
        how_to_install=how_to_install(system),
    )


def default_cache_folder() -> Path:
    """Where answers of interpreters are kept for this user."""
    from platformdirs import user_cache_path

    return user_cache_path("scaffold", appauthor=False) / "interpreters"


def version_key(version: str) -> tuple[int, int, int, bool, str]:
    """Orders versions; a pre-release comes before its release.

    >>> version_key("3.15.0rc1") < version_key("3.15.0")
    True
    """
    import re

    parts = re.fullmatch(r"(\d+)\.(\d+)(?:\.(\d+))?(.*)", version)
    if parts is None:
        return (0, 0, 0, False, version)
    return (int(parts[1]), int(parts[2]), int(parts[3] or 0), not parts[4], parts[4])


def _newest_first(one: Interpreter) -> tuple[int, int, int, bool]:
    major, minor, micro, final, _ = version_key(one.version)
    return (-major, -minor, -micro, not final)


def _once(system: System, interpreters: Sequence[Interpreter]) -> list[Interpreter]:
    first: dict[Path, Interpreter] = {}
    for one in interpreters:
        first.setdefault(real_path(system, one.path), one)
    return list(first.values())
