"""File systems that an environment cannot live on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.probing.room.model import Place
from scaffold.probing.room.names import TITLES

#: Without symbolic links (or only with special mount options), as the kernel and as people write them.
NO_LINKS = {
    "cifs": "a Windows share",
    "smb": "a Windows share",
    "smb2": "a Windows share",
    "smb3": "a Windows share",
    "smbfs": "a Windows share",
    "exfat": "exFAT",
    "vfat": "FAT",
    "fat": "FAT",
    "fat32": "FAT",
    "msdos": "FAT",
    "vboxsf": "a shared folder of VirtualBox",
    "vmhgfs": "a shared folder of VMware",
    "hgfs": "a shared folder of VMware",
    "fuse.vmhgfs-fuse": "a shared folder of VMware",
    "prl_fs": "a shared folder of Parallels",
    "davfs": "a WebDAV share",
    "davfs2": "a WebDAV share",
    "fuse.rclone": "a cloud drive (rclone)",
    "rclone": "a cloud drive (rclone)",
    "fuse.gcsfuse": "a cloud bucket",
    "gcsfuse": "a cloud bucket",
    "fuse.s3fs": "a cloud bucket",
    "s3fs": "a cloud bucket",
    "fuse.drivefs": "Google Drive",
    "fuse.drive": "Google Drive",
    "fuse.google-drive-ocamlfuse": "Google Drive",
    "fuse.gvfsd-fuse": "a share of the desktop",
}
#: Windows' drives inside WSL: links work, everything is slow, and rights are not kept.
WINDOWS_DRIVE = ("9p", "drvfs", "v9fs")

_ELSEWHERE = (
    "make the environment in another location, on a local disk of Linux: "
    "UV_PROJECT_ENVIRONMENT=$HOME/.venvs/net uv sync, "
    "or choose such a folder in PyCharm; the project may stay"
)


def links(facts: Facts) -> Iterator[Finding]:
    """The environment lies on a file system with symbolic links and rights."""
    room = facts.room
    if room is None:
        return
    place = room.place("environment") or None
    if place is None or not place.file_system:
        place = next((one for one in room.of("environment", "project", "other") if one.file_system), None)
    if place is None:
        return
    if place.role == "other" and place.file_system not in NO_LINKS:
        return
    if place.file_system in NO_LINKS:
        yield _without(place, NO_LINKS[place.file_system])
    elif place.file_system in WINDOWS_DRIVE and place.works is not False:
        yield _drive(place)


def _without(place: Place, what: str) -> Finding:
    level: Literal["info", "error"] = "info" if place.works else "error"
    title = (
        f"The environment lies on {what}: it works, slowly, and can be made anew only elsewhere"
        if place.works
        else f"{_title(place)} lies on {what} ({place.file_system}), which has no symbolic links: "
        "no environment can be made there"
    )
    return Finding(
        id="sys.filesystem",
        level=level,
        title=title,
        detail="an environment is made of links to its Python; uv, venv and virtualenv fail with "
        "Errno 1, 38, 71 or 95, also with --link-mode copy",
        cause="filesystem-no-symlinks",
        evidence=_evidence(place),
        not_the_cause=("uv's link mode: it is about packages, not about the link to Python",),
        remedy=Remedy(text=_ELSEWHERE),
    )


def _drive(place: Place) -> Finding:
    return Finding(
        id="sys.filesystem",
        level="info",
        title=f"{_title(place)} lies on a Windows drive, which WSL reads many times slower than its own disk",
        cause="windows-drive-in-wsl",
        evidence=_evidence(place),
        remedy=Remedy(
            text="keep environments, data sets and projects below the home folder of WSL (~), not "
            "below /mnt/c"
        ),
    )


def mount_options(facts: Facts) -> Iterator[Finding]:
    """Where an environment and compiled kernels lie, programs may be written and run."""
    room = facts.room
    for place in room.of("environment", "temporary", "compiled") if room else ():
        if "noexec" in place.options:
            environment = place.role == "environment"
            yield Finding(
                id="sys.noexec",
                level="error" if environment else "warning",
                title=f"{_title(place)} lies on a file system that is mounted noexec: no library "
                "there can be loaded",
                detail="failed to map segment from shared object: Operation not permitted"
                + (
                    ""
                    if environment
                    else "; this is where torch.compile, Triton and extensions are built and loaded"
                ),
                cause="noexec-mount",
                evidence=_evidence(place),
                remedy=Remedy(
                    text=_ELSEWHERE
                    if environment
                    else "let TMPDIR (and TRITON_CACHE_DIR, TORCHINDUCTOR_CACHE_DIR) name a folder "
                    "elsewhere, such as $HOME/tmp"
                ),
            )
    for place in room.of("project", "environment") if room else ():
        if "ro" in place.options:
            yield Finding(
                id="sys.read-only",
                level="error" if place.role == "project" else "warning",
                title=f"{_title(place)} lies on a file system that is mounted read-only: nothing "
                "can be written there",
                detail="[Errno 30] Read-only file system",
                cause="read-only-mount",
                evidence=_evidence(place),
                remedy=Remedy(
                    text="copy the project to a disk that may be written to; in a container: mount "
                    "it without :ro; a disk that became read-only by itself has errors: dmesg tells"
                ),
            )


def _title(place: Place) -> str:
    what = TITLES[place.role]
    return f"{what[0].upper()}{what[1:]}"


def _evidence(place: Place) -> tuple[Evidence, ...]:
    options = ",".join(one for one in place.options if one in ("ro", "noexec"))
    return (
        Evidence(
            source="/proc/mounts" if place.mount else TITLES[place.role],
            value=" ".join(filter(None, (place.mount or place.path, place.file_system, options))),
        ),
    )
