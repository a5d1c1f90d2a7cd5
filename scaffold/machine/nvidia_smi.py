"""What nvidia-smi prints, turned into facts. Pure functions; garbage gives nothing."""

from __future__ import annotations

import re
from dataclasses import replace

from scaffold.machine.nvidia_answers import Answer, Device, bare, known, pci_address, well_formed

#: The fields asked of ``nvidia-smi --query-gpu``, in this order. Drivers before 495 know no compute_cap.
QUERY = ("index", "uuid", "name", "driver_version", "memory.total", "compute_cap")


def query_answer(output: str) -> Answer:
    r"""``nvidia-smi --query-gpu=... --format=csv,noheader,nounits``, with or without the last field.

    A GPU that does not answer has a line of its own, or cells such as ``[GPU is lost]``.

    >>> query_answer("0, GPU-5c1e, NVIDIA A100-SXM4-40GB, 550.54.15, 40960, 8.0\n").devices[0].capability
    '8.0'
    >>> query_answer("0, GPU-5c1e, Tesla K80, 470.82.01, [N/A]\n").devices[0].memory is None
    True
    >>> lost = query_answer("Unable to determine the device handle for GPU0000:02:00.0: Unknown Error\\n")
    >>> lost.devices[0].code
    15
    """
    devices: list[Device] = []
    driver = ""
    for line in output.splitlines():
        row = [cell.strip() for cell in line.split(", ")]
        if len(row) in {len(QUERY) - 1, len(QUERY)} and _is_row(row):
            devices.append(_device_of_row(row))
            driver = driver or (row[3] if re.fullmatch(r"\d[\d.]+", row[3]) else "")
        elif "unable to determine the device handle" in line.lower():
            devices.append(Device(index=len(devices), pci=pci_address(line), code=15))
    return Answer(source="nvidia-smi", library="nvidia-smi", driver=driver, devices=tuple(devices))


def _is_row(row: list[str]) -> bool:
    """Whether the cells are those that were asked for: a number, then an id or word that there is none."""
    return bool(re.fullmatch(r"\d{1,4}", row[0]) and re.match(r"GPU-|MIG-|\[|N/A|$", row[1]))


def header_versions(output: str) -> tuple[str, str]:
    """Driver and CUDA version from the head of nvidia-smi's table, in both of its dialects.

    >>> header_versions("| NVIDIA-SMI 552.22    Driver Version: 552.22    CUDA Version: 12.4 |")
    ('552.22', '12.4')
    >>> header_versions("| NVIDIA-SMI 610.47    KMD Version: 610.47       CUDA UMD Version: 13.3 |")
    ('610.47', '13.3')
    """
    driver = re.search(r"(?:Driver|KMD) Version:\s*(\d[\d.]*)", output)
    cuda = re.search(r"CUDA(?: UMD)? Version:\s*(\d+\.\d+)", output)
    return driver[1] if driver else "", cuda[1] if cuda else ""


def with_header(answer: Answer, header: str) -> Answer:
    """The answer with the versions that nvidia-smi's table shows, where it lacks them."""
    driver, cuda = header_versions(header)
    return replace(answer, driver=answer.driver or driver, cuda=answer.cuda or cuda)


def smi_failure(message: str) -> int:
    """The NVML code behind what nvidia-smi says when it fails; 0 where its words are unknown.

    >>> smi_failure("Failed to initialize NVML: Driver/library version mismatch")
    18
    """
    words = {
        "version mismatch": 18,
        "couldn't communicate with the NVIDIA driver": 9,
        "Insufficient Permissions": 4,
        "Unable to determine the device handle": 15,
        "GPU is lost": 15,
        "No devices were found": 6,
        "libnvidia-ml": 12,
        "Failed to initialize NVML: Unknown Error": 999,
    }
    return next((code for word, code in words.items() if word.lower() in message.lower()), 0)


def library_version(message: str) -> str:
    r"""The libraries' version, which nvidia-smi tells where the kernel module is of another one.

    >>> library_version("Failed to initialize NVML: ... mismatch\nNVML library version: 580.95\n")
    '580.95'
    """
    match = re.search(r"NVML library version:\s*(\d+(?:\.\d+)+)", message)
    return match[1] if match else ""


#: What nvidia-smi writes in a cell of a GPU that it cannot ask, as NVML's codes.
_SICK_CELLS = {"[gpu is lost]": 15, "[gpu requires reset]": 16, "[unknown error]": 999}


def _device_of_row(row: list[str]) -> Device:
    index, uuid, name, _driver, memory, *capability = row
    # Drivers write [Unknown Error] for a single fact, too: a GPU whose name they know is not lost.
    return Device(
        index=int(index),
        name=known(name),
        capability=well_formed(capability[0] if capability else ""),
        memory=int(memory) << 20 if re.fullmatch(r"[1-9]\d{0,11}", memory) else None,
        uuid=bare(uuid),
        code=_SICK_CELLS.get(name.lower(), 0),
    )
