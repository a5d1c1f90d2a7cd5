"""What is known of the driver's branches and of several GPUs: ``data/driver_branches.toml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from scaffold.toml import loads


@cache
def table() -> dict[str, Any]:
    """The file."""
    path = Path(__file__).parent / "data" / "driver_branches.toml"
    return loads(path.read_text(encoding="utf-8"))


def cuda_of(driver: str) -> tuple[int, int] | None:
    """The CUDA version that a driver was released with; None where no row is as old.

    >>> cuda_of("535.129.03"), cuda_of("418.67"), cuda_of("96.43"), cuda_of("")
    ((12, 2), (10, 1), None, None)
    """
    branch = driver.partition(".")[0]
    if not branch.isdecimal():
        return None
    row = next((one for one in table()["branches"] if int(branch) >= one["driver"]), None)
    return None if row is None else _numbers(row["cuda"])


def driver_of(cuda: str) -> int | None:
    """The oldest branch that runs builds of a CUDA version.

    From CUDA 11 on that is the first of the generation: minor versions are compatible.

    >>> driver_of("12.6"), driver_of("10.2"), driver_of("13.2"), driver_of("")
    (525, 440, 580, None)
    """
    head = cuda.split(".")
    if len(head) < 2 or not (head[0].isdecimal() and head[1].isdecimal()):
        return None
    wanted = (int(head[0]), int(head[1]) if int(head[0]) < 11 else 0)
    fitting = [one["driver"] for one in table()["branches"] if _numbers(one["cuda"]) >= wanted]
    return min(fitting, default=None)


def nccl_of(capability: str) -> str:
    """NCCL's first release for a GPU; "" where any will do, or none is known.

    >>> nccl_of("12.0"), nccl_of("8.9"), nccl_of("")
    ('2.26.2', '', '')
    """
    if "." not in capability:
        return ""
    rows = (one for one in table()["nccl"] if _numbers(capability) >= _numbers(one["since"]))
    return next((str(one["version"]) for one in rows), "")


def _numbers(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor)
