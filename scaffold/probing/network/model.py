"""Settings of the network, and with --online what answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

#: How a certificate bundle that a variable names is.
BundleState = Literal["ok", "empty", "missing", "unreadable", "no-certificates"]

#: How a place answered that was asked with --online.
Outcome = Literal["ok", "timeout", "name", "refused", "proxy", "certificate", "tls", "status", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """One setting of a proxy."""

    url: str  # without its login
    source: str  # HTTPS_PROXY, pip's configuration, the desktop's settings
    variable: bool = False  # programs see it in their environment
    honoured: bool = True  # by Python's libraries
    listening: bool | None = None  # on this machine: whether anything answers at its port


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A file of certificates that a variable names."""

    variable: str
    path: str
    state: BundleState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one place said when it was asked."""

    purpose: Literal["index", "pytorch", "hub"]
    url: str  # without its login
    outcome: Outcome
    seconds: float = 0.0
    status: int | None = None  # of HTTP
    problem: str = ""
    through: str = ""  # the proxy that was asked to lead there, without its login
    issuer: str = ""  # of the certificate that was shown: "Zscaler Root CA"; "" where none was seen
    behind: int | None = None  # seconds by which this machine's clock is behind the server's; negative: ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFacts:
    """Settings of the network, and with --online what answers. None: unknown."""

    region: str = ""  # CN
    region_source: str = ""  # the time zone Asia/Shanghai
    offline: bool | None = None  # there is no internet here
    proxies: tuple[Proxy, ...] = ()
    proxy_needed: bool | None = None  # nothing is reached without one
    automatic: str = ""  # the address of a proxy script (PAC), which Python's libraries do not run
    unset: frozenset[str] = frozenset()  # variables that are known not to be set
    no_proxy: str | None = None  # "" where it is not set
    inspector: str = ""  # who opens TLS connections on their way: Zscaler
    bundles: tuple[Bundle, ...] = ()
    endpoint: str | None = None  # HF_ENDPOINT; "" where it is not set
    endpoint_late: bool = False  # it is set in code, behind the import that reads it
    flags: tuple[tuple[str, str], ...] = ()  # HF_HUB_OFFLINE and its kin, where they are set
    interfaces: tuple[str, ...] | None = None  # eth0, lo, wg0
    answers: tuple[Answer, ...] | None = None  # None: not asked

    def flag(self, name: str) -> str:
        """The value of a variable of the hub's; "" where it is not set."""
        return dict(self.flags).get(name, "")

    def of(self, purpose: str) -> Iterator[Answer]:
        """What was answered for one purpose."""
        return (one for one in self.answers or () if one.purpose == purpose)
