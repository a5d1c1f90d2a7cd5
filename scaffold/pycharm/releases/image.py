"""A Mac's disk image: attached, copied out of, let go again, by the system's own tools."""

from __future__ import annotations

import os
from pathlib import Path

from scaffold.errors import DownloadFailed
from scaffold.files import not_written
from scaffold.system import System

#: hdiutil checks the whole image before it opens it.
SECONDS = 600.0


def unpack_image(system: System, image: Path, folder: Path, mount: Path) -> None:
    """Copy the application out of a Mac's disk image into ``folder``, which is made; ``mount`` is free then.

    ``ditto`` keeps what Apple's signature covers. Raises DownloadFailed (image-refused: it says nothing
    against the image, whose hash was verified, so it is worth keeping; image-held), NoSpace, NoPermission.
    """
    let_go(system, mount)  # of a call that was killed: what is attached already is not attached twice
    try:
        mount.mkdir(parents=True)
        folder.mkdir(parents=True)
    except OSError as refusal:
        raise not_written(folder, refusal) from refusal
    options: list[str | Path] = ["-nobrowse", "-noautoopen", "-readonly", "-mountpoint", mount]
    _demand(system, ["hdiutil", "attach", *options, image], image)
    try:
        for name in system.list_folder(mount):
            if name.endswith(".app"):
                _demand(system, ["ditto", mount / name, folder / name], image)
    finally:
        _detach(system, mount)


def let_go(system: System, mount: Path) -> None:
    """Nothing is mounted there any more, and the folder is gone. Nothing in it is ever deleted.

    Raises DownloadFailed (image-held) where the system does not let go of it.
    """
    if not os.path.lexists(mount):
        return
    said = _detach(system, mount)
    try:
        mount.rmdir()  # which refuses for a mounted volume, and for a folder that is not empty
    except OSError as refusal:
        raise DownloadFailed(
            f"The disk image is still open at {mount}",
            detail=(said or refusal.strerror or str(refusal),),
            hint=f"hdiutil detach -force {mount}, then call the command again",
            code="image-held",
        ) from refusal


def _detach(system: System, mount: Path) -> str:
    """Where nothing is attached it fails, and that is well; what it said."""
    return system.run(["hdiutil", "detach", str(mount), "-force"], timeout=60.0).stderr.strip()


def _demand(system: System, argv: list[str | Path], image: Path) -> None:
    ended = system.run([str(part) for part in argv], timeout=SECONDS)
    if not ended.ok:
        said = (ended.stderr or ended.stdout).strip().splitlines()
        raise DownloadFailed(
            f"{image.name} cannot be opened: {argv[0]} {ended.outcome} with {ended.status}",
            detail=tuple(said[-3:]),
            hint="call the command again; if it stays so, open the image in the Finder and drag PyCharm over",
            code="image-refused",
        )
