"""The interpreters that this machine's IDEs know, as `scaffold run` asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.pycharm.launching.launch import resolve
from scaffold.pycharm.registration.known import registered_interpreters
from tests.pycharm.projects_on_disk import Host, add_environment, make_project

from .machine import Machine, config


def table(**interpreters: str) -> str:
    entries = "".join(
        f'<jdk version="2"><name value="{name}" /><type value="Python SDK" /><homePath value="{home}" /></jdk>'
        for name, home in interpreters.items()
    )
    return f'<application><component name="ProjectJdkTable">{entries}</component></application>'


def test_the_newest_pycharm_says_what_a_name_means(user: Path, machine: Machine) -> None:
    assert registered_interpreters(machine) is None
    config(user, "PyCharm2026.3")
    assert registered_interpreters(machine) == {}
    config(user, "PyCharm2025.1", table(mine="/old/python", alone="/alone/python"))
    config(user, "PyCharm2026.2", table(mine="$USER_HOME$/x/bin/python"))
    config(user, "PyCharm2024.1", "<application")
    config(user, "PyCharmCE2023.3")
    config(user, "DataSpell2026.1", table(mine="/d/python", spell="/spell/python"))
    assert registered_interpreters(machine) == {
        "mine": user / "x/bin/python",
        "alone": Path("/alone/python"),
        "spell": Path("/spell/python"),
    }


@pytest.mark.parametrize(
    ("name", "known", "runs", "problem"),
    [
        ("mine", "{other}", "other", ""),
        ("Python 3.12 (cnn-project)", "{other}", "other", ""),
        ("Python 3.12 (cnn-project)", "", "own", ""),
        (
            "mine",
            "",
            "own",
            "no PyCharm on this machine knows the interpreter mine; {own} is started instead",
        ),
        *(
            (
                name,
                "",
                "own",
                f"no PyCharm on this machine knows the interpreter {name}; {{own}} is started instead",
            )
            for name in ("Python 3.10 (lab)", "Python 3.10", "Python 3.12 (cnn-project-keras)")
        ),
        ("mine", "/gone", "own", "the interpreter mine is not there (/gone); {own} is started instead"),
    ],
)
def test_the_interpreter_that_was_chosen_in_pycharm_is_started(
    tmp_path: Path, host: Host, name: str, known: str, runs: str, problem: str
) -> None:
    root = make_project(tmp_path / "cnn-project")
    for path in (root / ".idea").iterdir():
        path.write_text(path.read_text().replace("Python 3.12 (cnn-project)", name))
    pythons = {"own": add_environment(root), "other": add_environment(tmp_path / "elsewhere")}
    registered = {name: Path(known.format(**pythons))} if known else {}
    launch = resolve(root, "train", system=host, registered=registered)
    assert launch.argv[0] == str(pythons[runs])
    assert launch.problems == ((problem.format(**pythons),) if problem else ())
