"""`scaffold ide install` as a user types it, with a stand-in for JetBrains' release service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.pycharm.releases.standin import (
    PROGRAM,
    VERSION,
    ReleaseServer,
    contents,
    member,
    pycharm_tar,
    release_server,
    send,
    tar_of,
)

REPOSITORY = Path(__file__).resolve().parents[2]
ARCHIVE = f"pycharm-{VERSION}.tar.gz"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is PyCharm for Linux")


@pytest.fixture
def server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReleaseServer]:
    """The release service, for a user with an empty home folder."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with release_server() as running:
        running.publish()
        yield running


def arguments(server: ReleaseServer, *more: object) -> list[str]:
    words = ["ide", "install", "--from", server.products, *map(str, more)]
    return [sys.executable, "-m", "scaffold", *words]


def install(server: ReleaseServer, *more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments(server, *more), capture_output=True, text=True, check=False, timeout=120,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def files(home: Path) -> dict[str, str]:
    """Everything below the home folder: links by their target, files by their rights."""
    found = {}
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        elif path.is_file():
            found[name] = oct(path.stat().st_mode & 0o777)
    return found


def installed(home: Path) -> dict[str, str]:
    """What is to be there in the end."""
    folder = f".local/share/scaffold/ide/pycharm-{VERSION}"
    return {
        **{f"{folder}/{name}": oct(mode) for name, (_, mode) in contents().items()},
        f"{folder}/jbr/lib/app.jar": "-> ../../lib/app.jar",
        f".local/share/scaffold/ide/.scaffold-pycharm-{VERSION}.json": "0o644",
        **locks(VERSION),
        ".local/share/applications/scaffold-pycharm.desktop": "0o644",
        ".local/bin/pycharm": f"-> {home}/{folder}/bin/pycharm",
    }


def locks(*versions: str) -> dict[str, str]:
    """What stays, empty: a lock that is deleted is held by two processes, each on a file of its own."""
    return {f".local/share/scaffold/ide/.pycharm-{version}.lock": "0o644" for version in versions}


def test_installed_started_found_again_and_removed(server: ReleaseServer, home: Path) -> None:
    first = install(server, "--yes")
    assert first.returncode == 0, first.stderr
    assert f"SHA-256        {server.files[f'/python/{ARCHIVE}.sha256'].decode().split()[0]}" in first.stdout
    assert "Terms          PyCharm is free to use" in first.stdout
    assert files(home) == installed(home)
    subprocess.run([home / ".local/bin/pycharm", "a b"], check=True)
    assert (home / "started").read_text() == "a b\n"
    (home / "started").unlink()

    asked = len(server.requests)
    again = install(server, "--yes")
    assert again.returncode == 0
    assert again.stdout.startswith(f"There already  PyCharm {VERSION}: {home}/.local/share/scaffold/ide")
    assert len(server.requests) == asked + 1  # which version is the newest, nothing more
    assert files(home) == installed(home)

    gone = install(server, "--undo", "--yes")
    assert gone.returncode == 0, gone.stderr
    assert files(home) == locks(VERSION)
    assert install(server, "--undo", "--yes").returncode == 1


def test_the_desktop_knows_it(server: ReleaseServer, home: Path) -> None:
    assert install(server, "--yes", "--quiet").returncode == 0
    folder = home / f".local/share/scaffold/ide/pycharm-{VERSION}"
    assert (home / ".local/share/applications/scaffold-pycharm.desktop").read_text() == (
        "[Desktop Entry]\nVersion=1.5\nType=Application\n"
        f"Name=PyCharm {VERSION}\nComment=Python IDE\n"
        f'Exec="{folder}/bin/pycharm" %f\n'
        "Terminal=false\nCategories=Development;IDE;\nStartupNotify=true\n"
        f"Icon={folder}/bin/pycharm.svg\nStartupWMClass=jetbrains-pycharm\n"
    )


def test_a_dry_run_downloads_nothing(server: ReleaseServer, home: Path) -> None:
    shown = install(server, "--dry-run", "--json")
    values = json.loads(shown.stdout)
    size = len(pycharm_tar())
    assert {name: values[name] for name in ("schema", "done", "changed", "version", "size", "needed")} == {
        "schema": "scaffold/ide-install/1",
        "done": False,
        "changed": False,
        "version": VERSION,
        "size": size,
        "needed": 4 * size,
    }
    assert [path.split("?")[0] for path, _ in server.requests] == [
        "/products/releases",
        f"/python/{ARCHIVE}.sha256",
    ]
    assert files(home) == {}


def test_nobody_agreed_for_a_user_who_cannot_be_asked(server: ReleaseServer, home: Path) -> None:
    refused = install(server)
    assert refused.returncode == 1
    assert "error[consent-needed]" in refused.stderr
    assert files(home) == {}


def test_somebody_elses_command_and_menu_entry_stay(server: ReleaseServer, home: Path) -> None:
    (home / ".local/bin").mkdir(parents=True)
    (home / ".local/bin/pycharm").write_text("mine")
    done = install(server, "--yes")
    assert f"Kept           {home}/.local/bin/pycharm, which scaffold did not make" in done.stdout
    assert install(server, "--undo", "--yes").returncode == 0
    assert (home / ".local/bin/pycharm").read_text() == "mine"


def test_a_newer_release_takes_the_command_over_and_both_can_go(server: ReleaseServer, home: Path) -> None:
    assert install(server, "--yes").returncode == 0
    server.publish("2026.3")
    assert install(server, "--yes").returncode == 0
    place = home / ".local/share/scaffold/ide"
    assert os.readlink(home / ".local/bin/pycharm") == f"{place}/pycharm-2026.3/bin/pycharm"
    assert install(server, "--undo", "--yes", "--version", VERSION).returncode == 0
    assert os.readlink(home / ".local/bin/pycharm") == f"{place}/pycharm-2026.3/bin/pycharm"
    assert install(server, "--undo", "--yes").returncode == 0
    assert files(home) == locks(VERSION, "2026.3")


def test_the_wrong_file_is_not_installed(server: ReleaseServer, home: Path) -> None:
    server.publish(digest="0" * 64)
    failed = install(server, "--yes", "--json")
    assert json.loads(failed.stdout)["error"]["code"] == "download-damaged"
    assert not (home / f".local/share/scaffold/ide/pycharm-{VERSION}").exists()
    server.publish()
    assert install(server, "--yes").returncode == 0
    assert files(home) == installed(home)


def test_an_archive_that_leads_out_is_not_installed(server: ReleaseServer, home: Path) -> None:
    server.publish(body=pycharm_tar(VERSION, (member("../../../../../.bashrc"), b"evil")))
    failed = install(server, "--yes")
    assert "error[download-unsafe]" in failed.stderr
    assert not (home / ".bashrc").exists()
    assert not (home / f".local/share/scaffold/ide/pycharm-{VERSION}").exists()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (tar_of((member("pycharm/readme"), b"")), "there is no product-info.json in it"),
        (tar_of((member("p/product-info.json"), b'{"productCode": "IU"}')), "of another product"),
        (pycharm_tar("2025.1"), "it says that it is 2025.1"),
        (tar_of((member("p/product-info.json"), contents()["product-info.json"][0])), "bin/pycharm, which"),
    ],
)
def test_what_is_not_that_pycharm_is_not_installed(
    server: ReleaseServer, home: Path, body: bytes, why: str
) -> None:
    server.publish(body=body)
    failed = install(server, "--yes")
    assert failed.returncode == 1
    assert why in failed.stderr
    assert not (home / f".local/share/scaffold/ide/pycharm-{VERSION}").exists()


