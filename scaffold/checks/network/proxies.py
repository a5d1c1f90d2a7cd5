"""Proxies: one that is needed is set, where the program that runs sees it, and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.network.system_proxies import read_as_tls, system_proxy
from scaffold.probing.network.model import NetworkFacts, Proxy

#: What the libraries understand; GNOME writes socks://, which none does.
SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
_LOCAL = ("127.0.0.1", "localhost", "::1", "[::1]")

_SET = (
    "set HTTPS_PROXY and HTTP_PROXY to http://host:port in the run configuration (Environment "
    "variables), and in the shell "
    "for pip and uv; PyCharm's own proxy settings reach no program that it starts"
)


def proxy(facts: Facts) -> Iterator[Finding]:
    """At most one finding: the first that would keep programs from the network."""
    network = facts.network
    if network is None:
        return
    for rule in (_not_running, _malformed, read_as_tls, _not_configured):
        found = rule(facts, network)
        if found is not None:
            yield found
            return
    variables = [one for one in network.proxies if one.variable]
    if variables and not _covers_local(network.no_proxy):
        yield _local(variables[0])
    elif variables:
        yield Finding(id="net.proxy", level="ok", title=f"Programs go through the proxy {variables[0].url}")


def _not_running(facts: Facts, network: NetworkFacts) -> Finding | None:
    for one in network.proxies:
        if one.listening is not False or not one.variable:
            continue
        host = facts.machine.host
        if host.container:
            why = "inside a container 127.0.0.1 is the container itself, not the computer that runs the proxy"
            cure = (
                "name the host instead: http://host.docker.internal:PORT (docker run "
                "--add-host=host.docker.internal:host-gateway), or unset it"
            )
        elif host.wsl:
            why = "inside WSL 127.0.0.1 is Linux, not Windows, where the proxy may run"
            cure = (
                "name Windows' address (ip route show default), with 'allow LAN' on in the proxy; "
                "or networkingMode=mirrored in %USERPROFILE%\\.wslconfig, then wsl --shutdown"
            )
        else:
            why = (
                "the program that offers the proxy (Clash, v2ray, a company's client) does not run, or on "
                "another port"
            )
            cure = f"start it, or unset {one.source}"
        return Finding(
            id="net.proxy",
            level="error",
            title=f"{one.source} sends everything to {one.url}, and nothing listens there",
            detail=why,
            cause="proxy-not-running",
            evidence=(
                Evidence(source=one.source, value=one.url),
                Evidence(source="/proc/net/tcp", value="no program listens at that port"),
            ),
            not_the_cause=("the package index and the hub: they are not asked at all",),
            remedy=Remedy(text=cure),
        )
    return None


def _malformed(facts: Facts, network: NetworkFacts) -> Finding | None:  # noqa: ARG001
    for one in network.proxies:
        if not one.variable:
            continue
        scheme, host, problem = _read(one.url)
        if problem or (scheme and scheme not in SCHEMES) or not host:
            right = f"http://{host or 'host:port'}"
            if scheme == "socks":
                right = f"socks5h://{host}"
            return Finding(
                id="net.proxy",
                level="warning",
                title=f'{one.source} is "{one.url}", which is no address of a proxy: '
                + (
                    f"no library knows {scheme}://"
                    if scheme and not problem
                    else "it needs scheme://host:port"
                ),
                cause="proxy-malformed",
                evidence=(Evidence(source=one.source, value=one.url),),
                remedy=Remedy(
                    text=f"write {one.source}={right}, or unset it"
                    + ("; SOCKS also needs PySocks (requests) or httpx[socks]" if scheme == "socks" else "")
                ),
            )
        if scheme == "https" and (re.sub(r":\d+$", "", host) in _LOCAL or _is_address(host)):
            return Finding(
                id="net.proxy",
                level="warning",
                title=f"{one.source} speaks TLS to the proxy itself ({one.url}); proxies on the "
                "own machine speak plain HTTP",
                detail="pip then fails with SSLError (EOF or WRONG_VERSION_NUMBER) or "
                "'check_hostname requires server_hostname'",
                cause="proxy-scheme",
                evidence=(Evidence(source=one.source, value=one.url),),
                not_the_cause=("certificates: the connection ends before one is shown",),
                remedy=Remedy(
                    text=f"write {one.source}=http://{host}; the tunnel through it is encrypted all the same"
                ),
            )
    return None


def _read(url: str) -> tuple[str, str, str]:
    """Scheme, host with its port, and what is wrong.

    >>> _read("http://127.0.0.1:7890"), _read("127.0.0.1:7890"), _read("http://a b:80")[2]
    (('http', '127.0.0.1:7890', ''), ('', '127.0.0.1:7890', ''), 'letters')
    """
    if not url.isascii() or re.search(r"[\s\"']", url):
        return "", "", "letters"
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "", url.split("/", maxsplit=1)[0], ""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        return scheme.lower(), rest, "port"
    return scheme.lower(), f"{host}:{port}" if port else host, ""


def _is_address(host: str) -> bool:
    return bool(re.match(r"\d{1,3}(?:\.\d{1,3}){3}", host))


def _not_configured(facts: Facts, network: NetworkFacts) -> Finding | None:
    if any(one.variable for one in network.proxies):
        return None
    others = [one for one in network.proxies if not one.variable and not one.honoured]
    told = [one for one in network.proxies if not one.variable and facts.told]
    unset = "HTTPS_PROXY" in network.unset or not facts.told
    taken = system_proxy(facts, network)
    without = "programs try to connect without it"
    if taken is not None and (network.proxy_needed or told) and not network.automatic:
        if not unset:
            return None  # pip and requests take it, and nobody says that anything else is asked
        fact, source = f"a proxy, {taken.url}, is set in {taken.source}", taken.url
        without = "pip and requests take it, and curl, git, aiohttp and libraries in C++ do not"
    elif network.proxy_needed:
        fact, source = "this network is left only through a proxy", "what was told"
    elif network.automatic:
        fact, source = (
            "the system finds its proxy with a script (PAC), which Python's libraries do not run",
            network.automatic,
        )
    elif others or told:
        one = (others or told)[0]
        fact, source = f"a proxy, {one.url}, is set in {one.source}", one.url
    else:
        return None
    known = "HTTPS_PROXY is not set" if unset else "nothing says that HTTPS_PROXY is set"
    return Finding(
        id="net.proxy",
        level="warning",
        title=f"{fact[0].upper()}{fact[1:]}, and {known}: {without}",
        detail="downloads of data sets and models end in a time-out (WinError 10060, Errno 110), "
        "although the browser works",
        cause="proxy-not-configured",
        evidence=(
            Evidence(source="proxy", value=source),
            *((Evidence(source="HTTPS_PROXY", value="not set"),) if unset else ()),
        ),
        not_the_cause=("the server of the data set: the browser reaches it",),
        remedy=Remedy(text=_SET),
    )


def _covers_local(no_proxy: str | None) -> bool:
    return (
        no_proxy is None
        or no_proxy.strip() == "*"
        or any(one in no_proxy for one in ("localhost", "127.0.0.1"))
    )


def _local(one: Proxy) -> Finding:
    return Finding(
        id="net.no-proxy",
        level="info",
        title=f"{one.source} is set and NO_PROXY does not name localhost: programs ask the proxy "
        "for this very machine",
        detail="TensorBoard, Jupyter, Gradio and other local servers are then not reached (502, "
        "503, 'localhost is not accessible')",
        cause="proxy-for-localhost",
        evidence=(Evidence(source=one.source, value=one.url), Evidence(source="NO_PROXY", value="not set")),
        remedy=Remedy(text="set NO_PROXY=localhost,127.0.0.1,::1"),
    )
