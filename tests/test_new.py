"""`scaffold new` as a user types it: refusals that leave nothing, plans, and one project made for real."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import MadeProject, one_thread


def scaffold(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scaffold", *arguments],
        cwd=cwd, env={**one_thread(), **environment}, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("torch", "name-refused"),
        ("random", "name-refused"),
        ("class-project", "template-unknown"),
        ("../cnn-project", "name-refused"),
        ("con", "name-refused"),
        ("我的-cnn-project", "name-refused"),
        ("a" * 60 + "-cnn-project", "name-refused"),
        ("digits", "template-unknown"),
        ("cmm-project", "template-unknown"),
    ],
)
def test_bad_names_are_refused_with_a_code_and_leave_nothing(name: str, code: str, tmp_path: Path) -> None:
    done = scaffold("new", name, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error[{code}]: ")
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_same_answers_give_the_same_tree_on_one_machine(tmp_path: Path) -> None:
    """Every file, what belongs to this machine included."""
    trees = []
    for place in ("one", "other"):
        (tmp_path / place).mkdir()
        done = scaffold(
            "new", "cnn-project", "--no-env", cwd=tmp_path / place,
            SCAFFOLD_NO_REGISTER="", HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path / "data"),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        files = sorted(path for path in (tmp_path / place).rglob("*") if path.is_file())
        trees.append(
            [(path.relative_to(tmp_path / place), path.stat().st_mode, path.read_bytes()) for path in files]
        )
    assert trees[0] == trees[1]
    assert Path("cnn-project/.scaffold/made-here") in [path for path, _, _ in trees[0]]


def test_a_folder_that_holds_something_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "cnn-project").mkdir()
    (tmp_path / "cnn-project" / "thesis.txt").write_text("mine", encoding="utf-8")
    done = scaffold("new", "cnn-project", cwd=tmp_path)
    assert (done.returncode, done.stderr.split(":")[0]) == (2, "error[target-occupied]")
    assert [path.name for path in (tmp_path / "cnn-project").iterdir()] == ["thesis.txt"]


def test_without_a_name_and_without_a_terminal_nothing_is_asked(tmp_path: Path) -> None:
    done = scaffold("new", cwd=tmp_path)
    assert (done.returncode, done.stderr.split(":")[0]) == (2, "error[option-refused]")


def test_an_error_is_json_where_json_was_asked_for(tmp_path: Path) -> None:
    done = scaffold("new", "torch", "--json", cwd=tmp_path)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["schema"], answer["error"]["code"]) == (
        2,
        "scaffold/error/1",
        "name-refused",
    )


def test_a_python_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    done = scaffold("new", "cnn-project", "--python", "3.99", "--no-env", cwd=tmp_path)
    assert (done.returncode, list(tmp_path.iterdir())) == (1, [])
    assert "error[python-missing]" in done.stderr


def test_no_env_writes_the_files_where_no_index_can_be_reached(tmp_path: Path) -> None:
    """Every index is unreachable: a port on which nobody listens."""
    nowhere = "http://127.0.0.1:9/simple"
    done = scaffold(
        "new", "cnn-project", "--no-env", cwd=tmp_path,
        UV_DEFAULT_INDEX=nowhere, PIP_INDEX_URL=nowhere, SCAFFOLD_PYTORCH_INDEX=nowhere, PIP_CONFIG_FILE=os.devnull,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    root = tmp_path / "cnn-project"
    record = json.loads((root / ".scaffold" / "project.json").read_text(encoding="utf-8"))
    written = {str(path.relative_to(root).as_posix()) for path in root.rglob("*") if path.is_file()}
    own = {
        ".scaffold/.gitignore",
        ".scaffold/project.json",
        ".scaffold/pristine.tar.gz",
        ".scaffold/builds.json",
    }
    assert written == {*record["files"], *own}
    assert not (root / ".venv").exists()
    assert "scaffold env create" in done.stdout


def test_no_network_is_one_message_and_leaves_nothing(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9/simple"
    without_settings = {name: "" for name in os.environ if name.startswith(("PIP_", "UV_"))}
    done = scaffold(
        "new", "cnn-project", "--yes", cwd=tmp_path,
        **{**without_settings, "HOME": str(tmp_path.parent), "PIP_CONFIG_FILE": os.devnull,
           "UV_DEFAULT_INDEX": nowhere, "SCAFFOLD_PYTORCH_INDEX": nowhere, "PYENV_ROOT": str(Path.home() / ".pyenv")},
    )  # fmt: skip
    assert (done.returncode, list(tmp_path.iterdir())) == (1, []), done.stderr
    assert "error[source-unreachable]" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.network
@pytest.mark.environment
@pytest.mark.slow
class TestMade:
    """What stands after `scaffold new cnn-project --yes` on this machine."""

    def test_it_says_what_was_proved_and_what_to_do_next(self, made_project: MadeProject) -> None:
        for words in ("PyTorch works", "Keras works", "Ready: ", "train (PyTorch)", "scaffold run"):
            assert words in made_project.output

    def test_nothing_was_downloaded_that_is_made_for_a_gpu(self, made_project: MadeProject) -> None:
        shown = json.loads(made_project.scaffold("env", "show", "--json").stdout)
        packages = shown["environment"]["packages"]
        assert [name for name in packages if name.startswith(("nvidia", "triton"))] == []
        assert {"torch", "keras", "tensorboard"} <= set(packages)

    def test_the_recorded_files_are_the_files(self, made_project: MadeProject) -> None:
        from scaffold.projects.record import digest, read_record

        record = read_record(made_project.root)
        changed = [
            p for p, sha in record.files.items() if digest((made_project.root / p).read_bytes()) != sha
        ]
        assert changed == []

    def test_doctor_finds_nothing_wrong_and_lets_both_frameworks_compute(
        self, made_project: MadeProject
    ) -> None:
        done = made_project.scaffold("doctor", "--deep", "--json")
        answer = json.loads(done.stdout)
        levels = {finding["id"]: finding["level"] for finding in answer["findings"]}
        assert (done.returncode, answer["summary"]["error"], answer["summary"]["warning"]) == (0, 0, 0)
        assert levels["run.computes"] == levels["ide.run-config"] == levels["env.files"] == "ok"

    def test_making_the_environment_again_changes_nothing(self, made_project: MadeProject) -> None:
        before = (made_project.root / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
        done = made_project.scaffold("env", "create", "--yes")
        assert done.returncode == 0, done.stderr
        assert (made_project.root / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == before

    def test_a_second_project_of_that_name_is_refused(self, made_project: MadeProject) -> None:
        done = scaffold("new", "cnn-project", cwd=made_project.root.parent)
        assert (done.returncode, done.stderr.split(":")[0]) == (2, "error[target-occupied]")


def test_where_nothing_can_be_started_nothing_is_to_be_pressed(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/copier.yml").write_text("colour:\n  type: str\n  default: red\n")
    (tmp_path / "theirs/README.md").write_text("colours\n")
    done = scaffold("new", "app", "-t", "./theirs", "--no-env", "--ide", "both", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[said.index(f"Written: {tmp_path / 'app'}") :] == [
        f"Written: {tmp_path / 'app'}",
        "  First:           cd app && scaffold env create   (Python environment and the IDE's files)",
        "  In PyCharm:      open the folder",
        "  In VS Code:      open the folder",
        "  In the terminal: cd app",
    ]


def test_a_name_may_end_in_a_templates_name(tmp_path: Path) -> None:
    done = scaffold("new", "my-cnn-project", "--no-env", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["plan"]["template"]["name"] == "cnn", done.stderr


@pytest.mark.parametrize("option", ["--python", "--index"])
def test_an_empty_value_is_no_wish(option: str, tmp_path: Path) -> None:
    done = scaffold("new", "cnn-project", option, "", cwd=tmp_path)
    assert (done.returncode, done.stderr.split(":")[0]) == (2, "error[option-refused]")


def test_a_misuse_is_json_where_json_was_asked_for(tmp_path: Path) -> None:
    done = scaffold("new", "cnn-project", "--framework", "jax", "--json", cwd=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (2, "usage")


@pytest.mark.skipif(os.name != "posix", reason="SIGHUP is POSIX's")
def test_a_hang_up_that_is_ignored_stays_ignored_in_what_is_started(tmp_path: Path) -> None:
    """`nohup scaffold run ... &` must outlive the terminal."""
    code = (
        "import signal, subprocess, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
        "from scaffold.cli import _stop_when_told; _stop_when_told(); "
        "print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, "
        "signal.getsignal(signal.SIGTERM) is signal.default_int_handler)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=one_thread(), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "True"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_no_mistake_of_ours(tmp_path: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scaffold", "detect"], stdout=full, stderr=subprocess.PIPE, text=True,
            env=one_thread(), cwd=tmp_path, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr.split(":")[0]) == (1, "error[no-space]")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--index", "HTTPS://u:hunter2@127.0.0.1:9/simple", "--dry-run"),
        ("--index", "git+https://u:hunter2@127.0.0.1:9/simple"),
        ("https://u:hunter2@127.0.0.1:9/simple",),
    ],
)
@pytest.mark.parametrize("output", [(), ("--json",)])
def test_no_error_shows_a_password(
    arguments: tuple[str, ...], output: tuple[str, ...], tmp_path: Path
) -> None:
    done = scaffold(
        "new", "cnn-project", *arguments, *output, cwd=tmp_path, SCAFFOLD_PYTORCH_INDEX="http://127.0.0.1:9"
    )
    assert done.returncode != 0
    assert "hunter2" not in done.stdout + done.stderr
