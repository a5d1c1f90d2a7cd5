"""A host that was written down: it stands in for any machine, and is made by watching a real one.

The file is JSON, schema ``scaffold/host/1``; every key but ``schema`` and ``platform`` may be left out::

    {"schema": "scaffold/host/1", "about": "a laptop with an RTX 3060",
     "platform": {"os": "linux", "machine": "x86_64", "release": "6.8.0-45-generic", "version": "",
                  "libc": "glibc 2.39", "cpu_count": 16},
     "environment": {"PATH": "/usr/bin"}, "home": "/home/ada", "interactive": true,
     "files": {"/proc/version": "Linux version 6.8.0"},
     "links": {"/sys/bus/pci/devices/0000:01:00.0/driver": "../../../bus/pci/drivers/nvidia"},
     "paths": ["/dev/nvidiactl"], "accessible": ["/dev/nvidiactl"],
     "programs": {"nvidia-smi": "/usr/bin/nvidia-smi"},
     "commands": {"nvidia-smi -L": {"status": 0, "stdout": "GPU 0: ...", "stderr": ""}},
     "probes": {"libcuda": {"status": 0, "stdout": "{...}"}},
     "disk_free": 812000000000, "memory": null}
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from scaffold.errors import ScaffoldError
from scaffold.system import Completed, PlatformFacts, System, joined

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
        self._files = {_key(path): text for path, text in record.get("files", {}).items()}
        self._links = {_key(path): target for path, target in record.get("links", {}).items()}
        named = [*record.get("paths", ()), *record.get("accessible", ())]
        self._paths = {*self._files, *self._links, *map(_key, named)}
        self._accessible = {_key(path) for path in record.get("accessible", ())}

    @classmethod
    def load(cls, path: Path) -> RecordedSystem:
        """Read a recorded host from a file; a file that holds none is a ScaffoldError."""
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            return cls(record)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
            raise ScaffoldError(
                f"No recorded host can be read from {path}", detail=(str(problem),), code="host-record-refused"
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
        answer = commands.get(" ".join(command)) or commands.get(" ".join((_program(command[0]), *command[1:])))
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
        return self._files.get(_key(path))

    def list_folder(self, path: _PathLike) -> tuple[str, ...]:
        folder = _key(path).rstrip("/") + "/"
        below = {known.removeprefix(folder).split("/")[0] for known in self._paths if known.startswith(folder)}
        return tuple(sorted(below - {""}))

    def exists(self, path: _PathLike) -> bool:
        return _key(path) in self._paths or bool(self.list_folder(path))

    def is_accessible(self, path: _PathLike) -> bool:
        return _key(path) in self._accessible

    def resolve_link(self, path: _PathLike) -> str | None:
        return self._links.get(_key(path))

    def disk_free(self, path: _PathLike) -> int | None:  # noqa: ARG002 one number serves every folder
        free = self._record.get("disk_free")
        return None if free is None else int(free)

    def memory(self) -> tuple[int, int] | None:
        memory = self._record.get("memory")
        return (int(memory[0]), int(memory[1])) if memory else None


class RecordingSystem:
    """A real host that notes what it is asked and what it answers.

    Environment variables are noted one by one as they are looked up: the others are nobody's business.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._environment: dict[str, str] = {}
        self._asked: dict[str, Any] = {
            "files": {}, "links": {}, "paths": set(), "accessible": set(),
            "programs": {}, "commands": {}, "probes": {}, "disk_free": None, "memory": None,
        }  # fmt: skip
        self.environment: Mapping[str, str] = _WatchedEnvironment(system.environment, self._environment)

    def record(self, about: str = "") -> dict[str, Any]:
        """What was asked so far, in the schema that RecordedSystem reads."""
        asked = {name: sorted(kept) if isinstance(kept, set) else kept for name, kept in self._asked.items()}
        return {
            "schema": SCHEMA,
            "about": about,
            "platform": asdict(self.platform),
            "environment": dict(self._environment),
            "home": None if self.home is None else str(self.home),
            "interactive": self.interactive,
            **asked,
        }

    def save(self, path: Path, about: str = "") -> None:
        """Write the record to a file."""
        text = json.dumps(self.record(about), indent=1, sort_keys=True, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")

    @property
    def platform(self) -> PlatformFacts:
        return self._system.platform

    @property
    def home(self) -> Path | None:
        return self._system.home

    @property
    def interactive(self) -> bool:
        return self._system.interactive

    def run(
        self,
        argv: Sequence[_PathLike],
        *,
        timeout: float | None,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        done = self._system.run(argv, timeout=timeout, environment=environment, cwd=cwd, on_line=on_line)
        self._asked["commands"][" ".join(joined(argv))] = _answer(done)
        return done

    def python(self, script: Path, *arguments: str, timeout: float) -> Completed:
        done = self._system.python(script, *arguments, timeout=timeout)
        self._asked["probes"][" ".join((script.stem, *arguments))] = _answer(done)
        return done

    def which(self, program: str) -> Path | None:
        found = self._system.which(program)
        if found is not None:
            self._asked["programs"][program] = str(found)
        return found

    def read_text(self, path: _PathLike) -> str | None:
        text = self._system.read_text(path)
        if text is not None:
            self._asked["files"][os.fspath(path)] = text
        return text

    def list_folder(self, path: _PathLike) -> tuple[str, ...]:
        names = self._system.list_folder(path)
        self._asked["paths"].update(f"{_key(path)}/{name}" for name in names)
        return names

    def exists(self, path: _PathLike) -> bool:
        return self._noted("paths", path, there=self._system.exists(path))

    def is_accessible(self, path: _PathLike) -> bool:
        return self._noted("accessible", path, there=self._system.is_accessible(path))

    def resolve_link(self, path: _PathLike) -> str | None:
        target = self._system.resolve_link(path)
        if target is not None:
            self._asked["links"][os.fspath(path)] = target
        return target

    def disk_free(self, path: _PathLike) -> int | None:
        self._asked["disk_free"] = free = self._system.disk_free(path)
        return free

    def memory(self) -> tuple[int, int] | None:
        self._asked["memory"] = memory = self._system.memory()
        return memory

    def _noted(self, kind: str, path: _PathLike, *, there: bool) -> bool:
        if there:
            self._asked[kind].add(os.fspath(path))
        return there


class _WatchedEnvironment(Mapping[str, str]):
    """Environment variables that remember which of them were looked up by name."""

    def __init__(self, variables: Mapping[str, str], seen: dict[str, str]) -> None:
        self._variables, self._seen = variables, seen

    def __getitem__(self, name: str) -> str:
        self._seen[name] = value = self._variables[name]
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


def _key(path: _PathLike) -> str:
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


def _answer(done: Completed) -> dict[str, Any]:
    return {"outcome": done.outcome, "status": done.status, "stdout": done.stdout, "stderr": done.stderr}
