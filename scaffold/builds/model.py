"""Which build of a framework fits a machine, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Framework = Literal["pytorch", "keras", "jax"]
Device = Literal["cpu", "cuda", "rocm", "xpu", "mps"]

#: Every framework that a project can be made for, in the order in which they are shown.
FRAMEWORKS: tuple[Framework, ...] = ("pytorch", "keras")

#: Both frameworks have had wheels for the first three for long; 3.14 has no TensorFlow, 3.10 no newer Keras.
PREFERENCE = ("3.12", "3.13", "3.11", "3.14", "3.10")

#: Every framework that builds are chosen for; JAX is the third backend of Keras.
ADVISED: tuple[Framework, ...] = (*FRAMEWORKS, "jax")

#: What people call each framework.
TITLES: Mapping[Framework, str] = {"pytorch": "PyTorch", "keras": "Keras", "jax": "JAX"}

#: The distribution behind each framework: Keras stands on TensorFlow unless another backend is asked for.
DISTRIBUTIONS: Mapping[Framework, str] = {"pytorch": "torch", "keras": "tensorflow", "jax": "jax"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedDown:
    """A build that was looked at and not taken."""

    version: str
    variant: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlan:
    """One framework's build: what to install, from where, for which device, and why."""

    framework: Framework
    package: str  # torch, tensorflow, tensorflow-cpu
    version: str  # public version: 2.14.1
    variant: str  # cpu, cu126, cu130, ... : what the build was made for
    requirement: str  # torch==2.14.1+cu126, tensorflow[and-cuda]==2.21.0
    device: Device
    source: str  # PyTorch's index URL or the find-links folder; "" where the user's own index serves it
    source_kind: Literal["pytorch", "index", "find-links"]
    companions: tuple[str, ...] = ()  # installed along: keras>=3.14
    constraints: tuple[str, ...] = ()  # nvidia-cudnn-cu12<9.11
    download_size: int | None = None  # bytes of the framework's own wheel, where known
    large: bool = False  # brings gigabytes of CUDA libraries
    needs_consent: str = ""  # why a person must agree first; "" where nobody needs to be asked
    reasons: tuple[str, ...] = ()
    turned_down: tuple[TurnedDown, ...] = ()
    warnings: tuple[str, ...] = ()
    confidence: Literal["high", "medium", "low"] = "high"
    #: Variables that programs need so that the right devices are used: HIP_VISIBLE_DEVICES.
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """No build of a framework can be had for a Python here, and why, a line each."""

    framework: Framework
    why: tuple[str, ...]
    turned_down: tuple[TurnedDown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildChoice:
    """A Python version and one build for each framework, chosen together."""

    python: str  # 3.12
    builds: tuple[BuildPlan, ...]  # of one environment
    apart: tuple[BuildPlan, ...] = ()  # each gets the GPU in an environment of its own, and only there
    reasons: tuple[str, ...] = ()
    turned_down: tuple[TurnedDown, ...] = ()  # other Pythons: version "3.12", variant ""
    together: bool = False  # one environment was asked for
    notices: tuple[str, ...] = ()  # a line each for the user: "PyTorch's own index cannot be reached ..."
