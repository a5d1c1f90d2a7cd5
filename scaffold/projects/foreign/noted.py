"""What copier and cruft wrote down in a project that they made: the template, its version, the answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold.errors import OptionRefused
from scaffold.projects.foreign.answers import answers_of, read_notes
from scaffold.projects.foreign.model import ForeignKind
from scaffold.projects.origins.model import Location
from scaffold.projects.origins.parse import at, parse_location
from scaffold.projects.origins.spelling import refused

CRUFT = ".cruft.json"
#: As copier's own template of it is called; a project of several templates has one each.
_COPIER = ".copier-answers.yml"
_COPIERS = (".copier-answers*.yml", ".copier-answers*.yaml")

#: As `git describe` names a commit behind a tag.
_BEHIND = re.compile(r".+-\d+-g([0-9a-f]{7,64})")

#: A folder of another machine: to look for it makes Windows log in there, and the notes may be a stranger's.
_SHARE = re.compile(r"(git\+)?(file://)?[\\/]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The template of a project, by such a file in it."""

    path: PurePosixPath  # the file, below the project
    kind: ForeignKind
    place: str  # as it is written there: nothing was looked at yet
    revision: str  # a tag or a commit; "" where none is named
    branch: str = ""  # which later versions are taken from
    folder: str = ""  # below what is fetched
    answers: Mapping[str, Any]


def noted(root: Path) -> Noted | None:
    """What stands in the first such file that names a template; None where none does.

    Raises OptionRefused (answers-unreadable).
    """
    return next((one for path in note_files(root) if (one := _noted(root, path)) is not None), None)


def note_files(root: Path) -> tuple[Path, ...]:
    """The files that copier and cruft keep in a project, copier's main one first."""
    found = {path for pattern in _COPIERS for path in root.glob(pattern)}
    ours = sorted(found, key=lambda path: (path.name != _COPIER, path.name))
    return tuple(path for path in (*ours, root / CRUFT) if path.is_file() and not path.is_symlink())


def located(note: Noted, root: Path, home: Path | None) -> Location:
    """Where the template is, at the version that the project was made from.

    A relative path counted from where somebody stood then: the project's folder, or the one above. Raises
    OptionRefused (template-location) for what `--template` would not take, either.
    """
    text = f"{note.place}//{note.folder}" if note.folder else note.place
    if not note.place or _SHARE.match(note.place):
        raise refused(text, "is no place where a template could be")
    found = [_parsed(text, folder, home) for folder in (root, root.parent)]
    there = next((one for one in found if Path(one.where).exists()), found[0])
    return at(there, note.revision)


def onwards(note: Noted, location: Location) -> str:
    """What an update asks for: what comes after, on the branch that was asked for, if one was."""
    return at(location, note.branch).text if note.branch and location.kind == "git" else location.text


def _parsed(text: str, folder: Path, home: Path | None) -> Location:
    try:
        found = parse_location(text, folder, home)
    except OptionRefused:
        if not text.startswith("https://"):
            raise
        return parse_location(f"git+{text}", folder, home)  # neither of them takes anything else from there
    return parse_location(f"./{text}", folder, home) if found.kind == "installed" else found


def _noted(root: Path, path: Path) -> Noted | None:
    values = read_notes(path)
    here = PurePosixPath(path.relative_to(root).as_posix())
    if path.name != CRUFT:
        place, commit = values.get("_src_path"), _text(values.get("_commit"))
        if not isinstance(place, str):
            return None
        behind = _BEHIND.fullmatch(commit)
        revision = behind.group(1) if behind else commit
        return Noted(path=here, kind="copier", place=place, revision=revision, answers=answers_of(values))
    context = values.get("context")
    asked = context.get("cookiecutter") if isinstance(context, dict) else None
    place = values.get("template")
    if not isinstance(place, str):
        return None
    return Noted(
        path=here,
        kind="cookiecutter",
        place=place,
        revision=_text(values.get("commit")),
        branch=_text(values.get("checkout")),
        folder=_text(values.get("directory")),
        answers=answers_of(asked if isinstance(asked, dict) else {}),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
