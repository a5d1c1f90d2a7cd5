"""`scaffold env check`, `list`, `show`, `remove` and `gc` as a user types them, with stand-ins for frameworks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scaffold.environments.layout import Place, site_packages_of
from scaffold.environments.proving.proofs import proofs_file
from scaffold.environments.state import locked
from tests.cli.test_env import create
from tests.cli.typed import scaffold_env
from tests.environments.conftest import make_wheel
from tests.environments.standins import make_project

pytestmark = pytest.mark.usefixtures("isolated")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every test finds its project: an environment knows its path."""
    return tmp_path_factory.mktemp("check-project") / "project"


@pytest.fixture
def root(place: Path, wheels: Path) -> Path:
    """A project with an environment that was proved: made once, brought back for each test."""
    pristine = place.with_name("pristine")
    if not pristine.exists():
        done = create(make_project(place, "pytorch"), wheels)
        assert done.returncode == 0, done.stderr
        shutil.copytree(place, pristine, symlinks=True)
    else:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(pristine, place, symlinks=True)
    return place


@pytest.fixture
def packages(root: Path) -> Path:
    found = site_packages_of(root / ".venv")
    assert found is not None
    return found


def checked(root: Path, *more: object, status: int) -> dict[str, Any]:
    """Every finding that is not good: check -> finding; that nothing is locked is said of each of them."""
    done = scaffold_env(root, "check", "--json", *more)
    assert done.returncode == status, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert (answer["schema"], answer["sound"]) == ("scaffold/env-check/1", status == 0)
    return {
        one["id"]: one
        for env in answer["environments"]
        for one in env["findings"]
        if one["level"] != "ok" and one["id"] != "lock.none"
    }


def test_a_sound_one_and_what_was_proved(root: Path) -> None:
    assert checked(root, status=0) == {}
    before = proofs_file(root).read_bytes()
    assert checked(root, "--deep", status=0) == {}
    kept = json.loads(proofs_file(root).read_text())
    assert proofs_file(root).read_bytes() != before
    assert list(kept["environments"]) == [""]
    (device,) = kept["environments"][""]["pytorch"]["proof"]["devices"]
    assert [one["difference"] for one in device["comparisons"]] == [0, 0, 0, 0]
    text = scaffold_env(root, "check").stdout
    assert "PyTorch 2.13.0+cpu was proved on CPU on " in text
    assert "lock.none  The project has no lock" in text
    assert text.endswith("The environment is as it should be\n")


def test_the_quick_check_changes_nothing(root: Path) -> None:
    def everything() -> dict[Path, tuple[int, int]]:
        return {path: (path.lstat().st_mtime_ns, path.lstat().st_size) for path in root.rglob("*")}

    before = everything()
    checked(root, status=0)
    assert everything() == before


@pytest.mark.parametrize(
    ("damage", "check", "deep"),
    [
        ("missing", "env.files", False),
        ("altered", "env.altered", True),
        ("half-removed", "env.half-removed", False),
        ("twice", "env.collision", False),
        ("metadata", "env.metadata", False),
        ("dead path", "env.dead-path", False),
        ("not isolated", "env.not-isolated", False),
        ("pip.conf", "env.builds-unkept", False),
        ("another build", "pkg.other-build", False),
    ],
)
def test_every_damage_is_found(
    damage: str, check: str, deep: bool, root: Path, packages: Path, tmp_path: Path
) -> None:
    spoil(damage, root, packages, tmp_path)
    found = checked(root, *(["--deep"] if deep else []), status=1)
    assert check in found, found
    assert found[check]["remedy"]["text"]
    doctor = subprocess.run(
        [*scaffold_env(root, "check").args[:3], "doctor", "--json"],
        cwd=root, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    said = {one["id"] for one in json.loads(doctor.stdout)["findings"] if one["level"] != "ok"}
    assert deep or check in said


def spoil(damage: str, root: Path, packages: Path, tmp_path: Path) -> None:
    """Do to an environment what users, tools and accidents do; what links share is left to its owners."""
    alpha = packages / "alpha.py"
    configuration = root / ".venv/pyvenv.cfg"

    def write_anew(text: str) -> None:
        alpha.unlink()
        alpha.write_text(text)

    def install_over() -> None:
        alpha.unlink()
        shutil.unpack_archive(make_wheel(tmp_path, "alpha-nightly", "2", {"alpha.py": "2"}), packages, "zip")

    {
        "missing": alpha.unlink,
        "altered": lambda: write_anew("version = 9\n"),
        "half-removed": (packages / "~lpha").mkdir,
        "twice": install_over,
        "metadata": (packages / "alpha-1.0.dist-info/METADATA").unlink,
        "dead path": lambda: (packages / "old.pth").write_text(f"{tmp_path / 'gone'}\n"),
        "not isolated": lambda: configuration.write_text(
            configuration.read_text().replace("packages = false", "packages = true")
        ),
        "pip.conf": lambda: (root / ".venv/constraints.txt").write_text(""),
        "another build": lambda: (packages / "torch-2.13.0+cpu.dist-info").rename(
            packages / "torch-2.13.0.dist-info"
        ),
    }[damage]()


def test_the_cure_of_damage_cures(root: Path, packages: Path, wheels: Path) -> None:
    (packages / "alpha.py").unlink()
    assert checked(root, status=1)["env.files"]["remedy"]["commands"] == [["scaffold", "env", "create"]]
    assert create(root, wheels).returncode == 0
    assert checked(root, status=0) == {}


def pip(root: Path, *arguments: object) -> None:
    command = [root / ".venv/bin/python", "-m", "pip", *arguments, "--disable-pip-version-check"]
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=120)


