"""Remains of interrupted and of forgotten work."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.environments.condition.remains import (
    DeadPath,
    dead_paths,
    finder_folders,
    half_removed,
    pth_folders,
    shadowed,
    without_metadata,
)
from scaffold.environments.condition.verify import installed_distributions
from tests.environments.unpacked import install, make_environment


@pytest.fixture
def packages(root: Path) -> Path:
    return make_environment(root / ".venv")


def test_a_clean_environment(packages: Path, tmp_path: Path) -> None:
    install(packages, tmp_path / "wheels", "alpha", "1.0", {"alpha.py": ""})
    found = installed_distributions(packages)
    assert (half_removed(packages), without_metadata(packages), dead_paths(packages, found)) == ((), (), ())


def test_what_pip_put_aside(packages: Path) -> None:
    for name in ("~orch", "~orch-2.13.0.dist-info", "torch"):
        (packages / name).mkdir()
    assert half_removed(packages) == ("~orch", "~orch-2.13.0.dist-info")


def test_a_distribution_that_does_not_say_what_it_is(packages: Path, tmp_path: Path) -> None:
    (install(packages, tmp_path / "wheels", "alpha", "1.0", {}) / "METADATA").unlink()
    assert without_metadata(packages) == ("alpha-1.0.dist-info",)


def test_editable_installs_of_what_is_gone(packages: Path, root: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    finder = f"MAPPING: dict[str, str] = {{'b': {str(gone)!r}, 'c': {str(root)!r}}}\n"
    files = {"_alpha.pth": f"{root}\n{gone}\nimport os\n", "__editable___alpha_1_0_finder.py": finder}
    install(packages, tmp_path / "wheels", "alpha", "1.0", files)
    (packages / "mine.pth").write_text("../no/such/folder\n.\n")
    assert dead_paths(packages, installed_distributions(packages)) == (
        DeadPath(file="_alpha.pth", path=str(gone), distribution="alpha"),
        DeadPath(file="mine.pth", path="../no/such/folder", distribution=""),
        DeadPath(file="__editable___alpha_1_0_finder.py", path=str(gone), distribution="alpha"),
    )


@pytest.mark.parametrize("text", ["", "\0", "MAPPING = 3", "MAPPING = {1: 2}", "a.b = {}", "(" * 500])
def test_garbage_names_no_folder(text: str) -> None:
    assert finder_folders(text) == ()


def test_a_path_file_of_garbage(packages: Path) -> None:
    assert pth_folders("\n#a\nimport x\n") == ()
    (packages / "bad.pth").write_text("a\0b\n" + "x" * 5000 + "\n")
    assert len(dead_paths(packages, ())) == 2


def test_what_stands_before_the_environments_packages(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    (one / "torch").mkdir(parents=True)
    other.mkdir()
    (other / "numpy.py").touch()
    variables = {"PYTHONPATH": f"{one}::{other}"}
    assert shadowed(variables, ":", ("torch", "numpy")) == (str(one / "torch"), str(other / "numpy.py"))
    assert shadowed({}, ":", ("torch",)) == ()
