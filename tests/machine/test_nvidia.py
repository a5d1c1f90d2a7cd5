"""Every way in which an NVIDIA GPU is there and cannot be used, and what is said of each."""

import pytest

from scaffold.machine import detect
from tests.machine.builders import (
    ASKED,
    ASKED_OLD,
    LIBCUDA,
    address,
    driven,
    libcuda,
    linux,
    managed,
    nvml,
    seen,
    shown,
    uuid,
)

RTX = "NVIDIA GeForce RTX 3060"
CARD = "NVIDIA device 0x2504"
IDS = {"/usr/share/misc/pci.ids": "10de  NVIDIA Corporation\n\t2504  GA106 [GeForce RTX 3060]\n"}
OFF_THE_PATH = "take its folder out of LD_LIBRARY_PATH"

#: what NVML and cuInit answer -> status and the sentence. NVML works where only cuInit's code is given.
NVML_CODES = {
    4: ("no_permission", "the driver refuses this user (insufficient permissions): see ls -l /dev/nvidia*"),
    15: ("gpu_lost", "the GPU has fallen off the bus: restart the machine (sudo dmesg | grep -i xid)"),
    17: ("no_permission", "the operating system refused the driver's device files: see ls -l /dev/nvidia*"),
    18: (
        "reboot_required",
        (
            "the driver was updated, the old kernel module still runs: restart the machine"
            " (libraries 580.95.05, module 580.95.05)"
        ),
    ),
    999: ("gpu_lost", "NVML fails with code 999: restart the machine"),
}
CUDA_CODES = {
    34: ("driver_missing", f"libcuda is a stub of the CUDA toolkit's (cuInit 34): {OFF_THE_PATH}"),
    100: ("gpu_lost", "the CUDA driver finds no GPU (cuInit 100): restart the machine"),
    304: ("no_permission", "the CUDA driver may not open its devices (cuInit 304): see ls -l /dev/nvidia*"),
    802: ("gpu_lost", "the GPUs' fabric is not ready (cuInit 802): nvidia-fabricmanager must run"),
    803: ("unsupported", f"libcuda is not the running driver's (cuInit 803): {OFF_THE_PATH}"),
    804: ("unsupported", f"a compatibility libcuda does not fit this GPU (cuInit 804): {OFF_THE_PATH}"),
    999: ("gpu_lost", "the CUDA driver fails (cuInit 999): reload nvidia_uvm (after a suspend), or restart"),
    12345: ("gpu_lost", "libcuda fails with code 12345: restart the machine"),
}


def test_a_driver_that_works():
    assert shown(driven()) == ("ok", [f"{RTX} | 8.6 | ok"], [])


@pytest.mark.parametrize("code", NVML_CODES)
def test_nvml_that_fails(code):
    status, why = NVML_CODES[code]
    system = driven(libcuda(init=999), nvml(init=code))
    assert shown(system) == (status, [f"{CARD} | 8.6 | {status}"], [f"NVIDIA's driver does not work: {why}"])


@pytest.mark.parametrize("code", CUDA_CODES)
def test_cuinit_that_fails_where_nvml_works(code):
    status, why = CUDA_CODES[code]
    assert shown(driven(libcuda(init=code))) == (
        status,
        [f"{RTX} | 8.6 | {status}"],
        [f"NVIDIA GPU 0 cannot be used: {why}"],
    )


def test_cuinit_803_where_nvml_does_not_work_asks_for_a_restart():
    system = driven(libcuda(init=803), {"library": ""}, links={LIBCUDA: "libcuda.so.580.105.08"})
    machine = detect(system)
    assert (machine.status, machine.accelerators[0].driver, machine.notes) == (
        "reboot_required",
        "580.105.08",  # what runs after the restart
        (("NVIDIA's driver does not work: libcuda is newer than the kernel module (cuInit 803): "
         "restart the machine (libraries 580.105.08, module 580.95.05)"),),
    )  # fmt: skip


@pytest.mark.parametrize("ending", [{"outcome": "timeout"}, {"outcome": "exited", "status": -11}])
def test_a_library_that_hangs_or_crashes(ending):
    assert shown(driven(ending)) == (
        "gpu_lost",
        [f"{RTX} | 8.6 | gpu_lost"],
        ["NVIDIA GPU 0 cannot be used: libcuda gave no answer in time or crashed: restart the machine"],
    )


