from __future__ import annotations

from collections.abc import Iterator

import pytest

from .judge import Judge, compile_into, missing


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """IntelliJ's own project model, compiled once a session."""
    if why := missing():
        pytest.skip(why)
    classes = tmp_path_factory.mktemp("judge")
    compile_into(classes)
    judge = Judge(classes)
    yield judge
    judge.close()