@pytest.mark.parametrize("spoilt", ["missing", "copy", "elsewhere"])
def test_the_project_itself_is_installed_and_follows_its_source(
    spoilt: str, root: Path, wheels: Path, tmp_path: Path
) -> None:
    install = ("install", "--no-deps", "--no-build-isolation")
    if spoilt == "missing":
        pip(root, "uninstall", "--yes", "thing")
    elif spoilt == "copy":
        pip(root, *install, root)
    else:
        pip(root, *install, "--editable", make_project(tmp_path / "other"))
    found = checked(root, status=1)
    assert {name: one["remedy"]["commands"] for name, one in found.items()} == {
        f"pkg.project-{spoilt}": [["scaffold", "env", "create"]]
    }
    assert create(root, wheels).returncode == 0
    assert checked(root, status=0) == {}


def test_the_cure_of_altered_files_cures(root: Path, packages: Path, wheels: Path) -> None:
    spoil("altered", root, packages, wheels)
    cleaning, removing, making = checked(root, "--deep", status=1)["env.altered"]["remedy"]["commands"]
    subprocess.run(cleaning, check=True, capture_output=True, timeout=60)
    assert scaffold_env(root, *removing[2:]).returncode == 0
    assert making == ["scaffold", "env", "create"]
    assert create(root, wheels).returncode == 0
    assert checked(root, "--deep", status=0) == {}


@pytest.mark.parametrize("damage", ["not isolated", "pip.conf"])
def test_settings_that_were_changed_are_made_again(
    damage: str, root: Path, packages: Path, wheels: Path, tmp_path: Path
) -> None:
    spoil(damage, root, packages, tmp_path)
    (found,) = checked(root, status=1).values()
    assert found["remedy"]["commands"] == [["scaffold", "env", "create"]]
    assert create(root, wheels).returncode == 0
    assert checked(root, status=0) == {}


