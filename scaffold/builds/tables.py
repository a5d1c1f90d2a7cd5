"""The compatibility tables in ``data/``, read into typed rows (`scaffold.builds.rows`).

Each block of a table names its source and its date. A table that contradicts itself is a ValueError
when it is read, with the file and what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from packaging.specifiers import InvalidSpecifier
from packaging.version import InvalidVersion

from scaffold.builds import readers
from scaffold.builds.jax_rows import Jax, jax_table
from scaffold.builds.overlay import merged
from scaffold.builds.rows import Cuda, Keras, Pairs, Rocm, Tensorflow, Torch, Xpu
from scaffold.toml import loads

_DATA = Path(__file__).parent / "data"
_Table = TypeVar("_Table")

#: The user's tables by name, each with the file that it stands in.
_USER: dict[str, tuple[Mapping[str, Any], str]] = {}


@cache
def torch() -> Torch:
    """PyTorch's table."""
    return _read("torch", readers.torch_table)


@cache
def tensorflow() -> Tensorflow:
    """TensorFlow's table."""
    return _read("tensorflow", readers.tensorflow_table)


@cache
def cuda() -> Cuda:
    """Drivers, kernels and cuDNN."""
    return _read("cuda", readers.cuda_table)


@cache
def keras() -> Keras:
    """Keras by Python."""
    return _read("keras", readers.keras_table)


@cache
def jax() -> Jax:
    """JAX's table."""
    return _read("jax", jax_table)


@cache
def rocm() -> Rocm:
    """PyTorch's builds for AMD."""
    return _read("rocm", readers.rocm_table)


@cache
def xpu() -> Xpu:
    """PyTorch's builds for Intel GPUs."""
    return _read("xpu", readers.xpu_table)


@cache
def pairs() -> Pairs:
    """Frameworks that share one environment."""
    return _read("pairs", readers.pairs_table)


def overlay(user: Mapping[str, Any] | None, origin: str = "") -> None:
    """Lay a user's tables over the shipped ones from now on; None: the shipped ones alone."""
    _lay({name: (table, origin) for name, table in (user or {}).items()})


@contextmanager
def laid_over_for(user: Mapping[str, Any], origin: str = "") -> Iterator[None]:
    """Lay a user's tables over the shipped ones for a block; what was laid over them before is so again."""
    before = dict(_USER)
    overlay(user, origin)
    try:
        yield
    finally:
        _lay(before)


def _lay(user: Mapping[str, tuple[Mapping[str, Any], str]]) -> None:
    _USER.clear()
    _USER.update(user)
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


#: Every reader, for what concerns them all.
_READERS: tuple[Any, ...] = (torch, tensorflow, cuda, keras, jax, rocm, xpu, pairs)
