"""What is known of installed distributions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

#: Distributions that bring the module ``tensorflow``.
TENSORFLOWS = (
    "tensorflow",
    "tensorflow-cpu",
    "tensorflow-gpu",
    "tensorflow-intel",
    "tensorflow-macos",
    "tensorflow-rocm",
    "tensorflow-cpu-aws",
    "intel-tensorflow",
    "tf-nightly",
)


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
    requires_python: str = ""
    tags: tuple[str, ...] = ()  # of its wheel: cp312-cp312-manylinux_2_28_x86_64
    code_version: str = ""  # what its code says of itself, where that was read: torch/version.py
    source: str = ""  # where it came from: a URL of direct_url.json, "pypi"
    editable: bool = False
    extras: tuple[str, ...] | None = None  # that it was installed with, where that was told
    built_for: str = ""  # compiled for another package's release, as it was told


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchBuild:
    """What an installed torch says of itself, without being imported. None: it does not say."""

    version: str  # 2.14.1+cu126
    cuda: str | None = None  # 12.6; "" where it was built without CUDA
    hip: str | None = None  # 6.4.43482; "" where it was built without ROCm
    xpu: str | None = None  # 20250302; "" where it was built without Intel's GPU
    backend: str = ""  # cuda, rocm, xpu, cpu; "" where that is unknown
    architectures: tuple[str, ...] | None = None  # sm_80, compute_90; from a table, or asked with --deep
    cudnn: str = ""  # that it was built with
    source: str = ""  # the file


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorFlowBuild:
    """What an installed TensorFlow says of itself, without being imported. None: it does not say."""

    version: str
    cuda: str | None = None  # "" where it was built without CUDA
    cudnn: str = ""
    rocm: bool | None = None
    capabilities: tuple[str, ...] = ()  # sm_60, compute_90
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedModel:
    """A model file of the user's, and the Keras that saved it."""

    path: str
    kind: str = ""  # keras, h5, pickle, saved_model
    keras: str = ""  # 3.9.0; "3.x" where only the generation is known; "" unknown
    told: str = ""  # what a description says of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """A distribution that is asked for and not, or not yet, installed."""

    name: str
    version: str = ""
    sdist: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFacts:
    """Everything that the interpreter would find, in the order in which it would."""

    packages: tuple[Package, ...] = ()
    complete: bool = False  # every distribution is listed: one that is not, is not installed
    absent: frozenset[str] = frozenset()  # told not to be installed
    places: tuple[str, ...] = ()  # the folders that were looked through, in the order of sys.path
    conda: tuple[Package, ...] = ()  # conda's own records (conda-meta), Python packages or not
    torch: TorchBuild | None = None
    tensorflow: TensorFlowBuild | None = None
    models: tuple[SavedModel, ...] = ()
    requested: tuple[Requested, ...] = ()
    unreadable: tuple[str, ...] = ()  # dist-infos without METADATA
    leftovers: tuple[str, ...] = ()  # what an interrupted pip put aside: ~orch-2.1.0.dist-info

    def all_of(self, name: str) -> Iterator[Package]:
        """Every copy of a distribution; the first is the one that is imported."""
        return (one for one in self.packages if one.name == name)

    def of(self, *names: str) -> Package | None:
        """The copy of the first of these that is imported; None where there is none, or none is known."""
        return next((one for name in names for one in self.all_of(name)), None)

    def version(self, *names: str) -> str:
        """Its version, "" where it is not installed or not known."""
        found = self.of(*names)
        return found.version if found else ""

    def lacks(self, name: str) -> bool:
        """Whether it is known not to be installed."""
        return name in self.absent or (self.complete and self.of(name) is None)

    def of_conda(self, name: str) -> Package | None:
        """Conda's own record of a package, by conda's name."""
        return next((one for one in self.conda if one.name == name), None)

    @property
    def tensorflow_package(self) -> Package | None:
        """The distribution that brings the module ``tensorflow``."""
        return self.of(*TENSORFLOWS)
