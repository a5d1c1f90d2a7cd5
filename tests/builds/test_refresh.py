"""A refresh against a real package index on this machine, with tables as small as they can be."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.builds import refresh, tables, user_data
from scaffold.builds.advice import advise
from scaffold.builds.credits import credited
from scaffold.builds.model import BuildPlan
from scaffold.builds.published import published
from scaffold.errors import NoPermission, ScaffoldError, SourceUnreachable, UserDataRefused
from scaffold.machine.model import Machine
from tests.builds.package_index import CODE, TABLES, Index, Laptop, laptop
from tests.builds.samples import host
from tests.sources.conftest import PackageServer, Reply, serve

TODAY = dt.date(2027, 1, 20)
TORCH = (
    'cuda-toolkit[cublas,cudart]==13.2.2; platform_system == "Linux"',
    'nvidia-cudnn-cu13==9.30.0.1; platform_system == "Linux"',
    'nvidia-nccl-cu13==2.31.0; platform_system == "Linux"',
)
TENSORFLOW = (
    "keras>=3.16.0",
    "numpy>=1.26.0",
    'nvidia-cuda-runtime-cu12<13.0,>=12.9.79; extra == "and-cuda"',
    'nvidia-cudnn-cu12<10.0,>=9.10; extra == "and-cuda"',
)
LINUX = "manylinux_2_28_x86_64"
NO_PYTORCH = (
    "http://127.0.0.1:9/whl/cpu: 127.0.0.1:9 refuses connections and 4 more: "
    "what PyTorch's own index has stays unknown"
)
ASKS_AGAIN = "scaffold builds --refresh asks again"
BUILD = BuildPlan(
    framework="pytorch", package="torch", version="2.15.0", variant="cpu", requirement="", device="cpu",
    source="", source_kind="pytorch",
)  # fmt: skip
NOT_TOLD = "no metadata tells which GPUs it holds machine code for"
NOT_CHOSEN = "it is not chosen for a GPU until a [[torch.kernels]] row tells"

HEAD = """\
# Builds of frameworks: what this file says is laid over the tables that scaffold ships.
# Rows with `refreshed` were written by `scaffold builds --refresh`; they give way to newer shipped ones.
# A row of your own replaces the shipped one of the same identity; `remove = true` takes it away.

"""
TORCH_3 = """\
# linux_x86_64: cu132, nvidia-nccl-cu13==2.31.0
[[torch.release]]
version = "3.0.0"
date = 2027-01-04
python = ["3.12", "3.13"]
python_on = {windows_x86_64 = ["3.13"]}
glibc = "2.28"
pypi = {linux_x86_64 = "cu132", windows_x86_64 = "cpu"}
cudnn = {cu132 = "9.30.0.1"}
macos = "14.0"
size_mb = {linux_x86_64 = 1, windows_x86_64 = 1}
pytorch_index = {}
confidence = "low"
refreshed = 2027-01-20

