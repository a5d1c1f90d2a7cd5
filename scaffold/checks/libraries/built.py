"""Which libraries of CUDA's a release was built with, where only its version is known."""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from scaffold.builds import tables
from scaffold.probing.packages.model import TorchBuild


def cudnn_of(torch: TorchBuild) -> str:
    """The cuDNN that a release of PyTorch brings for its CUDA; "" where the table has no row for it."""
    try:
        version = Version(torch.version)
    except InvalidVersion:
        return ""
    release = tables.torch().release(version)
    variant = version.local or f"cu{(torch.cuda or '').replace('.', '')}"
    found = release.cudnn.get(variant) if release else None
    return str(found) if found else ""


def cudnn_majors(torch: TorchBuild) -> tuple[int, ...]:
    """The major versions of cuDNN that a release of PyTorch was ever built with; () unknown."""
    try:
        release = tables.torch().release(Version(torch.version))
    except InvalidVersion:
        return ()
    return tuple(sorted({one.major for one in release.cudnn.values()})) if release else ()
