"""Shared libraries and compiled extensions that do not fit, made with this machine's own compiler and linker."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.staged import Recipe, Staged

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
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
        venv.create(folder / ".venv", with_pip=False, symlinks=True)
        self.site = folder / ".venv/lib" / f"python{MINOR}" / "site-packages"
        self.variables: dict[str, str | None] = dict.fromkeys(
            ("PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH", "CUDA_HOME", "XLA_FLAGS")
        )

    def installed(self, name: str, version: str, *requires: str) -> None:
        """A distribution by its metadata."""
        folder = self.site / f"{name}-{version}.dist-info"
        folder.mkdir(parents=True)
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {one}" for one in requires]
        (folder / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / "RECORD").write_text("", encoding="utf-8")
        (folder / "INSTALLER").write_text("pip\n", encoding="utf-8")

    def torch(self, version: str, cuda: str) -> None:
        """PyTorch as far as files tell of it."""
        self.installed("torch", version)
        folder = self.site / "torch"
        (folder / "lib").mkdir(parents=True)
        text = f"__version__ = '{version}'\ncuda: Optional[str] = '{cuda}'\nhip: Optional[str] = None\n"
        (folder / "version.py").write_text(text, encoding="utf-8")
        (folder / "__init__.py").write_text("", encoding="utf-8")

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


def older_cudnn(tmp: Path) -> Staged:
    place = Place(tmp)
    place.torch("2.5.1+cu124", "12.4")
    place.wheel_library("cudnn", "9.1.0.70", "libcudnn.so.9")
    place.versioned(tmp / "apps/lib64", "libcudnn.so.9", "9.0.0")
    place.before(tmp / "apps/lib64")
    return place.staged()


def older_nvjitlink(tmp: Path) -> Staged:
    place = Place(tmp)
    place.torch("2.5.1+cu124", "12.4")
    place.wheel_library("nvjitlink", "12.4.127", "libnvJitLink.so.12")
    place.versioned(tmp / "cuda-12.2/lib64", "libnvJitLink.so.12", "12.2.140")
    place.before(tmp / "cuda-12.2/lib64")
    return place.staged()


def whole_conda(tmp: Path) -> Staged:
    place = Place(tmp)
    place.torch("2.5.1+cu124", "12.4")
    (tmp / "miniconda3/lib").mkdir(parents=True)
    place.before(tmp / "miniconda3/lib")
    return place.staged()


def old_standard_library(tmp: Path) -> Staged:
    place = Place(tmp)
    place.torch("2.5.1+cpu", "")
    versions = tmp / "versions"
    versions.write_text("GLIBCXX_3.4.30 { global: newer; };\n", encoding="utf-8")
    code, soname = "int newer(void) { return 1; }", "-Wl,-soname,libstdc++.so.6"
    built_with = place.library(tmp / "new/libstdc++.so.6", code, soname, f"-Wl,--version-script={versions}")
    calls = "int newer(void); int use(void) { return newer(); }"
    place.library(place.site / "torch/lib/libc10.so", calls, str(built_with))
    versions.write_text("GLIBCXX_3.4.28 { global: older; };\n", encoding="utf-8")
    place.library(
        tmp / "old/libstdc++.so.6", code.replace("newer", "older"), soname, f"-Wl,--version-script={versions}"
    )
    place.before(tmp / "old")
    return place.staged()


def other_torch_by_symbol(tmp: Path) -> Staged:
    place = Place(tmp)
    place.torch("2.3.1+cu121", "12.1")
    libraries = place.site / "torch/lib"
    place.library(libraries / "libc10.so", "int _ZN3c105ErrorEv(void) { return 1; }")
    place.library(libraries / "libc10_cuda.so", "int _ZN3c104cuda9SetDeviceEa(char d) { return d; }")
    place.installed("flash_attn", "2.5.9")
    code = "int _ZN3c104cuda9SetDeviceEi(int); int _ZN3c105ErrorEv(void);"
    code += "int use(void) { return _ZN3c104cuda9SetDeviceEi(0) + _ZN3c105ErrorEv(); }"
    place.library(
        place.site / f"flash_attn_2_cuda.cpython-{MINOR.replace('.', '')}-x86_64-linux-gnu.so", code
    )
    return place.staged()


def other_torch_by_name(tmp: Path) -> Staged:
    place = Place(tmp)
    place.torch("2.7.1+cu126", "12.6")
    place.installed("flash_attn", "2.7.4.post1+cu12torch2.5cxx11abiFALSE")
    return place.staged()


def flash_attention_on_volta(tmp: Path) -> Staged:
    place = Place(tmp)
    place.gpu("Tesla V100-SXM2-16GB", "7.0")
    place.torch("2.5.1+cu124", "12.4")
    place.installed("flash_attn", "2.7.4.post1")
    return place.staged()


def leftover_override(tmp: Path) -> Staged:
    place = Place(tmp)
    place.torch("2.6.0+cu126", "12.6")
    place.installed("bitsandbytes", "0.45.3")
    for version in ("121", "126"):
        place.library(place.site / f"bitsandbytes/libbitsandbytes_cuda{version}.so")
    place.variables["BNB_CUDA_VERSION"] = "124"
    return place.staged()


def no_quantisation_library(tmp: Path) -> Staged:
    place = Place(tmp)
    place.gpu("NVIDIA GeForce RTX 4090", "8.9")
    place.torch("2.8.0+cu128", "12.8")
    place.installed("bitsandbytes", "0.44.1")
    for version in ("118", "121", "125"):
        place.library(place.site / f"bitsandbytes/libbitsandbytes_cuda{version}.so")
    return place.staged()


def other_compiler(tmp: Path) -> Staged:
    place = Place(tmp)
    place.torch("2.5.1+cu124", "12.4")
    (tmp / "requirements.txt").write_text("numpy\nflash-attn==2.7.4\n", encoding="utf-8")
    (tmp / "cuda/bin").mkdir(parents=True)
    (tmp / "cuda/bin/nvcc").write_text("#!/bin/sh\n", encoding="utf-8")
    text = '{"cuda_nvcc": {"name": "CUDA NVCC", "version": "11.8.89"}}'
    (tmp / "cuda/version.json").write_text(text, encoding="utf-8")
    place.variables["CUDA_HOME"] = str(tmp / "cuda")
    return place.staged()


def no_gpu_libraries(tmp: Path) -> Staged:
    place = Place(tmp)
    place.gpu("NVIDIA GeForce RTX 4090", "8.9")
    place.tensorflow("2.17.1", "8")
    place.wheel_library("cublas", "12.3.4.1", "libcublas.so.12")
    return place.staged()


def placeholder_of_xla(tmp: Path) -> Staged:
    place = Place(tmp)
    place.gpu("NVIDIA GeForce RTX 4090", "8.9")
    place.tensorflow("2.17.1", "8")
    for package, name in (
        ("cuda_runtime", "libcudart.so.12"),
        ("cublas", "libcublas.so.12"),
        ("cublas_lt", "libcublasLt.so.12"),
        ("cufft", "libcufft.so.11"),
        ("cusolver", "libcusolver.so.11"),
        ("cusparse", "libcusparse.so.12"),
        ("cudnn", "libcudnn.so.8"),
    ):
        place.library(place.site / "nvidia" / package / "lib" / name)
    place.variables["XLA_FLAGS"] = "--xla_gpu_cuda_data_dir=/path/to/cuda"
    return place.staged()


def two_cudnns(tmp: Path) -> Staged:
    place = Place(tmp)
    place.gpu("NVIDIA GeForce RTX 4090", "8.9")
    place.torch("2.5.1+cu124", "12.4")
    place.wheel_library("cudnn", "9.1.0.70", "libcudnn.so.9")
    place.tensorflow("2.20.0", "9")
    return place.staged()


def logged(text: str) -> Callable[[Path], Staged]:
    """A log that was pasted, beside an empty folder."""

    def stage(tmp: Path) -> Staged:
        place = Place(tmp)
        (tmp / "run.log").write_text(text, encoding="utf-8")
        return place.staged("--from-log", "run.log")

    return stage


RECIPES = (
    Recipe(name="older-cudnn-first", check="lib.cudnn-shadowed", level="error", stage=older_cudnn),
    Recipe(name="older-nvjitlink-first", check="lib.cuda-shadowed", level="error", stage=older_nvjitlink),
    Recipe(name="conda-on-library-path", check="lib.ld-path", level="warning", stage=whole_conda),
    Recipe(name="old-libstdcxx-first", check="lib.libstdcxx", level="error", stage=old_standard_library),
    Recipe(name="extension-lacks-symbol", check="ext.torch-abi", level="error", stage=other_torch_by_symbol),
    Recipe(name="extension-of-other-torch", check="ext.torch-abi", level="error", stage=other_torch_by_name),
    Recipe(name="flash-attn-on-v100", check="ext.flash-attn", level="error", stage=flash_attention_on_volta),
    Recipe(name="bitsandbytes-override", check="ext.bitsandbytes", level="error", stage=leftover_override),
    Recipe(
        name="bitsandbytes-no-library", check="ext.bitsandbytes", level="error", stage=no_quantisation_library
    ),
    Recipe(name="nvcc-of-other-cuda", check="ext.build-toolchain", level="warning", stage=other_compiler),
    Recipe(name="tensorflow-without-cudnn", check="lib.tf-gpu-libs", level="error", stage=no_gpu_libraries),
    Recipe(name="xla-placeholder", check="lib.tf-libdevice", level="error", stage=placeholder_of_xla),
    Recipe(
        name="tensorflow-beside-torch",
        check="lib.tf-torch-conflict",
        level="error",
        stage=two_cudnns,
        also=("lib.tf-gpu-libs",),
    ),
    Recipe(
        name="log-of-a-dll",
        check="lib.windows-dll",
        level="error",
        stage=logged(
            "Traceback (most recent call last):\n"
            "OSError: [WinError 1114] 动态链接库(DLL)初始化例程失败。 Error loading "
            '"D:\\p\\.venv\\lib\\site-packages\\torch\\lib\\c10.dll" or one of its dependencies.\n'
        ),
    ),
)
