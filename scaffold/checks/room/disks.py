"""Disks: room for what a training writes, and folders that may be written to."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.room import shared_memory, words
from scaffold.checks.room.words import BIG_INSTALLATION
from scaffold.probing.room.model import Place, Role
from scaffold.probing.room.names import MOVED_BY, TITLES
from scaffold.shell import quoted
from scaffold.words import size

_MB, _GB = 1 << 20, 1 << 30

#: Role -> free bytes below which nothing works, and those below which something usual fails.
NEEDS: dict[Role, tuple[int, int]] = {
    "environment": (100 * _MB, _GB),
    "project": (50 * _MB, _GB),
    "runs": (50 * _MB, _GB),
    "temporary": (100 * _MB, _GB),
    "hub": (100 * _MB, 2 * _GB),
    "torch": (100 * _MB, _GB),
    "keras": (100 * _MB, _GB),
    "datasets": (100 * _MB, 2 * _GB),
    "pip": (50 * _MB, 500 * _MB),
    "uv": (50 * _MB, 500 * _MB),
    "home": (50 * _MB, 200 * _MB),
    "compiled": (50 * _MB, 200 * _MB),
}
FEW_FILES = 1000

_ORDER = tuple(NEEDS)


def room_left(facts: Facts) -> Iterator[Finding]:
    """Every place that a training writes to has room."""
    room = facts.room
    if room is None:
        return
    said: set[tuple[str, str]] = set()
    short = False
    for place in sorted(room.places, key=lambda one: _ORDER.index(one.role) if one.role in _ORDER else 99):
        found = _short(facts, place)
        key = (place.mount or place.path or place.role, found.cause if found else "")
        if found is None or key in said:
            continue
        said.add(key)
        short = True
        yield found
    log = facts.log
    if not short and log and log.sign("no-space", "disk-quota"):
        yield from _somewhere(facts)
    elif not short and (lowest := _lowest(room.places)) is not None:
        yield Finding(
            id="sys.disk",
            level="ok",
            title=f"There is room on the disks: {size(lowest.free)} for {TITLES[lowest.role]}",
        )


def _lowest(places: tuple[Place, ...]) -> Place | None:
    known = [one for one in places if one.free is not None and one.role in NEEDS]
    return min(known, key=lambda one: one.free or 0, default=None)


def _short(facts: Facts, place: Place) -> Finding | None:
    level = _level(facts, place)
    if level is None:
        return None
    files = place.free_files is not None and place.free_files < FEW_FILES and not place.full
    what = TITLES[place.role]
    where = place.path or what
    if files:
        title = (
            f"The disk of {what} can name {place.free_files} more files, though {size(place.free)} are free"
        )
    elif place.free is not None:
        title = f"{where} has {size(place.free)} left; {words.need(place, installed=_installed(facts))}"
    elif place.full:
        title = f"{where} is full; other disks may have room and do not help"
    else:
        title = f"{where} lies in main memory ({place.file_system}), whatever is free on the disks"
    return Finding(
        id="sys.disk",
        level=level,  # type: ignore[arg-type]
        title=title,
        detail=words.uses(place),
        cause=words.cause(place, files=files),
        evidence=words.evidence(place),
        not_the_cause=("the room on other disks: each folder has the room of its own disk",),
        remedy=Remedy(text=words.cure(facts, place, files=files), commands=words.commands(facts, place)),
    )


def _level(facts: Facts, place: Place) -> str | None:
    if place.role not in NEEDS and not place.full:
        return None
    log = facts.log is not None and facts.log.sign("no-space") is not None
    if place.full:
        return "error"
    if place.free_files is not None and place.free_files < FEW_FILES and place.total != 0:
        return "error"
    fatal, wanted = NEEDS.get(place.role, (0, 0))
    if place.free is None:
        if place.total is not None and place.role == "temporary" and place.total < BIG_INSTALLATION:
            return "error" if log else "warning"
        return "error" if log and place.role == "temporary" and place.in_memory else None
    if place.free < fatal:
        least = place.role in ("pip", "uv", "compiled") or (place.role == "temporary" and _installed(facts))
        return "warning" if least and not log else "error"
    if place.free < wanted:
        return "error" if log else "warning"
    installs = place.role == "temporary" and place.free < BIG_INSTALLATION
    if installs and log:
        return "error"
    return "warning" if installs and place.in_memory and _to_be_installed(facts) else None


def _to_be_installed(facts: Facts) -> bool:
    return facts.packages is not None and facts.packages.complete and not _installed(facts)


def _installed(facts: Facts) -> bool:
    """Whether a framework is there: what its installation needs is needed no more."""
    return facts.packages is not None and any(facts.packages.version(one) for one in ("torch", "tensorflow"))


def _somewhere(facts: Facts) -> Iterator[Finding]:
    """A disk ran full, and none of those that were looked at is; where none was, the sign says enough."""
    looked = [one for one in facts.room.places if one.free is not None] if facts.room else []
    sign = facts.log.sign("no-space") if facts.log else None
    short = shared_memory.is_short(facts)
    if sign is None or (not looked and not short) or (short and shared_memory.may_be_meant(sign.text)):
        return
    yield Finding(
        id="sys.disk",
        level="error",
        title="A disk was full when the program wrote"
        + ("; those that are known here have room now" if looked else ""),
        detail="[Errno 28] is about the disk of the file that was written: the temporary folder "
        "(/tmp, TMPDIR), the cache "
        "of models (HF_HOME, ~/.cache), the environment or the project. Also a quota, or inodes: df -i",
        cause="disk-full",
        evidence=tuple(
            Evidence(source=one.path or TITLES[one.role], value=f"{size(one.free)} free")
            for one in looked[:6]
        ),
        remedy=Remedy(
            text="look at the disks, then move what fills one: TMPDIR for temporary files, HF_HOME "
            "for models, PIP_CACHE_DIR and UV_CACHE_DIR for packages",
            commands=() if facts.machine.host.os == "windows" else (("df", "-h"), ("df", "-i")),
        ),
    )


def answering(facts: Facts) -> Iterator[Finding]:
    """Every disk that a training writes to answers."""
    for place in facts.room.places if facts.room else ():
        if place.silent:
            kind = f" ({place.file_system})" if place.file_system else ""
            yield Finding(
                id="sys.disk",
                level="unknown",
                title=f"The disk at {place.mount}{kind} did not answer in time, and {TITLES[place.role]} "
                "lies there: what it has left is unknown",
                detail="a network disk whose server is gone, or a slow one: programs that touch it hang, too",
                cause="disk-silent",
                evidence=(Evidence(source=place.path, value="no answer"),),
            )


def writable(facts: Facts) -> Iterator[Finding]:
    """Folders that a training writes to may be written to."""
    for place in facts.room.places if facts.room else ():
        if (
            place.exists
            and place.writable is False
            and place.role not in ("environment", "python", "home", "other")
        ):
            variable = MOVED_BY.get(place.role, "")
            moved = f", or let {variable} name another folder" if variable else ""
            yield Finding(
                id="sys.permission",
                level="warning",
                title=f"{place.path} may not be written to, and {TITLES[place.role]} lies there",
                detail="often a program that once ran with sudo, or in a container as root, made it",
                cause="not-writable",
                evidence=(Evidence(source=place.path, value="no permission to write"),),
                remedy=Remedy(
                    text=f"take it back: sudo chown -R $USER {quoted(place.path)}{moved}"
                    if facts.machine.host.os != "windows"
                    else f"give your account the right to write there{moved}"
                ),
            )


def variables_expanded(facts: Facts) -> Iterator[Finding]:
    """A folder that a variable names is the one that is meant."""
    for place in facts.room.places if facts.room else ():
        if not place.written or place.variable in ("HF_HOME", "TORCH_HOME", "PIP_CACHE_DIR"):
            continue  # these are expanded by what reads them
        if place.written.startswith("~") or place.written.startswith(("$", "%")):
            yield Finding(
                id="sys.disk",
                level="warning",
                title=f'{place.variable} is "{place.written}", and nothing expands that: a folder '
                "of that very name is used",
                cause="literal-path",
                evidence=(Evidence(source=place.variable, value=place.written),),
                remedy=Remedy(
                    text=f"write the whole path into {place.variable}; run configurations expand "
                    "neither ~ nor $HOME"
                ),
            )
        elif place.role == "temporary" and place.exists is False and facts.machine.host.os != "windows":
            yield Finding(
                id="sys.disk",
                level="warning",
                title=f"{place.variable} names {place.path}, which does not exist: temporary files "
                "go elsewhere, or nowhere",
                cause="tmpdir-missing",
                evidence=(Evidence(source=place.variable, value=place.written),),
                remedy=Remedy(
                    text="make the folder, or unset the variable", commands=(("mkdir", "-p", place.path),)
                ),
            )
