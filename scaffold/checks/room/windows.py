"""Windows' own limits: the length of a path, and what can be reserved of memory and page file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.probing.room.model import RoomFacts
from scaffold.toml import loads
from scaffold.words import size

#: A path has at most 259 letters unless LongPathsEnabled is 1 and the program says that it can do more.
LONGEST = 259
#: C:\Users\<name>\AppData\Local\Packages\PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0\LocalCache\
#: local-packages\Python312\site-packages\ with a short name.
STORE = 140
_SITE_PACKAGES = len("\\Lib\\site-packages\\")

#: Every process that loads CUDA's libraries reserves about this much, whether it uses it or not.
A_WORKER = 3 << 30

#: Signs of paths that neither the setting nor a shorter path of the environment makes right: the limit is
#: another program's, or the folder another one.
_ELSEWHERE = ("windows-long-path-ninja", "windows-long-path-git", "windows-long-path-build")

_RESTART = (
    "restart Windows: LongPathsEnabled is 1 already, and counts from the next start on; or make the "
    "environment in a shorter path"
)
_ENABLE = (
    "enable long paths, as administrator: New-ItemProperty -Path "
    "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\FileSystem "
    "-Name LongPathsEnabled -Value 1 -PropertyType DWORD -Force, then restart; or make the "
    "environment in a shorter path"
)


@cache
def longest_members() -> dict[str, int]:
    """Distribution -> letters of the longest path in its wheel."""
    text = (Path(__file__).parent / "data" / "members.toml").read_text(encoding="utf-8")
    return dict(loads(text)["longest"])


def long_path(facts: Facts) -> Iterator[Finding]:
    """The files of the frameworks have paths that Windows takes."""
    room = facts.room
    if facts.machine.host.os != "windows" or room is None:
        return
    sign = facts.log.sign("windows-long-path", "windows-long-path-file") if facts.log else None
    if facts.log and facts.log.sign(*_ELSEWHERE):
        return  # the sign says it: another folder than the environment's, or another program's limit
    if room.long_paths is True and sign is None:
        yield Finding(id="sys.long-path", level="ok", title="Windows takes long paths")
        return
    prefix, where = _prefix(facts, room)
    name, member = _member(facts)
    needed = prefix + member
    if needed <= LONGEST and sign is None:
        return
    known = room.long_paths is False
    yield Finding(
        id="sys.long-path",
        level="error" if known or sign else "warning",
        title=(
            f"Files of {name} get paths of up to {needed} letters, and Windows takes {LONGEST}"
            if needed > LONGEST
            else f"A file could not be written: its path has more than the {LONGEST} letters that "
            "Windows takes"
        ),
        detail="pip then says [Errno 2] No such file or directory for a file that it is about to write",
        cause="windows-long-path",
        evidence=(
            *((Evidence(source=where, value=f"{prefix} letters up to site-packages"),) if prefix else ()),
            *(
                (Evidence(source="LongPathsEnabled", value="1" if room.long_paths else "0"),)
                if room.long_paths is not None
                else ()
            ),
        ),
        not_the_cause=("the wheel and the index: the download is whole",),
        remedy=Remedy(text=_cure(room)),
    )


def _cure(room: RoomFacts) -> str:
    store = (
        "; or install Python from python.org instead of the Microsoft Store, whose site-packages "
        "lie very deep"
        if room.store_python
        else ""
    )
    return f"{_RESTART if room.long_paths else _ENABLE} (such as C:\\venvs\\net){store}"


def _prefix(facts: Facts, room: RoomFacts) -> tuple[int, str]:
    """Letters of site-packages' path, and whose it is; 0: unknown."""
    target = facts.target.prefix if facts.target else None
    environment = room.place("environment")
    if environment is not None and environment.path:
        return len(environment.path) + _SITE_PACKAGES, environment.path
    if target is not None:
        return len(str(target)) + _SITE_PACKAGES, str(target)
    if room.store_python:
        return STORE, "Python from the Microsoft Store"
    return 0, ""


def _member(facts: Facts) -> tuple[str, int]:
    """The framework with the longest paths of those that are, or will be, installed."""
    lengths = longest_members()
    packages = facts.packages
    there = [one for one in lengths if packages is not None and packages.of(one) is not None]
    name = max(there or ["torch"], key=lambda one: lengths[one])
    return name, lengths[name]


def page_file(facts: Facts) -> Iterator[Finding]:
    """Windows can reserve what the workers of a data loader ask for."""
    room = facts.room
    if facts.machine.host.os != "windows" or room is None:
        return
    sign = facts.log.sign("page-file", "page-file-mapping") if facts.log else None
    workers = room.workers
    free, limit = room.commit_free, room.commit_limit
    wanted = A_WORKER * (workers or 1)
    if sign is None and (free is None or free >= wanted):
        return
    number = f" for {workers} workers" if workers else ""
    title = (
        f"Windows can reserve {size(free)} more, and {size(wanted)} are asked for{number}"
        if free is not None and free < wanted
        else "Windows could not reserve the memory that a program asked for: memory and page file "
        "together were full"
    )
    yield Finding(
        id="sys.pagefile",
        level="warning",
        title=title,
        detail="each process that imports PyTorch reserves gigabytes for CUDA's libraries, and "
        "every worker of a data loader is such a process; WinError 1455 says that none were left",
        cause="pagefile-too-small",
        evidence=(Evidence(source="GlobalMemoryStatusEx", value=f"{size(free)} of {size(limit)} free"),)
        if free is not None
        else (),
        not_the_cause=("the GPU's memory", "the file that the message names: it is whole"),
        remedy=Remedy(
            text="fewer workers (num_workers=0 or 2), close other programs, or a larger page file: "
            "System > About > "
            "Advanced system settings > Performance > Advanced > Virtual memory: System managed "
            "size, also on the drive with the most room; then restart"
        ),
    )
