"""Environment markers, evaluated for the machine that is looked at and not for this process."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

from scaffold.machine.model import Host

_SYSTEMS = {
    "linux": {"os_name": "posix", "platform_system": "Linux", "sys_platform": "linux"},
    "macos": {"os_name": "posix", "platform_system": "Darwin", "sys_platform": "darwin"},
    "windows": {"os_name": "nt", "platform_system": "Windows", "sys_platform": "win32"},
}
#: What Python calls a processor on Windows.
_WINDOWS_MACHINES = {"x86_64": "AMD64", "aarch64": "ARM64"}

#: Any number of extras can be on at once; a marker's grammar knows one. Each comparison is decided
#: here, and an expression that is always true or never stands in for it.
_EXTRA = re.compile(
    r"""extra\s*(?P<operator>==|!=)\s*(?P<quote>['"])(?P<name>[^'"]*)(?P=quote)
    | (?P<other>['"])(?P<member>[^'"]*)(?P=other)\s+(?P<negation>not\s+)?in\s+
      (?P<kind>extras|dependency_groups)
    """,
    re.VERBOSE,
)
_TRUE, _FALSE = "os_name != ''", "os_name == ''"

#: uv's spelling in locks with conflicts: ``group-6-vision-cu126`` is the group cu126 of the project vision.
_ENCODED = re.compile(r"(?P<kind>extra|group|project)-(?P<length>\d{1,3})-(?P<rest>.+)")


def environment(host: Host, python: str) -> Mapping[str, str]:
    """What a CPython of that version (``3.12``) would answer on a host, by PEP 508's names."""
    windows = host.os == "windows"
    return {
        **_SYSTEMS[host.os],
        "implementation_name": "cpython",
        "implementation_version": full(python),
        "platform_machine": _WINDOWS_MACHINES.get(host.architecture, "") if windows else host.architecture,
        "platform_python_implementation": "CPython",
        "platform_release": host.kernel,
        "platform_version": "",
        "python_full_version": full(python),
        "python_version": ".".join(python.removesuffix("t").split(".")[:2]),
    }


def applies(marker: str, facts: Mapping[str, str], chosen: Collection[str] = ()) -> bool:
    """Whether a marker holds; one that is no marker is taken to hold, so that nothing is overlooked.

    ``chosen`` are the extras and groups that are on: ``extra cu126``, ``group dev``.

    >>> linux = {"os_name": "posix", "sys_platform": "linux"}
    >>> applies("sys_platform == 'win32'", linux), applies("'gpu' in extras", linux, ["extra gpu"])
    (False, True)
    >>> applies("extra == 'group-6-vision-cu126'", linux, ["group cu126"])
    True
    """
    if not marker:
        return True
    parsed = _parsed(_EXTRA.sub(lambda found: _decided(found, chosen), marker))
    try:
        return parsed is None or parsed.evaluate(dict(facts))
    except (UndefinedComparison, UndefinedEnvironmentName, KeyError, RecursionError):
        return True


@lru_cache(maxsize=1024)
def _parsed(marker: str) -> Marker | None:
    try:
        return Marker(marker)
    except (InvalidMarker, RecursionError):
        return None


def _decided(found: re.Match[str], chosen: Collection[str]) -> str:
    if found["operator"]:
        return _TRUE if (_choice(found["name"]) in chosen) == (found["operator"] == "==") else _FALSE
    kind = "extra" if found["kind"] == "extras" else "group"
    return _TRUE if (f"{kind} {found['member']}" in chosen) != bool(found["negation"]) else _FALSE


def _choice(name: str) -> str:
    encoded = _ENCODED.fullmatch(name)
    if encoded is None:
        return f"extra {name}"
    return f"{encoded['kind']} {encoded['rest'][int(encoded['length']) + 1 :]}"


def full(python: str) -> str:
    """A patch release that no marker leaves out stands for all of a minor version's.

    >>> full("3.12"), full("3.14t")  # free-threaded: a build, not a version
    ('3.12.99', '3.14.99')
    """
    number = python.removesuffix("t")
    return number if number.count(".") > 1 else f"{number}.99"
