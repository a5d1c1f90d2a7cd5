"""What Windows' registry tells of paths and texts."""

from __future__ import annotations

import re

from scaffold.system import System

FILE_SYSTEM = r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem"
#: reg.exe answers at once or never.
SECONDS = 2.0


def long_paths(system: System) -> bool | None:
    """LongPathsEnabled; None where nobody tells."""
    done = system.run(["reg", "query", FILE_SYSTEM, "/v", "LongPathsEnabled"], timeout=SECONDS)
    value = parse_dword(done.stdout, "LongPathsEnabled")
    if value is None:
        return False if done.outcome == "exited" and done.status == 1 else None  # not set: off
    return value == 1


def parse_dword(output: str, name: str) -> int | None:
    r"""A number out of what ``reg query`` prints.

    >>> parse_dword("HKEY_LOCAL_MACHINE\\...\n    LongPathsEnabled    REG_DWORD    0x1\n", "LongPathsEnabled")
    1
    """
    found = re.search(rf"^\s+{re.escape(name)}\s+REG_DWORD\s+0x([0-9a-fA-F]{{1,8}})", output, re.MULTILINE)
    return int(found[1], 16) if found else None
