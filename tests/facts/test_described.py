"""Descriptions by hand: what each sign means for the machine, and what nonsense becomes."""

from __future__ import annotations

from typing import Any

import pytest

from scaffold.facts import observe

LINUX: dict[str, Any] = {"os": "linux", "arch": "x86_64", "glibc": "2.39", "os_version": "Ubuntu 24.04"}
RTX = {"vendor": "nvidia", "name": "NVIDIA GeForce RTX 3060", "cc": "8.6"}
DRIVEN: dict[str, Any] = {**LINUX, "gpus": [RTX], "nvidia_driver": "550.90.07"}
WINDOWS: dict[str, Any] = {"os": "windows", "arch": "x86_64", "os_version": "Windows 11"}
MAC: dict[str, Any] = {"os": "macos", "arch": "arm64", "os_version": "14.5"}


def seen(facts: dict[str, Any]) -> tuple[str, list[str]]:
    machine = observe({"facts": facts}).machine
    return machine.status, [
        " ".join(filter(None, (one.vendor, one.capability, one.status, one.driver)))
        for one in machine.accelerators
    ]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(DRIVEN, ("ok", ["nvidia 8.6 ok 550.90.07"]), id="works"),
        pytest.param(
            {**DRIVEN, "driver": {"kernel_module_loaded": False}},
            ("module_blocked", ["nvidia 8.6 module_blocked"]), id="module not loaded",
        ),
        pytest.param(
            {**DRIVEN, "files": {"/sys/module/nvidia/version": "535.161.08"}},
            ("reboot_required", ["nvidia 8.6 reboot_required 550.90.07"]), id="updated, not restarted",
        ),
        pytest.param(
            {**DRIVEN, "nvidia_smi": "Failed to initialize NVML: Driver/library version mismatch"},
            ("reboot_required", ["nvidia 8.6 reboot_required 550.90.07"]), id="nvidia-smi says mismatch",
        ),
        pytest.param(
            {**DRIVEN, "nvidia_driver": None}, ("driver_missing", ["nvidia 8.6 driver_missing"]), id="driver null"
        ),
        pytest.param(
            {**DRIVEN, "nvidia_driver": "not installed"},
            ("driver_missing", ["nvidia 8.6 driver_missing"]), id="driver not installed",
        ),
        pytest.param(
            {**DRIVEN, "devices": {"/dev/nvidiactl": "permission denied"}},
            ("no_permission", ["nvidia 8.6 no_permission 550.90.07"]), id="device files closed",
        ),
        pytest.param(
            {**DRIVEN, "libcuda": False}, ("driver_missing", ["nvidia 8.6 driver_missing 550.90.07"]), id="no libcuda"
        ),
        pytest.param({**DRIVEN, "cuinit": 999}, ("gpu_lost", ["nvidia 8.6 gpu_lost 550.90.07"]), id="cuInit 999"),
        pytest.param(
            {**DRIVEN, "env": {"CUDA_VISIBLE_DEVICES": "-1"}},
            ("hidden", ["nvidia 8.6 hidden 550.90.07"]), id="masked",
        ),
        pytest.param(
            {**DRIVEN, "gpus": [RTX, RTX], "cuda_visible_devices": 1},
            ("ok", ["nvidia 8.6 hidden 550.90.07", "nvidia 8.6 ok 550.90.07"]), id="one of two masked",
        ),
        pytest.param(
            {**DRIVEN, "gpus": [RTX, {**RTX, "status": "gpu_lost"}]},
            ("ok", ["nvidia 8.6 ok 550.90.07", "nvidia 8.6 gpu_lost 550.90.07"]), id="one of two lost",
        ),
        pytest.param(
            {**DRIVEN, "gpus": [{**RTX, "name": "NVIDIA A100-SXM4-40GB", "cc": "8.0", "mig": "2g.10gb"}]},
            ("ok", ["nvidia 8.0 ok 550.90.07"]), id="slices",
        ),
        pytest.param(
            {**LINUX, "nvidia_smi": "GPU 0: NVIDIA L4 (UUID: GPU-5c1e)\nGPU 1: NVIDIA L4 (UUID: GPU-5c1f)"},
            ("ok", ["nvidia 8.9 ok", "nvidia 8.9 ok"]), id="nvidia-smi -L alone",
        ),
        pytest.param(
            {**LINUX, "nvidia_smi": "| NVIDIA-SMI 610.47    KMD Version: 610.47       CUDA UMD Version: 13.3 |\n"
             "|   0  NVIDIA GeForce RTX 5090    On  | 00000000:01:00.0  On |"},
            ("ok", ["nvidia 12.0 ok 610.47"]), id="nvidia-smi's table alone",
        ),
        pytest.param(
            {**LINUX, "lspci": "01:00.0 VGA compatible controller [0300]: NVIDIA Corporation GA106 [10de:2504]\n"
             "\tKernel driver in use: nouveau"},
            ("driver_missing", ["nvidia 8.6 nouveau"]), id="lspci",
        ),
        pytest.param(
            {**WINDOWS, "gpus": [{"name": "Arc A770"}, {"name": "Radeon RX 9070", "gfx": "gfx1201"}, RTX],
             "driver": "566.36"},
            ("ok", ["nvidia 8.6 ok 566.36", "amd gfx1201 ok", "intel 12.55.8 ok"]), id="Windows, three vendors",
        ),
        pytest.param(
            {**WINDOWS, "gpus": [RTX], "driver": "32.0.15.6636"}, ("ok", ["nvidia 8.6 ok 566.36"]),
            id="Windows' own version",
        ),
        pytest.param(
            {**LINUX, "gpus": [{"name": "Instinct MI300X", "gfx": "gfx942", "count": 2}], "devices": ["/dev/kfd"]},
            ("ok", ["amd gfx942 ok"] * 2), id="AMD",
        ),
        pytest.param(
            {**LINUX, "gpus": [{"name": "RX 7900 XTX", "vendor": "amd", "gfx": "gfx1100"}],
             "devices": {"/dev/kfd": False}},
            ("no_permission", ["amd gfx1100 no_permission"]), id="AMD without permission",
        ),
        pytest.param(
            {**LINUX, "gpus": [{"name": "Radeon RX 7900 XTX"}, {"name": "RX", "vendor": "amd", "gfx": 1100},
                               {"vendor": "amd", "gfx_target_version": 90402}, {"vendor": "amd", "gfx": "Failed"}]},
            ("ok", ["amd gfx1100 ok", "amd gfx1100 ok", "amd gfx942 ok", "amd ok"]), id="AMD by name and by number",
        ),
        pytest.param(
            {**LINUX, "wsl": 2, "gpus": [{"name": "RX 7900 XTX", "vendor": "amd", "gfx": "gfx1100"}]},
            ("ok", ["amd gfx1100 ok"]), id="AMD in WSL",
        ),
        pytest.param(
            {**LINUX, "gpus": [{"name": "Arc B580", "ip": "20.1.4"}]}, ("ok", ["intel 20.1.4 ok xe"]), id="Level Zero",
        ),
        pytest.param(
            {**LINUX, "gpus": [{"name": "Arc B580"}], "level_zero": False},
            ("driver_missing", ["intel 20.1.0 driver_missing xe"]), id="no Level Zero",
        ),
        pytest.param(
            {**LINUX, "gpus": [{"name": "GTX 970", "vendor": "nvidia", "cc": "5.2"}, RTX], "nvidia_driver": "595.10"},
            ("ok", ["nvidia 8.6 ok 595.10", "nvidia 5.2 unsupported 595.10"]), id="a driver that left one behind",
        ),
        pytest.param(
            {**DRIVEN, "kernel_module": "535.161.08"},
            ("reboot_required", ["nvidia 8.6 reboot_required 550.90.07"]), id="an older module",
        ),
        pytest.param(
            {**DRIVEN, "nvidia_smi": "Failed to initialize NVML: Insufficient Permissions"},
            ("no_permission", ["nvidia 8.6 no_permission 550.90.07"]), id="nvidia-smi says permissions",
        ),
        pytest.param(
            {**DRIVEN, "devices": ["/dev/nvidia0 (not readable)"]},
            ("no_permission", ["nvidia 8.6 no_permission 550.90.07"]), id="a device file not readable",
        ),
        pytest.param(
            {**DRIVEN, "devices": {"/dev/nvidia0": "crw------- root root", "/dev/nvidiactl": "crw------- root root"}},
            ("no_permission", ["nvidia 8.6 no_permission 550.90.07"]), id="root's device files",
        ),
        pytest.param(
            {**DRIVEN, "devices": {"/dev/nvidia0": "crw-rw-rw- root root", "/dev/nvidiactl": "crw-rw-rw- root root"}},
            ("ok", ["nvidia 8.6 ok 550.90.07"]), id="everybody's device files",
        ),
        pytest.param(
            {**DRIVEN, "devices": ["/dev/nvidia0"], "files": {"/dev/nvidia0": "permission denied"}},
            ("no_permission", ["nvidia 8.6 no_permission 550.90.07"]), id="a file that is denied",
        ),
        pytest.param(
            {**WINDOWS, "gpus": [{"name": "NVIDIA GeForce GTX 970", "cc": "5.2"}], "driver": "591.44"},
            ("unsupported", ["nvidia 5.2 unsupported 591.44"]), id="Windows, a driver that left it behind",
        ),
        pytest.param(
            {**WINDOWS, "gpus": [{"name": "NVIDIA GeForce GTX 970", "cc": "5.2"}, RTX], "driver": "591.44"},
            ("ok", ["nvidia 8.6 ok 591.44", "nvidia 5.2 unsupported 591.44"]), id="Windows, one of two left behind",
        ),
        pytest.param(
            {**LINUX, "nvidia_smi": "0, NVIDIA A100-SXM4-40GB, 550.54.15, 8.0, 40960"},
            ("ok", ["nvidia 8.0 ok 550.54.15"]), id="nvidia-smi's CSV",
        ),
        pytest.param(
            {**LINUX, "nvidia_smi": "name, driver_version, compute_cap\nTesla T4, 535.161.08, 7.5\nTesla T4, 535.161.08, 7.5"},
            ("ok", ["nvidia 7.5 ok 535.161.08"] * 2), id="nvidia-smi's CSV with a head",
        ),
        pytest.param(
            {**DRIVEN, "gpus": {"0": RTX, "1": {"name": "Tesla T4"}}},
            ("ok", ["nvidia 8.6 ok 550.90.07", "nvidia 7.5 ok 550.90.07"]), id="GPUs by their numbers",
        ),
        pytest.param(MAC, ("ok", ["apple apple-silicon ok"]), id="Apple silicon"),
        pytest.param({**MAC, "arch": "x86_64"}, ("ok", []), id="Intel Mac"),
    ],
)  # fmt: skip
def test_signs(facts: dict[str, Any], expected: tuple[str, list[str]]) -> None:
    assert seen(facts) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"devices": []}, {"libcuda": False}, {"devices": [], "libcuda": False}, {"devices": "none"},
        {"devices": ["/dev/null"]}, {"devices": [], "driver": {"installed": True}, "nvidia_driver": None},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("gpus", [{"gpus": [RTX]}, {"gpus": []}, {}], ids=["a GPU", "no GPUs", "not told"])
