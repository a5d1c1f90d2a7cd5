"""A folder with an environment whose packages and libraries are made up, with this machine's own compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.staged import Staged
from tests.staged.made import distribution, environment, torch

DRIVER = """
#include <string.h>
int cuInit(unsigned f) { return 0; }
int cuDriverGetVersion(int *v) { *v = 12080; return 0; }
int cuDeviceGetCount(int *c) { *c = 1; return 0; }
int cuDeviceGet(int *d, int i) { *d = i; return 0; }
int cuDeviceGetName(char *n, int l, int d) { strncpy(n, "NAME", l); return 0; }
int cuDeviceTotalMem_v2(unsigned long *m, int d) { *m = 17179869184UL; return 0; }
int cuDeviceTotalMem(unsigned long *m, int d) { return cuDeviceTotalMem_v2(m, d); }
int cuDeviceGetAttribute(int *v, int a, int d) { *v = a == 75 ? MAJOR : a == 76 ? MINOR : 0; return 0; }
int cuDeviceGetUuid(unsigned char *u, int d) { memset(u, 7, 16); return 0; }
int cuDeviceGetPCIBusId(char *s, int l, int d) { strncpy(s, "0000:01:00.0", l); return 0; }
"""
MANAGEMENT = """
echo "GPU 0: NAME (UUID: GPU-07070707-0707-0707-0707-070707070707)"
"""


class Place:
    """A folder with an environment whose packages are made up, file by file."""

    def __init__(self, folder: Path) -> None:
        if sys.platform != "linux" or shutil.which("gcc") is None:
            pytest.skip("staged with gcc and the loader of Linux")
        self.folder = folder
        self.site = environment(folder / ".venv")
        self.variables: dict[str, str | None] = dict.fromkeys(
            ("PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH", "CUDA_HOME", "XLA_FLAGS")
        )

    def installed(self, name: str, version: str, *requires: str) -> None:
        """A distribution by its metadata."""
        distribution(self.site, name, version, *requires)

    def torch(self, version: str, cuda: str) -> None:
        """PyTorch as far as files tell of it."""
        self.installed("torch", version)
        torch(self.site, version, cuda)
        (self.site / "torch" / "lib").mkdir()

    def tensorflow(self, version: str, cudnn: str) -> None:
        """A TensorFlow with CUDA as far as files tell of it."""
        self.installed("tensorflow", version)
        folder = self.site / "tensorflow/python/platform"
        folder.mkdir(parents=True)
        text = f"build_info = collections.OrderedDict([('cuda_version', '12.5.1'), ('cudnn_version', '{cudnn}'), "
        text += "('is_cuda_build', True), ('is_rocm_build', False)])\n"
        (folder / "build_info.py").write_text(text, encoding="utf-8")
        (self.site / "tensorflow/__init__.py").write_text("", encoding="utf-8")

    def library(self, path: Path, code: str = "int here(void) { return 1; }", *options: str) -> Path:
        """A shared library, compiled and linked here."""
        path.parent.mkdir(parents=True, exist_ok=True)
        command = ["gcc", "-shared", "-fPIC", "-x", "c", "-", "-x", "none", "-o", str(path), *options]
        subprocess.run(command, input=code, text=True, check=True)
        return path

    def versioned(self, folder: Path, name: str, version: str) -> None:
        """``libcudnn.so.9`` -> ``libcudnn.so.9.0.0``, as a toolkit has it."""
        stem = name.partition(".so")[0]
        real = self.library(
            folder / f"{stem}.so.{version}", "int here(void) { return 1; }", f"-Wl,-soname,{name}"
        )
        (folder / name).symlink_to(real.name)

    def wheel_library(self, package: str, version: str, name: str) -> None:
        """A library of one of NVIDIA's packages."""
        self.installed(f"nvidia_{package}_cu12", version)
        self.library(self.site / "nvidia" / package / "lib" / name)

    def gpu(self, name: str, capability: str) -> None:
        """A driver that answers for one GPU."""
        major, minor = capability.split(".")
        code = DRIVER.replace("NAME", name).replace("MAJOR", major).replace("MINOR", minor)
        self.library(self.folder / "driver/libcuda.so.1", code)
        program = self.folder / "driver/nvidia-smi"
        program.write_text(f"#!/bin/sh{MANAGEMENT.replace('NAME', name)}", encoding="utf-8")
        program.chmod(0o755)
        self.variables["PATH"] = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        self.before(program.parent)

    def before(self, folder: Path) -> None:
        """A folder that the loader searches first."""
        known = self.variables["LD_LIBRARY_PATH"]
        self.variables["LD_LIBRARY_PATH"] = f"{known}:{folder}" if known else str(folder)

    def staged(self, *options: str) -> Staged:
        python = self.folder / ".venv/bin/python"
        return Staged(folder=self.folder, options=options, environment=self.variables, python=python)
