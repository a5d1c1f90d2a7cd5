"""The proxy of the system's settings: who takes it, and as what."""

from __future__ import annotations

import re

from scaffold.checks import versions
from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.probing.network.model import NetworkFacts, Proxy

#: Releases that read Windows' "host:port" as http://host:port for every kind of address: merged in May 2022
#: (cpython#26307). Those before, and all of 3.8 and older, make https://host:port of it for https addresses.
_MENDED = {"3.9": "3.9.13", "3.10": "3.10.5"}


def system_proxy(facts: Facts, network: NetworkFacts) -> Proxy | None:
    """The system's fixed proxy, where Python's libraries take it: on Windows and macOS, no variable set."""
    if any(one.variable for one in network.proxies):
        return None
    return next((one for one in network.proxies if _is_taken(facts, one)), None)


def _is_taken(facts: Facts, one: Proxy) -> bool:
    return one.honoured and "setting" in one.source and facts.machine.host.os in ("windows", "macos", "")


def read_as_tls(facts: Facts, network: NetworkFacts) -> Finding | None:
    """Windows' settings name a host and a port, and programs speak TLS to that proxy."""
    one = system_proxy(facts, network)
    if one is None or facts.machine.host.os == "macos" or "://" in one.url:
        return None
    seen = facts.log is not None and facts.log.sign("proxy-tls") is not None
    version = facts.python.version if facts.python else ""
    if _is_old(version) is False or _asks_in_clear(facts):
        return None
    if not seen and not (facts.machine.host.os == "windows" and _is_old(version)):
        return None
    right = f"http://{one.url}" if "=" not in one.url else "http://host:port"
    return Finding(
        id="net.proxy",
        level="error" if seen else "warning",
        title=f"{one.source[0].upper()}{one.source[1:]} name the proxy {one.url}, and "
        f"{f'Python {version} reads' if version else 'Pythons of before May 2022 read'} it as https://: pip "
        "then speaks TLS to a proxy that speaks none",
        detail="pip 20.3 and newer fail so with 'check_hostname requires server_hostname' or an SSLError "
        "(EOF, WRONG_VERSION_NUMBER); Python 3.9.13, 3.10.5 and newer read it as http://",
        cause="proxy-scheme",
        evidence=(
            Evidence(source=one.source, value=one.url),
            *((Evidence(source="Python", value=version),) if version else ()),
        ),
        not_the_cause=("certificates: the connection ends before one is shown",),
        remedy=Remedy(
            text=f"set HTTPS_PROXY={right} and HTTP_PROXY={right}, in the shell and in the run "
            "configuration: variables go before the system's settings; or a newer Python; or switch the "
            "system's proxy off while installing"
        ),
    )


def _is_old(version: str) -> bool | None:
    """Whether a Python reads the settings the old way; of "3.10" alone nobody knows."""
    if versions.below(version, "3.9"):
        return True
    minor = ".".join(version.split(".")[:2])
    if minor not in _MENDED:
        return False if versions.at_least(version, "3.11") else None
    return versions.below(version, _MENDED[minor]) if re.fullmatch(r"\d+\.\d+\.\d+\S*", version) else None


def _asks_in_clear(facts: Facts) -> bool:
    """A pip of before 20.3: it speaks plain HTTP to every proxy, whatever the address says."""
    pip = facts.packages.version("pip") if facts.packages else None
    return bool(pip) and versions.below(pip or "", "20.3") is True