def test_a_container_that_was_handed_no_gpu(change: dict[str, Any], gpus: dict[str, Any]) -> None:
    facts = {**LINUX, "nvidia_driver": "580.95.05", "container": True, **gpus, **change}
    machine = observe({"facts": facts}).machine
    statuses = {one.status for one in machine.accelerators}
    known = facts["nvidia_driver"] is not None or gpus != {"gpus": []}  # else neither module nor card
    assert machine.status == ("host_driver_without_device" if known else "ok")
    assert statuses <= {"host_driver_without_device"}


@pytest.mark.parametrize(
    "change", [{"devices": ["/dev/nvidia0"]}, {"env": {"NVIDIA_VISIBLE_DEVICES": "all"}}], ids=str
)
def test_a_container_that_was_handed_a_gpu_without_libcuda(change: dict[str, Any]) -> None:
    facts = {**DRIVEN, "container": True, "libcuda": False, **change}
    assert seen(facts) == ("driver_missing", ["nvidia 8.6 driver_missing 550.90.07"])


@pytest.mark.parametrize(
    ("change", "gpus", "note"),
    [
        ({"count": "2"}, ["8.6", "8.6"], ()),
        ({"count": -3}, ["8.6"], ("gpus[0].count: -3 is no count and was passed over",)),
        ({"count": 0}, [], ("gpus[0].count: 0, so that there is no such GPU",)),
        ({"count": 10**9}, ["8.6"] * 64, ("gpus[0].count: 1000000000 is too many, 64 are assumed",)),
        ({"count": [2]}, ["8.6"], ("gpus[0].count: [2] is no count and was passed over",)),
        ({"cc": "Failed"}, ["8.6"], ("gpus[0].cc: 'Failed' is no answer and was passed over",)),
        ({"cc": "[N/A]"}, ["8.6"], ("gpus[0].cc: '[N/A]' is no answer and was passed over",)),
        ({"cc": "ninety"}, ["8.6"], ("gpus[0].cc: 'ninety' is no capability and was passed over",)),
        ({"cc": 8.6}, ["8.6"], ()),
        ({"cc": "sm_86"}, ["8.6"], ()),
        (
            {"cc": "9.0"},
            [""],
            (
                (
                    "gpus: NVIDIA GeForce RTX 3060 is told to have compute capability 9.0, by its name it has "
                    "8.6: neither is believed, its capability counts as unknown"
                ),
            ),
        ),
        ({"name": "", "cc": ""}, [""], ("gpus[0].name: '' is no answer and was passed over",
                                        "gpus[0].cc: '' is no answer and was passed over")),
        ({"vendor": "3dfx", "name": "Voodoo"}, [],
         ("gpus[0].vendor: not told, and the name 'Voodoo' does not tell it either",)),
    ],
)  # fmt: skip
def test_odd_words_about_a_gpu(change: dict[str, Any], gpus: list[str], note: tuple[str, ...]) -> None:
    observed = observe({"facts": {**DRIVEN, "gpus": [{**RTX, **change}]}})
    assert [one.capability for one in observed.machine.accelerators] == gpus
    assert observed.notes == note