def test_everything_hangs():
    hang = {"outcome": "timeout"}
    system = driven(hang, hang, commands={ASKED: hang}, files=IDS)
    assert shown(system)[:2] == ("gpu_lost", ["GA106 [GeForce RTX 3060] | 8.6 | gpu_lost"])


def test_a_compatibility_libcuda_is_named():
    notes = shown(driven(libcuda(init=804, path="/usr/local/cuda/compat/libcuda.so.580.65.06")))[2]
    assert notes[1] == (
        "Programs load /usr/local/cuda/compat/libcuda.so.580.65.06, a compatibility libcuda that comes before "
        f"the driver's own: {OFF_THE_PATH} unless your site asks for it"
    )


#: nvidia-smi's own words, where NVML cannot be loaded -> status
SMI_WORDS = {
    "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 580.105\n": "reboot_required",
    "Failed to initialize NVML: Insufficient Permissions\n": "no_permission",
    "Unable to determine the device handle for GPU0000:01:00.0: Unknown Error\n": "gpu_lost",
    "No devices were found\n": "gpu_lost",
    "Failed to initialize NVML: Unknown Error\n": "gpu_lost",
}


@pytest.mark.parametrize("words", SMI_WORDS)
def test_what_nvidia_smi_says_when_it_fails(words):
    system = driven(
        {"library": "libcuda.so.1", "init": 999}, {"library": ""}, commands={ASKED: {"stdout": words}}
    )
    status, rows, notes = shown(system)
    assert (status, rows) == (SMI_WORDS[words], [f"{CARD} | 8.6 | {SMI_WORDS[words]}"])
    assert len(notes) == 1


def test_a_driver_that_cannot_be_reached_is_judged_by_the_card():
    words = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"
    system = linux(
        cards=[(address(0), "0x10de", "0x2504", "")],
        paths=[LIBCUDA],
        programs={"nvidia-smi": "/usr/bin/nvidia-smi"},
        commands={ASKED: {"status": 9, "stdout": words}},
        probes={"libcuda": libcuda(init=100), "nvml": nvml(init=9)},
    )
    assert shown(system) == (
        "module_blocked",
        [f"{CARD} | 8.6 | module_blocked"],
        [("NVIDIA's driver is installed and its kernel module does not run (not built for this kernel, or "
         "refused): see dkms status and sudo dmesg | grep -i nvidia")],
    )  # fmt: skip


def test_secure_boot_is_named():
    variable = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    system = linux(
        cards=[(address(0), "0x10de", "0x2504", "")], paths=[LIBCUDA], files={variable: "\x06\0\0\0\x01"},
        probes={"libcuda": libcuda(init=100)},
    )  # fmt: skip
    assert shown(system)[2] == [
        (
            "NVIDIA's driver is installed and its kernel module does not run while Secure Boot is on: enrol the key "
            "that signed it (sudo mokutil --import FILE, then restart), or turn Secure Boot off in the firmware"
        )
    ]


@pytest.mark.parametrize(
    ("device", "version", "last", "capability"),
    [("0x1b06", "590.44.01", 580, "6.1"), ("0x102d", "550.54.15", 470, "3.7")],
)
def test_a_driver_that_no_longer_serves_the_card(device, version, last, capability):
    system = linux(
        cards=[(address(0), "0x10de", device, "")], links={LIBCUDA: f"libcuda.so.{version}"},
        probes={"libcuda": libcuda(init=100), "nvml": nvml(init=9)},
    )  # fmt: skip
    assert shown(system) == (
        "unsupported",
        [f"NVIDIA device {device} | {capability} | unsupported"],
        [(f"NVIDIA device {device}: NVIDIA's driver {version} no longer serves it; {last} is the last branch "
         f"that does: install a driver {last}")],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("driver", "status", "whole"),
    [
        ("nouveau", "nouveau", "driver_missing"),
        ("vfio-pci", "unsupported", "unsupported"),
        ("", "driver_missing", "driver_missing"),
    ],
)
def test_a_card_without_nvidias_driver(driver, status, whole):
    seen_status, rows, notes = shown(linux(cards=[(address(0), "0x10de", "0x2504", driver)], files=IDS))
    assert (seen_status, rows) == (whole, [f"GA106 [GeForce RTX 3060] | 8.6 | {status}"])
    assert len(notes) == 1


