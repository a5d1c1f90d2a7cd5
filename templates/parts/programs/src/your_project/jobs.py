"""What every training does with its run: begin it or find it again, train in it, say how to go on, finish.

What is trained, on what, and how good it then is, is the project's own business: see `training.py`.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import engines, environment, processes, runs
from .errors import Interrupted, ProjectError
from .files import write_json
from .run_folder import Follower, RunFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engines import Engine
    from .program import Kind, Request
    from .report import Page
    from .runs import Run
    from .stages import Stage

#: settings that do not change what a run computes, and may differ when it is resumed
FREE = frozenset({"resume", "overwrite", "run", "runs", "smoke", "device"})

History = list[dict[str, Any]]


# --- begin a run, or find it again


def open_run(
    request: Request[Kind], job: str, free: frozenset[str] = FREE
) -> tuple[Request[Kind], Path | None]:
    """Make the folder of a new run, or find the one to go on with; None when that is finished already.

    A resumed run keeps the settings it began with: with others, but for those in `free`, its result would be
    neither the one nor the other.
    """
    settings = request.settings
    if not settings.resume and processes.number():
        return request, Path(os.devnull)  # the first process makes the folder; nobody else writes
    if not settings.resume:
        path = runs.begin(request.runs, settings.run, request.framework, job, overwrite=settings.overwrite)
        settings = replace(settings, run=path.name)
        record(path, settings)
        return replace(request, settings=settings), path
    run = unfinished_run(request, job)
    if run.finished:
        print(f"run         {run.path} is finished already: see its report.html")
        return request, None
    return replace(request, settings=settings_to_resume(request, run.path, free)), run.path


@contextmanager
def removed_unless_begun(request: Request[Kind], path: Path) -> Iterator[None]:
    """Remove the folder of a new run that fails before anything was trained: there is nothing to resume.

    One that was there before stays or comes back, and one whose end said how to go on stays. Of several
    processes it is the first one's affair.
    """
    try:
        yield
    except Interrupted:
        raise
    except BaseException:
        if not processes.number():
            if not (request.settings.resume or runs.begun(path)):
                shutil.rmtree(path, ignore_errors=True)
            runs.settle(path)
        raise
    if not processes.number():
        runs.settle(path)


def unfinished_run(request: Request[Kind], job: str) -> Run:
    """Return the run that was named, finished or not, or else the newest one that is not finished."""
    if request.settings.run:
        run = runs.named(request.runs, request.settings.run)
    else:
        newest = runs.newest(request.runs, request.framework, (job,), finished=False)
        if newest is None:
            raise ProjectError(
                f"no unfinished {job} run of {request.framework} in {request.runs} to go on with"
            )
        run = newest
    if (run.framework, run.job) != (request.framework, job):
        raise ProjectError(
            f"{run.path} is a {run.job} run of {run.framework}, not a {job} run of {request.framework}"
        )
    return run


def settings_to_resume(request: Request[Kind], path: Path, free: frozenset[str] = FREE) -> Kind:
    """Return the settings that a run began with, with what may change taken from the request."""
    began: Kind = runs.stored(path, type(request.settings), "settings.json")
    for name, value in request.given.items():
        if name not in free and getattr(began, name) != value:
            raise ProjectError(
                f"{path.name} began with {name} = {getattr(began, name)}, not {value}:"
                " leave it out to resume, or start a new run"
            )
    changed = {name: value for name, value in request.given.items() if name in free}
    return replace(began, **{**changed, "resume": True, "run": path.name, "runs": request.settings.runs})


def record(path: Path, settings: Any) -> None:
    """Write down what the run will be, before anything can go wrong."""
    write_json(path / "settings.json", asdict(settings))
    write_json(path / "environment.json", environment.describe())


# --- train in it


def announce(engine: Engine, path: Path) -> None:
    """Say on what the work is done, and why on that."""
    print(f"device      {engine.device}: {engine.device_reason}")
    print(f"precision   {engine.precision}: {engine.precision_reason}")
    if processes.count() > 1:
        print(f"processes   {processes.count()}: each takes its share of every batch")
    print(f"run         {path}", flush=True)


def fit(
    engine: Engine,
    data: object,
    stages: tuple[Stage, ...],
    path: Path,
    request: Request[Kind],
    *,
    program: str,
) -> RunFolder:
    """Train in a run's folder, and leave the best weights in the engine."""
    write_json(path / "model.json", asdict(engine.card))
    epochs = sum(stage.epochs for stage in stages)
    run = RunFolder(path, engine.best, engine.last, resume=request.settings.resume, epochs=epochs)
    try:
        with told_how_to_resume(request, path, program):
            engine.fit(data, stages, run)
    finally:
        run.close()
    for line in early_stops(run.history(), stages):
        print(line, flush=True)
    return run


