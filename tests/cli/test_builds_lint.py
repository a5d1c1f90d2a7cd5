"""What `scaffold builds --lint` prints, for people and for scripts."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.cli.builds_lint import lint, machine_line
from scaffold.locks.lint import JudgedFor
from scaffold.machine import Accelerator
from scaffold.machine.fingerprint import fingerprint
from scaffold.results import plain
from tests.builds.samples import CPU
from tests.locks.samples import FILES, GTX1080TI, RTX3060, RTX3060_580

pytestmark = pytest.mark.usefixtures("frozen_tables")
ROOT = Path(__file__).resolve().parents[2]
LOCK = FILES / "torch-2.13-tensorflow.txt"


def test_for_people(capsys):
    assert lint(str(LOCK), GTX1080TI, "", as_json=False) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{LOCK} (requirements.txt): 71 packages for GTX 1080 Ti · driver 580.95.05 · linux x86_64 · glibc 2.36 · Python 3.12 (assumed)",
        "error    torch-2.13-tensorflow.txt:171  torch 2.13.0 holds code for 7.5, 8.0, 8.6, 9.0, 10.0, 12.0; here is GTX 1080 Ti (6.1)",
        "           PyTorch 2.13.0 on the ordinary index is cu130 for linux_x86_64",
        "           it imports, and the first kernel fails",
        "           Fix: lock torch==2.14.1+cu126 from https://download.pytorch.org/whl/cu126 (scaffold builds --framework pytorch says why)",
        "error    torch-2.13-tensorflow.txt:91  nvidia-cudnn-cu12 9.28.0.42 no longer runs on GTX 1080 Ti (6.1)",
        "           nvidia-cudnn-cu12<9.11 still does",
        "           Fix: add the constraint nvidia-cudnn-cu12<9.11, and lock again",
        "error    torch-2.13-tensorflow.txt:91  nvidia-cudnn-cu12 and nvidia-cudnn-cu13 own the same files in nvidia/cudnn and nvidia/nccl",
        "           nvidia-cudnn-cu12 9.28.0.42 (line 91), nvidia-cudnn-cu13 9.20.0.48 (line 93)",
        "           nvidia-nccl-cu12 2.32.3 (line 119), nvidia-nccl-cu13 2.29.7 (line 121)",
        "           tensorflow 2.21.0 wants CUDA 12",
        "           torch 2.13.0 wants CUDA 13",
        "           the one installed last wins; no installer says so",
        "           Fix: give each framework an environment of its own, one of them the CPU build, or a pair that is known to be clean: scaffold builds --together",
        "3 errors, 0 warnings",
    ]  # fmt: skip


def test_a_clean_file(capsys):
    path = FILES / "torch-2.10-tensorflow-2.20.txt"
    assert lint(path, RTX3060, "", as_json=False) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["Nothing in it contradicts this machine."]


def test_findings_that_fail_nothing(capsys):
    assert lint(FILES / "groups.uv.lock", RTX3060, "", as_json=False) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "Nothing that is installed unasked contradicts this machine."


def test_what_was_not_understood_is_told(tmp_path, capsys):
    (tmp_path / "requirements.txt").write_text("torch==2.15.0+cpu\n!!!\n")
    assert lint(tmp_path / "requirements.txt", CPU, "3.12", as_json=False) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "note     line 2: not understood",
        "Nothing that could be read contradicts this machine.",
    ]


def test_nothing_to_install_is_no_all_clear(tmp_path, capsys):
    (tmp_path / "environment.yml").write_text("dependencies: [python=3.11]\n")
    assert lint(tmp_path / "environment.yml", CPU, "", told_python="3.12", as_json=False) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path / 'environment.yml'} (environment.yml): 0 packages for no GPU · linux x86_64 · glibc 2.36 · Python 3.11",
        "Nothing that could be read contradicts this machine.",
    ]


def test_the_driver_is_nvidias():
    arc = Accelerator(vendor="intel", index=0, name="Arc A770", driver="i915")
    machine = replace(RTX3060, accelerators=(arc, *RTX3060.accelerators))
    python = JudgedFor(version="3.12", source="asked for")
    assert machine_line(machine, python) == (
        "Arc A770, RTX 3060 · driver 550.54.15 · linux x86_64 · glibc 2.36 · Python 3.12"
    )


def test_for_scripts(tmp_path, capsys):
    (tmp_path / "requirements.txt").write_text("tensorflow[and-cuda]==2.21.0\ntorch==2.13.0\n")
    assert lint(tmp_path / "requirements.txt", RTX3060_580, "3.12", as_json=True) == 1
    assert json.loads(capsys.readouterr().out) == {
        "schema": "scaffold/lint/1",
        "file": str(tmp_path / "requirements.txt"),
        "format": "requirements.txt",
        "machine": plain(fingerprint(RTX3060_580)),
        "python": {"version": "3.12", "source": "asked for"},
        "findings": [
            {
                "code": "same-files", "level": "error", "package": "torch", "version": "2.13.0",
                "message": "torch 2.13.0 wants CUDA 13, tensorflow 2.21.0 CUDA 12: both bring cuDNN and NCCL into the same folders",
                "why": [
                    "PyTorch 2.13.0 on the ordinary index is cu130 for linux_x86_64",
                    "and-cuda brings CUDA 12's libraries",
                    "the one installed last wins; no installer says so",
                ],
                "remedy": "give each framework an environment of its own, one of them the CPU build, or a pair that is known to be clean: scaffold builds --together",
                "line": 2, "file": "",
            }
        ],
        "notes": [],
        "summary": {"packages": 2, "complete": True, "error": 1, "warning": 0, "info": 0},
    }  # fmt: skip


def test_the_command_reads_standard_input():
    machine = ROOT / "tests" / "machines" / "windows-rtx4090.json"
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "builds", "--lint", "-", "--facts", machine, "--json"],
        cwd=ROOT, input="torch==2.15.0+cu132\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["file"], answer["findings"]) == (0, "standard input", [])
