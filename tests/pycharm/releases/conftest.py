from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pycharm.releases.standin import ReleaseServer, release_server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReleaseServer]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with release_server() as running:
        yield running
