"""Environments whose packages do not go together, staged by what doctor reads: their metadata and small files."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from uv import find_uv_bin

from tests.staged import Recipe, Staged
from tests.staged.made import distribution, environment, torch


def staged(folder: Path, **options: object) -> Staged:
    return Staged(folder=folder, python=folder / ".venv" / "bin" / "python", **options)  # type: ignore[arg-type]


def with_packages(packages: Mapping[str, str], **options: object) -> Callable[[Path], Staged]:
    """An environment with these distributions."""

    def stage(folder: Path) -> Staged:
        site = environment(folder / ".venv")
        for name, version in packages.items():
            distribution(site, name, version)
            if name == "torch":
                torch(site, version)
        return staged(folder, **options)

    return stage


def torch_twice(folder: Path) -> Staged:
    site = environment(folder / ".venv")
    distribution(site, "torch", "2.6.0")
    distribution(site, "torch", "2.8.0")
    torch(site, "2.6.0")
    return staged(folder)


def torch_laid_over(folder: Path) -> Staged:
    site = environment(folder / ".venv")
    distribution(site, "torch", "2.8.0")
    torch(site, "2.6.0")
    return staged(folder)


def tokenizers_too_new(folder: Path) -> Staged:
    site = environment(folder / ".venv")
    distribution(site, "transformers", "4.51.3", "tokenizers<0.22,>=0.21", "tqdm>=4.27")
    distribution(site, "tokenizers", "0.22.1")
    distribution(site, "tqdm", "4.67.1")
    return staged(folder)


def torch_incomplete(folder: Path) -> Staged:
    site = environment(folder / ".venv")
    distribution(site, "torch", "2.13.0+cpu", "filelock", "typing-extensions>=4.10.0")
    distribution(site, "filelock", "3.20.0")
    torch(site, "2.13.0+cpu")
    return staged(folder)


def numpy_of_another_python(folder: Path) -> Staged:
    site = environment(folder / ".venv")
    distribution(site, "numpy", "1.24.4", tag="cp38-cp38-manylinux_2_17_x86_64")
    return staged(folder)


def pip_was_ended(folder: Path) -> Staged:
    site = environment(folder / ".venv")
    distribution(site, "torch", "2.13.0+cpu")
    torch(site, "2.13.0+cpu")
    (site / "~umpy-2.1.0.dist-info").mkdir()
    return staged(folder)


def without_metadata(folder: Path) -> Staged:
    site = environment(folder / ".venv")
    (site / "numpy-2.1.0.dist-info").mkdir()
    return staged(folder)


def model_of_keras_3(folder: Path) -> Staged:
    site = environment(folder / ".venv")
    distribution(site, "tensorflow", "2.13.0")
    distribution(site, "keras", "2.13.1")
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.9.0", "date_saved": "2025-03-18"}))
    return staged(folder)


def conda_with_new_mkl(folder: Path) -> Staged:
    """A prefix as conda makes it: its records, a Python, PyTorch of its channel."""
    prefix = folder / "envs" / "train"
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    site = prefix / "lib" / f"python{minor}" / "site-packages"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta" / "history").write_text("")
    (prefix / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    records = {"python": minor + ".9", "pytorch": "2.2.1", "mkl": "2024.1.0"}
    for name, version in records.items():
        channel = (
            "https://conda.anaconda.org/" + ("pytorch" if name == "pytorch" else "defaults") + "/linux-64"
        )
        (prefix / "conda-meta" / f"{name}-{version}-h1_0.json").write_text(
            json.dumps({"build": "h1_0", "channel": channel, "name": name, "version": version}, indent=2)
        )
    distribution(site, "torch", "2.2.1", installer="conda")
    torch(site, "2.2.1")
    return Staged(folder=folder, options=("--python", str(prefix)), python=prefix / "bin" / "python")


def numpy_2_with_old_pandas(folder: Path) -> Staged:
    """Real wheels: import pandas fails in this environment."""
    environment(folder / ".venv")
    python = folder / ".venv" / "bin" / "python"
    command = [
        find_uv_bin(),
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--python",
        python,
        "pandas==2.1.4",
        "numpy==2.1.3",
    ]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("the wheels cannot be installed here")
    failed = subprocess.run([python, "-c", "import pandas"], capture_output=True, text=True, check=False)
    assert failed.returncode, failed.stderr
    return staged(folder)


def only_a_log(text: str) -> Callable[[Path], Staged]:
    """An environment with nothing wrong, and a log that tells of another one."""

    def stage(folder: Path) -> Staged:
        distribution(environment(folder / ".venv"), "keras", "2.6.0")
        (folder / "train.log").write_text(text)
        return staged(folder, options=("--from-log", "train.log"))

    return stage


_KERAS_SPLIT = {"transformers": "4.49.0", "tensorflow": "2.18.0", "keras": "3.8.0"}

RECIPES = (
    Recipe(name="numpy2-with-old-torch", check="pkg.numpy-abi", level="error",
           stage=with_packages({"torch": "2.2.2+cpu", "numpy": "2.1.3"})),
    Recipe(name="torchvision-of-another-torch", check="pkg.torch-family", level="error",
           stage=with_packages({"torch": "2.5.1+cpu", "torchvision": "0.21.0+cpu"})),
    Recipe(name="torchvision-for-cuda", check="pkg.torch-family", level="error",
           stage=with_packages({"torch": "2.5.1+cpu", "torchvision": "0.20.1+cu124"})),
    Recipe(name="torch-twice", check="pkg.duplicate-dist", level="error", stage=torch_twice),
    Recipe(name="torch-laid-over", check="pkg.duplicate-dist", level="error", stage=torch_laid_over),
    Recipe(name="tensorflow-twice", check="pkg.duplicate-dist", level="error",
           stage=with_packages({"tensorflow": "2.19.0", "tensorflow-cpu": "2.19.0"})),
    Recipe(name="protobuf-too-new", check="pkg.protobuf", level="error",
           stage=with_packages({"tensorflow": "2.8.0", "tensorboard": "2.12.0", "protobuf": "4.25.3"})),
    Recipe(name="keras3-without-tf-keras", check="pkg.keras-split", level="error", stage=with_packages(_KERAS_SPLIT)),
    Recipe(name="legacy-keras-asked-for", check="pkg.keras-split", level="error",
           stage=with_packages({"tensorflow": "2.18.0", "keras": "3.8.0"}, environment={"TF_USE_LEGACY_KERAS": "1"})),
    Recipe(name="keras-of-another-tensorflow", check="pkg.keras-split", level="error",
           stage=with_packages({"tensorflow": "2.15.1", "keras": "3.6.0"})),
    Recipe(name="keras3-model-for-keras2", check="pkg.keras-model-version", level="warning", stage=model_of_keras_3),
    Recipe(name="keras-src-in-a-log", check="pkg.keras-model-version", level="error",
           stage=only_a_log("Traceback (most recent call last):\nModuleNotFoundError: No module named 'keras.src'\n")),
    Recipe(name="conda-mkl-too-new", check="pkg.conda-mkl", level="error", stage=conda_with_new_mkl),
    Recipe(name="hub-too-new", check="pkg.pair", level="error",
           stage=with_packages({"transformers": "4.46.3", "huggingface-hub": "1.1.0"})),
    Recipe(name="tokenizers-too-new", check="pkg.dependency", level="error", stage=tokenizers_too_new),
    Recipe(name="torch-incomplete", check="pkg.dependency", level="error", stage=torch_incomplete),
    Recipe(name="jax-plugin-of-another-jaxlib", check="pkg.jax-family", level="error",
           stage=with_packages({"jax": "0.9.0.1", "jaxlib": "0.9.0.1", "jax-cuda12-plugin": "0.9.2"})),
    Recipe(name="pkg-resources-removed", check="pkg.pkg-resources", level="warning",
           stage=with_packages({"tensorboard": "2.20.0", "setuptools": "82.0.1"})),
    Recipe(name="numpy-of-another-python", check="pkg.wrong-python", level="error", stage=numpy_of_another_python),
    Recipe(name="pip-was-ended", check="env.half-removed", level="warning", stage=pip_was_ended),
    Recipe(name="metadata-missing", check="env.metadata", level="error", stage=without_metadata),
    Recipe(name="numpy2-with-old-pandas", check="pkg.numpy-abi", level="error", stage=numpy_2_with_old_pandas,
           marks=(pytest.mark.network, pytest.mark.slow)),
)  # fmt: skip
