"""Which Python is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.probing.aim import aim, known
from scaffold.probing.target import Target
from tests.probing.interpreter.hosts import host

PROJECT = Path("/home/ada/project")
PYENV = "/home/ada/.pyenv"


def target(python: str, prefix: str, how: str, *, own: bool = False) -> Target:
    return Target(folder=PROJECT, python=Path(python), prefix=Path(prefix), how=how, own=own)


HOSTS = {
    "an environment in the folder, before what the shell has active": (
        {"paths": ["/home/ada/project/venv/bin/python"], "environment": {"VIRTUAL_ENV": "/other"}},
        target("/home/ada/project/venv/bin/python", "/home/ada/project/venv", "venv of the folder"),
    ),
    "one whose interpreter leads nowhere": (
        {"links": {"/home/ada/project/.venv/bin/python": "/gone/python"}},
        target("/home/ada/project/.venv/bin/python", "/home/ada/project/.venv", ".venv of the folder"),
    ),
    "one of which only the configuration is left": (
        {"files": {"/home/ada/project/.venv/pyvenv.cfg": "home = /usr/bin\n"}},
        target("/home/ada/project/.venv/bin/python", "/home/ada/project/.venv", ".venv of the folder"),
    ),
    "one of Windows, seen from WSL": (
        {"paths": ["/home/ada/project/.venv/Scripts/python.exe"]},
        target(
            "/home/ada/project/.venv/Scripts/python.exe", "/home/ada/project/.venv", ".venv of the folder"
        ),
    ),
    "uv's variable": (
        {"paths": ["/opt/env/bin/python"], "environment": {"UV_PROJECT_ENVIRONMENT": "/opt/env"}},
        target("/opt/env/bin/python", "/opt/env", "UV_PROJECT_ENVIRONMENT"),
    ),
    "the active one of conda": (
        {"paths": ["/opt/conda/bin/python"], "environment": {"CONDA_PREFIX": "/opt/conda"}},
        target("/opt/conda/bin/python", "/opt/conda", "CONDA_PREFIX"),
    ),
    "a file .env is no environment": (
        {
            "files": {"/home/ada/project/.env": "A=1"},
            "paths": ["/usr/bin/python3"],
            "programs": {"python3": "/usr/bin/python3"},
        },
        target("/usr/bin/python3", "/usr", "python3 on PATH"),
    ),
    "what pyenv's stand-in starts": (
        {
            "files": {f"{PYENV}/version": "3.11.7\n", "/home/ada/project/.python-version": "3.12\n"},
            "paths": [f"{PYENV}/versions/{one}/bin/python" for one in ("3.11.7", "3.12.4", "3.12.10")],
            "programs": {"python": f"{PYENV}/shims/python"},
        },
        target(f"{PYENV}/versions/3.12.10/bin/python", f"{PYENV}/versions/3.12.10", "python on PATH"),
    ),
    "a stand-in whose version is not there": (
        {"files": {f"{PYENV}/version": "3.9.1\n"}, "programs": {"python": f"{PYENV}/shims/python"}},
        target(f"{PYENV}/shims/python", f"{PYENV}/shims", "python on PATH"),
    ),
    "none": ({}, Target(folder=PROJECT)),
}


@pytest.mark.parametrize("case", HOSTS)
def test_what_is_looked_at(case) -> None:
    recorded, expected = HOSTS[case]
    assert aim(host(**recorded), PROJECT) == expected


def test_what_the_user_names() -> None:
    system = host(
        paths=["/opt/env/bin/python", "/opt/env/pyvenv.cfg", "/usr/bin/python3.12"],
        links={"/opt/broken/bin/python": "/gone"},
    )
    for named in ("/opt/env", "/opt/env/bin/python"):
        assert aim(system, PROJECT, python=Path(named)) == target(
            "/opt/env/bin/python", "/opt/env", "--python"
        )
    broken = target("/opt/broken/bin/python", "/opt/broken", "--python")
    assert aim(system, PROJECT, python=Path("/opt/broken")) == broken
    assert aim(system, PROJECT, python=Path("/opt/broken/bin/python")) == broken


def test_names_that_are_no_paths() -> None:
    conda = "/home/ada/miniforge3/envs/train"
    system = host(
        paths=[f"{conda}/conda-meta/history"],
        environment={"CONDA_EXE": "/home/ada/miniforge3/bin/conda"},
        programs={"python3.12": "/usr/bin/python3.12"},
        links={"/gone/python": "/nowhere"},
    )
    assert known(system, Path("python3.12")) == Path("/usr/bin/python3.12")
    assert known(system, Path("train")) == Path(conda)
    assert known(system, Path("/gone/python")) == Path("/gone/python")
    assert [known(system, Path(one)) for one in ("nonsense", "/not/there")] == [None, None]
