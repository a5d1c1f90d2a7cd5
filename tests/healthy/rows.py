"""The machines, each in a few lines: what is on it and what is installed there."""

from __future__ import annotations

from typing import Any

CU126 = {
    "nvidia-cublas-cu12": "12.6.4.1", "nvidia-cuda-runtime-cu12": "12.6.77", "nvidia-cudnn-cu12": "9.10.2.21",
    "nvidia-cufft-cu12": "11.3.0.4", "nvidia-cusolver-cu12": "11.7.1.2", "nvidia-cusparse-cu12": "12.5.4.2",
    "nvidia-nccl-cu12": "2.27.5", "nvidia-nvjitlink-cu12": "12.6.85", "triton": "3.5.1",
}  # fmt: skip
CU128 = {
    "nvidia-cublas-cu12": "12.8.4.1", "nvidia-cuda-runtime-cu12": "12.8.90", "nvidia-cudnn-cu12": "9.10.2.21",
    "nvidia-nccl-cu12": "2.27.5", "nvidia-nvjitlink-cu12": "12.8.93", "triton": "3.5.1",
}  # fmt: skip
CU130 = {
    "nvidia-cublas": "13.0.0.19", "nvidia-cuda-runtime": "13.0.48", "nvidia-cudnn-cu13": "9.13.0.50",
    "nvidia-nccl-cu13": "2.27.7", "nvidia-nvjitlink": "13.0.39", "triton": "3.5.1",
}  # fmt: skip
COMMON = {
    "numpy": "2.2.6",
    "pillow": "11.3.0",
    "safetensors": "0.6.2",
    "tensorboard": "2.20.0",
    "pytest": "8.4.2",
}
KERAS = {
    "tensorflow-cpu": "2.20.0", "keras": "3.11.3", "protobuf": "5.29.5", "h5py": "3.14.0", "ml-dtypes": "0.5.3",
    "absl-py": "2.3.1", "numpy": "2.2.6", "tensorboard": "2.20.0",
}  # fmt: skip
TUNING = {
    "transformers": "4.57.1", "tokenizers": "0.22.1", "accelerate": "1.11.0", "peft": "0.17.1",
    "datasets": "4.3.0", "huggingface-hub": "0.36.0", "requests": "2.32.5",
}  # fmt: skip


def torch(version: str, packages: dict[str, str], **more: str) -> dict[str, Any]:
    """PyTorch with what it brings."""
    return {"packages": {"torch": version, **COMMON, **packages, **more}}


def nvidia(name: str, capability: str, driver: str, cuda: str, count: int = 1) -> dict[str, Any]:
    """A driver with its cards."""
    gpu = {"vendor": "nvidia", "name": name, "compute_capability": capability, "count": count}
    return {"gpu": [gpu], "driver": {"version": driver, "cuda_max": cuda}}


UBUNTU24 = {
    "os": {"family": "linux", "distro": "ubuntu 24.04", "kernel": "6.8.0-60-generic", "glibc": "2.39"}
}
UBUNTU22 = {
    "os": {"family": "linux", "distro": "ubuntu 22.04", "kernel": "5.15.0-140-generic", "glibc": "2.35"}
}
WINDOWS11 = {"os": {"family": "windows", "version": "10.0.26100"}, "arch": "x86_64"}
ARM = {"arch": "aarch64"}


def mac(version: str, arch: str = "arm64") -> dict[str, Any]:
    return {"os": {"family": "macos", "version": version}, "arch": arch}


def inside(container: str, **env: str) -> dict[str, Any]:
    """The same in a container, with what its runtime sets."""
    return {"container": container, "env": env}


NVIDIA_ENV = {"NVIDIA_VISIBLE_DEVICES": "all", "NVIDIA_DRIVER_CAPABILITIES": "compute,utility"}

