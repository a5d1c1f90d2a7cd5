"""No room, no permission, somebody else's things in the way: told, and everything as before."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.environments import discard, holding
from scaffold.environments.create import create
from scaffold.environments.discard import clear_discarded, discard_tree
from scaffold.environments.layout import UNFINISHED_MARK, Place
from scaffold.environments.model import Progress
from scaffold.environments.state import is_ready, locked, read_state, recover
from scaffold.errors import EnvironmentBusy, EnvironmentOccupied, NoSpace, ScaffoldError
from scaffold.files import not_written

from .test_interruptions import start
from .test_moved import contents

root_only = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="mounts, and other owners, need root"
)


def silent(progress: Progress) -> None:
    """Nobody looks."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


@root_only
def test_the_cache_has_no_room_and_the_project_has(small_disk, root, plan_for, system) -> None:
    old, new = plan_for(root, "alpha==1.0", backend="uv"), plan_for(root, "many", backend="uv")
    create(old, system, silent)
    before = contents(root)
    system.environment = {**system.environment, "UV_CACHE_DIR": str(small_disk)}
    with pytest.raises(NoSpace) as refused:
        create(new, system, silent)
    assert f"uv's cache: {small_disk}, 0 MB free" in refused.value.detail
    assert "UV_CACHE_DIR=FOLDER" in refused.value.hint
    assert contents(root) == before


@root_only
def test_a_mount_point_holds_the_environment(root, plan_for, system) -> None:
    """A container's volume at .venv: made in its place, given up in its place, and never put aside."""
    plan = plan_for(root, "alpha==1.0")
    plan.location.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "none", plan.location], check=True)
    try:
        broken = replace(plan, lock=plan.lock.replace('sha256 = "', 'sha256 = "00'))
        with pytest.raises(ScaffoldError):
            create(broken, system, silent)
        assert (list(plan.location.iterdir()), read_state(plan.place)) == ([], None)
        create(plan, system, silent)
        before = contents(root)
        with pytest.raises(EnvironmentOccupied) as refused:
            create(plan_for(root, "alpha==2.0"), system, silent)
        assert refused.value.code == "environment-fixed"
        assert (contents(root), is_ready(plan.place)) == (before, True)
    finally:
        subprocess.run(["umount", plan.location], check=True)


def without_roots_powers() -> list[str]:
    """How to start a program that keeps to permissions, whoever we are."""
    if os.geteuid() != 0:
        return []
    powers = ("dac_override", "dac_read_search", "chown", "fowner")
    return ["setpriv", "--bounding-set", ",".join(f"-{one}" for one in powers)]


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("setpriv") is None, reason="needs setpriv (util-linux)"
)
@pytest.mark.parametrize("closed", ["the project", "its .scaffold", "another's"])
def test_no_permission(closed, root, tmp_path, plan_for, system) -> None:
    create(plan_for(root, "alpha==1.0"), system, silent)
    new, before = plan_for(root, "alpha==2.0"), contents(root)
    folders = [root / ".scaffold"] if closed == "its .scaffold" else [root, root / ".scaffold"]
    for folder in folders:
        if closed != "another's":
            folder.chmod(0o555)
        elif os.geteuid() == 0:
            os.chown(folder, 65534, 65534)
        else:
            pytest.skip("needs root")
    said = start(new, tmp_path, *without_roots_powers()).communicate()[0].splitlines()
    for folder in folders:
        folder.chmod(0o755)
    assert said[-1] == "no-permission"
    assert (contents(root), is_ready(new.place)) == (before, True)


def test_somebody_elses_things(root, plan_for, system, tmp_path) -> None:
    further = replace(plan_for(root, "alpha"), place=Place(root, "keras"))
    (root / ".envs").write_text("mine")
    with pytest.raises(EnvironmentOccupied, match=r"\.envs is no folder"):
        create(further, system, silent)
    (root / ".envs").unlink()
    (root / ".envs").symlink_to(tmp_path)
    with pytest.raises(EnvironmentOccupied, match=r"\.envs is a symbolic link"):
        create(further, system, silent)
    shutil.rmtree(root / ".scaffold")
    (root / ".scaffold").write_text("mine")
    with pytest.raises(EnvironmentOccupied, match=r"\.scaffold is a file"):
        create(plan_for(root, "alpha"), system, silent)
    assert sorted(one.name for one in root.iterdir()) == [".envs", ".scaffold"]


