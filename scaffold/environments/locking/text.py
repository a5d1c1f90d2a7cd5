"""``requirements/lock-<group>.txt`` as text: written from a pylock, and read again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scaffold.environments.installers.pylock import pylock_rows
from scaffold.environments.locking.model import LockedPackage

#: The first line of every such file, by which ours are known.
MARK = "# Locked by `scaffold env lock`"

_HEAD = re.compile(r"#\s*(?P<key>[\w.]+):\s+(?P<value>.*\S)")
_HASH = re.compile(r"--hash[=\s](?P<value>sha\d+:[0-9a-fA-F]+)")
_PIN = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)\s*==\s*(?P<version>[^\s;\\]+)\s*(?:;(?P<marker>.*))?")


def packages_of_pylock(text: str) -> tuple[tuple[LockedPackage, ...], tuple[str, ...]]:
    """The distributions of a ``pylock.toml``, and the names of those that have no place in a file of hashes.

    The latter come from a repository or a folder.

    >>> packages_of_pylock('''[[packages]]
    ... name = "torch"
    ... version = "2.14.1+cpu"
    ... wheels = [{ url = "https://host/torch.whl", hashes = { sha256 = "0a" } }]
    ... [[packages]]
    ... name = "mine"
    ... vcs = { type = "git", url = "https://host/mine" }
    ... ''')
    ((LockedPackage(name='torch', version='2.14.1+cpu', marker='', hashes=('sha256:0a',)),), ('mine',))
    """
    from packaging.utils import canonicalize_name

    found: list[LockedPackage] = []
    elsewhere: list[str] = []
    for row in pylock_rows(text):
        name = canonicalize_name(row.name)
        files = (*row.wheels, *([row.sdist] if row.sdist else ()))
        if not row.version or not files:
            elsewhere.append(name)
            continue
        hashes = tuple(dict.fromkeys(one for file in files for one in file.hashes))
        found.append(LockedPackage(name=name, version=row.version, marker=row.marker, hashes=hashes))
    return tuple(sorted(found, key=lambda one: (one.name, one.version))), tuple(elsewhere)


def requirements_text(
    packages: Iterable[LockedPackage], head: Iterable[str], facts: Mapping[str, str]
) -> str:
    r"""The file: words for people, facts for us, then a line a package with its hashes.

    >>> print(requirements_text([LockedPackage(name="tqdm", version="4.70.1", hashes=("sha256:0a",))],
    ...     ["for the group cpu"], {"python": ">=3.11"}), end="")
    # Locked by `scaffold env lock`
    # for the group cpu
    # python: >=3.11
    <BLANKLINE>
    tqdm==4.70.1 \
        --hash=sha256:0a
    """
    lines = [MARK, *(f"# {one}" for one in head), *(f"# {key}: {value}" for key, value in facts.items()), ""]
    for one in packages:
        marker = f" ; {one.marker}" if one.marker else ""
        lines.append(
            " \\\n    ".join([f"{one.name}=={one.version}{marker}", *(f"--hash={h}" for h in one.hashes)])
        )
    return "\n".join(lines) + "\n"


def parse_requirements(text: str) -> tuple[tuple[LockedPackage, ...], Mapping[str, str], tuple[int, ...]]:
    r"""Packages, the head's facts, and the lines (from 1) that are no pinned requirement.

    >>> parse_requirements("# python: 3\ntqdm==4.7 \\\n    --hash=sha256:0a\n<<<<<<< HEAD\n")
    ((LockedPackage(name='tqdm', version='4.7', marker='', hashes=('sha256:0a',)),), {'python': '3'}, (4,))
    """
    packages: list[LockedPackage] = []
    head: dict[str, str] = {}
    strange: list[int] = []
    for number, line in _logical_lines(text):
        if line.startswith("#"):
            if (found := _HEAD.fullmatch(line)) and not packages:
                head.setdefault(found["key"], found["value"])
            continue
        one = _package(line)
        if one is None:
            strange.append(number)
        else:
            packages.append(one)
    return tuple(packages), head, tuple(strange)


def packages_digest(packages: Iterable[LockedPackage]) -> str:
    """sha256 of what is pinned and with which hashes, whatever the order, the line ends and the head.

    >>> one = LockedPackage(name="tqdm", version="4.70.1")
    >>> packages_digest([one]) == packages_digest([one, one]), packages_digest([])[:8]
    (False, 'e3b0c442')
    """
    rows = sorted(" ".join((one.name, one.version, one.marker, *sorted(one.hashes))) for one in packages)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def contents_fact(packages: Sequence[LockedPackage]) -> str:
    """What a lock's head says of its packages, so that one that lost some of them is known.

    >>> contents_fact([])[:20]
    '0 packages, sha256:e'
    """
    return f"{len(packages)} packages, sha256:{packages_digest(packages)}"


def all_hashed(text: str) -> bool:
    """Whether every line has a hash: pages of some mirrors tell none."""
    return all(one.hashes for one in parse_requirements(text)[0])


def without_hashes(text: str) -> str:
    """The same requirements for pip, which takes hashes for all of them or for none."""
    return requirements_text((replace(one, hashes=()) for one in parse_requirements(text)[0]), (), {})


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    start, parts = 0, list[str]()
    for number, raw in enumerate(text.splitlines(), start=1):
        start = start if parts else number
        continued = raw.rstrip().endswith("\\") and not raw.startswith("#")
        parts.append(raw.rstrip()[:-1] if continued else raw)
        if continued:
            continue
        if line := " ".join(part.strip() for part in parts).strip():
            yield start, line
        parts = []
    if line := " ".join(part.strip() for part in parts).strip():
        yield start, line


def _package(line: str) -> LockedPackage | None:
    from packaging.markers import InvalidMarker, Marker
    from packaging.utils import canonicalize_name

    hashes = tuple(found["value"] for found in _HASH.finditer(line))
    pin = _PIN.fullmatch(_HASH.sub("", line).strip())
    if pin is None:
        return None
    marker = (pin["marker"] or "").strip()
    try:
        if marker:
            Marker(marker)
    except (InvalidMarker, RecursionError):
        return None
    return LockedPackage(
        name=canonicalize_name(pin["name"]), version=pin["version"], marker=marker, hashes=hashes
    )


def any_python(text: str) -> str:
    r"""A lock's text without the Python that it was made with.

    >>> any_python("# python: >=3.11\n# with: 3.12\n")
    '# python: >=3.11\n'
    """
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("# with: "))


def text_digest(text: str) -> str:
    """sha256 of a text, whatever line ends a version control gave it."""
    return hashlib.sha256("\n".join(text.splitlines()).encode() + b"\n").hexdigest()
