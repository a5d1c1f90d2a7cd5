"""Programs that torchrun has started several times: what each copy does, and leaves to the first."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from your_project import engines, jobs
from your_project.errors import ProjectError
from your_project.program import Program, Request, start


@dataclass(frozen=True)
class Settings:
    # --- the run
    run: str = ""  # name of the run's folder
    runs: str = "runs"  # where runs are kept
    resume: bool = False  # go on
    overwrite: bool = False  # replace
    smoke: bool = False  # everything once


@pytest.fixture
def second_of_two(monkeypatch):
    for name, value in {"RANK": "1", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("second_of_two")
def test_they_go_on_as_several():
    python = engines.quoted(sys.executable)
    torchrun = f"{python} -m torch.distributed.run --standalone --nproc_per_node 2 -m --"
    assert engines.pasted("pytorch", "train") == f"{torchrun} {engines.module('pytorch', 'train')}"


@pytest.mark.usefixtures("second_of_two")
@pytest.mark.parametrize(("framework", "parallel"), [("pytorch", False), ("keras", True)])
def test_a_program_that_cannot_share_its_work_says_so(capsys, framework, parallel):
    program = Program("train", Settings, ("the run",), "Train.", {}, print, parallel=parallel)
    with pytest.raises(SystemExit) as ended:
        start(program, framework, [])
    told = f"error: train with {framework} runs in one process: start it without torchrun\n"
    assert (ended.value.code, capsys.readouterr()) == (1, ("", told))


#: a program in a process of its own: the second one leaves by `os._exit`, which would end the tests, too
WORKS = """
import sys
from test_shared_work import Program, Settings, start

def work(request):
    print("working")
    open(sys.argv[1], "w").write(request.framework)

start(Program("train", Settings, ("the run",), "Train.", {}, work, parallel=True), "pytorch", [])
sys.exit("it should have left")
"""


@pytest.mark.usefixtures("second_of_two")
def test_the_second_says_nothing_but_works_and_leaves(tmp_path):
    folders = [Path(__file__).parent, Path(engines.__file__).parents[1]]
    done = subprocess.run(
        [sys.executable, "-c", WORKS, tmp_path / "done"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "done").read_text() == "pytorch"


@pytest.mark.usefixtures("second_of_two")
def test_the_second_makes_no_folder_and_removes_none(tmp_path):
    request = Request("pytorch", Settings(runs=str(tmp_path / "runs"), run="mine"), {})
    same, path = jobs.open_run(request, "train")
    assert (same, path, list(tmp_path.iterdir())) == (request, Path(os.devnull), [])
    (tmp_path / "kept").mkdir()
    with pytest.raises(ProjectError), jobs.removed_unless_begun(request, tmp_path / "kept"):
        raise ProjectError("the first one tells it, too")
    assert (tmp_path / "kept").is_dir()
