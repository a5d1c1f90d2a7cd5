import json
from dataclasses import asdict
from pathlib import Path

import pytest

from scaffold.machine.host import read_host
from scaffold.recorded import RecordedSystem
from tests.machine.hosts import FOLDER, host

GIB = 1 << 30


def test_a_container_with_limits():
    assert asdict(read_host(host("container-without-gpu"), Path("/work"))) == {
        "os": "linux",
        "os_version": "Debian 12",
        "kernel": "6.1.0-18-amd64",
        "architecture": "x86_64",
        "libc": "glibc 2.36",
        "cpu": "AMD Ryzen 9 7950X 16-Core Processor",
        "cpu_count": 3,
        "memory_total": 8 * GIB,
        "memory_available": 7 * GIB,
        "disk_free": 500_000_000_000,
        "container": "docker",
        "wsl": 0,
        "translated": False,
        "board": "",
        "found_by": {
            "memory_total": "/sys/fs/cgroup/memory.max",
            "memory_available": "/sys/fs/cgroup/memory.max",
            "os_version": "/etc/os-release",
            "libc": "the running Python",
            "cpu": "/proc/cpuinfo",
            "cpu_count": "the control group's processor quota",
            "container": "/.dockerenv",
        },
    }


def test_a_mac_under_rosetta():
    seen = read_host(host("macbook-m2-rosetta"))
    assert (seen.architecture, seen.translated, seen.cpu, seen.memory_total, seen.memory_available) == (
        "arm64", True, "Apple M2", 16 * GIB, 401_000 * 16384,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("alpine", ("Alpine Linux 3.20.3", "x86_64", "musl 1.2.5", 0, "")),
        ("wsl2-rtx3080", ("Ubuntu 24.04", "x86_64", "glibc 2.39", 2, "")),
        ("windows-rtx4090", ("10.0.22631", "x86_64", "", 0, "")),
        ("macbook-intel", ("13.6", "x86_64", "", 0, "")),
        ("macbook-m2", ("14.5", "arm64", "", 0, "")),
        ("a100-mig", ("Ubuntu 22.04", "x86_64", "glibc 2.35", 0, "kubernetes")),
    ],
)
def test_what_else_a_host_is(name, facts):
    seen = read_host(host(name))
    assert (seen.os_version, seen.architecture, seen.libc, seen.wsl, seen.container) == facts


def test_memory_of_windows():
    seen = read_host(host("windows-rtx4090"))
    assert (seen.memory_total, seen.memory_available) == (68_500_000_000, 41_000_000_000)
    assert seen.found_by["memory_total"] == "GlobalMemoryStatusEx"


def altered(**facts):
    record = json.loads((FOLDER / "intel-uhd630.json").read_text())
    return read_host(
        RecordedSystem({**record, **facts, "files": {**record["files"], **facts.get("files", {})}})
    )


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"paths": ["/run/.containerenv"]}, "podman"),
        ({"files": {"/proc/1/cgroup": "12:memory:/docker/9f86d081884c7d65\n"}}, "docker"),
        ({"files": {"/proc/1/cgroup": "5:cpu:/kubepods/besteffort/pod9f86\n"}}, "kubernetes"),
        ({"files": {"/proc/1/cgroup": "1:name=systemd:/lxc/box\n"}}, "lxc"),
        ({"files": {"/proc/1/environ": "container=lxc\0TERM=linux\0"}}, "lxc"),
        ({"files": {"/proc/self/cgroup": "0::/system.slice/docker.service\n"}}, ""),
        ({"files": {"/proc/self/cgroup": "0::/system.slice/docker-9f86d081.scope\n"}}, "docker"),
        ({}, ""),
    ],
)
def test_kinds_of_container(facts, kind):
    assert altered(**facts).container == kind


def test_a_limit_of_a_parent_group_counts():
    files = {
        "/proc/self/cgroup": "0::/slurm/job_7/step_0\n",
        "/sys/fs/cgroup/slurm/job_7/step_0/memory.max": "max\n",
        "/sys/fs/cgroup/slurm/job_7/memory.max": f"{4 * GIB}\n",
        "/sys/fs/cgroup/slurm/job_7/memory.current": f"{GIB}\n",
    }
    seen = altered(files=files)
    assert (seen.memory_total, seen.memory_available) == (4 * GIB, 3 * GIB)
    assert seen.found_by["memory_total"] == "/sys/fs/cgroup/slurm/job_7/memory.max"


def test_version_1_without_a_limit_limits_nothing():
    seen = altered(files={"/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"})
    assert (seen.memory_total, seen.found_by["memory_total"]) == (16 * GIB, "/proc/meminfo")


def test_a_host_that_tells_nothing():
    bare = RecordedSystem({
        "schema": "scaffold/host/1",
        "platform": {"os": "linux", "machine": "riscv64", "release": "6", "version": "", "libc": "", "cpu_count": 1},
    })  # fmt: skip
    seen = read_host(bare)
    assert (seen.os_version, seen.libc, seen.cpu, seen.memory_total, seen.disk_free) == (
        "",
        "",
        "",
        None,
        None,
    )
    assert seen.found_by == {"cpu_count": "processors that this process may use"}