# capabilities are those of 2.15.0: no metadata tells which GPUs it holds machine code for
[[torch.kernels]]
variant = "cu132"
platform = "linux_x86_64"
releases = "==3.0.0"
capabilities = ["8.0", "9.0"]
refreshed = 2027-01-20
"""


@pytest.fixture(autouse=True)
def small_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(tables, "_DATA", folder)
    tables.overlay(None)
    yield
    tables.overlay(None)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PackageServer]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    # All projects are asked for at once: more than the five connections that wait by default.
    yield from serve(lambda listener: listener.socket.listen(128))


@pytest.fixture
def index(server: PackageServer) -> Index:
    return Index(server)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "configuration" / "builds.toml"


def plan(index: Index, file: Path) -> refresh.Refresh:
    return refresh.plan(laptop(index.server, file), today=TODAY)


def torch_3(index: Index) -> None:
    index.add("torch", "3.0.0", f"cp312-cp312-{LINUX}", TORCH, uploaded="2027-01-04")
    index.add("torch", "3.0.0", f"cp313-cp313-{LINUX}", TORCH)
    index.add("torch", "3.0.0", f"cp313-cp313t-{LINUX}", TORCH)
    index.add("torch", "3.0.0", "cp313-cp313-win_amd64", TORCH)


def test_a_new_release_becomes_a_row_and_no_wheel_is_downloaded(index: Index, file: Path) -> None:
    torch_3(index)
    found = plan(index, file)
    assert found.after == HEAD + TORCH_3
    assert found.notes == (
        f"torch 3.0.0, cu132 on linux_x86_64: capabilities are those of 2.15.0: {NOT_TOLD}",
    )
    assert found.unreachable == ()
    assert set(index.sent) == {f"torch-3.0.0-cp313-cp313-{LINUX}.whl"}
    assert sum(index.sent.values()) < len(CODE) / 10
    assert not file.exists()


def test_what_was_written_is_read_and_not_written_again(index: Index, file: Path) -> None:
    torch_3(index)
    first = plan(index, file)
    refresh.carry_out(first)
    assert file.read_text(encoding="utf-8") == first.after
    again = plan(index, file)
    assert (again.changed, again.rows, again.notes, again.diff) == (False, (), (), "")
    row = tables.torch().releases[0]
    assert (str(row.version), row.confidence, row.origin) == ("3.0.0", "low", str(file))
    assert tables.torch().kernels_of(row.version, "cu132", "linux_x86_64") == ("8.0", "9.0")


def test_a_row_that_scaffold_ships_by_now_counts(index: Index, file: Path, tmp_path: Path) -> None:
    torch_3(index)
    refresh.carry_out(plan(index, file))
    shipped = tmp_path / "tables" / "torch.toml"
    newer = TABLES["torch"].replace('"2.15.0"', '"3.0.0"').replace('"<3"', '"<4"')
    shipped.write_text(newer, encoding="utf-8")
    found = plan(index, file)
    assert found.notes == ("[[torch.release]] 3.0.0: scaffold's own row is newer and counts",)
    assert [(str(row.version), row.date) for row in tables.torch().releases] == [("3.0.0", "2026-10-28")]


def test_metadata_beside_the_wheel_is_enough(index: Index, file: Path) -> None:
    index.serving = "beside"
    torch_3(index)
    assert plan(index, file).after == HEAD + TORCH_3
    assert index.sent == {}


def test_metadata_beside_the_wheel_that_is_another_file(index: Index, file: Path) -> None:
    index.serving = "beside"
    torch_3(index)
    name = f"torch-3.0.0-cp313-cp313-{LINUX}.whl"
    index.server.replies[f"/files/simple/{name}.metadata"] = Reply(body="Name: torch\nVersion: 3.0.0\n")
    found = plan(index, file)
    assert not found.changed
    assert found.unreachable == (f"{name}.metadata is not the file that the index promises (SHA-256)",)


def test_metadata_that_is_promised_beside_the_wheel_and_not_there(index: Index, file: Path) -> None:
    index.serving = "beside"
    torch_3(index)
    name = f"torch-3.0.0-cp313-cp313-{LINUX}.whl"
    del index.server.replies[f"/files/simple/{name}.metadata"]
    index.serving = "parts"
    assert plan(index, file).after == HEAD + TORCH_3


def test_a_server_that_sends_whole_files_only_is_not_asked_for_one(index: Index, file: Path) -> None:
    index.serving = "whole"
    torch_3(index)
    found = plan(index, file)
    assert not found.changed
    assert found.unreachable == (f"{index.server.netloc} sends whole files only, no parts of them",)
    assert found.notes == (
        "torch 3.0.0 is left out: what its build for linux_x86_64 asks for cannot be read",
    )


def test_an_index_that_tells_neither_sizes_nor_times(index: Index, file: Path) -> None:
    index.told = False
    torch_3(index)
    found = plan(index, file)
    release = found.rows[0]
    assert (release.row["date"], release.row["size_mb"]) == (TODAY, {})
    assert release.comments == (
        "linux_x86_64: cu132, nvidia-nccl-cu13==2.31.0",
        "date is the day of the refresh: no source tells",
    )


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ("", "the METADATA of {name} is none"),
        ("\x00\x01 garbage", "the METADATA of {name} is none"),
        ("Name: torch", "the METADATA of {name} is none"),
    ],
)
def test_broken_metadata(index: Index, file: Path, metadata: str, problem: str) -> None:
    name = index.add("torch", "3.0.0", f"cp312-cp312-{LINUX}", metadata=metadata)
    found = plan(index, file)
    assert not found.changed
    assert found.unreachable == (problem.format(name=name),)


def test_a_strange_requirement_does_not_hide_the_others(index: Index, file: Path) -> None:
    index.add("torch", "3.0.0", f"cp312-cp312-{LINUX}", ("not a requirement !!", *TORCH))
    assert plan(index, file).rows[0].row["cudnn"] == {"cu132": "9.30.0.1"}


def test_metadata_that_makes_no_sense(index: Index, file: Path) -> None:
    requires = (TORCH[0], 'nvidia-cudnn-cu13===nine; platform_system == "Linux"', "nvidia-cudnn-cu14>=nine")
    index.add("torch", "3.0.0", f"cp312-cp312-{LINUX}", requires)
    index.add("torch", "3.1.0", f"cp312-cp312-{LINUX}", ("nvidia-cudnn-cu13==9.*", *TORCH[:1]))
    assert [one.row.get("cudnn") for one in plan(index, file).rows if one.array == "release"] == [
        {},
        {"cu132": "9"},
    ]


def test_rows_that_the_tables_cannot_read_are_left_out(
    index: Index, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch_3(index)
    monkeypatch.setattr(refresh.refresh_torch, "cudnn", lambda asked: "nine")
    found = plan(index, file)
    assert not found.changed
    assert found.notes == (
        "torch 3.0.0 is left out, its metadata makes no sense: [torch]: Invalid version: 'nine'",
    )


def test_kernels_are_those_of_the_release_before_not_of_a_later_one(index: Index, file: Path) -> None:
    shipped = tables._DATA / "torch.toml"
    older = TABLES["torch"].split("[[release]]")[1].replace("2.15.0", "2.14.1")
    rows = TABLES["torch"].replace(
        '"linux_x86_64", releases = ">=2.9,<3", capabilities = ["8.0", "9.0"]',
        '"linux_x86_64", releases = "==2.14.1", capabilities = ["7.0"]',
    )
    shipped.write_text(f"{rows}[[release]]{older}", encoding="utf-8")
    index.add("torch", "2.14.2", f"cp312-cp312-{LINUX}", TORCH)
    assert [one.row.get("capabilities") for one in plan(index, file).rows] == [None, ["7.0"]]


def test_a_file_that_is_no_wheel(index: Index, file: Path) -> None:
    name = index.add("torch", "3.0.0", f"cp312-cp312-{LINUX}", TORCH)
    index.server.replies[f"/files/simple/{name}"] = index._file(name, bytes(len(CODE)))
    found = plan(index, file)
    assert not found.changed
    assert [line.startswith(f"{name} cannot be read: ") for line in found.unreachable] == [True]


def test_a_cuda_that_nobody_knows_yet(index: Index, file: Path) -> None:
    requires = tuple(line.replace("==13.2.2", "==13.9.0") for line in TORCH)
    index.add("torch", "3.0.0", f"cp312-cp312-{LINUX}", requires)
    found = plan(index, file)
    assert [one.array for one in found.rows] == ["release"]
    assert found.rows[0].row["pypi"] == {"linux_x86_64": "cu139"}
    assert found.notes == (f"torch 3.0.0, cu139 on linux_x86_64: {NOT_TOLD}; {NOT_CHOSEN}",)


def test_a_build_without_cuda_is_for_the_cpu(index: Index, file: Path) -> None:
    index.add("torch", "3.0.0", "cp312-cp312-manylinux_2_28_aarch64", ("filelock",))
    row = plan(index, file).rows[0].row
    assert (row["pypi"], row["cudnn"]) == ({"linux_aarch64": "cpu"}, {})


def test_pytorchs_own_index_tells_of_more_builds(index: Index, file: Path) -> None:
    torch_3(index)
    other = tuple(line.replace("==13.2.2", "==13.0.1").replace("9.30.0.1", "9.29.0.7") for line in TORCH)
    index.add("torch", "3.0.0+cu130", f"cp312-cp312-{LINUX}", other, root="whl/cu130")
    index.add("torch", "3.0.0+cu132", "cp312-cp312-win_amd64", other, root="whl/cu132")
    found = plan(index, file)
    assert found.rows[0].row["cudnn"] == {"cu130": "9.29.0.7", "cu132": "9.30.0.1"}
    assert [(one.row["variant"], one.row["platform"], one.row["capabilities"]) for one in found.rows[1:]] == [
        ("cu132", "linux_x86_64", ["8.0", "9.0"]),
        ("cu130", "linux_x86_64", ["7.5", "9.0"]),
        ("cu132", "windows_x86_64", ["8.0"]),
    ]


@pytest.mark.parametrize("version", ["3.0.0rc1", "3.0.0.dev1", "2.15.0", "2.14.9", "2.12.0", "3.0.0+cu132"])
def test_what_is_no_news(index: Index, file: Path, version: str) -> None:
    index.add("torch", version, f"cp312-cp312-{LINUX}", TORCH)
    found = plan(index, file)
    assert (found.rows, found.notes, found.unreachable) == ((), (), ())


def test_a_later_release_of_a_known_series_is_news(index: Index, file: Path) -> None:
    index.add("torch", "2.15.1", f"cp312-cp312-{LINUX}", TORCH)
    found = plan(index, file)
    # Its kernels are known: the shipped row is for the whole series.
    assert [(one.array, one.row["version"]) for one in found.rows] == [("release", "2.15.1")]
    assert found.notes == ()


def test_a_release_that_the_user_does_not_want_to_hear_of(index: Index, file: Path) -> None:
    torch_3(index)
    file.parent.mkdir()
    file.write_text('[[torch.release]]\nversion = "3.0.0"\nremove = true\n', encoding="utf-8")
    found = plan(index, file)
    assert (found.rows, found.changed) == ((), False)


def test_tensorflow(index: Index, file: Path) -> None:
    for python in ("312", "313"):
        index.add("tensorflow", "2.22.0", f"cp{python}-cp{python}-manylinux_2_27_x86_64", TENSORFLOW)
    index.add("tensorflow", "2.22.0", "cp312-cp312-win_amd64", TENSORFLOW)
    index.add("tensorflow-cpu", "2.22.0", "cp312-cp312-manylinux_2_27_x86_64")
    index.add("tensorflow", "2.23.0rc0", "cp312-cp312-manylinux_2_27_x86_64", TENSORFLOW)
    assert plan(index, file).after == HEAD + (
        """\
