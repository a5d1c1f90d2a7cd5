"""AMD's and Intel's GPUs on Linux, in containers and in WSL; and every vendor's on Windows."""

import json

import pytest

from scaffold.machine import detect
from scaffold.recorded import RecordedSystem
from tests.machine.builders import KFD, linux, shown
from tests.machine.hosts import FOLDER

GROUPS = "sudo usermod -aG render,video $USER, then log in again"


def node(number, version, location, *, unique=0, render=None, processors=0):
    render = 127 + number if render is None else render
    return {
        f"{KFD}/{number}/properties": f"cpu_cores_count {processors}\ngfx_target_version {version}\n"
        f"location_id {location}\ndomain 0\ndrm_render_minor {render}\nunique_id {unique}\n"
    }


def radeons(*nodes, **facts):
    """A Linux host with KFD nodes behind the processor's; its device files are open to the user."""
    files = {f"{KFD}/0/properties": "cpu_cores_count 16\ngfx_target_version 0\n"}
    for one in nodes:
        files |= one
    facts.setdefault("accessible", ["/dev/kfd", "/dev/dri/renderD128", "/dev/dri/renderD129"])
    return linux(files={**files, **facts.pop("files", {})}, **facts)


TWO = (node(1, 110000, 0x300, unique=0x11), node(2, 100306, 0xE00))


def test_each_radeon_has_its_own_name():
    ids = "1002  AMD\n\t164e  Raphael\n\t744c  Navi 31 [Radeon RX 7900 XTX]\n"
    system = radeons(
        *TWO,
        cards=[
            ("0000:0e:00.0", "0x1002", "0x164e", "amdgpu"),
            ("0000:03:00.0", "0x1002", "0x744c", "amdgpu"),
        ],
        files={"/usr/share/misc/pci.ids": ids},
    )
    machine = detect(system)
    assert [(a.index, a.name, a.capability, a.integrated, a.uuid) for a in machine.accelerators] == [
        (0, "Navi 31 [Radeon RX 7900 XTX]", "gfx1100", False, "GPU-0000000000000011"),
        (1, "Raphael", "gfx1036", True, ""),
    ]
    assert (machine.status, machine.notes) == ("ok", ())


@pytest.mark.parametrize(
    ("environment", "left"),
    [
        ({}, [0, 1]),
        ({"HIP_VISIBLE_DEVICES": "1"}, [1]),
        ({"ROCR_VISIBLE_DEVICES": "GPU-0000000000000011"}, [0]),
        ({"ROCR_VISIBLE_DEVICES": "1", "HIP_VISIBLE_DEVICES": "0"}, [1]),
        ({"CUDA_VISIBLE_DEVICES": "0"}, [0]),
        ({"CUDA_VISIBLE_DEVICES": "0", "HIP_VISIBLE_DEVICES": "0,1"}, [0, 1]),
        ({"HIP_VISIBLE_DEVICES": ""}, []),
        ({"HIP_VISIBLE_DEVICES": "-1"}, []),
    ],
)
def test_variables_that_hide_radeons(environment, left):
    machine = detect(radeons(*TWO, environment=environment))
    assert [a.status for a in machine.accelerators] == ["ok" if n in left else "hidden" for n in (0, 1)]
    # The iGPU does not stand in for the card that is hidden.
    assert machine.status == ("ok" if 0 in left else "hidden")


def test_who_may_use_a_radeon():
    closed = radeons(*TWO, accessible=[], paths=["/dev/kfd", "/dev/dri/renderD128"])
    assert shown(closed) == (
        "no_permission",
        ["AMD gfx1100 | gfx1100 | no_permission", "AMD gfx1036 | gfx1036 | no_permission"],
        [f"This user may not use /dev/kfd or /dev/dri/renderD*: {GROUPS}"],
    )


def test_a_render_node_that_is_closed():
    system = radeons(*TWO, accessible=["/dev/kfd", "/dev/dri/renderD129"], paths=["/dev/dri/renderD128"])
    assert [a.status for a in detect(system).accelerators] == ["no_permission", "ok"]


def test_a_container_that_was_handed_no_radeon():
    system = radeons(TWO[0], accessible=[], paths=["/.dockerenv"])
    assert shown(system) == (
        "host_driver_without_device",
        ["AMD gfx1100 | gfx1100 | host_driver_without_device"],
        [
            "The host's AMD GPUs are not handed in: start the container with --device /dev/kfd --device /dev/dri"
        ],
    )


