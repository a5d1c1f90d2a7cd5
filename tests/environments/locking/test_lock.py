"""`scaffold env lock`: uv resolves from indexes on this machine; every file of the set is looked at."""

from __future__ import annotations

import os
import subprocess
from functools import partial
from pathlib import Path

import pytest

from scaffold.env.lock import CONDA, carry_out, change_text, plan_lock, refuse_stale
from scaffold.environments.installers import retry
from scaffold.environments.installers.tools import find_uv
from scaffold.environments.layout import Place
from scaffold.environments.locking.groups import declared
from scaffold.environments.locking.read import project_locks, read_project_lock, staleness
from scaffold.errors import (
    EnvironmentBusy,
    LockUnusable,
    NoPermission,
    NotAProject,
    OptionRefused,
    ScaffoldError,
)
from tests.environments.standins import MINOR

from .conftest import LOGIN, PYPROJECT, make_project, sha256

FILES = [
    "uv.lock", "pylock.cu126.toml", "requirements/lock-cu126.txt", "pylock.cpu.toml", "requirements/lock-cpu.txt",
]  # fmt: skip


def lock(system, root, **wishes):
    plan = plan_lock(system, root, **wishes)
    carry_out(plan)
    return plan


def pins(root, group):
    return {one.name: one.version for one in read_project_lock(Place(root), group).packages}