# kernels and ptx are those of 2.21.0: no metadata tells which GPUs it holds machine code for
# it asks for keras>=3.16.0, numpy>=1.26.0
[[tensorflow.release]]
version = "2.22.0"
date = 2027-01-05
python = ["3.12", "3.13"]
python_on = {linux_aarch64 = [], windows_x86_64 = ["3.12"], macos_arm64 = [], macos_x86_64 = []}
glibc = "2.27"
cuda = "12.9"
libraries = "range"
kernels = ["6.0", "8.9"]
ptx = "9.0"
size_mb = {linux_x86_64 = 1, windows_x86_64 = 1}
cpu_size_mb = {linux_x86_64 = 1}
cpu_python = {linux_x86_64 = ["3.12"], windows_x86_64 = []}
confidence = "low"
refreshed = 2027-01-20
"""
    )


def test_a_tensorflow_without_tensorflow_cpu(index: Index, file: Path) -> None:
    index.add("tensorflow", "2.22.0", "cp312-cp312-manylinux_2_27_x86_64", TENSORFLOW)
    found = plan(index, file)
    assert found.rows[0].row["cpu_python"] == {"linux_x86_64": []}
    refresh.carry_out(found)
    user_data.apply(laptop(index.server, file))
    offers = published(["linux_x86_64"])
    assert [one.version for one in offers.wheels("tensorflow")] == ["2.22.0", "2.21.0"]
    assert [one.version for one in offers.wheels("tensorflow-cpu")] == ["2.21.0"]
    machine = Machine(host=host())
    answer = advise(machine, "3.12", ("keras",)).answers[0]
    assert isinstance(answer, BuildPlan)
    assert (answer.requirement, answer.confidence) == ("tensorflow==2.22.0", "medium")


def test_a_tensorflow_cpu_that_nobody_could_ask_for_is_asked_for_again(index: Index, file: Path) -> None:
    index.add("tensorflow", "2.22.0", "cp312-cp312-manylinux_2_27_x86_64", TENSORFLOW)
    index.server.replies["/simple/tensorflow-cpu/"] = Reply(status=500)
    first = plan(index, file)
    assert first.rows[0].row["not_reached"] == ["tensorflow-cpu"]
    refresh.carry_out(first)
    user_data.apply(laptop(index.server, file))
    keras = replace(BUILD, framework="keras", package="tensorflow", version="2.22.0", source_kind="index")
    assert credited((keras,))[0].warnings == (
        "whether there is a tensorflow-cpu 2.22.0 is not known, its source did not answer: " + ASKS_AGAIN,
    )
    index.add("tensorflow-cpu", "2.22.0", "cp312-cp312-manylinux_2_27_x86_64")
    again = plan(index, file)
    assert again.after == first.after.replace('not_reached = ["tensorflow-cpu"]\n', "").replace(
        "cpu_size_mb = {}\ncpu_python = {linux_x86_64 = []}\n", "cpu_size_mb = {linux_x86_64 = 1}\n"
    )


def without_pytorch(index: Index, file: Path) -> Laptop:
    """The same laptop, where nothing listens at PyTorch's index."""
    system = laptop(index.server, file)
    system.environment = {**system.environment, "SCAFFOLD_PYTORCH_INDEX": "http://127.0.0.1:9/whl"}
    return system


