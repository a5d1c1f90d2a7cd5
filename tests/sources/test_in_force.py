"""What `scaffold env mirrors` shows, whole."""

from __future__ import annotations

from dataclasses import fields

from scaffold.sources.in_force import TITLES, InForce, in_force
from scaffold.sources.model import Setting, SourceSettings
from scaffold.sources.settings import DEFAULT_INDEX

from .conftest import host

FILE, PIP, UV = (
    f"/home/ada/.config/{name}" for name in ("scaffold/config.toml", "pip/pip.conf", "uv/uv.toml")
)


def at(value: str, origin: str) -> Setting:
    return Setting(value=value, origin=origin)


def test_a_bare_machine() -> None:
    shown = {one.name: one.values for one in in_force(host())}
    assert shown == {
        "index": (DEFAULT_INDEX,),
        "extra-index": (),
        "find-links": (),
        "no-index": (),
        "pytorch": (at("https://download.pytorch.org/whl", "default"),),
        "python": (),
        "certificates": (),
        "trusted-host": (),
        "proxy": (),
        "timeout": (at("15 s without an answer", "default"),),
        "strategy": (),
    }


def test_everything_with_what_it_is_stronger_than_and_no_secret() -> None:
    system = host(
        files={
            FILE: '[mirrors]\nindex = "https://own/simple"\npytorch = "flat+https://own/whl"\n',
            PIP: (
                "[global]\nindex-url = https://me:hush@pip/simple\nextra-index-url = https://x/simple?token=hush\n"
                "proxy = http://me:hush@proxy:1\ncert = /pip.pem\ntimeout = 40\n"
            ),
            UV: 'index-url = "https://own/simple"\n',
        },
        PIP_EXTRA_INDEX_URL="https://me:hush@extra/simple",
        PIP_TRUSTED_HOST="a b",
        SSL_CERT_FILE="/ssl.pem",
        UV_PYTHON_INSTALL_MIRROR="https://me:hush@py",
        UV_HTTP_TIMEOUT="90",
        UV_INDEX_STRATEGY="first-index",
        HTTPS_PROXY="http://other:1",
    )
    pip, own = "~/.config/pip/pip.conf", "~/.config/scaffold/config.toml"
    assert in_force(system) == (
        InForce(
            name="index",
            title="Index",
            values=(at("https://own/simple", own),),
            instead_of=(at("https://***@pip/simple", pip),),
        ),
        InForce(
            name="extra-index",
            title="Extra indexes",
            values=(at("https://***@extra/simple", "PIP_EXTRA_INDEX_URL"),),
            instead_of=(at("https://x/simple?token=***", pip),),
        ),
        InForce(name="find-links", title="Find-links"),
        InForce(name="no-index", title="No index"),
        InForce(name="pytorch", title="PyTorch", values=(at("flat+https://own/whl", own),)),
        InForce(name="python", title="Pythons", values=(at("https://***@py", "UV_PYTHON_INSTALL_MIRROR"),)),
        InForce(
            name="certificates",
            title="Certificates",
            values=(at("/ssl.pem", "SSL_CERT_FILE"),),
            instead_of=(at("/pip.pem", pip),),
        ),
        InForce(
            name="trusted-host",
            title="Trusted hosts",
            values=(at("a", "PIP_TRUSTED_HOST"), at("b", "PIP_TRUSTED_HOST")),
        ),
        InForce(
            name="proxy",
            title="Proxy",
            values=(at("http://***@proxy:1", pip),),
            instead_of=(at("http://other:1", "HTTPS_PROXY"),),
        ),
        InForce(
            name="timeout",
            title="Timeout",
            values=(at("90 s without an answer", "UV_HTTP_TIMEOUT"),),
            instead_of=(at("40", pip),),
        ),
        InForce(name="strategy", title="Strategy", values=(at("first-index", "UV_INDEX_STRATEGY"),)),
    )


def test_an_air_gap_asks_no_index() -> None:
    found = {one.name: one.note for one in in_force(host(PIP_NO_INDEX="1", PIP_FIND_LINKS="/w"))}
    note = "not asked: PIP_NO_INDEX wants no index"
    assert {name for name, text in found.items() if text} == {"index", "extra-index", "pytorch"}
    assert found["index"] == note


def test_every_setting_is_shown() -> None:
    shown = {
        "extra_indexes": "extra-index",
        "pytorch_mirror": "pytorch",
        "pytorch_flat": "pytorch",
        "python_mirror": "python",
        "trusted_hosts": "trusted-host",
        "index_strategy": "strategy",
    }
    names = {shown.get(one.name, one.name.replace("_", "-")) for one in fields(SourceSettings)}
    assert names == TITLES.keys()
