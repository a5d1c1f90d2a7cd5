"""Templates in repositories behind git's own servers: over HTTP with and without a login, over ssh, `gh:`."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scaffold.errors import TemplateUnreachable
from scaffold.projects.origins.fetch import fetched
from scaffold.projects.origins.parse import parse_location
from scaffold.sources.credentials import basic

from .conftest import WHO, git
from .test_fetch import notes

if os.name != "posix":
    pytest.skip("needs a shell and git's own servers", allow_module_level=True)


class Backend(BaseHTTPRequestHandler):
    """`git http-backend`, as web servers run it; what lies under /private asks who it is."""

    root: Path

    def do_GET(self) -> None:
        if self.path.startswith("/private/") and self.headers.get("Authorization") != basic("ada", "s3cr3t"):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="templates"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path, _, query = self.path.removeprefix("/private").partition("?")
        asked = {
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        done = subprocess.run(
            ["git", "-c", "safe.directory=*", "http-backend"],
            input=sent,
            env={**os.environ, **WHO, **asked},
            capture_output=True,
            check=True,
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in {**fields, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - as http.server calls it

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(repository: Path) -> Iterator[str]:
    """Where the repository's folder is served."""
    handler = type("Handler", (Backend,), {"root": repository.parent})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    listening.server_close()


def test_a_server_of_git_is_asked_for_one_revision(address, repository, tmp_path, system):
    newest = git(repository, "rev-parse", "v1.10.0^{commit}")
    assert notes(f"{address}/templates.git//tiny", tmp_path, system) == ("1.10.0", newest, "of 1.10.0\n")
    old = git(repository, "rev-parse", "v1.9.0^{commit}")
    assert notes(f"{address}/templates.git@v1.9.0//tiny", tmp_path, system) == ("1.9.0", old, "of 1.9.0\n")


def test_a_login_is_used_kept_nowhere_and_on_no_command_line(address, tmp_path, system):
    """Git tells of every program that it starts, among them the one for HTTP, which is given the address."""
    seen = tmp_path / "seen"
    system.environment = {**system.environment, "GIT_TRACE2_EVENT": str(seen)}
    said = f"{address.replace('//', '//ada:s3cr3t@')}/private/templates.git//tiny"
    with fetched(parse_location(said, tmp_path, None), system) as found:
        assert found.version == "1.10.0"
        assert found.location.text == f"{address}/private/templates.git//tiny"
    started = [one["argv"] for one in map(json.loads, seen.read_text().splitlines()) if "argv" in one]
    assert any("git-remote-http" in str(argv) or "remote-http" in str(argv) for argv in started)
    assert "s3cr3t" not in str(started)


def test_who_has_no_login_is_told_and_never_asked(address, tmp_path, system):
    """Git would wait at a terminal for a name; nobody has to be there."""
    location = parse_location(f"{address}/private/templates.git//tiny", tmp_path, None)
    with pytest.raises(TemplateUnreachable) as caught, fetched(location, system):
        pass
    assert (caught.value.code, f"{address}/private/templates.git" in caught.value.message) == (
        "template-unreachable",
        True,
    )
    assert "that asks for a login" in caught.value.hint


def test_a_password_that_is_refused_is_not_repeated(address, tmp_path, system):
    location = parse_location(
        f"{address.replace('//', '//ada:wr0ng@')}/private/templates.git", tmp_path, None
    )
    with pytest.raises(TemplateUnreachable) as caught, fetched(location, system):
        pass
    assert "wr0ng" not in f"{caught.value.message}{caught.value.detail}{caught.value.hint}"


def test_ssh_is_gits_own(repository, tmp_path, system):
    """What ssh would do is done on this machine: it runs what it is told there."""
    ssh = tmp_path / "ssh"
    ssh.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nwhile [ "$1" != git@example.org ]; do shift; done\nshift; eval "$@"\n'
    )
    ssh.chmod(0o755)
    system.environment = {
        **system.environment,
        "GIT_SSH_COMMAND": str(ssh),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    where = repository.parent / "templates.git"
    for text in (f"git@example.org:{where}//tiny", f"ssh://git@example.org{where}//tiny"):
        assert notes(text, tmp_path, system)[0] == "1.10.0"
    asked = set((tmp_path / "asked").read_text().splitlines())
    assert asked == {f"-o SendEnv=GIT_PROTOCOL git@example.org git-upload-pack '{where}'"}


def test_gh_is_a_repository_of_github(address, repository, tmp_path, system):
    settings = tmp_path / "gitconfig"
    settings.write_text(f'[url "{address}/"]\n insteadOf = https://github.com/ada/\n')
    system.environment = {**system.environment, "GIT_CONFIG_GLOBAL": str(settings)}
    with fetched(parse_location("gh:ada/templates@v1.9.0//tiny", tmp_path, None), system) as found:
        assert (found.version, found.location.text) == ("1.9.0", "gh:ada/templates//tiny")
