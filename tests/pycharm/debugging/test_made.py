"""Every run configuration of the generated project under JetBrains' debugger, with its real frameworks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.ide.debug import plan_debug
from scaffold.projects.catalog import find_template
from scaffold.pycharm.debugging.check import carry_out
from scaffold.pycharm.debugging.engine import Engine
from scaffold.pycharm.debugging.model import DebugReport, variables_by_name
from tests.conftest import MadeProject, one_thread
from tests.pycharm.debugging.conftest import MakePlan
from tests.pycharm.projects_on_disk import Host

pytestmark = [pytest.mark.network, pytest.mark.environment, pytest.mark.slow]

SYSTEM = Host(**one_thread())

#: Run to their end, and not only until they were stopped: an exit status under the debugger.
TO_THE_END = {"train (PyTorch)", "train (Keras)", "train on 2 processes (PyTorch)"}

#: The file in which each of a name is stopped, a variable that is seen there, and how its value begins.
PYTORCH_STEP = ("loop.py", "inputs", "Tensor (25, 1, 28, 28) torch.uint8")
KERAS_STEP = ("callbacks.py", "batch", "")
SEEN = {
    "train (PyTorch)": PYTORCH_STEP,
    "train on 2 processes (PyTorch)": ("loop.py", "inputs", "Tensor (1"),  # of 12 images, and of 13
    "train debug (PyTorch)": PYTORCH_STEP,
    "finetune (PyTorch)": ("loop.py", "loss", "tensor("),
    "search (PyTorch)": ("loop.py", "loss", "tensor("),
    "export (PyTorch)": PYTORCH_STEP,
    "evaluate (PyTorch)": ("learner.py", "inputs", "Tensor ("),
    "predict (PyTorch)": ("learner.py", "inputs", "Tensor ("),
    "train (Keras)": KERAS_STEP,
    "train debug (Keras)": KERAS_STEP,
    "finetune (Keras)": KERAS_STEP,
    "search (Keras)": KERAS_STEP,
    "export (Keras)": KERAS_STEP,
    "evaluate (Keras)": ("learner.py", "part", "Split "),
    "predict (Keras)": ("learner.py", "part", "Split "),
    "tests": ("test_arguments.py", "tmp_path", "PosixPath(" if os.name == "posix" else "WindowsPath("),
    "TensorBoard": ("main.py", "program", "<module 'tensorboard.program'"),
    "doctor": ("run_scaffold.py", "arguments", "list"),
}


def names() -> Iterator[str]:
    """Compounds are checked member by member: of them one is enough."""
    return (run.name for run in find_template("cnn").runs if run.kind != "compound")


def check(root: Path, name: str, engine: Engine, *, to_end: bool = False) -> list[DebugReport]:
    plans = plan_debug(root, name, system=SYSTEM, cache_folder=engine.script.parents[1])
    return [carry_out(replace(plan, to_end=to_end), SYSTEM, after_hit=1.0) for plan in plans]


@pytest.mark.parametrize("name", list(names()))
def test_every_run_configuration_is_stopped(
    made_project: MadeProject, name: str, real_engine: Engine
) -> None:
    to_end = name in TO_THE_END
    (report,) = check(made_project.root, name, real_engine, to_end=to_end)
    assert report.was_hit, (report.reason, report.output)
    file, variable, value = SEEN[name]
    there = [hit for hit in report.hits if Path(hit.point.file).name == file]
    assert there, report.hits
    assert variables_by_name(there[0])[variable].startswith(value)
    assert report.problems == ()
    ranks = 2 if "2 processes" in name else 1
    assert len({hit.process for hit in there}) == ranks
    if to_end:
        assert (report.ending, report.status) == ("itself", 0), report.output


def test_every_member_of_a_compound_is_stopped(made_project: MadeProject, real_engine: Engine) -> None:
    reports = check(made_project.root, "train and watch (PyTorch)", real_engine)
    assert {report.name for report in reports if report.was_hit} == {"train (PyTorch)", "TensorBoard"}


LOADER = """\
import sys

import torch
from torch.utils.data import DataLoader, Dataset


class Squares(Dataset):
    def __len__(self):
        return 16

    def __getitem__(self, index):
        square = torch.full((3,), float(index * index))
        return square  # stop


def main():
    loader = DataLoader(Squares(), batch_size=4, num_workers=2, multiprocessing_context=sys.argv[1])
    print(sum(float(batch.sum()) for batch in loader))


if __name__ == "__main__":
    main()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows knows spawn only")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_a_data_loader_are_stopped(
    made_project: MadeProject, method: str, make_plan: MakePlan, real_engine: Engine
) -> None:
    plan = make_plan(
        LOADER, engine=real_engine, python=made_project.python, environment=one_thread(), timeout=120
    )
    plan = replace(plan, launch=replace(plan.launch, argv=(*plan.launch.argv, method)))
    report = carry_out(plan, SYSTEM)
    assert len({hit.process for hit in report.hits}) == 2
    assert variables_by_name(report.hits[0])["square"] == "Tensor (3,) torch.float32"
    assert (report.status, report.output[-1]) == (0, "3720.0")
