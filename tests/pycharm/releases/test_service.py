"""What is asked, and what is not believed."""

from __future__ import annotations

import pytest

from scaffold.errors import DownloadFailed
from scaffold.pycharm.releases.feed import Download
from scaffold.pycharm.releases.service import ask, published_hash
from scaffold.sources.fetch import Client, Page
from scaffold.sources.settings import read_settings
from tests.pycharm.releases.standin import ReleaseServer
from tests.sources.conftest import host


def client() -> Client:
    return Client(settings=read_settings(host()), wait=lambda seconds: None)


def test_the_newest_is_asked_for_alone_and_a_version_among_all(server: ReleaseServer) -> None:
    server.publish()
    [found] = ask(client(), server.products, "PCP", "")
    assert [one.key for one in found.downloads] == ["linux", "linuxARM64", "thirdPartyLibrariesJson"]
    ask(client(), f"{server.products}?mirror=1", "PCP", "2026.1")
    assert [path for path, _ in server.requests] == [
        "/products/releases?code=PCP&type=release&latest=true",
        "/products/releases?mirror=1&code=PCP&type=release",
    ]


@pytest.mark.parametrize(
    ("link", "checksum"), [("http://host/x", "https://host/x.sha256"), ("https://host/x", "http://host/y")]
)
def test_what_is_not_encrypted_is_not_taken_from_one_that_is(link: str, checksum: str) -> None:
    download = Download(key="linux", url=link, size=1, checksum_url=checksum)
    with pytest.raises(DownloadFailed) as failed:
        published_hash(client(), download, "https://host/products")
    assert failed.value.code == "download-unsafe"


def test_an_encrypted_page_may_not_lead_out_of_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(*_: object, **__: object) -> Page:
        return Page(url="http://host/x.sha256", content_type="text/plain", text="0" * 64)

    monkeypatch.setattr(Client, "get", answered)
    download = Download(key="linux", url="https://host/x", size=1, checksum_url="https://host/x.sha256")
    with pytest.raises(DownloadFailed) as failed:
        published_hash(client(), download, "https://host/products")
    assert failed.value.code == "download-unsafe"


@pytest.mark.parametrize("text", ["", "<html>", "0" * 63, "g" * 64])
def test_a_hash_that_is_none(server: ReleaseServer, text: str) -> None:
    server.files["/x.sha256"] = text.encode()
    download = Download(key="", url=f"{server.url}/x", size=None, checksum_url=f"{server.url}/x.sha256")
    with pytest.raises(DownloadFailed) as failed:
        published_hash(client(), download)
    assert failed.value.hint == "give the published one: --sha256 HEX"


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(DownloadFailed) as failed:
        ask(client(), "http://127.0.0.1:9/products", "PCP", "")
    assert failed.value.detail == ("127.0.0.1:9 refuses connections",)
