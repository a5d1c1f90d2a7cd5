"""The user's file of JVM options: how much memory PyCharm may take. Every line that is not ours stays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scaffold.errors import OptionRefused
from scaffold.pycharm.installations.model import Installation
from scaffold.pycharm.installations.places import variable
from scaffold.system import System
from scaffold.toml import loads

#: The last such line is the one that counts.
_HEAP = re.compile(rb"^((?:\xef\xbb\xbf)?[ \t]*)-Xmx(\d{1,9})([kKmMgG]?)(?=[ \t]*\r?$)", re.MULTILINE)
_KIB = {b"": 1 / 1024, b"k": 1, b"m": 1024, b"g": 1024 * 1024}

#: PyCharm does not start with less.
SMALLEST = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """``data/heap.toml``. ``heaps``: (memory in bytes, heap in MB, reason), the largest memory first."""

    default: int
    heaps: tuple[tuple[int, int, str], ...]
    watches: int


@cache
def rules() -> Rules:
    """The table, read once."""
    table = loads((Path(__file__).parent / "data" / "heap.toml").read_text(encoding="utf-8"))
    rows = [(int(row["memory_gb"] * 1e9), row["heap_mb"], row["reason"]) for row in table["rule"]]
    return Rules(
        default=table["default"]["heap_mb"],
        heaps=tuple(sorted(rows, reverse=True)),
        watches=table["watches"]["wanted"],
    )


def user_file(system: System, installation: Installation) -> tuple[Path, str] | None:
    """The file that counts, and why; None where PyCharm has no folder of settings.

    Order of PyCharm's own launcher: $PYCHARM_VM_OPTIONS, a file beside the installation (Toolbox), the
    user's settings. Source: the launcher scripts of intellij-community, 2022.1 to 2025.3 (read 2026-11-22).
    """
    named = variable(system, "PYCHARM_VM_OPTIONS")
    if named is not None and system.exists(named):
        return named, "PYCHARM_VM_OPTIONS names it"
    beside = installation.folder.with_name(f"{installation.folder.name}.vmoptions")
    if system.exists(beside):
        return beside, "the Toolbox app's, beside the installation"
    folder = installation.config_folder
    return None if folder is None else (folder / installation.vmoptions, "in PyCharm's settings")


def default_heap(system: System, installation: Installation) -> int:
    """What PyCharm has where the user said nothing, in MB."""
    folder = installation.folder
    place = folder / "Contents" / "bin" if system.platform.os == "macos" else folder / "bin"
    text = system.read_text(place / installation.vmoptions)
    return heap_of((text or "").encode()) or rules().default


def heap_of(content: bytes) -> int | None:
    r"""Megabytes of heap that a file gives; None where it says nothing of it.

    >>> heap_of(b"-Xms128m\r\n-Xmx4g\r\n# mine\r\n"), heap_of(b"-Xmx2038m"), heap_of(b"#-Xmx1g\n-Xss2m")
    (4096, 2038, None)
    """
    found = _HEAP.findall(content)
    return round(int(found[-1][1]) * _KIB[found[-1][2].lower()] / 1024) if found else None


def with_heap(content: bytes, megabytes: int) -> bytes:
    r"""The file with another heap: one line is changed, or added at the end.

    >>> with_heap(b"-Xms1g\r\n-Xmx2g\r\n-ea\r\n", 4096), with_heap(b"-ea", 3072), with_heap(b"", 4096)
    (b'-Xms1g\r\n-Xmx4096m\r\n-ea\r\n', b'-ea\n-Xmx3072m\n', b'-Xmx4096m\n')
    """
    line = b"-Xmx%dm" % megabytes
    *_, last = (None, *_HEAP.finditer(content))
    if last is not None:
        return content[: last.end(1)] + line + content[last.end() :]
    end = b"\r\n" if b"\r\n" in content else b"\n"
    gap = end if content and not content.endswith(b"\n") else b""
    return content + gap + line + end


def without_heap(content: bytes, megabytes: int) -> bytes:
    r"""The file less the line that `with_heap` added, however the user writes it by now.

    >>> without_heap(b"-ea\n-Xmx3072m\n-Xss2m\n", 3072), without_heap(b"-Xmx1g\n", 3072)
    (b'-ea\n-Xss2m\n', b'-Xmx1g\n')
    >>> without_heap(b"-ea\n-Xmx3072m", 3072), without_heap(b"-ea\r\n  -Xmx3g \r\n", 3072)
    (b'-ea\n', b'-ea\r\n')
    """
    line = re.compile(_HEAP.pattern + rb"[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
    return line.sub(lambda found: found[1].strip() if heap_of(found[0]) == megabytes else found[0], content)


def wanted_heap(memory: int | None) -> tuple[int, str]:
    """The heap for a computer with so many bytes of memory, in MB, and why."""
    if memory is None:
        return rules().default, "how much memory the computer has is not known: the default"
    found = next((row for row in rules().heaps if memory > row[0]), (0, rules().default, "the default"))
    return found[1], found[2]


def asked_heap(text: str, memory: int | None) -> int:
    """What ``--heap 4g`` means, in MB; raises OptionRefused for what PyCharm could not start with.

    A number alone is in MB, as in PyCharm's own Help | Change Memory Settings.
    """
    match = re.fullmatch(r"(\d{1,6})([mMgG]?)", text.strip())
    if match is None:
        raise OptionRefused(f"{text!r} is no amount of memory", hint="write it as 4g, 3072m, or 3072")
    megabytes = int(match[1]) * (1024 if match[2].lower() == "g" else 1)
    if megabytes < SMALLEST:
        raise OptionRefused(f"PyCharm does not work with {megabytes} MB", hint=f"give it {SMALLEST}m or more")
    if memory is not None and megabytes * 1024 * 1024 > memory * 0.75:
        raise OptionRefused(
            f"{megabytes} MB for PyCharm alone are too much for this computer",
            detail=(f"it has {memory / 1e9:.1f} GB of memory, which training needs as well",),
            hint="give it less than three quarters of the memory",
        )
    return megabytes
