"""Settings that would install into another place than the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.environments.installers import tools
from scaffold.errors import ConfigurationRefused
from scaffold.sources.elsewhere import refuse_elsewhere
from scaffold.sources.pip_settings import OURS, parse_configuration
from scaffold.sources.settings import read_settings
from scaffold.system import HostSystem


@pytest.mark.parametrize(
    ("file", "text", "option"),
    [
        (".config/pip/pip.conf", "[install]\ntarget = /data/packages\n", "target"),
        (".pip/pip.conf", "[global]\nprefix = /data\n", "prefix"),
        (".config/uv/uv.toml", "[pip]\ntarget = '/data/packages'\n", "target"),
    ],
)
def test_a_file_that_names_another_place_is_refused(file, text, option, home: Path) -> None:
    (home / file).parent.mkdir(parents=True)
    (home / file).write_text(text)
    with pytest.raises(ConfigurationRefused) as caught:
        refuse_elsewhere(HostSystem())
    assert caught.value.message == (
        f"~/{file} sets {option}: packages would be installed there, not into the environment"
    )


def test_user_is_overruled_and_other_projects_are_left_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".config/pip").mkdir(parents=True)
    (home / ".config/pip/pip.conf").write_text("[install]\nuser = true\n")
    for name in ("UV_PROJECT", "UV_WORKING_DIR", "UV_FROZEN", "UV_TARGET", "PIP_TARGET"):
        monkeypatch.setenv(name, "/elsewhere")
    system = HostSystem()
    settings = read_settings(system)
    pip, uv = tools.pip_environment(settings, system), tools.uv_environment(settings, system)
    assert pip["PIP_USER"] == "0"
    assert [name for name, value in uv.items() if name.startswith("UV_") and value == "/elsewhere"] == []
    assert [name for name, value in pip.items() if name.startswith("PIP_") and value == "/elsewhere"] == []


def test_what_scaffold_wrote_into_an_environment_is_no_wish_of_the_users() -> None:
    text = "[global]\nextra-index-url = https://host/whl/cu126\n"
    assert parse_configuration(text) == {("global", "extra-index-url"): "https://host/whl/cu126"}
    assert parse_configuration(f"{OURS}\n{text}") == {}
