"""The locks that a project holds, and whether they are those of what it asks for today."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scaffold.environments.layout import Place
from scaffold.environments.locking.groups import Declared, declared
from scaffold.environments.locking.model import (
    UV_LOCK,
    ProjectLock,
    made_by_pip,
    pylock_name,
    requirements_name,
)
from scaffold.environments.locking.text import (
    MARK,
    contents_fact,
    packages_of_pylock,
    parse_requirements,
    text_digest,
)
from scaffold.errors import LockUnusable

RELOCK = "make it anew: scaffold env lock"

#: Lines of a disagreement.
_SHOWN = 5


def read_project_lock(place: Place, group: str) -> ProjectLock | None:
    """The lock of a group (of a further environment: its name); None where there is none.

    Raises LockUnusable (code ``lock-damaged``) where the file is there and cannot be trusted: a merge left
    its marks in it, say.
    """
    path = place.root / requirements_name(group)
    refuse_file_for_folder(place.root)
    try:
        text = path.read_text(encoding="utf-8-sig")  # an editor may have put a mark there
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise _damaged(path, str(problem)) from problem
    packages, head, strange = parse_requirements(text)
    if strange:
        shown = ", ".join(str(number) for number in strange[:5])
        raise _damaged(path, f"no pinned requirement: line {shown}" + (", ..." if len(strange) > 5 else ""))
    if not packages:
        raise _damaged(path, "it names no package")
    if "holds" in head and head["holds"] != (holds := contents_fact(packages)):
        raise _altered(path, head["holds"], holds)
    return ProjectLock(group=group, packages=packages, path=path, head=head)


def project_locks(place: Place) -> tuple[ProjectLock, ...]:
    """The locks of a project's accelerators that are there, this machine's default first."""
    found = (read_project_lock(place, group) for group in declared(place.root).groups)
    return tuple(one for one in found if one is not None)


def further_locks(root: Path) -> tuple[str, ...]:
    """Names of the further environments that the project holds a lock of: ``keras``."""
    return tuple(
        sorted(
            path.stem.removeprefix("lock-")
            for path in lock_files(root)
            if "for" in parse_requirements(_head(path))[1]
        )
    )


def lock_files(root: Path) -> tuple[Path, ...]:
    """Every lock of ours that a project holds."""
    return tuple(path for path in sorted((root / "requirements").glob("lock-*.txt")) if is_ours(path))


def is_ours(path: Path) -> bool:
    """Whether we wrote a requirements file, by its first line."""
    return _head(path).startswith(MARK)


def staleness(lock: ProjectLock, project: Declared) -> tuple[str, ...]:
    """Why a lock is not of what the project asks for today; empty where it is."""
    found: list[str] = []
    if lock.head.get("pyproject.toml") != f"sha256:{project.digest}":
        found.append("what pyproject.toml asks for has changed since")
    if "uv.lock" in lock.head:
        digest = uv_lock_digest(project.root)
        if digest and lock.head["uv.lock"] != f"sha256:{digest}":
            found.append("uv.lock is another one than it was made from")
    return tuple(found)


def uv_lock_digest(root: Path) -> str:
    """sha256 of the project's ``uv.lock``; "" where there is none."""
    try:
        return text_digest((root / UV_LOCK).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""


def disagreements(lock: ProjectLock) -> tuple[str, ...]:
    """Where the two locks of a group disagree: a merge may have taken one of each side.

    pip writes one of them alone, for one machine: its lock has no twin.
    """
    beside = pylock_name(lock.group)
    try:
        text = (lock.path.parent.parent / beside).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ()
    if made_by_pip(lock):
        return ()
    others = {(one.name, one.version) for one in packages_of_pylock(text)[0]}
    files = {True: beside, False: requirements_name(lock.group)}
    return tuple(
        f"{name} {version}: only in {files[(name, version) in others]}"
        for name, version in sorted(others ^ {(one.name, one.version) for one in lock.packages})
    )


def head_of(root: Path, group: str) -> Mapping[str, str]:
    """What a lock's head says, also where the rest cannot be used; empty where it is not there."""
    return parse_requirements(_head(root / requirements_name(group)))[1]


def refuse_file_for_folder(root: Path) -> None:
    """Raise LockUnusable where a file stands in the place of the folder of locks."""
    folder = root / requirements_name("").parent
    if folder.exists() and not folder.is_dir():
        raise LockUnusable(
            f"{folder} is a file, and the project's locks lie in a folder of that name",
            hint=f"give it another name, such as {folder.name}.txt",
            code="lock-damaged",
        )


def missing(root: Path, group: str) -> LockUnusable:
    """There is no lock of a group."""
    return LockUnusable(
        f"the project has no lock for {group}: {root / requirements_name(group)} is not there",
        hint="make it: scaffold env lock",
        code="lock-missing",
    )


def stale(lock: ProjectLock, reasons: tuple[str, ...]) -> LockUnusable:
    """A lock is older than what it was made from."""
    return LockUnusable(
        f"the lock {lock.path} is not up to date", detail=reasons, hint=RELOCK, code="lock-stale"
    )


def mixed(lock: ProjectLock, reasons: tuple[str, ...]) -> LockUnusable:
    """The two locks of a group are of different times."""
    more = (f"and {len(reasons) - _SHOWN} more",) if len(reasons) > _SHOWN else ()
    return LockUnusable(
        f"the lock {lock.path} and {pylock_name(lock.group)} beside it disagree",
        detail=(*reasons[:_SHOWN], *more),
        hint=RELOCK,
        code="lock-mixed",
    )


def _head(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as stream:
            return stream.read(4096)
    except OSError:
        return ""


def _altered(path: Path, was: str, holds: str) -> LockUnusable:
    count, now = was.partition(",")[0], holds.partition(" ")[0]
    return LockUnusable(
        f"{path} is not as scaffold env lock wrote it",
        detail=(
            f"it was written with {count} and holds {now}"
            if count.partition(" ")[0] != now
            else "its pins were edited",
        ),
        hint="what you want otherwise stands in pyproject.toml; then: scaffold env lock\n"
        "the file as it was: your version control, or scaffold env lock",
        code="lock-damaged",
    )


def _damaged(path: Path, why: str) -> LockUnusable:
    return LockUnusable(f"{path} cannot be used", detail=(why,), hint=RELOCK, code="lock-damaged")
