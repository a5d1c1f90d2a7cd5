"""Limits, disks and file systems as they are read on recorded hosts and on this one."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from scaffold.machine import detect
from scaffold.probing.room import places
from scaffold.probing.room.model import UNLIMITED, Limits, Place
from scaffold.probing.room.probe import probe
from scaffold.probing.scene import Scene
from scaffold.probing.target import Target
from scaffold.recorded import RecordedSystem
from scaffold.system import HostSystem

MOUNTS = """overlay / overlay rw,relatime 0 0
tmpfs /dev/shm tmpfs rw,nosuid,nodev,noexec,size=65536k 0 0
//nas/share /mnt/my\\040data cifs rw,vers=3.0 0 0
"""
LIMITS = """Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max file size             unlimited            unlimited            bytes
Max processes             4096                 4096                 processes
Max open files            1024                 1048576              files
Max locked memory         65536                65536                bytes
Max address space         unlimited            unlimited            bytes
"""


def seen(target: Target, os: str = "linux", **record):
    host = {
        "schema": "scaffold/host/1",
        "platform": {
            "os": os,
            "machine": "x86_64",
            "release": "6.8.0",
            "version": "",
            "libc": "glibc 2.39" if os == "linux" else "",
            "cpu_count": 8,
        },
        "home": "/home/ada",
        **record,
    }
    system = RecordedSystem(host)
    return probe(Scene(system=system, machine=detect(system, target.folder), target=target))


def test_a_disk_that_answers_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked once, and takes nothing from what is known of the others."""
    monkeypatch.setattr(places, "PATIENCE", 0.05)
    never, asked = Event(), []

    class Dead(RecordedSystem):
        def exists(self, path) -> bool:
            if str(path).startswith("/mnt/nas"):
                asked.append(str(path))
                never.wait()
            return super().exists(path)

    system = Dead(
        {
            "schema": "scaffold/host/1",
            "platform": {
                "os": "linux",
                "machine": "x86_64",
                "release": "6",
                "version": "",
                "libc": "",
                "cpu_count": 8,
            },
            "environment": {"HF_HOME": "/mnt/nas/hf", "TORCH_HOME": "/mnt/nas/torch", "TMPDIR": "/scratch"},
            "files": {"/proc/self/mounts": "overlay / overlay rw 0 0\nnas:/x /mnt/nas nfs4 rw,hard 0 0\n"},
            "paths": ["/scratch", "/p"],
            "volumes": {"/": {"total": 10**11, "free": 10**10, "free_files": 5000}},
        }
    )
    target = Target(folder=Path("/p"))
    scene = Scene(system=system, machine=detect(system, target.folder), target=target)
    found = {one.variable: one for one in places.places(scene) if one.variable}
    never.set()
    assert asked == ["/mnt/nas/hf"]
    assert (found["HF_HOME"].silent, found["HF_HOME"].mount, found["HF_HOME"].exists) == (
        True,
        "/mnt/nas",
        None,
    )
    assert found["TMPDIR"].free == 10**10


def test_a_container() -> None:
    facts = seen(
        Target(folder=Path("/mnt/my data/net")),
        files={
            "/proc/self/mounts": MOUNTS,
            "/proc/self/limits": LIMITS,
            "/proc/self/cgroup": "0::/\n",
            "/sys/fs/cgroup/pids.max": "512\n",
            "/sys/fs/cgroup/cpu.max": "150000 100000\n",
            "/proc/sys/vm/overcommit_memory": "2\n",
        },
        paths=["/dev/shm/torch_4711_0_0", "/mnt/my data/net"],
        volumes={
            "/": {"total": 10**11, "free": 10**10, "free_files": 5},
            "/dev/shm": {"total": 1 << 26, "free": 1 << 25},
        },
        environment={"LANG": "zh_CN.GBK"},
    )
    assert facts.limits == Limits(
        open_files=1024,
        open_files_hard=1048576,
        processes=4096,
        tasks=512,
        address_space=UNLIMITED,
        file_size=UNLIMITED,
        locked_memory=65536,
        cpu_seconds=UNLIMITED,
    )
    assert (facts.cpu_quota, facts.leftovers, facts.strict_overcommit) == (1.5, 1, True)
    assert (facts.charset, facts.charset_source) == ("GBK", "LANG")
    assert facts.shared_memory == Place(
        role="shared-memory",
        path="/dev/shm",
        exists=True,
        writable=False,
        total=1 << 26,
        free=1 << 25,
        file_system="tmpfs",
        mount="/dev/shm",
        options=("rw", "nosuid", "nodev", "noexec", "size=65536k"),
    )
    assert [(one.role, one.path, one.file_system) for one in facts.places] == [
        ("environment", "/mnt/my data/net/.venv", "cifs"),
        ("project", "/mnt/my data/net", "cifs"),
        ("temporary", "/tmp", "overlay"),
        ("home", "/home/ada", "overlay"),
    ]


def test_variables_move_places() -> None:
    facts = seen(
        Target(folder=Path("/net")),
        environment={"TMPDIR": "/scratch", "HF_HOME": "~/models", "UV_PROJECT_ENVIRONMENT": "/venvs/net"},
        volumes={"/scratch": {"total": 10, "free": 1}},
    )
    moved = [(one.role, one.path, one.variable, one.free) for one in facts.places]
    assert moved == [
        ("environment", "/venvs/net", "UV_PROJECT_ENVIRONMENT", None),
        ("project", "/net", "", None),
        ("temporary", "/scratch", "TMPDIR", 1),
        ("hub", "/home/ada/models", "HF_HOME", None),
        ("home", "/home/ada", "", None),
    ]


def test_windows() -> None:
    key = r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem"
    command = f"reg query {key} /v LongPathsEnabled"
    output = f"\n{key}\n    LongPathsEnabled    REG_DWORD    0x0\n"
    facts = seen(
        Target(
            folder=Path("C:/net"), python=Path("C:/Users/a/AppData/Local/Microsoft/WindowsApps/python.exe")
        ),
        "windows",
        commands={command: {"status": 0, "stdout": output}},
        commit=[20 << 30, 1 << 30],
        environment={"TEMP": "C:/Users/a/AppData/Local/Temp"},
    )
    assert (facts.long_paths, facts.store_python) == (False, True)
    assert (facts.commit_limit, facts.commit_free, facts.shared_memory) == (20 << 30, 1 << 30, None)
    assert [one.role for one in facts.places] == ["environment", "project", "temporary", "home"]


def test_a_registry_that_does_not_answer_leaves_it_unknown() -> None:
    assert seen(Target(folder=Path("C:/net")), "windows").long_paths is None


def test_this_machine(tmp_path) -> None:
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\n")
    system = HostSystem()
    target = Target(folder=tmp_path / "net", prefix=tmp_path, python=tmp_path / "bin/python")
    facts = probe(Scene(system=system, machine=detect(system, tmp_path), target=target))
    place = facts.place("environment")
    assert place is not None
    assert (place.path, place.works, place.exists, place.writable) == (str(tmp_path), False, True, True)
    assert place.total is not None
    assert place.free is not None
