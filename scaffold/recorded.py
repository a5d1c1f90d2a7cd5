"""A host that was written down: it stands in for any machine (`scaffold.recording` writes one down).

The file is JSON, schema ``scaffold/host/1``; every key but ``schema`` and ``platform`` may be left out::

    {"schema": "scaffold/host/1", "about": "a laptop with an RTX 3060",
     "platform": {"os": "linux", "machine": "x86_64", "release": "6.8.0-45-generic", "version": "",
                  "libc": "glibc 2.39", "cpu_count": 16},
     "environment": {"PATH": "/usr/bin"}, "home": "/home/ada", "interactive": true,
     "files": {"/proc/version": "Linux version 6.8.0"},
     "bytes": {"/usr/bin/python3.12": {"0": "7f454c46"}},
     "links": {"/sys/bus/pci/devices/0000:01:00.0/driver": "../../../bus/pci/drivers/nvidia"},
     "paths": ["/dev/nvidiactl"], "accessible": ["/dev/nvidiactl"],
     "programs": {"nvidia-smi": "/usr/bin/nvidia-smi"},
     "commands": {"nvidia-smi -L": {"status": 0, "stdout": "GPU 0: ...", "stderr": ""}},
     "probes": {"libcuda": {"status": 0, "stdout": "{...}"}},
     "disk_free": 812000000000, "memory": null, "commit": null,
     "volumes": {"/dev/shm": {"total": 67108864, "free": 67108864, "free_files": null}}}
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from scaffold.errors import ScaffoldError
from scaffold.system import READ_LIMIT, Completed, PlatformFacts, Volume, joined

SCHEMA = "scaffold/host/1"

_PathLike = str | os.PathLike[str]


class RecordedSystem:
    """A host whose every answer was written down. What was not written down is not there."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        if record.get("schema") != SCHEMA:
            raise ScaffoldError(
                f"A recorded host has the schema {record.get('schema')!r} where {SCHEMA!r} is needed",
                code="host-record-refused",
            )
        self._record = record
        self.platform = PlatformFacts(**record["platform"])
        self.environment: Mapping[str, str] = dict(record.get("environment", {}))
        self._files = {normalised(path): text for path, text in record.get("files", {}).items()}
        self._links = {normalised(path): target for path, target in record.get("links", {}).items()}
        named = [*record.get("paths", ()), *record.get("accessible", ())]
        self._bytes = {normalised(path): parts for path, parts in record.get("bytes", {}).items()}
        self._paths = {*self._files, *self._bytes, *self._links, *map(normalised, named)}
        self._accessible = {normalised(path) for path in record.get("accessible", ())}

    @classmethod
    def load(cls, path: Path) -> RecordedSystem:
        """Read a recorded host from a file; a file that holds none is a ScaffoldError."""
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            return cls(record)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
            raise ScaffoldError(
                f"No recorded host can be read from {path}",
                detail=(str(problem),),
                code="host-record-refused",
            ) from problem

    @property
    def home(self) -> Path | None:
        home = self._record.get("home")
        return Path(home) if home else None

    @property
    def interactive(self) -> bool:
        return bool(self._record.get("interactive", False))

    def run(
        self,
        argv: Sequence[_PathLike],
        *,
        timeout: float | None,  # noqa: ARG002 a recorded program needs no time
        environment: Mapping[str, str] | None = None,  # noqa: ARG002 it was recorded in its own
        cwd: Path | None = None,  # noqa: ARG002
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        command = joined(argv)
        commands = self._record.get("commands", {})
        by_name = " ".join((_program(command[0]), *command[1:]))
        answer = commands.get(" ".join(command)) or commands.get(by_name)
        completed = _completed(command, answer)
        if on_line:
            for line in completed.stdout.splitlines():
                on_line(line)
        return completed

    def python(self, script: Path, *arguments: str, timeout: float) -> Completed:  # noqa: ARG002
        probes = self._record.get("probes", {})
        answer = probes.get(" ".join((script.stem, *arguments))) or probes.get(script.stem)
        return _completed((script.name, *arguments), answer)

    def which(self, program: str) -> Path | None:
        found = self._record.get("programs", {}).get(program)
        return Path(found) if found else None

    def read_text(self, path: _PathLike) -> str | None:
        return self._files.get(normalised(path))

    def read_bytes(self, path: _PathLike, *, offset: int = 0, size: int = READ_LIMIT) -> bytes | None:
        part = self._bytes.get(normalised(path), {}).get(str(offset))
        if part is not None:
            return bytes.fromhex(part)[:size]
        text = self._files.get(normalised(path))
        return None if text is None else text.encode()[offset : offset + size]

    def list_folder(self, path: _PathLike) -> tuple[str, ...]:
        folder = normalised(path).rstrip("/") + "/"
        below = (known.removeprefix(folder) for known in self._paths if known.startswith(folder))
        return tuple(sorted({name.split("/")[0] for name in below} - {""}))

    def exists(self, path: _PathLike) -> bool:
        return normalised(path) in self._paths or bool(self.list_folder(path))

    def is_accessible(self, path: _PathLike) -> bool:
        return normalised(path) in self._accessible

    def resolve_link(self, path: _PathLike) -> str | None:
        return self._links.get(normalised(path))

    def disk_free(self, path: _PathLike) -> int | None:  # noqa: ARG002 one number serves every folder
        free = self._record.get("disk_free")
        return None if free is None else int(free)

    def volume(self, path: _PathLike) -> Volume | None:
        volumes = {normalised(place): found for place, found in self._record.get("volumes", {}).items()}
        folder = PurePosixPath(normalised(path))
        found = next(
            (volumes[name] for one in (folder, *folder.parents) if (name := str(one)) in volumes), None
        )
        return Volume(**found) if found else None

    def memory(self) -> tuple[int, int] | None:
        return self._pair("memory")

    def commit(self) -> tuple[int, int] | None:
        return self._pair("commit")

    def _pair(self, name: str) -> tuple[int, int] | None:
        pair = self._record.get(name)
        return (int(pair[0]), int(pair[1])) if pair else None


def normalised(path: _PathLike) -> str:
    r"""One spelling for ``C:\Windows\`` and ``C:/Windows``, whatever the host that replays it."""
    text = os.fspath(path).replace("\\", "/")
    return text.rstrip("/") or "/"


def _program(path: str) -> str:
    return PureWindowsPath(path).stem if "\\" in path else PurePosixPath(path).name


def _completed(argv: tuple[str, ...], answer: Mapping[str, Any] | None) -> Completed:
    if answer is None:
        return Completed(argv=argv, outcome="missing")
    outcome = answer.get("outcome", "exited")
    return Completed(
        argv=argv,
        outcome=outcome,
        status=answer.get("status", 0) if outcome == "exited" else None,
        stdout=answer.get("stdout", ""),
        stderr=answer.get("stderr", ""),
    )
