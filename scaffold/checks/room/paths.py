"""Paths that libraries cannot cope with: letters outside of ASCII, a cloud's folders, long ones."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.probing.room.model import Place
from scaffold.probing.room.names import MOVED_BY, TITLES
from scaffold.probing.room.sync import synchronised_by

#: Libraries whose C++ half opens files by names in the system's code page.
_TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-gpu")
_NARROW = (*_TENSORFLOW, "tensorboard", "opencv-python", "h5py")
#: A socket's path has at most 107 letters (macOS: 103), and multiprocessing adds some 35 to the folder's.
SOCKET_ROOM = 70


def charset(facts: Facts) -> Iterator[Finding]:
    """On Windows paths are of letters that C++ libraries can open."""
    room, windows = facts.room, facts.machine.host.os == "windows"
    if room is None or not windows:
        return
    places = {one.role: one for one in reversed(room.places) if _odd(one) and one.role != "python"}
    sign = facts.log.sign("path-charset", "utf8-decode", "tensorflow-path") if facts.log else None
    packages = facts.packages
    narrow = [one for one in _NARROW if packages is not None and packages.of(one) is not None]
    tensorflow = [one for one in narrow if one in _TENSORFLOW]
    if places:
        runs_only = set(places) <= {"runs"}
        serious = not runs_only and (tensorflow or (sign is not None))
        yield _letters(tuple(places.values()), narrow, serious=bool(serious), told=packages is not None)
    elif sign is not None and tensorflow:
        yield _suspected(tensorflow[0])


def _odd(place: Place) -> str:
    return place.odd or (place.path if not place.path.isascii() else "")


def _letters(places: tuple[Place, ...], narrow: list[str], *, serious: bool, told: bool) -> Finding:
    what = " and ".join(TITLES[one.role] for one in places[:3])
    who = narrow[0] if narrow else "TensorFlow, OpenCV or HDF5" if told else "a library"
    have = "have names" if len(places) > 1 else "has a name"
    return Finding(
        id="sys.path-charset",
        level="warning" if serious else "info",
        title=f"{what[0].upper()}{what[1:]} {have} with letters outside of ASCII, which {who} may "
        "not open on Windows",
        detail="their C++ half takes names in the system's code page: files are not found, or a "
        "name read back is no UTF-8 (UnicodeDecodeError); Python's own functions can open them",
        cause="non-ascii-path",
        evidence=tuple(Evidence(source=one.variable or TITLES[one.role], value=_odd(one)) for one in places),
        remedy=Remedy(
            text="keep projects, data and runs in folders with ASCII names, such as C:\\work\\net; "
            "where the user name is "
            "the reason: let TEMP, HF_HOME and KERAS_HOME name such folders in the run configuration"
        ),
    )


def _suspected(framework: str) -> Finding:
    return Finding(
        id="sys.path-charset",
        level="warning",
        title=f"{framework} read a name that is no UTF-8: a folder or a file with letters outside "
        "of ASCII in its path",
        detail="on Windows the C++ half of the framework hands names over in the system's code "
        "page (GBK, cp1252)",
        cause="non-ascii-path",
        remedy=Remedy(
            text="move the project, the data and the runs to folders with ASCII names, such as "
            "C:\\work\\net; where it is "
            "a text file that is read: open(path, encoding='gbk') or what it was written in"
        ),
    )


def cloud(facts: Facts) -> Iterator[Finding]:
    """No environment and no cache lies in a folder that a program copies to a cloud."""
    room = facts.room
    if room is None:
        return
    sign = facts.log.sign("cloud-hardlink", "cloud-file") if facts.log else None
    for place in sorted(room.places, key=lambda one: one.role != "environment"):
        if place.role in ("python", "runs", "temporary", "home", "other"):
            continue
        service = place.synchronised or synchronised_by(place.path)
        if not service:
            continue
        if place.role == "project" and _environment_elsewhere(facts) and sign is None:
            continue
        yield _synchronised(place, service)
        return


def _environment_elsewhere(facts: Facts) -> bool:
    environment = facts.room.place("environment") if facts.room else None
    return environment is not None and bool(environment.path) and not synchronised_by(environment.path)


def _synchronised(place: Place, service: str) -> Finding:
    what = TITLES[place.role]
    made = " (and its environment would be made there)" if place.role == "project" else ""
    return Finding(
        id="sys.cloud-folder",
        level="warning",
        title=f"{what[0].upper()}{what[1:]} lies in a folder that {service} synchronises{made}: "
        "its files are locked, moved away and linked by somebody else",
        detail="installations fail with access denied or 'incompatible hardlinks', files are only "
        "placeholders, and uv's "
        "cache on the same drive is affected too; ten thousands of small files are uploaded",
        cause="cloud-sync-folder",
        evidence=(Evidence(source=what, value=place.path or service),),
        remedy=Remedy(
            text=f"make the environment outside of {service} (UV_PROJECT_ENVIRONMENT, or an "
            "interpreter elsewhere), and "
            "remove the one inside; where it must stay: UV_LINK_MODE=copy, and exclude .venv, data "
            "and runs in "
            f"{service}'s settings"
            if place.role in ("environment", "project")
            else f"let {MOVED_BY.get(place.role, 'the variable')} name a folder outside of {service}"
        ),
    )


def sockets(facts: Facts) -> Iterator[Finding]:
    """The temporary folder's path leaves room for the name of a socket."""
    if facts.room is None or facts.machine.host.os == "windows":
        return
    for place in facts.room.of("temporary"):
        if place.variable == "TMPDIR" and len(place.path) > SOCKET_ROOM:
            yield Finding(
                id="sys.socket-path",
                level="warning",
                title=f"TMPDIR has {len(place.path)} letters; the sockets that processes make "
                "there may have 107 with their own names",
                detail='workers of a data loader fail with "AF_UNIX path too long"',
                cause="socket-path-too-long",
                evidence=(Evidence(source="TMPDIR", value=place.path),),
                remedy=Remedy(text="let TMPDIR name a folder with a short path, such as /tmp or $HOME/tmp"),
            )
            return


def separators(facts: Facts) -> Iterator[Finding]:
    """The project's path has no letter that separates paths in a list."""
    if facts.room is None or facts.machine.host.os == "windows":
        return
    place = facts.room.place("project")
    if place is not None and ":" in place.path and place.path.startswith("/"):
        yield Finding(
            id="sys.path-separator",
            level="error",
            title="The project's path has a colon, which separates folders in PATH: no environment "
            "can be made in it",
            detail="venv refuses, and programs of an environment there are not found",
            cause="colon-in-path",
            evidence=(Evidence(source="project", value=place.path),),
            remedy=Remedy(text="rename the folder"),
        )