def everything(root):
    """Content of every file but those of scaffold's own folder."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and ".scaffold" not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def test_the_whole_set(system, stand, root):
    plan = lock(system, root)
    assert [str(path) for path in plan.files] == FILES
    assert set(everything(root)) == {*FILES, "pyproject.toml", "src/cat_dog/__init__.py"}
    wheels = stand.root
    text = (root / "requirements/lock-cu126.txt").read_text()
    head, _, body = text.partition("\n\n")
    hashes = {
        name: sha256(wheels / place)
        for name, place in {
            "alpha": "pypi/alpha/alpha-1.1-py3-none-any.whl",
            "beta": "pypi/beta/beta-1.0-py3-none-any.whl",
            "flit": "pypi/flit-core/flit_core-3.12-py3-none-any.whl",
            "cudnn": "pypi/nvidia-cudnn-cu12/nvidia_cudnn_cu12-9.10-py3-none-any.whl",
            "pytest": "pypi/pytest/pytest-9.0-py3-none-any.whl",
            "torch": "whl/cu126/torch/torch-2.14.1+cu126-py3-none-any.whl",
            "winonly": "pypi/winonly/winonly-1.0-py3-none-any.whl",
        }.items()
    }
    assert body == (
        f"alpha==1.1 \\\n    --hash=sha256:{hashes['alpha']}\n"
        f"beta==1.0 \\\n    --hash=sha256:{hashes['beta']}\n"
        f"flit-core==3.12 \\\n    --hash=sha256:{hashes['flit']}\n"
        f"nvidia-cudnn-cu12==9.10 ; sys_platform == 'linux' \\\n    --hash=sha256:{hashes['cudnn']}\n"
        f"pytest==9.0 \\\n    --hash=sha256:{hashes['pytest']}\n"
        f"torch==2.14.1+cu126 \\\n    --hash=sha256:{hashes['torch']}\n"
        f"winonly==1.0 ; sys_platform == 'win32' \\\n    --hash=sha256:{hashes['winonly']}\n"
    )
    assert f"# uv.lock: sha256:{sha256(root / 'uv.lock')}" in head
    assert "-r requirements/lock-cu126.txt" in head


def test_a_mirror_of_pytorch_serves_pytorch_alone_and_no_lock_names_it(system, stand, root):
    """An index that is replaced through UV_INDEX is not explicit any more: alpha would be the old 0.9."""
    lock(system, root)
    assert pins(root, "cu126")["alpha"] == "1.1"
    uv_lock = (root / "uv.lock").read_text()
    assert "https://download.pytorch.org/whl/cu126" in uv_lock
    assert stand.pytorch not in uv_lock + (root / "pylock.cu126.toml").read_text()


def test_uv_itself_finds_the_lock_up_to_date(system, root):
    lock(system, root)
    done = subprocess.run(
        [find_uv(system), "lock", "--check", "--offline"], cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_again_nothing_is_written_and_check_agrees(system, root):
    lock(system, root)
    before = everything(root)
    plan = plan_lock(system, root, check=True)
    refuse_stale(plan)
    assert (plan.differing, plan.changes) == ((), ())
    assert carry_out(plan) == ()
    assert everything(root) == before


def test_without_a_network_a_lock_that_stands_is_confirmed(system, root, monkeypatch):
    lock(system, root)
    monkeypatch.setenv("UV_OFFLINE", "1")
    assert plan_lock(type(system)(), root).differing == ()


def test_credentials_stand_in_no_file(system, stand, root, monkeypatch):
    private = f"http://{LOGIN}@{stand.host}/private"
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"{private}/pypi")
    monkeypatch.setenv("SCAFFOLD_PYTORCH_INDEX", f"{private}/whl")
    lock(type(system)(), root)
    assert pins(root, "cpu")["torch"] == "2.14.1+cpu"
    for name, content in everything(root).items():
        assert b"s3cret" not in content, name


def test_an_upgrade_changes_what_was_named(system, stand, root, edit):
    edit('"beta",', '"beta",\n    "alpha<1.1",')
    lock(system, root)
    edit(',\n    "alpha<1.1"', "")
    assert pins(root, "cpu")["alpha"] == "1.0"
    assert [change_text(one) for one in plan_lock(system, root).changes] == []  # what stands is kept
    plan = lock(system, root, upgrade=("alpha",))
    assert [change_text(one) for one in plan.changes] == ["  alpha 1.0 -> 1.1 (cu126, cpu)"]
    assert pins(root, "cu126")["alpha"] == "1.1"


def test_what_pyproject_asks_for_has_changed(system, root, edit):
    lock(system, root)
    edit('"beta",', '"beta",\n    "accelerate",')
    with pytest.raises(LockUnusable) as caught:
        plan_lock(system, root, check=True)
    assert caught.value.code == "lock-stale"
    assert caught.value.detail == ("what pyproject.toml asks for has changed since",)
    plan = lock(system, root)
    assert [change_text(one) for one in plan.changes] == ["+ accelerate 1.1 (cu126, cpu)"]


def test_another_default_group_or_layout_is_no_change(system, root, edit):
    lock(system, root)
    edit('default-groups = ["cu126"', 'default-groups = ["cpu"')
    edit("[tool.uv]\n", "[tool.uv]\n# on this machine\n")
    found = project_locks(Place(root))
    assert [one.group for one in found] == ["cpu", "cu126"]
    assert {staleness(one, declared(root)) for one in found} == {()}


def test_a_lock_that_uv_alone_has_renewed(system, root):
    lock(system, root)
    (root / "uv.lock").write_text((root / "uv.lock").read_text() + "# by uv\n")
    reasons = staleness(read_project_lock(Place(root), "cpu"), declared(root))
    assert reasons == ("uv.lock is another one than it was made from",)


def test_line_ends_of_a_version_control_are_no_change(system, root):
    lock(system, root)
    for name in FILES:
        (root / name).write_bytes((root / name).read_bytes().replace(b"\n", b"\r\n"))
    assert staleness(read_project_lock(Place(root), "cpu"), declared(root)) == ()


def test_one_group_alone_while_the_others_index_is_away(system, stand, root, edit, monkeypatch):
    monkeypatch.setattr(retry, "Patience", partial(retry.Patience, wait=lambda _: None))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    system = type(system)()
    edit("https://download.pytorch.org/whl/cpu", "http://127.0.0.1:9/cpu")
    with pytest.raises(ScaffoldError) as caught:
        plan_lock(system, root)
    assert caught.value.code == "install-no-network"
    assert "scaffold env lock --group cu126" in caught.value.hint
    lock(system, root, group="cu126")
    assert set(everything(root)) == {*FILES[1:3], "pyproject.toml", "src/cat_dog/__init__.py"}
    assert pins(root, "cu126")["torch"] == "2.14.1+cu126"
    assert pins(root, "cu126")["pytest"] == "9.0"
    assert staleness(read_project_lock(Place(root), "cu126"), declared(root)) == ()


def test_a_group_that_the_user_removed_takes_its_locks_along(system, root, edit):
    lock(system, root)
    mine = root / "requirements" / "lock-mine.txt"
    mine.write_text("torch==1\n")
    edit('cpu = ["torch==2.14.1"]\n', "")
    edit('conflicts = [[{ group = "cu126" }, { group = "cpu" }]]\n', "")
    edit(', { index = "pytorch-cpu", group = "cpu" }', "")
    plan = lock(system, root)
    assert [str(path) for path in plan.gone] == ["requirements/lock-cpu.txt", "pylock.cpu.toml"]
    assert set(everything(root)) == {*FILES[:3], "requirements/lock-mine.txt", "pyproject.toml", "src/cat_dog/__init__.py"}  # fmt: skip


def test_groups_of_the_users_own_are_no_accelerators(root, edit):
    edit('test = ["pytest>=8.3"]', 'test = ["pytest>=8.3"]\ndocs = ["sphinx"]\nbench = ["torch", 7, "??"]')
    edit('default-groups = ["cu126", "test"', 'default-groups = ["docs", "cu126", "test"')
    project = declared(root)
    assert project.groups == ("cu126", "cpu")
    assert project.wanted_by("cpu") == ("docs", "test", "build", "cpu")


def test_a_project_without_accelerators_has_one_lock(system, tmp_path):
    head = PYPROJECT.split("[dependency-groups]")[0].replace('    "torch>=2.10",\n', "")
    root = make_project(tmp_path / "plain", head)
    assert declared(root).groups == ("default",)
    lock(system, root)
    assert pins(root, "default") == {"beta": "1.0", "winonly": "1.0"}


def test_torch_from_a_folder_of_wheels(system, stand, root, edit, tmp_path, monkeypatch):
    """The folder's path belongs to this machine: uv.lock cannot do without it, the file of hashes can."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    wheel = next((stand.root / "whl/cpu/torch").glob("*.whl"))
    (folder / wheel.name).write_bytes(wheel.read_bytes())
    text = PYPROJECT.split("[tool.uv]")[0].replace('cu126 = ["torch==2.14.1"]\n', "")
    text = text.replace('cpu = ["torch==2.14.1"]', 'own = ["torch==2.14.1+cpu"]')
    (root / "pyproject.toml").write_text(text + '[tool.uv]\ndefault-groups = ["own", "test", "build"]\n')
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    plan = lock(type(system)(), root)
    neutral = (root / "requirements/lock-own.txt").read_text()
    assert f"torch==2.14.1+cpu \\\n    --hash=sha256:{sha256(wheel)}\n" in neutral
    assert str(folder) not in neutral
    assert str(folder) in (root / "uv.lock").read_text()
    assert any("folder of wheels on this machine" in notice for notice in plan.notices)