def test_the_driver_runs_and_finds_no_card():
    status, rows, notes = shown(driven(libcuda(init=100), nvml(), files=IDS))
    assert (status, rows) == ("gpu_lost", ["GA106 [GeForce RTX 3060] | 8.6 | gpu_lost"])
    assert notes == [
        (
            "GA106 [GeForce RTX 3060] is plugged in and NVIDIA's driver does not find it: shut the machine down, "
            "check its power cables and its seat; sudo dmesg | grep -i xid tells more"
        )
    ]


def test_a_card_that_the_working_driver_does_not_name_is_shown_beside_the_others():
    cards = [(address(n), "0x10de", "0x2504", driver) for n, driver in enumerate(("nvidia", "vfio-pci"))]
    assert shown(driven(cards=cards)) == (
        "ok",
        [f"{RTX} | 8.6 | ok", f"{CARD} | 8.6 | unsupported"],
        ["An NVIDIA card is reserved for a virtual machine (vfio-pci)"],
    )


def test_a_card_that_the_working_driver_no_longer_serves():
    cards = [(address(0), "0x10de", "0x2504", "nvidia"), (address(1), "0x10de", "0x1180", "")]
    why = "NVIDIA's driver 580.95.05 no longer serves it; 470 is the last branch that does: install a driver 470"
    assert shown(driven(cards=cards)) == (
        "ok",
        [f"{RTX} | 8.6 | ok", "NVIDIA device 0x1180 | 3.0 | unsupported"],
        [f"NVIDIA device 0x1180: {why}"],
    )


def test_one_lost_gpu_of_eight_does_not_stop_the_machine():
    gpus = [managed(number) for number in range(7)] + [{"index": 7, "status": 15, "pci": address(7)}]
    status, rows, notes = shown(driven(libcuda(*map(seen, range(7))), nvml(*gpus), count=8))
    assert (status, rows) == ("ok", [f"{RTX} | 8.6 | ok"] * 7 + [f"{CARD} | 8.6 | gpu_lost"])
    assert notes == [
        (
            "NVIDIA GPU 7 cannot be used: the GPU has fallen off the bus: restart the machine "
            "(sudo dmesg | grep -i xid)"
        )
    ]


CONTAINER = {"paths": ["/.dockerenv"]}


def test_a_container_that_sees_nothing_but_the_hosts_module():
    system = linux(files={"/sys/module/nvidia/version": "580.95.05\n"}, **CONTAINER)
    assert shown(system) == (
        "host_driver_without_device",
        [],
        [("The host runs NVIDIA's driver 580.95.05 and hands no GPU in here: start the container with --gpus all "
         "where one is wanted")],
    )  # fmt: skip


def test_a_container_whose_variable_asks_for_no_gpu():
    system = linux(
        files={"/sys/module/nvidia/version": "580.95.05\n"}, environment={"NVIDIA_VISIBLE_DEVICES": "void"},
        **CONTAINER,
    )  # fmt: skip
    assert "(NVIDIA_VISIBLE_DEVICES=void)" in shown(system)[2][0]


def test_a_module_without_device_files_outside_a_container():
    assert shown(linux(files={"/sys/module/nvidia/version": "580.95.05\n"})) == (
        "host_driver_without_device",
        [],
        [("The kernel runs NVIDIA's driver 580.95.05 and there is no device file: in a container, start it with "
         "--gpus all; elsewhere, sudo nvidia-modprobe -u -c 0")],
    )  # fmt: skip


def test_a_container_whose_devices_were_taken_away():
    words = "Failed to initialize NVML: Unknown Error\n"
    system = driven(libcuda(init=999), {"library": ""}, commands={ASKED: {"stdout": words}}, **CONTAINER)
    assert shown(system) == (
        "no_permission",
        [f"{CARD} | 8.6 | no_permission"],
        [
            (
                "This container has lost its right to the GPU's devices (systemctl daemon-reload on the host does "
                "that): restart the container"
            )
        ],
    )


def test_a_container_without_the_compute_libraries():
    assert shown(driven({"library": ""})) == (
        "driver_missing",
        [f"{RTX} | 8.6 | driver_missing"],
        [("NVIDIA GPU 0 cannot be used: libcuda is not here (a container's NVIDIA_DRIVER_CAPABILITIES must name "
         "compute)")],
    )  # fmt: skip


def test_a_container_with_the_compute_libraries_alone():
    assert shown(driven(None, {"library": ""})) == ("ok", [f"{RTX} | 8.6 | ok"], [])


