"""What a project remembers of the template that it was made from, read before an update and written last."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from scaffold.errors import NotAProject, UpdateRefused
from scaffold.projects.catalog import OWN_DISTRIBUTION
from scaffold.projects.model import Record
from scaffold.projects.origins.model import Location
from scaffold.projects.record import RECORD, read_pristine, recorded
from scaffold.projects.snapshot import PRISTINE, Entry, Snapshot
from scaffold.threeway.model import FileChange
from scaffold.threeway.reading import entry_at
from scaffold.threeway.staging import Step


def remembered(root: Path) -> tuple[Snapshot | None, tuple[str, ...]]:
    """What the project was rendered as; None, and why, where nobody knows."""
    lost = "files that you never changed are updated; where yours and the template's differ, you must choose"
    try:
        found = read_pristine(root)
    except NotAProject as problem:
        why = f"{problem.message} ({', '.join(problem.detail)})"
        return None, (f"{why}: {lost}", f"it may be had from version control: git checkout -- {PRISTINE}")
    if found is None:
        return None, (f"{PRISTINE} is not there, as in projects of an older scaffold: {lost}",)
    return found, ()


def refuse_older(record: Record, becomes: Record, place: Location | None) -> None:
    """Raise UpdateRefused (``update-older``) where a colleague's newer scaffold was here before.

    ``place`` is where the template comes from; None: it is installed.
    """
    if is_older(becomes.template_version, record.template_version):
        there, here, name = record.template_version, becomes.template_version, f"template {record.template}"
        hint = _ways(record, becomes, place)
    elif record.kind == "scaffold" and is_older(becomes.scaffold_version, record.scaffold_version):
        there, here, name = record.scaffold_version, becomes.scaffold_version, "scaffold"
        hint = f"install the newer one: pip install --upgrade {OWN_DISTRIBUTION}"
    else:
        return
    raise UpdateRefused(
        f"the project is up to {name} {there}, and here is {here}: that would take the update back",
        hint=hint,
        code="update-older",
    )


def _ways(record: Record, becomes: Record, place: Location | None) -> str:
    """To the newer version of a template, and to the older one where its place has more than one."""
    if place is None:
        return (
            f"install the newer one: pip install --upgrade {record.provider}; or ask for the older one: "
            f"--to {becomes.template_version}"
        )
    if place.kind == "package":
        return f"install the newer one: pip install --upgrade {place.where}"
    if place.kind == "git" or (place.kind == "folder" and (Path(place.where) / ".git").exists()):
        return "name the revision that you want: --to TAG, or a branch or a commit"
    return f"bring {place.public} to version {record.template_version} or newer: there is no other one in it"


def is_older(here: str, there: str) -> bool:
    """Whether a version is before another one; of what is no version (a commit, a digest) nobody knows."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(here) < Version(there)
    except InvalidVersion:
        return False


def memory(record: Record, files: Snapshot, base: Snapshot, out: frozenset[PurePosixPath]) -> Snapshot:
    """What the project keeps of its making, the record last; of what could not be put anywhere, what was.

    Whoever moves away what is in its way puts the file back that was there, or wants none: the base tells.
    """
    waiting = {path: base[path] for path in out if path in base}
    made = {**{path: one for path, one in files.items() if path not in out}, **waiting}
    whole = recorded(record, made)
    own = sorted(set(whole) - set(made), key=lambda path: (path == RECORD, path))
    return {path: whole[path] for path in own}


def steps_of(root: Path, changes: tuple[FileChange, ...], kept: Snapshot) -> tuple[Step, ...]:
    """What is written: files, what was rejected of them, and last what the project remembers."""
    steps = [Step(one.path, one.before, one.after, one.origin) for one in changes if one.before != one.after]
    steps += [
        Step(one.beside, None, Entry(one.rejected))  # never onto what lies there
        for one in changes
        if one.beside is not None and one.rejected is not None
    ]
    for path, entry in kept.items():
        before = entry_at(root / path)
        ours = path in {PRISTINE, RECORD} or before is None  # the rest may have been changed by the user
        if before != entry and ours:
            steps.append(Step(path, before, entry))
    return tuple(steps)
