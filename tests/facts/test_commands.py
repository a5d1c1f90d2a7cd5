"""`--facts` and `--save` as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.facts import read_facts
from scaffold.machine import to_json
from tests.machine.hosts import FOLDER

REPOSITORY = Path(__file__).resolve().parents[2]
CORPUS = FOLDER / "machines.jsonl"
NOUVEAU, V100 = f"{CORPUS}#nouveau-rtx3060-py312", f"{CORPUS}#v100-drv570-py313"


@pytest.fixture(autouse=True)
def isolated(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def scaffold(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, "-m", "scaffold", *arguments], input=stdin, capture_output=True, timeout=120, check=False)  # fmt: skip
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_detect_shows_the_machine_that_is_told() -> None:
    done = scaffold("detect", "--facts", NOUVEAU)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"Told by        {NOUVEAU}",
        "System         Ubuntu 24.04 · x86_64 · glibc 2.39",
        "Processor      unknown",
        "Memory         unknown",
        "Disk           unknown",
        "Accelerator    RTX 3060 · nvidia 0 · compute capability 8.6 · not usable: nouveau",
        "Note           " + read_facts(NOUVEAU).machine.notes[0],
        (
            "In short       RTX 3060 has no driver that can compute; until that is cured, networks run on the "
            "processor"
        ),
    ]


def test_detect_prints_the_told_machine_as_json() -> None:
    done = scaffold("detect", "--facts", V100, "--json")
    answer = json.loads(done.stdout)
    assert answer.pop("told") == {"python": "3.13", "notes": []}
    assert answer == json.loads(json.dumps(to_json(read_facts(V100).machine)))


def test_a_saved_machine_is_shown_again_as_it_was() -> None:
    saved = scaffold("detect", "--save", "machine.json", "--json")
    read = scaffold("detect", "--facts", "machine.json", "--json")
    assert (saved.returncode, read.returncode) == (0, 0)
    first, second = json.loads(saved.stdout), json.loads(read.stdout)
    for one in first["accelerators"] + second["accelerators"]:
        one["uuid"] = ""
    assert first == second


def test_saved_to_standard_output_and_read_from_standard_input() -> None:
    record = scaffold("detect", "--save", "-").stdout
    read = scaffold("detect", "--facts", "-", "--json", stdin=record.encode())
    assert json.loads(read.stdout)["schema"] == "scaffold/machine/1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("detect", "--facts", "nowhere.json"), "nowhere.json cannot be read"),
        (("detect", "--facts", str(CORPUS)), f"{CORPUS} tells of 18 machines"),
        (("detect", "--facts", V100, "--save", "x.json"), "--save writes this machine down, and --facts is about another one"),
        (("new", "cnn-project", "--facts", V100), "--facts tells of another machine: no environment can be made for it here"),
        (("new", "cnn-project", "--dry-run", "--facts", V100, "--python", "/usr/bin/python3"),
         "--python /usr/bin/python3: with --facts only a version can be meant"),
        (("new", "cnn-project", "--dry-run", "--facts", V100, "--index", "https://mirror.example/simple"),
         "--index https://mirror.example/simple: with --facts no index is asked, scaffold's tables tell what there is"),
    ],
)  # fmt: skip
def test_refusals(arguments: tuple[str, ...], message: str) -> None:
    done = scaffold(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == f"error[option-refused]: {message}"
    assert any(line.startswith("hint: ") for line in done.stderr.splitlines())
    assert list(Path().iterdir()) == []


def test_new_plans_for_the_told_machine_and_writes_nothing() -> None:
    done = scaffold("new", "cnn-project", "--framework", "pytorch", "--dry-run", "--json", "--facts", V100)
    plan = json.loads(done.stdout)["plan"]
    assert (done.returncode, done.stderr, list(Path().iterdir())) == (0, "", [])
    assert plan["python"]["version"] == "3.13"
    assert [(one["package"], one["variant"]) for one in plan["choice"]["builds"]] == [("torch", "cu126")]
    assert {one["capability"] for one in plan["machine"]["accelerators"]} == {"7.0"}


def test_doctor_judges_the_told_machine() -> None:
    done = scaffold("doctor", "--json", "--facts", NOUVEAU)
    answer = json.loads(done.stdout)
    assert answer["summary"]["facts"] == NOUVEAU
    assert [one["id"] for one in answer["findings"] if one["id"].startswith("gpu.")] == [
        "gpu.driver-not-loaded"
    ]
