"""Names that are not the same on every system: those that Windows cannot have, those that are one file there.

The one place that knows: what comes from strangers is refused by it, what is rendered is told of, and
`templates check` reports it to authors.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

#: https://learn.microsoft.com/windows/win32/fileio/naming-a-file, and `os.path.isreserved` of Python 3.13.
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789\xb9\xb2\xb3"}
)
_LETTERS = frozenset('<>:"|?*\\')

#: What is said of two names of which Windows and macOS make one.
CASE_ONLY = "differs from it only in upper and lower case"


def is_device(name: str) -> bool:
    """Whether Windows keeps a file's name for a device, whatever follows the dot.

    >>> is_device("aux.py"), is_device("COM1"), is_device("auxiliary.py")
    (True, True, False)
    """
    return name.partition(".")[0].rstrip(" ").casefold() in DEVICES


def as_disks_take(name: str) -> str:
    r"""A name by which no other can pass for it, on Windows, on macOS or where case does not count.

    Of git's own folder every spelling is ``.git``.

    >>> as_disks_take(".G\u200cit"), as_disks_take("GIT~1"), as_disks_take(".git::$INDEX_ALLOCATION .")
    ('.git', '.git', '.git')
    """
    seen = "".join(one for one in name if one.isprintable())
    lower = seen.casefold().rstrip(". ").partition(":")[0].rstrip(". ")
    return ".git" if lower == "git~1" else lower


def has_odd_letters(name: str) -> bool:
    """Whether Windows cannot have a file's name for a letter in it, or for its end.

    >>> has_odd_letters("a:b"), has_odd_letters("a."), has_odd_letters("a b")
    (True, True, False)
    """
    return not _LETTERS.isdisjoint(name) or name.endswith((".", " ")) or any(one < " " for one in name)


def folded(path: PurePosixPath | str) -> str:
    """The same for all names that are one file on Windows and macOS: letters' case, how accents are kept.

    >>> folded("Caf\u00c9.md") == folded("cafe\u0301.md")
    True
    """
    return unicodedata.normalize("NFC", str(path)).casefold()


@dataclass(slots=True)
class OneFile:
    """Paths, and those of them that elsewhere are one file or one folder.

    Windows and macOS take two names for one that differ in case; macOS also two spellings of an accent, which
    Unicode has (NFC, NFD): those count with ``forms``.
    """

    forms: bool = True
    _seen: dict[str, str] = field(default_factory=dict)

    def clash(self, path: PurePosixPath) -> tuple[str, str] | None:
        """The path, or the folder on its way, that is one with another that came before; and that other."""
        for end in range(1, len(path.parts) + 1):
            spelt = "/".join(path.parts[:end])
            other = self._seen.setdefault(folded(spelt) if self.forms else spelt.casefold(), spelt)
            if other != spelt:
                return spelt, other
        return None


def clashes(paths: Iterable[PurePosixPath]) -> Iterator[str]:
    """A sentence for each two paths that are one elsewhere."""
    seen, told = OneFile(), dict[tuple[str, str], None]()
    for path in paths:
        found = seen.clash(path)
        if found is not None:
            told[found] = None
    for one, other in told:
        forms = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
        where = "macOS takes" if forms else "Windows and macOS take"
        yield f"{where} {other} and {one} for one file"


def forms_are_one() -> bool:
    """Whether this machine's disks, as they mostly are, take two spellings of an accent for one."""
    return sys.platform == "darwin"
