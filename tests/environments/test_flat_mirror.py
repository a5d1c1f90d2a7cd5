"""A mirror of PyTorch's indexes that is flat (one page of wheels a variant), and an index of our own choosing."""

from __future__ import annotations

import configparser
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.builds.model import BuildPlan
from scaffold.environments.create import create
from scaffold.environments.installers.settle import pip_configuration
from scaffold.environments.layout import Place
from scaffold.environments.plan import plan_environment
from scaffold.sources.listing import list_wheels
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.pip_settings import OURS
from scaffold.sources.places import pytorch_sources
from scaffold.sources.settings import DEFAULT_INDEX, read_settings
from scaffold.system import HostSystem

from .conftest import make_wheel
from .flaky_index import FlakyIndex, flaky_index


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[FlakyIndex]:
    """Flat pages of a CPU build and of an old alpha, which must not be taken from there."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    make_wheel(folder, "torch", "2.13.0+cpu", {"torch.py": "version = '2.13.0+cpu'\n"}, requires=["alpha"])
    make_wheel(folder, "alpha", "0.1", {"alpha.py": "version = 0\n"})
    with flaky_index(folder) as served:
        page = served.answer
        served.answer = lambda path: page("/flat/" if path == "/whl/cpu/" else path)  # type: ignore[method-assign]
        yield served


@pytest.fixture
def index(tmp_path: Path) -> Iterator[FlakyIndex]:
    """Everything but torch."""
    folder = tmp_path / "index"
    folder.mkdir()
    make_wheel(folder, "alpha", "2.0", {"alpha.py": "version = 2\n"})
    make_wheel(folder, "beta", "1.0", {"beta.py": ""})
    with flaky_index(folder) as served:
        yield served


@pytest.mark.parametrize("backend", ["uv", "pip"])
def test_from_the_listing_to_pycharms_buttons(
    backend: str, home: Path, mirror, index, interpreter, monkeypatch, tmp_path_factory, tmp_path
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    configuration = home / ".config/scaffold/config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(f'[mirrors]\nindex = "{index.simple}"\npytorch = "flat+{mirror.url}/whl"\n')
    system = HostSystem()
    settings = read_settings(system)

    listing = list_wheels(system, ["torch"], settings, sources=pytorch_sources(settings, ["cpu"]))
    wheel = listing.wheels("torch")[0]
    assert (wheel.version, wheel.source.location) == ("2.13.0+cpu", f"{mirror.url}/whl/cpu/")

    build = BuildPlan(
        framework="pytorch",
        package="torch",
        version="2.13.0",
        variant="cpu",
        requirement="torch==2.13.0+cpu",
        device="cpu",
        source=wheel.source.location,
        source_kind="pytorch",
    )
    plan = plan_environment(
        system,
        place=Place(tmp_path_factory.mktemp("project")),
        interpreter=interpreter,
        builds=(build,),
        requirements=(),
        settings=settings,
        backend=backend,  # type: ignore[arg-type]
    )
    assert [(one.name, one.version) for one in plan.downloads] == [("alpha", "2.0"), ("torch", "2.13.0+cpu")]

    made = create(plan, system, lambda progress: None)
    assert {"alpha": "2.0", "torch": "2.13.0+cpu"}.items() <= made.packages.items()
    conf = plan.location / "pip.conf"
    assert conf.stat().st_mode & 0o777 == 0o600
    written = configparser.RawConfigParser()
    written.read_string(conf.read_text())
    assert written["global"]["index-url"] == index.simple
    assert written["global"]["find-links"].split() == [f"{mirror.url}/whl/cpu/"]

    # What PyCharm's buttons run: pip of the environment, which knows nothing of our configuration.
    before = index.asked_for("/simple/beta/")
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    pip = [str(made.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-cache-dir"]
    subprocess.run([*pip, "-U", "torch", "beta"], check=True, env=bare, capture_output=True)
    assert index.asked_for("/simple/beta/") > before
    freeze = [str(made.python), "-m", "pip", "freeze"]
    listed = subprocess.run(freeze, check=True, env=bare, capture_output=True, text=True).stdout
    assert "torch==2.13.0+cpu" in listed
    assert "beta==1.0" in listed


@pytest.mark.parametrize(
    ("index", "line"),
    [
        (Setting(value="https://own/simple", origin="~/.config/scaffold/config.toml"), "index-url = https://own/simple"),
        (Setting(value="https://uv/simple", origin="~/.config/uv/uv.toml"), "index-url = https://uv/simple"),
        (Setting(value="https://asked/simple", origin="--index"), "index-url = https://asked/simple"),
        (Setting(value="/srv/my index", origin="--index"), "index-url = file:///srv/my%20index"),
        (Setting(value="https://pip/simple", origin="~/.config/pip/pip.conf"), ""),  # pip knows it by itself
        (Setting(value="https://v/simple", origin="UV_DEFAULT_INDEX"), ""),  # of a session, not an environment
        (Setting(value="https://me:pw@own/simple", origin="~/.config/uv/uv.toml"), ""),
        (Setting(value="https://own/simple?token=pw", origin="~/.config/uv/uv.toml"), ""),
        (DEFAULT_INDEX, ""),
    ],
)  # fmt: skip
def test_which_index_the_environments_pip_is_told(index: Setting, line: str, plan_for, tmp_path) -> None:
    plan = plan_for(tmp_path)
    text = pip_configuration(replace(plan, settings=SourceSettings(index=index)), None)
    assert text == (f"{OURS}\n[global]\n{line}\n" if line else "")
