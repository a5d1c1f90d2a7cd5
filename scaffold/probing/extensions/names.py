"""What the versions of compiled packages tell about the PyTorch that they were compiled for."""

from __future__ import annotations

import re

#: Packages that are mostly built from source, since few of their wheels fit, and that need nvcc for it.
BUILT_HERE = frozenset(
    (
        "apex",
        "causal-conv1d",
        "deepspeed",
        "detectron2",
        "exllamav2",
        "flash-attn",
        "flash-attention",
        "gptqmodel",
        "grouped-gemm",
        "mamba-ssm",
        "megablocks",
        "minkowskiengine",
        "mmcv-full",
        "natten",
        "nvdiffrast",
        "pytorch3d",
        "sageattention",
        "spconv",
        "tiny-cuda-nn",
        "tinycudann",
        "torch-cluster",
        "torch-scatter",
        "torch-sparse",
        "torch-spline-conv",
        "transformer-engine",
        "xformers",
    )
)

#: Packages whose compiled code calls PyTorch's C++ library, and the modules that hold it.
COMPILED = {
    "flash-attn": ("flash_attn_2_cuda",),
    "causal-conv1d": ("causal_conv1d_cuda",),
    "mamba-ssm": ("selective_scan_cuda",),
    "exllamav2": ("exllamav2_ext",),
    "torch-scatter": ("torch_scatter/_version_cuda", "torch_scatter/_version_cpu"),
    "torch-sparse": ("torch_sparse/_version_cuda", "torch_sparse/_version_cpu"),
    "torch-cluster": ("torch_cluster/_version_cuda", "torch_cluster/_version_cpu"),
    "torch-spline-conv": ("torch_spline_conv/_version_cuda", "torch_spline_conv/_version_cpu"),
    "pytorch3d": ("pytorch3d/_C",),
    "detectron2": ("detectron2/_C",),
    "mmcv": ("mmcv/_ext",),
    "mmcv-full": ("mmcv/_ext",),
    "xformers": ("xformers/_C", "xformers/_C_flashattention"),
    "natten": ("natten/libnatten",),
    "sageattention": ("sageattention/_qattn_sm80", "sageattention/_fused"),
    "torchao": ("torchao/_C",),
    "nvdiffrast": ("_nvdiffrast_c",),
    "gsplat": ("gsplat/csrc",),
    "tinycudann": ("tinycudann_bindings/_80_C", "tinycudann_bindings/_86_C", "tinycudann_bindings/_89_C"),
    "apex": ("amp_C",),
    "vllm": ("vllm/_C",),
    "auto-gptq": ("autogptq_cuda_256",),
}

#: xFormers -> the PyTorch that its metadata asks for.
#: source: Requires-Dist of the wheels on the package index                              date: 2026-11-22
XFORMERS = {
    "0.0.16": "1.13.1",
    "0.0.17": "2.0.0",
    "0.0.18": "2.0.0",
    "0.0.20": "2.0.1",
    "0.0.21": "2.0.1",
    "0.0.22": "2.0.1",
    "0.0.22.post7": "2.1.0",
    "0.0.23": "2.1.1",
    "0.0.23.post1": "2.1.2",
    "0.0.24": "2.2.0",
    "0.0.25": "2.2.1",
    "0.0.25.post1": "2.2.2",
    "0.0.26.post1": "2.3.0",
    "0.0.27": "2.3.1",
    "0.0.27.post2": "2.4.0",
    "0.0.28": "2.4.1",
    "0.0.28.post1": "2.4.1",
    "0.0.28.post2": "2.5.0",
    "0.0.28.post3": "2.5.1",
    "0.0.29": "2.5.1",
    "0.0.29.post1": "2.5.1",
    "0.0.29.post2": "2.6.0",
    "0.0.29.post3": "2.6.0",
    "0.0.30": "2.7.0",
    "0.0.31": "2.7.1",
    "0.0.31.post1": "2.7.1",
    "0.0.32.post1": "2.8.0",
    "0.0.32.post2": "2.8.0",
    "0.0.33": "2.9.0",
}

_TORCH = re.compile(r"(?:torch|pt)v?(?P<release>\d+\.\d+|\d{2,4})")
_CUDA = re.compile(r"(?:^|[.+])?cu(?P<cuda>\d{2,3})")


def built_for(version: str) -> tuple[str, str]:
    """PyTorch's release and CUDA's version that the local part of a version names; "" where it names none.

    >>> built_for("2.7.4.post1+cu12torch2.5cxx11abiFALSE"), built_for("2.1.2+pt25cu121")
    (('2.5', '12'), ('2.5', '12.1'))
    >>> built_for("0.7.8+pt210cu126"), built_for("2.13.0+cu126"), built_for("0.2.9")
    (('2.10', '12.6'), ('', '12.6'), ('', ''))
    """
    local = version.partition("+")[2].lower()
    torch, cuda = _TORCH.search(local), _CUDA.search(local)
    return (_spelt(torch["release"]) if torch else "", _dotted(cuda["cuda"]) if cuda else "")


def release_in(text: str) -> str:
    """The release of PyTorch in words.

    >>> release_in("torch 2.2.1"), release_in("other torch minor"), release_in("2.4")
    ('2.2', '', '2.4')
    """
    match = re.search(r"(\d{1,2}\.\d{1,2})", text)
    return match[1] if match else ""


def _spelt(release: str) -> str:
    return release if "." in release else f"{release[0]}.{release[1:].lstrip('0') or '0'}"


def _dotted(digits: str) -> str:
    return digits if len(digits) == 2 else f"{digits[:-1]}.{digits[-1]}"
