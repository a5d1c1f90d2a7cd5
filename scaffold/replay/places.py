"""Folders and disks out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.facts.told import Told, one_line
from scaffold.probing.room.model import SHARED, Place, Role
from scaffold.probing.room.names import ROLES, role_of
from scaffold.probing.room.sync import synchronised_by
from scaffold.replay.sizes import UNITS, bytes_of, size_of, texts

_FULL = re.compile(
    r"\bfull\b|no space|exhausted|\b100 ?%|\b0 (?:bytes|MB|GB)\b|quota exceeded", re.IGNORECASE
)
_IN_MEMORY = re.compile(r"\b(tmpfs|ramfs|ram[- ]?disk)\b", re.IGNORECASE)
_ODD = re.compile(
    r"non[- ]?ascii|chinese|cyrillic|korean|japanese|umlaut|accent|arabic|hebrew|greek|unicode|special char",
    re.IGNORECASE,
)
_FREE = re.compile(
    r"^(?P<place>.*?)[_ ]?(?P<what>free|available|avail|left)(?:[_ ](?P<unit>[kmgt])i?b)?$", re.IGNORECASE
)
_FILE_SYSTEMS = re.compile(
    r"\b(cifs|smb\w*|nfs\w*|exfat|v?fat(?:32)?|msdos|ntfs\w*|fuseblk|vboxsf|vmhgfs|9p|drvfs|hgfs|sshfs|overlay|"
    r"tmpfs|ext[234]|xfs|btrfs|zfs|apfs|lustre|gpfs|beegfs|ecryptfs|fuse\.[\w-]+|virtiofs|prl_fs|hfs\+?|refs|davfs\w*|gcsfuse|s3fs|rclone)\b",
    re.IGNORECASE,
)  # fmt: skip


def places(description: Told) -> Iterator[Place]:
    """Every folder and disk that the description tells something of."""
    yield from _merged(_all(description))


def _all(description: Told) -> Iterator[Place]:
    yield from _spoken(description)
    for name, value in description.below("disk", "disks").facts.items():
        if isinstance(name, str) and name != SHARED:
            yield from _disk(one_line(name), value)
    systems = description.first("filesystem", "file_system", "filesystems", "mounts")
    pairs = systems.items() if isinstance(systems, Mapping) else [("project", systems)] if systems else ()
    for name, value in pairs:
        found = _FILE_SYSTEMS.search(str(value)[:500])
        if found:
            yield Place(**_named(one_line(str(name))), file_system=found[1].lower())
    yield from _variables(description)


def _spoken(description: Told) -> Iterator[Place]:
    """Folders that are told by their path, or by what is odd about them."""
    groups: tuple[tuple[Role, str, tuple[str, ...]], ...] = (
        ("environment", "venv", ("path", "location", "folder")),
        ("project", "project", ("path", "location", "folder", "root")),
        ("uv", "uv", ("cache", "cache_dir")),
        ("python", "python", ("path", "prefix", "executable")),
    )
    for role, group, keys in groups:
        facts = description.below(group).facts
        paths = [one_line(facts[key]) for key in keys if isinstance(facts.get(key), str)]
        spoken = " ".join(texts(facts))
        runs = " ".join(texts({k: facts[k] for k in facts if k in ("logdir", "runs", "log_dir", "output")}))
        path = next((one for one in paths if re.search(r"[/\\]", one)), "")
        yield Place(
            role=role,
            path=path,
            synchronised=synchronised_by(path) or synchronised_by(spoken, words=True),
            odd=_odd(" ".join(paths)),
        )
        if runs:
            yield Place(role="runs", path=runs if re.search(r"[/\\]", runs) else "", odd=_odd(runs))
    for name in ("home", "user", "username", "user_name"):
        text = description.text(name) if description.has(name) else ""
        if text:
            yield Place(role="home", path=text if re.search(r"[/\\]", text) else "", odd=_odd(text))
    for name in ("path", "paths", "folder", "cloud", "temp", "tmp", "cache"):
        for text in texts({name: description.facts.get(name)}):
            role = "temporary" if name in ("temp", "tmp") else "project"
            yield Place(
                role=role,
                path=text if re.search(r"[/\\]", text) else "",
                odd=_odd(text),
                synchronised=synchronised_by(text, words=True),
            )


def _odd(text: str) -> str:
    if not text.isascii():
        return text[:200]
    return text[:200] if _ODD.search(text) else ""


def _variables(description: Told) -> Iterator[Place]:
    environment = description.below("env", "environment").facts
    for variable, role in ROLES.items():
        value = environment.get(variable)
        if isinstance(value, str) and value:
            text = one_line(value)
            yield Place(role=role, path=text, variable=variable, written=text, odd=_odd(text))
    profile = environment.get("USERPROFILE")
    if isinstance(profile, str) and profile:
        yield Place(role="home", path=one_line(profile), variable="USERPROFILE", odd=_odd(one_line(profile)))


def _named(name: str) -> dict[str, Any]:
    role = role_of(name)
    path = name if re.match(r"[/~]|[A-Za-z]:", name) else ""
    return {"role": role, "path": path}


def _disk(name: str, value: object) -> Iterator[Place]:
    match = _FREE.match(name)
    if isinstance(value, Mapping):
        inner = Told(value, [])
        yield Place(
            **_named(name),
            total=bytes_of(inner, "size", "total", "size_gb", "total_gb", "size_mb", "total_mb"),
            free=bytes_of(inner, "free", "free_gb", "free_mb", "available", "available_gb"),
            free_files=inner.whole("free_inodes", "inodes_free")
            if inner.has("free_inodes", "inodes_free")
            else None,
            full=inner.flag("full"),
            file_system=inner.text("type", "fstype", "filesystem")
            if inner.has("type", "fstype", "filesystem")
            else "",
        )
    elif match and isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1 << 60:
        unit = UNITS[(match["unit"] or "").upper()]
        yield Place(**_named(match["place"] or "project"), free=int(value * unit))
    elif isinstance(value, str):
        memory = _IN_MEMORY.search(value)
        size = size_of(value)
        small = bool(re.search(r"\b(?:small|tiny|too little)\b", value, re.IGNORECASE))
        left = size if match or re.search(r"free|left|available", value, re.IGNORECASE) else None
        yield Place(
            **_named((match["place"] if match else name) or "project"),
            full=True if _FULL.search(value) or small else None,
            file_system=memory[1].lower() if memory else "",
            free=left,
            total=None if left is not None else size,
        )


def _merged(places: Iterator[Place]) -> Iterator[Place]:
    """Each that tells something."""
    yield from (
        one
        for one in places
        if one.path or one.odd or one.synchronised or one.file_system or one.full or one.free is not None
    )
