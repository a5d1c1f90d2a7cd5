from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scaffold.pycharm.debugging.engine import Engine, default_cache, obtain_engine
from scaffold.pycharm.debugging.model import DebugPlan
from scaffold.pycharm.debugging.places import Place
from scaffold.pycharm.debugging.protocol import Breakpoint
from scaffold.pycharm.model import Launch
from scaffold.system import HostSystem

SMALL = Engine(version="0", script=Path(__file__).parent / "small_engine.py", where="of the tests")

MakePlan = Callable[..., DebugPlan]


@pytest.fixture(scope="session")
def real_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """JetBrains' engine: this machine's, or fetched once a session."""
    folder = default_cache()
    if not folder.is_dir():
        folder = tmp_path_factory.getbasetemp().parent / "debugger"
    return obtain_engine(Path(sys.executable), HostSystem(), cache_folder=folder)


@pytest.fixture
def make_plan(tmp_path: Path) -> MakePlan:
    """A plan for a script that is written first; the lines that end in ``# stop`` have a breakpoint."""

    def make(
        text: str,
        *,
        engine: Engine = SMALL,
        python: str | Path = sys.executable,
        name: str = "program.py",
        environment: Mapping[str, str] | None = None,
        to_end: bool = True,
        timeout: float = 30.0,
    ) -> DebugPlan:
        script = tmp_path / name
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(text, encoding="utf-8")
        lines = text.splitlines()
        places = [
            Place(point=Breakpoint(file=str(tmp_path / name), line=number), function="", why="")
            for number, line in enumerate(lines, start=1)
            if line.endswith("# stop")
        ]
        start = [number for number, line in enumerate(lines, start=1) if line.endswith("# start")]
        host = HostSystem()
        return DebugPlan(
            name=name,
            launch=Launch(
                name=name,
                argv=(str(python), str(script)),
                cwd=tmp_path,
                environment={**host.environment, "PYTHONUNBUFFERED": "1", **(environment or {})},
            ),
            engine=engine,
            places=tuple(places),
            start=tuple(
                Place(point=Breakpoint(file=str(script), line=number), function="", why="")
                for number in start
            ),
            to_end=to_end,
            timeout=timeout,
        )

    return make
