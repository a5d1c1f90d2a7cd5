"""Rules about limits, disks, paths and file systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.checks.room import disks, file_systems, limits, memory, paths, shared_memory, windows

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    file_systems.links,
    file_systems.mount_options,
    windows.long_path,
    paths.separators,
    paths.cloud,
    paths.charset,
    paths.sockets,
    disks.answering,
    disks.room_left,
    disks.writable,
    disks.variables_expanded,
    shared_memory.large_enough,
    limits.open_files,
    limits.processes,
    limits.further,
    limits.processors,
    memory.enough,
    memory.watches,
    memory.encoding,
    windows.page_file,
)