def test_what_the_user_made_meanwhile_is_not_cleared_away(root) -> None:
    """A run died while the old environment was aside; the user lost patience and made one by hand."""
    place = Place(root)
    for folder, text in ((place.restore_folder, "old"), (place.location, "by hand")):
        folder.mkdir(parents=True)
        (folder / "pyvenv.cfg").write_text(text)
    with pytest.raises(EnvironmentOccupied) as refused:
        recover(place)
    assert str(place.restore_folder) in refused.value.hint
    assert (place.location / "pyvenv.cfg").read_text() == "by hand"
    (place.location / UNFINISHED_MARK).touch()
    recover(place)
    assert (place.location / "pyvenv.cfg").read_text() == "old"


@pytest.mark.parametrize("schema", ["scaffold/environment/3", "scaffold/environment/12"])
def test_a_newer_scaffolds_state_is_not_touched(schema, root, plan_for, system) -> None:
    plan = plan_for(root, "alpha")
    plan.place.state_file.parent.mkdir()
    plan.place.state_file.write_text(text := f'{{"schema": "{schema}", "status": "ready"}}')
    with pytest.raises(ScaffoldError) as refused:
        create(plan, system, silent)
    assert refused.value.code == "environment-state-newer"
    assert (plan.place.state_file.read_text(), plan.location.exists()) == (text, False)


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
@pytest.mark.skipif(os.name != "posix", reason="Windows' locks are everywhere")
def test_a_file_system_without_locks(number, root, monkeypatch) -> None:
    """Lustre and some NFS mounts. The holder's file stands for the lock; a dead holder's does not count."""
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    (root / ".scaffold").mkdir()
    (root / ".scaffold" / "environment.lock").touch()  # from a time when there were locks
    for _ in range(2):
        with locked(root):
            with pytest.raises(EnvironmentBusy), locked(root):
                pass
            assert (root / ".scaffold" / "environment.held").exists()
    child = os.fork()
    if child == 0:
        held = holding.hold(root / ".scaffold" / "environment.lock")
        os._exit(0 if held.is_locked else 1)  # as if killed: nothing is released
    os.waitpid(child, 0)
    assert (root / ".scaffold" / "environment.held").exists()
    with locked(root):
        pass


@pytest.mark.parametrize("name", ["", "environment.lock", "environment.held"])
@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_a_lock_that_is_a_link_is_refused_and_nothing_comes_to_be_where_it_leads(
    root, tmp_path, name
) -> None:
    link = root / ".scaffold" / name if name else root / ".scaffold"
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ScaffoldError) as caught, locked(root):
        pass
    assert caught.value.message == f"Cannot write to {link}"
    assert not (tmp_path / "elsewhere").exists()


def test_write_protected_folders_are_discarded(root) -> None:
    (root / ".scaffold").mkdir()
    inner = root / "old" / "closed" / "inner"
    inner.mkdir(parents=True)
    (inner / "file").touch()
    outside = root / "outside"
    outside.mkdir(mode=0o555)
    (root / "old" / "link").symlink_to(outside)
    for folder in (inner, inner.parent):
        folder.chmod(0o500)
    discard_tree(root, root / "old")
    clear_discarded(root)
    assert sorted(one.name for one in root.iterdir()) == [".scaffold", "outside"]
    assert (list((root / ".scaffold").iterdir()), outside.stat().st_mode & 0o777) == ([], 0o555)


@pytest.mark.parametrize("code", [5, 32])
def test_windows_does_not_move_what_is_in_use(code: int) -> None:
    """As recorded on Windows: a rename of a folder in which a program runs."""
    refusal = PermissionError(errno.EACCES, "The process cannot access the file")
    refusal.winerror = code  # type: ignore[attr-defined, unused-ignore]
    problem = discard.not_moved(Path("C:/project/.venv"), refusal)
    assert problem.code == "environment-in-use"
    assert "Python console of PyCharm" in problem.hint


def test_a_read_only_disk_is_called_so() -> None:
    refused = not_written(Path("/p"), OSError(errno.EROFS, "Read-only file system"))
    assert (refused.code, refused.hint) == (
        "no-permission",
        "the disk is mounted read-only: work in another folder",
    )
