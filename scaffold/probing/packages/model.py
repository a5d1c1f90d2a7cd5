"""What is known of installed distributions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One installed distribution, by its metadata. ``""`` means unknown.

    ``version`` may be a constraint (``>=2.4``, ``2.x``) where facts were told.
    """

    name: str  # normalised: scikit-learn
    version: str = ""  # with its local part: 2.13.0+cu126
    location: str = ""  # the folder that holds its dist-info
    installer: str = ""  # pip, uv, conda
    channel: str = ""  # of conda
    user_site: bool = False
    requires: tuple[str, ...] = ()  # Requires-Dist, PEP 508
    tags: tuple[str, ...] = ()  # of its wheel: cp312-cp312-manylinux_2_28_x86_64


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchBuild:
    """What an installed torch says of itself, without being imported. None: it does not say."""

    version: str  # 2.14.1+cu126
    cuda: str | None = None  # 12.6; "" where it was built without CUDA
    hip: str | None = None  # 6.4.43482; "" where it was built without ROCm
    architectures: tuple[str, ...] | None = None  # sm_80, compute_90; from a table, or asked with --deep
    cudnn: str = ""  # that it was built with
    source: str = ""  # the file


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorFlowBuild:
    """What an installed TensorFlow says of itself, without being imported. None: it does not say."""

    version: str
    cuda: str | None = None  # "" where it was built without CUDA
    cudnn: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFacts:
    """Everything that the interpreter would find, in the order in which it would."""

    packages: tuple[Package, ...] = ()
    complete: bool = False  # every distribution is listed: one that is not, is not installed
    torch: TorchBuild | None = None
    tensorflow: TensorFlowBuild | None = None

    def all_of(self, name: str) -> Iterator[Package]:
        """Every copy of a distribution; the first is the one that is imported."""
        return (one for one in self.packages if one.name == name)

    def of(self, name: str) -> Package | None:
        """The copy that is imported; None where there is none, or none is known."""
        return next(self.all_of(name), None)

    def version(self, name: str) -> str:
        """Its version, "" where it is not installed or not known."""
        found = self.of(name)
        return found.version if found else ""
