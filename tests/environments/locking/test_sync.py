"""`scaffold env sync`: environments that are made for real from locks made for real."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.env import lock as locking
from scaffold.env import wheelhouse
from scaffold.env.sync import SyncWishes, carry_out, plan_sync
from scaffold.environments.condition.inspect import inspect
from scaffold.environments.layout import Place, python_of
from scaffold.environments.locking.text import contents_fact, parse_requirements
from scaffold.environments.locking.wheelhouse import refuse_incomplete
from scaffold.environments.planned import read_packages
from scaffold.errors import InstallFailed, LockUnusable, OptionRefused, ScaffoldError
from scaffold.interpreters import find as finding
from scaffold.interpreters.find import Found
from tests.environments.standins import MINOR, PYTHON

from .conftest import make_project

CPU = {"alpha": "1.1", "beta": "1.0", "flit-core": "3.12", "pytest": "9.0", "torch": "2.14.1+cpu"}
CUDA = {**CPU, "torch": "2.14.1+cu126", "nvidia-cudnn-cu12": "9.10"}


def quiet(_: object) -> None:
    pass


def lock(system, root):
    locking.carry_out(locking.plan_lock(system, root))


def sync(system, root, **wishes):
    plan = plan_sync(system, root, SyncWishes(python=PYTHON, **wishes), quiet)
    if not plan.unchanged:
        carry_out(system, plan, quiet, quiet)
    return plan


def installed(system, root):
    """What is in the environment, less pip and the project itself."""
    found = dict(inspect(root / ".venv", system).packages)
    assert found.pop("cat-dog") == "0.1.0"
    found.pop("pip")
    for name in ("setuptools", "wheel"):
        found.pop(name, None)
    return found


def edit_lock(path, text):
    """As another hash or none would have been written: the head vouches for the packages anew."""
    fact = contents_fact(parse_requirements(text)[0])
    path.write_text(re.sub(r"(?m)^# holds: .*$", f"# holds: {fact}", text))


def pip(root, *arguments):
    python = python_of(root / ".venv", "windows" if os.name == "nt" else "linux")
    return subprocess.run([python, "-m", "pip", *arguments], capture_output=True, text=True, check=True)


@pytest.fixture
def no_gpu(monkeypatch):
    """No accelerator, whatever the machine of the tests has."""
    from scaffold import machine

    real = machine.detect
    monkeypatch.setattr(machine, "detect", lambda *a: replace(real(*a), accelerators=()), raising=False)


pytestmark = [
    pytest.mark.usefixtures("no_gpu"),
    pytest.mark.skipif(
        os.uname().sysname != "Linux" if hasattr(os, "uname") else True, reason="expects Linux"
    ),
]


def test_exactly_the_lock_and_nothing_else(system, stand, root):
    lock(system, root)
    plan = sync(system, root)
    assert [(one.lock.group, [turned.group for turned in one.turned_down]) for one in plan.chosen] == [
        ("cpu", ["cu126"])
    ]
    assert installed(system, root) == CPU
    assert read_packages(Place(root)) == ({"torch": "2.14.1+cpu"}, plan.setup.interpreter.minor)
    assert sync(system, root).unchanged

    pip(root, "install", "--index-url", stand.pypi, "lightning", "alpha==1.0")
    assert installed(system, root)["lightning"] == "1.1"
    assert not sync(system, root).unchanged
    assert installed(system, root) == CPU

    record = next((root / ".venv").rglob("beta.py"))
    record.unlink()
    assert not sync(system, root).unchanged
    assert record.exists()

    assert sync(system, root, group="cu126").chosen[0].lock.group == "cu126"
    assert installed(system, root) == CUDA


def test_pip_installs_the_same(system, root):
    lock(system, root)
    plan = sync(system, root, backend="pip")
    assert plan.setup.environments[0].installer == "pip"
    assert installed(system, root) == CPU


def test_a_lock_that_pip_made_is_installed_by_pip(system, root):
    """It names one file of each package, and uv may prefer another one."""
    (root / ".python-version").write_text(f"{MINOR}\n")
    locking.carry_out(locking.plan_lock(system, root, group="cpu", backend="pip"))
    plan = plan_sync(system, root, SyncWishes(python=PYTHON), quiet).setup.environments[0]
    told = "pip made lock-cpu.txt, and it names the one file of each package that pip takes"
    assert (plan.installer, plan.notices) == ("pip", (f"{told}: pip installs",))
    wished = plan_sync(system, root, SyncWishes(python=PYTHON, backend="uv"), quiet).setup.environments[0]
    assert (wished.installer, wished.notices) == (
        "uv", (f"{told}: where uv takes another one, it will refuse it",),
    )  # fmt: skip
    path = root / "requirements/lock-cpu.txt"
    edit_lock(path, re.sub(r"(beta==1.0 \\\n    --hash=sha256:)\w{8}", r"\g<1>00000000", path.read_text()))
    with pytest.raises(InstallFailed) as caught:
        sync(system, root, backend="uv")
    assert caught.value.code == "install-hash-mismatch"
    assert caught.value.message.startswith("beta==1.0 is not a file that the lock names")
    assert caught.value.hint.splitlines()[0].endswith("scaffold env sync --backend pip")


def test_what_lies_in_the_cache_is_no_download(system, root):
    lock(system, root)
    sync(system, root)
    shutil.rmtree(root / ".venv")
    plan = plan_sync(system, root, SyncWishes(python=PYTHON), quiet).setup.environments[0]
    assert [one.name for one in plan.downloads if not one.local] == []
    assert plan.download_size == 0
    (root / "pylock.cpu.toml").unlink()  # then the requirements themselves are asked about
    plan = plan_sync(system, root, SyncWishes(python=PYTHON), quiet).setup.environments[0]
    assert [one.name for one in plan.downloads if not one.local] == []
    other = plan_sync(system, root, SyncWishes(python=PYTHON, backend="pip"), quiet).setup.environments[0]
    assert [one.name for one in other.downloads if one.local] == []


def test_the_python_that_the_lock_was_made_with(system, root, monkeypatch):
    """Of two that it allows, both tried where one has no wheel."""
    lock(system, root)
    found = finding.find(system)
    own = next(one for one in found.interpreters if one.minor == MINOR)
    newer = replace(own, version="3.99.1", path=Path("/nowhere/python3.99"))
    both = Found(interpreters=(newer, own), refused=(), machine=found.machine)
    monkeypatch.setattr(finding, "find", lambda *_, **__: both)

    def taken():
        setup = plan_sync(system, root, SyncWishes(), quiet).setup
        return setup.interpreter.minor, setup.choice.reasons

    assert taken()[0] == MINOR
    for text, minor in ((f"{MINOR}\n", MINOR), ("3.99\n", "3.99")):
        (root / ".python-version").write_text(text)
        assert taken() == (minor, (f".python-version asks for Python {minor}",))


def test_conda_is_asked_for_and_not_here(system, root, monkeypatch):
    lock(system, root)
    monkeypatch.setattr("scaffold.environments.installers.conda.find_conda", lambda *_: None)
    with pytest.raises(ScaffoldError) as caught:
        plan_sync(system, root, SyncWishes(python=PYTHON, backend="conda"), quiet)
    assert caught.value.code == "conda-missing"


def test_missing_and_stale_locks(system, root, edit):
    with pytest.raises(LockUnusable) as missing:
        sync(system, root)
    assert (missing.value.code, missing.value.hint) == ("lock-missing", "make it: scaffold env lock")
    lock(system, root)
    edit('"beta",', '"beta",\n    "accelerate",')
    with pytest.raises(LockUnusable) as stale:
        sync(system, root)
    assert stale.value.code == "lock-stale"
    assert not (root / ".venv").exists()
    sync(system, root, frozen=True)
    assert installed(system, root) == CPU


def test_a_mutilated_lock_takes_nothing_away(system, root, tmp_path):
    lock(system, root)
    sync(system, root)
    before = installed(system, root)
    path, twin = root / "requirements" / "lock-cpu.txt", root / "pylock.cpu.toml"
    whole = path.read_text()
    path.write_text(whole[: whole.index("\nbeta==") + 1])
    for frozen in (False, True):
        with pytest.raises(LockUnusable) as damaged:
            sync(system, root, frozen=frozen)
        assert damaged.value.code == "lock-damaged"
    with pytest.raises(LockUnusable) as damaged:
        wheelhouse.plan_wheelhouse(system, root, tmp_path / "w", SyncWishes(python=PYTHON), quiet)
    assert damaged.value.code == "lock-damaged"
    path.write_text(whole)
    twin.write_text(twin.read_text().replace('version = "1.1"', 'version = "1.0"'))
    with pytest.raises(LockUnusable) as mixed:
        sync(system, root)
    assert mixed.value.code == "lock-mixed"
    assert "alpha 1.0: only in pylock.cpu.toml" in mixed.value.detail
    assert sync(system, root, frozen=True).unchanged
    assert installed(system, root) == before


def test_an_altered_wheel_is_refused_and_the_old_environment_stays(system, stand, root):
    lock(system, root)
    sync(system, root)
    pip(root, "uninstall", "-y", "pytest")
    path = root / "requirements/lock-cpu.txt"
    text = path.read_text().replace("beta==1.0 \\\n    --hash=sha256:", "beta==1.0 \\\n    --hash=sha256:00")
    edit_lock(path, "".join(line[:82] + "\n" if ":00" in line else f"{line}\n" for line in text.splitlines()))
    with pytest.raises(Exception, match="beta") as caught:
        sync(system, root)
    assert caught.value.code == "install-hash-mismatch"
    assert installed(system, root) == {name: one for name, one in CPU.items() if name != "pytest"}


def test_the_python_must_suit_the_lock(system, root, edit):
    edit('requires-python = ">=', 'requires-python = "<3.99,>=')
    lock(system, root)
    path = root / "requirements/lock-cpu.txt"
    path.write_text(path.read_text().replace("# python: <3.99", "# python: <3.2"))
    other = root / "requirements/lock-cu126.txt"
    other.write_text(other.read_text().replace("# python: <3.99", "# python: <3.2"))
    with pytest.raises(OptionRefused, match="the lock is for Python"):
        sync(system, root, frozen=True)


def test_without_a_network_from_a_wheelhouse_that_was_moved(system, stand, root, tmp_path, monkeypatch):
    lock(system, root)
    wishes = SyncWishes(python=PYTHON)
    plan = wheelhouse.plan_wheelhouse(system, root, None, wishes, quiet)
    assert sorted(one.name for one in plan.there[0].missing) == sorted(CPU)
    found, replaced = wheelhouse.carry_out(system, plan, quiet)
    assert (sorted(found[0].whole), found[0].missing, replaced) == (sorted(CPU), (), ())
    assert (root / "wheelhouse" / ".gitignore").read_text() == "*\n"
    moved = tmp_path / "a stick 轮子"
    shutil.move(root / "wheelhouse", moved)

    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    before = len(stand.asked)
    # Two versions of a package, for machines that exclude each other, and only this machine's is there.
    (root / "pylock.cpu.toml").unlink()  # which does not have it
    path = root / "requirements/lock-cpu.txt"
    edit_lock(
        path, f"{path.read_text()}beta==2.0 ; sys_platform == 'win32' \\\n    --hash=sha256:{'0' * 64}\n"
    )
    plan = sync(type(system)(), root, index=str(moved)).setup.environments[0]
    assert [one.name for one in plan.downloads if not one.local] == []
    assert installed(system, root) == CPU
    assert len(stand.asked) == before

    shutil.rmtree(root / ".venv")
    sync(type(system)(), root, index=str(moved), backend="pip")
    assert installed(system, root) == CPU
    assert len(stand.asked) == before


@pytest.mark.slow
def test_plain_pip_takes_lock_and_wheelhouse(system, root, tmp_path):
    lock(system, root)
    plan = wheelhouse.plan_wheelhouse(system, root, tmp_path / "wheels", SyncWishes(python=PYTHON), quiet)
    wheelhouse.carry_out(system, plan, quiet)
    subprocess.run([PYTHON, "-m", "venv", tmp_path / "plain"], check=True)
    python = tmp_path / "plain" / "bin" / "python"
    subprocess.run(
        [
            python, "-m", "pip", "install", "-q", "--no-index", "--find-links", tmp_path / "wheels",
            "--require-hashes", "-r", root / "requirements/lock-cpu.txt",
        ],
        check=True,
    )  # fmt: skip
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json"], capture_output=True, text=True, check=True
    )
    found = {one["name"].replace("_", "-"): one["version"] for one in json.loads(listed.stdout)}
    assert CPU.items() <= found.items()


def test_a_wheelhouse_goes_on_where_it_stopped(system, stand, root, tmp_path):
    lock(system, root)
    folder, wishes = tmp_path / "wheels", SyncWishes(python=PYTHON)
    wheelhouse.carry_out(system, wheelhouse.plan_wheelhouse(system, root, folder, wishes, quiet), quiet)
    (folder / ".unfinished").mkdir()
    (folder / "beta-1.0-py3-none-any.whl").unlink()
    alpha = folder / "alpha-1.1-py3-none-any.whl"
    alpha.write_bytes(alpha.read_bytes()[:-20])
    plan = wheelhouse.plan_wheelhouse(system, root, folder, wishes, quiet)
    assert [one.name for one in plan.there[0].missing] == ["alpha", "beta"]
    assert plan.there[0].corrupt == (alpha,)
    with pytest.raises(LockUnusable) as caught:
        refuse_incomplete(folder, plan.sync.chosen[0].lock.packages, plan.sync.setup.interpreter, system)
    assert caught.value.code == "wheelhouse-incomplete"
    assert caught.value.detail == (f"another content than the lock says: {alpha.name}", "missing: beta 1.0")
    before = len(stand.asked)
    found, _ = wheelhouse.carry_out(system, plan, quiet)
    assert (found[0].missing, found[0].corrupt) == ((), ())
    assert not [path for path in stand.asked[before:] if "torch-" in path or "pytest-" in path]
    assert not (folder / ".unfinished").exists()


def test_a_lock_of_another_folder(tmp_path, system):
    root = make_project(tmp_path / "other")
    target = Path(root / "file")
    target.touch()
    lock(system, root)
    with pytest.raises(OptionRefused, match="no folder"):
        wheelhouse.plan_wheelhouse(system, root, target, SyncWishes(python=PYTHON), quiet)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["uv", "pip"])
def test_a_package_without_a_hash(system, root, tmp_path, backend):
    """Pages of some mirrors tell none: what has one is checked as far as the installer can."""
    lock(system, root)
    path = root / "requirements/lock-cpu.txt"
    text = path.read_text()
    edit_lock(path, re.sub(r"(torch==\S+) \\\n +--hash=\S+\n", r"\1\n", text))
    plan = sync(system, root, backend=backend)
    assert installed(system, root) == CPU
    told = any("no hash of torch" in notice for notice in plan.setup.environments[0].notices)
    assert told == (backend == "pip")
    house = wheelhouse.plan_wheelhouse(system, root, tmp_path / "wheels", SyncWishes(python=PYTHON), quiet)
    assert sorted(wheelhouse.carry_out(system, house, quiet)[0][0].whole) == sorted(CPU)
