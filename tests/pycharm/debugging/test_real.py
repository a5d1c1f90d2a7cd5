"""JetBrains' own engine, on every Python of this machine that it is meant for."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.ide.debug import plan_debug
from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.debugging.check import carry_out
from scaffold.pycharm.debugging.engine import Engine
from scaffold.pycharm.debugging.model import DebugReport, variables_by_name
from scaffold.system import HostSystem
from tests.pycharm.debugging.conftest import MakePlan
from tests.pycharm.projects_on_disk import add_environment, lay, make_project

pytestmark = pytest.mark.network

LOOP = """\
def main():
    for step in range(4):
        loss = 1 / (step + 1)
        print(loss)  # stop


if __name__ == "__main__":
    main()
"""


def pythons() -> list[str]:
    """This one, and each other minor version that a pyenv or PATH has."""
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for minor in range(10, 15):
        installed = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
        path = str(installed[-1]) if installed else shutil.which(f"python3.{minor}")
        if path:
            found.setdefault(f"3.{minor}", path)
    return [found[version] for version in sorted(found)]


@pytest.mark.parametrize("python", pythons())
@pytest.mark.parametrize("is_module", [False, True], ids=["script", "module"])
def test_every_python(python: str, is_module: bool, make_plan: MakePlan, real_engine: Engine) -> None:
    plan = make_plan(LOOP, engine=real_engine, python=python)
    if is_module:
        plan = replace(plan, launch=replace(plan.launch, argv=(python, "-m", "program")))
    report = carry_out(plan, HostSystem())
    assert [variables_by_name(hit) for hit in report.hits] == [
        {"loss": str(1 / (step + 1)), "step": str(step)} for step in range(3)
    ], report.output
    assert (report.status, report.connections, report.problems) == (0, 1, ())


WORKERS = """\
import multiprocessing
import sys


def work(number):
    square = number * number
    return square  # stop


if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        print(pool.map(work, range(4)))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows knows spawn only")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_child_processes_stop_too(method: str, make_plan: MakePlan, real_engine: Engine) -> None:
    plan = make_plan(WORKERS, engine=real_engine)
    report = carry_out(
        replace(plan, launch=replace(plan.launch, argv=(*plan.launch.argv, method))), HostSystem()
    )
    seen = {(one["number"], one["square"]) for one in map(variables_by_name, report.hits)}
    assert seen <= {("0", "0"), ("1", "1"), ("2", "4"), ("3", "9")}
    assert len(report.hits) >= 3
    assert report.connections >= 2
    assert (report.status, report.output[-1]) == (0, "[0, 1, 4, 9]")


@pytest.mark.parametrize("started_by", ["link", "really there"])
def test_a_folder_that_is_reached_by_a_link(
    make_plan: MakePlan, real_engine: Engine, tmp_path: Path, started_by: str
) -> None:
    (tmp_path / "really there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "really there", target_is_directory=True)
    plan = make_plan(LOOP, engine=real_engine, name="link/程序.py")
    started = tmp_path / started_by / "程序.py"
    plan = replace(plan, launch=replace(plan.launch, argv=(sys.executable, str(started))))
    report = carry_out(plan, HostSystem())
    assert (len(report.hits), report.status) == (3, 0)


RUNS = (
    RunConfiguration(name="tests", kind="pytest", target="tests", arguments=("-k", "not slow")),
    RunConfiguration(name="train", kind="module", target="cnn_project.train"),
)


def test_tests_stop(tmp_path: Path, home: Path, real_engine: Engine) -> None:
    root = make_project(tmp_path / "项目 & one", RUNS)
    lay(
        root,
        {"tests/test_one.py": "def test_one():\n    x = 1\n    assert x\n\ndef test_slow():\n    1 / 0\n"},
    )
    report = check(root, "tests", real_engine)
    assert [(Path(hit.point.file).name, hit.point.line) for hit in report.hits] == [("test_one.py", 2)]
    assert (report.ending, report.status) == ("itself", 0)


def check(root: Path, name: str, engine: Engine) -> DebugReport:
    add_environment(root)
    (plan,) = plan_debug(root, name, system=HostSystem(), cache_folder=engine.script.parents[1])
    assert plan.engine == engine
    return carry_out(replace(plan, to_end=True), HostSystem())  # however slow this machine is
