"""Where what was there before is kept: below ``.scaffold``, which git does not see."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath


class Backups:
    """Names for copies of files below ``.idea``, so that no copy ever replaces another one."""

    FOLDER = ".scaffold/idea"

    def __init__(self, existing: Mapping[str, bytes]) -> None:
        self._taken = {path: content for path, content in existing.items() if path.startswith(self.FOLDER)}

    def place(self, path: str, content: bytes) -> str:
        """Where a copy of ``path`` goes; the same place again for the same content.

        >>> Backups({".scaffold/idea/misc.xml": b"other"}).place(".idea/misc.xml", b"<project/>")
        '.scaffold/idea/misc.2.xml'
        """
        name, number = PurePosixPath(path), 1
        while True:
            number_in_name = f".{number}" if number > 1 else ""
            place = f"{self.FOLDER}/{name.stem}{number_in_name}{name.suffix}"
            if self._taken.get(place, content) == content:
                self._taken[place] = content
                return place
            number += 1
