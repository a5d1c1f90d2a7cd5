"""The probes against stand-ins for NVIDIA's libraries, compiled here: real ctypes calls, no GPU."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import scaffold.machine

PROBES = Path(scaffold.machine.__file__).parent / "probes"
COMPILER = shutil.which("cc")

CUDA = r"""
#include <string.h>
#include <stddef.h>
int cuInit(unsigned flags) { return INIT; }
int cuDriverGetVersion(int *v) { *v = 12040; return 0; }
int cuDeviceGetCount(int *n) { *n = 2; return 0; }
int cuDeviceGet(int *d, int i) { *d = i; return 0; }
int cuDeviceGetName(char *s, int n, int d) { strncpy(s, d ? "NVIDIA L4" : "Tesla T4", n); return 0; }
int cuDeviceTotalMem(size_t *m, int d) { *m = 1; return 0; }
int cuDeviceTotalMem_v2(size_t *m, int d) { *m = 16106127360ULL; return 0; }
int cuDeviceGetPCIBusId(char *s, int n, int d) { strncpy(s, d ? "0000:0B:00.0" : "0000:01:00.0", n); return 0; }
int cuDeviceGetAttribute(int *v, int a, int d) { *v = a == 75 ? (d ? 8 : 7) : a == 76 ? (d ? 9 : 5) : a == 18 ? d : 0; return 0; }
int cuDeviceGetUuid_v2(unsigned char *u, int d) { for (int i = 0; i < 16; i++) u[i] = 16 * d + i; return 0; }
"""

NVML = r"""
#include <string.h>
typedef struct { unsigned long long total, free, used; } memory;
int nvmlInit_v2(void) { return INIT; }
int nvmlSystemGetDriverVersion(char *s, unsigned n) { strncpy(s, "550.54.15", n); return 0; }
int nvmlSystemGetCudaDriverVersion_v2(int *v) { *v = 12040; return 0; }
int nvmlDeviceGetCount_v2(unsigned *n) { *n = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **h) { if (i) return 15; *h = (void *)0x1000000000ULL; return 0; }
static int good(void *h) { return h == (void *)0x1000000000ULL; }
int nvmlDeviceGetName(void *h, char *s, unsigned n) { strncpy(s, good(h) ? "Tesla T4" : "bad handle", n); return 0; }
int nvmlDeviceGetUUID(void *h, char *s, unsigned n) { strncpy(s, "GPU-0001", n); return 0; }
int nvmlDeviceGetCudaComputeCapability(void *h, int *a, int *b) { *a = 7; *b = 5; return 0; }
int nvmlDeviceGetMemoryInfo(void *h, memory *m) { m->total = 16106127360ULL; m->free = m->used = 1; return 0; }
int nvmlDeviceGetPciInfo_v3(void *h, unsigned *p) { p[4] = 0; p[5] = 0x0b; p[6] = 2; return 0; }
int nvmlDeviceGetMigMode(void *h, unsigned *a, unsigned *b) { *a = 1; *b = 1; return 0; }
int nvmlDeviceGetComputeMode(void *h, unsigned *m) { *m = 3; return 0; }
int nvmlDeviceGetTotalEccErrors(void *h, int kind, int since, unsigned long long *n) { *n = kind == 1 && since == 0 ? 2 : 7; return 0; }
int nvmlDeviceGetGpuFabricInfo(void *h, unsigned char *info) { memset(info, 0, 24); info[24] = 3; return 0; }
"""

LEVEL_ZERO = r"""
#include <stdint.h>
#include <string.h>
typedef struct { uint32_t stype; void *next; uint32_t version; } ip_version;
typedef struct {
  uint32_t stype; void *next; uint32_t type, vendor, device, flags, subdevice, clock; uint64_t largest;
  uint32_t counts[7]; uint64_t resolution; uint32_t bits[2]; uint8_t uuid[16]; char name[256];
} properties;
typedef struct { uint32_t stype; void *next; uint32_t flags, clock, width; uint64_t size; char name[256]; } memory;
typedef struct { uint32_t stype; void *next; uint32_t address[4]; } pci;
static char *handle = (char *)0x1000000000ULL;
int zeInit(unsigned flags) { return INIT; }
int zeDriverGet(uint32_t *n, void **h) { *n = 1; if (h) h[0] = handle; return 0; }
int zeDeviceGet(void *d, uint32_t *n, void **h) {
  if (d != handle) return 1;
  if (h) for (uint32_t i = 0; i < *n; i++) h[i] = handle + 1 + i; else *n = 3;
  return 0;
}
int zeDeviceGetProperties(void *h, properties *p) {
  int which = (char *)h - handle;  /* 1: a card, 2: a neural processor, 3: a processor's graphics */
  if (p->stype != 3) return 1;
  p->type = which == 2 ? 5 : 1; p->vendor = 0x8086; p->device = which == 1 ? 0xe20b : 0x64a0; p->flags = which == 3;
  p->uuid[0] = 0x86; p->uuid[15] = which;
  strcpy(p->name, which == 1 ? "Intel(R) Arc(TM) B580 Graphics" : "Intel(R) Arc(TM) 140V");
  ip_version *ip = p->next;
  if (ip && ip->stype == 0x1000f) ip->version = which == 1 ? 20 << 22 | 1 << 14 : 20 << 22 | 4 << 14 | 4;
  return 0;
}
int zeDeviceGetMemoryProperties(void *h, uint32_t *n, memory *m) {
  if (!m) { *n = 2; return 0; }
  for (uint32_t i = 0; i < *n; i++) { if (m[i].stype != 7) return 1; m[i].size = 6ULL << 30; }
  return 0;
}
int zeDevicePciGetPropertiesExt(void *h, pci *p) {
  if (p->stype != 0x10008) return 1;
  p->address[0] = 0; p->address[1] = (char *)h - handle == 1 ? 0x0b : 0; p->address[2] = (char *)h - handle == 1 ? 0 : 2;
  p->address[3] = 0;
  return 0;
}
"""


def probe(name, folder):
    environment = {**os.environ, "LD_LIBRARY_PATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-I", PROBES / f"{name}.py"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def library(folder, name, source, init=0):
    (folder / "stand_in.c").write_text(source)
    command = [COMPILER, "-shared", "-fPIC", f"-DINIT={init}", "-o", folder / name, folder / "stand_in.c"]
    subprocess.run(command, check=True)
    return folder


needs_compiler = pytest.mark.skipif(
    COMPILER is None or sys.platform != "linux", reason="compiles stand-ins for Linux libraries"
)


@needs_compiler
def test_libcuda_describes_its_devices(tmp_path):
    assert probe("libcuda", library(tmp_path, "libcuda.so.1", CUDA)) == {
        "library": "libcuda.so.1",
        "path": str(tmp_path / "libcuda.so.1"),
        "init": 0,
        "driver": 12040,
        "devices": [
            {
                "index": 0,
                "name": "Tesla T4",
                "capability": "7.5",
                "memory": 16106127360,
                "uuid": "00010203-0405-0607-0809-0a0b0c0d0e0f",
                "pci": "0000:01:00.0",
                "integrated": False,
            },
            {
                "index": 1,
                "name": "NVIDIA L4",
                "capability": "8.9",
                "memory": 16106127360,
                "uuid": "10111213-1415-1617-1819-1a1b1c1d1e1f",
                "pci": "0000:0B:00.0",
                "integrated": True,
            },
        ],
    }


@needs_compiler
def test_libcuda_that_cannot_start_says_so(tmp_path):
    assert probe("libcuda", library(tmp_path, "libcuda.so.1", CUDA, init=803)) == {
        "library": "libcuda.so.1",
        "path": str(tmp_path / "libcuda.so.1"),
        "init": 803,
        "driver": 12040,
        "devices": [],
    }


@needs_compiler
def test_nvml_describes_good_and_lost_devices(tmp_path):
    assert probe("nvml", library(tmp_path, "libnvidia-ml.so.1", NVML)) == {
        "library": "libnvidia-ml.so.1",
        "init": 0,
        "driver_version": "550.54.15",
        "cuda": 12040,
        "devices": [
            {
                "index": 0,
                "status": 0,
                "name": "Tesla T4",
                "capability": "7.5",
                "memory": 16106127360,
                "used": 1,
                "uuid": "GPU-0001",
                "pci": "0000:0b:02.0",
                "mig": True,
                "mode": 3,
                "uncorrected": 2,
                "fabric": 3,
            },
            {"index": 1, "status": 15},
        ],
    }


@needs_compiler
def test_nvml_that_cannot_start_says_so(tmp_path):
    assert probe("nvml", library(tmp_path, "libnvidia-ml.so.1", NVML, init=18)) == {
        "library": "libnvidia-ml.so.1",
        "init": 18,
    }


@needs_compiler
def test_level_zero_describes_its_gpus_and_nothing_else(tmp_path):
    assert probe("level_zero", library(tmp_path, "libze_loader.so.1", LEVEL_ZERO)) == {
        "library": "libze_loader.so.1",
        "init": 0,
        "devices": [
            {
                "index": 0,
                "name": "Intel(R) Arc(TM) B580 Graphics",
                "ip": 0x05004000,
                "memory": 12 << 30,
                "device": "0xe20b",
                "pci": "0000:0b:00.0",
                "uuid": "86000000000000000000000000000001",
                "integrated": False,
            },
            {
                "index": 1,
                "name": "Intel(R) Arc(TM) 140V",
                "ip": 0x05010004,
                "memory": 12 << 30,
                "device": "0x64a0",
                "pci": "0000:00:02.0",
                "uuid": "86000000000000000000000000000003",
                "integrated": True,
            },
        ],
    }


@needs_compiler
def test_level_zero_that_cannot_start_says_so(tmp_path):
    folder = library(tmp_path, "libze_loader.so.1", LEVEL_ZERO, init="0x78000001")
    assert probe("level_zero", folder) == {"library": "libze_loader.so.1", "init": 0x78000001, "devices": []}


@pytest.mark.parametrize("name", ["libcuda", "nvml", "level_zero"])
def test_a_probe_without_its_library(name, tmp_path):
    assert probe(name, tmp_path) == {"library": ""}