@pytest.mark.parametrize(
    ("change", "expected", "notes"),
    [
        ({"nvidia_driver": "[N/A]"}, "", 2),
        ({"nvidia_driver": 550}, "550", 0),
        ({"nvidia_driver": ["550.54"]}, "", 2),
        ({"nvidia_driver": {"version": "550.54.15"}}, "550.54.15", 0),
        ({"nvidia_driver": "R550"}, "550", 0),
        ({"nvidia_driver": "nvidia-driver-550"}, "550", 0),
        ({"nvidia_driver": "-580"}, "", 2),
        ({"nvidia_driver": "58095.05"}, "", 2),
        ({"nvidia_driver": "5800.95"}, "", 2),
        ({"nvidia_driver": "\uff15\uff18\uff10.\uff19\uff15"}, "", 2),
        ({"nvidia_driver": "580.95.05", "gpus": [{**RTX, "driver": "550.54.15"}]}, "550.54.15", 1),
        ({"nvidia_driver": "535.1", "gpus": [{**RTX, "driver": "550.54.15"}]}, "535.1", 1),
        ({"nvidia_driver": None, "cuda_driver": "12.4"}, "", 0),
        ({"kernel_module": "550.90.07"}, "550.90.07", 0),
    ],
)
def test_odd_words_about_a_driver(change: dict[str, Any], expected: str, notes: int) -> None:
    observed = observe({"facts": {**DRIVEN, **change}})
    assert [one.driver for one in observed.machine.accelerators] == [expected]
    assert len(observed.notes) == notes


