"""Which variables are looked at, and what reads them. Others are nobody's business, and may be secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What begins the names that frameworks, loaders, installers and launchers read.
_PREFIXES = (
    *(
        "CUDA",
        "NVIDIA_",
        "NCCL_",
        "CUDNN_",
        "CUBLAS_",
        "NVTE_",
        "LD_",
        "DYLD_",
        "PYTHON",
        "VIRTUAL_ENV",
        "CONDA",
    ),
    *(
        "TF_",
        "XLA_",
        "KERAS_",
        "JAX_",
        "TORCH",
        "PYTORCH",
        "HSA_",
        "HIP_",
        "ROCM",
        "ROCR_",
        "ROC_",
        "MIOPEN_",
    ),
    *("AMD_", "GPU_", "ZE_", "ONEAPI_", "SYCL_", "HF_", "HUGGINGFACE_", "TRANSFORMERS_", "DIFFUSERS_"),
    *("ACCELERATE_", "DEEPSPEED_", "BNB_", "BITSANDBYTES_", "OMP_", "KMP_", "MKL_", "OPENBLAS_", "NUMEXPR_"),
    *("GOMP_", "VECLIB_", "TRITON_", "PIP_", "UV_", "LC_", "MASTER_", "GLOO_", "SLURM_", "WSL", "OMPI_"),
    *("TFDS_", "KAGGLE_", "COLAB_", "JUPYTER", "PYENV_", "POETRY_", "MAMBA_", "FLASH_ATTENTION_", "MAX_JOBS"),
    *(
        "SSL_",
        "CURL_",
        "REQUESTS_",
        "XDG_",
        "ONEDRIVE",
        "TCNN_",
        "TOKENIZERS_",
        "SNAP",
        "FLATPAK",
        "APPIMAGE",
    ),
)
_NAMES = frozenset(
    (
        *(
            "PATH",
            "HOME",
            "USERPROFILE",
            "APPDATA",
            "LOCALAPPDATA",
            "TMPDIR",
            "TEMP",
            "TMP",
            "LANG",
            "LANGUAGE",
        ),
        *(
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "NO_PROXY",
            "CC",
            "CXX",
            "CFLAGS",
            "LDFLAGS",
            "WORLD_SIZE",
        ),
        *("RANK", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "NODE_RANK", "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"),
        *(
            "GIT_SSL_CAINFO",
            "NODE_EXTRA_CA_CERTS",
            "PROCESSOR_ARCHITECTURE",
            "PROCESSOR_ARCHITEW6432",
            "SHELL",
        ),
        *("TERM_PROGRAM", "PYCHARM_HOSTED", "IDEA_INITIAL_DIRECTORY", "CONTAINER", "SUDO_USER", "WANDB_MODE"),
        *("VCINSTALLDIR", "VSINSTALLDIR", "DISTUTILS_USE_SDK", "SYSTEMROOT", "USERNAME", "USER"),
    )
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

#: What the loader or the interpreter reads before any code of the user's runs.
_AT_START = re.compile(r"LD_\w+|DYLD_\w+|PYTHON(?:PATH|HOME|NOUSERSITE|USERBASE|SAFEPATH|HASHSEED|UTF8)|PATH")

#: Variables -> the packages that read them while they are imported, or at their first use of a device.
#: From the packages' documentation and sources; read 2026-11-22.
_READERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("KERAS_BACKEND|KERAS_HOME", ("keras", "tensorflow", "keras_hub", "keras_cv", "keras_nlp")),
    ("TF_USE_LEGACY_KERAS", ("tensorflow", "keras", "transformers")),
    (r"TF_\w+", ("tensorflow", "keras")),
    (
        r"HF_\w+|HUGGINGFACE_\w+",
        ("huggingface_hub", "transformers", "datasets", "diffusers", "peft", "evaluate"),
    ),
    (r"TRANSFORMERS_\w+", ("transformers",)),
    (r"XLA_\w+", ("jax", "tensorflow")),
    (r"JAX_\w+", ("jax",)),
    (
        r"CUDA_(?:VISIBLE_DEVICES|DEVICE_ORDER|LAUNCH_BLOCKING)|NVIDIA_VISIBLE_DEVICES",
        ("torch", "tensorflow", "jax", "cupy", "keras", "transformers", "lightning", "pytorch_lightning"),
    ),
    (r"HSA_\w+|HIP_\w+|ROCR_\w+", ("torch", "tensorflow", "jax")),
    (r"PYTORCH_\w+|TORCH_\w+", ("torch", "torchvision", "lightning", "pytorch_lightning")),
    (r"BNB_\w+|BITSANDBYTES_\w+", ("bitsandbytes",)),
    (r"(?:OMP|MKL|KMP|OPENBLAS|NUMEXPR)_\w+", ("numpy", "torch", "tensorflow", "scipy", "pandas", "sklearn")),
    ("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", ("google.protobuf", "tensorflow", "tensorboard", "onnx")),
)
_PATTERNS = tuple((re.compile(pattern), readers) for pattern, readers in _READERS)


def is_relevant(name: str) -> bool:
    """Whether some rule may read a variable of that name.

    >>> [is_relevant(one) for one in ("CUDA_VISIBLE_DEVICES", "https_proxy", "MY_PASSWORD", "ld library")]
    [True, True, False, False]
    """
    upper = name.upper()
    return bool(_NAME.fullmatch(name)) and (upper in _NAMES or upper.startswith(_PREFIXES))


def is_late(name: str, imported: Iterable[str]) -> bool:
    """Whether a variable that code sets behind these imports is read by one of them, or was before all code.

    >>> is_late("KERAS_BACKEND", ["os", "keras.layers"]), is_late("KERAS_BACKEND", ["os", "torch"])
    (True, False)
    >>> is_late("LD_LIBRARY_PATH", [])
    True
    """
    if _AT_START.fullmatch(name):
        return True
    readers = next((readers for pattern, readers in _PATTERNS if pattern.fullmatch(name)), ())
    return any(one == reader or one.startswith(f"{reader}.") for one in imported for reader in readers)
