"""Lock files to judge, and machines to judge them for.

``files/`` holds what uv 0.13 and Poetry 2.5 really wrote; hosts are replaced, hashes shortened, and the
wheels of other Pythons and platforms left out.
"""

from pathlib import Path

from scaffold.locks.lint import lint, python_for
from scaffold.locks.model import Lock, LockFinding
from scaffold.locks.reading import parse_lock, read_lock
from scaffold.machine import Machine
from tests.builds.samples import gpu, host

FILES = Path(__file__).parent / "files"

RTX3060 = Machine(host=host(), accelerators=(gpu("8.6", "550.54.15", "RTX 3060"),))
RTX3060_580 = Machine(host=host(), accelerators=(gpu("8.6", "580.95.05", "RTX 3060"),))
GTX1080TI = Machine(host=host(), accelerators=(gpu("6.1", "580.95.05", "GTX 1080 Ti"),))
P100 = Machine(host=host(), accelerators=(gpu("6.0", "550.90.07", "Tesla P100"),))
RTX5090 = Machine(host=host(), accelerators=(gpu("12.0", "580.95.05", "RTX 5090"),))
WINDOWS = Machine(host=host("windows"), accelerators=(gpu("8.9", "580.88", "RTX 4090"),))


def of_file(name: str) -> Lock:
    return read_lock(FILES / name)


def judged(source: str | Lock, machine: Machine, python: str = "") -> tuple[LockFinding, ...]:
    """What is found in a text (or a lock) on a machine."""
    lock = parse_lock(source) if isinstance(source, str) else source
    return lint(lock, machine, python_for(lock, python))


def codes(source: str | Lock, machine: Machine, python: str = "") -> list[tuple[str, str, str]]:
    return [(one.level, one.code, one.package) for one in judged(source, machine, python)]
