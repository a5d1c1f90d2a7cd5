"""`scaffold builds` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scaffold.cli.builds import command

pytestmark = pytest.mark.usefixtures("frozen_tables")
MACHINES = Path(__file__).parents[1] / "machines"
BY = (
    "By             scaffold's tables; no index was asked. "
    "scaffold new --dry-run asks yours, and looks for your Pythons"
)
SAMPLES = MACHINES / "machines.jsonl"


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, list(arguments), input=stdin, catch_exceptions=True)


@pytest.fixture(autouse=True)
def no_data_of_the_user(home: Path) -> Path:
    return home


def test_in_words() -> None:
    result = run(
        "--facts", f"{SAMPLES}#gtx1080ti-drv580-py312", "-f", "torch", "-f", "tensorflow", "--together"
    )
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"Told by        {SAMPLES}#gtx1080ti-drv580-py312",
        "Machine        Ubuntu 24.04 · x86_64 · glibc 2.39",
        "               NVIDIA GeForce GTX 1080 Ti · nvidia 0 · compute capability 6.1 · driver 580.82.07",
        "Python         3.12",
        "",
        "PyTorch        torch==2.14.1+cu126 on cuda (confidence: medium)",
        "               because driver 580.82.07 runs builds up to CUDA 13",
        "               because cu126 holds machine code for NVIDIA GeForce GTX 1080 Ti (6.1)",
        "               because 2.14.1+cu126 is the newest that fits, from PyTorch's index for cu126",
        "               not 2.15.0 cu132: has no machine code for NVIDIA GeForce GTX 1080 Ti (6.1)",
        "               not 2.15.0 cu130: has no machine code for NVIDIA GeForce GTX 1080 Ti (6.1)",
        "               not 2.14.1 cu132: has no machine code for NVIDIA GeForce GTX 1080 Ti (6.1)",
        "               not 2.14.1 cu130: has no machine code for NVIDIA GeForce GTX 1080 Ti (6.1)",
        "",
        "Keras          tensorflow[and-cuda]==2.21.0 on cuda (confidence: medium)",
        "               because driver 580.82.07 runs builds up to CUDA 13",
        "               because it runs on NVIDIA GeForce GTX 1080 Ti (6.1)",
        "               because TensorFlow 2.21.0 is the newest that fits, from your package index",
        "               because cuDNN 9.11 dropped GPUs below 7.5: an older one is asked for",
        "",
        (
            "Together       PyTorch 2.14.1+cu126 and TensorFlow 2.21.0 share one environment on the GPU: "
            "both take CUDA 12.6's libraries and cuDNN 9.10.2"
        ),
        (
            "Install        pip install torch==2.14.1+cu126 'tensorflow[and-cuda]==2.21.0' 'keras>=3.14' "
            "'nvidia-cudnn-cu12<9.11' --extra-index-url https://download.pytorch.org/whl/cu126"
        ),
        "",
        "Hint           580 is the last driver branch for NVIDIA GeForce GTX 1080 Ti (6.1)",
        "",
        BY,
    ]


def test_as_json() -> None:
    result = run("--facts", f"{SAMPLES}#t4-drv535-py311", "--framework", "pytorch", "--json")
    told = json.loads(result.output)
    assert (told["schema"], told["status"], told["python"]) == ("scaffold/builds/1", "ok", "3.11")
    assert list(told) == [
        "schema", "status", "machine", "python", "policy", "torch", "together", "install", "advice", "reasons",
        "notes",
    ]  # fmt: skip
    assert (told["torch"]["version"], told["torch"]["variant"]) == ("2.14.1", "cu126")


def test_facts_from_standard_input() -> None:
    facts = json.dumps({"os": "linux", "arch": "x86_64", "python": "3.12", "gpus": [], "glibc": "2.39"})
    told = json.loads(run("--facts", "-", "--json", stdin=facts).output)
    assert (told["torch"]["requirement"], told["tensorflow"]["requirement"]) == (
        "torch==2.15.0+cpu",
        "tensorflow-cpu==2.21.0",
    )


def test_the_python_that_is_asked_for_wins() -> None:
    facts = ("--facts", f"{SAMPLES}#t4-drv535-py311", "-f", "jax", "--json")
    assert json.loads(run(*facts, "--python", "3.13.1").output)["python"] == "3.13"


def test_no_build_is_no_failure() -> None:
    result = run("--facts", f"{SAMPLES}#cpu-linux-py314", "-f", "keras")
    assert result.exit_code == 0
    assert result.output.splitlines()[-4:] == [
        "Keras          no build",
        (
            "               no stable wheel of tensorflow for Python 3.14 on linux_x86_64 "
            "(there are some for Python 3.10, 3.11, 3.12, 3.13)"
        ),
        "",
        BY,
    ]


def test_this_very_machine() -> None:
    result = run("--json")
    assert result.exit_code == 0
    assert set(json.loads(result.output)) >= {"torch", "tensorflow", "jax", "status"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--python", "new"), "--python new: no version of Python"),
        (("--python", ""), "--python : no version of Python"),
        (("--refresh", "--together"), "--refresh stands alone"),
        (("--yes",), "--yes belongs to --refresh"),
        (("--lint", "-", "--facts", "-"), "--lint and --facts cannot both read standard input"),
        (("--lint", "uv.lock", "--together"), "--lint and --together exclude each other"),
    ],
)
def test_what_makes_no_sense(arguments: tuple[str, ...], message: str) -> None:
    assert str(run(*arguments).exception) == message


def test_unknown_framework_is_misuse() -> None:
    assert run("-f", "mxnet").exit_code == 2


def test_a_lock_of_which_nothing_was_understood_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("-r missing.txt\n", encoding="utf-8")
    result = run(
        "--lint", str(tmp_path / "requirements.txt"), "--facts", f"{SAMPLES}#t4-drv535-py311", "--json"
    )
    assert (result.exit_code, json.loads(result.output)["summary"]["complete"]) == (1, False)
