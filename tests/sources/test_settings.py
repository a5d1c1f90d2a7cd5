from __future__ import annotations

from dataclasses import replace

import pytest

from scaffold.errors import OptionRefused
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.presets import find_mirror
from scaffold.sources.settings import DEFAULT_INDEX, read_settings, with_index, with_wish

from .conftest import host

PIP, UV = "/home/ada/.config/pip/pip.conf", "/home/ada/.config/uv/uv.toml"
PIP_SHOWN, UV_SHOWN = "~/.config/pip/pip.conf", "~/.config/uv/uv.toml"


def test_a_bare_machine_uses_pypi() -> None:
    assert read_settings(host()) == SourceSettings(index=DEFAULT_INDEX)


def test_pip_and_uv_merged() -> None:
    system = host(
        files={
            PIP: (
                "[global]\nindex-url = https://u:p@pip/simple\nextra-index-url = https://shared/simple/ https://own/simple\n"
                "find-links = /srv/wheels ~/wheels\ntrusted-host = corp\ntimeout = 40\n"
            ),
            UV: (
                'extra-index-url = ["https://shared/simple"]\n'
                '[[index]]\nname = "pytorch-cu126"\nurl = "https://mirror/whl/cu126/"\nexplicit = true\n'
                '[[index]]\nurl = "https://only-sourced/simple"\nexplicit = true\n'
            ),
        },
        HTTPS_PROXY="http://proxy:3128",
        REQUESTS_CA_BUNDLE="/etc/ca.pem",
    )
    assert read_settings(system) == SourceSettings(
        index=Setting(value="https://u:p@pip/simple", origin=PIP_SHOWN),
        extra_indexes=(
            Setting(value="https://shared/simple", origin=UV_SHOWN),
            Setting(value="https://own/simple", origin=PIP_SHOWN),
        ),
        find_links=(
            Setting(value="/srv/wheels", origin=PIP_SHOWN),
            Setting(value="/home/ada/wheels", origin=PIP_SHOWN),
        ),
        certificates=Setting(value="/etc/ca.pem", origin="REQUESTS_CA_BUNDLE"),
        trusted_hosts=(Setting(value="corp", origin=PIP_SHOWN),),
        proxy=Setting(value="http://proxy:3128", origin="HTTPS_PROXY"),
        timeout=40.0,
        pytorch_mirror=Setting(value="https://mirror/whl", origin=UV_SHOWN),
        index_strategy=Setting(value="unsafe-best-match", origin=PIP_SHOWN),
    )


def test_uv_wins_where_both_name_the_default_index() -> None:
    system = host(
        files={PIP: "[global]\nindex-url = https://pip/simple\n", UV: 'index-url = "https://uv/simple"\n'}
    )
    settings = read_settings(system)
    assert (settings.index, settings.extra_indexes) == (
        Setting(value="https://uv/simple", origin=UV_SHOWN),
        (),
    )


@pytest.mark.parametrize(
    ("environment", "index"),
    [
        ({"PIP_INDEX_URL": "https://a"}, Setting(value="https://a", origin="PIP_INDEX_URL")),
        (
            {"PIP_INDEX_URL": "https://a", "UV_INDEX_URL": "https://b"},
            Setting(value="https://b", origin="UV_INDEX_URL"),
        ),
        (
            {"UV_INDEX_URL": "https://b", "UV_DEFAULT_INDEX": "corp=https://c"},
            Setting(value="https://c", origin="UV_DEFAULT_INDEX"),
        ),
    ],
)
def test_the_default_index(environment, index) -> None:
    assert read_settings(host(**environment)).index == index


def test_a_choice_of_uvs_strategy_stays() -> None:
    system = host(UV_INDEX_STRATEGY="first-index", PIP_EXTRA_INDEX_URL="https://a")
    assert read_settings(system).index_strategy == Setting(value="first-index", origin="UV_INDEX_STRATEGY")