def test_a_radeon_without_a_driver():
    system = linux(cards=[("0000:03:00.0", "0x1002", "0x744c", "")])
    assert shown(system) == (
        "driver_missing",
        ["AMD device 0x744c | gfx1100 | driver_missing"],
        [("An AMD card is plugged in and the kernel offers no compute device (/dev/kfd) for it: load the kernel's "
         "amdgpu driver (sudo modprobe amdgpu), or install AMD's")],
    )  # fmt: skip


def test_an_apu_is_integrated_by_its_node():
    machine = detect(radeons(node(1, 90402, 0x300, processors=24)))
    assert [(a.capability, a.integrated, a.status) for a in machine.accelerators] == [("gfx942", True, "ok")]
    assert machine.status == "ok"


def test_an_older_kernel_tells_no_architecture():
    text = "cpu_cores_count 0\nsimd_count 96\nlocation_id 768\ndomain 0\ndrm_render_minor 128\n"
    for device, gfx in (("0x744c", "gfx1100"), ("0xfffe", "")):
        system = radeons({f"{KFD}/1/properties": text}, cards=[("0000:03:00.0", "0x1002", device, "amdgpu")])
        [one] = detect(system).accelerators
        assert (one.capability, one.status, "capability" in one.found_by) == (gfx, "ok", bool(gfx))


def test_an_override_and_rocms_version_are_noted():
    system = radeons(
        TWO[0],
        environment={"HSA_OVERRIDE_GFX_VERSION": "10.3.0"},
        files={"/opt/rocm/.info/version": "6.4.0-47\n"},
    )
    assert shown(system)[2] == [
        "HSA_OVERRIDE_GFX_VERSION=10.3.0 makes ROCm take the GPU for another one",
        "ROCm 6.4.0-47 is installed in /opt/rocm; PyTorch's builds bring their own",
    ]


WSL = {"platform": {"release": "5.15.167.4-microsoft-standard-WSL2"}}
ROCMINFO = """\
*******
Agent 1
*******
  Name:                    AMD Ryzen 9 7950X 16-Core Processor
  Device Type:             CPU
*******
Agent 2
*******
  Name:                    gfx1100
  Marketing Name:          AMD Radeon RX 7900 XTX
  Device Type:             GPU
"""


@pytest.mark.parametrize(
    ("commands", "row"),
    [
        ({"rocminfo": {"stdout": ROCMINFO}}, "AMD Radeon RX 7900 XTX | gfx1100 | ok"),
        ({"rocm_agent_enumerator -name": {"stdout": "gfx000\ngfx1100\n"}}, "AMD gfx1100 | gfx1100 | ok"),
        ({"rocminfo": {"outcome": "timeout"}}, None),
        ({"rocminfo": {"status": 1, "stdout": "ROCk module is NOT loaded\n"}}, None),
    ],
)
def test_rocms_tools_tell_in_wsl(commands, row):
    programs = {name: f"/opt/rocm/bin/{name}" for name in ("rocminfo", "rocm_agent_enumerator")}
    system = linux(programs=programs, commands=commands, **WSL)
    assert shown(system) == ("ok", [row] if row else [], [])


INTEL, ARC = "0000:00:02.0", "0000:03:00.0"
LOADER = "/usr/lib/x86_64-linux-gnu/libze_loader.so.1"


def arc(device="0x56a0", address=ARC, answer=None, **facts):
    """A Linux host with one Intel GPU that the kernel runs; Level Zero is there where it answers."""
    paths = [f"/sys/bus/pci/devices/{address}/drm/renderD128", *([LOADER] if answer else [])]
    return linux(
        cards=[(address, "0x8086", device, facts.pop("driver", "i915")), *facts.pop("cards", ())],
        paths=[*paths, *facts.pop("paths", ())],
        accessible=facts.pop("accessible", ["/dev/dri/renderD128"]),
        probes={"level_zero": answer} if answer else {},
        **facts,
    )


def level_zero(*devices, init=0):
    return {"library": "libze_loader.so.1", "init": init, "devices": devices}


def found(device="0x56a0", pci=ARC, ip=0x030DC008, **more):
    return {"index": 0, "name": "Intel(R) Arc(TM) A770 Graphics", "ip": ip, "memory": 16 << 30, "device": device,
            "pci": pci, "uuid": "8680a056", "integrated": False, **more}  # fmt: skip


