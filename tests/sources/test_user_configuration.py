"""Our own configuration: where it lies, what it says, and how strong it is."""

from __future__ import annotations

import pytest

from scaffold.errors import ConfigurationRefused
from scaffold.sources.model import Setting
from scaffold.sources.settings import DEFAULT_INDEX, read_settings
from scaffold.sources.user_configuration import Configuration, place, read_configuration

from .conftest import host

FILE, SHOWN = "/home/ada/.config/scaffold/config.toml", "~/.config/scaffold/config.toml"
PIP, UV = "/home/ada/.config/pip/pip.conf", "/home/ada/.config/uv/uv.toml"


def own(value: str) -> Setting:
    return Setting(value=value, origin=SHOWN)


@pytest.mark.parametrize(
    ("system", "path"),
    [
        (host(), FILE),
        (host(XDG_CONFIG_HOME="/x"), "/x/scaffold/config.toml"),
        (host("macos"), "/Users/ada/Library/Application Support/scaffold/config.toml"),
        (host("windows"), "C:/Users/ada/AppData/Local/scaffold/config.toml"),
        (host("windows", LOCALAPPDATA="D:/local"), "D:/local/scaffold/config.toml"),
        (host(SCAFFOLD_CONFIG="/cluster/scaffold.toml"), "/cluster/scaffold.toml"),
    ],
)
def test_where_it_lies(system, path: str) -> None:
    assert str(place(system)) == path


def test_without_a_file_nothing_is_chosen() -> None:
    found = read_configuration(host())
    assert (str(found.path), found.text, found.mirrors) == (FILE, "", {})


def test_what_it_says() -> None:
    text = '[mirrors]\nindex = "https://i/simple"\npytorch = "flat+https://p/whl/cu126/"\npython = "https://py"\n[later]\nx = 1\n'
    system = host(files={FILE: text})
    assert read_configuration(system) == Configuration(
        path=place(system),
        text=text,
        mirrors={
            "index": own("https://i/simple"),
            "pytorch": own("flat+https://p/whl/cu126/"),
            "python": own("https://py"),
        },
    )
    settings = read_settings(system)
    assert (settings.index, settings.pytorch_mirror, settings.pytorch_flat, settings.python_mirror) == (
        own("https://i/simple"),
        own("https://p/whl"),
        True,
        own("https://py"),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("mirrors = 3", "mirrors: must be a table, written [mirrors]"),
        ("[mirrors]\nidnex = 'https://i'", "[mirrors]: there is no idnex; there are index, pytorch, python"),
        ("[mirrors]\nindex = 7", "[mirrors] index: must be an address such as https://mirror.example/simple"),
        ("[mirrors]\nindex = 'tuna'", "[mirrors] index: must be an address such as https://mirror.example/simple"),
        ("[mirrors]\nindex = 'flat+https://i'", "[mirrors] index: flat+ is for PyTorch's mirror only"),
        ("[mirrors", "it is no TOML: "),
        ("x = '\N{REPLACEMENT CHARACTER}'", "it is not written in UTF-8"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told(text: str, why: str) -> None:
    with pytest.raises(ConfigurationRefused) as caught:
        read_settings(host(files={FILE: text}))
    assert caught.value.message == f"The configuration {FILE} cannot be used"
    assert caught.value.detail[0].startswith(why)


FILES = {
    FILE: '[mirrors]\nindex = "https://own/simple"\npytorch = "https://own/whl"\npython = "https://own/py"\n',
    PIP: "[global]\nindex-url = https://pip/simple\n",
    UV: (
        'index-url = "https://uv/simple"\npython-install-mirror = "https://uv/py"\n'
        '[[index]]\nname = "pytorch-cpu"\nurl = "https://uv/whl/cpu"\nexplicit = true\n'
    ),
}


def values(system) -> tuple[str | None, ...]:
    found = read_settings(system)
    return found.index.value, *(one and one.value for one in (found.pytorch_mirror, found.python_mirror))


def test_it_is_stronger_than_files_and_weaker_than_variables() -> None:
    assert values(host(files=FILES)) == ("https://own/simple", "https://own/whl", "https://own/py")
    assert values(
        host(
            files=FILES,
            PIP_INDEX_URL="https://variable/simple",
            SCAFFOLD_PYTORCH_INDEX="https://variable/whl",
            UV_PYTHON_INSTALL_MIRROR="https://variable/py",
        )
    ) == ("https://variable/simple", "https://variable/whl", "https://variable/py")
    assert values(host(files=FILES, UV_INDEX="pytorch-cu126=https://v/whl/cu126")) == (
        "https://own/simple", "https://v/whl", "https://own/py",
    )  # fmt: skip
    del (without := dict(FILES))[FILE]
    assert values(host(files=without)) == ("https://uv/simple", "https://uv/whl", "https://uv/py")
    assert values(host()) == (DEFAULT_INDEX.value, None, None)


def test_a_variable_of_pips_is_stronger_than_a_file_of_uvs() -> None:
    system = host(files={UV: FILES[UV]}, PIP_INDEX_URL="https://variable/simple")
    assert read_settings(system).index == Setting(value="https://variable/simple", origin="PIP_INDEX_URL")


@pytest.mark.parametrize(
    ("environment", "files"),
    [
        ({"SCAFFOLD_PYTORCH_INDEX": "flat+https://f/whl"}, {}),
        ({}, {UV: '[[index]]\nname = "pytorch-cpu"\nurl = "https://f/whl/cpu"\nformat = "flat"\nexplicit = true\n'}),
    ],
)  # fmt: skip
def test_a_flat_mirror_may_be_told_elsewhere(environment, files) -> None:
    found = read_settings(host(files=files, **environment))
    assert found.pytorch_flat
    assert found.pytorch_mirror is not None
    assert found.pytorch_mirror.value == "https://f/whl"
