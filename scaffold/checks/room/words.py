"""What is said of a disk without room."""

from __future__ import annotations

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence
from scaffold.probing.room.model import Place
from scaffold.probing.room.names import MOVED_BY, TITLES
from scaffold.words import size

#: pip unpacks every wheel of an installation there before it installs the first: 2.5 GB and more for CUDA.
BIG_INSTALLATION = 4 << 30


def need(place: Place, *, installed: bool = False) -> str:
    """What needs room there; ``installed``: the framework is there already."""
    if installed and place.role == "temporary":
        return "programs write temporary files there, and so does every installation"
    wanted = {
        "temporary": f"pip unpacks {size(BIG_INSTALLATION)} there while it installs PyTorch or "
        "TensorFlow for CUDA",
        "hub": "one model takes gigabytes",
        "environment": "PyTorch or TensorFlow with CUDA take 5 GB",
        "project": "checkpoints take the size of the model three times over",
        "home": "caches and settings are written there",
    }
    return wanted.get(place.role, "what is downloaded goes there")


def uses(place: Place) -> str:
    """What lies there, and how a program fails without room."""
    named = f" ({place.variable}={place.written})" if place.written else ""
    return (
        f"{TITLES[place.role]}{named} lies there, and writing fails with [Errno 28] No space left on device"
    )


def cause(place: Place, *, files: bool) -> str:
    """The cause's short name."""
    if files:
        return "inodes-exhausted"
    return {"temporary": "tmp-too-small", "hub": "hf-cache-full"}.get(place.role, "disk-full")


def evidence(place: Place) -> tuple[Evidence, ...]:
    """What was seen of the place."""
    values = [
        f"{size(place.free)} free of {size(place.total)}" if place.free is not None else "",
        f"{place.free_files} file names free" if place.free_files is not None else "",
        place.file_system,
        "full" if place.full else "",
    ]
    return (Evidence(source=place.path or TITLES[place.role], value=", ".join(filter(None, values))),)


def _home_has_room(facts: Facts, place: Place) -> bool:
    """Whether nothing speaks against a folder in the home: neither the same disk nor a short one."""
    home = next((one for one in facts.room.places if one.role == "home"), None) if facts.room else None
    return home is None or not (
        (home.mount and home.mount == place.mount)
        or home.full
        or (home.free is not None and home.free < BIG_INSTALLATION)
    )


def cure(facts: Facts, place: Place, *, files: bool) -> str:
    """What makes room, or takes the folder elsewhere."""
    variable = place.variable or MOVED_BY.get(place.role, "")
    if files:
        return "remove folders with very many small files there (unpacked data sets, old environments)"
    if place.role == "temporary" and not _home_has_room(facts, place):
        return (
            "remove what is no longer needed on that disk, or let TMPDIR name a folder on another disk that "
            "has room, for the installation and in the run configuration: the home has too little, too"
        )
    if place.role == "temporary":
        return (
            "let TMPDIR name a folder on a large disk, for the installation and in the run configuration: "
            "TMPDIR=$HOME/tmp python -m pip install ... (make the folder first)"
        )
    if variable:
        return (
            f"let {variable} name a folder on a larger disk, in the run configuration, or remove "
            "what is no longer needed there"
        )
    return "remove what is no longer needed (old runs, checkpoints), or move the folder to a larger disk"


def commands(facts: Facts, place: Place) -> tuple[tuple[str, ...], ...]:
    """What shows the disk, or empties a cache that is filled again by itself."""
    python = str(facts.target.python) if facts.target and facts.target.python else "python"
    if place.role == "pip":
        return ((python, "-m", "pip", "cache", "purge"),)
    if place.role == "uv":
        return (("uv", "cache", "prune"),)
    if facts.machine.host.os == "windows":
        return ()
    return (("df", "-h", place.path),) if place.path.startswith("/") else (("df", "-h"),)
