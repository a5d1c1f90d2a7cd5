"""What an installed PyTorch says of itself in ``torch/version.py``."""

from __future__ import annotations

import re

from scaffold.probing.packages.model import TorchBuild

_VERSION = re.compile(r"^__version__ *(?::[^=\n]+)?= *['\"]([^'\"]+)['\"]", re.MULTILINE)


def parse_torch_version(text: str, source: str) -> TorchBuild | None:
    r"""Parse ``torch/version.py``; None where it holds no version.

    >>> parse_torch_version("__version__ = '2.13.0+cu126'\ncuda: Optional[str] = '12.6'\n", "v.py").cuda
    '12.6'
    >>> parse_torch_version("__version__ = '2.13.0+cpu'\ncuda: Optional[str] = None\n", "v.py").backend
    'cpu'
    >>> parse_torch_version("__version__ = '2.9.0+rocm6.4'\ncuda = None\nhip = '6.4.43482'\n", "v.py").backend
    'rocm'
    """
    version = _VERSION.search(text)
    if version is None:
        return None
    cuda, hip, xpu = (_value(text, name) for name in ("cuda", "hip", "xpu"))
    if cuda is None:
        return None
    backend = backend_of(cuda, hip, version[1].partition("+")[2])
    return TorchBuild(
        version=version[1],
        cuda=cuda,
        hip=hip,
        xpu=xpu,
        backend="xpu" if xpu else backend,
        source=source,
    )


def _value(text: str, name: str) -> str | None:
    """The value of a line ``cuda: Optional[str] = '12.6'``; "" for None, None where there is no such line."""
    match = re.search(rf"^{name} *(?::[^=\n]+)?= *(?:None|['\"]([^'\"]*)['\"])", text, re.MULTILINE)
    return (match[1] or "") if match else None


def cuda_of(local: str) -> str | None:
    """The CUDA version of a local part; "" where it names another backend, None where it says nothing.

    >>> cuda_of("cu126"), cuda_of("cu92"), cuda_of("cu130.full"), cuda_of("cpu"), cuda_of("rocm6.4")
    ('12.6', '9.2', '13.0', '', '')
    """
    match = re.match(r"cu(\d{2,3})(?!\d)", local)
    if match:
        return f"{match[1][:-1]}.{match[1][-1]}"
    return "" if re.match(r"cpu|rocm|xpu", local) else None


def backend_of(cuda: str | None, hip: str | None, local: str = "") -> str:
    """What it computes on: cuda, rocm, xpu or cpu; "" where that is unknown.

    >>> backend_of("12.6", ""), backend_of("", None, "cpu"), backend_of(None, None)
    ('cuda', 'cpu', '')
    """
    if cuda:
        return "cuda"
    if hip or local.startswith("rocm"):
        return "rocm"
    if local.startswith("xpu"):
        return "xpu"
    return "" if cuda is None else "cpu"
