"""Downloads from a server on this machine: whole, interrupted, wrong, absent."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from your_project.downloads import Download, fetch
from your_project.errors import ProjectError

CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[int] = []  # where each request wanted to begin


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        self.server.asked.append(start)
        if self.path == "/absent":
            self.send_error(404)
            return
        if start >= len(CONTENT):
            self.send_error(416)
            return
        body = CONTENT[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/breaks" and not start else body)

    def log_message(self, *words):
        pass


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def download(server, *paths, sha256=SHA256):
    return Download("data.bin", tuple(f"http://127.0.0.1:{server.server_port}/{p}" for p in paths), sha256)


def test_a_file_comes_once(server, tmp_path):
    for _ in range(2):
        assert fetch(download(server, "file"), tmp_path / "cache").read_bytes() == CONTENT
    assert server.asked == [0]
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["data.bin"]


def test_an_interrupted_download_goes_on(server, tmp_path):
    with pytest.raises(ProjectError, match="the connection broke"):
        fetch(download(server, "breaks"), tmp_path)
    assert (tmp_path / "data.bin.part").stat().st_size == len(CONTENT) // 2
    assert fetch(download(server, "breaks"), tmp_path).read_bytes() == CONTENT
    assert server.asked == [0, len(CONTENT) // 2]


def test_a_part_that_is_whole_already(server, tmp_path):
    (tmp_path / "data.bin.part").write_bytes(CONTENT)
    assert fetch(download(server, "file"), tmp_path).read_bytes() == CONTENT


def test_the_next_address_is_tried(server, tmp_path):
    assert fetch(download(server, "absent", "file"), tmp_path).read_bytes() == CONTENT


def test_a_wrong_file_is_not_kept(server, tmp_path):
    with pytest.raises(ProjectError, match="its SHA-256 differs"):
        fetch(download(server, "file", sha256="0" * 64), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_internet_one_line_says_what_to_do(server, tmp_path):
    server.shutdown()
    server.server_close()
    with pytest.raises(ProjectError) as told:
        fetch(download(server, "file"), tmp_path)
    message = str(told.value)
    assert "cannot download data.bin" in message
    assert f"put the file into {tmp_path}" in message
    assert "\n" not in message


def test_several_processes_bring_a_file_once(server, tmp_path, monkeypatch):
    """The second one of this machine waits, instead of writing into the same part."""
    for name, value in (("RANK", "1"), ("WORLD_SIZE", "2"), ("LOCAL_RANK", "1"), ("LOCAL_WORLD_SIZE", "2")):
        monkeypatch.setenv(name, value)
    brought = []

    def bring(seconds):
        brought.append(seconds)
        (tmp_path / "data.bin").write_bytes(CONTENT)

    monkeypatch.setattr("your_project.downloads.time.sleep", bring)
    assert fetch(download(server, "whole"), tmp_path).read_bytes() == CONTENT
    assert (len(brought), server.asked) == (1, [])
