"""A download that breaks off, changes, hangs, lies: whole and as published in the end, or not there."""

from __future__ import annotations

import errno
import hashlib
import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from scaffold.errors import DownloadFailed, NoSpace
from scaffold.pycharm.releases.download import Wanted, download
from scaffold.sources.fetch import Client
from scaffold.sources.settings import read_settings
from tests.pycharm.releases.standin import ReleaseServer, send
from tests.sources.conftest import host

BODY = bytes(range(256)) * 8000  # 2 MB
NAME = "pycharm-2026.2.3.tar.gz"


class Waits(list[float]):
    """Seconds that would have been waited."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def client(answer: float = 10.0) -> Client:
    return Client(settings=read_settings(host()), answer=answer)


def wanted(server: ReleaseServer, body: bytes = BODY, **changed: Any) -> Wanted:
    url = server.offer(NAME, body)
    values = {"url": url, "sha256": hashlib.sha256(BODY).hexdigest(), "size": len(BODY), **changed}
    return Wanted(**values)


def nothing(done: int, total: int) -> None:
    pass


def cut(server: ReleaseServer, *amounts: int) -> None:
    """The first answers end after so many bytes; the later ones do not."""
    left = list(amounts)

    def before(handler: BaseHTTPRequestHandler) -> bool:
        if not left:
            return False
        send(handler, server, handler.path, server.files[handler.path], only=left.pop(0))
        return True

    server.before = before


def test_all_at_once(server: ReleaseServer, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    download(client(), wanted(server), tmp_path / "a" / "x", lambda *so_far: told.append(so_far))
    assert (tmp_path / "a" / "x").read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_what_breaks_off_goes_on_where_it_was(server: ReleaseServer, tmp_path: Path) -> None:
    cut(server, 1_000_000, 500_000)
    waits = Waits()
    download(client(), wanted(server), tmp_path / "x", nothing, waits)
    assert (tmp_path / "x").read_bytes() == BODY
    assert server.ranges_of(NAME) == ["", "bytes=1000000-", "bytes=1500000-"]
    assert waits == [0.5, 0.5]


def test_a_later_call_goes_on_too(server: ReleaseServer, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(BODY[:700_000])
    one = wanted(server)
    tag = hashlib.md5(BODY).hexdigest()
    note = {"url": one.url, "sha256": one.sha256, "validator": f'"{tag}"'}
    (tmp_path / "x.json").write_text(json.dumps(note))
    download(client(), one, tmp_path / "x", nothing)
    assert (tmp_path / "x").read_bytes() == BODY
    assert server.ranges_of(NAME) == ["bytes=700000-"]


def test_a_part_of_another_file_is_not_gone_on_with(server: ReleaseServer, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"other" * 1000)
    (tmp_path / "x.json").write_text('{"url": "http://elsewhere/", "sha256": "", "validator": ""}')
    download(client(), wanted(server), tmp_path / "x", nothing)
    assert (tmp_path / "x").read_bytes() == BODY
    assert server.ranges_of(NAME) == [""]


@pytest.mark.parametrize("note", ["", "[]", "{", '{"url": 1}'])
def test_a_note_that_is_none_means_from_the_start(server: ReleaseServer, tmp_path: Path, note: str) -> None:
    (tmp_path / "x").write_bytes(BODY[:5000])
    (tmp_path / "x.json").write_text(note)
    download(client(), wanted(server), tmp_path / "x", nothing)
    assert (tmp_path / "x").read_bytes() == BODY
    assert server.ranges_of(NAME) == [""]


def test_a_file_that_changed_meanwhile_starts_again(server: ReleaseServer, tmp_path: Path) -> None:
    old = bytes(len(BODY))
    one = wanted(server, old)
    left = [800_000]

    def before(handler: BaseHTTPRequestHandler) -> bool:
        if not left:
            return False
        send(handler, server, handler.path, old, only=left.pop())
        server.files[handler.path] = BODY
        return True

    server.before = before
    download(client(), one, tmp_path / "x", nothing, Waits())
    assert (tmp_path / "x").read_bytes() == BODY
    headers = [asked for path, asked in server.requests if path.endswith(NAME)][1]
    assert (headers["Range"], headers["If-Range"]) == ("bytes=800000-", f'"{hashlib.md5(old).hexdigest()}"')


def test_without_a_tag_a_mixture_is_noticed_and_fetched_anew(server: ReleaseServer, tmp_path: Path) -> None:
    one = wanted(server, bytes(len(BODY)))
    path = f"/python/{NAME}"
    server.tags[path] = 'W/"weak"'
    left = [800_000]

    def before(handler: BaseHTTPRequestHandler) -> bool:
        if not left:
            return False
        send(handler, server, handler.path, server.files[path], only=left.pop())
        server.files[path] = BODY
        return True

    server.before = before
    download(client(), one, tmp_path / "x", nothing, Waits())
    assert (tmp_path / "x").read_bytes() == BODY
    assert server.ranges_of(NAME) == ["", "bytes=800000-", ""]


def test_a_server_that_knows_no_parts_sends_all_again(server: ReleaseServer, tmp_path: Path) -> None:
    server.ranges = False
    cut(server, 300_000)
    download(client(), wanted(server), tmp_path / "x", nothing, Waits())
    assert (tmp_path / "x").read_bytes() == BODY


def test_a_part_that_is_too_long_starts_again(server: ReleaseServer, tmp_path: Path) -> None:
    one = wanted(server)
    (tmp_path / "x").write_bytes(BODY + b"more")
    note = {"url": one.url, "sha256": one.sha256, "validator": ""}
    (tmp_path / "x.json").write_text(json.dumps(note))
    download(client(), one, tmp_path / "x", nothing, Waits())
    assert (tmp_path / "x").read_bytes() == BODY


def test_what_is_there_whole_is_not_asked_for(server: ReleaseServer, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(BODY)
    download(client(), wanted(server), tmp_path / "x", nothing)
    assert server.requests == []


def test_the_wrong_file_goes_away(server: ReleaseServer, tmp_path: Path) -> None:
    other = BODY[:-1] + b"!"
    with pytest.raises(DownloadFailed) as failed:
        download(client(), wanted(server, other), tmp_path / "x", nothing)
    assert failed.value.code == "download-damaged"
    assert failed.value.detail == (
        f"published SHA-256: {hashlib.sha256(BODY).hexdigest()}",
        f"SHA-256 of what came: {hashlib.sha256(other).hexdigest()}",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_does_not_end_is_given_up(server: ReleaseServer, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed) as failed:
        download(client(), wanted(server, BODY + b"more"), tmp_path / "x", nothing)
    assert failed.value.code == "download-damaged"
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_not_asked_for_again(server: ReleaseServer, tmp_path: Path) -> None:
    one = wanted(server)
    server.files.clear()
    with pytest.raises(DownloadFailed) as failed:
        download(client(), one, tmp_path / "x", nothing, Waits())
    assert failed.value.detail == ("the server does not have it",)
    assert len(server.requests) == 1


def test_a_circle_of_redirects_ends(server: ReleaseServer, tmp_path: Path) -> None:
    def before(handler: BaseHTTPRequestHandler) -> bool:
        handler.send_response(302)
        handler.send_header("Location", handler.path)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    server.before = before
    with pytest.raises(DownloadFailed) as failed:
        download(client(), wanted(server), tmp_path / "x", nothing, Waits())
    assert "302" in failed.value.detail[0]
    assert len(server.requests) < 15


def test_a_redirect_is_followed_and_goes_on(server: ReleaseServer, tmp_path: Path) -> None:
    one = wanted(server)
    server.files["/cdn"] = BODY
    left = [600_000]

    def before(handler: BaseHTTPRequestHandler) -> bool:
        if handler.path != "/cdn":
            handler.send_response(302)
            handler.send_header("Location", "/cdn")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return True
        send(handler, server, "/cdn", BODY, only=left.pop() if left else None)
        return True

    server.before = before
    download(client(), one, tmp_path / "x", nothing, Waits())
    assert (tmp_path / "x").read_bytes() == BODY
    assert server.ranges_of("/cdn") == ["", "bytes=600000-"]


def test_a_server_that_falls_silent_is_asked_again(server: ReleaseServer, tmp_path: Path) -> None:
    left = [400_000]

    def before(handler: BaseHTTPRequestHandler) -> bool:
        if not left:
            return False
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(BODY)))
        handler.end_headers()
        handler.wfile.write(BODY[: left.pop()])
        handler.wfile.flush()
        server.hold.wait(30)
        return True

    server.before = before
    download(client(answer=0.3), wanted(server), tmp_path / "x", nothing, Waits())
    assert (tmp_path / "x").read_bytes() == BODY


def test_a_server_that_never_answers_is_given_up(server: ReleaseServer, tmp_path: Path) -> None:
    def before(handler: BaseHTTPRequestHandler) -> bool:
        handler.send_error(503)
        return True

    server.before = before
    waits = Waits()
    with pytest.raises(DownloadFailed) as failed:
        download(client(), wanted(server), tmp_path / "x", nothing, waits)
    assert failed.value.detail[0].endswith("answered 503 Service Unavailable")
    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_a_full_disk_is_told_as_one_and_leaves_what_came(
    server: ReleaseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def small(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        stream = opened(self, mode, *rest, **more)
        if self.name != "x" or "w" not in mode:
            return stream

        class Full:
            def __enter__(self) -> Full:
                return self

            def __exit__(self, *_: object) -> None:
                stream.close()

            def seek(self, place: int) -> None:
                stream.seek(place)

            def write(self, content: bytes) -> None:
                if stream.tell() + len(content) > 1_000_000:
                    raise OSError(errno.ENOSPC, "No space left on device")
                stream.write(content)

        return Full()

    monkeypatch.setattr(Path, "open", small)
    with pytest.raises(NoSpace):
        download(client(), wanted(server), tmp_path / "x", nothing)
    monkeypatch.undo()
    assert 0 < (tmp_path / "x").stat().st_size <= 1_000_000
    download(client(), wanted(server), tmp_path / "x", nothing)
    assert (tmp_path / "x").read_bytes() == BODY
    assert server.ranges_of(NAME)[-1].startswith("bytes=")
