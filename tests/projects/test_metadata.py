from __future__ import annotations

from dataclasses import replace

import pytest

from scaffold.projects.metadata import imported_modules, pyproject, requirements, supported_pythons
from scaffold.projects.names import project_name
from scaffold.toml import loads

from .conftest import keras_build, torch_build

NAME = project_name("cat-dog")

WHOLE = """\
[build-system]
requires = ["flit_core>=3.11,<5"]
build-backend = "flit_core.buildapi"

[project]
name = "cat-dog"
version = "0.1.0"
description = "Nothing much"
readme = "README.md"
requires-python = ">=3.11,<3.14"
dependencies = [
    "torch>=2.10",
    "alpha>=1",
    "beta",
]

[dependency-groups]
cu126 = [
    "torch==2.14.1",
]
cpu = [
    "torch==2.14.1",
]
test = [
    "pytest>=8.3",
]
build = [
    "flit_core>=3.11,<5",
]
# on another machine: uv sync --no-default-groups --group test --group build --group cpu

[tool.flit.module]
name = "cat_dog"

[tool.uv]
default-groups = ["cu126", "test", "build"]
conflicts = [[{group = "cu126"}, {group = "cpu"}]]

[tool.uv.sources]
torch = [
    {index = "pytorch-cu126", group = "cu126"},
    {index = "pytorch-cpu", group = "cpu"},
]

[[tool.uv.index]]
name = "pytorch-cu126"
url = "https://download.pytorch.org/whl/cu126"
explicit = true

[[tool.uv.index]]
name = "pytorch-cpu"
url = "https://download.pytorch.org/whl/cpu"
explicit = true

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["src"]
addopts = "-ra --strict-markers"
markers = ["slow: takes more than ten seconds"]

[tool.ruff]
line-length = 110
src = ["src"]

[tool.ruff.lint]
select = ["E", "F", "W", "I", "UP", "B", "SIM", "RUF"]
ignore = ["UP036"]

[tool.mypy]
files = ["src", "tests"]
check_untyped_defs = true

[[tool.mypy.overrides]]
module = [
    "alpha.*",
    "beta.*",
    "torch.*",
]
ignore_missing_imports = true
"""


def test_the_whole_pyproject_of_a_cuda_machine(tiny):
    assert pyproject(tiny, NAME, ("pytorch",), (torch_build("cu126"),), "3.12") == WHOLE


def test_what_only_that_index_has_is_named_with_it(tiny):
    """uv asks an explicit index for direct dependencies alone: an ROCm build's compiler is one."""
    build = replace(torch_build("rocm7.2"), device="rocm", companions=("triton-rocm",))
    document = loads(pyproject(tiny, NAME, ("pytorch",), (build,), "3.12"))
    assert document["dependency-groups"]["rocm7.2"] == ["torch==2.14.1", "triton-rocm"]
    assert document["dependency-groups"]["cpu"] == ["torch==2.14.1"]
    assert document["tool"]["uv"]["sources"] == {
        "torch": [
            {"index": "pytorch-rocm7.2", "group": "rocm7.2"},
            {"index": "pytorch-cpu", "group": "cpu"},
        ],
        "triton-rocm": [{"index": "pytorch-rocm7.2", "group": "rocm7.2"}],
    }


def test_keras_alone_names_no_index_and_keeps_its_limits(tiny):
    build = keras_build("tensorflow", "[and-cuda]", ("nvidia-cudnn-cu12<9.11",))
    text = pyproject(tiny, NAME, ("keras",), (build,), "3.12")
    document = loads(text)
    assert document["tool"]["uv"] == {
        "default-groups": ["test", "build"],
        "constraint-dependencies": ["nvidia-cudnn-cu12<9.11"],
    }
    assert document["dependency-groups"] == {"test": ["pytest>=8.3"], "build": ["flit_core>=3.11,<5"]}
    assert "torch" not in text


@pytest.mark.parametrize("kind", ["index", "find-links"])
def test_where_pytorchs_index_served_nothing_it_is_not_named(tiny, kind):
    text = pyproject(tiny, NAME, ("pytorch", "keras"), (torch_build("cpu", kind), keras_build()), "3.12")
    uv = loads(text)["tool"]["uv"]
    assert uv == {"default-groups": ["own", "test", "build"]}
    assert "http" not in text
    assert "wheels" not in text


def test_requirements_of_a_cuda_machine(tiny):
    builds = (torch_build("cu126"), keras_build())
    assert (
        requirements(tiny, NAME, ("pytorch", "keras"), builds)
        == """\
# Cat Dog with the builds that were chosen for the machine it was made on.
# pyproject.toml says what fits other machines.
--extra-index-url https://download.pytorch.org/whl/cu126
torch==2.14.1+cu126
tensorflow-cpu==2.21.0
keras>=3.14
alpha>=1
beta
pytest>=8.3
-e .
"""
    )


def test_requirements_of_a_machine_with_a_folder_of_wheels(tiny):
    text = requirements(tiny, NAME, ("pytorch",), (torch_build("cpu", "find-links", "2.13.0"),))
    assert (
        text
        == """\
# Cat Dog with the builds that were chosen for the machine it was made on.
# pyproject.toml says what fits other machines.
# torch==2.13.0+cpu came from a folder of wheels. Elsewhere:
#   pip install --extra-index-url https://download.pytorch.org/whl/cpu -r requirements.txt
torch==2.13.0+cpu
alpha>=1
beta
pytest>=8.3
-e .
"""
    )


@pytest.mark.parametrize(
    ("python", "wanted"), [("3.12", ">=3.11,<3.14"), ("3.10", ">=3.10,<3.14"), ("3.14", ">=3.11,<3.15")]
)
def test_the_pythons_of_a_project_hold_the_one_in_use(python, wanted):
    assert supported_pythons(python) == wanted


def test_modules_are_named_as_they_are_imported():
    lines = (
        "Pillow>=10.3",
        "scikit-learn",
        "my-data[all]>=1; sys_platform == 'linux'",
        "tensorflow-cpu>=2.20",
    )
    assert imported_modules(("keras",), lines) == ("keras", "my_data", "PIL", "sklearn", "tensorflow")
    assert imported_modules(("pytorch",), ("torch>=2.10",)) == ("torch",)
