"""uv and pip, for real, with an index that misbehaves: the environment is whole, or as it was before."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.environments.condition.inspect import inspect
from scaffold.environments.condition.verify import damages
from scaffold.environments.create import create
from scaffold.environments.installers import retry
from scaffold.environments.installers.install import Installer
from scaffold.environments.installers.tools import virtualenv_command
from scaffold.environments.layout import Place
from scaffold.environments.locking.download import fill
from scaffold.environments.locking.model import LockedPackage
from scaffold.environments.model import EnvironmentPlan, Progress
from scaffold.environments.plan import plan_environment
from scaffold.environments.state import read_state
from scaffold.errors import ScaffoldError, SourceUnreachable
from scaffold.sources.model import Setting, SourceSettings
from scaffold.system import HostSystem

from .flaky_index import (
    Fault,
    FlakyIndex,
    corrupted,
    dropped,
    flaky_index,
    signing_in,
    stalled,
    status,
    truncated,
)

BACKENDS = ["uv", "pip"]
WHEEL = r"/files/alpha-2\.0"


@pytest.fixture
def index(wheelhouse: Path) -> Iterator[FlakyIndex]:
    with flaky_index(wheelhouse) as served:
        yield served


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that would have been made; the installers' own inner retries are off."""
    made: list[float] = []
    monkeypatch.setattr(retry, "PATIENCE", retry.Patience(wait=made.append, draw=lambda: 0.0))
    for name in ("UV_HTTP_RETRIES", "PIP_RETRIES", "PIP_RESUME_RETRIES"):
        monkeypatch.setenv(name, "0")
    return made


@pytest.fixture
def plan_from(
    index: FlakyIndex, home: Path, interpreter, waits, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., EnvironmentPlan]:
    """Resolve beta (which needs alpha) from the flaky index, with empty caches."""
    fresh_caches(monkeypatch, tmp_path / "caches-1")

    def make(backend: str, tell=retry.silent) -> EnvironmentPlan:
        return plan_environment(
            HostSystem(),
            place=Place(tmp_path / "project"),
            interpreter=interpreter,
            builds=(),
            requirements=("beta",),
            settings=SourceSettings(index=Setting(value=index.simple, origin="tests")),
            backend=backend,  # type: ignore[arg-type]
            tell=tell,
        )

    (tmp_path / "project").mkdir()
    return make


def fresh_caches(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(folder / "uv"))
    monkeypatch.setenv("PIP_CACHE_DIR", str(folder / "pip"))


def silent(progress: Progress) -> None:
    """Nobody looks."""


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("fault", "where"),
    [
        (status(503), r"/simple/alpha/"),
        (truncated, r"/simple/alpha/"),
        (dropped, r"/simple/alpha/"),
        (dropped, WHEEL),
    ],
    ids=["503", "truncated", "dropped", "wheel-dropped"],
)
def test_a_resolution_outlasts_an_index_that_recovers(
    backend: str, fault: Fault, where: str, index, plan_from, waits
) -> None:
    index.spoil(where, fault, times=2)
    told: list[str] = []
    plan = plan_from(backend, told.append)
    assert [(one.name, one.version) for one in plan.downloads] == [("alpha", "2.0"), ("beta", "1.0")]
    assert len(told) == len(waits) > 0
    assert all("trying again in" in line for line in told)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "fault",
    [status(500), truncated, stalled, corrupted, signing_in],
    ids=["500", "truncated", "stalled", "corrupted", "signing-in"],
)
def test_an_installation_outlasts_an_index_that_recovers(
    backend: str, fault: Fault, index, plan_from, waits, monkeypatch, tmp_path
) -> None:
    plan = plan_from(backend)
    fresh_caches(monkeypatch, tmp_path / "caches-2")
    # What uv cannot unpack while it arrives, it downloads again as a whole: one fault is cured by itself.
    index.spoil(WHEEL, fault, times=2 if backend == "uv" and fault in (truncated, corrupted) else 1)
    if fault is stalled:  # read as the user's own, since these settings name no limit
        monkeypatch.setenv("UV_HTTP_TIMEOUT", "2")
        monkeypatch.setenv("PIP_TIMEOUT", "2")
    subprocess.run(virtualenv_command(plan), check=True)
    told: list[Progress] = []
    folder = tmp_path / "moment"
    folder.mkdir()
    Installer(plan, folder, HostSystem(), told.append).install()
    found = inspect(plan.location, HostSystem())
    assert found is not None
    assert {"alpha": "2.0", "beta": "1.0"}.items() <= found.packages.items()
    assert damages(plan.location) == ()
    assert next(plan.location.rglob("alpha.py")).read_text() == "version = 2\n"
    assert waits[:1] == [2.0]
    assert [one.message for one in told if "trying again in 2 s (2 of" in one.message] != []


