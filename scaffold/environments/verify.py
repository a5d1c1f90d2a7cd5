"""Whether everything that was installed is still there.

Installers do not look: a uv that was killed while it copied leaves packages that are listed as
installed and lack files, and its next run ends with status 0 without a repair.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from scaffold.environments.layout import site_packages_of
from scaffold.environments.model import Damage


def damages(location: Path) -> tuple[Damage, ...]:
    """Every installed file that is missing or has another size than its RECORD says.

    Byte code is left out: interpreters write and remove it as they like.
    """
    folder = site_packages_of(location)
    if folder is None:
        return ()
    found: list[Damage] = []
    for metadata in sorted(folder.glob("*.dist-info")):
        found.extend(_damages_of(folder, metadata))
    return tuple(found)


def distribution_name(folder: str) -> str:
    """``charset-normalizer`` of ``charset_normalizer-3.5.2.dist-info``."""
    return folder.split("-", 1)[0].replace("_", "-").replace(".", "-").lower()


def _damages_of(folder: Path, metadata: Path) -> Iterator[Damage]:
    name = distribution_name(metadata.name)
    try:
        text = (metadata / "RECORD").read_text(encoding="utf-8", errors="replace")
    except OSError:
        yield Damage(distribution=name, path=f"{metadata.name}/RECORD", what="no RECORD")
        return
    for path, size in recorded_files(text):
        try:
            actual = os.stat(folder / path).st_size  # noqa: PTH116 - 38 000 files: a Path each is felt
        except OSError:
            yield Damage(distribution=name, path=path, what="missing")
            continue
        if size is not None and actual != size:
            yield Damage(distribution=name, path=path, what="size")


def recorded_files(record: str) -> Iterator[tuple[str, int | None]]:
    r"""Path and size of every row that an installer answers for.

    >>> list(recorded_files("six.py,sha256=4721,34549\nsix-1.17.0.dist-info/RECORD,,\n"))
    [('six.py', 34549), ('six-1.17.0.dist-info/RECORD', None)]
    """
    for row in csv.reader(record.splitlines()):
        if not row or row[0].endswith((".pyc", "__pycache__")):
            continue
        size = row[2] if len(row) > 2 else ""
        yield row[0], int(size) if size.isdecimal() else None