def test_an_arc_that_level_zero_describes():
    assert shown(arc(answer=level_zero(found()))) == (
        "ok",
        ["Intel(R) Arc(TM) A770 Graphics | 12.55.8 | ok"],
        [],
    )


def test_a_driver_too_old_to_tell_the_ip_version():
    [gpu] = detect(arc(answer=level_zero(found(ip=0)))).accelerators
    assert (gpu.capability, gpu.found_by["capability"]) == (
        "12.55.8", "the PCI device's number, by a table of Intel's GPUs",
    )  # fmt: skip


NAME = "Intel Arc A770, A750, A580"
OBSTACLES = {
    0x78000001: ("driver_missing", "Intel's compute runtime is not installed (libze-intel-gpu1)"),
    0x70010000: ("no_permission", f"this user may not use /dev/dri: {GROUPS}"),
    0x70000001: ("gpu_lost", "the GPU is lost: restart the machine"),
    0x7FFFFFFE: ("driver_missing", "zeInit fails with 0x7ffffffe: install Intel's runtime"),
}


@pytest.mark.parametrize("code", OBSTACLES)
def test_level_zero_that_does_not_start(code):
    status, why = OBSTACLES[code]
    assert shown(arc(answer=level_zero(init=code))) == (
        status,
        [f"{NAME} | 12.55.8 | {status}"],
        [f"{NAME} cannot be used: {why}"],
    )


def test_level_zero_that_hangs():
    assert shown(arc(answer={"outcome": "timeout"})) == (
        "gpu_lost",
        [f"{NAME} | 12.55.8 | gpu_lost"],
        [f"{NAME} cannot be used: Level Zero gave no answer in time or crashed: restart the machine"],
    )


NO_LEVEL_ZERO = (
    "has its kernel driver and no Level Zero: install Intel's compute runtime (libze1, libze-intel-gpu1)"
)


def test_an_arc_without_level_zero():
    assert shown(arc()) == (
        "driver_missing",
        [f"{NAME} | 12.55.8 | driver_missing"],
        [f"{NAME} {NO_LEVEL_ZERO}"],
    )


def test_lunar_lake_without_level_zero():
    name = "Intel Arc Graphics 130V, 140V (Lunar Lake)"
    assert shown(arc("0x64a0", INTEL, driver="xe")) == (
        "driver_missing",
        [f"{name} | 20.4.4 | driver_missing"],
        [f"{name} {NO_LEVEL_ZERO}"],
    )


def test_a_processors_graphics_beside_another_card_is_not_advised_upon():
    system = arc("0x7d55", INTEL, cards=[("0000:01:00.0", "0x10de", "0x2504", "nouveau")])
    status, rows, notes = shown(system)
    assert (status, rows) == (
        "driver_missing",
        [
            "NVIDIA device 0x2504 | 8.6 | nouveau",
            "Intel Arc Graphics (Meteor Lake-H) | 12.71.4 | driver_missing",
        ],
    )
    assert notes == ["The driver nouveau runs an NVIDIA card and has no CUDA: install NVIDIA's driver"]


def test_an_intel_gpu_that_works_does_not_hide_a_stopped_nvidia_card():
    system = arc(
        "0x64a0", INTEL, answer=level_zero(found("0x64a0", INTEL, 0x05010004, integrated=True)),
        cards=[("0000:01:00.0", "0x10de", "0x2504", "nouveau")],
    )  # fmt: skip
    machine = detect(system)
    assert (machine.status, [a.status for a in machine.accelerators]) == ("driver_missing", ["nouveau", "ok"])


def test_an_arc_that_works_makes_up_for_a_stopped_nvidia_card():
    system = arc(answer=level_zero(found()), cards=[("0000:01:00.0", "0x10de", "0x2504", "nouveau")])
    assert detect(system).status == "ok"


def test_an_arc_that_level_zero_is_too_old_for():
    assert shown(arc("0xe20b", answer=level_zero())) == (
        "unsupported",
        ["Intel Arc B580, B570, Pro B50, Pro B60 | 20.1.0 | unsupported"],
        [
            (
                "Level Zero does not show Intel Arc B580, B570, Pro B50, Pro B60: "
                "install a newer Intel compute runtime"
            )
        ],
    )


