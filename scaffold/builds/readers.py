"""A table's TOML as typed rows: what `scaffold.builds.tables` reads with. They raise what the types raise."""

from __future__ import annotations

from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import Version

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


def torch_table(data: dict[str, Any]) -> Torch:
    """PyTorch's table."""
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
    seen = {"pytorch_index": _lists(row["pytorch_index"])} if "pytorch_index" in row else {}
    return TorchRelease(**_release(row, **versions, macos=Version(row["macos"]), **seen))


def tensorflow_table(data: dict[str, Any]) -> Tensorflow:
    """TensorFlow's table."""
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
    return TensorflowRelease(**_release(row, **lists, cpu_python=_lists(row.get("cpu_python", {}))))


def _release(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What the releases of every framework share."""
    return {
        **row,
        "version": Version(row["version"]),
        "date": str(row["date"]),
        "python": tuple(row["python"]),
        "python_on": _lists(row.get("python_on", {})),
        "not_reached": tuple(row.get("not_reached", ())),
        "glibc": Version(row["glibc"]),
        **more,
    }


def _lists(texts: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {platform: tuple(there) for platform, there in texts.items()}


def _versions(texts: dict[str, str]) -> dict[str, Version]:
    return {name: Version(text) for name, text in texts.items()}


def cuda_table(data: dict[str, Any]) -> Cuda:
    """What drivers, devices and cuDNN go together with."""
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


def keras_table(data: dict[str, Any]) -> Keras:
    """Keras by Python."""
    rows = data["companion"]
    return Keras(
        floor=data["floor"],
        companion={python: row["requirement"] for row in rows for python in row["python"]},
    )


def rocm_table(data: dict[str, Any]) -> Rocm:
    """PyTorch's builds for AMD."""
    return Rocm(
        platforms=tuple(data["platforms"]),
        builds=tuple((SpecifierSet(row["torch"]), tuple(row["rocm"])) for row in data["builds"]),
        kernels={row["rocm"]: tuple(row["gfx"]) for row in data["kernels"]},
        triton=_triton(data),
        override={gfx: row["value"] for row in data["override"] for gfx in row["gfx"]},
    )


def _triton(data: dict[str, Any]) -> tuple[tuple[SpecifierSet, str], ...]:
    return tuple((SpecifierSet(row["torch"]), row["package"]) for row in data["triton"])


def xpu_table(data: dict[str, Any]) -> Xpu:
    """PyTorch's builds for Intel GPUs."""
    return Xpu(
        platforms=tuple(data["platforms"]),
        releases=SpecifierSet(data["releases"]),
        wsl_from=Version(data["wsl_from"]),
        triton=_triton(data),
        devices={ip: row["family"] for row in data["devices"] for ip in row["ip"]},
    )


def pairs_table(data: dict[str, Any]) -> Pairs:
    """What shares an environment, and what does not."""
    return Pairs(clean=tuple(map(_pair, data["pair"])), clashes=tuple(map(_pair, data["clash"])))


def _pair(row: dict[str, Any]) -> Pair:
    names = ("torch", "tensorflow")
    releases: dict[str, Any] = {name: SpecifierSet(row[name]) for name in names if name in row}
    values: dict[str, Any] = {**row, **releases, "torch_variants": tuple(row.get("torch_variants", ()))}
    return Pair(**values)


#: The functions above; each is called as its table is.
