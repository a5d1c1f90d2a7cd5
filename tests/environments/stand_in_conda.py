"""Stands in for conda, mamba and micromamba: ``python stand_in_conda.py ARGUMENT ...``.

Knows what scaffold asks for, refuses what the real ones refuse, and fills a prefix as they do: Python's
own files, pip, and an entry in ``conda-meta`` for each. What it was called with is appended to $LOG.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import sysconfig
import zipfile
from pathlib import Path

FAILURES = {
    "network": "CondaHTTPError: HTTP 000 CONNECTION FAILED for url <https://conda.example/linux-64/repodata.json>",
    "python": "PackagesNotFoundError: The following packages are not available from current channels:\n  - python=3.12",
    "terms": "CondaToSNonInteractiveError: Terms of Service have not been accepted for the following channels.",
    "disk": "OSError: [Errno 28] No space left on device",
    "odd": "critical libmamba something else",
}


def main(arguments: list[str]) -> int:
    with Path(os.environ["LOG"]).open("a", encoding="utf-8") as log:
        seen = {name: value for name, value in os.environ.items() if "CONDA" in name or "_CE_" in name}
        log.write(json.dumps({"argv": arguments, "environment": seen}) + "\n")
    if arguments[0] == "config":
        channels = os.environ.get("CHANNELS", "defaults").split()
        yaml = "channels:\n" + "".join(f"  - {one}\n" for one in channels)
        sys.stdout.write(json.dumps({"channels": channels}) if "--json" in arguments else yaml)
        return 0
    prefix = Path(arguments[arguments.index("--prefix") + 1])
    if arguments[0] != "install" or not (prefix / "conda-meta").is_dir():
        sys.stderr.write("Non-conda folder exists at prefix - aborting.\n")
        return 1
    fill(prefix)
    if os.environ.get("FAIL"):
        sys.stderr.write(FAILURES[os.environ["FAIL"]] + "\n")
        return 1
    return 0


def fill(prefix: Path) -> None:
    """A Python that takes ``prefix`` for its own, with pip in it."""
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library, there = Path(sysconfig.get_path("stdlib")), prefix / "lib" / minor
    (prefix / "bin").mkdir()
    (there / "site-packages").mkdir(parents=True)
    shutil.copy2(sys.executable, prefix / "bin" / "python")
    for entry in library.iterdir():
        if entry.name not in ("site-packages", "__pycache__"):
            (there / entry.name).symlink_to(entry)
    with zipfile.ZipFile(os.environ["PIP_WHEEL"]) as wheel:
        wheel.extractall(there / "site-packages")
    (metadata,) = (there / "site-packages").glob("pip-*.dist-info")
    (metadata / "INSTALLER").write_text("conda\n")
    (there / "site-packages" / "pip" / "py.typed").write_text("not what the RECORD says")
    (prefix / "conda-meta").mkdir(exist_ok=True)
    for name in (f"python-{platform.python_version()}-0_cpython", f"{metadata.stem}-pyh0_0"):
        (prefix / "conda-meta" / f"{name}.json").write_text("{}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
