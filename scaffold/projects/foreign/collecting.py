"""What a template left in its folder, read back: nothing of it is followed, run or let out."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scaffold.projects.foreign.problems import unsafe
from scaffold.projects.origins.model import Fetched
from scaffold.projects.portable import as_disks_take, clashes, has_odd_letters, is_device
from scaffold.projects.snapshot import Entry, Snapshot
from scaffold.projects.tool import LAUNCHER
from scaffold.projects.write import leads_out

#: Folders of a project in which git or scaffold run what they find; case is ignored, as some disks do.
RESERVED = {
    ".git": "git runs programs that are named there",
    ".scaffold": "scaffold keeps what it knows of a project there",
    ".venv": "a project's environment is made on its machine",
    ".envs": "a project's environments are made on its machine",
}
#: Left out where hooks made them, which the user agreed to.
LEFT_OUT = frozenset(RESERVED) - {".scaffold"}

#: What other programs act upon when a folder is entered or opened.
OPENED = {
    ".envrc": "direnv",
    ".idea": "PyCharm",
    ".run": "PyCharm",
    ".vscode": "VS Code",
    ".devcontainer": "VS Code",
    ".mise.toml": "mise",
    ".autoenv": "autoenv",
}


def collect(root: Path, fetched: Fetched, *, trust: bool) -> tuple[Snapshot, tuple[str, ...]]:
    """The files below ``root``, and what the user should know of them. Raises TemplateBroken."""
    files: dict[PurePosixPath, Entry] = {}
    left: set[str] = set()
    for path, entry in _walk(root, PurePosixPath(), fetched):
        first = reserved(path)
        if first in LEFT_OUT and trust:
            left.add(first)
            continue
        if first:
            raise unsafe(fetched, f"it brings {path}, and {RESERVED[first]}")
        if entry.kind == "link":
            _check_link(root, path, entry, fetched)
        files[path] = entry
    notices = [f"{one} is left out: {RESERVED[one]}" for one in sorted(left)]
    return dict(sorted(files.items())), (*notices, *_told(files))


def reserved(path: PurePosixPath) -> str:
    """Which of `RESERVED` a path lies in: at the top of a project, ``.git`` anywhere.

    Our own templates bring what starts scaffold, and so do those that were exported from them.
    """
    if path == LAUNCHER:
        return ""
    first = as_disks_take(path.parts[0])
    if first in RESERVED:
        return first
    return ".git" if ".git" in map(as_disks_take, path.parts) else ""


def _walk(folder: Path, below: PurePosixPath, fetched: Fetched) -> Iterator[tuple[PurePosixPath, Entry]]:
    found = sorted(os.scandir(folder), key=lambda one: one.name)
    if not found and below.parts:
        yield below, Entry(kind="folder")
    for one in found:
        _check_name(one.name, fetched)
        path, mode = below / one.name, one.stat(follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            target = os.readlink(one.path).replace(os.sep, "/")
            yield path, Entry(target.encode("utf-8", errors="replace"), kind="link")
        elif stat.S_ISDIR(mode):
            yield from _walk(Path(one.path), path, fetched)
        elif stat.S_ISREG(mode):
            yield path, Entry(Path(one.path).read_bytes(), executable=bool(mode & stat.S_IXUSR))
        else:
            raise unsafe(fetched, f"{path} is a pipe, a socket or a device, and no file")


def _check_name(name: str, fetched: Fetched) -> None:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise unsafe(fetched, f"the name {name!r} of a file is not text in UTF-8") from None
    if "\\" in name or not name.isprintable():
        raise unsafe(
            fetched, f"the name {name!r} of a file holds what no name should: a backslash or a control"
        )


def _check_link(root: Path, path: PurePosixPath, entry: Entry, fetched: Fetched) -> None:
    """By its text, and by where it really leads with the links on its way."""
    top, end = os.path.realpath(root), os.path.realpath(root.joinpath(*path.parts))
    outside = end != top and not end.startswith(top + os.sep)
    if outside or leads_out(path, entry):
        raise unsafe(fetched, f"{path} is a link that leads out of the project, to {entry.content.decode()}")


def _told(files: Snapshot) -> Iterator[str]:
    seen = {OPENED[first]: first for path in files if (first := path.parts[0].casefold()) in OPENED}
    for program, first in sorted(seen.items()):
        yield f"it brings {first}, which {program} acts upon when the project is opened: look at it first"
    wrong = [str(path) for path in files if any(is_device(one) or has_odd_letters(one) for one in path.parts)]
    if wrong:
        yield f"Windows cannot have these names: {', '.join(wrong[:5])}"
    yield from clashes(files)