@pytest.mark.parametrize(
    ("facts", "host"),
    [
        ({"os": "Ubuntu 20.04.5 LTS"}, ("linux", "Ubuntu 20.04.5", "x86_64", "glibc 2.31")),
        ({"os": "linux", "os_version": "Rocky Linux 8"}, ("linux", "Rocky Linux 8", "x86_64", "glibc 2.28")),
        ({"os": "linux", "glibc": 2.4}, ("linux", "", "x86_64", "glibc 2.40")),
        ({"os": "linux", "glibc": "2.35-0ubuntu3.1"}, ("linux", "", "x86_64", "glibc 2.35")),
        (
            {"os": "linux", "glibc": "[N/A]", "distro": "debian 10"},
            ("linux", "Debian 10", "x86_64", "glibc 2.28"),
        ),
        ({"os": "linux", "libc": "musl 1.2.4"}, ("linux", "", "x86_64", "musl 1.2.4")),
        ({"os": "alpine", "os_version": "Alpine 3.19"}, ("linux", "Alpine 3.19", "x86_64", "musl")),
        ({"os": "Darwin", "arch": "arm64", "os_version": "macOS 15.1"}, ("macos", "15.1", "arm64", "")),
        ({"os": "Darwin", "arch": "arm64", "os_version": "24.1.0"}, ("macos", "15", "arm64", "")),
        ({"os": "macos", "arch": "arm64"}, ("macos", "15", "arm64", "")),
        ({"os": "Slackware 15", "arch": "sparc"}, ("linux", "Slackware 15", "sparc", "glibc 2.35")),
        ({"os": "linux", "glibc": "-2.28"}, ("linux", "", "x86_64", "glibc 2.35")),
        ({"os": "Windows 11", "arch": "AMD64"}, ("windows", "Windows 11", "x86_64", "")),
        ({"os": 7, "arch": ["x"], "glibc": {}}, ("linux", "", "x86_64", "glibc 2.35")),
    ],
)
def test_hosts(facts: dict[str, Any], host: tuple[str, str, str, str]) -> None:
    found = observe({"facts": facts}).machine.host
    assert (found.os, found.os_version, found.architecture, found.libc) == host


