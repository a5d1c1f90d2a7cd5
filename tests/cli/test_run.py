"""``scaffold run`` as a person meets it: a real process in a real project."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from scaffold.cli.run_list import in_template_order, list_lines
from scaffold.cli.text import row
from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.project.run_configurations import run_files
from scaffold.pycharm.reading.configurations import configurations
from scaffold.shell import line
from tests.pycharm.projects_on_disk import RUNS, add_environment, lay, make_project
from tests.pycharm.registration.tables import entry_of

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name == "nt", reason="signals, terminals and paths as POSIX has them")


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    return make_project(tmp_path / "cnn-project")


def scaffold(folder: Path, *arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "scaffold", *arguments],
        cwd=folder,
        env=environment,
        text=True,
        timeout=60,
        capture_output=True,
        check=False,
        encoding="utf-8",
        **more,
    )


def plain_row(label: str, text: str) -> str:
    return click.unstyle(row(label, text))


def test_lists_what_there_is(project: Path) -> None:
    done = scaffold(project / "src", "run")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "PyTorch\n"
        '  train (PyTorch)  python -m cnn_project.train --name "two words" "a \\"quote\\"" back\\slash it\'s ""\n'
        "\n"
        "  prepare data     python src/cnn_project/train.py\n"
        '  tests            pytest -k "not slow" tests\n'
        "\n"
        f"Start one:  {line('scaffold', 'run', 'train (PyTorch)')}\n"
    )


def test_a_known_template_gives_order_and_summaries(project: Path) -> None:
    found = configurations(project)
    summaries = {
        "tests": "the project's own tests",
        "prepare data": "",
        "train (PyTorch)": "train the network",
    }
    ordered = in_template_order(found, summaries)
    assert [one.name for one in ordered] == ["tests", "prepare data", "train (PyTorch)"]
    assert [click.unstyle(line) for line in list_lines(ordered, summaries)] == [
        "  tests            the project's own tests",
        '                   pytest -k "not slow" tests',
        "  prepare data     python src/cnn_project/train.py",
        "",
        "PyTorch",
        "  train (PyTorch)  train the network",
        '                   python -m cnn_project.train --name "two words" "a \\"quote\\"" back\\slash it\'s ""',
        "",
        "Start one:  scaffold run tests",
    ]
    assert list_lines([], {}) == ["This project has no run configurations."]


def test_lists_as_json(project: Path) -> None:
    (project / ".run/broken.run.xml").write_text("<a>\n")
    told = json.loads(scaffold(project, "run", "--json").stdout)
    assert (told["schema"], told["root"]) == ("scaffold/runs/1", str(project))
    names = [(run["name"], run["kind"], run["target"], bool(run["problem"])) for run in told["runs"]]
    assert names == [
        ("train (PyTorch)", "module", "cnn_project.train", False),
        ("broken", None, "", True),
        ("prepare data", "script", "src/cnn_project/train.py", False),
        ("tests", "pytest", "tests", False),
    ]


def test_starts_one_with_more_arguments_and_passes_its_status_on(project: Path) -> None:
    add_environment(project)
    done = scaffold(project / "src", "run", "train", "--", "--epochs", "3", "--json")
    said = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (7, "")
    assert said["arguments"][-3:] == ["--epochs", "3", "--json"]
    assert Path(said["cwd"]) == project.resolve()


@posix
def test_shows_what_it_would_start(project: Path) -> None:
    python = add_environment(project)
    done = scaffold(project, "run", "prepare data", "--print", "--", "a b")
    lines = done.stdout.splitlines()
    assert lines[0] == plain_row("Folder", str(project))
    assert lines[1].startswith(plain_row("Variables", f"PATH={project}/.venv/bin:"))
    assert lines[-1] == plain_row("Command", f"{python} {project}/src/cnn_project/train.py 'a b'")
    told = json.loads(scaffold(project, "run", "prepare data", "--json", "--", "a b").stdout)
    assert (told["schema"], told["argv"]) == (
        "scaffold/launch/1",
        [str(python), f"{project}/src/cnn_project/train.py", "a b"],
    )
    assert "HOME" not in told["environment"]


@posix
def test_the_programs_options_may_stand_without_dashes_before_them(project: Path) -> None:
    add_environment(project)
    with_dashes = scaffold(project, "run", "--json", "train (PyTorch)", "--", "--epochs", "3")
    without = scaffold(project, "run", "--json", "train (PyTorch)", "--epochs", "3")
    assert without.returncode == 0, without.stderr
    assert json.loads(without.stdout)["argv"][-2:] == ["--epochs", "3"]
    assert without.stdout == with_dashes.stdout


def test_says_what_stands_in_the_way(project: Path, tmp_path: Path) -> None:
    nothing = scaffold(project, "run", "tests")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert nothing.stderr.startswith(f"error[launch-failed]: There is no Python environment in {project}\n")
    unknown = scaffold(project, "run", "trein")
    assert (unknown.returncode, unknown.stderr) == (
        2,
        "error[run-unknown]: There is no run configuration 'trein'\n  train (PyTorch)\nhint: See them all:  scaffold run\n",
    )
    outside = scaffold(tmp_path, "run")
    assert outside.returncode == 1
    assert "error[project-not-found]" in outside.stderr


@posix
def test_a_problem_is_told_before_it_starts(project: Path) -> None:
    add_environment(project)
    (project / "src/cnn_project/train.py").unlink()
    done = scaffold(project, "run", "prepare data")
    assert done.returncode == 2
    assert done.stderr.startswith(f"warning: the script is not there: {project}/src/cnn_project/train.py\n")


@posix
def test_an_update_that_was_killed_half_way_is_told_once(project: Path) -> None:
    add_environment(project)
    lay(project, {".scaffold/update/journal.json": "{}"})
    for words in (["run", "prepare data"], ["run"], ["env", "show"], ["ide", "pycharm", "-n", "."]):
        done = scaffold(project, *words)
        assert done.stderr.splitlines()[0].startswith(
            f"warning: the journal of an interrupted update, {project}/.scaffold/update/journal.json, cannot be read: "
        )
        assert done.stderr.splitlines()[0].endswith(f"and then delete {project}/.scaffold/update")
        assert done.stderr.count("interrupted") == 1


@posix
def test_reads_its_input_from_a_file(project: Path) -> None:
    add_environment(project)
    lay(
        project,
        {"in.txt": "from the file", "src/cnn_project/train.py": "import sys; print(sys.stdin.read())"},
    )
    path = project / ".run/prepare data.run.xml"
    text = path.read_text().replace('"REDIRECT_INPUT" value="false"', '"REDIRECT_INPUT" value="true"')
    path.write_text(text.replace('"INPUT_FILE" value=""', '"INPUT_FILE" value="$PROJECT_DIR$/in.txt"'))
    assert scaffold(project, "run", "prepare data").stdout == "from the file\n"


@posix
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_signals_reach_the_program(project: Path, stop: signal.Signals) -> None:
    add_environment(project)
    lay(
        project,
        {
            "src/cnn_project/train.py": (
                "import signal, sys\n"
                f"signal.signal({int(stop)}, lambda *_: sys.exit('saved a checkpoint'))\n"
                "print('ready', flush=True)\nsignal.pause()\n"
            )
        },
    )
    child = subprocess.Popen(
        [sys.executable, "-m", "scaffold", "run", "prepare data"],
        cwd=project,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout.readline() == "ready\n"
    child.send_signal(stop)
    _, errors = child.communicate(timeout=60)
    assert (child.returncode, errors) == (1, "saved a checkpoint\n")


@posix
def test_the_program_has_the_real_terminal(project: Path) -> None:
    import pty

    add_environment(project)
    lay(
        project,
        {
            "src/cnn_project/train.py": "import os, sys; print(sys.stdin.isatty(), sys.stdout.isatty(), os.environ['TERM'])"
        },
    )
    master, slave = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "screen"}
    child = subprocess.Popen(
        [sys.executable, "-m", "scaffold", "run", "train"],
        cwd=project,
        env=environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    assert child.wait(timeout=60) == 0
    assert os.read(master, 1000).decode().strip() == "True True screen"
    os.close(slave)
    os.close(master)


@pytest.fixture
def with_compound(project: Path) -> Path:
    both = RunConfiguration(name="all of it", kind="compound", members=("prepare data", "tests"))
    for path, content in run_files((*RUNS, both), "cnn-project").items():
        (project / path).write_bytes(content)
    return project


def test_a_compound_starts_its_members_side_by_side(with_compound: Path) -> None:
    add_environment(with_compound)
    done = scaffold(with_compound, "run", "all of it")
    assert (done.returncode, done.stderr) == (7, "")  # the script's own status, the worse one
    lines = done.stdout.splitlines()
    assert {line.partition(" | ")[0] for line in lines} == {"prepare data", "tests       "}
    (said,) = (line.partition(" | ")[2] for line in lines if line.startswith("prepare data | {"))
    assert Path(json.loads(said)["cwd"]) == with_compound.resolve()
    assert any("1 passed, 1 deselected" in line for line in lines)


@posix
def test_a_compound_is_listed_shown_and_takes_no_arguments(with_compound: Path) -> None:
    python = add_environment(with_compound)
    assert (
        "  all of it        prepare data and tests, side by side\n" in scaffold(with_compound, "run").stdout
    )
    listed = json.loads(scaffold(with_compound, "run", "--json").stdout)["runs"]
    (one,) = (run for run in listed if run["kind"] == "compound")
    assert (one["members"], one["target"]) == (["prepare data", "tests"], "")
    shown = scaffold(with_compound, "run", "all of it", "--print").stdout.splitlines()
    assert [line for line in shown if line.startswith(("Member", "Command"))] == [
        plain_row("Member", "prepare data"),
        plain_row("Command", f"{python} {with_compound}/src/cnn_project/train.py"),
        plain_row("Member", "tests"),
        plain_row("Command", f"{python} -m pytest -k 'not slow' {with_compound}/tests"),
    ]
    told = json.loads(scaffold(with_compound, "run", "all of it", "--json").stdout)
    assert (told["schema"], told["name"]) == ("scaffold/launch/1", "all of it")
    assert [one["name"] for one in told["members"]] == ["prepare data", "tests"]
    refused = scaffold(with_compound, "run", "all of it", "--", "--epochs", "3")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        "error[option-refused]: 'all of it' starts several programs: whose would --epochs 3 be?\n"
        f"hint: Start one of them by itself:  {line('scaffold', 'run', 'prepare data')}\n"
    )


def test_a_compound_whose_member_is_gone_starts_nothing(with_compound: Path) -> None:
    add_environment(with_compound)
    (with_compound / ".run/tests.run.xml").unlink()
    done = scaffold(with_compound, "run", "all of it")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "error[launch-failed]: 'all of it' starts 'tests', and there is no such run"
    )


STEP = """<method v="2">
      <option name="RunConfigurationTask" enabled="true" run_configuration_name="tests" run_configuration_type="tests" />
      <option name="RunConfigurationTask" enabled="false" run_configuration_name="gone" run_configuration_type="tests" />
    </method>"""


def test_what_is_to_run_before_runs_before(project: Path) -> None:
    add_environment(project)
    path = project / ".run/prepare data.run.xml"
    path.write_text(path.read_text().replace('<method v="2" />', STEP))
    assert json.loads(scaffold(project, "run", "prepare data", "--json").stdout)["before"] == ["tests"]
    assert plain_row("Before it", "tests") in scaffold(project, "run", "prepare data", "--print").stdout
    done = scaffold(project, "run", "prepare data")
    assert done.returncode == 7
    *before, last = done.stdout.splitlines()
    assert any(line.startswith("tests | ") and "1 passed" in line for line in before)
    assert json.loads(last)["name"] == "__main__"
    lay(project, {"tests/test_one.py": "def test_one(): assert False\n"})
    failed = scaffold(project, "run", "prepare data")
    assert (failed.returncode, '"cwd"' in failed.stdout) == (1, False)
    assert "error[launch-failed]: 'tests' runs before it, and ended with status 1\n" in failed.stderr


def test_two_of_one_name_and_what_only_the_ide_starts(project: Path) -> None:
    add_environment(project)
    first, second = project / ".run/tests.run.xml", project / ".run/zz.run.xml"
    second.write_bytes(first.read_bytes())
    told = f"warning: 2 are called 'tests'; {first} is the one that is started, not {second}\n"
    assert told in scaffold(project, "run").stdout
    done = scaffold(project, "run", "tests", "--print")
    assert (done.returncode, done.stderr) == (0, told)
    assert scaffold(project, "run", "train (PyTorch)", "--print").stderr == ""
    second.write_text(
        '<component name="ProjectRunConfigurationManager">'
        '<configuration name="sh" type="ShConfigurationType" /></component>'
    )
    assert (
        "sh               ShConfigurationType: only the IDE itself starts it"
        in scaffold(project, "run").stdout
    )
    refused = scaffold(project, "run", "sh")
    assert refused.returncode == 1
    assert "hint: Open the project in PyCharm, and start it there" in refused.stderr


@posix
@pytest.mark.parametrize("asked", [("run", "train", "--json"), ("run", "all", "--json")])
def test_the_interpreter_that_was_chosen_in_pycharm_is_started(
    project: Path, home: Path, asked: tuple[str, ...]
) -> None:
    all_of_them = RunConfiguration(name="all", kind="compound", members=("train (PyTorch)",))
    for path, content in run_files((*RUNS, all_of_them), "cnn-project").items():
        (project / path).write_bytes(content)
    add_environment(project)
    chosen = add_environment(home / "elsewhere")
    table = entry_of("Python 3.12 (cnn-project)", str(chosen))
    lay(home, {".config/JetBrains/PyCharm2026.2/options/jdk.table.xml": table})
    found = json.loads(scaffold(project, *asked).stdout)
    assert [one["argv"][0] for one in found.get("members", [found])] == [str(chosen)]


def test_secrets_are_never_shown(project: Path) -> None:
    python = add_environment(project)
    key = "hf_" + "aB3" * 11
    for path, content in run_files(
        (
            RunConfiguration(
                name="push",
                kind="script",
                target="src/cnn_project/train.py",
                arguments=("--password", "pw1", key, "--epochs", "3"),
                environment={"HF_TOKEN": "tok1", "SEED": "3"},
            ),
            RunConfiguration(name="two", kind="compound", members=("push",)),
        ),
        "cnn-project",
    ).items():
        (project / path).write_bytes(content)
    told = json.loads(scaffold(project, "run", "push", "--json").stdout)
    script = f"{project}/src/cnn_project/train.py"
    hidden = ["--password", "(not shown)", "(not shown)", "--epochs", "3"]
    assert told["argv"] == [str(python), script, *hidden]
    assert (told["environment"]["HF_TOKEN"], told["environment"]["SEED"]) == ("(not shown)", "3")
    asked = (
        (), ("--json",), ("push", "--print"), ("two", "--print"), ("two", "--json"),
        ("push", "--debug-check", "--print"), ("push", "--debug-check", "--print", "--json"),
    )  # fmt: skip
    for more in asked:
        done = scaffold(project, "run", *more)
        assert not [one for one in ("pw1", "tok1", key) if one in done.stdout + done.stderr], more
    assert "--epochs 3" in scaffold(project, "run").stdout
    started = json.loads(scaffold(project, "run", "push").stdout)
    assert started["arguments"] == ["--password", "pw1", key, "--epochs", "3"]


def test_a_path_that_no_system_takes_is_a_problem(project: Path) -> None:
    add_environment(project)
    long = "x" * 5000
    path = project / ".run/prepare data.run.xml"
    whole = path.read_text()
    path.write_text(whole.replace("src/cnn_project/train.py", long))
    done = scaffold(project, "run", "prepare data", "--print")
    assert (done.returncode, done.stderr) == (0, "")
    assert plain_row("Problem", f"the script is not there: {project}/{long}") in done.stdout
    path.write_text(
        whole.replace('"WORKING_DIRECTORY" value="$PROJECT_DIR$"', f'"WORKING_DIRECTORY" value="/{long}"')
    )
    done = scaffold(project, "run", "prepare data")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert f"the working folder is not there: /{long}" in done.stderr
    path.write_text(whole)
    tests = project / ".run/tests.run.xml"
    tests.write_text(tests.read_text().replace("$PROJECT_DIR$/tests", long))
    done = scaffold(project, "run", "tests", "--print")
    assert (done.returncode, f"there are no tests at {project}/{long}" in done.stdout) == (0, True)
