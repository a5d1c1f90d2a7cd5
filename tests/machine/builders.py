"""Machines for tests: a computer with NVIDIA cards, changed one fact at a time."""

import json

from scaffold.machine import Machine, detect
from scaffold.machine.nvidia_smi import QUERY
from scaffold.recorded import RecordedSystem

ASKED = f"nvidia-smi --query-gpu={','.join(QUERY)} --format=csv,noheader,nounits"
ASKED_OLD = f"nvidia-smi --query-gpu={','.join(QUERY[:-1])} --format=csv,noheader,nounits"
ROOT = "/sys/bus/pci/devices"
KFD = "/sys/class/kfd/kfd/topology/nodes"
LIBCUDA = "/usr/lib/x86_64-linux-gnu/libcuda.so.1"


def uuid(number):
    return f"5c1e0e4a-0f1b-4c6d-9d7a-{number:012x}"


def address(number):
    return f"0000:{number + 1:02x}:00.0"


def seen(index, name="NVIDIA GeForce RTX 3060", capability="8.6", number=None, **more):
    """A GPU as the libcuda probe prints it; ``number`` is NVML's, where the order differs."""
    number = index if number is None else number
    return {"index": index, "name": name, "capability": capability, "memory": 12 << 30,
            "uuid": uuid(number), "pci": address(number), "integrated": False, **more}  # fmt: skip


def managed(index, name="NVIDIA GeForce RTX 3060", capability="8.6", **more):
    """A GPU as the NVML probe prints it."""
    return {"index": index, "status": 0, "name": name, "capability": capability, "memory": 12 << 30,
            "uuid": f"GPU-{uuid(index)}", "pci": address(index), "mig": False, **more}  # fmt: skip


def libcuda(*devices, init=0, driver=13000, path="/usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05"):
    return {"library": "libcuda.so.1", "path": path, "init": init, "driver": driver, "devices": devices}


def nvml(*devices, init=0, driver="580.95.05"):
    answer = {"library": "libnvidia-ml.so.1", "init": init}
    return answer if init else {**answer, "driver_version": driver, "cuda": 13000, "devices": devices}


def linux(**facts):
    """A recorded Linux host. ``cards``: (address, vendor, device, driver); ``probes``: name -> answer."""
    files, links = dict(facts.pop("files", {})), dict(facts.pop("links", {}))
    for place, vendor, device, driver in facts.pop("cards", ()):
        files |= {f"{ROOT}/{place}/vendor": vendor, f"{ROOT}/{place}/device": device}
        files[f"{ROOT}/{place}/class"] = "0x030000"
        if driver:
            links[f"{ROOT}/{place}/driver"] = f"../../../../bus/pci/drivers/{driver}"
    probes = {
        name: answer if isinstance(answer, dict) and "outcome" in answer else {"stdout": json.dumps(answer)}
        for name, answer in facts.pop("probes", {}).items()
    }
    platform = {"os": "linux", "machine": "x86_64", "release": "6.8.0-45-generic", "version": "",
                "libc": "glibc 2.39", "cpu_count": 8, **facts.pop("platform", {})}  # fmt: skip
    return RecordedSystem({
        "schema": "scaffold/host/1", "platform": platform, "files": files, "links": links, "probes": probes,
        **facts,
    })  # fmt: skip


def driven(cuda=None, management=None, *, module="580.95.05", count=1, **facts):
    """A Linux host on which NVIDIA's driver runs ``count`` cards; the two answers are the probes'."""
    files = {"/sys/module/nvidia/version": f"{module}\n", **facts.pop("files", {})}
    return linux(
        files=files,
        cards=facts.pop("cards", [(address(n), "0x10de", "0x2504", "nvidia") for n in range(count)]),
        links={LIBCUDA: f"libcuda.so.{module}", **facts.pop("links", {})},
        accessible=["/dev/nvidiactl", "/dev/nvidia0", *facts.pop("accessible", ())],
        programs={"nvidia-smi": "/usr/bin/nvidia-smi"},
        probes={
            "libcuda": libcuda(*map(seen, range(count))) if cuda is None else cuda,
            "nvml": nvml(*map(managed, range(count))) if management is None else management,
        },
        **facts,
    )


def shown(system: RecordedSystem) -> tuple[str, list[str], list[str]]:
    """The machine's status, each accelerator as ``name | capability | status``, the notes."""
    machine = detect(system)
    rows = [f"{one.name} | {one.capability} | {one.status}" for one in machine.accelerators]
    return machine.status, rows, list(machine.notes)


def looked_at(system: RecordedSystem) -> Machine:
    return detect(system)
