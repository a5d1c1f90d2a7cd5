"""An environment against its lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.environments.condition.drift import Drift, drift, marker_facts, versions_for
from scaffold.environments.locking.model import LockedPackage
from scaffold.environments.model import Environment
from scaffold.system import HostSystem, PlatformFacts

LINUX = PlatformFacts(
    os="linux", machine="x86_64", release="6.8", version="", libc="glibc 2.39", cpu_count=4
)  # fmt: skip


def environment(**packages: str) -> Environment:
    return Environment(
        location=Path("/p/.venv"), python=Path("/p/.venv/bin/python"), version="3.12.1", home=Path("/usr/bin"),
        packages={name.replace("_", "-"): version for name, version in packages.items()},
    )  # fmt: skip


LOCKED = (
    LockedPackage(name="numpy", version="2.4.6"),
    LockedPackage(name="torch", version="2.14.1", marker="sys_platform == 'darwin'"),
    LockedPackage(name="torch", version="2.14.1+cu126", marker="sys_platform != 'darwin'"),
    LockedPackage(name="tomli", version="2.2.1", marker="python_version < '3.11'"),
)


@pytest.mark.parametrize(
    ("packages", "found"),
    [
        ({"numpy": "2.4.6", "torch": "2.14.1+cu126", "pip": "26.3", "thing": "0.1"}, ()),
        ({"numpy": "2.4.6"}, (Drift(kind="missing", package="torch", installed="", locked="2.14.1+cu126"),)),
        (
            {"numpy": "2.4.06", "torch": "2.14.1"},
            (Drift(kind="build", package="torch", installed="2.14.1", locked="2.14.1+cu126"),),
        ),
        (
            {"numpy": "2.4.5", "torch": "2.14.1+cu126", "tomli": "2.2.1"},
            (
                Drift(kind="version", package="numpy", installed="2.4.5", locked="2.4.6"),
                Drift(
                    kind="extra",
                    package="tomli",
                    installed="2.2.1",
                    locked="2.2.1",
                    marker="python_version < '3.11'",
                ),
            ),
        ),
    ],
)
def test_what_has_changed(packages, found) -> None:
    assert drift(environment(**packages), LOCKED, LINUX, own=frozenset({"thing"})) == found


def test_lines_for_other_machines_are_left_out() -> None:
    assert versions_for(LOCKED, "3.10.4", LINUX) == {
        "numpy": "2.4.6", "torch": "2.14.1+cu126", "tomli": "2.2.1",
    }  # fmt: skip


@pytest.mark.parametrize("marker", ["no marker at all", "os_name ~= 'posix'", "extra2 == 'x'"])
def test_a_marker_that_is_none_holds(marker: str) -> None:
    row = LockedPackage(name="a", version="1", marker=marker)
    assert versions_for([row], "3.12.1", LINUX) == {"a": "1"}


def test_this_machine_is_told_as_packaging_tells_it() -> None:
    from packaging.markers import default_environment

    here = default_environment()
    told = marker_facts(here["python_full_version"], HostSystem().platform)
    same = (
        "os_name",
        "sys_platform",
        "platform_system",
        "platform_machine",
        "python_version",
        "python_full_version",
    )
    assert {name: told[name] for name in same} == {name: here[name] for name in same}  # type: ignore[literal-required]
