from __future__ import annotations

import pytest

from scaffold.sources.model import Source
from scaffold.sources.redact import redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://host/simple", "https://host/simple"),
        ("https://me:s3cr3t@host:8080/simple", "https://***@host:8080/simple"),
        ("https://token@host/simple", "https://***@host/simple"),
        ("https://me:p@ss@host/simple", "https://***@host/simple"),
        ("https://me:p%40ss@host/a@b", "https://***@host/a@b"),
        ("https://host/simple?token=abc&x=1", "https://host/simple?token=***&x=1"),
        ("https://h/?X-Amz-Signature=ff#f", "https://h/?X-Amz-Signature=***#f"),
        ("two: http://a:b@c/ and ftp://d:e@f", "two: http://***@c/ and ftp://***@f"),
        ("/home/ada/wheels@work", "/home/ada/wheels@work"),
        ("mail ada@example.org", "mail ada@example.org"),
        ("", ""),
    ],
)
def test_redact(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_a_source_shows_itself_without_credentials() -> None:
    assert Source(kind="index", location="https://u:p@host/simple").shown == "https://***@host/simple"
