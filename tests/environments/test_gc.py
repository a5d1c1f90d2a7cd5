"""What can be freed, and what really comes back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffold.environments.gc import Freeable, advice, caches, delete, freeable_of
from scaffold.environments.installers.tools import find_uv
from scaffold.environments.layout import Place
from scaffold.errors import NoPermission
from scaffold.system import HostSystem
from tests.environments.conftest import make_wheel
from tests.environments.unpacked import make_environment, make_ready, make_unfinished

PYPROJECT = """\
[project]
name = "thing"
version = "0.1"
"""


def rows(root: Path, found: tuple[Freeable, ...]) -> list[tuple[str, str, bool, str]]:
    return [
        (one.kind, one.path.relative_to(root).as_posix(), one.ours, " ".join(one.command)) for one in found
    ]


def test_a_tidy_project_has_nothing(root: Path) -> None:
    make_environment(Place(root).own_location)
    make_ready(Place(root))
    assert freeable_of(root) == ()


def test_every_kind_of_left_over(root: Path) -> None:
    own, keras, old, mine = Place(root), Place(root, "keras"), Place(root, "old"), Place(root, "mine")
    packages = make_environment(own.own_location)
    (packages / "~orch").mkdir()
    make_ready(own)
    make_environment(own.restore_folder)
    make_environment(keras.own_location)
    make_unfinished(keras)
    make_environment(old.own_location)
    make_ready(old, location=root.parent / "before/.envs/old")
    make_environment(mine.own_location)
    (root / ".scaffold/discarded-1234abcd").mkdir()
    (root / ".envs/notes").mkdir()
    found = freeable_of(root)
    assert rows(root, found) == [
        ("left-over", ".scaffold/discarded-1234abcd", True, ""),
        ("left-over", ".scaffold/previous-environment", True, ""),
        ("left-over", ".venv/lib/python3.12/site-packages/~orch", True, ""),
        ("environment", ".envs/keras", False, "scaffold env remove keras"),
        ("environment", ".envs/mine", False, "scaffold env remove mine --foreign"),
        ("environment", ".envs/old", False, "scaffold env remove old"),
    ]
    for one in found:
        if one.ours:
            delete(one)
    assert rows(root, freeable_of(root)) == rows(root, tuple(one for one in found if not one.ours))
    assert (own.own_location / "pyvenv.cfg").is_file()


def test_one_that_waits_to_be_brought_back_is_no_left_over(root: Path) -> None:
    place = Place(root)
    make_environment(place.restore_folder)
    make_environment(place.own_location)
    make_unfinished(place)
    assert [(one.kind, one.path, one.ours) for one in freeable_of(root)] == [
        ("waiting", place.restore_folder, False),
        ("environment", place.own_location, False),
    ]


def test_wheels_that_no_lock_names(root: Path) -> None:
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "wheelhouse").mkdir()
    for version in ("1.0", "2.0"):
        make_wheel(root / "wheelhouse", "alpha", version, {})
    assert freeable_of(root) == ()  # without a lock, nobody knows
    (root / "requirements").mkdir()
    (root / "requirements/lock-default.txt").write_text("alpha==2.0\n")
    (found,) = freeable_of(root)
    assert (found.kind, found.path, found.ours, found.usage.files) == (
        "wheels",
        root / "wheelhouse",
        False,
        1,
    )
    assert found.why == "1 wheels that no lock of the project names: alpha-1.0-py3-none-any.whl"
    (root / "requirements/lock-default.txt").write_text("<<<<<<< HEAD\n")
    assert freeable_of(root) == ()


@pytest.mark.skipif(find_uv(HostSystem()) is None, reason="without uv it has no cache")
def test_caches_tell_what_is_shared(
    root: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip"))
    for name in ("uv/one", "uv/two", "pip/http"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(os.urandom(1 << 16))
    os.link(tmp_path / "uv/one", root / "one")
    uv, pip = caches(root, HostSystem())
    assert (uv.path, pip.path) == (tmp_path / "uv", tmp_path / "pip")
    assert (uv.usage.size, uv.usage.shared) == (1 << 17, 1 << 16)
    assert uv.command[1:] == ("cache", "prune")
    assert pip.command[1:] == ("-m", "pip", "cache", "purge")
    assert not any(one.ours for one in (uv, pip))


@pytest.mark.skipif(find_uv(HostSystem()) is None, reason="without uv there is nothing to advise on links")
def test_advice(root: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    assert advice(root, HostSystem()) == ()
    monkeypatch.setenv("UV_LINK_MODE", "copy")
    assert [one.split(",")[0] for one in advice(root, HostSystem())] == ["UV_LINK_MODE is copy"]
    if Path("/dev/shm").is_dir() and Path("/dev/shm").stat().st_dev != root.stat().st_dev:
        monkeypatch.setenv("UV_CACHE_DIR", "/dev/shm/uv-cache-of-nobody")
        assert "lie on different disks" in advice(root, HostSystem())[0]


def test_what_resists_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scaffold.environments import gc

    (root / ".scaffold/discarded-1").mkdir(parents=True)
    (found,) = freeable_of(root)
    monkeypatch.setattr(gc, "remove_tree", lambda path: None)
    with pytest.raises(NoPermission):
        delete(found)


def test_what_came_back_meanwhile_is_not_deleted(root: Path, home: Path) -> None:
    """Between the look and the deletion, a run has put the waiting environment to use again."""
    from scaffold.env.gc import GcPlan, carry_out

    place = Place(root)
    make_environment(place.own_location)
    make_ready(place)
    make_environment(place.restore_folder)
    plan = GcPlan(root=root, found=freeable_of(root))
    make_unfinished(place)
    assert carry_out(plan) == ()
    assert place.restore_folder.exists()
    (place.own_location / ".scaffold-unfinished").unlink()
    make_ready(place)
    assert [one.path for one in carry_out(plan)] == [place.restore_folder]


def test_useful_caches_go_only_on_demand(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scaffold.env.gc import carry_out, plan_gc
    from scaffold.interpreters import find

    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setattr(find, "default_cache_folder", lambda: own)
    for wanted in (False, True):
        plan = plan_gc(HostSystem(), tmp_path, with_caches=wanted)
        assert own in {one.path for one in plan.found}
        assert [one.path for one in carry_out(plan)] == ([own] if wanted else [])
        assert own.exists() is not wanted
