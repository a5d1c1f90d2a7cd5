"""Recorded machines, looked at: every accelerator with its status, and every note."""

import json

import pytest

from scaffold.machine import detect, to_json
from scaffold.recorded import RecordedSystem
from scaffold.system import HostSystem
from tests.machine.hosts import FOLDER, NAMES, machine

#: name -> status, accelerators as "vendor index name | capability | driver | status", CUDA of the driver, notes
EXPECTED = {
    "a100-driver-470": (
        "ok",
        [
            "nvidia 0 NVIDIA A100-PCIE-40GB | 8.0 | 470.82.01 | ok",
            "nvidia 1 NVIDIA A100-PCIE-40GB | 8.0 | 470.82.01 | ok",
        ],
        "11.4",
        [],
    ),
    "a100-mig": (
        "ok",
        ["nvidia 0 NVIDIA A100-SXM4-40GB MIG 1g.5gb | 8.0 | 550.54.15 | ok"],
        "12.4",
        [
            "A GPU is split into slices (MIG): one process can use one slice",
        ],
    ),
    "alpine": ("ok", [], "", []),
    "arc-a770": ("ok", ["intel 0 Intel(R) Arc(TM) A770 Graphics | 12.55.8 | i915 | ok"], "", []),
    "blocked-module": (
        "module_blocked",
        ["nvidia 0 NVIDIA device 0x2504 | 8.6 |  | module_blocked"],
        "",
        [
            (
                "NVIDIA's driver is installed and its kernel module does not run (not built for this kernel, or "
                "refused): see dkms status and sudo dmesg | grep -i nvidia"
            ),
        ],
    ),
    "container-without-gpu": (
        "host_driver_without_device",
        ["nvidia 0 NVIDIA device 0x2684 | 8.9 | 580.95.05 | host_driver_without_device"],
        "",
        [
            (
                "The host runs NVIDIA's driver 580.95.05 and hands no GPU in here: start the container with "
                "--gpus all where one is wanted"
            ),
        ],
    ),
    "driver-610": ("ok", ["nvidia 0 NVIDIA GeForce RTX 5090 | 12.0 | 610.47 | ok"], "13.3", []),
    "driver-just-updated": (
        "reboot_required",
        ["nvidia 0 NVIDIA device 0x2504 | 8.6 | 580.95 | reboot_required"],
        "13.0",
        [
            (
                "NVIDIA's driver does not work: the driver was updated, the old kernel module still runs: "
                "restart the machine (libraries 580.95, module 580.82.07)"
            ),
        ],
    ),
    "gpu-lost-of-two": (
        "ok",
        [
            "nvidia 0 NVIDIA GeForce RTX 3090 | 8.6 | 580.95.05 | ok",
            "nvidia 1 GA102 [GeForce RTX 3090] | 8.6 | 580.95.05 | gpu_lost",
        ],
        "13.0",
        [
            (
                "NVIDIA GPU 1 cannot be used: the GPU has fallen off the bus: restart the machine (sudo dmesg | "
                "grep -i xid)"
            ),
        ],
    ),
    "h100-masked": (
        "ok",
        [
            "nvidia 0 NVIDIA H100 80GB HBM3 | 9.0 | 535.161.08 | hidden",
            "nvidia 1 NVIDIA H100 80GB HBM3 | 9.0 | 535.161.08 | hidden",
            "nvidia 2 NVIDIA H100 80GB HBM3 | 9.0 | 535.161.08 | ok",
            "nvidia 3 NVIDIA H100 80GB HBM3 | 9.0 | 535.161.08 | hidden",
        ],
        "12.2",
        [
            'NVIDIA GPU 0, 1, 3 cannot be used: hidden by CUDA_VISIBLE_DEVICES="2"; unset it to use them all',
        ],
    ),
    "intel-uhd630": ("ok", ["intel 0 Intel device 0x3e9b |  | i915 | ok"], "", []),
    "jetson-orin": (
        "ok",
        ["nvidia 0 Orin (nvgpu) | 8.7 | 540.4.0 | ok"],
        "12.6",
        [
            (
                "This is a Jetson with JetPack 6: NVIDIA makes its own wheels of PyTorch for it; those for Arm "
                "servers have no code for its GPU"
            ),
        ],
    ),
    "kubernetes-one-h100": (
        "ok",
        ["nvidia 0 NVIDIA H100 80GB HBM3 | 9.0 | 570.133.20 | ok"],
        "12.8",
        [
            "This container was given 1 of its host's 8 NVIDIA GPUs",
        ],
    ),
    "laptop-rtx4060-iris": (
        "ok",
        [
            "nvidia 0 NVIDIA GeForce RTX 4060 Laptop GPU | 8.9 | 580.95.05 | ok",
            "intel 0 Intel device 0xa7a0 |  | i915 | ok",
        ],
        "13.0",
        [],
    ),
    "lunar-lake-laptop": ("ok", ["intel 0 Intel(R) Arc(TM) Graphics | 20.4.4 | xe | ok"], "", []),
    "macbook-intel": ("ok", [], "", []),
    "macbook-m2": ("ok", ["apple 0 Apple M2 | apple-silicon |  | ok"], "", []),
    "macbook-m2-rosetta": (
        "ok",
        ["apple 0 Apple M2 | apple-silicon |  | ok"],
        "",
        [
            "This Python is an Intel build under Rosetta: it cannot use the Mac's GPU; an arm64 Python can",
        ],
    ),
    "mi300x-server": (
        "ok",
        [
            "amd 0 AMD Instinct MI300X OAM | gfx942 | 6.10.5 | ok",
            "amd 1 AMD Instinct MI300X OAM | gfx942 | 6.10.5 | hidden",
            "amd 2 AMD Instinct MI300X OAM | gfx942 | 6.10.5 | ok",
            "amd 3 AMD Instinct MI300X OAM | gfx942 | 6.10.5 | hidden",
        ],
        "",
        [
            'HIP_VISIBLE_DEVICES="0,2" hides AMD\'s GPUs, all or some, from programs: unset it to use them',
            "ROCm 6.4.0-47 is installed in /opt/rocm; PyTorch's builds bring their own",
        ],
    ),
    "no-permission": (
        "no_permission",
        ["nvidia 0 NVIDIA device 0x2504 | 8.6 | 580.95.05 | no_permission"],
        "13.0",
        [
            (
                "NVIDIA's driver does not work: the driver refuses this user (insufficient permissions): see ls "
                "-l /dev/nvidia*"
            ),
        ],
    ),
    "nouveau-rtx3060": (
        "driver_missing",
        ["nvidia 0 GA106 [GeForce RTX 3060 Lite Hash Rate] | 8.6 |  | nouveau"],
        "",
        [
            "The driver nouveau runs an NVIDIA card and has no CUDA: install NVIDIA's driver",
        ],
    ),
    "ryzen-rx7900": (
        "no_permission",
        [
            "amd 0 Navi 31 [Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M] | gfx1100 |  | no_permission",
            "amd 1 Raphael | gfx1036 |  | no_permission",
        ],
        "",
        [
            (
                "This user may not use /dev/kfd or /dev/dri/renderD*: sudo usermod -aG render,video $USER, then "
                "log in again"
            ),
        ],
    ),
    "sick-gpu": (
        "gpu_lost",
        ["nvidia 0 NVIDIA GeForce RTX 3060 | 8.6 | 580.95.05 | gpu_lost"],
        "13.0",
        [
            "NVIDIA GPU 0 cannot be used: libcuda gave no answer in time or crashed: restart the machine",
        ],
    ),
    "windows-gtx1060-registry": (
        "ok",
        [
            "nvidia 0 NVIDIA GeForce GTX 1060 6GB | 6.1 | 456.71 | ok",
            "intel 0 Intel(R) HD Graphics 630 |  | 27.20.100.9466 | ok",
        ],
        "",
        [
            "NVIDIA's libraries did not answer: the GPU is described as in Windows' registry",
        ],
    ),
    "windows-rtx4090": ("ok", ["nvidia 0 NVIDIA GeForce RTX 4090 | 8.9 | 581.29 | ok"], "13.0", []),
    "wsl2-rtx3080": ("ok", ["nvidia 0 NVIDIA GeForce RTX 3080 | 8.6 | 576.88 | ok"], "12.9", []),
    "wsl2-shadowed": (
        "unsupported",
        ["nvidia 0 NVIDIA GeForce RTX 3080 | 8.6 | 576.88 | unsupported"],
        "12.4",
        [
            (
                "NVIDIA GPU 0 cannot be used: programs load /usr/lib/x86_64-linux-gnu/libcuda.so.550.144.03 in "
                "place of Windows' libcuda"
            ),
            (
                "A Linux driver in /usr/lib/x86_64-linux-gnu hides Windows' libcuda in /usr/lib/wsl/lib: remove "
                "it (sudo apt purge 'libnvidia-compute-*' 'nvidia-driver-*')"
            ),
        ],
    ),
}


