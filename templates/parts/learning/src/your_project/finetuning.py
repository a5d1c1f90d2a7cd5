"""Fine-tuning: what a network knows is put to use where there are few samples.

`transfer.py` says what is adapted to what, and in which stages. Usually only the new head learns first, on
features that stay as they are; a random head would otherwise send large gradients into the body and spoil
what it knows. Then everything learns, the slower the nearer to the input, where features are general. The
same is trained from scratch beside it, with the same samples and epochs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import jobs, results, transfer
from .training import FREE, announce, finish, fit, make_engine, measured, seen, with_small_batches

if TYPE_CHECKING:
    from pathlib import Path

    from .program import Request
    from .settings import Settings


def finetune(request: Request[Settings]) -> None:
    """Adapt a base network, train from scratch beside it, write metrics and report of both."""
    request, path = jobs.open_run(request, "finetune", FREE)
    if path is None:
        return
    with jobs.removed_unless_begun(request, path):
        finetune_in(path, request)


def finetune_in(path: Path, request: Request[Settings]) -> None:
    """Fine-tune in the folder of a run, train from scratch beside it, write metrics and report."""
    start = transfer.start(request)
    known = None if start.run is None else seen(start.run.path)
    settings = with_small_batches(request.settings, start.data)
    request = replace(request, settings=settings)

    print(f"base        {start.words}")
    engine = make_engine(request.framework, settings, start.card)
    start.load(engine)
    announce(engine, start.data, path)
    run = fit(engine, start.data, start.stages, path, request, program="finetune", known=known)

    numbers, histories = {}, {}
    for other in start.beside:
        print(f"{other.name:<10}  {other.words}", flush=True)
        rival = make_engine(request.framework, settings, other.card)
        other.load(rival)
        beside = fit(rival, start.data, other.stages, path / other.name, request, program="finetune")
        histories[other.name] = beside.history()
        numbers[other.name] = {
            **measured(rival, start.data.test),
            **jobs.training_facts(histories[other.name]),
        }

    extra = {"base": start.base, **start.known(), **numbers}
    mine = finish(engine, start.data, run.path, settings, job="finetune", extra=extra, others=histories)
    for name, told in numbers.items():
        print(f"{name:<10}  {results.told(told)}")
    if numbers["scratch"]["loss"] < mine["loss"]:
        print("            What the base knows does not help here: from scratch the test loss is lower. Try")
        print("            a nearer --base, a smaller --learning-rate, or train with all the data.")