@pytest.mark.parametrize(
    ("backend", "fault", "codes"),
    [
        ("uv", corrupted, {"install-hash-mismatch", "install-bad-wheel"}),
        ("pip", corrupted, {"install-hash-mismatch"}),
        ("uv", status(502), {"install-server-error"}),
        ("pip", status(502), {"install-server-error"}),
        ("uv", truncated, {"install-broken-off", "install-bad-wheel"}),
        ("pip", truncated, {"install-broken-off"}),
    ],
)
def test_an_index_that_never_recovers_leaves_everything_as_it_was(
    backend: str, fault: Fault, codes: set[str], index, plan_from, waits, monkeypatch, tmp_path
) -> None:
    plan = plan_from(backend)
    fresh_caches(monkeypatch, tmp_path / "caches-2")
    index.spoil(WHEEL, fault)
    with pytest.raises(ScaffoldError) as caught:
        create(plan, HostSystem(), silent)
    assert caught.value.code in codes
    assert caught.value.detail
    assert not plan.location.exists()
    assert read_state(plan.place) is None
    unpacked = (tmp_path / "caches-2").rglob("alpha.py")  # uv leaves what it gave up in a folder .tmp...
    assert [path for path in unpacked if not any(part.startswith(".tmp") for part in path.parts)] == []


def test_pip_that_installs_from_an_index_in_trouble_blames_no_package(
    index, plan_from, waits, monkeypatch, tmp_path
) -> None:
    plan = plan_from("pip")
    fresh_caches(monkeypatch, tmp_path / "caches-2")
    index.spoil(r"/simple/", status(500))
    with pytest.raises(SourceUnreachable) as caught:
        fill(plan, tmp_path / "wheels", (LockedPackage(name="alpha", version="2.0"),), HostSystem(), silent)
    assert caught.value.code == "install-server-error"


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("where", [r"/simple/alpha/", WHEEL])
@pytest.mark.parametrize("code", [401, 403])
def test_a_refusal_is_not_tried_again(backend: str, where: str, code: int, index, plan_from, waits) -> None:
    if (backend, where, code) == ("pip", r"/simple/alpha/", 403):
        pytest.skip("pip takes a 403 for an index that does not have the package, and goes on")
    index.spoil(where, status(code))
    with pytest.raises(SourceUnreachable) as caught:
        plan_from(backend)
    assert (caught.value.code, waits) == ("install-not-authorized", [])


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_server_at_all(backend: str, plan_from, index, waits) -> None:
    index.url = "http://127.0.0.1:9"
    with pytest.raises(SourceUnreachable) as caught:
        plan_from(backend)
    assert caught.value.code == "install-no-network"
    assert caught.value.message == "The package index cannot be reached: 127.0.0.1:9"
    assert waits == [2.0]


def test_ctrl_c_while_it_waits_gives_the_old_environment_back(
    index, plan_from, waits, monkeypatch, tmp_path
) -> None:
    def press(seconds: float) -> None:
        raise KeyboardInterrupt

    old = plan_from("uv")
    made = create(old, HostSystem(), silent)
    fresh_caches(monkeypatch, tmp_path / "caches-2")
    monkeypatch.setattr(retry, "PATIENCE", retry.Patience(wait=press))
    index.spoil(WHEEL, status(503))
    with pytest.raises(KeyboardInterrupt):
        create(replace(old, requirements=("beta", "alpha")), HostSystem(), silent)
    assert inspect(old.location, HostSystem()) == made
    assert damages(old.location) == ()
