from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.sources.model import Setting
from scaffold.sources.uv_settings import (
    UvIndex,
    UvSettings,
    configuration_files,
    parse_document,
    read_uv_settings,
)

from .conftest import host

USER = "/home/ada/.config/uv/uv.toml"


@pytest.mark.parametrize(
    ("system", "files"),
    [
        (host("linux"), [USER, "/etc/uv/uv.toml"]),
        (host("linux", paths=("/etc/xdg/uv/uv.toml", "/etc/uv/uv.toml")), [USER, "/etc/xdg/uv/uv.toml"]),
        (host("linux", XDG_CONFIG_HOME="/cfg"), ["/cfg/uv/uv.toml", "/etc/uv/uv.toml"]),
        (host("macos"), ["/Users/ada/.config/uv/uv.toml", "/etc/uv/uv.toml"]),
        (
            host("windows", APPDATA="C:/Roaming", PROGRAMDATA="C:/ProgramData"),
            ["C:/Roaming/uv/uv.toml", "C:/ProgramData/uv/uv.toml"],
        ),
        (host("linux", UV_CONFIG_FILE="/my/uv.toml"), ["/my/uv.toml"]),
        (host("linux", UV_NO_CONFIG="1", UV_CONFIG_FILE="/my/uv.toml"), []),
    ],
)
def test_the_files_that_uv_reads(system, files) -> None:
    assert list(configuration_files(system)) == [Path(one) for one in files]


def test_all_levels_joined() -> None:
    system = host(
        files={
            USER: (
                'index-strategy = "unsafe-best-match"\nallow-insecure-host = ["corp:8080"]\n'
                'find-links = ["wheels", "https://host/flat.html"]\n'
                '[[index]]\nname = "corp"\nurl = "https://corp/simple"\ndefault = true\n'
                '[[index]]\nname = "pytorch-cu126"\nurl = "https://mirror/whl/cu126"\nexplicit = true\n'
                '[[index]]\nurl = "./flat"\nformat = "flat"\n'
                '[pip]\nno-index = false\nextra-index-url = ["https://pip-section/simple"]\n'
            ),
            "/etc/uv/uv.toml": 'index-url = "https://machine/simple"\nno-index = true\nhttps-proxy = "http://p:1"\n',
        },
        UV_INDEX="team=https://team/simple https://bare/simple?a=b",
        UV_FIND_LINKS="/one, /two",
        UV_INDEX_CORP_USERNAME="ada",
        UV_INDEX_CORP_PASSWORD="s3/cret",
        UV_HTTP_TIMEOUT="90",
        UV_INSECURE_HOST="a b",
    )
    user = "~/.config/uv/uv.toml"
    assert read_uv_settings(system) == UvSettings(
        indexes=(
            UvIndex(url="https://team/simple", origin="UV_INDEX", name="team"),
            UvIndex(url="https://bare/simple?a=b", origin="UV_INDEX"),
            UvIndex(url="https://ada:s3%2Fcret@corp/simple", origin=user, name="corp", default=True),
            UvIndex(url="https://mirror/whl/cu126", origin=user, name="pytorch-cu126", explicit=True),
            UvIndex(url="/home/ada/.config/uv/flat", origin=user, flat=True),
            UvIndex(url="https://pip-section/simple", origin=user),
            UvIndex(url="https://machine/simple", origin="/etc/uv/uv.toml", default=True),
        ),
        find_links=(
            Setting(value="/one", origin="UV_FIND_LINKS"),
            Setting(value="/two", origin="UV_FIND_LINKS"),
            Setting(value="/home/ada/.config/uv/wheels", origin=user),
            Setting(value="https://host/flat.html", origin=user),
        ),
        layers={
            "timeout": (Setting(value="90", origin="UV_HTTP_TIMEOUT"),),
            "no-index": (
                Setting(value="false", origin=user),
                Setting(value="true", origin="/etc/uv/uv.toml"),
            ),
            "index-strategy": (Setting(value="unsafe-best-match", origin=user),),
            "https-proxy": (Setting(value="http://p:1", origin="/etc/uv/uv.toml"),),
        },
        insecure_hosts=(
            Setting(value="a", origin="UV_INSECURE_HOST"),
            Setting(value="b", origin="UV_INSECURE_HOST"),
            Setting(value="corp:8080", origin=user),
        ),
    )


def test_a_variable_for_a_pytorch_index_stands_in_for_a_projects_own() -> None:
    system = host(UV_INDEX="pytorch-cpu=https://mirror/whl/cpu", UV_DEFAULT_INDEX="main=https://main/simple")
    assert read_uv_settings(system).indexes == (
        UvIndex(url="https://main/simple", origin="UV_DEFAULT_INDEX", name="main", default=True),
        UvIndex(url="https://mirror/whl/cpu", origin="UV_INDEX", name="pytorch-cpu", explicit=True),
    )


@pytest.mark.parametrize(
    "text",
    [
        "index = 3",
        "index = [1, {url = 2}]",
        "pip = 7",
        "find-links = {}",
        "no-index = []",
        "=",
        "[[index]]\nname = 1",
    ],
)
def test_nonsense_is_left_out(text: str) -> None:
    assert read_uv_settings(host(files={USER: text})) == UvSettings()


@given(st.text())
def test_a_document_never_raises(text: str) -> None:
    assert isinstance(parse_document(text), dict)
