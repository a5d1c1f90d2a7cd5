"""The network goes away between two wheels: the environment of before stands, and the message names the host."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scaffold.environments.create import create
from scaffold.environments.installers import retry
from scaffold.environments.layout import Place
from scaffold.environments.model import EnvironmentPlan, Progress
from scaffold.environments.plan import plan_environment
from scaffold.errors import SourceUnreachable
from scaffold.sources.model import Setting, SourceSettings
from scaffold.system import HostSystem

from .flaky_index import Fault, FlakyIndex, flaky_index
from .test_moved import contents

BACKENDS = ["uv", "pip"]


def silent(progress: Progress) -> None:
    """Nobody looks."""


@pytest.fixture
def quiet(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long, nothing is in a cache."""
    monkeypatch.setattr(retry, "PATIENCE", retry.Patience(wait=lambda _: None))
    for name in ("UV_HTTP_RETRIES", "PIP_RETRIES", "PIP_RESUME_RETRIES"):
        monkeypatch.setenv(name, "0")
    for name in ("UV_HTTP_TIMEOUT", "PIP_TIMEOUT"):
        monkeypatch.setenv(name, "1")
    for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture
def index(wheelhouse: Path) -> Iterator[FlakyIndex]:
    with flaky_index(wheelhouse) as served:
        yield served


@pytest.fixture
def silence() -> Iterator[Fault]:
    """A server that took the question and never answers: what a lost line looks like from here."""
    over = threading.Event()

    def stall(request: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
        over.wait(60)
        request.close_connection = True

    yield stall
    over.set()


@pytest.fixture
def plan_from(quiet: None, index: FlakyIndex, interpreter, root: Path) -> Callable[..., EnvironmentPlan]:
    def make(backend: str, *requirements: str) -> EnvironmentPlan:
        return plan_environment(
            HostSystem(),
            place=Place(root),
            interpreter=interpreter,
            builds=(),
            requirements=requirements,
            settings=SourceSettings(index=Setting(value=index.simple, origin="tests")),
            backend=backend,  # type: ignore[arg-type]
        )

    return make


@pytest.mark.parametrize("backend", BACKENDS)
def test_after_the_first_wheel(backend, index, silence, plan_from, root) -> None:
    create(plan_from(backend, "alpha==1.0"), HostSystem(), silent)
    before = contents(root)
    plan = plan_from(backend, "alpha==2.0", "many")
    index.spoil("/files/many", silence)
    with pytest.raises(SourceUnreachable) as refused:
        create(plan, HostSystem(), silent)
    assert (refused.value.code, urlsplit(index.url).netloc in refused.value.message) == (
        "install-no-network",
        True,
    )
    assert index.asked_for("/files/alpha-2") > 0
    assert contents(root) == before
    index.faults.clear()
    assert {"alpha": "2.0", "many": "1.0"}.items() <= create(plan, HostSystem(), silent).packages.items()


def test_rebuilt_elsewhere_without_a_network(index, plan_from, root, tmp_path, silence) -> None:
    """A project that was moved: uv's cache has everything, and nobody is asked."""
    plan = plan_from("uv", "beta")
    before = create(plan, HostSystem(), silent).packages
    moved = root.rename(tmp_path / "renamed")
    index.spoil(".", silence)
    made = create(replace(plan, place=Place(moved)), HostSystem(), silent)
    assert (made.packages, made.location) == (before, moved / ".venv")
