"""Shared libraries that do not fit, made with this machine's own compiler and linker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.staged import Recipe, Staged
from tests.staged.place import Place


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