@pytest.mark.parametrize("device", ["0x3e9b", "0x46a6", "0xa7a0"])
def test_graphics_that_no_framework_knows_never_stop_the_machine(device):
    closed = arc(device, INTEL, accessible=[], paths=["/dev/dri/renderD128"])
    assert shown(closed) == ("ok", [f"Intel device {device} |  | no_permission"], [])


def test_who_may_use_an_arc():
    assert shown(arc(answer=level_zero(), accessible=[])) == (
        "no_permission",
        [f"{NAME} | 12.55.8 | no_permission"],
        [f"This user may not use the Intel GPU at {ARC}: {GROUPS}"],
    )


def test_a_mask_that_hides_an_arc():
    other = "0000:04:00.0"
    second = arc(
        answer=level_zero(found()), cards=[(other, "0x8086", "0x56a0", "i915")],
        paths=[f"/sys/bus/pci/devices/{other}/drm/renderD128"], environment={"ZE_AFFINITY_MASK": "0"},
    )  # fmt: skip
    assert shown(second) == (
        "ok",
        ["Intel(R) Arc(TM) A770 Graphics | 12.55.8 | ok", f"{NAME} | 12.55.8 | hidden"],
        ['ZE_AFFINITY_MASK="0" hides an Intel GPU from programs: unset it to use it'],
    )


def windows(adapters, **facts):
    key = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
    text = "".join(
        f"{key.replace('HKLM', 'HKEY_LOCAL_MACHINE')}\\{number:04}\n"
        f"    DriverDesc    REG_SZ    {name}\n    DriverVersion    REG_SZ    {version}\n"
        f"    MatchingDeviceId    REG_SZ    PCI\\VEN_{vendor}&DEV_{device}\n\n"
        for number, (name, version, vendor, device) in enumerate(adapters)
    )
    return RecordedSystem({
        "schema": "scaffold/host/1",
        "platform": {"os": "windows", "machine": "AMD64", "release": "11", "version": "10.0.26100", "libc": "",
                     "cpu_count": 16},
        "commands": {f"reg query {key} /s": {"status": 1, "stdout": text}}, **facts,
    })  # fmt: skip


GTX = ("NVIDIA GeForce GTX 1060 6GB", "32.0.15.6636", "10DE", "1C03")


def test_windows_without_nvidias_libraries():
    assert shown(windows([GTX])) == (
        "driver_missing",
        ["NVIDIA GeForce GTX 1060 6GB | 6.1 | driver_missing"],
        ["Windows has a display driver for an NVIDIA card, and no nvcuda.dll: install NVIDIA's driver"],
    )


def test_windows_with_a_radeon_and_an_arc():
    machine = detect(
        windows(
            [("AMD Radeon RX 7900 XT", "32.0.12033.1030", "1002", "744C"),
             ("Intel(R) Arc(TM) B580 Graphics", "32.0.101.6739", "8086", "E20B")],
            paths=[r"C:\Windows\System32\ze_loader.dll"],
            probes={"level_zero": {"stdout": json.dumps(level_zero(found("0xe20b", "", 20 << 22 | 1 << 14)))}},
        )
    )  # fmt: skip
    assert [(a.vendor, a.capability, a.driver, a.status) for a in machine.accelerators] == [
        ("amd", "gfx1100", "32.0.12033.1030", "ok"),
        ("intel", "20.1.0", "32.0.101.6739", "ok"),
    ]


def test_windows_registry_keeps_cards_that_nvidias_driver_does_not_name():
    record = json.loads((FOLDER / "windows-rtx4090.json").read_text())
    old = windows([GTX])
    machine = detect(RecordedSystem({**record, "commands": old._record["commands"]}))
    assert [one.name for one in machine.accelerators] == ["NVIDIA GeForce RTX 4090"]


@pytest.mark.parametrize(
    "text", ["", "\x00", "HKEY_LOCAL_MACHINE\\\n", "HKEY_LOCAL_MACHINE\\x\\0000\n    DriverDesc"]
)
def test_a_registry_of_garbage(text):
    system = windows([])
    for answer in system._record["commands"].values():
        answer["stdout"] = text
    assert shown(system) == ("ok", [], [])


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"library": 7, "init": "x", "devices": [None, {"ip": "y", "memory": -1}]}]
)
def test_garbage_from_level_zero_never_raises(answer):
    system = arc(answer={"outcome": "exited", "status": 0, "stdout": json.dumps(answer)})
    assert [one.name for one in detect(system).accelerators] == [NAME]
