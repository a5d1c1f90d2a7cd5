"""Settings of the network as they are read on recorded hosts."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.machine import detect
from scaffold.probing.network.model import Bundle, Proxy
from scaffold.probing.network.probe import probe
from scaffold.probing.scene import Scene
from scaffold.probing.target import Target
from scaffold.recorded import RecordedSystem

LISTENING = "  sl  local_address rem_address   st\n   0: 0100007F:1ED2 00000000:0000 0A 0\n"
CERTIFICATES = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"


def seen(os: str = "linux", **record):
    host = {
        "schema": "scaffold/host/1",
        "platform": {
            "os": os,
            "machine": "x86_64",
            "release": "6.8.0",
            "version": "",
            "libc": "glibc 2.39" if os == "linux" else "",
            "cpu_count": 8,
        },
        "home": "/home/ada",
        **record,
    }
    system = RecordedSystem(host)
    scene = Scene(
        system=system, machine=detect(system, Path("/home/ada")), target=Target(folder=Path("/home/ada/net"))
    )
    return probe(scene)


def test_nothing_is_set() -> None:
    facts = seen()
    assert (facts.proxies, facts.bundles, facts.endpoint, facts.no_proxy) == ((), (), "", "")
    assert (facts.region, facts.interfaces, facts.answers) == ("", None, None)
    assert "HTTPS_PROXY" in facts.unset


@pytest.mark.parametrize(("port", "listening"), [(7890, True), (7897, False)])
def test_a_proxy_on_this_machine_listens_or_does_not(port, listening) -> None:
    facts = seen(
        environment={"HTTPS_PROXY": f"http://me:secret@127.0.0.1:{port}"},
        files={"/proc/net/tcp": LISTENING},
    )
    assert facts.proxies == (
        Proxy(url=f"http://***@127.0.0.1:{port}", source="HTTPS_PROXY", variable=True, listening=listening),
    )


def test_a_proxy_elsewhere_and_a_host_without_tables_stay_unknown() -> None:
    elsewhere = seen(
        environment={"HTTPS_PROXY": "http://proxy.example:3128"}, files={"/proc/net/tcp": LISTENING}
    )
    without = seen(environment={"HTTPS_PROXY": "http://127.0.0.1:7890"})
    assert [one.listening for one in (*elsewhere.proxies, *without.proxies)] == [None, None]


def test_the_proxy_of_pip_is_none_of_programs() -> None:
    files = {"/home/ada/.config/pip/pip.conf": "[global]\nproxy = http://proxy.example:3128\n"}
    [proxy] = seen(files=files).proxies
    assert (proxy.url, proxy.variable, proxy.honoured) == ("http://proxy.example:3128", False, False)


def test_the_settings_of_windows() -> None:
    key = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
    output = (
        f"\n{key}\n    ProxyEnable    REG_DWORD    0x1\n    ProxyServer    REG_SZ    127.0.0.1:7890\n"
        "    AutoConfigURL    REG_SZ    http://wpad/proxy.pac\n"
    )
    facts = seen("windows", commands={f"reg query {key}": {"status": 0, "stdout": output}})
    assert facts.proxies == (Proxy(url="127.0.0.1:7890", source="Windows' settings"),)
    assert facts.automatic == "http://wpad/proxy.pac"


def test_bundles() -> None:
    facts = seen(
        environment={
            "REQUESTS_CA_BUNDLE": "/gone/cacert.pem",
            "CURL_CA_BUNDLE": "",
            "SSL_CERT_FILE": "/etc/ca.pem",
            "PIP_CERT": "/etc/page.html",
        },
        files={"/etc/ca.pem": CERTIFICATES, "/etc/page.html": "<html>"},
    )
    assert facts.bundles == (
        Bundle(variable="REQUESTS_CA_BUNDLE", path="/gone/cacert.pem", state="missing"),
        Bundle(variable="CURL_CA_BUNDLE", path="", state="empty"),
        Bundle(variable="SSL_CERT_FILE", path="/etc/ca.pem", state="ok"),
        Bundle(variable="PIP_CERT", path="/etc/page.html", state="no-certificates"),
    )


def test_a_time_zone_tells_the_region() -> None:
    facts = seen(links={"/etc/localtime": "/usr/share/zoneinfo/Asia/Shanghai"})
    assert (facts.region, facts.region_source) == ("CN", "the time zone Asia/Shanghai")
