from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.sources.model import Setting
from scaffold.sources.pip_settings import configuration_files, parse_configuration, read_pip_settings

from .conftest import host


@pytest.mark.parametrize(
    ("system", "files"),
    [
        (
            host("linux"),
            ["/etc/xdg/pip/pip.conf", "/etc/pip.conf", "/home/ada/.pip/pip.conf", "/home/ada/.config/pip/pip.conf"],
        ),
        (
            host("linux", XDG_CONFIG_HOME="/cfg", XDG_CONFIG_DIRS="/a:relative:/b", VIRTUAL_ENV="/venv"),
            [
                "/a/pip/pip.conf", "/b/pip/pip.conf", "/etc/pip.conf", "/home/ada/.pip/pip.conf", "/cfg/pip/pip.conf",
                "/venv/pip.conf",
            ],
        ),
        (
            host("macos"),
            [
                "/opt/homebrew/share/pip/pip.conf", "/Library/Application Support/pip/pip.conf",
                "/Users/ada/.pip/pip.conf", "/Users/ada/.config/pip/pip.conf",
            ],
        ),
        (
            host("macos", paths=("/Users/ada/Library/Application Support/pip",)),
            [
                "/opt/homebrew/share/pip/pip.conf", "/Library/Application Support/pip/pip.conf",
                "/Users/ada/.pip/pip.conf", "/Users/ada/Library/Application Support/pip/pip.conf",
            ],
        ),
        (
            host("windows", APPDATA="C:/Users/ada/AppData/Roaming", PROGRAMDATA="C:/ProgramData"),
            [
                "C:/ProgramData/pip/pip.ini", "C:/Users/ada/pip/pip.ini",
                "C:/Users/ada/AppData/Roaming/pip/pip.ini",
            ],
        ),
        (host("linux", PIP_CONFIG_FILE=os.devnull), []),
        (
            host("linux", paths=("/my.conf",), PIP_CONFIG_FILE="/my.conf"),
            ["/etc/xdg/pip/pip.conf", "/etc/pip.conf", "/my.conf"],
        ),
        (
            host("linux", PIP_CONFIG_FILE="/not/there.conf"),
            [
                "/etc/xdg/pip/pip.conf", "/etc/pip.conf", "/home/ada/.pip/pip.conf",
                "/home/ada/.config/pip/pip.conf", "/not/there.conf",
            ],
        ),
    ],
)  # fmt: skip
def test_the_files_that_pip_reads(system, files) -> None:
    assert list(configuration_files(system)) == [Path(one) for one in files]


def test_later_levels_and_the_install_section_win() -> None:
    system = host(
        files={
            "/etc/pip.conf": "[global]\nindex-url = https://machine/simple\ncert = /etc/ca.pem\n",
            "/home/ada/.pip/pip.conf": "[global]\ntimeout = 60\nproxy = http://old:3128\n",
            "/home/ada/.config/pip/pip.conf": (
                "[global]\nproxy: http://new:3128\nextra_index_url = https://a https://b\n"
                "[install]\nextra-index-url = https://c\n  https://d\n"
            ),
        },
        PIP_FIND_LINKS="/srv/wheels",
        PIP_CERT="  ",
        PIP_NO_COLOR="1",
    )
    user = "~/.config/pip/pip.conf"
    assert read_pip_settings(system) == {
        "index-url": Setting(value="https://machine/simple", origin="/etc/pip.conf"),
        "cert": Setting(value="/etc/ca.pem", origin="/etc/pip.conf"),
        "timeout": Setting(value="60", origin="~/.pip/pip.conf"),
        "proxy": Setting(value="http://new:3128", origin=user),
        "extra-index-url": Setting(value="https://c\nhttps://d", origin=user),
        "find-links": Setting(value="/srv/wheels", origin="PIP_FIND_LINKS"),
    }


def test_install_beats_global_even_of_a_stronger_file() -> None:
    system = host(
        files={
            "/etc/pip.conf": "[install]\nindex-url = https://install/simple\n",
            "/home/ada/.config/pip/pip.conf": "[global]\nindex-url = https://global/simple\n",
        }
    )
    assert read_pip_settings(system)["index-url"].value == "https://install/simple"


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("", {}),
        ("\ufeff[global]\r\nindex-url = https://a/%(x)s\r\n", {("global", "index-url"): "https://a/%(x)s"}),
        ("index-url = https://a\n", {}),  # no section
        ("[global]\nno-index\nindex-url = https://a\n", {("global", "index-url"): "https://a"}),
        ("[global]\ncert = a\n[global]\ncert = b\n", {("global", "cert"): "b"}),
        ("<<<<<<< HEAD\n[global]\ncert = a\n", {}),
        ("[freeze]\ntimeout = 10\n", {}),
    ],
)
def test_parse_configuration(text, parsed) -> None:
    assert parse_configuration(text) == parsed


@given(
    st.text() | st.lists(st.sampled_from(["[global]", "\n", "cert", "=", " ", "%", "[", ":"])).map("".join)
)
def test_a_configuration_file_never_raises(text: str) -> None:
    assert isinstance(parse_configuration(text), dict)
