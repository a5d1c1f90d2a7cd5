"""Tuning a model of somebody else: what it answers before, what it learns, what it answers then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import jobs, processes, runs
from ..report import Page
from ..sections import facts, training_curves
from ..stages import Stage
from .hub_engine import HubCard, HubEngine

if TYPE_CHECKING:
    from pathlib import Path

    from ..program import Request
    from .hub_engine import Chats
    from .tuning import Tuning

SCHEMA = "tuning/1"
#: settings that do not change what a run computes, and may differ when it is resumed
FREE = jobs.FREE | {"cache", "samples", "length"}
BYTES = 4 * 4  # of a weight that learns: itself, its gradient and Adam's two averages, in float32

Answers = list[dict[str, str]]


def tune(request: Request[Tuning]) -> None:
    """Tune a model on chats; write adapters, metrics and report."""
    request, path = jobs.open_run(request, "tune", FREE)
    if path is None:
        return
    with jobs.removed_unless_begun(request, path):
        tune_in(path, request)


def tune_in(path: Path, request: Request[Tuning]) -> None:
    """Tune in the folder of a run."""
    settings = request.settings
    engine = HubEngine(settings, revision(path) if settings.resume else "")
    chats = engine.chats()
    announce(engine, chats, path)
    stages = (Stage("adapters", settings.epochs, settings.learning_rate),)
    if processes.number():  # one of several, and not the first: only its share of the training is left to it
        jobs.follow(engine, chats, stages, path, request)
        return
    asked = chats.asked[: settings.samples]
    before, first = engine.measured(chats.test), engine.answers(asked)
    print(f"before      loss {before['loss']:.4f}, perplexity {before['perplexity']:.2f}", flush=True)
    run = jobs.fit(engine, chats, stages, path, request, program="tune")
    engine.save_adapters(path / "adapter")
    after, then = engine.measured(chats.test), engine.answers(asked)
    answers = [
        {"question": chat[-2]["content"], "meant": chat[-1]["content"], "before": one, "after": other}
        for chat, one, other in zip(asked, first, then, strict=True)
    ]
    history = run.history()
    content = {
        "job": "tune",
        "run": path.name,
        "framework": engine.framework,
        "framework_version": engine.version,
        "model": engine.card.model,
        "hub": settings.hub,
        "bits": engine.card.bits,
        "weights": engine.weights,
        "parameters": engine.parameters,
        "device": engine.device,
        "precision": engine.precision,
        "data": settings.data,
        "samples": {
            "training": len(chats.train),
            "validation": len(chats.validation),
            "test": len(chats.test),
        },
        **after,
        "baseline": {"name": "the model as it came", **before},
        **jobs.training_facts(history),
        "answers": answers,
    }
    jobs.write_results(path, SCHEMA, content, page_of(content, history))
    tell(content, path)


def revision(path: Path) -> str:
    """Return which commit of the hub's model a run began with, "" where it had none, or has not begun."""
    if not (path / "model.json").is_file():
        return ""
    card: HubCard = runs.stored(path, HubCard, "model.json")
    return card.revision


def announce(engine: HubEngine, chats: Chats, path: Path) -> None:
    """Say what will be done, and what it takes."""
    settings = engine.settings
    sizes = f"{len(chats.train)} training, {len(chats.validation)} validation, {len(chats.test)} test chats"
    print(f"data        {settings.data}: {sizes}, of {chats.train.inputs.shape[1]} tokens at most")
    share = f"{engine.parameters / engine.weights:.2%}"
    print(f"network     {engine.card.model}, {engine.weights:,} weights, of {engine.loaded.words}")
    print(f"adapters    {engine.parameters:,} weights learn ({share}), LoRA of rank {settings.rank} by peft")
    learning = f"{engine.parameters * BYTES / 1e6:,.0f} MB for what learns, its gradients and Adam's averages"
    print(f"memory      {engine.kept}; {learning}; activations come on top")
    jobs.announce(engine, path)


def page_of(content: dict[str, Any], history: list[dict[str, Any]]) -> Page:
    """Return the report."""
    before = content["baseline"]
    page = Page(f"Tuned {content['hub']}", f"run {content['run']}")
    page.tiles(
        {
            "perplexity of test answers": f"{content['perplexity']:.2f}",
            "before": f"{before['perplexity']:.2f}",
            "weights that learned": f"{content['parameters']:,}",
        }
    )
    facts(page, content)
    training_curves(page, history, "The loss is that of the assistant's tokens only.")
    page.heading("Answers", "The likeliest words, on questions that were not trained on.")
    page.table(
        ("question", "before", "after", "meant"),
        [(one["question"], one["before"], one["after"], one["meant"]) for one in content["answers"]],
    )
    return page


def tell(content: dict[str, Any], path: Path) -> None:
    """Say what came of it."""
    for one in content["answers"]:
        print(f"question    {one['question']}")
        print(f"  before    {_short(one['before'])}")
        print(f"  after     {_short(one['after'])}")
    print(f"test        loss {content['loss']:.4f}, perplexity {content['perplexity']:.2f}")
    before = content["baseline"]
    print(f"baseline    loss {before['loss']:.4f}, perplexity {before['perplexity']:.2f}: {before['name']}")
    print(f"report      {path / 'report.html'}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:157]}..."