@pytest.mark.parametrize(
    ("python", "minor"),
    [
        ("3.13t", "3.13t"), ("3.14.0t", "3.14t"), ("3.13.1 free-threading build", "3.13t"), ("cp313t", "3.13t"),
        ("3.12", "3.12"), ("3.8.10", "3.8"), ("cp312", "3.12"), ("2.7", "2.7"), (3.1, "3.10"), (3.12, "3.12"), ("CPython 3.11", "3.11"),
        ({"version": "3.9.7"}, "3.9"), ("", ""), ("three", ""), (["3.12"], ""), (None, ""),
    ],
)  # fmt: skip
def test_pythons(python: object, minor: str) -> None:
    assert observe({"facts": {**LINUX, "python": python}}).python == minor


def test_more_gpus_than_any_machine_has_are_one_note() -> None:
    observed = observe({"facts": {**DRIVEN, "gpus": [RTX] * 1000}})
    assert len(observed.machine.accelerators) == 64
    assert observed.notes == ("gpus: more than 64 are told, the first 64 count",)


@pytest.mark.parametrize(
    ("change", "notes"),
    [
        ({"status": "gpu_lost", "frobnicator": {}, "note": "mine"}, ("passed over: status, frobnicator",)),
        (
            {f"key{number}": number for number in range(10)},
            ("passed over: key0, key1, key2, key3, key4, key5, key6, key7 and 2 more",),
        ),
        ({"python": "PyPy 3.10"}, ("python: no framework has wheels for PyPy; CPython 3.10 is meant",)),
        ({"nvidia_driver": "[N/A]"}, ("nvidia_driver: '[N/A]' is no answer and was passed over",
                                      "nvidia_driver: not told; no GPU build can be planned without it")),
        ({"arch": "sparc"}, ("arch: 'sparc' is none that builds are known for",)),
        ({"nvidia_driver": "580.95.05", "gpus": [{**RTX, "driver": "550.54.15"}]},
         ("nvidia_driver: 580.95.05 is told, and 550.54.15 of the GPUs; the lower one counts",)),
        ({"gpus": [{"vendor": "amd", "name": "RX"}], "nvidia_driver": None},
         ("gpus[0].gfx: not told, and the name 'RX' does not tell it either; it stays unknown",)),
    ],
)  # fmt: skip
def test_what_is_said_of_a_description(change: dict[str, Any], notes: tuple[str, ...]) -> None:
    assert observe({"facts": {**DRIVEN, **change}}).notes == notes


@pytest.mark.parametrize(
    "facts", [{"os": "macos", "arch": "arm64"}, {"os": {"family": "macos"}, "arch": "arm64"}]
)
def test_a_mac_without_a_version(facts: dict[str, Any]) -> None:
    assert observe({"facts": facts}).notes == ("macOS version: not told, 15 is assumed",)
