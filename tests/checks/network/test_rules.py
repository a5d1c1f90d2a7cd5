"""What doctor says of proxies, certificates and of what answered, from facts alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.network import RULES
from scaffold.machine import detect
from scaffold.probing.interpreter.model import PythonFacts
from scaffold.probing.network.model import Answer, Bundle, NetworkFacts, Proxy
from scaffold.probing.packages.model import Package, PackageFacts
from scaffold.recorded import RecordedSystem

SYSTEM = RecordedSystem(
    {
        "schema": "scaffold/host/1",
        "platform": {
            "os": "linux",
            "machine": "x86_64",
            "release": "6.8.0",
            "version": "",
            "libc": "glibc 2.39",
            "cpu_count": 8,
        },
    }
)
MACHINE = detect(SYSTEM, Path("/p"))
INDEX = Answer(purpose="index", url="https://index.example/simple", outcome="ok", seconds=0.2, status=200)
HUB = replace(INDEX, purpose="hub", url="https://huggingface.co")


def said(network: NetworkFacts, *, machine=MACHINE, **more) -> list[Finding]:
    facts = Facts(machine=machine, network=network, **more)
    return [one for rule in RULES for one in rule(facts)]


def shown(network: NetworkFacts, **more) -> list[tuple[str, str, str]]:
    return [(one.level, one.id, one.cause) for one in said(network, **more) if one.level != "ok"]


def test_nothing_known_says_nothing() -> None:
    assert said(NetworkFacts()) == []
    assert [one for rule in RULES for one in rule(Facts(machine=MACHINE))] == []


def test_a_proxy_that_does_not_run() -> None:
    proxy = Proxy(url="http://127.0.0.1:7890", source="HTTPS_PROXY", variable=True, listening=False)
    [found] = said(NetworkFacts(proxies=(proxy,), no_proxy=""))
    assert found == Finding(
        id="net.proxy",
        level="error",
        title="HTTPS_PROXY sends everything to http://127.0.0.1:7890, and nothing listens there",
        detail="the program that offers the proxy (Clash, v2ray, a company's client) does not run, or on "
        "another port",
        cause="proxy-not-running",
        evidence=(
            Evidence(source="HTTPS_PROXY", value="http://127.0.0.1:7890"),
            Evidence(source="/proc/net/tcp", value="no program listens at that port"),
        ),
        not_the_cause=("the package index and the hub: they are not asked at all",),
        remedy=Remedy(text="start it, or unset HTTPS_PROXY"),
    )


@pytest.mark.parametrize(
    ("host", "word"),
    [({"container": "docker"}, "host.docker.internal"), ({"wsl": 2}, "networkingMode=mirrored")],
)
def test_such_a_proxy_means_another_machine(host, word) -> None:
    machine = replace(MACHINE, host=replace(MACHINE.host, **host))
    proxy = Proxy(url="http://127.0.0.1:7890", source="HTTPS_PROXY", variable=True, listening=False)
    [found] = said(NetworkFacts(proxies=(proxy,)), machine=machine)
    assert found.remedy is not None
    assert word in found.remedy.text


def test_a_proxy_that_runs_for_everything_but_this_machine() -> None:
    proxy = Proxy(url="http://127.0.0.1:7890", source="HTTPS_PROXY", variable=True, listening=True)
    assert shown(NetworkFacts(proxies=(proxy,), no_proxy="localhost")) == []
    assert shown(NetworkFacts(proxies=(proxy,), no_proxy="")) == [
        ("info", "net.no-proxy", "proxy-for-localhost")
    ]


def test_a_fixed_proxy_of_windows_is_read_by_the_libraries_and_a_script_is_not() -> None:
    fixed = Proxy(url="127.0.0.1:7890", source="Windows' settings")
    assert shown(NetworkFacts(proxies=(fixed,))) == []
    assert shown(NetworkFacts(automatic="http://wpad/proxy.pac")) == [
        ("warning", "net.proxy", "proxy-not-configured")
    ]


@pytest.mark.parametrize(
    ("variable", "state", "level"),
    [
        ("REQUESTS_CA_BUNDLE", "missing", "error"),
        ("SSL_CERT_FILE", "empty", "error"),
        ("CURL_CA_BUNDLE", "empty", "warning"),
        ("REQUESTS_CA_BUNDLE", "empty", "warning"),
        ("PIP_CERT", "no-certificates", "error"),
    ],
)
def test_bundles(variable, state, level) -> None:
    path = "" if state == "empty" else "/ca.pem"
    found = said(NetworkFacts(bundles=(Bundle(variable=variable, path=path, state=state),)))
    assert [(one.id, one.level) for one in found] == [("net.tls", level)]


def test_a_known_inspector_with_its_certificate_in_place_is_in_order() -> None:
    good = Bundle(variable="REQUESTS_CA_BUNDLE", path="/ca.pem", state="ok")
    assert shown(NetworkFacts(inspector="zscaler", bundles=(good,))) == [
        ("info", "net.tls", "corporate-ca-missing")
    ]
    assert shown(NetworkFacts(inspector="zscaler")) == [("error", "net.tls", "corporate-ca-missing")]


def test_everything_answers() -> None:
    found = said(NetworkFacts(answers=(replace(INDEX, issuer="Public CA"), HUB)))
    assert [(one.level, one.id, one.title) for one in found] == [
        ("ok", "net.index", "The package index answers in 0.2 s; its certificate is of Public CA"),
        ("ok", "net.hf-endpoint", "The hub of models answers in 0.2 s"),
    ]


def test_a_certificate_of_a_stranger_is_shown_with_its_issuer() -> None:
    stranger = replace(HUB, outcome="certificate", issuer="Zscaler Root CA", problem="self-signed")
    [found] = [one for one in said(NetworkFacts(answers=(INDEX, stranger))) if one.level == "error"]
    assert found.id == "net.tls"
    assert found.title == (
        "The hub of models shows a certificate of Zscaler Root CA, which is not trusted here"
    )


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((INDEX, replace(HUB, outcome="timeout")), [("info", "net.hf-endpoint", "hub-unreachable")]),
        ((replace(INDEX, outcome="refused"), HUB), [("warning", "net.index", "index-unreachable")]),
        (
            (replace(INDEX, outcome="name"), replace(HUB, outcome="name")),
            [("warning", "net.unreachable", "no-network")],
        ),
        ((replace(INDEX, outcome="proxy"), HUB), [("error", "net.proxy", "proxy-refuses")]),
        ((replace(INDEX, behind=9 * 86400), HUB), [("error", "net.clock", "clock-wrong")]),
    ],
)
def test_what_does_not_answer(answers, expected) -> None:
    assert shown(NetworkFacts(answers=answers)) == expected


VIA = {"outcome": "timeout", "seconds": 3.0, "through": "http://10.0.0.1:3128"}


def test_a_proxy_that_hangs_is_what_all_places_have_in_common() -> None:
    proxy = Proxy(url="http://10.0.0.1:3128", source="HTTPS_PROXY", variable=True)
    network = NetworkFacts(
        proxies=(proxy,), no_proxy="localhost", answers=(replace(INDEX, **VIA), replace(HUB, **VIA))
    )
    [found] = [one for one in said(network) if one.level != "ok"]
    assert found == Finding(
        id="net.proxy",
        level="warning",
        title="The proxy http://10.0.0.1:3128 leads to none of 2 places on the internet: no answer within 3 s",
        detail="it takes no connection, takes it and says nothing, or has no way out itself",
        cause="proxy-silent",
        evidence=(
            Evidence(source="HTTPS_PROXY", value="http://10.0.0.1:3128"),
            Evidence(source="https://index.example/simple", value="timeout after 3.0 s"),
            Evidence(source="https://huggingface.co", value="timeout after 3.0 s"),
        ),
        not_the_cause=("the package index and the hub: they are not reached at all",),
        remedy=Remedy(
            text="start or restart what offers the proxy, correct its address, or unset HTTPS_PROXY where the "
            "network is left without a proxy"
        ),
    )


def test_a_proxy_that_leads_somewhere_is_not_blamed() -> None:
    network = NetworkFacts(answers=(replace(INDEX, through="http://10.0.0.1:3128"), replace(HUB, **VIA)))
    assert shown(network) == [("info", "net.hf-endpoint", "hub-unreachable")]


def test_a_mirror_that_hangs_is_not_advised_again() -> None:
    hub = replace(HUB, outcome="timeout", url="http://127.0.0.1:9")
    [found] = [one for one in said(NetworkFacts(answers=(INDEX, hub))) if one.level == "info"]
    assert found.remedy == Remedy(
        text="HF_ENDPOINT is set to http://127.0.0.1:9: unset it, or name another mirror"
    )


@pytest.mark.parametrize(
    ("packages", "expected"),
    [
        ((), []),
        ((Package(name="transformers", version="4.50"),), [("info", "net.hf-endpoint", "hub-unreachable")]),
    ],
)
def test_the_hub_matters_where_it_is_used(packages, expected) -> None:
    network = NetworkFacts(region="CN", region_source="the time zone Asia/Shanghai", endpoint="")
    known = PackageFacts(packages=packages, complete=True)
    assert shown(network, packages=known) == expected


def test_fast_transfer_without_its_package() -> None:
    network = NetworkFacts(flags=(("HF_HUB_ENABLE_HF_TRANSFER", "1"),))
    old = PackageFacts(packages=(Package(name="huggingface-hub", version="0.24.0"),), complete=True)
    new = PackageFacts(packages=(Package(name="huggingface-hub", version="1.2.0"),), complete=True)
    assert shown(network, packages=old) == [("warning", "net.hf-transfer", "hf-transfer-missing")]
    assert shown(network, packages=new) == []


WINDOWS = replace(MACHINE, host=replace(MACHINE.host, os="windows"))
REGISTRY = NetworkFacts(proxies=(Proxy(url="127.0.0.1:7890", source="Windows' settings"),))


def of_python(version: str) -> PythonFacts:
    return PythonFacts(version=version)


def test_an_older_python_speaks_tls_to_the_proxy_of_windows() -> None:
    [found] = said(REGISTRY, machine=WINDOWS, python=of_python("3.9.6"))
    assert found == Finding(
        id="net.proxy",
        level="warning",
        title="Windows' settings name the proxy 127.0.0.1:7890, and Python 3.9.6 reads it as https://: pip then "
        "speaks TLS to a proxy that speaks none",
        detail="pip 20.3 and newer fail so with 'check_hostname requires server_hostname' or an SSLError (EOF, "
        "WRONG_VERSION_NUMBER); Python 3.9.13, 3.10.5 and newer read it as http://",
        cause="proxy-scheme",
        evidence=(
            Evidence(source="Windows' settings", value="127.0.0.1:7890"),
            Evidence(source="Python", value="3.9.6"),
        ),
        not_the_cause=("certificates: the connection ends before one is shown",),
        remedy=Remedy(
            text="set HTTPS_PROXY=http://127.0.0.1:7890 and HTTP_PROXY=http://127.0.0.1:7890, in the shell and in "
            "the run configuration: variables go before the system's settings; or a newer Python; or switch the "
            "system's proxy off while installing"
        ),
    )


@pytest.mark.parametrize("version", ["3.9.13", "3.10.5", "3.10", "3.12.1", ""])
def test_a_newer_python_takes_the_proxy_of_windows_as_it_is(version) -> None:
    assert said(REGISTRY, machine=WINDOWS, python=of_python(version)) == []


def test_a_variable_goes_before_the_proxy_of_windows() -> None:
    variable = Proxy(url="http://127.0.0.1:7890", source="HTTPS_PROXY", variable=True)
    network = replace(REGISTRY, proxies=(variable, *REGISTRY.proxies), no_proxy="localhost")
    assert shown(network, machine=WINDOWS, python=of_python("3.8.10")) == []


def test_an_old_pip_speaks_no_tls_to_a_proxy() -> None:
    packages = PackageFacts(packages=(Package(name="pip", version="20.2.4"),))
    assert said(REGISTRY, machine=WINDOWS, python=of_python("3.8.10"), packages=packages) == []
