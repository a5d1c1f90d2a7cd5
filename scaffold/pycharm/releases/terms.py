"""The facts of ``data/service.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from scaffold.toml import loads


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where releases are asked for, on which terms they are used, how much room they need."""

    url: str
    terms_unified: str
    terms_professional: str
    terms_text: str
    unpacked: float  # times the archive's size, as a rule
    limit: float  # times the archive's size: what grows further is no PyCharm


@cache
def service() -> Service:
    """The table, read once."""
    table = loads((Path(__file__).parent / "data" / "service.toml").read_text(encoding="utf-8"))
    return Service(
        url=table["service"]["url"],
        terms_unified=table["terms"]["unified"],
        terms_professional=table["terms"]["professional"],
        terms_text=table["terms"]["text"],
        unpacked=table["room"]["unpacked"],
        limit=table["room"]["limit"],
    )


def service_at(address: str) -> str:
    """A release service by its host alone is asked where JetBrains' own is.

    >>> service_at("https://mirror.example"), service_at("https://mirror.example/jb?x=1")
    ('https://mirror.example/products/releases', 'https://mirror.example/jb?x=1')
    """
    parts = urlsplit(address)
    path = urlsplit(service().url).path
    return parts._replace(path=path).geturl() if parts.path in {"", "/"} else address
