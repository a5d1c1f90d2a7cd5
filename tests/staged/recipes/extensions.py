"""Compiled extensions that do not fit the PyTorch, the GPU or the compiler that is there."""

from __future__ import annotations

from pathlib import Path

from tests.staged import Recipe, Staged
from tests.staged.made import MINOR
from tests.staged.place import Place


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


RECIPES = (
    Recipe(name="extension-lacks-symbol", check="ext.torch-abi", level="error", stage=other_torch_by_symbol),
    Recipe(name="extension-of-other-torch", check="ext.torch-abi", level="error", stage=other_torch_by_name),
    Recipe(name="flash-attn-on-v100", check="ext.flash-attn", level="error", stage=flash_attention_on_volta),
    Recipe(name="bitsandbytes-override", check="ext.bitsandbytes", level="error", stage=leftover_override),
    Recipe(
        name="bitsandbytes-no-library", check="ext.bitsandbytes", level="error", stage=no_quantisation_library
    ),
    Recipe(name="nvcc-of-other-cuda", check="ext.build-toolchain", level="warning", stage=other_compiler),
)