def test_a_project_with_a_path_is_locked_where_it_lies(system, root, edit):
    other = root.parent / "mine"
    make_project(other, '[project]\nname = "mine"\nversion = "1"\nrequires-python = ">=3.10"\n')
    edit("[tool.uv.sources]\n", '[tool.uv.sources]\nmine = { path = "../mine" }\n')
    edit('"beta",', '"beta",\n    "mine",')
    for variant in ("cpu", "cu126"):
        edit(
            f"https://download.pytorch.org/whl/{variant}", f"{os.environ['SCAFFOLD_PYTORCH_INDEX']}/{variant}"
        )
    plan = plan_lock(system, root)
    assert not (root / "uv.lock").exists()  # planned, not written
    assert any(notice.startswith("mine: not from an index") for notice in plan.notices)
    carry_out(plan)
    assert 'source = { directory = "../mine" }' in (root / "uv.lock").read_text()
    assert "mine" not in pins(root, "cpu")


def test_pip_locks_for_this_machine_and_says_so(system, stand, root):
    plan = lock(system, root, backend="pip")
    assert set(everything(root)) == {FILES[2], "pyproject.toml", "src/cat_dog/__init__.py"}
    assert pins(root, "cu126") == {
        "alpha": "1.1", "beta": "1.0", "flit-core": "3.12", "pytest": "9.0", "torch": "2.14.1+cu126",
        **({"nvidia-cudnn-cu12": "9.10"} if system.platform.os == "linux" else {}),
    }  # fmt: skip
    assert "alone, without uv.lock" in plan.notices[0]
    assert plan.notices[0].startswith("because --backend pip was said: pip locked the group cu126")
    found = read_project_lock(Place(root), "cu126")
    assert all(one.hashes for one in found.packages)
    assert staleness(found, declared(root)) == ()


