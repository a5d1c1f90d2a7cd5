"""What nvidia-smi prints, as far as a description tells it: its text, and the GPUs in it."""

from __future__ import annotations

import re

from scaffold.facts.gpus import Gpu, vendor_of
from scaffold.facts.told import Told
from scaffold.machine.nvidia_smi import query_answer


def smi_text(told: Told) -> str:
    """What nvidia-smi prints, where that is told and not only where it lies."""
    value = told.first(
        "nvidia_smi", "nvidia_smi_output", "nvidia-smi", "nvidia_smi_error", "nvidia_smi_stderr"
    )
    if isinstance(value, dict):
        inner = Told(value, told.notes, "nvidia_smi.")
        parts = [inner.first("stdout", "output"), inner.first("stderr", "error")]
        value = "\n".join(part for part in parts if isinstance(part, str))
    if not isinstance(value, str) or not re.search(r"\s", value.strip()):
        return ""
    return value[:100_000]


def smi_gpus(text: str) -> list[Gpu]:
    """The GPUs in what ``nvidia-smi -L``, its table or its CSV prints.

    >>> [gpu.name for gpu in smi_gpus("GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5c1e)")]
    ['NVIDIA A100-SXM4-40GB']
    >>> [gpu.name for gpu in smi_gpus("|   0  NVIDIA GeForce RTX 3060    Off | 00000000:01:00.0 On |")]
    ['NVIDIA GeForce RTX 3060']
    """
    answer = query_answer(text)
    if any(one.name for one in answer.devices):
        return [
            Gpu(vendor="nvidia", name=one.name, capability=one.capability, memory=one.memory)
            for one in answer.devices
        ]
    rows = [row for line in text.splitlines()[:1000] if (row := _row(line))]
    if rows:
        return rows
    listed = re.findall(r"^GPU \d+: (.+?) \(UUID", text, re.MULTILINE)
    table = re.findall(r"^\| +\d+ +(\S.*?) +(?:On|Off|TCC|WDDM|MCDM|N/A) +\|", text, re.MULTILINE)
    return [Gpu(vendor="nvidia", name=name) for name in listed or table]


def _row(line: str) -> Gpu | None:
    """A GPU from a line of CSV, whatever was asked for and in which order: every cell tells what it is.

    >>> gpu = _row("0, NVIDIA A100-SXM4-40GB, 550.54.15, 8.0, 40960 MiB")
    >>> gpu.name, gpu.driver, gpu.capability, gpu.memory >> 30
    ('NVIDIA A100-SXM4-40GB', '550.54.15', '8.0', 40)
    >>> _row("name, driver_version, compute_cap") is None
    True
    """
    cells = [cell.strip() for cell in line.split(",")]
    name = next((cell for cell in cells if vendor_of(cell) == "nvidia" and "version" not in cell), "")
    if len(cells) < 2 or not name or "|" in line:
        return None
    sizes = [int(cell.split()[0]) for cell in cells if re.fullmatch(r"\d{3,7}(?: MiB)?", cell, re.ASCII)]
    return Gpu(
        vendor="nvidia",
        name=name,
        capability=next((cell for cell in cells if re.fullmatch(r"\d{1,2}\.\d", cell, re.ASCII)), ""),
        memory=max(sizes) << 20 if sizes else None,
        uuid=next((cell for cell in cells if re.fullmatch(r"GPU-[0-9a-fA-F-]+", cell)), ""),
        driver=next((cell for cell in cells if re.fullmatch(r"\d{3}(?:\.\d{1,3}){1,2}", cell, re.ASCII)), ""),
    )
