"""``scaffold run NAME --debug-check`` as a person meets it, in a project on disk."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from scaffold.cli.run import command
from scaffold.cli.text import row
from scaffold.ide import debug
from scaffold.projects.model import RunConfiguration
from tests.pycharm.debugging.conftest import SMALL
from tests.pycharm.projects_on_disk import add_environment, lay, make_project

TRAIN = """\
import sys

from cnn_project import work


def main():
    print(work.step(int(sys.argv[1])))


if __name__ == "__main__":
    main()
"""
WORK = "def step(number):\n    '''One.'''\n    double = 2 * number\n    return double\n"
RUNS = (
    RunConfiguration(name="train", kind="module", target="cnn_project.train", arguments=("7",)),
    RunConfiguration(name="script", kind="script", target="src/cnn_project/train.py", arguments=("1",)),
    RunConfiguration(name="both", kind="compound", members=("train", "script")),
    RunConfiguration(name="breaks", kind="module", target="cnn_project.train", arguments=("x",)),
    RunConfiguration(name="library", kind="module", target="no_such_library"),
)


@pytest.fixture
def project(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_project(tmp_path / "项目 one", RUNS)
    lay(root, {"src/cnn_project/train.py": TRAIN, "src/cnn_project/work.py": WORK})
    add_environment(root)
    monkeypatch.chdir(root)
    monkeypatch.setattr(debug, "obtain_engine", lambda *_, **__: SMALL)
    return root


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def lines(result: Result) -> list[str]:
    return [line.rstrip() for line in result.output.splitlines() if line.strip()]


def test_a_program_that_is_not_ours_stops_at_the_first_line_of_main(project: Path) -> None:
    result = run("train", "--debug-check")
    shown = lines(result)
    assert shown[:5] == [
        "Debugger       pydevd-pycharm 0, of the tests",
        "Runs           train, with its own arguments, until it stops",
        "Breakpoint     src/cnn_project/train.py:7 in main",
        "               the first line of main",
        "14",
    ]
    assert shown[5].startswith("Stopped        src/cnn_project/train.py:7 in main, process ")
    assert shown[6].startswith("Result         the debugger works: stopped once, first after ")
    assert "the program ended with status 0 after" in shown[6]
    assert (len(shown), result.exit_code) == (7, 0)


def test_the_place_and_the_arguments_can_be_given(project: Path) -> None:
    result = run(
        "script",
        "--debug-check",
        "--break",
        "step",
        "--break",
        "src/cnn_project/work.py:4",
        "--json",
        "--",
        "21",
    )
    assert result.exit_code == 0
    document = json.loads(result.output)
    assert document["schema"] == "scaffold/debug/1"
    (plan,), (report,) = document["runs"], document["reports"]
    assert plan["argv"][-4:] == ["--file", str(project / "src/cnn_project/train.py"), "1", "21"]
    assert [(hit["point"]["line"], hit["function"]) for hit in report["hits"]] == [(3, "step"), (4, "step")]
    assert [(one["name"], one["value"]) for one in report["hits"][1]["variables"]] == [
        ("double", "2"),
        ("number", "1"),
    ]
    assert (report["hit"], report["reason"], report["status"], report["ending"]) == (True, "", 0, "itself")
    assert report["output"] == ["2"]


def test_a_compound_is_checked_member_by_member(project: Path) -> None:
    result = run("both", "--debug-check", "--json")
    document = json.loads(result.output)
    assert [(one["name"], one["hit"]) for one in document["reports"]] == [("script", True), ("train", True)]
    assert result.exit_code == 0


def test_a_program_that_does_not_get_there(project: Path) -> None:
    result = run("breaks", "--debug-check", "--break", "step")
    shown = lines(result)
    assert "ValueError: invalid literal for int() with base 10: 'x'" in shown
    assert shown[-3:] == [
        "Result         no breakpoint was hit: the program failed (status 1) before it reached work.py:3",
        "               the debugger itself works: the program stopped at its first line",
        "               choose another line:  --break FILE:LINE, or more time:  --timeout SECONDS",
    ]
    assert result.exit_code == 1


def test_what_would_be_done_is_shown_and_nothing_started(project: Path) -> None:
    result = run("breaks", "--debug-check", "--print")
    assert lines(result)[2] == "Breakpoint     src/cnn_project/train.py:7 in main"
    assert (len(lines(result)), result.exit_code) == (4, 0)


STEP = """<method v="2">
      <option name="RunConfigurationTask" enabled="true" run_configuration_name="script" run_configuration_type="x" />
    </method>"""


def test_what_is_to_run_before_runs_before(project: Path) -> None:
    """Each once, not debugged, and none of it where nothing shall be started."""
    lay(project, {"src/cnn_project/work.py": WORK + "\n\nopen('ran', 'a').write('x')\n"})
    for name in ("train", "breaks"):
        path = project / f".run/{name}.run.xml"
        path.write_text(path.read_text(encoding="utf-8").replace('<method v="2" />', STEP), encoding="utf-8")
    ran = project / "ran"
    assert plain("Before it", "script") in lines(run("train", "--debug-check", "--print"))
    assert not ran.exists()
    shown = lines(run("train", "--debug-check"))
    assert shown.index("script | 2") < shown.index("14")
    assert ran.read_text(encoding="utf-8") == "xx"
    document = json.loads(run("train", "--debug-check", "--json").output)
    assert document["runs"][0]["before"] == ["script"]
    assert document["reports"][0]["hit"]
    lay(project, {"src/cnn_project/train.py": "raise SystemExit(3)\n"})
    problem = run("train", "--debug-check", "--break", "src/cnn_project/work.py:3").exception
    assert getattr(problem, "message", problem) == "'script' runs before it, and ended with status 3"


def plain(label: str, text: str) -> str:
    return click.unstyle(row(label, text)).rstrip()


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("--debug-check",), "--debug-check runs one run configuration", "name it; see them:  scaffold run"),
        (
            ("train", "--timeout", "5"),
            "--timeout belongs to --debug-check",
            "what is meant for the program goes behind --:  -- --timeout",
        ),
        (
            ("train", "--break", "step"),
            "--break belongs to --debug-check",
            "what is meant for the program goes behind --:  -- --break",
        ),
        (
            ("both", "--debug-check", "--", "7"),
            "'both' starts several programs: whose would 7 be?",
            "check one of them by itself",
        ),
        (
            ("library", "--debug-check"),
            "'library' has no line of Python of its own to stop at",
            "say where:  --break FILE:LINE",
        ),
    ],
)
def test_what_cannot_be_meant(project: Path, arguments: tuple[str, ...], message: str, hint: str) -> None:
    problem = run(*arguments).exception
    assert (getattr(problem, "message", problem), getattr(problem, "hint", "")) == (message, hint)