def test_work_in_progress_is_no_interruption(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project", "pytorch")
    with locked(root):
        found = checked(root, status=1)
    assert list(found) == ["env.busy"]
    who = f"process {os.getpid()}" if sys.platform == "linux" else "another process"
    assert found["env.busy"]["detail"].startswith(who)
    assert list(checked(root, status=1)) == ["env.missing"]


@pytest.mark.skipif(os.name != "posix", reason="an interpreter is a link on POSIX only")
def test_a_base_python_that_is_gone_and_a_moved_project(root: Path, tmp_path: Path) -> None:
    moved = root.rename(tmp_path / "elsewhere")
    assert "env.venv-broken" in checked(moved, status=1)
    for link in (moved / ".venv/bin").glob("python*"):
        link.unlink()
        link.symlink_to("/no/such/python")
    assert "env.venv-broken" in checked(moved, status=1)
    assert scaffold_env(moved, "list").stdout.split()[1] == "base"


def test_none_at_all(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project", "pytorch")
    assert list(checked(root, status=1)) == ["env.missing"]
    outside = scaffold_env(tmp_path, "check")
    assert (outside.returncode, "error[project-not-found]" in outside.stderr) == (1, True)


def test_a_name_that_nobody_bears(root: Path) -> None:
    done = scaffold_env(root, "check", "keras")
    assert done.returncode == 2
    assert "The project has no environment of the name keras" in done.stderr
    assert "it has: .venv" in done.stderr


def test_a_lock_tells_what_has_drifted(root: Path, wheels: Path, packages: Path) -> None:
    done = scaffold_env(root, "lock", "--index", wheels)
    assert done.returncode == 0, done.stderr
    (found,) = checked(root, status=1).values()  # this project's pyproject.toml does not ask for PyTorch
    assert (found["id"], [one["source"] for one in found["evidence"]]) == ("lock.extra", ["torch"])
    shutil.rmtree(packages / "torch-2.13.0+cpu.dist-info")
    assert list(checked(root, status=1)) == ["pkg.framework-missing"]
    shutil.unpack_archive(make_wheel(root / "requirements", "extra", "1", {"extra.py": ""}), packages, "zip")
    (packages / "alpha-1.0.dist-info").rename(packages / "alpha-0.9.dist-info")
    found = checked(root, status=1)
    assert found["lock.extra"]["evidence"] == [{"source": "extra", "value": "1 is installed"}]
    assert found["lock.drift"]["evidence"] == [
        {"source": "alpha", "value": "0.9 is installed, 1.0 is locked"}
    ]
    assert found["lock.drift"]["remedy"]["commands"] == [["scaffold", "env", "sync"]]
    pyproject = root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace('["alpha"]', '["alpha>=0.5"]'))
    assert checked(root, status=1)["lock.stale"]["remedy"]["commands"] == [
        ["scaffold", "env", "lock"], ["scaffold", "env", "sync"],
    ]  # fmt: skip
    lock = root / "requirements/lock-default.txt"
    lock.write_text(f"<<<<<<< HEAD\n{lock.read_text()}")
    assert "lock.damaged" in checked(root, status=1)


def test_list_and_show(root: Path) -> None:
    (row,) = json.loads(scaffold_env(root, "list", "--json").stdout)["environments"]
    assert (row["standing"], row["owner"], row["builds"]) == ("ready", "scaffold", {"torch": "2.13.0+cpu"})
    assert [one["framework"] for one in row["proofs"]] == ["pytorch"]
    assert row["usage"]["size"] > row["usage"]["shared"] >= 0
    text = scaffold_env(root, "show").stdout
    assert "Standing       ready; made by scaffold, installed by " in text
    assert "matrix product (float32): 0.0e+00 off exact values" in text


def test_remove(root: Path, wheels: Path) -> None:
    asked = scaffold_env(root, "remove")
    assert (asked.returncode, "error[consent-needed]" in asked.stderr) == (1, True)
    assert (root / ".venv/pyvenv.cfg").exists()
    dry = scaffold_env(root, "remove", "--dry-run")
    assert (dry.returncode, (root / ".venv").exists()) == (0, True)
    done = scaffold_env(root, "remove", "--yes")
    assert done.returncode == 0, done.stderr
    assert not (root / ".venv").exists()
    assert not Place(root).state_file.exists()
    assert scaffold_env(root, "remove", "--yes").returncode == 1
    assert create(root, wheels).returncode == 0
    assert checked(root, status=0) == {}


def test_gc(root: Path, packages: Path) -> None:
    (packages / "~lpha").mkdir()
    (root / ".scaffold/discarded-0").mkdir()
    kept = json.loads(scaffold_env(root, "gc", "--json").stdout)
    ours = [one["path"] for one in kept["found"] if one["kind"] == "left-over"]
    assert (kept["done"], ours) == (False, [str(root / ".scaffold/discarded-0"), str(packages / "~lpha")])
    assert scaffold_env(root, "gc", "--delete", "--dry-run").returncode == 2
    done = json.loads(scaffold_env(root, "gc", "--json", "--delete").stdout)
    assert set(ours) <= set(done["deleted"])
    assert not (packages / "~lpha").exists()
    assert checked(root, status=0) == {}
