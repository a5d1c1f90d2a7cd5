"""A stand-in for PyPI and for PyTorch's own index on this machine, so that an answer depends on no network.

It lists the wheels of `scaffold.builds.published`: their names (PEP 691) and their metadata (PEP 658). There
are no wheels behind them: a resolver never asks for one. PyTorch's index has one fixed address in installers;
they reach it here because this is also the HTTPS proxy that they are told to use, with a certificate made for
the occasion. Every other address is refused, so nothing leaves the machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from scaffold.builds.published import PYPI, published
from scaffold.sources.model import Wheel

PYTORCH = "download.pytorch.org"
_JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """Where the indexes are, and how a program is told to use them."""

    pypi: str  # http://127.0.0.1:40123/simple
    proxy: str
    certificate: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables for uv and pip: the proxy, whom to trust, and no settings of the user's."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().startswith(("UV_", "PIP_")) and not name.upper().endswith("_PROXY")
        }
        return {
            **kept,
            "HTTPS_PROXY": self.proxy,
            "NO_PROXY": "127.0.0.1",
            "SSL_CERT_FILE": str(self.certificate),
            "PIP_CERT": str(self.certificate),
            "PIP_CONFIG_FILE": os.devnull,
            "UV_NO_CONFIG": "1",
            "UV_PYTHON_DOWNLOADS": "never",
        }


def pages(more: Iterable[str] = ()) -> dict[tuple[str, str], bytes]:
    """Every page by host and path; PyPI's host is ``""``. ``more``: names of further wheels on PyPI."""
    found: dict[tuple[str, str], bytes] = {}
    listed: dict[tuple[str, str], list[str]] = {}
    wheels = [(_folder(wheel), wheel.filename) for one in published().listings for wheel in one.wheels]
    wheels += [(("", f"/simple/{name.partition('-')[0].replace('_', '-')}"), name) for name in more]
    for (host, folder), name in wheels:
        listed.setdefault((host, folder), []).append(name)
        found[host, f"{folder}/{name}.metadata"] = _metadata(name).encode()
    for (host, folder), names in listed.items():
        files = [{"filename": name, "url": name, "hashes": {}, "core-metadata": True} for name in names]
        page = {"meta": {"api-version": "1.0"}, "name": folder.rpartition("/")[2], "files": files}
        found[host, f"{folder}/"] = json.dumps(page).encode()
    return found


def _folder(wheel: Wheel) -> tuple[str, str]:
    if wheel.source.location == PYPI.location:
        return "", f"/simple/{wheel.project}"
    address = urlsplit(wheel.source.location)
    return address.netloc, f"{address.path}/{wheel.project}"


def _metadata(filename: str) -> str:
    """What a resolver reads: a name, a version, and the one dependency that decides anything here.

    TensorFlow's GPU extra asks for cuDNN: the metadata of tensorflow 2.20 and 2.21, read on 2026-11-22.
    """
    project, version, *_ = filename.split("-")
    text = f"Metadata-Version: 2.1\nName: {project.replace('_', '-')}\nVersion: {version}\n"
    if project == "tensorflow":
        text += "Provides-Extra: and-cuda\nRequires-Dist: nvidia-cudnn-cu12<10,>=9.3; extra == 'and-cuda'\n"
    return text


@contextlib.contextmanager
def stand_in(folder: Path, served: Mapping[tuple[str, str], bytes]) -> Iterator[StandIn]:
    """Serve on 127.0.0.1 until the block ends; ``folder`` takes the certificate and its key."""
    certificate, key = _certificate(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    handler = type("Handler", (_Handler,), {"served": served, "tls": tls})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        try:
            yield StandIn(pypi=f"{here}/simple", proxy=here, certificate=certificate)
        finally:
            server.shutdown()


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for PyTorch's index, and its key, by the openssl program."""
    if not shutil.which("openssl"):
        raise SystemExit("the openssl program is needed, to make a certificate for the stand-in index")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", f"/CN={PYTORCH}"]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-addext", f"subjectAltName=DNS:{PYTORCH}", "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


class _Handler(BaseHTTPRequestHandler):
    """Answers GET for a page, and CONNECT by becoming the host that was asked for."""

    protocol_version = "HTTP/1.1"  # an installer keeps its connection
    served: Mapping[tuple[str, str], bytes] = {}
    tls: ssl.SSLContext
    host = ""

    def do_CONNECT(self) -> None:
        """Take the TLS connection for the one host that is known; refuse all others."""
        host = self.path.partition(":")[0]
        if host != PYTORCH:
            self.send_error(403, "only the stand-in can be reached")
            return
        self.send_response(200)
        self.end_headers()
        self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb", self.rbufsize)
        self.wfile = self.connection.makefile("wb", 0)
        self.host, self.close_connection = host, False

    def do_GET(self) -> None:
        """A page, or 404: an index without the project."""
        body = self.served.get((self.host, urlsplit(self.path).path.replace("%2B", "+")))
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", _JSON if self.path.endswith("/") else "text/plain")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Nothing: the table is the output."""
