"""A project changed wholly or not at all, whenever the process dies, and taken back later on request.

All that is new is written under ``.scaffold/update`` first, then one rename makes the journal valid. From
then on every file moves twice: what is there into the journal's folder, what is new into its place. Nothing
is copied and nothing deleted, so that a full disk stops nothing any more. What an editor saves in the very
moment is moved, found to be different and put back, or is in the way of what comes, and stops it. After a
death, `recover` goes on where it ended.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from scaffold.errors import Interrupted, ScaffoldError, UpdateRefused
from scaffold.files import move, move_to_free, not_written, same_file, sync_folder
from scaffold.threeway.folders import (
    link_on_way,
    make_folder,
    make_room,
    prune,
    put_back,
    refuse_link,
    settle,
    unmake,
)
from scaffold.threeway.places import FOLDER, JOURNAL, LAST
from scaffold.threeway.staging import (
    BACKWARDS,
    FORWARDS,
    Journal,
    Move,
    Step,
    discard,
    mark_at,
    readable,
    stage,
)

#: "": nothing was left; "discarded": nothing of the project had been touched yet; "for good": no way back.
Recovered = Literal["", "finished", "finished for good", "taken back", "discarded"]


def apply(root: Path, steps: Iterable[Step], about: Mapping[str, Any]) -> bool:
    """Carry out every step, or none; ``about`` is kept with them. Whether it can be taken back.

    Raises UpdateRefused (``update-file-changed``) where a file is not what its step says any more, NoSpace,
    NoPermission; nothing is changed then. Raises Interrupted where Ctrl-C came too late for that.
    """
    folder, done = root / FOLDER, False
    with _explained(root):
        try:
            refuse_link(root, FOLDER / JOURNAL)
            journal = _staged(root, folder, steps, about)
            try:
                _forwards(root, folder, journal)
            except BaseException:
                _backwards(root, folder, journal)
                raise
            done = True
            return _finish(root, folder)
        except KeyboardInterrupt:
            if done or interrupted(root):
                raise _stopped(done=done) from None
            raise


def _staged(root: Path, folder: Path, steps: Iterable[Step], about: Mapping[str, Any]) -> Journal:
    try:
        return stage(root, folder, steps, about)
    except BaseException:
        discard(folder)
        raise


def _stopped(*, done: bool) -> Interrupted:
    if done:
        return Interrupted(
            "stopped when the project's files were updated already",
            hint="scaffold update --undo takes the update back",
        )
    return Interrupted(
        "stopped in the midst of the update: some files may be new, some not yet",
        hint="scaffold update brings it to its end; scaffold update --undo takes it back",
    )


def interrupted(root: Path) -> bool:
    """Whether an update ended in the midst."""
    return (root / FOLDER / JOURNAL).is_file()


def refuse_interrupted(root: Path) -> None:
    """Raise UpdateRefused (``update-interrupted``) where `recover` has something to bring to an end.

    Where what lies there is not to be followed, as `pending` does.
    """
    if interrupted(root):
        pending(root)
        raise UpdateRefused(
            f"an update of {root} was interrupted in the midst",
            detail=("some files may be new, some not yet",),
            hint="scaffold update finishes it, and then looks for more; scaffold update --undo takes it back",
            code="update-interrupted",
        )


def pending(root: Path) -> tuple[PurePosixPath, ...]:
    """The files of an update that ended in the midst; none where `recover` would change nothing.

    Raises UpdateRefused (``update-journal-foreign``, ``update-journal-damaged``).
    """
    if not interrupted(root):
        return ()
    refuse_link(root, FOLDER / JOURNAL)
    return tuple(one.path for one in readable(root / FOLDER).moves)


def recover(root: Path) -> Recovered:
    """Bring what a dead process left to an end: the project is as before, or wholly updated.

    Needs the lock. Where somebody changed a file of it since, that stays and the rest is taken back. Raises
    as `pending` does; nothing is touched then.
    """
    folder = root / FOLDER
    if not os.path.lexists(folder):
        return ""
    with _explained(root):
        refuse_link(root, FOLDER / JOURNAL)
        if not interrupted(root):
            discard(folder)
            return "discarded"
        journal = readable(folder)
        if (folder / BACKWARDS).exists():
            _backwards(root, folder, journal)
            return "taken back"
        try:
            _forwards(root, folder, journal)
        except (UpdateRefused, OSError):
            _backwards(root, folder, journal)
            return "taken back"
        return "finished" if _finish(root, folder) else "finished for good"


def _forwards(root: Path, folder: Path, journal: Journal) -> None:
    """From wherever it stands to the end. Folders that become empty stay until there is no way back."""
    for one in journal.moves:
        refuse_link(root, one.path)
        target, old, new = _places(root, folder, one)
        if one.before:
            if not os.path.lexists(old):
                _expect(target, one.before, one.path)
                move(target, old)
            _expect(old, one.before, one.path)  # an editor may have saved just before it was moved
        if one.after and os.path.lexists(new):
            _expect(new, one.after, one.path)
            make_folder(target.parent)
            make_room(root, one.path, journal)
            try:
                move_to_free(new, target)
            except FileExistsError:
                raise _changed(one.path) from None
    for one in journal.moves:
        if not one.after:
            prune(root, (root / one.path).parent)
    settle(root, journal)


def _backwards(root: Path, folder: Path, journal: Journal) -> None:
    """From wherever it stands to the beginning; what somebody wrote meanwhile stays, what was, beside it."""
    with contextlib.suppress(FileNotFoundError):  # it goes backwards already
        (folder / FORWARDS).rename(folder / BACKWARDS)
    sync_folder(folder)
    for one in reversed(journal.moves):
        target, old, new = _places(root, folder, one)
        if one.after:
            if link_on_way(root, one.path) is None:
                _take_away(target, new, one.after)
            if mark_at(new) not in ("", one.after):  # saved in the very moment in which it was moved
                put_back(root, one.path, new)
            unmake(root, one.path, journal)
        if one.before and os.path.lexists(old):
            put_back(root, one.path, old)
    settle(root, journal)
    discard(folder)


def _take_away(target: Path, new: Path, after: str) -> None:
    if same_file(new, target):  # it ended while the file got its second name
        new.unlink()
    if not os.path.lexists(new) and mark_at(target) == after:
        move(target, new)


def _places(root: Path, folder: Path, one: Move) -> tuple[Path, Path, Path]:
    """Where it is in the project, where what was there goes, where what comes waits."""
    number = str(one.number)
    return root / one.path, folder / "old" / number, folder / "new" / number


def _finish(root: Path, folder: Path) -> bool:
    """What was replaced stays, in place of what an earlier update left there; whether it could be kept."""
    kept = root / LAST
    discard(kept)
    try:
        move(folder, kept)
    except OSError:  # something holds the earlier one; the update itself is done
        discard(folder)
        return False
    finally:
        sync_folder(kept.parent)
    return True


def _expect(target: Path, wanted: str, path: PurePosixPath) -> None:
    if mark_at(target) != wanted:
        raise _changed(path)


def _changed(path: PurePosixPath) -> UpdateRefused:
    return UpdateRefused(
        f"{path} was changed while the update was under way",
        detail=("nothing of it was lost, and the project is as it was before the update",),
        hint="save what is open in editors, then run the same command again",
        code="update-file-changed",
    )


@contextlib.contextmanager
def _explained(root: Path) -> Iterator[None]:
    try:
        yield
    except ScaffoldError:
        raise
    except (OSError, shutil.Error) as refusal:
        place = refusal.filename if isinstance(refusal.filename, str) else root
        raise not_written(Path(place), refusal) from refusal
