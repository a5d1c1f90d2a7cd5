"""Using a trained network: find it, evaluate it on what it has not seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import data, engines, jobs, results, runs
from .engine import ModelCard
from .settings import Settings
from .training import measured, seen

if TYPE_CHECKING:
    from .data import Split
    from .engine import TaskEngine
    from .program import Request
    from .runs import Run

#: settings that say which data, and how it is read; the others are those that the run began with
CHOSEN = ("data", "cache", "workers")


def evaluate(request: Request[Settings]) -> None:
    """Evaluate a run's network; write metrics and report to its folder `evaluate`."""
    run, engine = trained(request)
    settings, test = unseen_samples(request, run, engine.card)
    earlier = runs.results(run)
    same = settings.data == earlier.get("data") and len(test) == earlier["samples"]["test"]
    content = {
        "job": "evaluate",
        "run": run.name,
        "data": settings.data,
        "samples": {"training": 0, "validation": 0, "test": len(test)},
        **measured(engine, test),
        # of other samples it is not known: it was not kept
        "baseline": earlier["baseline"] if same else None,
    }
    path = run.path / "evaluate"
    page = results.report(content, engine, test, [], {})
    jobs.write_results(path, results.SCHEMA, content, page)
    print(f"test        {len(test)} {data.Data.unit} of {settings.data}: {results.told(content)}")
    print(f"report      {path / 'report.html'}")


def trained(request: Request[Settings]) -> tuple[Run, TaskEngine]:
    """Return the run that was asked for, or the newest finished one, and its network."""
    run = jobs.trained_run(request)
    weights = jobs.weights_of(run)
    card: ModelCard = runs.stored(run.path, ModelCard, "model.json")
    engine: TaskEngine = engines.find(request.framework)(request.settings, card)
    engine.load(weights)
    print(f"run         {run.path}: {card.describe()}")
    if not (request.settings.run or request.settings.smoke):
        tuned = ", fine-tuned" if run.job == "finetune" else ""
        print(f"            the newest finished run{tuned}; another one: --run NAME")
    print(f"device      {engine.device}: {engine.device_reason}", flush=True)
    return run, engine


def unseen_samples(request: Request[Settings], run: Run, card: ModelCard) -> tuple[Settings, Split]:
    """Return samples that the run's network has not learned from, as it takes them."""
    began: Settings = runs.stored(run.path, Settings, "settings.json")
    chosen = {name: request.given[name] for name in CHOSEN if name in request.given}
    settings = replace(began, **chosen)
    return settings, data.load_unseen(settings, card, seen(run.path), same=settings.data == began.data)
