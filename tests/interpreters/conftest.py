"""Hosts that are folders and links only, and a judge that knows what their programs would answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scaffold.interpreters.inspection import Inspect
from scaffold.interpreters.model import Interpreter, Refusal
from scaffold.interpreters.places import Candidate
from scaffold.recorded import RecordedSystem
from scaffold.system import System


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory):
    """Answers of interpreters are kept for this run only, not in the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
            patch.setenv(name, str(tmp_path_factory.mktemp("cache")))
        yield


MACHINES = {"linux": "x86_64", "macos": "arm64", "windows": "AMD64"}
HOMES = {"linux": "/home/ada", "macos": "/Users/ada", "windows": "C:/Users/ada"}


def host(
    os: str = "linux",
    *paths: str,
    files: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
    programs: Mapping[str, str] | None = None,
    commands: Mapping[str, Any] | None = None,
    release: str = "",
    **environment: str,
) -> RecordedSystem:
    return RecordedSystem(
        {
            "schema": "scaffold/host/1",
            "platform": {
                "os": os, "machine": MACHINES[os], "release": release, "version": "", "libc": "", "cpu_count": 2,
            },
            "environment": environment,
            "home": HOMES[os],
            "files": dict(files or {}),
            "links": dict(links or {}),
            "paths": list(paths),
            "programs": dict(programs or {}),
            "commands": dict(commands or {}),
        }
    )  # fmt: skip


def judge(answers: Mapping[str, str], *, machine: str = "x86_64") -> Inspect:
    """Programs by path: a version, or the reason why it is refused."""

    def inspect(system: System, candidate: Candidate) -> Interpreter | Refusal:
        answer = answers.get(str(candidate.path), "it does not answer as a Python does")
        if not answer[0].isdigit():
            return Refusal(path=candidate.path, why=answer)
        return interpreter(str(candidate.path), answer, candidate.origin, machine=machine)

    return inspect


def interpreter(path: str, version: str, origin: str = "PATH", *, machine: str = "x86_64") -> Interpreter:
    return Interpreter(
        path=Path(path), version=version, implementation="CPython", machine=machine, bits=64, origin=origin
    )