def test_uvs_own_extra_indexes_keep_uvs_own_strategy() -> None:
    assert read_settings(host(UV_INDEX="https://a")).index_strategy is None


@pytest.mark.parametrize(
    ("word", "means"),
    [("1", True), ("true", True), ("on", True), ("0", False), ("false", False), ("perhaps", False)],
)
def test_no_index(word: str, means: bool) -> None:
    assert (read_settings(host(PIP_NO_INDEX=word)).no_index is not None) is means


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"PIP_DEFAULT_TIMEOUT": "180"}, 180.0),
        ({"PIP_TIMEOUT": "20", "UV_HTTP_TIMEOUT": "90"}, 90.0),
        ({"PIP_TIMEOUT": "soon"}, 15.0),
        ({"PIP_TIMEOUT": "-3"}, 15.0),
        ({"PIP_TIMEOUT": "inf"}, 15.0),
        ({"PIP_TIMEOUT": "nan"}, 15.0),
    ],
)
def test_the_time_limit(environment, seconds: float) -> None:
    assert read_settings(host(**environment)).timeout == seconds


def test_relative_find_links_are_relative_to_the_current_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    links = read_settings(host(PIP_FIND_LINKS="wheels https://host/flat")).find_links
    assert [one.value for one in links] == [str(tmp_path / "wheels"), "https://host/flat"]


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://mirror/pytorch/whl", "https://mirror/pytorch/whl"),
        ("https://mirror/pytorch/whl/", "https://mirror/pytorch/whl"),
        ("https://mirror/pytorch/whl/cpu", "https://mirror/pytorch/whl"),
        ("https://mirror/pytorch/whl/rocm6.4/", "https://mirror/pytorch/whl"),
    ],
)
def test_a_mirror_of_pytorchs_index(given: str, base: str) -> None:
    settings = read_settings(host(SCAFFOLD_PYTORCH_INDEX=given, UV_INDEX="pytorch-cpu=https://other/whl/cpu"))
    assert settings.pytorch_mirror == Setting(value=base, origin="SCAFFOLD_PYTORCH_INDEX")
    assert settings.extra_indexes == ()


def test_another_index_from_the_command_line(tmp_path) -> None:
    system = host(
        PIP_NO_INDEX="1", PIP_EXTRA_INDEX_URL="https://a/simple https://b/simple", PIP_FIND_LINKS="/w"
    )
    settings = read_settings(system)
    assert with_index(settings, "https://a/simple/") == replace(
        settings,
        index=Setting(value="https://a/simple/", origin="--index"),
        extra_indexes=(Setting(value="https://b/simple", origin="PIP_EXTRA_INDEX_URL"),),
        no_index=None,
    )
    assert with_index(settings, str(tmp_path)).index.value == str(tmp_path)


def test_a_mirror_by_name() -> None:
    chosen = with_wish(read_settings(host()), "aliyun")
    aliyun = find_mirror("aliyun")
    assert aliyun is not None
    assert (chosen.index.value, chosen.index.origin) == (aliyun.addresses["index"], "--index aliyun")
    assert chosen.pytorch_mirror is not None
    assert (chosen.pytorch_flat, f"flat+{chosen.pytorch_mirror.value}") == (True, aliyun.addresses["pytorch"])
    assert with_wish(read_settings(host()), "TUNA").pytorch_mirror is None
    for other in ("npmmirror", "elsewhere"):  # the former has Pythons, and no packages
        with pytest.raises(OptionRefused, match=f"--index {other}: neither a URL") as caught:
            with_wish(read_settings(host()), other)
        assert "a mirror: tuna, " in caught.value.hint


def test_a_folder_of_a_mirrors_name_is_a_folder(tmp_path, monkeypatch) -> None:
    (tmp_path / "tuna").mkdir()
    monkeypatch.chdir(tmp_path)
    assert with_wish(read_settings(host()), "tuna").find_links[0].value == str(tmp_path / "tuna")
