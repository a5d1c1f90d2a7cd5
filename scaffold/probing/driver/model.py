"""What is known of the driver stack beside `scaffold.machine`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverFacts:
    """Facts about drivers. None: unknown."""

    module_version: str | None = None  # of the loaded kernel module, 535.129.03; "" where none is loaded
    library_version: str | None = None  # of libcuda.so.1 and libnvidia-ml.so.1, by their file names
    secure_boot: bool | None = None
