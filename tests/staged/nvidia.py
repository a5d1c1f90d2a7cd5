"""An NVIDIA GPU where there is none: a libcuda that answers, and an nvidia-smi beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_STUB = """
#include <string.h>
int cuInit(unsigned flags) { return INIT; }
int cuDriverGetVersion(int *version) { *version = CUDA; return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGet(int *device, int index) { *device = index; return 0; }
int cuDeviceGetName(char *name, int size, int device) { strncpy(name, NAME, size); return 0; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = 16UL << 30; return 0; }
int cuDeviceTotalMem(size_t *bytes, int device) { *bytes = 16UL << 30; return 0; }
int cuDeviceGetUuid_v2(unsigned char *uuid, int device) { memset(uuid, 7, 16); return 0; }
int cuDeviceGetAttribute(int *value, int which, int device) {
  *value = which == 75 ? MAJOR : which == 76 ? MINOR : 0;
  return 0;
}
"""

_SMI = """#!/bin/sh
case "$*" in
*--query-gpu=*)
  fields=$(printf '%s' "$1" | sed 's/--query-gpu=//; s/,/ /g')
  row=
  for field in $fields; do
    case $field in
    index) value=0 ;;
    name) value='{name}' ;;
    driver_version) value={driver} ;;
    compute_cap) value={capability} ;;
    memory.total) value=16384 ;;
    uuid) value=GPU-07070707-0707-0707-0707-070707070707 ;;
    pci.bus_id) value=00000000:01:00.0 ;;
    *) value='[N/A]' ;;
    esac
    row="$row, $value"
  done
  echo "${{row#, }}" ;;
*) echo '| NVIDIA-SMI {driver}   Driver Version: {driver}   CUDA Version: {cuda} |' ;;
esac
"""


def gpu(
    folder: Path, *, name: str, capability: str, driver: str = "580.95.05", cuda: str = "13.0", init: int = 0
) -> dict[str, str | None]:
    """Make the two in a folder; the variables by which programs find them. Skips without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or os.name == "nt" or os.path.exists("/dev/nvidiactl"):
        pytest.skip("no C compiler for a stand-in of libcuda, or a driver that would contradict it")
    library, programs = folder / "driver", folder / "programs"
    library.mkdir()
    programs.mkdir()
    major, minor = capability.split(".")
    numbers = cuda.split(".")
    values = {
        "INIT": str(init),
        "CUDA": str(int(numbers[0]) * 1000 + int(numbers[1]) * 10),
        "NAME": f'"{name}"',
        "MAJOR": major,
        "MINOR": minor,
    }
    source = library / "stub.c"
    source.write_text(_STUB, encoding="utf-8")
    defined = [f"-D{key}={value}" for key, value in values.items()]
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-w", *defined, "-o", library / "libcuda.so.1", source], check=True
    )
    smi = programs / "nvidia-smi"
    smi.write_text(_SMI.format(name=name, driver=driver, capability=capability, cuda=cuda), encoding="utf-8")
    smi.chmod(0o755)
    return {
        "LD_LIBRARY_PATH": str(library),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "CUDA_VISIBLE_DEVICES": None,
    }
