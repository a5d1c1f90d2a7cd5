"""Rules about proxies, certificates and the hub of models."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.checks.network import answers, certificates, hubs, proxies

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    proxies.proxy,
    certificates.tls,
    hubs.endpoint,
    hubs.switches,
    hubs.interface,
    answers.online,
)
