"""What a result depends on besides the settings: Python, packages, machine, commit."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING, Any

from .files import project_root

if TYPE_CHECKING:
    from pathlib import Path


def describe() -> dict[str, Any]:
    """Return the facts for `environment.json`. It holds no user name, host name or environment variable."""
    return {
        "python": platform.python_version(),
        "executable": sys.executable,
        "arguments": sys.argv,
        "system": platform.platform(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "commit": commit(project_root()),
        "packages": packages(),
    }


def packages() -> dict[str, str]:
    """Return the version of every installed distribution, by name."""
    found: dict[str, str] = {}
    for distribution in metadata.distributions():
        # a half-removed distribution has no metadata left; the first on the path is the one that is imported
        name = distribution.metadata["Name"] if distribution.metadata else ""
        if name:
            found.setdefault(name, distribution.version)
    return dict(sorted(found.items(), key=lambda pair: pair[0].lower()))


def commit(folder: Path) -> str:
    """Return the commit that is checked out, `-dirty` when files differ from it; "" where git knows none."""
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