def follow(
    engine: Engine, data: object, stages: tuple[Stage, ...], path: Path, request: Request[Kind]
) -> None:
    """Take part in the training of a run that the first of several processes keeps."""
    run = Follower(path, engine.best, engine.last, resume=request.settings.resume)
    engine.fit(data, stages, run)


def early_stops(history: History, stages: tuple[Stage, ...]) -> list[str]:
    """Return a line for each stage that ended before its time because it got no better."""
    lines = []
    for stage in stages:
        losses = [row["validation_loss"] for row in history if row["stage"] == stage.name]
        if losses and len(losses) < stage.epochs:
            waited = len(losses) - training_facts([{"validation_loss": one} for one in losses])["best_epoch"]
            counted = "1 epoch" if waited == 1 else f"{waited} epochs"
            kept = training_facts(history)["best_epoch"]
            lines.append(
                f"{stage.name:<10}  stopped early: {counted} without a better validation loss;"
                f" weights of epoch {kept} kept"
            )
    return lines


@contextmanager
def told_how_to_resume(request: Request[Kind], path: Path, program: str) -> Iterator[None]:
    """Turn Ctrl-C into one line that says how to go on, once there is something to go on from."""
    try:
        yield
    except KeyboardInterrupt:
        settings = request.settings
        # a job can train in other folders too, before or after it trains in its own
        if settings.smoke or not (runs.begun(path) or runs.begun(request.runs / settings.run)):
            raise
        elsewhere = f" --runs {engines.quoted(settings.runs)}" if "runs" in request.given else ""
        command = f"{engines.pasted(request.framework, program)} --run {engines.quoted(settings.run)}"
        raise Interrupted(f"stopped; go on with: {command}{elsewhere} --resume") from None


# --- finish it, and use what it made


def training_facts(history: History) -> dict[str, Any]:
    """Return how long training took; a resumed run counts all its epochs once."""
    losses = [row.get("validation_loss", float("nan")) for row in history]
    best = int(np.nanargmin(losses)) + 1 if np.isfinite(losses).any() else 0
    return {
        "epochs": len(history),
        "best_epoch": best,
        "seconds": round(sum(row.get("seconds", 0.0) for row in history), 3),
    }


def write_results(path: Path, schema: str, content: dict[str, Any], page: Page) -> None:
    """Write report and metrics; the metrics come last, because they mark the run as finished."""
    page.write(path / "report.html")
    write_json(path / "metrics.json", {"schema": schema, **content, "finished": runs.now()})


def trained_run(request: Request[Kind], jobs: tuple[str, ...] = ("train", "finetune", "search")) -> Run:
    """Return the run that was named, or the newest finished one; its framework is the request's."""
    if request.settings.run:
        run = runs.named(request.runs, request.settings.run)
    else:
        newest = runs.newest(request.runs, request.framework, jobs, finished=True)
        if newest is None:
            command = engines.pasted(request.framework, "train")
            raise ProjectError(f"no finished {request.framework} run in {request.runs} yet: first {command}")
        run = newest
    if run.framework != request.framework:
        raise ProjectError(f"{run.path} was trained with {run.framework}, not with {request.framework}")
    return run


def weights_of(run: Run) -> Path:
    """Return the file of a run's best weights; a `ProjectError` says that there is none yet."""
    best: str = engines.find(run.framework).best
    weights = run.path / best
    if not weights.is_file():
        raise ProjectError(f"{run.path} holds no trained network yet: resume it, or choose another run")
    return weights
