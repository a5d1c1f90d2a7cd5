"""A project's Python environment: what it will hold, what it holds, what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from scaffold.builds.model import BuildPlan, Device, Framework
from scaffold.environments.layout import Place
from scaffold.interpreters.model import Interpreter
from scaffold.sources.model import SourceSettings

InstallerName = Literal["uv", "pip"]

#: What an environment is by its files: pyvenv.cfg, or conda-meta.
EnvironmentKind = Literal["venv", "conda"]

#: What a user may ask for to install with; conda makes the environment and leaves packages to uv or pip.
Backend = Literal["auto", "uv", "pip", "conda"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One distribution that will be installed. ``size`` in bytes, None where no source tells."""

    name: str
    version: str
    size: int | None
    source: str  # where it comes from, without credentials
    local: bool = False  # lies on this machine already (find-links folder, cache): nothing to download


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaProgram:
    """A program of the conda family on this machine."""

    path: Path
    kind: Literal["micromamba", "mamba", "conda"]
    channels: tuple[str, ...] = ()  # to be named in a call; empty: the user's configuration names some


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentPlan:
    """What `scaffold.environments.create.create` will carry out."""

    place: Place
    interpreter: Interpreter
    installer: InstallerName
    builds: tuple[BuildPlan, ...]
    requirements: tuple[str, ...]  # what the project asks for directly, PEP 508
    settings: SourceSettings
    downloads: tuple[Download, ...] = ()  # everything, resolved; empty where nothing is asked for
    lock: str = ""  # the resolution in the installer's own terms (pylock.toml), "" where there is none
    exact: bool = (
        False  # the lock is the project's own (hashed requirements), and nothing else is to be there
    )
    disk_needed: int = 0  # bytes, estimated
    notices: tuple[str, ...] = ()
    conda: CondaProgram | None = None  # what makes the environment; None: virtualenv
    replace: bool = False  # the user agreed that an environment of their own goes

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.place.root

    @property
    def location(self) -> Path:
        """The folder that is made: root/.venv; also where the project uses an adopted one so far."""
        return self.place.own_location

    @property
    def download_size(self) -> int:
        """Bytes to be downloaded, as far as the sources tell."""
        return sum(d.size or 0 for d in self.downloads if not d.local)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A file of an installed distribution that is not what it was when it was installed."""

    distribution: str
    path: str
    what: Literal["missing", "size", "content", "no RECORD"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment as its files tell it. Nothing of it was run."""

    location: Path
    python: Path  # the interpreter inside
    version: str  # 3.12.1
    home: Path  # where the base interpreter lies; with conda, the environment itself
    packages: Mapping[str, str] = field(default_factory=dict)  # normalised name -> version
    kind: EnvironmentKind = "venv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One small computation on a device, beside what is right.

    ``difference`` is the greatest one as a share of the greatest value; up to ``tolerance`` it is rounding.
    ``computed`` and ``expected`` are the two numbers that differ most.
    """

    operation: str  # matrix product, convolution, gradient of a convolution, loss
    precision: Literal["float32", "TF32"]
    against: Literal["float64", "CPU"]  # exact values, or what the processor computes
    difference: float
    tolerance: float
    computed: float
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedDevice:
    """One device that a framework sees, and how it computes. ``memory``: bytes, None where unknown."""

    name: str
    memory: int | None
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One framework, imported in the environment: one training step of it, and values compared."""

    framework: Framework
    version: str  # of torch or tensorflow
    device: Device
    device_name: str
    seconds: float  # from the start of the interpreter to the end of the step
    loss_before: float
    loss_after: float
    details: Mapping[str, str] = field(default_factory=dict)  # keras version, backend, CUDA, ...
    devices: tuple[ProvedDevice, ...] = ()  # every one that the framework sees of that kind
    libraries: tuple[str, ...] = ()  # paths of those that computed, where the system tells (Linux)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a step is. ``total`` 0 means that nobody knows."""

    step: Literal["create", "download", "install", "verify", "prove"]
    message: str
    done: int = 0
    total: int = 0
    unit: Literal["bytes", "packages", ""] = ""
    packages: tuple[str, ...] = ()  # under way
    estimated: bool = False  # ``done`` or ``total`` is not what an installer said


#: Called many times a second at most; must not raise.
Report = Callable[[Progress], None]
