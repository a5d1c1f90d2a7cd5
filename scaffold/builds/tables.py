"""The compatibility tables in ``data/``, read into typed rows (`scaffold.builds.rows`).

Each block of a table names its source and its date. A table that contradicts itself is a ValueError
when it is read, with the file and what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from scaffold.builds.jax_rows import Jax, jax_table
from scaffold.builds.overlay import merged
from scaffold.builds.rows import (
    Cubin,
    Cuda,
    Driver,
    FirstDriver,
    Keras,
    Kernels,
    Pair,
    Pairs,
    Rocm,
    Tensorflow,
    TensorflowRelease,
    Torch,
    TorchRelease,
    Xpu,
)
from scaffold.toml import loads

_DATA = Path(__file__).parent / "data"
_Table = TypeVar("_Table")

#: The user's tables by name, each with the file that it stands in.
_USER: dict[str, tuple[Mapping[str, Any], str]] = {}


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


@cache
def jax() -> Jax:
    """JAX's table."""
    return _read("jax", jax_table)


@cache
def rocm() -> Rocm:
    """PyTorch's builds for AMD."""
    return _read("rocm", _rocm)


@cache
def xpu() -> Xpu:
    """PyTorch's builds for Intel GPUs."""
    return _read("xpu", _xpu)


@cache
def pairs() -> Pairs:
    """Frameworks that share one environment."""
    return _read("pairs", _pairs)


def overlay(user: Mapping[str, Any] | None, origin: str = "") -> None:
    """Lay a user's tables over the shipped ones from now on; None: the shipped ones alone."""
    _USER.clear()
    _USER.update({name: (table, origin) for name, table in (user or {}).items()})
    for read in _READERS:
        read.cache_clear()


def laid_over(name: str) -> Mapping[str, Any]:
    """What the user's own data file says of a table; empty where nothing."""
    return _USER.get(name, ({}, ""))[0]


def origin() -> str:
    """The user's own data file, where one is laid over the tables."""
    return next((origin for _, origin in _USER.values()), "")


def names() -> tuple[str, ...]:
    """Every table that there is."""
    return tuple(sorted(path.stem for path in _DATA.glob("*.toml")))


def shipped(name: str) -> dict[str, Any]:
    """A table as it is shipped, unread."""
    return loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


def check(touched: Iterable[str]) -> None:
    """Read the tables of these names; raises ValueError, as they do."""
    wanted = set(touched)
    for read in _READERS:
        if read.__name__ in wanted:
            read()


def _read(name: str, build: Callable[[dict[str, Any]], _Table]) -> _Table:
    table, origin = _USER.get(name, ({}, ""))
    try:
        return build(merged(name, shipped(name), table, origin))
    except (KeyError, TypeError, AttributeError, InvalidVersion, InvalidSpecifier) as problem:
        raise ValueError(f"{_DATA / f'{name}.toml'}: {problem!r}") from problem


def _torch(data: dict[str, Any]) -> Torch:
    return Torch(
        floor=Version(data["floor"]["version"]),
        floor_why=data["floor"]["why"],
        metal_macos=Version(data["metal"]["macos"]),
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
        releases=tuple(_torch_release(row) for row in data["release"]),
    )


def _torch_release(row: dict[str, Any]) -> TorchRelease:
    versions = {name: _versions(row.get(name, {})) for name in ("cudnn", "glibc_of", "macos_of")}
    return TorchRelease(**_release(row, **versions, macos=Version(row["macos"])))


def _tensorflow(data: dict[str, Any]) -> Tensorflow:
    gpu = data["gpu"]
    return Tensorflow(
        floor=Version(data["floor"]["version"]),
        floor_why=data["floor"]["why"],
        gpu_platforms=tuple(gpu["platforms"]),
        **{name: value for name, value in gpu.items() if name != "platforms"},
        releases=tuple(_tensorflow_release(row) for row in data["release"]),
    )


def _tensorflow_release(row: dict[str, Any]) -> TensorflowRelease:
    lists = {name: tuple(row.get(name, ())) for name in ("kernels", "extra_python", "instead")}
    return TensorflowRelease(**_release(row, **lists))


def _release(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What the releases of every framework share."""
    return {
        **row,
        "version": Version(row["version"]),
        "date": str(row["date"]),
        "python": tuple(row["python"]),
        "python_on": {platform: tuple(there) for platform, there in row.get("python_on", {}).items()},
        "glibc": Version(row["glibc"]),
        **more,
    }


def _versions(texts: dict[str, str]) -> dict[str, Version]:
    return {name: Version(text) for name, text in texts.items()}


def _cuda(data: dict[str, Any]) -> Cuda:
    return Cuda(
        driver=tuple(Driver(**row) for row in data["driver"]),
        first_driver=tuple(FirstDriver(**row) for row in data["first_driver"]),
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


def _rocm(data: dict[str, Any]) -> Rocm:
    return Rocm(
        platforms=tuple(data["platforms"]),
        builds=tuple((SpecifierSet(row["torch"]), tuple(row["rocm"])) for row in data["builds"]),
        kernels={row["rocm"]: tuple(row["gfx"]) for row in data["kernels"]},
        override={gfx: row["value"] for row in data["override"] for gfx in row["gfx"]},
    )


def _xpu(data: dict[str, Any]) -> Xpu:
    return Xpu(
        platforms=tuple(data["platforms"]),
        releases=SpecifierSet(data["releases"]),
        wsl_from=Version(data["wsl_from"]),
        devices={ip: row["family"] for row in data["devices"] for ip in row["ip"]},
    )


def _pairs(data: dict[str, Any]) -> Pairs:
    return Pairs(clean=tuple(map(_pair, data["pair"])), clashes=tuple(map(_pair, data["clash"])))


def _pair(row: dict[str, Any]) -> Pair:
    names = ("torch", "tensorflow")
    releases: dict[str, Any] = {name: SpecifierSet(row[name]) for name in names if name in row}
    values: dict[str, Any] = {**row, **releases, "torch_variants": tuple(row.get("torch_variants", ()))}
    return Pair(**values)


#: The functions above; each is called as its table is.
_READERS: tuple[Any, ...] = (torch, tensorflow, cuda, keras, jax, rocm, xpu, pairs)
