"""Interpreters and environments out of loose descriptions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from scaffold.facts.told import Told
from scaffold.probing.interpreter.model import Outside, PythonFacts, Script, VenvFacts
from scaffold.replay.interpreter import told

NOTHING = asdict(PythonFacts())


def known(description: object) -> dict[str, Any]:
    """What a description tells, and nothing that stays unknown."""
    found = told(Told(description, []))
    return {name: getattr(found, name) for name, value in asdict(found).items() if value != NOTHING[name]}


TOLD = {
    "conda, with a package of the user's": (
        {
            "python": {"version": "3.7", "manager": "conda 4.10"},
            "packages": {"h5py": {"version_in_env": "2.10.0", "version_imported": "3.1.0", "location": "~/.local"}},
            "env": {"PYTHONNOUSERSITE": None},
        },
        {
            "version": "3.7", "manager": "conda", "user_site_enabled": True,
            "outside": (
                Outside(name="h5py", version="3.1.0", location="~/.local", hidden="2.10.0", imported=True),
            ),
        },
    ),
    "a script whose interpreter is gone": (
        {"files": {"/usr/local/bin/pip": "#!/usr/local/opt/python/bin/python2.7 (missing)"}},
        {
            "stale": (
                Script(path="/usr/local/bin/pip", interpreter="/usr/local/opt/python/bin/python2.7", alive=False),
            )
        },
    ),
    "a broken environment": (
        {"venv": {"tool": "uv", "pyvenv.cfg.home": "/usr/local/bin", "bin/python": "/usr/bin/python3.14 (missing)"}},
        {
            "virtual": True, "externally_managed": False, "user_site_enabled": False,
            "venv": VenvFacts(
                tool="uv", home="/usr/local/bin", program="/usr/bin/python3.14", program_alive=False
            ),
        },
    ),
    "one that is whole, outside of a sandbox": (
        {"venv": {"bin/python": "/usr/bin/python3.10 (does not exist inside the sandbox)"}},
        {
            "virtual": True, "externally_managed": False, "user_site_enabled": False,
            "venv": VenvFacts(program="/usr/bin/python3.10"),
        },
    ),
    "the system's own": (
        {"python": {"managed": "system"}, "packages": {"torch": {"manager": "pacman"}}},
        {"manager": "system", "externally_managed": True, "managed_packages": ("torch",)},
    ),
    "what pip says of itself": (
        {"python": {"version": "3.11.4"}, "pip": "pip 23.0 from /usr/lib/python3.9/site-packages/pip (python 3.9)"},
        {"version": "3.11.4", "pip_differs": True},
    ),
    "an Intel program on Apple silicon": (
        {"os": {"family": "macos"}, "python": {"version": "3.10.0", "machine": "x86_64 (suspected)"}},
        {"version": "3.10.0", "machine": "x86_64", "bits": 64},
    ),
    "32 bits": (
        {"os": {"family": "windows"}, "python": {"version": "3.9", "build": "32-bit"}},
        {"version": "3.9", "bits": 32},
    ),
    "an embedded one without headers": (
        {"python": {"version": "3.12", "kind": "embedded"}, "files": {"Include/Python.h": "missing"}},
        {"version": "3.12", "manager": "embedded", "has_headers": False},
    ),
    "an environment that was moved": (
        {"venv": {"path": "/new/.venv", "moved": True}},
        {
            "virtual": True, "externally_managed": False, "user_site_enabled": False,
            "venv": VenvFacts(folder="/new/.venv", made_at="another folder"),
        },
    ),
    "one whose base was upgraded": (
        {"python": {"version": "3.12", "source": "homebrew, upgraded"}, "venv": {"path": ".venv", "python": "3.11"}},
        {
            "version": "3.12", "manager": "homebrew", "virtual": True, "externally_managed": False,
            "user_site_enabled": False,
            "venv": VenvFacts(folder=".venv", home_alive=False, version="3.11", site_packages=False),
        },
    ),
    "two versions, one of the user's": (
        {"packages": {"numpy": {"version_in_env": "2.0", "version_in_user_site": "1.26"}}},
        {
            "outside": (
                Outside(name="numpy", version="1.26", location="version_in_user_site", hidden="2.0", imported=True),
            )
        },
    ),
    "a constraint stays one": ({"python": {"version": ">=3.9"}}, {"version": ">=3.9"}),
    "free-threaded": ({"python": {"version": "3.13", "build": "free-threaded"}}, {"version": "3.13", "free_threaded": True}),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_what_is_told_is_known(case) -> None:
    description, expected = TOLD[case]
    assert known(description) == expected


@pytest.mark.parametrize(
    "description",
    [
        None, 3, "python", [], {}, {"python": 3}, {"python": [{}]}, {"python": {"version": {}}},
        {"venv": []}, {"venv": {"bin/python": 4}}, {"files": "x"}, {"files": {"a": None, "b": [1]}},
        {"packages": [1]}, {"packages": {"torch": None, "numpy": {"location": {}, "locations": [3]}}},
        {"env": 3}, {"env": {"VIRTUAL_ENV": []}}, {"pip": {"python": [1]}}, {"os": 1, "python": {"machine": "arm64"}},
    ],
)  # fmt: skip
def test_odd_descriptions_harm_nothing(description) -> None:
    assert isinstance(told(Told(description, [])), PythonFacts)


@pytest.mark.parametrize(
    ("told_as", "version"),
    [(3.1, "3.10"), ("3.1", None), (3.11, "3.11"), ("3.10", "3.10")],
)
def test_a_version_as_a_number_has_lost_its_last_zero(told_as: object, version: str | None) -> None:
    assert known({"python": {"version": told_as}}).get("version") == version
