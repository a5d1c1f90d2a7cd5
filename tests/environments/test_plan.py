"""Resolving, for real, from a folder of tiny wheels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scaffold.environments.condition.usage import UNPACKED
from scaffold.environments.installers import resolved as locks
from scaffold.environments.installers.resolve_uv import manifest
from scaffold.environments.layout import Place
from scaffold.environments.model import Download
from scaffold.environments.plan import EMPTY_ENVIRONMENT, disk_needed
from scaffold.errors import InstallFailed, NoBuild, ScaffoldError
from scaffold.sources.settings import DEFAULT_INDEX
from scaffold.toml import loads


@pytest.mark.parametrize("backend", ["uv", "pip"])
def test_everything_is_pinned_measured_and_local(backend, tmp_path, plan_for, wheelhouse) -> None:
    plan = plan_for(tmp_path / "project", "beta", backend=backend)
    expected = [("alpha", "2.0"), ("beta", "1.0")]
    assert plan.downloads == tuple(
        Download(
            name=name,
            version=version,
            size=(wheelhouse / f"{name}-{version}-py3-none-any.whl").stat().st_size,
            source=str(wheelhouse),
            local=True,
        )
        for name, version in expected
    )
    assert (plan.installer, plan.download_size) == (backend, 0)
    assert plan.lock.count("sha256") == 2
    assert list((tmp_path / "project").iterdir()) == []


@pytest.mark.parametrize("backend", ["uv", "pip"])
def test_a_build_keeps_its_local_version(backend, tmp_path, plan_for, torch_build) -> None:
    plan = plan_for(tmp_path, "torch>=2.10", builds=(torch_build,), backend=backend)
    assert [(one.name, one.version) for one in plan.downloads] == [("torch", "2.13.0+cpu")]


@pytest.mark.parametrize(
    ("asked", "code", "error"),
    [
        (("uv", ("nowhere-to-be-found",)), "install-not-found", InstallFailed),
        (("pip", ("nowhere-to-be-found",)), "install-not-found", InstallFailed),
        (("uv", ("alpha==1.0", "alpha==2.0")), "install-conflict", InstallFailed),
        (("pip", ("alpha==1.0", "alpha==2.0")), "install-conflict", InstallFailed),
        (("uv", ("alpha==3.0",)), "install-no-version", NoBuild),
        (("pip", ("alpha==3.0",)), "install-no-version", NoBuild),
        (("uv", ("stone",)), "install-no-wheel", NoBuild),
    ],
)
def test_what_cannot_be_had_is_said_before_anything_is_written(
    asked, code, error, tmp_path, plan_for
) -> None:
    backend, requirements = asked
    with pytest.raises(ScaffoldError) as caught:
        plan_for(tmp_path / "project", *requirements, backend=backend)
    assert (caught.value.code, type(caught.value)) == (code, error)
    assert caught.value.detail
    assert list((tmp_path / "project").iterdir()) == []


def test_only_the_framework_comes_from_pytorchs_index(tmp_path, plan_for, torch_build) -> None:
    plan = plan_for(tmp_path, "alpha")
    cuda = replace(
        torch_build,
        requirement="torch==2.14.1+cu126",
        source="https://download.pytorch.org/whl/cu126",
        source_kind="pytorch",
    )
    assert loads(manifest(replace(plan, builds=(cuda,)))) == {
        "project": {
            "name": "scaffold-resolution",
            "version": "0",
            "requires-python": f">={plan.interpreter.minor}",
            "dependencies": ["torch==2.14.1+cu126", "alpha"],
        },
        "tool": {
            "uv": {
                "sources": {"torch": {"index": "for-torch"}},
                "index": [{
                    "name": "for-torch",
                    "url": "https://download.pytorch.org/whl/cu126",
                    "explicit": True,
                }],
            }
        },
    }  # fmt: skip


def test_what_uv_has_in_its_cache_takes_no_more_room() -> None:
    found = (
        Download(name="cached", version="1", size=1000, source="files.example", local=True),
        Download(name="folder", version="1", size=100, source="/wheels", local=True),
        Download(name="remote", version="1", size=10, source="files.example"),
        Download(name="unknown", version="1", size=None, source="files.example"),
    )
    assert disk_needed(found, shared_cache=True) == EMPTY_ENVIRONMENT + int(110 * UNPACKED)
    assert disk_needed(found, shared_cache=False) == EMPTY_ENVIRONMENT + int(1110 * UNPACKED)


@pytest.mark.network
def test_the_index_tells_sizes_and_the_lock_names_the_index(
    tmp_path, plan_for, air_gap, system, interpreter
) -> None:
    from scaffold.environments.plan import plan_environment

    plan = plan_environment(
        system,
        place=Place(tmp_path),
        interpreter=interpreter,
        builds=(),
        requirements=("six==1.17.0",),
        settings=replace(air_gap, no_index=None, find_links=()),
    )
    assert [(one.name, one.version, one.size) for one in plan.downloads] == [("six", "1.17.0", 11050)]
    assert f'index = "{DEFAULT_INDEX.value}"' in plan.lock


@pytest.mark.parametrize("backend", ["uv", "pip"])
@pytest.mark.parametrize("lock", ["", "[[packages", '{"version": "9", "distributions": []}'])
def test_a_resolution_that_cannot_be_read_does_not_pass_for_an_empty_one(
    lock, backend, tmp_path, plan_for, monkeypatch
) -> None:
    monkeypatch.setattr(locks, "read_lock", lambda path, installer: lock)
    with pytest.raises(InstallFailed) as caught:
        plan_for(tmp_path, "alpha", backend=backend)
    assert caught.value.code == "install-lock-unreadable"
    assert caught.value.detail == ("asked for: alpha; found: nothing",)


def test_nothing_asked_for_is_nothing_found(tmp_path, plan_for) -> None:
    assert plan_for(tmp_path).downloads == ()
