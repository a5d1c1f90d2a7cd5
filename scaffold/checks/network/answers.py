"""What answered, where --online asked."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Level, Remedy
from scaffold.checks.network.certificates import CURE
from scaffold.probing.network.model import Answer, NetworkFacts
from scaffold.probing.network.names import HUB_MIRROR

_WHAT = {"index": "The package index", "pytorch": "PyTorch's index", "hub": "The hub of models"}

#: A certificate is wrong by so much and no more: its first day is yesterday's.
_MUCH = 24 * 3600


def online(facts: Facts) -> Iterator[Finding]:
    """The index, PyTorch's index and the hub answer, and nobody stands between."""
    network = facts.network
    if network is None or network.answers is None:
        return
    failed = [one for one in network.answers if one.outcome != "ok"]
    everything = bool(failed) and len(failed) == len(network.answers)
    kinds = {one.outcome for one in failed}
    clock = next((one for one in network.answers if one.behind is not None and abs(one.behind) > _MUCH), None)
    if clock is not None:
        yield _clock(clock)
    ways = {one.through for one in network.answers}
    if everything and len(failed) > 1 and len(ways) == 1 and all(ways) and kinds <= {"timeout", "failed"}:
        yield _silent_proxy(network, failed)
        return
    if everything and len(kinds) == 1 and kinds & {"name", "refused", "timeout", "failed"}:
        yield _nothing(network, failed)
        return
    for kind, finder in (("certificate", _certificate), ("tls", _certificate), ("proxy", _proxy)):
        first = next((one for one in failed if one.outcome == kind), None)
        if first is not None:
            yield finder(network, first)
    for one in network.answers:
        if one.outcome == "ok":
            yield _good(one)
        elif one.outcome not in ("certificate", "tls", "proxy"):
            yield _silent(one)


def _good(one: Answer) -> Finding:
    return Finding(
        id=_check(one),
        level="ok",
        title=f"{_WHAT[one.purpose]} answers in {one.seconds:.1f} s"
        + (f"; its certificate is of {one.issuer}" if one.issuer else ""),
        evidence=_evidence(one),
    )


def _check(one: Answer) -> str:
    return "net.hf-endpoint" if one.purpose == "hub" else "net.index"


def _silent(one: Answer) -> Finding:
    level: Level = "warning" if one.purpose == "index" else "info"
    elsewhere = one.purpose == "hub" and "huggingface.co" not in one.url
    cure = {
        "hub": f"HF_ENDPOINT is set to {one.url}: unset it, or name another mirror"
        if elsewhere
        else f"set HF_ENDPOINT={HUB_MIRROR} before Python starts, or a proxy: HTTPS_PROXY",
        "index": "another index or a mirror (scaffold env mirrors), or a proxy: HTTPS_PROXY",
        "pytorch": "a mirror of PyTorch's index (scaffold env mirrors), or a proxy: HTTPS_PROXY",
    }[one.purpose]
    return Finding(
        id=_check(one),
        level=level,
        title=f"{_WHAT[one.purpose]} does not answer: {_how(one)}",
        cause={"hub": "hub-unreachable"}.get(one.purpose, "index-unreachable"),
        evidence=_evidence(one),
        remedy=Remedy(text=cure),
    )


def _how(one: Answer) -> str:
    words = {
        "timeout": f"no answer within {one.seconds:.0f} s",
        "name": "its name is not known (DNS)",
        "refused": "the connection is refused",
        "status": f"status {one.status}",
    }
    return words.get(one.outcome, one.problem or "the connection breaks")


def _certificate(network: NetworkFacts, one: Answer) -> Finding:  # noqa: ARG001
    shown = (
        f"shows a certificate of {one.issuer}, which is not trusted here"
        if one.issuer
        else "shows no trusted certificate"
    )
    return Finding(
        id="net.tls",
        level="error",
        title=f"{_WHAT[one.purpose]} {shown}",
        detail="somebody opens TLS connections on their way (a company's proxy, a virus scanner), "
        "or a CA is missing here; " + one.problem,
        cause="corporate-ca-missing",
        evidence=_evidence(one),
        not_the_cause=("pip, uv and the hub's libraries: they are right to refuse it",),
        remedy=Remedy(text=CURE),
    )


def _proxy(network: NetworkFacts, one: Answer) -> Finding:
    via = next((proxy for proxy in network.proxies if proxy.variable), None)
    return Finding(
        id="net.proxy",
        level="error",
        title=f"The proxy {via.url if via else ''} does not let connections through: {one.problem}".replace(
            "  ", " "
        ),
        detail="407 asks for a login; 403 forbids the host; a refused connection is a proxy that "
        "does not run",
        cause="proxy-refuses",
        evidence=(*((Evidence(source=via.source, value=via.url),) if via else ()), *_evidence(one)),
        remedy=Remedy(
            text="start it, correct its address or give a login: "
            "HTTPS_PROXY=http://user:password@host:port; or unset it"
        ),
    )


def _silent_proxy(network: NetworkFacts, failed: list[Answer]) -> Finding:
    """Every place was asked through one proxy, and none answered: the proxy is what they have in common."""
    url = failed[0].through
    source = next((one.source for one in network.proxies if one.variable and one.url == url), "the proxy")
    return Finding(
        id="net.proxy",
        level="warning",
        title=f"The proxy {url} leads to none of {len(failed)} places on the internet: {_how(failed[0])}",
        detail="it takes no connection, takes it and says nothing, or has no way out itself",
        cause="proxy-silent",
        evidence=(Evidence(source=source, value=url), *(found for one in failed for found in _evidence(one))),
        not_the_cause=("the package index and the hub: they are not reached at all",),
        remedy=Remedy(
            text=f"start or restart what offers the proxy, correct its address, or unset {source} where the "
            "network is left without a proxy"
            if source != "the proxy"
            else "start or restart what offers the proxy, correct its address, or take it out where the "
            "network is left without one"
        ),
    )


def _nothing(network: NetworkFacts, failed: list[Answer]) -> Finding:
    proxied = any(one.variable for one in network.proxies)
    return Finding(
        id="net.unreachable",
        level="warning",
        title=f"None of {len(failed)} places on the internet answers: {_how(failed[0])}",
        detail="there is no network here, no name server, or only a proxy leads out" if not proxied else "",
        cause="no-network",
        evidence=tuple(found for one in failed for found in _evidence(one)),
        remedy=Remedy(
            text="in a container: docker run --network host, or --dns; on a cluster's computing "
            "node: download on the login "
            "node, then HF_HUB_OFFLINE=1; behind a company's firewall: HTTPS_PROXY"
        ),
    )


def _clock(one: Answer) -> Finding:
    days = abs(one.behind or 0) / 86400
    direction = "behind" if (one.behind or 0) > 0 else "ahead of"
    return Finding(
        id="net.clock",
        level="error",
        title=f"This machine's clock is {days:.0f} days {direction} the time that {one.url} tells: "
        "certificates are not valid at such a time",
        cause="clock-wrong",
        evidence=_evidence(one),
        remedy=Remedy(
            text="set the clock: sudo timedatectl set-ntp true; Windows: Settings > Time > Sync "
            "now; WSL: sudo hwclock -s"
        ),
    )


def _evidence(one: Answer) -> tuple[Evidence, ...]:
    return (
        Evidence(
            source=one.url,
            value=f"{one.outcome} after {one.seconds:.1f} s{f': {one.problem}' if one.problem else ''}",
        ),
    )