@pytest.mark.parametrize("mask", ["", "-1", "NoDevFiles", "GPU-ffffffff"])
@pytest.mark.parametrize("init", [0, 100])
def test_a_mask_that_hides_all(mask, init):
    system = driven(libcuda(init=init), environment={"CUDA_VISIBLE_DEVICES": mask})
    assert shown(system) == (
        "hidden",
        [f"{RTX} | 8.6 | hidden"],
        [f'NVIDIA GPU 0 cannot be used: hidden by CUDA_VISIBLE_DEVICES="{mask}"; unset it to use them all'],
    )


def test_a_mask_that_hides_all_where_nvml_is_missing():
    system = driven(libcuda(init=100), {"library": ""}, environment={"CUDA_VISIBLE_DEVICES": ""})
    assert shown(system) == (
        "hidden",
        [f"{CARD} | 8.6 | hidden"],
        ['CUDA_VISIBLE_DEVICES="" hides every NVIDIA GPU: unset it to use them'],
    )


@pytest.mark.parametrize(
    ("mask", "left"), [("1", [1]), (f"GPU-{uuid(1)}", [1]), ("0,2", [0, 2]), ("0,-1,2", [0]), ("2,2", [2])]
)
def test_a_mask_counts_where_libcuda_was_not_asked(mask, left):
    system = driven({"outcome": "missing"}, count=3, environment={"CUDA_VISIBLE_DEVICES": mask})
    machine = detect(system)
    assert [one.index for one in machine.accelerators if one.status == "ok"] == left
    assert [one.status for one in machine.accelerators if one.index not in left] == ["hidden"] * (
        3 - len(left)
    )


def test_a_mask_that_names_a_slice():
    slice_of_it = seen(
        0, "NVIDIA A100-SXM4-40GB MIG 1g.5gb", "8.0", uuid="00112233-4455-6677-8899-aabbccddeeff"
    )
    system = driven(
        libcuda(slice_of_it), nvml(managed(0, "NVIDIA A100-SXM4-40GB", "8.0", mig=True)),
        environment={"CUDA_VISIBLE_DEVICES": "MIG-00112233-4455-6677-8899-aabbccddeeff"},
    )  # fmt: skip
    machine = detect(system)
    assert [(one.name, one.uuid, one.status) for one in machine.accelerators] == [
        ("NVIDIA A100-SXM4-40GB MIG 1g.5gb", "MIG-00112233-4455-6677-8899-aabbccddeeff", "ok")
    ]
    assert machine.notes == ("A GPU is split into slices (MIG): one process can use one slice",)


def test_mig_without_a_slice():
    system = driven(libcuda(init=100), nvml(managed(0, "NVIDIA A100-SXM4-40GB", "8.0", mig=True)))
    assert shown(system) == (
        "hidden",
        ["NVIDIA A100-SXM4-40GB | 8.0 | hidden"],
        [("NVIDIA GPU 0 cannot be used: it is split (MIG) and has no slice for programs: "
         "sudo nvidia-smi mig -cgi 0 -C"),
         "A GPU is split into slices (MIG): one process can use one slice"],
    )  # fmt: skip


def test_a_virtual_gpu():
    name = "GRID T4-16C"
    system = driven(libcuda(seen(0, name, "7.5")), nvml(managed(0, name, "")))
    assert shown(system) == ("ok", [f"{name} | 7.5 | ok"], [])


@pytest.mark.parametrize("told", ["", "[N/A]", "[Unknown Error]", "Failed", "8.6.1", "0.0"])
def test_a_capability_that_nobody_tells_comes_from_the_name(told):
    machine = detect(driven(libcuda(seen(0, capability=told)), nvml(managed(0, capability=told))))
    gpu = machine.accelerators[0]
    assert (gpu.capability, gpu.found_by["capability"], gpu.status) == (
        "8.6", "the name, by a table of NVIDIA's GPUs", "ok",
    )  # fmt: skip


def test_two_gpus_of_which_no_table_knows_one():
    names = ("NVIDIA GeForce RTX 3060", "NVIDIA Graphics Device")
    gpus = [managed(number, name, "") for number, name in enumerate(names)]
    cuda = [seen(number, name, "") for number, name in enumerate(names)]
    system = driven(libcuda(*cuda), nvml(*gpus), count=2,
                    cards=[(address(0), "0x10de", "0x2504", "nvidia"), (address(1), "0x10de", "0x9999", "nvidia")])  # fmt: skip
    assert shown(system) == (
        "ok",
        ["NVIDIA GeForce RTX 3060 | 8.6 | ok", "NVIDIA Graphics Device |  | ok"],
        [],
    )


