"""What a new lock changes: names, and versions from which to which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scaffold.environments.locking.text import parse_requirements


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One package. "" before: it is new; "" after: it is gone."""

    name: str
    before: str
    after: str
    groups: tuple[str, ...]


def changes(
    root: Path, files: Mapping[PurePosixPath, str], gone: tuple[PurePosixPath, ...] = ()
) -> tuple[Change, ...]:
    """What differs between the project's locks and a new set of them, each difference once."""
    found: dict[tuple[str, str, str], list[str]] = {}
    texts = {**files, **dict.fromkeys(gone, "")}
    for path, text in texts.items():
        if path.suffix != ".txt":
            continue
        group = path.stem.removeprefix("lock-")
        for row in differing(_read(root / path), text):
            found.setdefault(row, []).append(group)
    return tuple(
        Change(name=name, before=before, after=after, groups=tuple(groups))
        for (name, before, after), groups in sorted(found.items())
    )


def first_locks(root: Path, files: Mapping[PurePosixPath, str]) -> Mapping[str, int]:
    """The groups that had no lock so far -> how many packages the new one holds."""
    return {
        path.stem.removeprefix("lock-"): len(_versions(text))
        for path, text in files.items()
        if path.suffix == ".txt" and not (root / path).exists()
    }


def differing(before: str, after: str) -> tuple[tuple[str, str, str], ...]:
    r"""Name, version before, version after, of the packages that two texts do not have alike.

    >>> differing("torch==2.14.1\nalpha==1\n", "torch==2.15.0\nbeta==1\n")
    (('alpha', '1', ''), ('beta', '', '1'), ('torch', '2.14.1', '2.15.0'))
    """
    old, new = _versions(before), _versions(after)
    return tuple(
        (name, old.get(name, ""), new.get(name, ""))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    )


def _versions(text: str) -> Mapping[str, str]:
    """A package that is locked twice, for machines that exclude each other, has both versions."""
    found: dict[str, list[str]] = {}
    for one in parse_requirements(text)[0]:
        found.setdefault(one.name, []).append(one.version)
    return {name: ", ".join(dict.fromkeys(versions)) for name, versions in found.items()}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ""
