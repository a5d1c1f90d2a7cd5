"""What the benchmark of builds says is what is so: its judge, its stand-in index, its worlds."""

import doctest
import http.client
import shutil
import subprocess
import sys
import urllib.parse

import builds_judge
import builds_peers
import builds_table
import pytest
import pytorch_index
import uv
from builds_judge import Answer, Verdict, judge
from builds_peers import NOT_DRIVEN, Asked
from builds_table import cell, section
from builds_world import can_enter, entering, lay_out, world_of

PASCAL = {
    "os": "linux",
    "arch": "x86_64",
    "python": "3.12",
    "glibc": "2.39",
    "gpus": [{"vendor": "nvidia", "name": "NVIDIA GeForce GTX 1080 Ti", "cc": "6.1"}],
    "nvidia_driver": "580.82.07",
}
EXPECTED = {"best": "2.14.1+cu126", "device": "cuda", "accept": ["2.13.*+cu126"], "pypi_only": "2.7.1"}
TENSORFLOW = {"best": "2.21.0[and-cuda]", "device": "cuda", "constraints": ["nvidia-cudnn-cu12<9.11"]}


@pytest.mark.parametrize("module", [builds_judge, builds_peers, builds_table, pytorch_index])
def test_examples(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer(version="2.14.1", variant="cu126"), Verdict(right=True, effect="cuda")),
        (Answer(version="2.13.0", variant="cu126"), Verdict(right=True, effect="cuda")),
        (Answer(version="2.6.0", variant="cu124"), Verdict(right=False, effect="cuda")),
        (
            Answer(version="2.15.0", variant="cu132"),
            Verdict(right=False, effect="fails", why="no kernels for 6.1"),
        ),
        (Answer(version="2.15.0"), Verdict(right=False, effect="fails", why="no kernels for 6.1")),
        (Answer(version="2.15.0", variant="cpu"), Verdict(right=False, effect="cpu")),
        (Answer(problem="no wheel"), Verdict(right=False, effect="none", why="no wheel")),
    ],
)
def test_a_verdict_on_pytorch(answer, verdict):
    assert judge("torch", answer, EXPECTED, PASCAL) == verdict


def test_a_driver_too_old_leaves_the_gpu_idle():
    facts = {**PASCAL, "nvidia_driver": "550.54.15", "gpus": [{"vendor": "nvidia", "cc": "8.0"}]}
    answer = Answer(version="2.15.0", variant="cu132")
    why = "cu132: CUDA 13 needs driver 580"
    assert judge("torch", answer, EXPECTED, facts) == Verdict(right=False, effect="cpu", why=why)


@pytest.mark.parametrize(
    ("cudnn", "verdict"),
    [
        ("9.10.2.21", Verdict(right=True, effect="cuda")),
        ("9.28.0.42", Verdict(right=False, effect="fails", why="cuDNN 9.28.0.42 has dropped 6.1")),
    ],
)
def test_a_verdict_on_tensorflow_looks_at_cudnn(cudnn, verdict):
    answer = Answer(version="2.21.0", variant="and-cuda", cudnn=cudnn)
    assert judge("tensorflow", answer, TENSORFLOW, PASCAL) == verdict


def test_a_cell_says_what_became_of_an_answer():
    fails = Verdict(right=False, effect="fails", why="no kernels for 6.1")
    new = Asked(answer=Answer(version="2.15.0", variant="cu132"), how="world")
    assert [
        cell(NOT_DRIVEN, fails, "cuda"),
        cell(new, fails, "cuda"),
        cell(new, Verdict(right=True, effect="cuda"), "cuda"),
        cell(new, Verdict(right=False, effect="cuda"), "cuda"),
        cell(Asked(answer=Answer(), how="facts"), Verdict(right=True, effect="none"), "none"),
    ] == [
        "not driven",
        "`2.15.0+cu132` **fails**: no kernels for 6.1",
        "`2.15.0+cu132` right",
        "`2.15.0+cu132` runs, not the best",
        "none: right",
    ]


def test_a_tool_that_could_not_be_asked_does_not_count():
    right = (Asked(answer=Answer(version="1.0"), how="facts"), Verdict(right=True, effect="cpu"), "cpu")
    silent = (NOT_DRIVEN, Verdict(right=False, effect="none"), "cpu")
    assert section("T", {"a": "1.0", "b": "1.0"}, {"x": {"a": right, "b": silent}}) == (
        "## T\n\n| machine | expected | x |\n|---|---|---|\n| a | `1.0` | `1.0` right |\n| b | `1.0` | not driven |\n"
        "| **sum: right** |  | **1 of 1** |\n| **the expected device computes** |  | **1 of 1** |\n"
    )


@pytest.fixture
def stand(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("the openssl program is not here")
    with pytorch_index.stand_in(tmp_path, pytorch_index.pages()) as running:
        yield running


def test_uv_asks_the_stand_in_for_pytorchs_index(stand):
    command = [uv.find_uv_bin(), "pip", "compile", "-", "--torch-backend=cu126", "--python-version=3.12"]
    command += ["--python-platform=x86_64-manylinux_2_28", "--default-index", stand.pypi, "--no-cache"]
    command += [
        "--python",
        sys.executable,
        "--no-header",
        "--no-annotate",
        "--emit-index-annotation",
        "--quiet",
    ]
    done = subprocess.run(
        command, input="torch==2.14.1\n", env=stand.environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "torch==2.14.1+cu126\n    # from https://download.pytorch.org/whl/cu126\n", (
        done.stderr
    )


def test_nothing_but_pytorchs_index_can_be_reached(stand):
    proxy = urllib.parse.urlsplit(stand.proxy)
    connection = http.client.HTTPSConnection(proxy.hostname, proxy.port)
    connection.set_tunnel("elsewhere.invalid")
    with pytest.raises(OSError, match=r"^Tunnel connection failed: 403 only the stand-in can be reached$"):
        connection.request("GET", "/")


@pytest.mark.skipif(not can_enter(), reason="mount namespaces are not allowed here")
def test_a_program_sees_the_recorded_machine(tmp_path):
    lay_out(world_of(PASCAL), tmp_path)
    start, environment = entering(tmp_path, {"PATH": "/usr/bin:/bin"})
    script = "cat /sys/module/nvidia/version /sys/bus/pci/devices/*/vendor; nvidia-smi --query-gpu=driver_version,compute_cap"
    done = subprocess.run(
        [*start, "sh", "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "580.82.07\n0x10de\ndriver_version, compute_cap\n580.82.07, 6.1\n", done.stderr
