"""Folders of wheels by their names: which Python they were filled for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold.environments.locking.model import LockedPackage
from scaffold.environments.locking.wheelhouse import by_name, for_others, refuse_incomplete
from scaffold.errors import LockUnusable
from scaffold.interpreters.model import Interpreter
from scaffold.recorded import RecordedSystem

MACHINES = Path(__file__).resolve().parents[2] / "machines"
PACKAGES = tuple(LockedPackage(name=name, version="1.0") for name in ("alpha", "h5py", "stone"))


def test_a_folder_that_was_filled_for_another_python(tmp_path):
    system = RecordedSystem(json.loads((MACHINES / "container-without-gpu.json").read_text()))
    python = Interpreter(
        path=Path("/opt/python"), version="3.12.4", implementation="CPython", machine="x86_64", bits=64,
        origin="pyenv",
    )  # fmt: skip
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in ("alpha-1.0-py3-none-any.whl", "h5py-1.0-cp311-cp311-any.whl", "no wheel.whl"):
        (folder / name).touch()
    (folder / "stone-1.0-py3-none-any.whl").symlink_to(tmp_path / "gone")
    assert by_name(folder, PACKAGES, "3.12") == {"alpha": folder / "alpha-1.0-py3-none-any.whl"}
    assert for_others(folder, PACKAGES, "3.12") == {"h5py": folder / "h5py-1.0-cp311-cp311-any.whl"}
    with pytest.raises(LockUnusable) as caught:
        refuse_incomplete(folder, PACKAGES, python, system)
    problem = caught.value
    assert problem.code == "wheelhouse-incomplete"
    assert problem.message == (
        f"{folder} was filled for Python 3.11, and this is Python 3.12: 2 are missing or damaged"
    )
    assert problem.detail == (
        "missing: h5py 1.0; h5py-1.0-cp311-cp311-any.whl fits another Python or system",
        "missing: stone 1.0",
    )
    assert problem.hint.splitlines() == [
        f"take that Python: scaffold env sync --wheelhouse {folder} --python 3.11",
        f"fill it where there is a network: scaffold env wheelhouse {folder} --python 3.12",
    ]