def test_a_file_of_the_users(server: ReleaseServer, home: Path, tmp_path: Path) -> None:
    archive = tmp_path / ARCHIVE
    archive.write_bytes(pycharm_tar())
    command = [sys.executable, "-m", "scaffold", "ide", "install", "--yes", "--from", str(archive)]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "error[option-refused]: Nothing says which SHA-256" in refused.stderr
    (tmp_path / f"{ARCHIVE}.sha256").write_bytes(server.files[f"/python/{ARCHIVE}.sha256"])
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert files(home) == installed(home)
    assert archive.exists()
    assert server.requests == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--version", "latest"), "option-refused"),
        (("--version", "2019.1"), "download-failed"),
        (("--sha256", "12"), "option-refused"),
    ],
)
def test_what_cannot_be_had(server: ReleaseServer, home: Path, more: tuple[str, ...], code: str) -> None:
    failed = install(server, "--yes", *more)
    assert f"error[{code}]" in failed.stderr
    assert files(home) == {}


@pytest.mark.parametrize(
    "answer", [b"<html>", b"[]", b'{"PCP": []}', b'{"PCP": [{"downloads": 3}]}', b"{" * 9999]
)
def test_an_answer_that_is_none_is_told(server: ReleaseServer, home: Path, answer: bytes) -> None:
    server.files["/products/releases"] = answer
    failed = install(server, "--yes")
    assert "error[download-failed]" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_killed_while_it_downloads_it_goes_on(server: ReleaseServer, home: Path) -> None:
    body, part = server.files[f"/python/{ARCHIVE}"], 300_000

    def before(handler: BaseHTTPRequestHandler) -> bool:
        if not handler.path.endswith(ARCHIVE) or "Range" in handler.headers:
            return False
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("ETag", '"one"')
        handler.end_headers()
        handler.wfile.write(body[:part])
        handler.wfile.flush()
        server.hold.wait(60)
        return True

    server.before = before
    server.tags[f"/python/{ARCHIVE}"] = '"one"'
    download = home / f".local/share/scaffold/ide/.pycharm-{VERSION}.part/download"
    child = subprocess.Popen(
        arguments(server, "--yes"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert child.stderr is not None
    for line in child.stderr:  # it tells that bytes have come
        if "Downloading" in line:
            break
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stderr.close()
    assert not (home / f".local/share/scaffold/ide/pycharm-{VERSION}").exists()
    came = download.stat().st_size
    assert came <= part
    server.requests.clear()
    assert install(server, "--yes").returncode == 0
    assert server.ranges_of(ARCHIVE) == [f"bytes={came}-" if came else ""]
    assert files(home) == installed(home)


#: The command, killed when it has called a function so many times.
KILLED = """
import importlib, os, signal, sys
module, _, name = sys.argv.pop(1).rpartition(".")
calls = int(sys.argv.pop(1))
try:
    owner = importlib.import_module(module)
except ImportError:
    outer, _, kind = module.rpartition(".")
    owner = getattr(importlib.import_module(outer), kind)
real = getattr(owner, name)
def deadly(*arguments, **keywords):
    global calls
    calls -= 1
    if calls < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **keywords)
setattr(owner, name, deadly)
from scaffold.__main__ import main
sys.argv[0] = "scaffold"
main()
"""


@pytest.mark.parametrize(
    ("function", "calls"),
    [
        ("scaffold.pycharm.releases.members.Members.file", 2),
        ("scaffold.pycharm.releases.members.Members.finish", 0),
        ("scaffold.pycharm.releases.place.commit", 0),
        ("pathlib.Path.rename", 0),
        ("scaffold.pycharm.releases.place.tidy", 0),
        ("scaffold.pycharm.releases.menu.write", 0),
        ("scaffold.pycharm.releases.menu._write", 1),
    ],
)
def test_killed_anywhere_it_is_there_or_not_and_the_next_call_ends_it(
    server: ReleaseServer, home: Path, function: str, calls: int
) -> None:
    words = arguments(server, "--yes")[3:]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, function, str(calls), *words], capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    folder = home / f".local/share/scaffold/ide/pycharm-{VERSION}"
    assert not folder.exists() or (folder / "bin/pycharm").read_bytes() == PROGRAM
    assert install(server, "--yes").returncode == 0
    left = {name for name in files(home) if ".part/" in name}
    assert {name: mode for name, mode in files(home).items() if name not in left} == installed(home)
    assert left == set()


def test_stopped_by_hand_it_says_what_is_left(server: ReleaseServer, home: Path) -> None:
    def before(handler: BaseHTTPRequestHandler) -> bool:
        if not handler.path.endswith(ARCHIVE):
            return False
        server.hold.wait(60)
        return True

    server.before = before
    child = subprocess.Popen(
        arguments(server, "--yes"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    while not server.ranges_of(ARCHIVE):
        assert child.poll() is None
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "Traceback" not in said
    server.hold.set()
    server.before = None
    assert install(server, "--yes").returncode == 0
    assert files(home) == installed(home)


def test_one_that_is_open_is_not_removed(
    server: ReleaseServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert install(server, "--yes").returncode == 0
    monkeypatch.setenv("TERMINAL_EMULATOR", "JetBrains-JediTerm")
    assert "error[ide-running]" in install(server, "--undo", "--yes").stderr
    assert files(home) == installed(home)


def test_a_second_process_does_not_come_between(server: ReleaseServer, home: Path) -> None:
    def before(handler: BaseHTTPRequestHandler) -> bool:
        if not handler.path.endswith(ARCHIVE):
            return False
        server.hold.wait(60)
        send(handler, server, handler.path, server.files[handler.path])
        return True

    server.before = before
    first = subprocess.Popen(arguments(server, "--yes"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not server.ranges_of(ARCHIVE):
        assert first.poll() is None
    second = install(server, "--yes")
    server.hold.set()
    assert "error[download-busy]" in second.stderr
    assert first.wait(timeout=60) == 0
    assert files(home) == installed(home)


def test_the_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://ada:secret@127.0.0.1:1")
    words = [sys.executable, "-m", "scaffold", "ide", "install", "--dry-run"]
    failed = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert failed.returncode == 1
    assert "by way of the proxy http://127.0.0.1:1" in failed.stderr
    assert "secret" not in failed.stderr


@pytest.mark.parametrize(
    ("profile", "note"),
    [
        ("", 'add it in your shell\'s profile:  export PATH="{home}/.local/bin:$PATH"'),
        ('PATH="$HOME/.local/bin:$PATH"', "{home}/.profile speaks of it, so log in anew"),
    ],
)
def test_the_command_that_is_not_on_path(server: ReleaseServer, home: Path, profile: str, note: str) -> None:
    (home / ".profile").write_text(profile)
    assert note.format(home=home) in install(server, "--yes").stdout


def test_a_release_service_may_be_named_by_its_host(server: ReleaseServer, home: Path) -> None:
    words = [sys.executable, "-m", "scaffold", "ide", "install", "--dry-run", "--from", server.url]
    shown = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert (
        f"PyCharm        {VERSION} of 2026-11-05: the newest release; its file for linux on" in shown.stdout
    )
