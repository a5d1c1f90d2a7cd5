"""JetBrains' release service on this machine: its JSON in the true form, and a small PyCharm of ours."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = "2026.2.3"
PROGRAM = b'#!/bin/sh\nprintf "%s\\n" "$@" > "$HOME/started"\n'


def product_info(version: str = VERSION, code: str = "PY", system: str = "Linux") -> bytes:
    """product-info.json as PyCharm has it, less its lists of plugins and modules."""
    program, options = {
        "Linux": ("bin/pycharm", "bin/pycharm64.vmoptions"),
        "Windows": ("bin/pycharm64.exe", "bin/pycharm64.exe.vmoptions"),
        "macOS": ("../MacOS/pycharm", "../bin/pycharm.vmoptions"),
    }[system]
    product = "PyCharm" if code == "PY" else "PyCharmCE"
    launch = {
        "os": system,
        "arch": "amd64",
        "launcherPath": program,
        "javaExecutablePath": "jbr/bin/java",
        "vmOptionsFilePath": options,
        "startupWmClass": "jetbrains-pycharm",
        "bootClassPathJarNames": ["platform-loader.jar"],
    }
    values = {
        "name": "PyCharm",
        "version": version,
        "buildNumber": "262.8117.27",
        "productCode": code,
        "envVarBaseName": "PYCHARM",
        "dataDirectoryName": product + ".".join(version.split(".")[:2]),
        "svgIconPath": "bin/pycharm.svg",
        "productVendor": "JetBrains",
        "launch": [launch],
        "customProperties": [],
        "bundledPlugins": [],
        "modules": [],
    }
    return json.dumps(values, indent=2).encode()


def contents(version: str = VERSION) -> dict[str, tuple[bytes, int]]:
    """Path below PyCharm's folder -> content, mode."""
    return {
        "product-info.json": (product_info(version), 0o644),
        "bin/pycharm": (PROGRAM, 0o755),
        "bin/pycharm64.vmoptions": (b"-Xms256m\n-Xmx2048m\n", 0o644),
        "bin/pycharm.svg": (b"<svg/>", 0o644),
        "lib/app.jar": (bytes(range(256)) * 2000, 0o644),
    }


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=0) as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def member(name: str, mode: int = 0o644, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mode, info.type, info.linkname = mode, kind, target
    return info


def pycharm_tar(version: str = VERSION, *more: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """PyCharm for Linux: everything in one folder, a link among it."""
    top = f"pycharm-{version}"
    files = [(member(f"{top}/{name}", mode), data) for name, (data, mode) in contents(version).items()]
    link = member(f"{top}/jbr/lib/app.jar", kind=tarfile.SYMTYPE, target="../../lib/app.jar")
    return tar_of(*files, (link, b""), *more)


def pycharm_zip(version: str = VERSION) -> bytes:
    """PyCharm for Windows: no folder around it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as container:
        container.writestr("product-info.json", product_info(version, system="Windows"))
        container.writestr("bin/pycharm64.exe", b"MZ")
    return archive.getvalue()


Answer = Callable[[BaseHTTPRequestHandler], bool]


@dataclass
class ReleaseServer:
    """``files``: path -> body. ``before``: asked first; True where it has answered itself."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    before: Answer | None = None
    ranges: bool = True
    hold: threading.Event = field(default_factory=threading.Event)

    @property
    def products(self) -> str:
        return f"{self.url}/products/releases"

    def offer(self, name: str, body: bytes, *, digest: str | None = None) -> str:
        """Put a file there, and its published hash beside it; its address."""
        published = digest or hashlib.sha256(body).hexdigest()
        self.files[f"/python/{name}"] = body
        self.files[f"/python/{name}.sha256"] = f"{published} *{name}\n".encode()
        return f"{self.url}/python/{name}"

    def publish(self, version: str = VERSION, body: bytes | None = None, **keywords: str | None) -> None:
        """A release for Linux, listed as the service lists it."""
        body = pycharm_tar(version) if body is None else body
        link = self.offer(f"pycharm-{version}.tar.gz", body, digest=keywords.get("digest"))
        one = {"link": link, "size": len(body), "checksumLink": f"{link}.sha256"}
        release = {
            "date": "2026-11-05",
            "type": "release",
            "downloads": {
                "linux": one,
                "linuxARM64": {**one, "link": link.replace(".tar.gz", "-aarch64.tar.gz")},
                "thirdPartyLibrariesJson": {"link": f"{self.url}/x.json", "size": 1, "checksumLink": None},
            },
            "patches": {"unix": [{"fromBuild": "262.1", "link": f"{self.url}/x.jar", "size": 1}]},
            "notesLink": None,
            "licenseRequired": True,
            "version": version,
            "majorVersion": ".".join(version.split(".")[:2]),
            "build": "262.8117.27",
            "whatsnew": "<p>Fixes</p>",
            "uninstallFeedbackLinks": {"linux": None},
            "printableReleaseType": None,
        }
        self.files["/products/releases"] = json.dumps({"PCP": [release]}).encode()

    def ranges_of(self, suffix: str) -> list[str]:
        """The Range headers of the requests for a file, "" where there was none."""
        return [headers.get("Range", "") for path, headers in self.requests if path.endswith(suffix)]


@contextmanager
def release_server() -> Iterator[ReleaseServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            server.requests.append((self.path, dict(self.headers)))
            if server.before is not None and server.before(self):
                return
            body = server.files.get(path)
            if body is None:
                self.send_error(404)
                return
            send(self, server, path, body)

        def do_HEAD(self) -> None:
            """Whoever asks for the size alone is not counted among the requests."""
            body = server.files.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    listener.handle_error = lambda *_: None  # type: ignore[method-assign,assignment]  # it is about hanging up
    server = ReleaseServer(url=f"http://127.0.0.1:{listener.server_address[1]}")
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.hold.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


def send(
    handler: BaseHTTPRequestHandler, server: ReleaseServer, path: str, body: bytes, *, only: int | None = None
) -> None:
    """The file, or the part that was asked for; ``only``: so many bytes, then the connection ends."""
    tag = server.tags.get(path, f'"{hashlib.md5(body).hexdigest()}"')
    wanted, condition = handler.headers.get("Range", ""), handler.headers.get("If-Range", tag)
    start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and server.ranges else 0
    start = start if condition == tag else 0
    if start >= len(body) > 0:
        handler.send_error(416)
        return
    handler.send_response(206 if start else 200)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    handler.send_header("Content-Length", str(len(body) - start))
    if tag:
        handler.send_header("ETag", tag)
    handler.send_header("Date", formatdate(usegmt=True))
    handler.end_headers()
    handler.wfile.write(body[start:] if only is None else body[start : start + only])
    handler.close_connection = True