#: Name -> what is told of the machine and of the Python on it.
ROWS: dict[str, dict[str, Any]] = {
    "ubuntu2404-l4-venv": UBUNTU24 | nvidia("NVIDIA L4", "8.9", "550.54.15", "12.4") | torch("2.9.1+cu126", CU126),
    "ubuntu2404-rtx5090-uv": UBUNTU24 | nvidia("NVIDIA GeForce RTX 5090", "12.0", "580.65.06", "13.0")
    | torch("2.9.1+cu130", CU130) | {"manager": "uv"},
    "ubuntu2204-rtx4090-conda": UBUNTU22 | nvidia("NVIDIA GeForce RTX 4090", "8.9", "570.133.07", "12.8")
    | torch("2.9.1+cu128", CU128, **TUNING) | {"manager": "conda"},
    "ubuntu2204-4xa100-server": UBUNTU22 | nvidia("NVIDIA A100-SXM4-80GB", "8.0", "570.133.20", "12.8", 4)
    | torch("2.9.1+cu128", CU128, **TUNING) | {"fabric": "Completed"},
    "ubuntu2204-2xrtx3090": UBUNTU22 | nvidia("NVIDIA GeForce RTX 3090", "8.6", "550.54.15", "12.4", 2)
    | torch("2.9.1+cu126", CU126),
    "rocky9-v100-cu126": {"os": {"family": "linux", "distro": "rocky linux 9.4", "kernel": "5.14.0-427.el9", "glibc": "2.34"}}
    | nvidia("Tesla V100-PCIE-32GB", "7.0", "560.35.03", "12.6") | torch("2.9.1+cu126", CU126),
    "debian12-gtx1060": {"os": {"family": "linux", "distro": "debian 12", "kernel": "6.1.0-37-amd64", "glibc": "2.36"}}
    | nvidia("NVIDIA GeForce GTX 1060 6GB", "6.1", "560.35.03", "12.6") | torch("2.9.1+cu126", CU126),
    "docker-h100": UBUNTU22 | nvidia("NVIDIA H100 80GB HBM3", "9.0", "570.133.20", "12.8")
    | torch("2.9.1+cu128", CU128) | inside("docker", **NVIDIA_ENV) | {"fabric": "Completed"},
    "kubernetes-h200": UBUNTU22 | nvidia("NVIDIA H200", "9.0", "570.133.20", "12.8")
    | torch("2.9.1+cu128", CU128, **TUNING) | inside("kubernetes", **NVIDIA_ENV) | {"fabric": "Completed"},
    "gh200": UBUNTU22 | ARM | nvidia("NVIDIA GH200 480GB", "9.0", "570.133.20", "12.8") | torch("2.9.1+cu128", CU128),
    "dgx-spark": UBUNTU24 | ARM | nvidia("NVIDIA GB10", "12.1", "580.95.05", "13.0") | torch("2.9.1+cu130", CU130),
    "wsl2-rtx3080": {"os": {"family": "linux", "distro": "ubuntu 22.04", "wsl": 2, "kernel": "5.15.167.4-microsoft-standard-WSL2",
                            "glibc": "2.35"}}
    | nvidia("NVIDIA GeForce RTX 3080", "8.6", "560.94", "12.6") | torch("2.9.1+cu126", CU126),
    "wsl2-without-gpu": {"os": {"family": "linux", "distro": "ubuntu 24.04", "wsl": 2,
                                "kernel": "6.6.87.2-microsoft-standard-WSL2", "glibc": "2.39"}} | torch("2.9.1+cpu", {}),
    "windows-rtx4090": WINDOWS11 | nvidia("NVIDIA GeForce RTX 4090", "8.9", "576.52", "12.9") | torch("2.9.1+cu128", {}),
    "windows-gtx1660-conda": WINDOWS11 | nvidia("NVIDIA GeForce GTX 1660 Ti", "7.5", "560.94", "12.6")
    | torch("2.9.1+cu126", {}) | {"manager": "conda"},
    "windows-without-gpu-keras": WINDOWS11 | {"packages": {**KERAS, "tensorflow": "2.20.0", "tensorflow-cpu": ""}},
    "windows-chinese-torch-cpu": WINDOWS11 | torch("2.9.1+cpu", {}) | {"locale": "zh-CN"},
    "macbook-m2-torch": mac("14.5") | torch("2.9.1", {}) | {"manager": "homebrew"},
    "macbook-m4-keras": mac("15.6") | {"packages": {**KERAS, "tensorflow": "2.20.0", "tensorflow-cpu": ""}},
    "macbook-m1-tuning": mac("14.7") | torch("2.9.1", {}, **TUNING) | {"manager": "uv"},
    "macbook-intel": mac("13.6", "x86_64") | {"packages": {**COMMON, "torch": "2.2.2", "numpy": "1.26.4"}, "python": "3.11.9"},
    "rx7900xtx": UBUNTU24 | {"gpu": [{"vendor": "amd", "name": "AMD Radeon RX 7900 XTX", "gfx": "gfx1100"}]}
    | torch("2.9.1+rocm6.4", {"pytorch-triton-rocm": "3.5.1"}),
    "mi300x": UBUNTU22 | {"gpu": [{"vendor": "amd", "name": "AMD Instinct MI300X", "gfx": "gfx942"}]}
    | torch("2.9.1+rocm6.4", {"pytorch-triton-rocm": "3.5.1"}),
    "arc-a770": UBUNTU24 | {"gpu": [{"vendor": "intel", "name": "Intel Arc A770 Graphics"}]}
    | torch("2.9.1+xpu", {"pytorch-triton-xpu": "3.5.0"}),
    "debian12-both-on-cpu": {"os": {"family": "linux", "distro": "debian 12", "kernel": "6.1.0-37-amd64", "glibc": "2.36"}}
    | {"packages": {"torch": "2.9.1+cpu", **COMMON, **KERAS}},
    "fedora42-torch-cpu": {"os": {"family": "linux", "distro": "fedora 42", "kernel": "6.14.5-300.fc42", "glibc": "2.41"}}
    | torch("2.9.1+cpu", {}, **TUNING),
    "raspberry-pi5": {"os": {"family": "linux", "distro": "debian 12", "kernel": "6.12.25+rpt-rpi-2712", "glibc": "2.36"}} | ARM
    | torch("2.9.1+cpu", {}),
    "colab-t4": UBUNTU22 | nvidia("Tesla T4", "7.5", "550.54.15", "12.4") | torch("2.9.1+cu126", CU126, **TUNING)
    | inside("docker", **NVIDIA_ENV),
    "codespace": {"os": {"family": "linux", "distro": "debian 12", "kernel": "6.8.0-1030-azure", "glibc": "2.36"}}
    | torch("2.9.1+cpu", {}) | inside("docker"),
    "ubuntu2404-l4-tensorflow": UBUNTU24 | nvidia("NVIDIA L4", "8.9", "570.133.20", "12.8")
    | {"packages": {**KERAS, "tensorflow": "2.20.0", "tensorflow-cpu": "",
                    "nvidia-cublas-cu12": "12.5.3.2", "nvidia-cuda-nvcc-cu12": "12.5.82",
                    "nvidia-cuda-runtime-cu12": "12.5.82", "nvidia-cudnn-cu12": "9.3.0.75", "nvidia-cufft-cu12": "11.2.3.61",
                    "nvidia-cusolver-cu12": "11.6.3.83", "nvidia-cusparse-cu12": "12.5.1.3", "nvidia-nccl-cu12": "2.25.1",
                    "nvidia-nvjitlink-cu12": "12.5.82", "nvidia-curand-cu12": "10.3.6.82"}},
}  # fmt: skip
