"""Compiled extensions and the tools that build them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """An installed package with code of its own that was compiled against PyTorch. ``""`` means unknown."""

    name: str  # the distribution: flash-attn
    version: str = ""
    torch: str = ""  # the release that it was compiled for: 2.3
    cuda: str = ""  # 12, 12.1
    source: str = ""  # what tells that
    file: str = ""  # a library of it
    lacking: tuple[str, ...] = ()  # functions of PyTorch that it calls and the installed PyTorch lacks
    mismatch: bool = False  # told to be built for another release, without saying for which


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionFacts:
    """Compiled extensions and the tools that build them. None: unknown; "" for a tool: it is not there."""

    extensions: tuple[Extension, ...] = ()
    bitsandbytes: tuple[str, ...] | None = None  # CUDA versions that it has a library for: 121, 124
    wanted: tuple[str, ...] = ()  # asked for by the project, not installed, and mostly built from source
    wanted_in: str = ""  # where that stands
    nvcc: str | None = None  # its version, or its path
    toolkit_home: str | None = None  # CUDA_HOME, where it names a folder
    compiler: str | None = None  # the C compiler's path
    headers: bool | None = None  # Python.h of the target
    headers_at: str = ""  # where they were looked for
