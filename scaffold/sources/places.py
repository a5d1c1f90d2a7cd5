"""Where to look: locations as URLs and folders, and the sources that settings amount to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from scaffold.sources.model import Source, SourceSettings

#: PyTorch's own index; one index a variant lies below it (https://pytorch.org/get-started/locally/).
PYTORCH_INDEX = "https://download.pytorch.org/whl"

#: A drive letter is no scheme: ``C:\wheels`` is a folder.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")


def is_url(location: str) -> bool:
    """Whether a location is written as a URL (``file:`` included), not as a path."""
    return _SCHEME.match(location) is not None


def local_path(location: str) -> Path | None:
    """The path that a location means on this machine; None where it is elsewhere."""
    if not is_url(location):
        return Path(location)
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
        parts = urlsplit(location)
    except ValueError:  # an unclosed [ of an IPv6 address
        return None
    if parts.scheme.lower() != "file" or parts.netloc not in ("", "localhost"):
        return None
    return Path(url2pathname(parts.path))


def as_argument(location: str, separators: str) -> str:
    """A location that survives being put into a list that is split at ``separators``."""
    if not any(separator in location for separator in separators):
        return location
    path = local_path(location)
    if path is not None and path.is_absolute():
        location = path.as_uri()
    for separator in separators:
        location = location.replace(separator, f"%{ord(separator):02X}")
    return location


def comparable(location: str) -> str:
    """The same text for the same place, however it was written."""
    return (str(local_path(location) or location)).rstrip("/\\")


def user_sources(settings: SourceSettings) -> tuple[Source, ...]:
    """The user's own sources: the default index first, then extra indexes, then find-links."""
    indexes: tuple[Source, ...] = ()
    if settings.no_index is None:
        indexes = (
            Source(kind="index", location=settings.index.value),
            *(Source(kind="extra-index", location=one.value) for one in settings.extra_indexes),
        )
    links = (Source(kind="find-links", location=one.value) for one in settings.find_links)
    return once((*indexes, *links))


def pytorch_sources(settings: SourceSettings, variants: Sequence[str]) -> tuple[Source, ...]:
    """PyTorch's index (or the user's mirror of it) for each variant: ``cpu``, ``cu126``.

    Empty where the user wants no index to be asked at all. A flat mirror's pages end in a slash: the
    wheels that they name lie below them.
    """
    if settings.no_index is not None:
        return ()
    mirror = settings.pytorch_mirror
    base = (mirror.value if mirror else PYTORCH_INDEX).rstrip("/")
    end = "/" if settings.pytorch_flat else ""
    return tuple(
        Source(kind="pytorch", location=f"{base}/{variant}{end}", variant=variant, flat=settings.pytorch_flat)
        for variant in dict.fromkeys(variants)
    )


def once(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources, each place once: the first mention stays."""
    first: dict[str, Source] = {}
    for source in sources:
        first.setdefault(comparable(source.location), source)
    return tuple(first.values())