def test_errors(system, root, edit):
    with pytest.raises(OptionRefused) as unknown:
        plan_lock(system, root, group="cu999")
    assert unknown.value.hint == "there are: cu126, cpu"
    edit('"beta",', '"nowhere-to-be-had",')
    before = everything(root)
    with pytest.raises(ScaffoldError) as absent:
        plan_lock(system, root)
    assert absent.value.code == "install-not-found"
    assert everything(root) == before
    (root / "pyproject.toml").write_text("[project\n")
    with pytest.raises(NotAProject) as damaged:
        plan_lock(system, root)
    assert damaged.value.code == "pyproject-damaged"


def test_what_is_to_be_upgraded_must_be_in_the_lock(system, root, edit):
    plan_lock(system, root, upgrade=("alhpa",))  # without a lock everything is the newest
    lock(system, root)
    asked = len(everything(root))
    with pytest.raises(OptionRefused) as caught:
        plan_lock(system, root, upgrade=("torch", "alhpa"))
    assert (caught.value.message, caught.value.detail) == (
        "--upgrade alhpa: the lock holds no package of that name", ("near to it: alpha",),
    )  # fmt: skip
    with pytest.raises(OptionRefused, match="names no package"):
        plan_lock(system, root, upgrade=("torch torch",))
    assert len(everything(root)) == asked
    edit('"beta",', '"beta",\n    "accelerate",')
    assert lock(system, root, upgrade=("accelerate", "Torch")).changes


def test_the_python_of_the_project_stands_in_its_lock_and_is_no_change(system, root, edit):
    lock(system, root)
    assert "with" not in read_project_lock(Place(root), "cpu").head  # nobody knows it yet
    (root / ".python-version").write_text(f"{MINOR}\n")
    assert plan_lock(system, root, check=True).differing == ()
    edit('"beta",', '"beta",\n    "accelerate",')
    lock(system, root)
    assert {read_project_lock(Place(root), one).head["with"] for one in ("cpu", "cu126")} == {MINOR}
    (root / ".python-version").unlink()
    edit(',\n    "accelerate"', "")
    lock(system, root)
    assert read_project_lock(Place(root), "cpu").head["with"] == MINOR


def test_conda_locks_like_the_others(system, root):
    assert plan_lock(system, root, backend="conda").notices == (CONDA,)


def test_two_at_once(system, root):
    from scaffold.environments.state import locked

    with locked(root), pytest.raises(EnvironmentBusy):
        plan_lock(system, root)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written(system, root):
    plan = plan_lock(system, root)
    before = everything(root)
    root.chmod(0o555)
    try:
        with pytest.raises(NoPermission):
            carry_out(plan)
    finally:
        root.chmod(0o755)
    assert everything(root) == before


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\ntorch==1\n=======\n", "torch>=2\n", "\0", ""])
def test_a_damaged_lock_is_told_by_its_lines(root: Path, text: str):
    path = root / "requirements" / "lock-cpu.txt"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(LockUnusable) as caught:
        read_project_lock(Place(root), "cpu")
    assert caught.value.code == "lock-damaged"
    assert read_project_lock(Place(root), "cu126") is None


def test_a_mirror_that_is_one_page_of_wheels(system, stand, root, monkeypatch):
    """Some mirrors of PyTorch are no index: one page a variant. uv must find the lock current all the same."""
    for variant in ("cpu", "cu126"):
        folder = stand.root / "flat" / variant
        folder.mkdir(parents=True)
        wheels = sorted((stand.root / "whl" / variant / "torch").glob("*.whl"))
        for wheel in wheels:
            (folder / wheel.name).write_bytes(wheel.read_bytes())
        (folder / "index.html").write_text("".join(f'<a href="{one.name}">{one.name}</a>' for one in wheels))
    monkeypatch.setenv("SCAFFOLD_PYTORCH_INDEX", f"flat+http://{stand.host}/flat")
    system = type(system)()
    lock(system, root)
    assert (pins(root, "cu126")["torch"], pins(root, "cu126")["alpha"]) == ("2.14.1+cu126", "1.1")
    assert f"{stand.host}/flat" not in (root / "uv.lock").read_text()
    done = subprocess.run(
        [find_uv(system), "lock", "--check", "--offline"], cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert plan_lock(system, root).differing == ()
