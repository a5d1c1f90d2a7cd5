"""Watch a real host and write down what it is asked, so that `scaffold.recorded` can stand in for it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scaffold.recorded import SCHEMA, normalised
from scaffold.system import READ_LIMIT, Completed, PlatformFacts, System, Volume, joined

_PathLike = str | os.PathLike[str]


class RecordingSystem:
    """A real host that notes what it is asked and what it answers.

    Environment variables are noted one by one as they are looked up: the others are nobody's business.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._environment: dict[str, str] = {}
        self._asked: dict[str, Any] = {
            "files": {}, "bytes": {}, "links": {}, "paths": set(), "accessible": set(),
            "programs": {}, "commands": {}, "probes": {}, "disk_free": None, "memory": None,
            "volumes": {}, "commit": None,
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

    def read_bytes(self, path: _PathLike, *, offset: int = 0, size: int = READ_LIMIT) -> bytes | None:
        part = self._system.read_bytes(path, offset=offset, size=size)
        if part is not None:
            parts = self._asked["bytes"].setdefault(os.fspath(path), {})
            parts[str(offset)] = max(parts.get(str(offset), ""), part.hex(), key=len)
        return part

    def list_folder(self, path: _PathLike) -> tuple[str, ...]:
        names = self._system.list_folder(path)
        self._asked["paths"].update(f"{normalised(path)}/{name}" for name in names)
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

    def volume(self, path: _PathLike) -> Volume | None:
        found = self._system.volume(path)
        if found is not None:
            self._asked["volumes"][os.fspath(path)] = asdict(found)
        return found

    def commit(self) -> tuple[int, int] | None:
        self._asked["commit"] = commit = self._system.commit()
        return commit

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


def _answer(done: Completed) -> dict[str, Any]:
    return {"outcome": done.outcome, "status": done.status, "stdout": done.stdout, "stderr": done.stderr}
