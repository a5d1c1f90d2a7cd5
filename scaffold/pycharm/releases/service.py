"""Ask JetBrains' release service, or one of its form, with the user's proxy and certificates."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode, urlsplit

from scaffold.errors import DownloadFailed
from scaffold.files import read_regular
from scaffold.pycharm.releases.feed import Download, Release, releases_of, sha256_in
from scaffold.sources.credentials import without_login
from scaffold.sources.fetch import Client
from scaffold.sources.problems import Absent, Unreachable
from scaffold.sources.settings import read_settings
from scaffold.system import System

HINT = (
    "see that this machine reaches the address (proxy: HTTPS_PROXY), or name a mirror or a file of yours:\n"
    "scaffold ide install --from URL|FILE; in a browser: https://www.jetbrains.com/pycharm/download/"
)


def client_of(system: System) -> Client:
    """Requests as the user's settings want them. Passwords are for package indexes, none goes along."""
    return Client(settings=read_settings(system), connect=10.0, answer=30.0, whole=120.0)


def ask(client: Client, service: str, code: str, version: str) -> tuple[Release, ...]:
    """The releases of a product, of all versions where one is wanted; raises DownloadFailed.

    What a service behind https offers without it is not taken.
    """
    query = {"code": code, "type": "release", **({} if version else {"latest": "true"})}
    address = f"{service}{'&' if '?' in service else '?'}{urlencode(query)}"
    found = releases_of(_get(client, address, "application/json"), code)
    if not found:
        raise DownloadFailed(
            f"{service} does not answer with releases of PyCharm",
            detail=(f"asked: {address}",),
            hint=HINT,
        )
    return found


def published_hash(client: Client, download: Download, service: str = "") -> str:
    """The SHA-256 that is published beside a file; raises DownloadFailed where there is none."""
    if service.startswith("https:"):
        for url in (download.url, download.checksum_url):
            if urlsplit(url).scheme != "https":
                raise DownloadFailed(f"{service} names {url}, which is not encrypted", code="download-unsafe")
    digest = sha256_in(_get(client, download.checksum_url, "text/plain"))
    if not digest:
        raise DownloadFailed(
            f"No SHA-256 can be read from {download.checksum_url}",
            hint="give the published one: --sha256 HEX",
        )
    return digest


def hash_beside(file: Path) -> str:
    """The SHA-256 in ``<file>.sha256``; "" where there is none."""
    try:
        beside = read_regular(file.with_name(f"{file.name}.sha256"))
        return sha256_in(beside.decode("utf-8", errors="replace"))
    except OSError:
        return ""


def _by_way_of(client: Client) -> tuple[str, ...]:
    """The proxy, without its password: what a user reads of the server may be its answer."""
    proxy = client.settings.proxy
    if proxy is None:
        return ()
    return (
        f"by way of the proxy {without_login(proxy.value)[0]} ({proxy.origin}), which may be what says so",
    )


def _get(client: Client, url: str, accept: str) -> str:
    try:
        page = client.get(url, accept)
    except Absent:
        raise DownloadFailed(f"The server does not have {url}", hint=HINT) from None
    except Unreachable as problem:
        detail = (str(problem), *_by_way_of(client))
        raise DownloadFailed(f"Cannot ask {url}", detail=detail, hint=HINT) from problem
    if url.startswith("https:") and not page.url.startswith("https:"):
        raise DownloadFailed(f"{url} leads to {page.url}, which is not encrypted", code="download-unsafe")
    return page.text
