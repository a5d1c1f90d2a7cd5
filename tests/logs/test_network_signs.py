"""What the network explains in a log, and what is no network."""

from __future__ import annotations

import io

import pytest

from scaffold.checks.from_log import with_log
from scaffold.checks.model import Finding
from scaffold.logs.search import read_log


def heard(text: str, *known: Finding) -> list[str]:
    return [one.id for one in with_log(known, read_log(io.BytesIO(text.encode()), "log"))]


NONE = """ERROR: Could not find a version that satisfies the requirement torch (from versions: none)
ERROR: No matching distribution found for torch
"""


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("", ["py.version-unsupported"]),
        ("(Caused by SSLError(SSLEOFError(8, 'EOF occurred in violation of protocol (_ssl.c:1125)')))", ["net.proxy"]),
        ("(Caused by ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407')))", ["net.proxy"]),
        ("(Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]')))", ["net.tls"]),
    ],
)  # fmt: skip
def test_an_index_that_was_not_reached_has_no_versions(before: str, found: list[str]) -> None:
    assert heard(f"{before}\n{NONE}") == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Can't connect to MySQL server on 'localhost' ([WinError 10061] refused)", []),
        ("HTTPConnectionPool(host='127.0.0.1', port=11434): Max retries ([WinError 10061] refused)", []),
        (
            "HTTPSConnectionPool(host='github.com', port=443): Max retries ([WinError 10061] refused)",
            ["net.proxy"],
        ),
        ("<urlopen error [WinError 10060] A connection attempt failed>", ["net.proxy"]),
    ],
)
def test_this_very_machine_is_not_the_internet(line: str, found: list[str]) -> None:
    assert heard(f"Traceback:\n{line}\n") == found
