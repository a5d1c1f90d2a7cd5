"""uv.lock, pylock.toml, poetry.lock: what the tools really wrote."""

import pytest

from scaffold.locks.markers import environment
from scaffold.locks.reading import read_lock
from scaffold.locks.selection import choice, installed
from tests.builds.samples import host
from tests.locks.samples import FILES, of_file

LINUX = environment(host(), "3.12")
GPU_PACKAGES = ("nvidia", "torch", "cuda-toolkit", "triton")
CUDA_13_2 = [
    "cuda-toolkit 13.2.2", "nvidia-cublas 13.4.1.3", "nvidia-cuda-cccl 13.3.5.0.6",
    "nvidia-cuda-cupti 13.2.86", "nvidia-cuda-nvrtc 13.2.86", "nvidia-cuda-runtime 13.2.86",
    "nvidia-cudnn-cu13 9.26.0.51", "nvidia-cufft 12.2.0.57", "nvidia-cufile 1.17.1.22",
    "nvidia-cusolver 12.2.0.11", "nvidia-cusparse 12.7.10.12", "nvidia-cusparselt-cu13 0.8.1",
    "nvidia-nccl-cu13 2.30.7", "nvidia-nvjitlink 13.5.37", "nvidia-nvshmem-cu13 3.7.2",
    "nvidia-nvtx 13.2.86", "torch 2.15.0", "triton 3.9.0",
]  # fmt: skip


def shown(name, facts, chosen=None):
    rows = installed(of_file(name), facts, chosen)
    return [one.shown for one in rows if one.name.startswith(GPU_PACKAGES)]


@pytest.mark.parametrize("name", ["torch-2.15.uv.lock", "pylock.torch-2.15.toml", "exported-torch-2.15.txt"])
def test_three_formats_of_one_lock_say_the_same(name):
    assert shown(name, LINUX) == CUDA_13_2
    assert shown(name, environment(host("windows"), "3.12")) == ["torch 2.15.0"]
    assert shown(name, environment(host("macos", "arm64", os_version="14.5"), "3.12")) == ["torch 2.15.0"]


@pytest.mark.parametrize("name", ["torch-2.15.uv.lock", "pylock.torch-2.15.toml", "exported-torch-2.15.txt"])
@pytest.mark.parametrize(("python", "numpy"), [("3.11", "2.4.6"), ("3.12", "2.5.5")])
def test_a_fork_is_taken_by_python(name, python, numpy):
    rows = installed(of_file(name), environment(host(), python))
    assert [one.version for one in rows if one.name == "numpy"] == [numpy]


def test_a_uv_lock_as_a_whole():
    lock = of_file("torch-2.15.uv.lock")
    torch = next(one for one in lock.packages if one.name == "torch")
    lines = (lock.format, lock.requires_python, torch.index, torch.buildable, torch.wheels[0])
    assert lines == (
        "uv.lock", ">=3.11", "https://index.example/simple", False, "torch-2.15.0-cp311-cp311-macosx_14_0_arm64.whl",
    )  # fmt: skip


def test_groups_that_exclude_each_other():
    lock = of_file("groups.uv.lock")
    assert lock.default == ("group cuda12",)
    assert lock.choices == ("extra tf", "group cuda12", "group cuda13", "group dev")
    assert lock.conflicts == (("group cuda12", "group cuda13"), ("extra tf", "group cuda12"))
    assert choice(lock, "group cuda13") == ("group cuda13",)
    assert choice(lock, "group dev") == ("group cuda12", "group dev")
    torch = {
        on: [one.shown for one in installed(lock, LINUX, on) if one.name in {"torch", "tensorflow"}]
        for on in [("group cuda12",), ("group cuda13",), ("extra tf",), ()]
    }
    assert torch == {
        ("group cuda12",): ["torch 2.10.0"],
        ("group cuda13",): ["torch 2.13.0"],
        ("extra tf",): ["tensorflow 2.21.0"],
        (): [],
    }


def test_an_extra_reaches_what_it_brings():
    rows = installed(of_file("groups.uv.lock"), LINUX, ("extra tf",))
    assert [one.version for one in rows if one.name == "nvidia-cudnn-cu12"] == ["9.28.0.42"]
    assert [one.extras for one in rows if one.name == "tensorflow"] == [("and-cuda",)]


def test_the_default_groups_of_an_older_lock_stand_in_the_project(tmp_path):
    lock = of_file("groups.uv.lock")
    text = (FILES / "groups.uv.lock").read_text().replace('default-groups = ["cuda12"]\n', "")
    (tmp_path / "uv.lock").write_text(text)
    assert read_lock(tmp_path / "uv.lock").default == ("group dev",)
    (tmp_path / "pyproject.toml").write_text('[tool.uv]\ndefault-groups = ["cuda13"]\n')
    assert read_lock(tmp_path / "uv.lock").default == ("group cuda13",)
    (tmp_path / "pyproject.toml").write_text('[tool.uv]\ndefault-groups = "all"\n')
    assert read_lock(tmp_path / "uv.lock").default == tuple(one for one in lock.choices if one != "extra tf")
    (tmp_path / "pyproject.toml").write_text("no toml")
    assert read_lock(tmp_path / "uv.lock").default == ("group dev",)


def test_a_poetry_lock():
    lock = of_file("poetry.lock")
    linux = environment(host(), "3.11")
    assert (lock.format, lock.requires_python, lock.choices) == ("poetry.lock", ">=3.11,<3.12", ("extra tf",))
    frameworks = {"torch", "tensorflow-cpu"}
    assert [one.shown for one in installed(lock, linux) if one.name in frameworks] == ["torch 2.13.0"]
    chosen = installed(lock, linux, ("extra tf",))
    assert [one.shown for one in chosen if one.name in frameworks] == [
        "tensorflow-cpu 2.21.0",
        "torch 2.13.0",
    ]
    on_windows = installed(lock, environment(host("windows"), "3.11"))
    assert [one.shown for one in on_windows if one.name.startswith("nvidia")] == []


def test_lines_lead_to_the_name():
    for name in ("torch-2.15.uv.lock", "pylock.torch-2.15.toml", "poetry.lock"):
        lines = (FILES / name).read_text().splitlines()
        assert {lines[one.line - 1] for one in of_file(name).packages} == {
            f'name = "{one.name}"' for one in of_file(name).packages
        }