def test_a_release_is_not_answered_from_an_index_that_nobody_could_ask(index: Index, file: Path) -> None:
    torch_3(index)
    found = refresh.plan(without_pytorch(index, file), today=TODAY)
    row = found.rows[0].row
    assert (row["pytorch_index"], row["not_reached"]) == ({}, ["cpu", "cu130", "cu132", "rocm7.2", "xpu"])
    assert found.unreachable == (NO_PYTORCH,)
    refresh.carry_out(found)
    user_data.apply(laptop(index.server, file))
    machine = Machine(host=host())
    answer = advise(machine, "3.12", ("pytorch",)).answers[0]
    assert isinstance(answer, BuildPlan)
    assert (answer.requirement, answer.source_kind) == ("torch==2.15.0+cpu", "pytorch")
    assert answer.warnings == (
        "whether PyTorch's index for cpu has 3.0.0 is not known, it did not answer: " + ASKS_AGAIN,
    )


def test_what_was_not_reached_is_said_each_time_and_asked_for_again(index: Index, file: Path) -> None:
    torch_3(index)
    first = refresh.plan(without_pytorch(index, file), today=TODAY)
    refresh.carry_out(first)
    second = refresh.plan(without_pytorch(index, file), today=TODAY + dt.timedelta(days=1))
    assert (second.changed, second.rows, second.unreachable) == (False, (), (NO_PYTORCH,))
    index.add("torch", "3.0.0+cpu", f"cp312-cp312-{LINUX}", root="whl/cpu")
    index.add("torch", "3.0.0+cu130", f"cp312-cp312-{LINUX}", TORCH, root="whl/cu130")
    third = plan(index, file)
    assert [(one.array, one.again) for one in third.rows] == [("release", True), ("kernels", False)]
    assert third.after.startswith(
        first.after.replace("pytorch_index = {}", 'pytorch_index = {linux_x86_64 = ["cpu", "cu130"]}')
        .replace('not_reached = ["cpu", "cu130", "cu132", "rocm7.2", "xpu"]\n', "")
        .replace('cudnn = {cu132 = "9.30.0.1"}', 'cudnn = {cu130 = "9.30.0.1", cu132 = "9.30.0.1"}')
    )
    refresh.carry_out(third)
    assert not plan(index, file).changed
    assert {(one.version, one.source.variant) for one in published(["linux_x86_64"]).wheels("torch")} >= {
        ("3.0.0+cpu", "cpu"),
        ("3.0.0+cu130", "cu130"),
    }


