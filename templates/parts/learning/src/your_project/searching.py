"""Search: train with several settings, and keep the network that does best on the validation data.

The settings are spread evenly over their ranges instead of drawn at random, which leaves smaller gaps for the
same number of trials (quasi-random search: https://github.com/google-research/tuning_playbook). The test data
is looked at once, at the end, with the network that was chosen without it.
"""

from __future__ import annotations

import math
import shutil
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from . import data, jobs
from .engine import card_of
from .errors import Interrupted, ProjectError
from .files import read_json, write_json, write_text
from .space import parse, points, toml, tunable
from .training import FREE, announce, finish, make_engine, remember, whole_training, with_small_batches

if TYPE_CHECKING:
    from pathlib import Path

    from .data import Data
    from .program import Request
    from .settings import Settings

#: settings of this search, and of where and on what it ran
NOT_KEPT = jobs.FREE | {"trials", "space"}

Row = dict[str, Any]


def search(request: Request[Settings]) -> None:
    """Try settings, evaluate the best network on the test data, write metrics and report."""
    request, path = jobs.open_run(request, "search", FREE)
    if path is None:
        return
    with jobs.removed_unless_begun(request, path), jobs.told_how_to_resume(request, path, "search"):
        search_in(path, request)


def search_in(path: Path, request: Request[Settings]) -> None:
    """Search in the folder of a run; a trial that is finished is not run again."""
    settings = request.settings
    space = parse(settings.space, type(settings), tunable(type(settings)))
    samples = data.load(settings)
    tried = [
        trial(path / f"trial-{number:02}", values, samples, request)
        for number, values in enumerate(points(space, settings.trials, settings.seed), start=1)
    ]
    rows = sorted(tried, key=lambda row: row["validation_loss"])
    if not math.isfinite(rows[0]["validation_loss"]):
        raise ProjectError(f"none of {len(rows)} trials learned anything: {rows[0]['problem']}")
    best = rows[0]
    print(f"best        {words(best['settings'])} (validation loss {best['validation_loss']:.4f})")
    keep(path, path / best["trial"], samples, replace(settings, **best["settings"]), request, rows)


def trial(path: Path, values: dict[str, Any], samples: Data, request: Request[Settings]) -> Row:
    """Train with these settings, unless that has been done; return what came of it."""
    if (path / "trial.json").is_file():
        return read_json(path / "trial.json")
    print(f"{path.name}    {words(values)}", flush=True)
    row: Row = {"trial": path.name, "settings": values, "validation_loss": math.inf}
    try:
        settings = with_small_batches(replace(request.settings, **values), samples)
        engine = make_engine(request.framework, settings, card_of(samples, settings, request.framework))
        part = replace(request, settings=settings)
        history = jobs.fit(engine, samples, whole_training(settings), path, part, program="search").history()
    except (ProjectError, ValueError) as problem:  # such as a loss that is no number: a result, too
        if isinstance(problem, Interrupted):
            raise
        row |= {"problem": str(problem), "validation_loss": math.inf}
        print(f"            {problem}")
    else:
        losses = [epoch["validation_loss"] for epoch in history]
        row |= {"validation_loss": min(losses), **jobs.training_facts(history)}
    write_json(path / "trial.json", row)
    return row


def keep(
    path: Path, best: Path, samples: Data, settings: Settings, request: Request[Settings], rows: list[Row]
) -> None:
    """Make the search's folder a run like any other, with the network of its best trial."""
    found, settings = settings, with_small_batches(settings, samples)
    engine = make_engine(request.framework, settings, card_of(samples, settings, request.framework))
    remember(samples, path)
    # the card, and what else a project keeps beside the weights, are JSON; the others are the trial's own
    described = [file.name for file in best.glob("*.json") if file.name != "trial.json"]
    for name in (engine.best, "history.jsonl", *described):
        shutil.copyfile(best / name, path / name)
    engine.load(path / engine.best)
    changed = {**rows[0]["settings"], **chosen(found)}
    write_text(path / "best.toml", "".join(f"{name} = {toml(value)}\n" for name, value in changed.items()))
    announce(engine, samples, path)
    finish(engine, samples, path, settings, job="search", extra={"trials": rows})
    print(f"settings    {path / 'best.toml'}: train with --config and this file")


def chosen(settings: Settings) -> dict[str, Any]:
    """Return the settings that are not as they are by default, and that training alone takes as well."""
    return {
        field.name: getattr(settings, field.name)
        for field in fields(settings)
        if field.name not in NOT_KEPT and getattr(settings, field.name) != field.default
    }


def words(values: dict[str, Any]) -> str:
    """Return settings as one line."""
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in values.items()
    )