def test_every_recorded_host_is_expected_here():
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_accelerators_and_notes(name):
    seen = machine(name)
    shown = [
        f"{a.vendor} {a.index} {a.name} | {a.capability} | {a.driver} | {a.status}" for a in seen.accelerators
    ]
    assert (seen.status, shown, seen.cuda_driver, list(seen.notes)) == EXPECTED[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_of_an_accelerator_has_a_source(name):
    for one in machine(name).accelerators:
        facts = {
            "name": one.name,
            "memory": one.memory,
            "capability": one.capability,
            "driver": one.driver,
            "uuid": one.uuid,
            "status": one.status,
        }
        assert {fact for fact, value in facts.items() if value} - {"status"} == set(one.found_by) - {"status"}


def test_an_nvidia_gpu_as_json():
    assert to_json(machine("wsl2-rtx3080"))["accelerators"] == [
        {
            "vendor": "nvidia",
            "index": 0,
            "name": "NVIDIA GeForce RTX 3080",
            "memory": 10736893952,
            "capability": "8.6",
            "driver": "576.88",
            "uuid": "GPU-5c1e0e4a-0f1b-4c6d-9d7a-0123456789a0",
            "integrated": False,
            "status": "ok",
            "found_by": {
                "name": "NVML",
                "memory": "NVML",
                "driver": "NVML",
                "uuid": "NVML",
                "capability": "libcuda",
                "status": "libcuda",
            },
        }
    ]


def test_json_of_this_machine_is_json():
    shown = to_json(detect(HostSystem()))
    assert json.loads(json.dumps(shown)) == shown
    assert shown["schema"] == "scaffold/machine/1"


def test_nothing_is_started_where_there_is_no_trace_of_nvidia():
    class Quiet(RecordedSystem):
        def python(self, *_, **__):
            raise AssertionError("no probe may run")

        def run(self, *_, **__):
            raise AssertionError("no program may run")

    record = json.loads((FOLDER / "intel-uhd630.json").read_text())
    assert [one.vendor for one in detect(Quiet(record)).accelerators] == ["intel"]


def changed(name, **facts):
    record = json.loads((FOLDER / f"{name}.json").read_text())
    return detect(RecordedSystem({**record, **facts}))


GARBAGE = ["", "null", "[]", "{}", "Traceback (most recent call last):", '{"library": 7, "devices": "no"}',
           '{"library": "x", "init": 0, "devices": [null, {"index": "a", "capability": "Failed"}]}', "\x00\ufffd"]  # fmt: skip


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_from_every_probe_and_tool_never_raises(text):
    answer = {"status": 0, "stdout": text, "stderr": text}
    seen = changed(
        "a100-driver-470",
        probes={"libcuda": answer, "nvml": answer},
        commands={
            "nvidia-smi": answer,
            "nvidia-smi --query-gpu=index,uuid,name,driver_version,memory.total,compute_cap"
            " --format=csv,noheader,nounits": answer,
        },
    )
    assert all(one.status != "ok" or not one.capability for one in seen.accelerators)


@pytest.mark.parametrize(
    "text", ["", "\x00", "MemTotal: x kB", "::::", "NVRM version:", "gfx_target_version -1"]
)
def test_garbage_in_every_file_never_raises(text):
    for name in NAMES:
        record = json.loads((FOLDER / f"{name}.json").read_text())
        detect(RecordedSystem({**record, "files": dict.fromkeys(record.get("files", {}), text)}))


def test_without_libcuda_in_a_container_the_gpu_cannot_be_used():
    seen = changed("h100-masked", environment={}, probes={
        **json.loads((FOLDER / "h100-masked.json").read_text())["probes"],
        "libcuda": {"status": 0, "stdout": '{"library": ""}'},
    })  # fmt: skip
    assert {one.status for one in seen.accelerators} == {"driver_missing"}
    why = "libcuda is not here (a container's NVIDIA_DRIVER_CAPABILITIES must name compute)"
    assert seen.notes == (f"NVIDIA GPU 0, 1, 2, 3 cannot be used: {why}",)


def test_the_header_of_a_new_driver_tells_its_versions():
    query = ("nvidia-smi --query-gpu=index,uuid,name,driver_version,memory.total,compute_cap"
             " --format=csv,noheader,nounits")  # fmt: skip
    seen = changed(
        "a100-driver-470",
        files={},
        probes={},
        commands={
            query: {"stdout": "0, GPU-00, NVIDIA H200, 610.47, 143771, 9.0\n"},
            "nvidia-smi": {"stdout": "| NVIDIA-SMI 610.47   KMD Version: 610.47   CUDA UMD Version: 13.3 |"},
        },
    )
    gpu = seen.accelerators[0]
    assert (gpu.name, gpu.driver, gpu.capability, gpu.status, seen.cuda_driver) == (
        "NVIDIA H200", "610.47", "9.0", "ok", "13.3",
    )  # fmt: skip


def test_a_module_that_lags_behind_its_libraries_is_noted():
    record = json.loads((FOLDER / "h100-masked.json").read_text())
    files = {**record["files"], "/sys/module/nvidia/version": "535.129.03\n"}
    seen = changed("h100-masked", environment={}, files=files)
    assert seen.notes[-1] == (
        "NVIDIA's kernel module is of version 535.129.03, its libraries of 535.161.08: restart the machine"
    )


def test_a_linux_driver_inside_wsl_is_noted():
    record = json.loads((FOLDER / "wsl2-rtx3080.json").read_text())
    paths = [*record["paths"], "/usr/lib/x86_64-linux-gnu/libcuda.so.1"]
    assert changed("wsl2-rtx3080", paths=paths).notes == (
        (
            "A Linux driver in /usr/lib/x86_64-linux-gnu hides Windows' libcuda in /usr/lib/wsl/lib: remove it "
            "(sudo apt purge 'libnvidia-compute-*' 'nvidia-driver-*')"
        ),
    )
