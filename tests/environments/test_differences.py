"""What pip or an IDE changed in an environment since it was made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.environments.condition.differences import differences
from scaffold.environments.model import Download, Environment


def download(name: str, version: str) -> Download:
    return Download(name=name, version=version, size=None, source="")


def environment(root: Path, **packages: str) -> Environment:
    named = {name.replace("_", "-"): version for name, version in packages.items()}
    return Environment(
        location=root / ".venv", python=root / "python", version="3.12.1", home=root, packages=named
    )


@pytest.mark.parametrize(
    ("packages", "told"),
    [
        ({"tqdm": "4.70.1", "torch": "2.13.0+cpu"}, ()),
        ({"tqdm": "4.70.1", "torch": "2.13.0+cpu", "lightning": "2.6"}, ()),
        ({"torch": "2.13.0+cpu"}, ("TQDM is not installed",)),
        ({"tqdm": "4.70.1", "torch": "2.13.0"}, ("torch is 2.13.0, planned is 2.13.0+cpu",)),
        ({"tqdm": "4.70.01", "torch": "2.13.0+cpu"}, ()),
        ({"tqdm": "4.70.1", "torch": "not a version"}, ("torch is not a version, planned is 2.13.0+cpu",)),
    ],
)
def test_versions(packages, told, tmp_path, plan_for) -> None:
    plan = plan_for(tmp_path / "project", "alpha")
    plan = replace(plan, downloads=(download("TQDM", "4.70.1"), download("torch", "2.13.0+cpu")))
    assert differences(plan, environment(tmp_path, **packages)) == told


@pytest.mark.parametrize(
    ("planned", "packages", "told"),
    [
        (("tensorflow-cpu",), {"tensorflow": "2"}, ("tensorflow is installed beside tensorflow-cpu",)),
        (("tensorflow",), {"tensorflow_cpu": "2"}, ("tensorflow-cpu is installed beside tensorflow",)),
        (("tensorflow", "tensorflow-intel"), {}, ()),
        (("keras",), {"keras_nightly": "3"}, ("keras-nightly is installed beside keras",)),
        (("torch",), {"tensorflow": "2", "tensorflow_cpu": "2"}, ()),  # the user's own affair
    ],
)
def test_a_second_distribution_of_a_framework(planned, packages, told, tmp_path, plan_for) -> None:
    plan = plan_for(tmp_path / "project", "alpha")
    plan = replace(plan, downloads=tuple(download(name, "2") for name in planned))
    as_planned = {name.replace("-", "_"): "2" for name in planned}
    assert differences(plan, environment(tmp_path, **as_planned, **packages)) == told


def test_the_project_itself(tmp_path, plan_for) -> None:
    plan = replace(plan_for(tmp_path / "project", "alpha"), downloads=())
    text = '[build-system]\nrequires = []\n[project]\nname = "My_Thing"\n'
    (plan.root / "pyproject.toml").write_text(text, encoding="utf-8")
    assert differences(plan, environment(tmp_path, my_thing="1")) == ()
    assert differences(plan, environment(tmp_path)) == ("My_Thing, the project itself, is not installed",)
