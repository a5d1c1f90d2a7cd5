"""Packages as people tell them."""

from __future__ import annotations

import pytest

from scaffold.facts.told import Told
from scaffold.probing.packages.model import Package, PackageFacts, Requested, SavedModel, TorchBuild
from scaffold.replay.packages import told


def read(**description: object) -> PackageFacts:
    return told(Told(description, []))


def test_every_way_to_tell_a_version() -> None:
    packages = {
        "torch": "2.6.0",
        "Numpy": {"version": ">=2"},
        "scikit_learn": 1.5,
        "keras": True,
        "jax": None,
        "peft": False,
    }
    found = read(packages=packages)
    assert found.packages == (
        Package(name="torch", version="2.6.0"), Package(name="numpy", version=">=2"),
        Package(name="scikit-learn", version="1.5"), Package(name="keras"),
    )  # fmt: skip
    assert found.absent == {"jax", "peft"}
    assert not found.complete
    assert (found.lacks("jax"), found.lacks("datasets")) == (True, False)


def test_the_lines_of_pip_freeze() -> None:
    found = read(
        packages=["torch==2.6.0+cu124", "numpy >= 2", "transformers[torch]==4.51", "peft", "", 3, None]
    )
    assert [(one.name, one.version) for one in found.packages] == [
        ("torch", "2.6.0+cu124"), ("numpy", ">= 2"), ("transformers", "4.51"), ("peft", ""),
    ]  # fmt: skip
    assert found.torch == TorchBuild(
        version="2.6.0+cu124", cuda="12.4", hip="", backend="cuda", source="told"
    )


def test_copies_and_who_comes_first() -> None:
    two = read(packages={"torch": {"version_metadata": "2.8.0", "version_imported": "2.6.0", "copies": 2}})
    assert [one.version for one in two.packages] == ["2.6.0", "2.8.0"]
    user = read(
        packages={"h5py": {"version_in_env": "2.10.0", "version_imported": "3.1.0", "location": "~/.local"}}
    )
    assert [(one.version, one.user_site) for one in user.packages] == [("3.1.0", True), ("2.10.0", False)]
    over = read(packages={"torch": {"version_metadata": "2.8.0", "version_imported": "2.6.0"}})
    assert over.packages == (Package(name="torch", version="2.8.0", code_version="2.6.0"),)


@pytest.mark.parametrize(
    ("row", "cuda", "backend"),
    [
        ({"version": "2.10.0", "cuda_build": None}, "", "cpu"),
        ({"version": "2.10.0"}, None, ""),
        ({"cuda_build": "11.3"}, "11.3", "cuda"),
        ({"cuda_build": "cu118"}, "11.8", "cuda"),
        ({"version": "2.5", "cuda": True}, None, "cuda"),
        ({"version": "2.12.1+cpu"}, "", "cpu"),
        ({"version": "1.8.1+rocm4.0.1"}, "", "rocm"),
        ({"backend": "rocm"}, "", "rocm"),
    ],
)
def test_what_torch_was_built_with(row, cuda, backend) -> None:
    torch = read(packages={"torch": row}).torch
    assert torch is not None
    assert (torch.cuda, torch.backend) == (cuda, backend)


def test_conda_models_and_what_is_only_asked_for() -> None:
    found = read(
        packages={
            "pytorch": {"version": "2.3.0", "manager": "conda-forge"},
            "flash-attn": {"requested": "2.1.2 sdist"},
        },
        files={"a.keras": "saved by Keras 3", "b.h5": 7, "data.csv": "present"},
    )
    assert found.conda == (Package(name="torch", version="2.3.0", installer="conda", channel="conda-forge"),)
    assert found.requested == (Requested(name="flash-attn", version="2.1.2", sdist=True),)
    assert found.models == (
        SavedModel(path="a.keras", kind="keras", keras="3", told="saved by Keras 3"),
        SavedModel(path="b.h5", kind="h5"),
    )


@pytest.mark.parametrize(
    "packages",
    [
        None,
        7,
        "torch",
        [[]],
        {"": 1},
        {"torch": [1]},
        {"torch": {"version": {}, "copies": -3, "arch_list": {}}},
    ],
)
def test_whatever_is_told_is_read(packages) -> None:
    assert isinstance(read(packages=packages, files=packages), PackageFacts)
