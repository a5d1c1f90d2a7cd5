"""A small template with two parts, and build plans as each kind of source gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.builds.model import BuildPlan
from scaffold.projects.catalog import Provider
from scaffold.projects.model import Template

TEMPLATE = """\
title = "Tiny"
description = "Nothing much"
version = "1.2.3"

[[layer]]
folder = "common"
parts = ["metrics"]
dependencies = ["alpha>=1"]

[[layer]]
folder = "pytorch"
framework = "pytorch"
parts = ["metrics"]

[[layer]]
folder = "keras"
framework = "keras"

[[run]]
name = "train (PyTorch)"
kind = "module"
target = "your_project.pytorch.train"
smoke = ["--smoke"]
framework = "pytorch"
summary = "train Your Project"
default = true

[[run]]
name = "tests"
kind = "pytest"
target = "tests"
"""

FILES = {
    "tiny/template.toml": TEMPLATE,
    "tiny/common/README.md.jinja": "# {{ project.title }}\n{% for run in runs %}\n- {{ run.name }}\n{% endfor %}\n",
    "tiny/common/src/your_project/data.py": '"""Data of Your Project."""\n\nNAME = "your-project"\n',
    "tiny/pytorch/src/your_project/pytorch/train.py": "from your_project import data\n",
    "tiny/keras/src/your_project/tfkeras/train.py": "from your_project import data\n",
    "parts/base/part.toml": 'dependencies = ["beta"]\n',
    "parts/base/src/your_project/__init__.py": '"""Your Project."""\n',
    "parts/base/.gitignore": "/.venv/\n",
    "parts/metrics/part.toml": 'summary = "numbers"\nrequires = ["base"]\ndependencies = ["alpha>=1"]\n',
    "parts/metrics/src/your_project/metrics.py": "",
}


def lay(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    root = tmp_path / "templates"
    lay(root, FILES)
    return Provider(name="scaffold", distribution="scaffold-dl", folder=root)


@pytest.fixture
def tiny(provider: Provider) -> Template:
    from scaffold.projects.catalog import find_template

    return find_template("tiny", (provider,))


def torch_build(variant: str = "cpu", source_kind: str = "pytorch", version: str = "2.14.1") -> BuildPlan:
    local = "" if source_kind == "index" else f"+{variant}"
    return BuildPlan(
        framework="pytorch",
        package="torch",
        version=version,
        variant=variant,
        requirement=f"torch=={version}{local}",
        device="cpu" if variant == "cpu" else "cuda",
        source={"pytorch": f"https://mirror.example/whl/{variant}", "find-links": "/home/u/wheels"}.get(
            source_kind, ""
        ),
        source_kind=source_kind,
    )


def keras_build(
    package: str = "tensorflow-cpu", extra: str = "", constraints: tuple[str, ...] = ()
) -> BuildPlan:
    return BuildPlan(
        framework="keras",
        package=package,
        version="2.21.0",
        variant="cuda" if extra else "cpu",
        requirement=f"{package}{extra}==2.21.0",
        device="cuda" if extra else "cpu",
        source="",
        source_kind="index",
        companions=("keras>=3.14",),
        constraints=constraints,
    )
