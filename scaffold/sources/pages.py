"""What a package index or a find-links page says, as wheels. Pure functions; garbage gives nothing.

Formats: PEP 503 (HTML), PEP 691 (JSON), PEP 592 (yanked), PEP 658 and 714 (metadata), PEP 700 (sizes, times).
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from scaffold.sources.model import Source, Wheel

_DAY = re.compile(r"\d{4}-\d\d-\d\d")

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPE = "application/vnd.pypi.simple.v1+html"

#: What an index is asked for, most welcome first.
ACCEPT = f"{JSON_TYPE}, {HTML_TYPE};q=0.2, text/html;q=0.01"

#: The content types of a listing; some servers send PEP 691 as plain JSON.
JSON_TYPES = (JSON_TYPE, "application/vnd.pypi.simple.latest+json", "application/json")
HTML_TYPES = (HTML_TYPE, "application/vnd.pypi.simple.latest+html", "text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A file that a page offers."""

    filename: str
    url: str  # absolute, without fragment
    size: int | None = None
    requires_python: str = ""
    yanked: bool = False
    uploaded: str = ""  # 2026-10-28
    metadata: str | None = None  # as in `Wheel`


def json_links(text: str, base: str) -> tuple[Link, ...] | None:
    """The files of a PEP 691 answer; None where it is none, or of a version that we cannot read.

    >>> json_links('{"meta": {"api-version": "1.1"}, "name": "a", "files": '
    ...            '[{"filename": "a-1-py3-none-any.whl", "url": "../a.whl", "hashes": {}, "size": 7}]}',
    ...            "https://host/simple/a/")[0].url
    'https://host/simple/a.whl'
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("files"), list):
        return None
    meta = document.get("meta")
    version = str(meta.get("api-version", "1.0")) if isinstance(meta, dict) else "1.0"
    if version.split(".")[0] != "1":
        return None
    entries = (one for one in document["files"] if isinstance(one, dict))
    return tuple(link for one in entries if (link := _json_link(one, base)) is not None)


def html_links(text: str, base: str) -> tuple[Link, ...]:
    """The files that a page's anchors lead to.

    >>> html_links('<a href="t-1%2Bcpu-py3-none-any.whl#sha256=0">t</a>', "https://host/whl/t/")[0].filename
    't-1+cpu-py3-none-any.whl'
    """
    reader = _Anchors(base)
    with contextlib.suppress(AssertionError):  # what Python's reader raises for "<![[" (until 3.13)
        reader.feed(text)
        reader.close()
    return tuple(reader.links)


def wheels_of(project: str, links: Iterator[Link] | tuple[Link, ...], source: Source) -> tuple[Wheel, ...]:
    """The wheels of one project among the links; yanked files and names that are none left out."""
    from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

    wanted, wheels = canonicalize_name(project), []
    for link in links:
        if link.yanked or not link.filename.endswith(".whl"):
            continue
        try:
            name, version, _, _ = parse_wheel_filename(link.filename)
        except InvalidWheelFilename:
            continue
        if name == wanted:
            wheels.append(
                Wheel(
                    project=name,
                    version=str(version),
                    filename=link.filename,
                    url=link.url,
                    source=source,
                    size=link.size,
                    requires_python=link.requires_python,
                    uploaded=link.uploaded,
                    metadata=link.metadata,
                )
            )
    return tuple(wheels)


def _json_link(entry: Mapping[str, Any], base: str) -> Link | None:
    filename, url, size = entry.get("filename"), entry.get("url"), entry.get("size")
    if not isinstance(filename, str) or not isinstance(url, str):
        return None
    absolute = _joined(base, url)
    if absolute is None:
        return None
    requires = entry.get("requires-python")
    return Link(
        filename=filename,
        url=absolute,
        size=size if isinstance(size, int) and not isinstance(size, bool) else None,
        requires_python=requires if isinstance(requires, str) else "",
        yanked=entry.get("yanked", False) is not False,
        uploaded=_day(entry.get("upload-time")),
        metadata=_offered_metadata(entry.get("core-metadata", entry.get("dist-info-metadata"))),
    )


def _day(time: object) -> str:
    """2026-10-28 of ``2026-10-28T15:23:20.009736Z``; "" of anything else."""
    return time[:10] if isinstance(time, str) and _DAY.match(time) else ""


def _offered_metadata(value: object) -> str | None:
    """``sha256=...`` of what PEP 714 lets an index say: true, a table of hashes, or an attribute's text."""
    if isinstance(value, Mapping):
        hashes = ((name, digest) for name, digest in value.items() if isinstance(digest, str))
        return next((f"{name}={digest}" for name, digest in hashes if name == "sha256"), "")
    if isinstance(value, str):
        return value if value.startswith("sha256=") else ""
    return "" if value is True else None


def _joined(base: str, reference: str) -> str | None:
    try:
        return urldefrag(urljoin(base, reference.strip())).url
    except ValueError:  # an unclosed [ of an IPv6 address
        return None


def _attribute(attributes: Mapping[str, str | None], *names: str) -> str | None:
    """What the first of the attributes says of the metadata beside a wheel."""
    found = next((attributes[name] for name in names if name in attributes), "false")
    return None if found == "false" else _offered_metadata(found or "true")


class _Anchors(HTMLParser):
    """Collects the links of a page; the standard parser decodes entities."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[Link] = []
        self._base = base
        self._base_fixed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        reference = attributes.get("href")
        if not reference:
            return
        if tag == "base" and not self._base_fixed:
            self._base, self._base_fixed = _joined(self._base, reference) or self._base, True
        elif tag == "a":
            self._add(reference, attributes)

    def _add(self, reference: str, attributes: Mapping[str, str | None]) -> None:
        url = _joined(self._base, reference)
        if url is None:
            return
        filename = unquote(urlsplit(url).path).rsplit("/", 1)[-1]
        if filename:
            self.links.append(
                Link(
                    filename=filename,
                    url=url,
                    requires_python=attributes.get("data-requires-python") or "",
                    yanked="data-yanked" in attributes,
                    metadata=_attribute(attributes, "data-core-metadata", "data-dist-info-metadata"),
                )
            )
