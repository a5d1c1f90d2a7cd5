"""Which wheels a Python on a machine could install: tags, platform floors, ``requires-python``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version

from scaffold.machine.model import Host
from scaffold.sources.model import Wheel

#: The oldest glibc that a manylinux tag exists for, by architecture (PEP 513, PEP 600).
_OLDEST_GLIBC = {"x86_64": 5, "i686": 5}
_OLDEST_GLIBC_ELSEWHERE = 17
_NICKNAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


@dataclass(frozen=True)
class Target:
    """A Python version on a host: what wheels are chosen for. Without slots: the tags are computed once."""

    host: Host
    python: str  # 3.12; 3.14t without the global interpreter lock

    @property
    def platform(self) -> str:
        """The tables' name for it: linux_x86_64, windows_x86_64, macos_arm64."""
        return f"{self.host.os}_{self.host.architecture}"

    @property
    def described(self) -> str:
        """The platform for people, with the C library where it is not the usual one."""
        return f"{self.platform} with {self.host.libc}" if "musl" in self.host.libc else self.platform

    @cached_property
    def tags(self) -> frozenset[Tag]:
        """Every tag that a CPython of that version accepts there."""
        version = tuple(int(part) for part in self.number.split("."))
        tag, platforms = f"cp{self.number.replace('.', '')}", tuple(_platforms(self.host))
        abi = f"{tag}t" if self.python.endswith("t") else tag
        return frozenset(
            (*cpython_tags(version, (abi,), platforms), *compatible_tags(version, tag, platforms))
        )

    @property
    def number(self) -> str:
        """``3.14`` of 3.14 and 3.14t."""
        return self.python.removesuffix("t")

    def accepts(self, wheel: Wheel) -> bool:
        """Whether that Python could install the wheel there."""
        try:
            tags = _tags(wheel.filename)
            allowed = SpecifierSet(wheel.requires_python)
        except (InvalidWheelFilename, InvalidSpecifier):
            return False
        # Only the minor version is known: a patch release that nobody excludes stands for all.
        return not tags.isdisjoint(self.tags) and f"{self.number}.99" in allowed

    def has_glibc(self, floor: Version) -> bool:
        """Whether the C library is at least that glibc; wheels tagged plain ``linux`` do not say."""
        if self.host.os != "linux":
            return True
        name, _, version = self.host.libc.partition(" ")
        return name == "glibc" and bool(version) and Version(version) >= floor


@cache
def _tags(filename: str) -> frozenset[Tag]:
    """A wheel's tags; the same names are asked about for every Python. Raises InvalidWheelFilename."""
    return parse_wheel_filename(filename)[3]


def pythons_of(wheel: Wheel) -> tuple[str, ...]:
    """The CPython versions that a wheel's name says it is for: ``cp311`` is 3.11, ``cp314t`` 3.14t."""
    try:
        tags = _tags(wheel.filename)
    except InvalidWheelFilename:
        return ()
    found = {
        f"{tag.interpreter[2]}.{tag.interpreter[3:]}{'t' if tag.abi.endswith('t') else ''}"
        for tag in tags
        if tag.interpreter.startswith("cp3")
    }
    return tuple(sorted(found, key=python_order))


def python_order(python: str) -> tuple[int, int, bool]:
    """What to sort Pythons by: 3.9 comes before 3.10, 3.14 before 3.14t."""
    major, _, minor = python.removesuffix("t").partition(".")
    return int(major), int(minor), python.endswith("t")


def _platforms(host: Host) -> Iterator[str]:
    if host.os == "windows":
        yield "win_arm64" if host.architecture == "aarch64" else "win_amd64"
    elif host.os == "macos":
        version = tuple(int(part) for part in host.os_version.split(".")[:2] if part.isdecimal())
        major, minor = (*version, 0, 0)[:2] if version else (0, 0)
        yield from mac_platforms((major, minor), host.architecture)
    elif host.libc.startswith("musl "):
        yield from _musllinux(host)
    else:
        yield from _manylinux(host)


def _manylinux(host: Host) -> Iterator[str]:
    minor = _minor_of(host.libc)
    oldest = _OLDEST_GLIBC.get(host.architecture, _OLDEST_GLIBC_ELSEWHERE)
    for one in range(minor, oldest - 1, -1):
        yield f"manylinux_2_{one}_{host.architecture}"
        if one in _NICKNAMES:
            yield f"{_NICKNAMES[one]}_{host.architecture}"
    yield f"linux_{host.architecture}"


def _musllinux(host: Host) -> Iterator[str]:
    for one in range(_minor_of(host.libc), -1, -1):
        yield f"musllinux_1_{one}_{host.architecture}"


def _minor_of(libc: str) -> int:
    """36 of ``glibc 2.36``; 0 where the C library is not known."""
    parts = libc.partition(" ")[2].split(".")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0
