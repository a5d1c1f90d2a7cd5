"""A package index on this machine, with wheels made by hand; it counts what is taken from them."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Literal

from scaffold.recorded import RecordedSystem
from tests.sources.conftest import PackageServer, Reply, host

JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}

#: As a real wheel: far more code than metadata.
CODE = bytes(1 << 20)


class Laptop(RecordedSystem):
    """A recorded host whose data file is a real one."""

    def read_text(self, path: object) -> str | None:
        file = Path(str(path))
        if file.name == "builds.toml":
            return file.read_text(encoding="utf-8") if file.is_file() else None
        return super().read_text(file)

    def exists(self, path: object) -> bool:
        return (
            Path(str(path)).exists() if Path(str(path)).name == "builds.toml" else super().exists(str(path))
        )


def laptop(server: PackageServer, data_file: Path, *, interactive: bool = False) -> Laptop:
    """A Linux host whose index is the server, PyTorch's own one, too."""
    plain = host()
    record = {
        **plain._record,
        "environment": {
            "PIP_INDEX_URL": f"{server.url}/simple",
            "SCAFFOLD_PYTORCH_INDEX": f"{server.url}/whl",
            "SCAFFOLD_BUILDS": str(data_file),
        },
        "interactive": interactive,
    }
    return Laptop(record)


def wheel(name: str, version: str, requires: tuple[str, ...] = (), *, metadata: str | None = None) -> bytes:
    """A wheel's bytes: code first, what it says of itself last."""
    lines = [f"Requires-Dist: {one}" for one in requires]
    text = "\n".join(
        ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *lines, "", "About it"]
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}/code.so", CODE)
        archive.writestr(f"{name}-{version}.dist-info/METADATA", text if metadata is None else metadata)
    return file.getvalue()


@dataclass
class Index:
    """Fills a server with listings and wheels. ``serving``: how a wheel's metadata can be had."""

    server: PackageServer
    serving: Literal["parts", "beside", "whole"] = "parts"
    told: bool = True  # sizes and times
    sent: dict[str, int] = field(default_factory=dict)  # filename -> bytes of it that were asked for
    _listings: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def add(
        self,
        project: str,
        version: str,
        tags: str,
        requires: tuple[str, ...] = (),
        *,
        uploaded: str = "2027-01-05",
        metadata: str | None = None,
        requires_python: str | None = None,
        root: str = "simple",
    ) -> str:
        """Put a wheel there; its file name."""
        name = project.replace("-", "_")
        filename = f"{name}-{version}-{tags}.whl"
        content = wheel(name, version, requires, metadata=metadata)
        entry: dict[str, object] = {"filename": filename, "url": f"/files/{root}/{filename}", "hashes": {}}
        entry["requires-python"] = requires_python
        if self.told:
            entry |= {"size": len(content), "upload-time": f"{uploaded}T12:00:00.000000Z"}
        if self.serving == "beside":
            text = zipfile.ZipFile(io.BytesIO(content)).read(f"{name}-{version}.dist-info/METADATA")
            entry["core-metadata"] = {"sha256": hashlib.sha256(text).hexdigest()}
            self.server.replies[f"/files/{root}/{filename}.metadata"] = Reply(body=text)
        self.server.replies[f"/files/{root}/{filename}"] = self._file(filename, content)
        page = f"/{root}/{project}/"
        self._listings.setdefault(page, []).append(entry)
        listing = {"meta": {"api-version": "1.1"}, "name": project, "files": self._listings[page]}
        self.server.replies[page] = Reply(body=json.dumps(listing), headers=JSON)
        return filename

    def _file(self, filename: str, content: bytes):
        def reply(handler: BaseHTTPRequestHandler) -> Reply:
            wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", handler.headers.get("Range", ""))
            if handler.command == "HEAD" or wanted is None or self.serving == "whole":
                return Reply(body=content)
            first, last = int(wanted[1]), int(wanted[2])
            part = content[first : last + 1]
            self.sent[filename] = self.sent.get(filename, 0) + len(part)
            return Reply(
                status=206, body=part, headers={"Content-Range": f"bytes {first}-{last}/{len(content)}"}
            )

        return reply


TABLES: Mapping[str, str] = {
    "torch": """
kernels = [
    { variant = "cu130", platform = "linux_x86_64", releases = ">=2.9,<3", capabilities = ["7.5", "9.0"] },
    { variant = "cu132", platform = "linux_x86_64", releases = ">=2.9,<3", capabilities = ["8.0", "9.0"] },
    { variant = "cu132", platform = "windows_x86_64", releases = ">=2.9,<3", capabilities = ["8.0"] },
]
[floor]
version = "2.10"
why = "holes"
[metal]
macos = "12.3"
[numpy]
first_with_numpy_2 = "2.3"
[typical]
cpu_mb = { linux_x86_64 = 192 }
cuda_libraries_gb = 3
[[release]]
version = "2.15.0"
date = 2026-10-28
python = ["3.11", "3.12"]
pypi = { linux_x86_64 = "cu132", windows_x86_64 = "cpu" }
cudnn = { cu132 = "9.26.0.51" }
glibc = "2.28"
macos = "14.0"
size_mb = { linux_x86_64 = 539 }
""",
    "tensorflow": """
[floor]
version = "2.16.1"
why = "Keras 3 needs it"
[gpu]
platforms = ["linux_x86_64"]
newest_capability = "9.0"
newest_why = "no TensorFlow wheel runs on Blackwell (10.x, 12.x)"
cudnn_below = "7.5"
cudnn_constraint = "nvidia-cudnn-cu12<9.11"
[[release]]
version = "2.21.0"
date = 2026-03-06
python = ["3.12"]
cuda = "12.5"
libraries = "range"
kernels = ["6.0", "8.9"]
ptx = "9.0"
glibc = "2.27"
""",
    "keras": """
floor = "3.14"
companion = [
    { python = ["3.11", "3.12"], requirement = "keras>=3.14" },
]
""",
    "jax": """
[floor]
version = "0.4.30"
why = "older releases do not bring jaxlib along"
[gpu]
platforms = ["linux_x86_64"]
[[cuda]]
variant = "cu13"
major = 13
extra = "cuda13"
projects = ["jax-cuda13-plugin", "jax-cuda13-pjrt"]
cudnn = "nvidia-cudnn-cu13"
oldest_capability = "7.5"
[[kernels]]
variant = "cu13"
releases = ">=0.10.2,<0.13"
capabilities = ["7.5", "9.0"]
[[release]]
version = "0.12.0"
date = 2026-10-19
python = ["3.12"]
jaxlib = "0.11.2"
numpy = "2.2"
glibc = "2.27"
macos = { macos_arm64 = "11.0" }
cudnn = { cu13 = "9.12.0.46" }
size_mb = { linux_x86_64 = 87 }
plugin_mb = { cu13 = { linux_x86_64 = 143 } }
""",
    "rocm": """
platforms = ["linux_x86_64"]
builds = [
    { torch = ">=2.15,<4", rocm = ["7.2"] },
]
kernels = [
    { rocm = "7.2", gfx = ["gfx1100"] },
]
triton = [
    { torch = ">=2.10", package = "triton-rocm" },
]
override = []
""",
    "xpu": """
platforms = ["linux_x86_64"]
releases = ">=2.6,<2.16"
wsl_from = "2.7"
triton = [
    { torch = ">=2.10", package = "triton-xpu" },
]
devices = [
    { ip = ["12.55.8"], family = "Arc" },
]
""",
}