def test_an_index_whose_files_cannot_be_read_is_asked_again(index: Index, file: Path) -> None:
    torch_3(index)
    name = index.add("torch", "3.0.0+cu130", f"cp312-cp312-{LINUX}", TORCH, root="whl/cu130")
    index.server.replies[f"/files/whl/cu130/{name}"] = Reply(status=500)
    row = plan(index, file).rows[0].row
    assert (row["pytorch_index"], row["not_reached"]) == ({"linux_x86_64": ["cu130"]}, ["cu130"])


def test_nothing_to_ask_is_an_error(index: Index, file: Path) -> None:
    system = laptop(index.server, file)
    system.environment = {**system.environment, "PIP_NO_INDEX": "1"}
    with pytest.raises(SourceUnreachable) as refusal:
        refresh.plan(system)
    assert refusal.value.detail == ("no-index is set by PIP_NO_INDEX",)


def test_a_tensorflow_for_another_cuda_is_left_to_people(index: Index, file: Path) -> None:
    index.add(
        "tensorflow", "2.22.0", f"cp312-cp312-{LINUX}",
        ('nvidia-cuda-runtime<14,>=13.0.48; extra == "and-cuda"',),
    )  # fmt: skip
    found = plan(index, file)
    assert found.rows == ()
    assert found.notes == (
        "tensorflow 2.22.0 is left out: it is built for CUDA 13.0, unlike every release before",
    )


