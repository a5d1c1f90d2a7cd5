"""What an installer resolved: pins, hashes, sizes, sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from scaffold.environments.installers.pylock import Row, pylock_rows
from scaffold.environments.model import Download, InstallerName
from scaffold.errors import InstallFailed
from scaffold.results import read_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A distribution and the address of its wheel, credentials included."""

    download: Download
    url: str


def read_lock(path: Path, installer: InstallerName) -> str:
    """What an installer wrote of its resolution; `InstallFailed` where it wrote nothing that can be read.

    Not by `System.read_text`: the descriptions of a hundred packages exceed its limit.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise unreadable(installer, str(problem)) from problem


def unreadable(installer: InstallerName, why: str) -> InstallFailed:
    """A resolution that ended well and tells nothing: what it holds must not pass for an empty one."""
    return InstallFailed(
        f"What {installer} resolved cannot be read",
        detail=(why,),
        hint=f"another version of {installer} may write it differently: python -m pip install -U {installer}",
        code="install-lock-unreadable",
    )


def parse_pylock(text: str, python: str) -> tuple[Resolved, ...]:
    r"""The distributions of a pylock.toml (PEP 751) that uv wrote for one Python (``3.12``).

    uv lists every wheel that fits; the one that it will take is the one with the best tag.

    >>> found = parse_pylock('[[packages]]\nname = "tqdm"\nversion = "4.70.1"\nwheels = [{ url = '
    ...     '"https://files.example/a7/tqdm-4.70.1-py3-none-any.whl", size = 80199 }]', "3.12")
    >>> found[0].download
    Download(name='tqdm', version='4.70.1', size=80199, source='files.example', local=False)
    """
    ranks = tag_ranks(python)
    return tuple(_download(row, ranks) for row in pylock_rows(text) if row.wheels)


def _download(row: Row, ranks: Mapping[str, int]) -> Resolved:
    best = min(row.wheels, key=lambda wheel: _rank(wheel.name, ranks))
    plain = Download(name=row.name, version=row.version, size=best.size, source="")
    return Resolved(download=located(plain, best.place), url=best.place)


def located(download: Download, place: str) -> Download:
    """The download with its source: a host, or a folder of this machine whose file's size can be read.

    >>> located(Download(name="a", version="1", size=3, source=""), "https://user:secret@host/a.whl").source
    'host'
    """
    try:
        parts = urlsplit(place)
    except ValueError:  # http://[::1/a.whl
        return download
    if parts.scheme not in ("file", ""):
        return replace(download, source=parts.hostname or "")
    path = Path(url2pathname(unquote(parts.path))) if parts.scheme else Path(place)
    try:
        size = path.stat().st_size
    except (OSError, ValueError):  # a zero byte is a ValueError
        size = None
    return replace(download, source=str(path.parent), size=download.size or size, local=True)


def tag_ranks(python: str) -> Mapping[str, int]:
    """How well each wheel tag suits CPython ``python`` on this machine; 0 is best."""
    from packaging.tags import compatible_tags, cpython_tags

    version = tuple(int(part) for part in python.split(".")[:2])
    interpreter = f"cp{version[0]}{version[1]}"
    tags = [*cpython_tags(version, abis=[interpreter]), *compatible_tags(version, interpreter)]
    return {str(tag): rank for rank, tag in enumerate(tags)}


def _rank(name: str, ranks: Mapping[str, int]) -> int:
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        tags = parse_wheel_filename(name)[3]
    except InvalidWheelFilename:
        return len(ranks)
    return min((ranks.get(str(tag), len(ranks)) for tag in tags), default=len(ranks))


def with_indexes(text: str, indexes: Mapping[str, str]) -> str:
    """The lock with ``index`` written beside each package (PEP 751's SHOULD, which uv leaves out).

    uv finds what lies in its cache by index, name and version; without it, a mirror that sends no
    cache headers makes it download everything again. What is no TOML comes back as it is.
    """
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        document = tomlkit.parse(text)
    except ParseError:
        return text
    for package in document.get("packages", []):
        index = indexes.get(str(package.get("name")))
        if index and "index" not in package:
            package.add("index", index)
    return tomlkit.dumps(document)


def parse_index_annotations(text: str) -> dict[str, str]:
    r"""Name to index, from ``uv pip compile --emit-index-annotation``.

    >>> parse_index_annotations("tqdm==4.70.1\n    # via -r r.in\n    # from https://index.example/simple\n")
    {'tqdm': 'https://index.example/simple'}
    """
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        stripped = line.strip()
        if not line.startswith((" ", "#")) and "==" in line:
            name = line.partition("==")[0].strip()
        elif stripped.startswith("# from ") and name:
            found[name] = stripped.removeprefix("# from ")
    return {one: index for one, index in found.items() if "://" in index and not index.startswith("file:")}


def parse_cached(output: str) -> frozenset[str]:
    """Names that uv says lie in its cache, from the verbose output of a dry run.

    >>> sorted(parse_cached("DEBUG Registry requirement already cached: numpy==2.4.6"))
    ['numpy']
    """
    marker = "requirement already cached: "
    lines = (line.partition(marker)[2] for line in output.splitlines())
    return frozenset(line.partition("==")[0].strip() for line in lines if "==" in line)


def parse_pip_report(text: str) -> tuple[tuple[Resolved, ...], str]:
    """The distributions of ``pip install --dry-run --report``, and the same as hashed requirements."""
    try:
        entries = read_json(text)["install"]
        found = [(_of_report(entry), _hash(entry)) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError):
        return (), ""
    found.sort(key=lambda one: one[0].download.name)
    return tuple(resolved for resolved, _ in found), "".join(_pins(found))


def _of_report(entry: Mapping[str, Any]) -> Resolved:
    from packaging.utils import canonicalize_name

    metadata = entry["metadata"]
    plain = Download(
        name=canonicalize_name(metadata["name"]), version=metadata["version"], size=None, source=""
    )
    url = str(entry["download_info"]["url"])
    return Resolved(download=located(plain, url), url=url)


def _hash(entry: Mapping[str, Any]) -> str:
    hashes = entry["download_info"].get("archive_info", {}).get("hashes", {})
    return str(hashes.get("sha256", ""))


def _pins(found: Iterable[tuple[Resolved, str]]) -> Iterable[str]:
    for resolved, sha256 in found:
        download = resolved.download
        yield f"{download.name}=={download.version}" + (f" --hash=sha256:{sha256}" if sha256 else "") + "\n"
