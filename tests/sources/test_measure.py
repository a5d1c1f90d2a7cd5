"""Mirrors that answer, that have nothing, that are slow to answer, that are not there."""

from __future__ import annotations

import itertools
from http.server import BaseHTTPRequestHandler

from scaffold.sources.measure import Measurement, Place, measure
from scaffold.sources.model import Setting, SourceSettings

from .conftest import PackageServer, Reply, host

WHEEL = "torch-2.13.0-py3-none-any.whl"


def settings() -> SourceSettings:
    return SourceSettings(index=Setting(value="https://unused/simple", origin="default"))


def ranged(request: BaseHTTPRequestHandler) -> Reply:
    first, last = map(int, request.headers["Range"].removeprefix("bytes=").split("-"))
    body = b"x" * (last - first + 1)
    return Reply(status=206, body=body, headers={"Content-Range": f"bytes {first}-{last}/9999999"})


def ticking():
    """A clock that goes on by half a second each time that somebody looks."""
    ticks = itertools.count()
    return lambda: next(ticks) / 2


def one(subject: str, address: str) -> Measurement:
    return measure([Place(name="n", subject=subject, address=address)], settings(), host(), ticking())[0]  # type: ignore[arg-type]


def test_an_index_with_a_wheel_in_parts(server: PackageServer) -> None:
    older, nightly = "torch-2.9.0-py3-none-any.whl", "torch-3.0.dev1-py3-none-any.whl"
    server.replies["/simple/torch/"] = Reply(
        body="".join(f'<a href="/f/{name}">x</a>' for name in (older, WHEEL, nightly))
    )
    server.replies[f"/f/{WHEEL}"] = ranged
    place = Place(name="n", subject="index", address=f"{server.url}/simple")
    assert one("index", place.address) == Measurement(
        place=place, outcome="ok", torch="2.13.0", milliseconds=500, bytes_per_second=1 << 20
    )


def test_a_flat_mirror_and_a_server_that_sends_whole_files(server: PackageServer) -> None:
    server.replies["/whl/cpu/"] = Reply(body='<a href="torch-2.13.0%2Bcpu-py3-none-any.whl">x</a>')
    server.replies["/whl/cpu/torch-2.13.0%2Bcpu-py3-none-any.whl"] = Reply(body=b"x" * 100)
    found = one("pytorch", f"flat+{server.url}/whl")
    assert (found.outcome, found.torch, found.bytes_per_second) == ("ok", "2.13.0+cpu", None)


def test_a_mirror_of_pytorch_that_is_an_index(server: PackageServer) -> None:
    server.replies["/whl/cpu/torch/"] = Reply(body=f'<a href="{WHEEL}">x</a>')
    assert one("pytorch", f"{server.url}/whl/").outcome == "ok"


def test_what_is_not_there(server: PackageServer) -> None:
    found = one("index", f"{server.url}/simple")
    assert (found.outcome, found.problem) == ("absent", "has no torch")
    gone = one("index", "http://127.0.0.1:9/simple")
    assert (gone.outcome, gone.problem) == ("unreachable", "127.0.0.1:9 refuses connections")


def test_secrets_are_not_told(server: PackageServer) -> None:
    server.replies["/simple/torch/"] = Reply(status=401)
    found = one("index", server.url.replace("//", "//me:hush@") + "/simple")
    assert "hush" not in repr(found)
    assert (found.outcome, found.problem) == ("unreachable", f"{server.netloc} answered 401 Unauthorized")


def test_pythons_answer_or_do_not(server: PackageServer) -> None:
    assert one("python", f"{server.url}/releases").outcome == "ok"  # 404 for a folder is an answer
    assert one("python", "http://127.0.0.1:9").outcome == "unreachable"


def test_a_folder_of_pythons(tmp_path) -> None:
    assert one("python", tmp_path.as_uri()).outcome == "ok"
    assert one("python", (tmp_path / "gone").as_uri()).outcome == "absent"
