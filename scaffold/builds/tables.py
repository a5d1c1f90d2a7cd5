"""The compatibility tables in ``data/``, read into typed rows (`scaffold.builds.rows`).

Each block of a table names its source and its date. A table that contradicts itself is a ValueError
when it is read, with the file and what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from scaffold.builds.rows import (
    Cubin,
    Cuda,
    Driver,
    Keras,
    Kernels,
    Tensorflow,
    TensorflowRelease,
    Torch,
    TorchRelease,
)
from scaffold.toml import loads

_DATA = Path(__file__).parent / "data"
_Table = TypeVar("_Table")


@cache
def torch() -> Torch:
    """PyTorch's table."""
    return _read("torch", _torch)


@cache
def tensorflow() -> Tensorflow:
    """TensorFlow's table."""
    return _read("tensorflow", _tensorflow)


@cache
def cuda() -> Cuda:
    """Drivers, kernels and cuDNN."""
    return _read("cuda", _cuda)


@cache
def keras() -> Keras:
    """Keras by Python."""
    return _read("keras", _keras)


def _read(name: str, build: Callable[[dict[str, Any]], _Table]) -> _Table:
    path = _DATA / f"{name}.toml"
    try:
        return build(loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, AttributeError, InvalidVersion, InvalidSpecifier) as problem:
        raise ValueError(f"{path}: {problem!r}") from problem


def _torch(data: dict[str, Any]) -> Torch:
    return Torch(
        floor=Version(data["floor"]["version"]),
        floor_why=data["floor"]["why"],
        numpy_2_from=Version(data["numpy"]["first_with_numpy_2"]),
        cpu_mb=data["typical"]["cpu_mb"],
        cuda_libraries_gb=data["typical"]["cuda_libraries_gb"],
        kernels=tuple(
            Kernels(
                variant=row["variant"],
                platform=row["platform"],
                releases=SpecifierSet(row["releases"]),
                capabilities=tuple(row["capabilities"]),
            )
            for row in data["kernels"]
        ),
        releases=tuple(
            TorchRelease(
                **_release(
                    row,
                    cudnn={variant: Version(version) for variant, version in row["cudnn"].items()},
                    macos=Version(row["macos"]),
                )
            )
            for row in data["release"]
        ),
    )


def _tensorflow(data: dict[str, Any]) -> Tensorflow:
    gpu = data["gpu"]
    return Tensorflow(
        floor=Version(data["floor"]["version"]),
        gpu_platforms=tuple(gpu.pop("platforms")),
        **gpu,
        releases=tuple(
            TensorflowRelease(**_release(row, kernels=tuple(row["kernels"]))) for row in data["release"]
        ),
    )


def _release(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What the releases of both frameworks share."""
    return {
        **row,
        "version": Version(row["version"]),
        "date": str(row["date"]),
        "python": tuple(row["python"]),
        "glibc": Version(row["glibc"]),
        **more,
    }


def _cuda(data: dict[str, Any]) -> Cuda:
    return Cuda(
        driver=tuple(Driver(**row) for row in data["driver"]),
        last_driver=tuple((row["below"], row["branch"]) for row in data["last_driver"]),
        cubin={
            row["code"]: Cubin(
                code=row["code"], exclude=tuple(row.get("exclude", ())), only=tuple(row.get("only", ()))
            )
            for row in data["cubin"]
        },
        cudnn=tuple(
            (Version(row["below"]) if row["below"] else None, row["capability"]) for row in data["cudnn"]
        ),
    )


def _keras(data: dict[str, Any]) -> Keras:
    rows = data["companion"]
    return Keras(
        floor=data["floor"],
        companion={python: row["requirement"] for row in rows for python in row["python"]},
    )
