"""Facts for `scaffold.probing.network` out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.facts.told import Told, one_line, spelt
from scaffold.probing.network.model import Bundle, BundleState, NetworkFacts, Proxy
from scaffold.probing.network.names import BUNDLES, HUB_FLAGS, PROXIES
from scaffold.sources.redact import redact

_NEEDED = re.compile(
    r"\brequired\b|\bneeded\b|\bmandatory\b|\bonly (?:through|via|behind)\b|corporate|behind a", re.IGNORECASE
)
_INSPECTED = re.compile(
    r"(zscaler|netskope|blue ?coat|palo ?alto|forti\w+|sophos|cisco umbrella|mcafee|kaspersky|avast|"
    r"check ?point|deep security|squid|mitm\w*|burp|fiddler|charles)|self[- ]?signed|\btls inspection|"
    r"ssl inspection|inspect(?:s|ing|ion)|intercept|corporate (?:root )?ca|own ca|custom ca|private ca",
    re.IGNORECASE,
)
_CHINA = re.compile(r"\b(?:CN|CHN)\b|china|中国|大陆", re.IGNORECASE)
_OFFLINE = re.compile(r"air[- ]?gap|\boffline\b|no internet|no network|no outbound|isolated", re.IGNORECASE)
_AUTOMATIC = re.compile(r"\bpac\b|autoconfig|wpad|proxy script|proxy\.pac", re.IGNORECASE)
_SYSTEM = re.compile(r"\b(?:system|registry|windows|desktop|gnome|macos|scutil|browser)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:\w+://)?[\w.-]+:\d{2,5}\b")
_MISSING = re.compile(r"missing|does not exist|no such file|dangling|not there|gone", re.IGNORECASE)


def told(description: Told) -> NetworkFacts:
    """What the description tells; everything else stays unknown."""
    network = description.below("network")
    environment = description.below("env", "environment")
    prose = " ".join(_texts(network))
    if isinstance(description.first("network"), str):
        prose = one_line(str(description.first("network")))
    values = {str(name): value for name, value in environment.facts.items()}
    unset = frozenset(name for name, value in values.items() if value is None or _is_unset(value))
    settings = {name: spelt(value) for name, value in values.items() if name not in unset}
    inspected = _INSPECTED.search(prose)
    rows = network.facts.get("interfaces")
    interfaces = network.rows("interfaces") if rows is not None else None
    proxy = network.text("proxy") if isinstance(network.facts.get("proxy"), str) else ""
    return NetworkFacts(
        region=(region := _region(description, network)),
        region_source="what was told" if region else "",
        offline=_offline(network, prose),
        proxies=(*_from_variables(settings), *_spoken(network, proxy)),
        proxy_needed=True if proxy and _NEEDED.search(proxy) else None,
        automatic=_automatic(network, proxy),
        unset=unset,
        no_proxy=_either(settings, unset, "NO_PROXY", "no_proxy"),
        inspector=((inspected[1] or "a proxy") if inspected else ""),
        bundles=tuple(_bundles(settings, description)),
        endpoint=_either(settings, unset, "HF_ENDPOINT"),
        endpoint_late=_late(settings.get("HF_ENDPOINT", "")),
        flags=tuple((name, one_line(settings[name])) for name in HUB_FLAGS if name in settings),
        interfaces=tuple(one_line(str(one))[:60] for one in interfaces[:200])
        if interfaces is not None
        else None,
    )


def _texts(told: Told) -> Iterator[str]:
    for name, value in list(told.facts.items())[:50]:
        for one in value[:20] if isinstance(value, list) else (value,):
            if isinstance(one, str):
                yield one_line(one)
            elif one is True and isinstance(name, str):
                yield one_line(name.replace("_", " "))


def _is_unset(value: object) -> bool:
    return isinstance(value, str) and bool(re.match(r"unset\b|not set\b", value.strip(), re.IGNORECASE))


def _late(value: str) -> bool:
    return bool(
        re.search(
            r"\bafter\b.*\bimport|\btoo late\b|import\w* (?:comes )?(?:first|before)", value, re.IGNORECASE
        )
    )


def _region(description: Told, network: Told) -> str:
    for told, names in ((network, ("region", "country", "location")), (description, ("region", "country"))):
        text = told.text(*names) if told.has(*names) else ""
        if text:
            return "CN" if _CHINA.search(text) else text.upper()[:40]
    return ""


def _offline(network: Told, prose: str) -> bool | None:
    if network.has("offline", "air_gapped", "airgapped"):
        return network.flag("offline", "air_gapped", "airgapped")
    internet = network.flag("internet") if isinstance(network.facts.get("internet"), bool) else None
    if internet is not None:
        return not internet
    return True if _OFFLINE.search(prose) else None


def _automatic(network: Told, proxy: str) -> str:
    named = (
        network.text("pac", "AutoConfigURL", "pac_url")
        if network.has("pac", "AutoConfigURL", "pac_url")
        else ""
    )
    return named or (proxy if _AUTOMATIC.search(proxy) else "")


def _from_variables(settings: dict[str, str]) -> Iterator[Proxy]:
    for name in PROXIES:
        value = settings.get(name, "")
        if value and not re.search(r"\s\S+\s", value):
            yield Proxy(url=redact(one_line(value)), source=name, variable=True)


def _spoken(network: Told, proxy: str) -> Iterator[Proxy]:
    address = _ADDRESS.search(proxy)
    if address:
        system = bool(_SYSTEM.search(proxy))
        yield Proxy(url=redact(address[0]), source="the system's settings" if system else "what was told")
    for name in ("system_proxy", "registry_proxy", "pip_proxy"):
        value = network.facts.get(name)
        if isinstance(value, str) and value:
            source = "pip's configuration" if name == "pip_proxy" else "the system's settings"
            yield Proxy(url=redact(one_line(value)), source=source, honoured=name != "pip_proxy")


def _either(settings: dict[str, str], unset: frozenset[str], *names: str) -> str | None:
    for name in names:
        if settings.get(name):
            return one_line(settings[name])
    return "" if any(name in unset or settings.get(name) == "" for name in names) else None


def _bundles(settings: dict[str, str], description: Told) -> Iterator[Bundle]:
    files = description.below("files").facts
    for name in BUNDLES:
        if name not in settings:
            continue
        path = one_line(settings[name])
        state: BundleState | None = None
        told = files.get(path)
        if not path.strip():
            state = "empty"
        elif _MISSING.search(path) or (isinstance(told, str) and _MISSING.search(told)) or told is False:
            state = "missing"
        yield Bundle(variable=name, path=path, state=state)
