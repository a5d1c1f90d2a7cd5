"""What a project's files say will be installed here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.facts.told import Told
from scaffold.machine import detect
from scaffold.machine.model import Machine
from scaffold.probing.manifest.model import IndexOf, LockedHere, ManifestFacts, Named
from scaffold.probing.manifest.probe import probe
from scaffold.probing.scene import Scene
from scaffold.probing.target import Target
from scaffold.replay.manifest import told
from scaffold.system import HostSystem

CUDA, CPU = "https://download.pytorch.org/whl/cu128", "https://download.pytorch.org/whl/cpu"

PROJECT = f"""
[project]
name = "app"
requires-python = ">=3.11"
dependencies = ["torch>=2.7", "numpy", "tensorflow==2.20.0; sys_platform == 'win32'"]

[tool.uv.sources]
torch = [{{ index = "cuda", marker = "sys_platform == 'win32'" }}]

[[tool.uv.index]]
name = "cuda"
url = "{CUDA}"
explicit = true
"""

LOCK = f"""
version = 1
requires-python = ">=3.11"

[[package]]
name = "app"
version = "0.1.0"
source = {{ virtual = "." }}
dependencies = [{{ name = "torch" }}]

[[package]]
name = "torch"
version = "2.9.1+cpu"
source = {{ registry = "{CPU}" }}
"""


@pytest.fixture(scope="module")
def machine() -> Machine:
    found = detect(HostSystem(), Path())
    return replace(found, host=replace(found.host, os="linux", architecture="x86_64"))


def facts_of(folder: Path, machine: Machine) -> ManifestFacts:
    return probe(Scene(system=HostSystem(), machine=machine, target=Target(folder=folder)))


def test_a_project_of_uvs(tmp_path: Path, machine: Machine) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "uv.lock").write_text(LOCK)
    marker = "sys_platform == 'win32'"
    assert facts_of(tmp_path, machine) == ManifestFacts(
        requires_python=">=3.11",
        named=(Named(package="torch", specifier=">=2.7", place="pyproject.toml, [project]"),),
        index_of=(
            IndexOf(
                package="torch",
                url=CUDA,
                marker=marker,
                holds=False,
                place="pyproject.toml, [tool.uv.sources]",
            ),
        ),
        files=("pyproject.toml", "uv.lock"),
        locks=(
            LockedHere(
                path="uv.lock",
                format="uv.lock",
                python="3.12",
                frameworks=(Named(package="torch", version="2.9.1+cpu", index=CPU, place="uv.lock"),),
                pins=(Named(package="torch", version="2.9.1+cpu", place="uv.lock"),),
            ),
        ),
    )


def test_requirements(tmp_path: Path, machine: Machine) -> None:
    (tmp_path / "requirements.txt").write_text(f"--extra-index-url {CPU}\nnumpy\ntorch==2.7.1\n")
    facts = facts_of(tmp_path, machine)
    assert [(one.package, one.version, one.place) for one in facts.named] == [
        ("torch", "2.7.1", "requirements.txt:3")
    ]
    assert CPU in facts.indexes


def test_requirements_of_powershell(tmp_path: Path, machine: Machine) -> None:
    (tmp_path / "requirements.txt").write_bytes("torch==2.7.1\r\n".encode("utf-16"))
    assert [(one.package, one.version) for one in facts_of(tmp_path, machine).named] == [("torch", "2.7.1")]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\0", b"[[[", b"[project]\ndependencies = 7\n", b"= =\n" * 9]
)
def test_files_that_are_none_say_nothing(tmp_path: Path, machine: Machine, content: bytes) -> None:
    for name in ("pyproject.toml", "uv.lock", "poetry.lock", "requirements.txt", "environment.yml"):
        (tmp_path / name).write_bytes(content)
    assert facts_of(tmp_path, machine).named == ()


def test_a_sentence_about_files() -> None:
    project = {
        "pyproject": "tool.uv.sources torch = { index='cu128', marker=\"sys_platform == 'linux'\" }",
        "uv.lock": "torch 2.11.0 source=pypi marker sys_platform != 'linux'",
    }
    facts = told(Told({"os": {"family": "windows"}, "project": project}, []))
    gate = facts.gated("torch")
    assert gate is not None
    assert gate.marker == "sys_platform == 'linux'"
    assert [(one.package, one.version) for lock in facts.locks for one in lock.frameworks] == [
        ("torch", "2.11.0")
    ]


@pytest.mark.parametrize(
    "value", [None, 7, "text", [], {"pyproject": 3}, {"uv.lock": {}}, {"requirements": [1]}]
)
def test_odd_descriptions_never_raise(value: object) -> None:
    assert isinstance(told(Told({"project": value}, [])), ManifestFacts)
