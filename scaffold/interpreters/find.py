"""Find every usable Python of a machine."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scaffold.interpreters.candidates import candidates
from scaffold.interpreters.inspection import Inspect, architecture, inspecting, is_too_old, too_old
from scaffold.interpreters.model import Interpreter, Refusal
from scaffold.interpreters.places import Candidate, is_shim, real_path
from scaffold.system import HostSystem, System


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a scan came to: usable Pythons, newest first, and those that cannot be used."""

    interpreters: tuple[Interpreter, ...]
    refused: tuple[Refusal, ...]
    machine: str = ""  # the host's architecture, spelt like `Interpreter.machine`

    @property
    def minors(self) -> tuple[str, ...]:
        """The versions that there are, newest first: ``3.13``, ``3.12``."""
        return tuple(dict.fromkeys(one.minor for one in self.interpreters))


def find(
    system: System,
    cache_folder: Path | None = None,
    *,
    inspect: Inspect | None = None,
    anew: bool = False,
) -> Found:
    """Every usable Python on the machine, and why others are not. Never raises because of the host.

    ``cache_folder`` keeps answers between runs (the user's cache folder where none is given); ``anew``:
    every program is asked, whatever it said before. ``inspect`` stands in for asking the programs.
    """
    programs = [*candidates(system), *_of_this_process(system)]
    refused = [one for one in (_at_sight(system, program) for program in programs) if one is not None]
    unseen = {one.path for one in refused}
    left = [one for one in programs if one.path not in unseen]
    asking = contextlib.nullcontext(inspect) if inspect else inspecting(_cache(cache_folder), anew=anew)
    # Twice the processors: a program that starts waits for the disk half of its time.
    workers = max(1, min(8, 2 * system.platform.cpu_count, len(left)))
    with asking as ask, ThreadPoolExecutor(workers) as pool:
        answers = list(pool.map(lambda one: ask(system, one), left))
    interpreters = [one for one in answers if isinstance(one, Interpreter)]
    refused += [one for one in answers if isinstance(one, Refusal)]
    return Found(
        interpreters=tuple(sorted(_once(system, interpreters), key=_newest_first)),
        refused=tuple(sorted(refused, key=_by_version)),
        machine=architecture(system.platform.machine, system.platform.os),
    )


def _of_this_process(system: System) -> list[Candidate]:
    """What only the running process can tell: its own Python, and Windows' registry."""
    if not isinstance(system, HostSystem):
        return []
    found = [Candidate(path=Path(sys.executable), origin="running")]
    if sys.platform == "win32":
        import winreg

        from scaffold.interpreters.registry import installations

        found += [Candidate(path=Path(path), origin=origin) for path, origin in installations(winreg)]
    return [one for one in found if not is_shim(one.path)]


def _at_sight(system: System, candidate: Candidate) -> Refusal | None:
    """What need not be started: a link that leads nowhere, a version manager's folder of an old version."""
    why = ""
    if not system.exists(candidate.path):
        target = system.resolve_link(candidate.path)
        why = f"a link to {target}, which is not there" if target else "it is not there"
    elif is_too_old(candidate.version):
        why = too_old(candidate.version)
    return (
        Refusal(path=candidate.path, why=why, version=candidate.version, origin=candidate.origin)
        if why
        else None
    )


def _cache(folder: Path | None) -> Path:
    return folder or default_cache_folder()


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


def _by_version(one: Refusal) -> tuple[bool, tuple[int, int, int], str]:
    """Newest first; those that did not say last."""
    major, minor, micro, _, _ = version_key(one.version)
    return (not one.version, (-major, -minor, -micro), str(one.path))


def _once(system: System, interpreters: Sequence[Interpreter]) -> list[Interpreter]:
    first: dict[Path, Interpreter] = {}
    for one in interpreters:
        first.setdefault(real_path(system, one.path), one)
    return list(first.values())
