"""``--only`` and ``--skip``: which findings are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from scaffold.checks.causes import suppressed
from scaffold.checks.model import Finding
from scaffold.errors import OptionRefused


def known_ids() -> tuple[str, ...]:
    """Every id that a finding may have: those that are explained, and those of the signatures."""
    from scaffold.checks.catalogue import catalogue
    from scaffold.logs.signatures import signatures

    return tuple(dict.fromkeys((*catalogue(), *(one.check for one in signatures()))))


def patterns(words: Iterable[str], option: str) -> tuple[str, ...]:
    """Patterns of ids: ``gpu.wsl``, ``gpu.*``, ``gpu``; several in one word are parted by commas.

    Raises OptionRefused for one that means no check, with those that look like it.
    """
    wanted = [one.strip() for word in words for one in word.split(",") if one.strip()]
    known = known_ids() if wanted else ()
    return tuple(_pattern(one, known, option) for one in wanted)


def chosen(findings: Sequence[Finding], only: Sequence[str], skip: Sequence[str]) -> tuple[Finding, ...]:
    """The findings that are asked for. What a finding that is left out explains stands for itself then."""
    if not only and not skip:
        return tuple(findings)
    kept = [one for one in findings if (not only or _any(one.id, only)) and not _any(one.id, skip)]
    there = {one.id for one in kept}
    return suppressed(
        [one if one.suppressed_by in there else replace(one, suppressed_by=None) for one in kept]
    )


def _any(name: str, wanted: Iterable[str]) -> bool:
    return any(fnmatchcase(name, one) for one in wanted)


def _pattern(word: str, known: Sequence[str], option: str) -> str:
    for pattern in (word, f"{word.removesuffix('.')}.*"):
        if any(fnmatchcase(name, pattern) for name in known):
            return pattern
    raise unknown(word, known, f"{option} {word}")


def unknown(word: str, known: Sequence[str], shown: str = "") -> OptionRefused:
    """No check is called that; those that look like it are named."""
    near = like(word, known)
    return OptionRefused(
        f"{shown or word}: there is no such check",
        detail=(f"there are: {', '.join(near)}",) if near else (),
        hint="scaffold doctor --list",
    )


def like(word: str, known: Sequence[str]) -> list[str]:
    """Ids that look like a word, or hold it.

    >>> like("gpu.drivr-too-old", ["gpu.driver-too-old", "sys.shm"]), like("shm", ["gpu.wsl", "sys.shm"])
    (['gpu.driver-too-old'], ['sys.shm'])
    """
    from difflib import get_close_matches

    wanted = word.lower().strip("*.")
    holding = [name for name in known if wanted and wanted in name]
    subjects = {name.partition(".")[0]: f"{name.partition('.')[0]}.*" for name in known}
    near = get_close_matches(word.lower(), known, n=3, cutoff=0.6)
    groups = get_close_matches(wanted, subjects, n=1, cutoff=0.6)
    return list(dict.fromkeys((*holding, *near, *(subjects[one] for one in groups))))[:5]
