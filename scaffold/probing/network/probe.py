"""Look it up on this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scaffold.environments.layout import site_packages_of
from scaffold.errors import ScaffoldError
from scaffold.probing.network.model import Answer, Bundle, BundleState, NetworkFacts
from scaffold.probing.network.names import BUNDLES, HUB, HUB_FLAGS, PROXIES
from scaffold.probing.network.proxies import proxies
from scaffold.probing.scene import Scene
from scaffold.sources.model import SourceSettings
from scaffold.sources.places import PYTORCH_INDEX, is_url
from scaffold.sources.settings import read_settings
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.probing.network.online import Question

_CHINA = ("Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "Asia/Urumqi", "Asia/Kashgar", "PRC")


def probe(scene: Scene) -> NetworkFacts:
    """Settings of the network for a target; with --online also what answers."""
    system = scene.system
    environment = system.environment
    settings = _settings(system)
    found, script = proxies(system, settings)
    region, source = _region(system)
    return NetworkFacts(
        region=region,
        region_source=source,
        proxies=found,
        automatic=script,
        unset=frozenset(name for name in (*PROXIES, *BUNDLES, "HF_ENDPOINT") if name not in environment),
        no_proxy=environment.get("NO_PROXY", "") or environment.get("no_proxy", ""),
        bundles=tuple(_bundles(system)),
        endpoint=environment.get("HF_ENDPOINT", ""),
        flags=tuple((name, environment[name]) for name in HUB_FLAGS if environment.get(name)),
        interfaces=system.list_folder("/sys/class/net") or None,
        answers=_answers(scene, settings) if scene.online else None,
    )


def _settings(system: System) -> SourceSettings | None:
    try:
        return read_settings(system)
    except ScaffoldError:
        return None  # said where it is asked for: the settings of our own


def _region(system: System) -> tuple[str, str]:
    """CN, where the time zone says so, and what said it."""
    zone = system.environment.get("TZ", "").lstrip(":")
    if not zone and system.platform.os != "windows":
        target = system.resolve_link("/etc/localtime") or ""
        zone = target.partition("zoneinfo/")[2] or (system.read_text("/etc/timezone") or "").strip()
    return ("CN", f"the time zone {zone}") if zone in _CHINA else ("", "")


def _bundles(system: System) -> Iterator[Bundle]:
    for name in BUNDLES:
        path = system.environment.get(name)
        if path is not None:
            yield Bundle(variable=name, path=path, state=_state(system, path))


def _state(system: System, path: str) -> BundleState | None:
    if not path.strip():
        return "empty"
    if not system.exists(path):
        return "missing"
    text = system.read_text(path)
    if text is None:
        return "ok" if system.list_folder(path) else "unreadable"
    return "ok" if re.search(r"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----", text) else "no-certificates"


def _answers(scene: Scene, settings: SourceSettings | None) -> tuple[Answer, ...]:
    from scaffold.probing.network.online import ask

    questions = _questions(scene, settings)
    return ask(tuple(one for one in questions if not one.proxy.lower().startswith("socks")))


def _questions(scene: Scene, settings: SourceSettings | None) -> Iterator[Question]:
    """The places, each as the programs that ask it would: pip and uv, and what runs in the environment."""
    from scaffold.probing.network.online import Question

    environment = scene.system.environment
    no_proxy = environment.get("NO_PROXY", "") or environment.get("no_proxy", "")
    own = next((environment[name] for name in PROXIES if environment.get(name)), "")
    proxy = settings.proxy.value if settings and settings.proxy else own
    certificates = settings.certificates.value if settings and settings.certificates else ""
    if settings is not None and settings.no_index is None and is_url(settings.index.value):
        yield Question(
            purpose="index",
            url=settings.index.value,
            proxy=proxy,
            no_proxy=no_proxy,
            certificates=certificates,
        )
    if settings is None or settings.no_index is None:
        mirror = settings.pytorch_mirror.value if settings and settings.pytorch_mirror else PYTORCH_INDEX
        yield Question(
            purpose="pytorch", url=mirror, proxy=proxy, no_proxy=no_proxy, certificates=certificates
        )
    yield Question(
        purpose="hub",
        url=environment.get("HF_ENDPOINT") or HUB,
        proxy=own,
        no_proxy=no_proxy,
        certificates=_of_libraries(scene),
    )


def _of_libraries(scene: Scene) -> str:
    """The certificates that requests and httpx take in the environment: a variable's, or certifi's."""
    system = scene.system
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        path = system.environment.get(name, "")
        if path and _state(system, path) == "ok":
            return path
    folder = site_packages_of(scene.target.prefix) if scene.target.prefix else None
    bundle = folder / "certifi" / "cacert.pem" if folder else None
    return str(bundle) if bundle and system.exists(bundle) else ""