def test_libcudas_order_may_differ_from_nvmls():
    cuda = libcuda(seen(0, "NVIDIA GeForce RTX 4090", "8.9", number=1), seen(1, number=0))
    for one in cuda["devices"]:
        one["uuid"] = ""  # a driver before 9.2: the places on the bus tell
    system = driven(cuda, nvml(managed(0), managed(1, "NVIDIA GeForce RTX 4090", "")), count=2)
    assert shown(system)[1] == [f"{RTX} | 8.6 | ok", "NVIDIA GeForce RTX 4090 | 8.9 | ok"]


def test_an_old_driver_is_asked_again_without_the_capability():
    rows = f"0, GPU-{uuid(0)}, Tesla K80, 470.82.01, 11441\n"
    refusal = 'Field "compute_cap" is not a valid field to query.\n'
    system = driven(
        {"outcome": "missing"}, {"library": ""}, module="470.82.01",
        commands={ASKED: {"status": 2, "stdout": refusal}, ASKED_OLD: {"stdout": rows}},
    )  # fmt: skip
    machine = detect(system)
    gpu = machine.accelerators[0]
    assert (gpu.name, gpu.capability, gpu.driver, gpu.status) == ("Tesla K80", "3.7", "470.82.01", "ok")


def test_cells_that_nvidia_smi_cannot_fill():
    rows = (
        f"0, GPU-{uuid(0)}, NVIDIA GB10, 580.95.05, [N/A], 12.1\n"
        "1, [GPU is lost], [GPU is lost], 580.95.05, [GPU is lost], [GPU is lost]\n"
        "2, [Unknown Error], [Unknown Error], 580.95.05, [Unknown Error], [Unknown Error]\n"
    )
    system = driven({"outcome": "missing"}, {"library": ""}, commands={ASKED: {"stdout": rows}})
    machine = detect(system)
    assert [(one.name, one.memory, one.capability, one.status) for one in machine.accelerators] == [
        ("NVIDIA GB10", None, "12.1", "ok"),
        ("NVIDIA GPU", None, "", "gpu_lost"),
        ("NVIDIA GPU", None, "", "gpu_lost"),
    ]


WSL = {"platform": {"release": "5.15.167.4-microsoft-standard-WSL2"}, "accessible": ["/dev/dxg"]}


def test_wsl_without_a_gpu():
    system = linux(
        paths=["/usr/lib/wsl/lib/libcuda.so.1"], probes={"libcuda": libcuda(init=100, path="")}, **WSL
    )
    assert shown(system) == (
        "driver_missing",
        [],
        [
            "Windows shows no NVIDIA GPU to WSL: update NVIDIA's driver in Windows, then run wsl --shutdown there"
        ],
    )


def test_wsl_asks_windows_nvidia_smi_before_a_linux_packages():
    rows = f"0, GPU-{uuid(0)}, NVIDIA GeForce RTX 3080, 576.88, 10240, 8.6\n"
    system = linux(
        paths=["/usr/lib/wsl/lib/libcuda.so.1", "/usr/lib/wsl/lib/nvidia-smi"],
        programs={"nvidia-smi": "/usr/bin/nvidia-smi"},
        commands={ASKED.replace("nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi", 1): {"stdout": rows}},
        probes={
            "libcuda": libcuda(
                seen(0, "NVIDIA GeForce RTX 3080"), path="/usr/lib/wsl/drivers/nv/libcuda.so.1.1"
            )
        },
        **WSL,
    )
    assert shown(system) == ("ok", ["NVIDIA GeForce RTX 3080 | 8.6 | ok"], [])


def test_a_jetson_whose_libraries_are_missing():
    system = linux(
        platform={"machine": "aarch64", "release": "5.15.148-tegra"},
        files={"/proc/device-tree/model": "NVIDIA Jetson Orin Nano Developer Kit\0"},
    )
    machine = detect(system)
    assert (machine.status, machine.host.board, machine.notes) == (
        "driver_missing",
        "NVIDIA Jetson Orin Nano Developer Kit",
        (("This is a Jetson: NVIDIA makes its own wheels of PyTorch for it; those for Arm servers have no code "
         "for its GPU"),),
    )  # fmt: skip
    assert [(a.capability, a.integrated, a.status) for a in machine.accelerators] == [
        ("8.7", True, "driver_missing")
    ]
