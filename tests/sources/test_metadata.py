"""What a wheel says of itself: from a folder, and from files that are broken in many ways."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import pytest

from scaffold.sources import metadata
from scaffold.sources.metadata import Metadata, parse_metadata, read_metadata
from scaffold.sources.model import Setting, Source, SourceSettings, Wheel
from scaffold.sources.problems import Unreachable

from .conftest import PackageServer, Reply, host

NAME = "demo-1.0-py3-none-any.whl"
TEXT = (
    "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Python: >=3.10\nRequires-Dist: numpy\n\nWords"
)
DEMO = Metadata(name="demo", version="1.0", requires_python=">=3.10", requires=("numpy",))
SETTINGS = SourceSettings(index=Setting(value="http://127.0.0.1:9/simple", origin="test"), timeout=5.0)


def archive(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in members.items():
            wheel.writestr(name.replace("__", "/"), content)
    return file.getvalue()


GOOD = archive(**{"demo/code.py": "x = 1\n", "demo-1.0.dist-info/METADATA": TEXT})


def lying(folder: Path, content: bytes) -> Wheel:
    (folder / NAME).write_bytes(content)
    url = (folder / NAME).as_uri()
    source = Source(kind="find-links", location=str(folder))
    return Wheel(project="demo", version="1.0", filename=NAME, url=url, source=source)


def served(server: PackageServer, **more: object) -> Wheel:
    source = Source(kind="index", location=f"{server.url}/simple")
    url = f"{server.url}/{NAME}"
    return Wheel(project="demo", version="1.0", filename=NAME, url=url, source=source, **more)


def parts(content: bytes, seen: list[tuple[int, int]], *, shift: int = 0):
    def reply(handler):
        first, last = map(int, handler.headers["Range"].removeprefix("bytes=").split("-"))
        seen.append((first, last))
        return Reply(
            status=206,
            body=content[first : last + 1],
            headers={"Content-Range": f"bytes {first + shift}-{last + shift}/{len(content)}"},
        )

    return reply


def test_a_wheel_in_a_folder(tmp_path: Path) -> None:
    assert read_metadata(host(), lying(tmp_path, GOOD), SETTINGS) == DEMO


def test_a_wheel_in_parts(server: PackageServer) -> None:
    code = {f"demo/{number}.bin": "x" * 50 + str(number) for number in range(2000)}
    content = archive(**{"demo-1.0.dist-info/METADATA": TEXT, **code})
    seen: list[tuple[int, int]] = []
    server.replies[f"/{NAME}"] = parts(content, seen)
    assert read_metadata(host(), served(server, size=len(content)), SETTINGS) == DEMO
    # The end, the directory in front of it, and METADATA, which stands first in this one.
    starts = [first for first, _ in seen]
    assert (starts[0], len(starts), starts[2]) == (len(content) - (64 << 10), 3, 0)


def test_the_size_is_asked_for_where_no_listing_tells(server: PackageServer) -> None:
    seen: list[tuple[int, int]] = []
    whole = parts(GOOD, seen)
    server.replies[f"/{NAME}"] = lambda handler: (
        Reply(body=GOOD) if handler.command == "HEAD" else whole(handler)
    )
    assert read_metadata(host(), served(server), SETTINGS) == DEMO
    assert seen == [(0, len(GOOD) - 1)]


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(body=GOOD), "{host} sends whole files only, no parts of them"),
        (Reply(status=416), "{host} answered 416 Requested Range Not Satisfiable"),
        (Reply(status=500), "{host} answered 500 Internal Server Error"),
        (Reply(status=404), f"{NAME} is listed and not there"),
        (parts(GOOD, [], shift=1), "{host} sends whole files only, no parts of them"),
        (parts(GOOD[:-9], []), f"{NAME} cannot be read: the server sent less than it was asked for"),
    ],
)
def test_servers_that_do_not_give_parts(server: PackageServer, reply: Reply, problem: str) -> None:
    server.replies[f"/{NAME}"] = reply
    with pytest.raises(Unreachable) as refusal:
        read_metadata(host(), served(server, size=len(GOOD)), SETTINGS)
    assert str(refusal.value) == problem.format(host=server.netloc)


def test_a_server_that_tells_no_size(server: PackageServer) -> None:
    server.replies[f"/{NAME}"] = Reply(status=405)
    with pytest.raises(Unreachable) as refusal:
        read_metadata(host(), served(server), SETTINGS)
    assert str(refusal.value) == f"the server does not tell how large {NAME} is"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "File is not a zip file"),
        (b"no zip at all", "File is not a zip file"),
        (archive(**{"demo/code.py": ""}), "it has 0 METADATA files"),
        (
            archive(**{"demo-1.0.dist-info/METADATA": TEXT, "other-2.dist-info/METADATA": TEXT}),
            "it has 2 METADATA files",
        ),
        (archive(**{"demo-1.0.dist-info/METADATA": "x" * (5 << 20)}), "its METADATA has more than 4 MB"),
    ],
)
def test_files_that_are_no_wheels(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(Unreachable) as refusal:
        read_metadata(host(), lying(tmp_path, content), SETTINGS)
    assert str(refusal.value) == f"{NAME} cannot be read: {problem}"


@pytest.mark.parametrize("cut", range(0, len(GOOD), 7))
def test_a_wheel_that_was_cut_off_or_changed_gives_metadata_or_a_reason(tmp_path: Path, cut: int) -> None:
    changed = bytes([*GOOD[:cut], GOOD[cut] ^ 0x55, *GOOD[cut + 1 :]])
    for content in (GOOD[:cut], changed):
        with contextlib.suppress(Unreachable):
            assert read_metadata(host(), lying(tmp_path, content), SETTINGS).name


def test_a_directory_without_end(monkeypatch: pytest.MonkeyPatch, server: PackageServer) -> None:
    monkeypatch.setattr(metadata, "_PARTS_LIMIT", 100)
    server.replies[f"/{NAME}"] = parts(GOOD, [])
    with pytest.raises(Unreachable) as refusal:
        read_metadata(host(), served(server, size=len(GOOD)), SETTINGS)
    assert str(refusal.value) == f"{NAME} cannot be read: its directory has more than 0 MB"


@pytest.mark.parametrize("text", ["", "Name: demo", "Version: 1", "\0\0\0", "\n\nName: demo\nVersion: 1"])
def test_what_is_no_metadata(text: str) -> None:
    assert parse_metadata(text) is None
