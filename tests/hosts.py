"""A computer of which a test says what matters to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scaffold.machine.model import Host

_UNKNOWN = Host(
    os="linux", os_version="", kernel="", architecture="x86_64", libc="", cpu="", cpu_count=1, memory_total=None,
    memory_available=None, disk_free=None, container="", wsl=0, translated=False,
)  # fmt: skip


def plain_host(**told: Any) -> Host:
    """A Linux on x86-64 of which nothing else is known but what is told."""
    return replace(_UNKNOWN, **told)
