"""Certificates: the files that variables name, and who stands between this machine and the servers."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.probing.network.model import Bundle, NetworkFacts
from scaffold.probing.network.names import BUNDLES

#: Whoever reads one of these trusts nobody when the file is not there; for Python's ssl "" is such a file.
_STRICT = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT")

_WORDS = {
    "empty": "is set to nothing",
    "missing": "names a file that does not exist",
    "unreadable": "names a file that may not be read",
    "no-certificates": "names a file that holds no certificate",
}

CURE = (
    "ask for the company's CA certificate (a .pem file) and let REQUESTS_CA_BUNDLE and "
    "SSL_CERT_FILE name it, in the shell "
    "and in the run configuration; pip and uv can take the system's store: pip install "
    "--use-feature=truststore, "
    "UV_SYSTEM_CERTS=1 (older: UV_NATIVE_TLS=1), and in programs the package truststore. Never "
    "switch verification off"
)


def tls(facts: Facts) -> Iterator[Finding]:
    """At most one finding about certificates."""
    network = facts.network
    if network is None:
        return
    sign = facts.log.sign("certificate-untrusted") if facts.log else None
    broken = [one for one in network.bundles if one.state not in (None, "ok")]
    if network.inspector:
        yield _inspected(network, broken)
    elif broken:
        first = min(broken, key=lambda one: one.variable not in _STRICT)
        yield _bundle(first, seen=sign is not None)
    else:
        for one in network.bundles:
            if one.state == "ok":
                yield Finding(
                    id="net.tls", level="ok", title=f"{one.variable} names a file with certificates"
                )
                return


def _inspected(network: NetworkFacts, broken: list[Bundle]) -> Finding:
    good = [one for one in network.bundles if one.state in (None, "ok")]
    who = network.inspector[0].upper() + network.inspector[1:]
    empty = next((one for one in broken if one.state == "empty"), None)
    also = (
        f"; {empty.variable}='' switched verification off in requests before 2.28 and does nothing since"
        if empty
        else ""
    )
    named = (
        f"and {good[0].variable} names {good[0].path}" if good else "and no variable names its CA certificate"
    )
    return Finding(
        id="net.tls",
        level="info" if good else "error",
        title=f"{who} opens TLS connections on their way and shows certificates of its own, {named}",
        detail=f"downloads fail with CERTIFICATE_VERIFY_FAILED{also}",
        cause="corporate-ca-missing",
        evidence=(
            Evidence(source="network", value=network.inspector),
            *(Evidence(source=one.variable, value=one.path or '""') for one in (*broken, *good)),
        ),
        not_the_cause=("the hub and the index: their own certificates are fine",),
        remedy=None if good else Remedy(text=CURE),
    )


def _bundle(one: Bundle, *, seen: bool) -> Finding:
    assert one.state is not None
    strict = one.variable in _STRICT and not (one.state == "empty" and one.variable == "REQUESTS_CA_BUNDLE")
    error = seen or (strict or one.state != "empty")
    readers = BUNDLES.get(one.variable, "")
    means = (
        "an empty value switched verification off in requests before 2.28; since then it does "
        "nothing, and behind a company's proxy its CA is needed"
        if one.state == "empty" and not strict
        else f"{readers} then trust no server: CERTIFICATE_VERIFY_FAILED, or 'invalid path'"
    )
    return Finding(
        id="net.tls",
        level="error" if error else "warning",
        title=f"{one.variable} {_WORDS[one.state]}"
        + (f": {one.path}" if one.path.strip() else "; verification stays on"),
        detail=means,
        cause="corporate-ca-missing" if one.state == "empty" else "ca-bundle-missing",
        evidence=(Evidence(source=one.variable, value=one.path or '""'),),
        not_the_cause=("the server's certificate",),
        remedy=Remedy(
            text=f"unset {one.variable} (also in the run configuration and in pip's "
            "configuration), or let it name the CA file. "
            f"Behind a proxy that opens TLS: {CURE}"
        ),
    )
