"""Starting must stay cheap: what ``--help`` and ``--version`` load, told by Python itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "copier",
    "cookiecutter",
    "virtualenv",
    "jinja2",
    "prompt_toolkit",
    "rich",
    "tomlkit",
    "uv",
    "platformdirs",
    "packaging",
    "python_discovery",
    "filelock",
    "urllib.request",
    "http.client",
    "email",
    "xml",
    "ssl",
    "asyncio",
    "torch",
    "tensorflow",
    "keras",
    "numpy",
}


def loaded_modules(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "scaffold", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip() for line in lines}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("new", "--help"),
        ("detect", "--help"),
        ("doctor", "--help"),
        ("run", "--help"),
        ("env", "--help"),
        ("templates", "--help"),
    ],
)
def test_help_and_version_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    modules = loaded_modules(*arguments)
    # A library's submodules only come with the library, so its own name is enough.
    assert sorted(HEAVY & modules) == []


@pytest.mark.parametrize("package", ["scaffold.cli", "scaffold.cli.env"])
def test_the_tables_of_commands_say_what_the_commands_say(package: str) -> None:
    from importlib import import_module

    table: dict[str, str] = import_module(package).COMMANDS
    said = {name: import_module(f"{package}.{name}").command.help.splitlines()[0] for name in table}
    assert said == table