def test_a_python_whose_newest_keras_is_old(index: Index, file: Path) -> None:
    index.add("keras", "2.2.0", "py3-none-any")  # says nothing of Pythons, as releases of its time
    index.add("keras", "3.12.4", "py3-none-any", requires_python=">=3.10")
    index.add("keras", "3.16.0", "py3-none-any", requires_python=">=3.12")
    index.add("keras", "3.17.0rc0", "py3-none-any", requires_python=">=3.10")
    found = plan(index, file)
    assert [dict(one.row) for one in found.rows] == [
        {"python": ["3.11"], "requirement": "keras>=3.12", "refreshed": TODAY}
    ]


def test_jax(index: Index, file: Path) -> None:
    index.add(
        "jax", "0.13.0", "py3-none-any",
        (
            "jaxlib<=0.13.0,>=0.12.0", "numpy>=2.3",
            'jax-cuda13-plugin[with-cuda]<=0.13.0,>=0.13.0; extra == "cuda13"',
        ),
        uploaded="2027-01-09",
    )  # fmt: skip
    index.add("jaxlib", "0.12.0", "cp312-cp312-manylinux_2_27_x86_64")
    index.add("jaxlib", "0.12.5", "cp312-cp312-manylinux_2_27_x86_64")
    index.add("jaxlib", "0.12.5", "cp312-cp312-macosx_12_0_arm64")
    index.add("jaxlib", "0.14.0", "cp312-cp312-manylinux_2_27_x86_64")
    plugin = ('nvidia-cudnn-cu13<10.0,>=9.13; sys_platform == "linux" and extra == "with-cuda"',)
    index.add("jax-cuda13-plugin", "0.13.0", "cp312-cp312-manylinux_2_27_x86_64", plugin)
    index.add("jax-cuda13-pjrt", "0.13.0", "py3-none-manylinux_2_27_x86_64")
    assert plan(index, file).after == HEAD + (
        """\
[[jax.release]]
version = "0.13.0"
date = 2027-01-09
python = ["3.12"]
glibc = "2.27"
jaxlib = "0.12.0"
numpy = "2.3"
macos = {macos_arm64 = "12.0"}
cudnn = {cu13 = "9.13"}
size_mb = {linux_x86_64 = 1, macos_arm64 = 1}
plugin_mb = {cu13 = {linux_x86_64 = 2}}
confidence = "low"
refreshed = 2027-01-20

# capabilities are those of 0.12.0: no metadata tells which GPUs it holds machine code for
[[jax.kernels]]
variant = "cu13"
releases = "==0.13.0"
capabilities = ["7.5", "9.0"]
refreshed = 2027-01-20
"""
    )


