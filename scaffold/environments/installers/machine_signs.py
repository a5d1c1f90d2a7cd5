"""Signs of this machine's own trouble: its disk, its paths, what somebody set for uv."""

from __future__ import annotations

from scaffold.environments.installers.sign import Sign
from scaffold.errors import NoPermission, NoSpace

#: In the order in which they are tried. Words before numbers: 5 is EIO on POSIX, a refusal on Windows.
MACHINE_SIGNS: tuple[Sign, ...] = (
    Sign(
        code="no-space",
        pattern=r"No space left on device|os error (?:28|112|122)\b|Errno 28\b"
        r"|not enough space on the disk|Disk quota exceeded",
        message="The disk is full: the packages could not be written",
        hint="free some space; scaffold env gc shows what can go",
        error=NoSpace,
    ),
    Sign(
        code="install-disk-failing",
        pattern=r"Input/output error",
        message="The disk, or the way to it, fails: reading or writing ended in an input/output error",
        hint="nothing that scaffold can mend: look into the system's log (dmesg), check the cable or the "
        "network drive, save what is dear to you, and use another disk",
    ),
    Sign(
        code="install-path-too-long",
        pattern=r"File ?name too long|Windows Long Path support|ENAMETOOLONG"
        r"|os error (?:36|63|206)\b|Errno (?:36|63)\b|WinError 206\b",
        message="A file's path would be longer than the operating system takes",
        hint="move the project into a folder with a shorter path; on Windows, long paths can be allowed, too "
        "(as administrator: reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\FileSystem /v LongPathsEnabled "
        "/t REG_DWORD /d 1)",
    ),
    Sign(
        code="install-bad-cache",
        pattern=r"Failed to initialize cache",
        named=r"Failed to initialize cache at `([^`]+)",
        message="uv cannot make its cache in {name}",
        hint="name a folder that can be written: UV_CACHE_DIR=FOLDER; where UV_CACHE_DIR is set already, "
        "correct it or take it away",
    ),
    Sign(
        code="install-bad-setting",
        pattern=r"invalid value '[^']*' for '--|Failed to parse environment variable",
        named=r"invalid value '[^']*' for '--([\w-]+)|Failed to parse environment variable `(\w+)",
        message="uv cannot use the value of {variable}",
        hint="correct that environment variable, or take it away; it may also stand in a uv.toml",
    ),
    Sign(
        code="install-bad-setting",
        pattern=r"failed to open file `[^`]+\.toml`|Failed to (?:parse|read):? `[^`]*uv\.toml`",
        named=r"`([^`]+\.toml)`",
        message="uv cannot read its configuration {name}",
        hint="where UV_CONFIG_FILE names it, correct or take away that variable; otherwise correct the file",
    ),
    Sign(
        code="install-bad-setting",
        pattern=r"error: File not found: ",
        named=r"error: File not found: `?([^\s`]+)",
        message="uv is told to read {name}, which is not there",
        hint="correct or take away the variable that names it: UV_CONSTRAINT, UV_BUILD_CONSTRAINT, "
        "UV_OVERRIDE or UV_EXCLUDE",
    ),
    Sign(
        code="no-permission",
        pattern=r"Permission denied|Read-only file system|os error (?:5|13|30)\b|Errno (?:13|30)\b"
        r"|Access is denied|WinError 5\b|is not write-able",
        message="The operating system does not let the installer write",
        hint="close programs that use the environment (PyCharm, a notebook), and check who owns the folder",
        error=NoPermission,
    ),
)
