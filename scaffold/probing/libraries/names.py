"""What the names of shared libraries, and of their folders, tell."""

from __future__ import annotations

import re

#: Libraries of CUDA that PyTorch, TensorFlow and others open, and cuDNN's.
CUDA = (
    "libcudart",
    "libcublas",
    "libcublasLt",
    "libcufft",
    "libcurand",
    "libcusolver",
    "libcusparse",
    "libcusparseLt",
    "libnvJitLink",
    "libnvrtc",
    "libnccl",
    "libcupti",
    "libcudnn",
)

#: OpenMP's runtimes; two of one line in a process are one too many.
OPENMP = ("libiomp5md", "libiomp5", "libomp", "libgomp")

_SO = re.compile(r"(?P<stem>lib[\w+.-]*?)(?:-[0-9a-f]{8})?\.so(?:\.(?P<version>\d+(?:\.\d+)*))?")
_DYLIB = re.compile(r"(?P<stem>lib[\w+-]+?)(?:\.(?P<version>\d+(?:\.\d+)*))?\.dylib")
_FOLDER = re.compile(r"(?:^|[/_-])(?P<what>cudnn|cuda)[/_-]?v?(?P<version>\d+\.\d+(?:\.\d+)*)", re.IGNORECASE)


def asked_as(file: str) -> str:
    """How the loader is asked for a file: a patch number is not part of that.

    >>> asked_as("libcudnn.so.8.4.1"), asked_as("libcudart.so.11.0.221"), asked_as("libcusolver.so.11")
    ('libcudnn.so.8', 'libcudart.so.11.0', 'libcusolver.so.11')
    >>> asked_as("libgomp-a34b3233.so.1"), asked_as("MSVCP140.dll"), asked_as("libomp.dylib")
    ('libgomp.so.1', 'msvcp140.dll', 'libomp.dylib')
    """
    match = _SO.fullmatch(file)
    if match is None:
        return file.lower() if file.lower().endswith((".dll", ".pyd")) else file
    if not match["version"]:
        return f"{match['stem']}.so"
    numbers = match["version"].split(".")
    old = match["stem"] in ("libcudart", "libnvrtc", "libcupti") and int(numbers[0]) <= 11  # two numbers then
    kept = numbers[:2] if old or (match["stem"] == "libcublas" and numbers[0] == "10") else numbers[:1]
    return f"{match['stem']}.so.{'.'.join(kept)}"


def version_in(file: str) -> str:
    """The version that a file's name tells, where it is more than the number that the loader asks for.

    >>> version_in("libcudnn.so.8.4.1"), version_in("libcudnn.so.8"), version_in("libstdc++.so.6.0.30")
    ('8.4.1', '', '6.0.30')
    """
    match = _SO.fullmatch(file) or _DYLIB.fullmatch(file)
    version = match["version"] if match else None
    return version if version and version.count(".") >= 1 else ""


def version_of_folder(folder: str, what: str) -> str:
    """The version of ``cudnn`` or ``cuda`` that the path of a folder names.

    >>> folder = "/public/apps/cudnn/v8.0.3.33-cuda.11.0/cuda/lib64"
    >>> version_of_folder(folder, "cudnn"), version_of_folder("/usr/local/cuda-12.2/lib64", "cuda")
    ('8.0.3.33', '12.2')
    >>> version_of_folder("/usr/local/cuda/lib64", "cuda"), version_of_folder("/opt/conda/lib", "cudnn")
    ('', '')
    """
    found = [one["version"] for one in _FOLDER.finditer(folder) if one["what"].lower() == what]
    return found[-1] if found else ""


def is_known(file: str) -> bool:
    """Whether a file is one of the libraries that rules ask about."""
    name = asked_as(file)
    family = name.partition(".")[0]
    return family in CUDA or family in OPENMP or family.startswith(("libcudnn", "libstdc++"))