def test_a_jax_without_its_compiled_part(index: Index, file: Path) -> None:
    index.add("jax", "0.13.0", "py3-none-any", ("jaxlib<=0.13.0,>=0.13.0",))
    assert plan(index, file).notes == ("jax 0.13.0 is left out: there is no jaxlib for it",)


def test_no_index_answers(index: Index, file: Path) -> None:
    system = laptop(index.server, file)
    system.environment = {**system.environment, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    with pytest.raises(SourceUnreachable) as refusal:
        refresh.plan(system)
    assert refusal.value.message == "No package index answers, so there is nothing to refresh from"
    assert refusal.value.detail == ("http://127.0.0.1:9/simple: 127.0.0.1:9 refuses connections",)


def test_a_server_that_stalls_costs_only_its_own_release(index: Index, file: Path) -> None:
    torch_3(index)
    index.add("tensorflow", "2.22.0", "cp312-cp312-manylinux_2_27_x86_64", TENSORFLOW)
    name = f"torch-3.0.0-cp313-cp313-{LINUX}.whl"

    def stall(handler: object) -> None:
        index.server.released.wait(30)

    index.server.replies[f"/files/simple/{name}"] = stall
    system = laptop(index.server, file)
    system.environment = {**system.environment, "PIP_DEFAULT_TIMEOUT": "0.3"}
    found = refresh.plan(system, today=TODAY)
    assert found.unreachable == (f"{index.server.netloc} did not answer in time",)
    assert [one.table for one in found.rows] == ["tensorflow"]


def test_nobody_has_a_home(index: Index) -> None:
    system = laptop(index.server, Path())
    system.environment = {}
    system._record = {**system._record, "home": None}
    with pytest.raises(UserDataRefused) as refusal:
        refresh.plan(system)
    assert refusal.value.hint == "name a file in the variable SCAFFOLD_BUILDS"


def test_the_users_own_words_stay_where_they_are(index: Index, file: Path) -> None:
    torch_3(index)
    mine = '# my notes\n[torch.floor]   # policy\nversion = "2.11"\n\n[keras] # nothing yet\n# the end'
    file.parent.mkdir()
    file.write_text(mine, encoding="utf-8")
    refresh.carry_out(plan(index, file))
    assert file.read_text(encoding="utf-8") == f"{mine}\n\n{TORCH_3}"


def test_rows_join_a_list_that_is_written_as_one(index: Index, file: Path) -> None:
    torch_3(index)
    mine = (
        "[torch]\n"
        "kernels = [\n"
        '    { variant = "cu150", platform = "linux_x86_64", releases = ">=4", capabilities = ["9.0"] },  # mine\n'
        "]\n"
    )
    file.parent.mkdir()
    file.write_text(mine, encoding="utf-8")
    found = plan(index, file)
    assert found.after.startswith(mine.removesuffix("]\n"))
    refresh.carry_out(found)
    assert [row.variant for row in plan(index, file) and tables.torch().kernels] == [
        "cu150", "cu130", "cu132", "cu132", "cu132",
    ]  # fmt: skip


def test_a_file_that_was_changed_meanwhile_is_not_written(index: Index, file: Path) -> None:
    torch_3(index)
    found = plan(index, file)
    file.parent.mkdir()
    file.write_text("# somebody was here\n", encoding="utf-8")
    with pytest.raises(UserDataRefused) as refusal:
        refresh.carry_out(found)
    assert refusal.value.message == f"The data file {file} was changed meanwhile"
    assert file.read_text(encoding="utf-8") == "# somebody was here\n"
    assert [one.name for one in file.parent.iterdir()] == ["builds.toml"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_stays_a_link(index: Index, file: Path, tmp_path: Path) -> None:
    torch_3(index)
    real = tmp_path / "dotfiles.toml"
    real.write_text("# mine\n", encoding="utf-8")
    file.parent.mkdir()
    file.symlink_to(real)
    refresh.carry_out(plan(index, file))
    assert file.is_symlink()
    assert real.read_text(encoding="utf-8") == f"# mine\n\n{TORCH_3}"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_folder_that_nobody_may_write_to(index: Index, file: Path) -> None:
    torch_3(index)
    file.parent.mkdir(mode=0o500)
    with pytest.raises(NoPermission):
        refresh.carry_out(plan(index, file))


def test_a_place_that_is_no_folder(index: Index, file: Path) -> None:
    torch_3(index)
    file.parent.write_text("a file", encoding="utf-8")
    with pytest.raises(ScaffoldError) as refusal:
        refresh.carry_out(plan(index, file))
    assert refusal.value.code == "write-failed"


@pytest.mark.parametrize("moment", ["os.fsync", "pathlib.Path.replace"])
def test_killed_while_writing_loses_nothing(tmp_path: Path, moment: str) -> None:
    file = tmp_path / "builds.toml"
    file.write_text("# mine\n", encoding="utf-8")
    module, _, name = moment.rpartition(".")
    code = (
        "import os, pathlib, sys\n"
        f"{module}.{name} = lambda *_: os._exit(9)\n"
        "from scaffold.builds.refresh_text import write\n"
        "write(pathlib.Path(sys.argv[1]), '# mine\\n', '# mine\\n# more\\n')\n"
    )
    root = Path(__file__).resolve().parents[2]
    killed = subprocess.run([sys.executable, "-c", code, file], cwd=root, check=False, timeout=60)
    assert killed.returncode == 9
    assert file.read_text(encoding="utf-8") == "# mine\n"


#: Runs the command line, and dies of SIGKILL at the n-th thing that it does in the data file's folder.
DIES = """
import os, signal, sys
moment, folder, seen = int(sys.argv.pop(1)), sys.argv.pop(1), 0

def count(event, arguments):
    global seen
    if event in TOUCHES and any(str(one).startswith(folder) for one in arguments):
        seen += 1
        if seen == moment:
            os.kill(os.getpid(), signal.SIGKILL)

TOUCHES = {"open", "os.mkdir", "os.rename", "os.remove", "os.chmod", "shutil.copymode"}
sync = os.fsync
os.fsync = lambda stream: (count("open", [folder]), sync(stream))  # written, in part at least
sys.addaudithook(count)
from scaffold.cli import main
sys.exit(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_kill_9_at_any_moment_leaves_the_old_file_or_the_new_one(index: Index, tmp_path: Path) -> None:
    index.add("torch", "99.0.0", f"cp313-cp313-{LINUX}", TORCH)
    file = tmp_path / "configuration" / "builds.toml"
    file.parent.mkdir()
    before = "# mine\n"
    file.write_text(before, encoding="utf-8")
    seen = []
    for moment in range(1, 30):
        status = killed_at(moment, index, file)
        text = file.read_text(encoding="utf-8")
        seen.append((status, "old" if text == before else text))
        if status == 0:
            break
    new = seen[-1][1]
    assert new.startswith("# mine\n\n# linux_x86_64: cu132")
    assert new.count("[[torch.release]]") == 1
    assert {status for status, _ in seen[:-1]} == {-signal.SIGKILL}
    assert len(seen) > 4
    assert {text.replace(new, "new") for _, text in seen} == {"old", "new"}


def killed_at(moment: int, index: Index, file: Path) -> int:
    root = Path(__file__).resolve().parents[2]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))},
        **laptop(index.server, file).environment,
        "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_CONFIG": "1",
        "HOME": str(file.parent.parent),
        "PYTHONPATH": str(root),
    }
    command = [sys.executable, "-c", DIES, str(moment), str(file.parent), "builds", "--refresh", "--yes"]
    return subprocess.run(
        command, cwd=file.parent.parent, env=environment, check=False, capture_output=True, timeout=120
    ).returncode
