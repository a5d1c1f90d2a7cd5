"""A search from the command line to the report, with a small NumPy network in place of a framework."""

from __future__ import annotations

import pytest
from linear_engine import LinearEngine

from your_project.files import read_json

SPACE = ("--trials", "3", "--space", "learning_rate=0.01:1:log")


def test_a_search_keeps_the_network_that_does_best_on_the_validation_data(run, capsys):
    run.quick("search", "--run", "tried", *SPACE)
    folder = run.folder / "tried"
    content = read_json(folder / "metrics.json")
    trials = content["trials"]
    assert (content["job"], len(trials)) == ("search", 3)
    losses = [one["validation_loss"] for one in trials]
    assert losses == sorted(losses)
    assert {one["trial"] for one in trials} == {"trial-01", "trial-02", "trial-03"}
    best = trials[0]["settings"]["learning_rate"]
    kept = f'learning_rate = {best}\ndata = "digits"\nepochs = 3\n'  # what was chosen for the search as well
    assert (folder / "best.toml").read_text() == kept
    best_weights = (folder / trials[0]["trial"] / "best.safetensors").read_bytes()
    assert (folder / "best.safetensors").read_bytes() == best_weights
    assert "Trials" in (folder / "report.html").read_text(encoding="utf-8")
    capsys.readouterr()
    run("evaluate")
    assert f"run         {folder}" in capsys.readouterr().out
    assert read_json(folder / "evaluate" / "metrics.json")["accuracy"] == content["accuracy"]
    run("train", "--config", str(folder / "best.toml"), "--run", "again")
    assert read_json(run.folder / "again" / "metrics.json")["loss"] == content["loss"]


def test_a_search_that_was_stopped_goes_on_with_the_trial_it_was_at(run, capsys, monkeypatch):
    run.quick("search", "--run", "unbroken", *SPACE)
    first = LinearEngine.fit
    begun = []

    def stopped_in_the_second(engine, data, stages, folder):
        begun.append(folder.path.name)
        monkeypatch.setattr(LinearEngine, "interrupt_at", 1 if len(begun) == 2 else None)
        first(engine, data, stages, folder)

    monkeypatch.setattr(LinearEngine, "fit", stopped_in_the_second)
    status, error = run.quick_failed("search", "--run", "broken", *SPACE)
    assert (status, begun) == (130, ["trial-01", "trial-02"])
    assert "your_project.pytorch.search --run broken" in error
    run("search", "--resume")
    assert begun == ["trial-01", "trial-02", "trial-02", "trial-03"]
    one, other = (read_json(run.folder / name / "metrics.json")["trials"] for name in ("unbroken", "broken"))
    assert one == other


def test_a_trial_that_fails_is_a_result_too(run, capsys, monkeypatch):
    whole = LinearEngine.fit

    def fails_above(engine, data, stages, folder):
        if stages[0].learning_rate > limit:
            raise engine_error("the loss is nan")
        whole(engine, data, stages, folder)

    from your_project.errors import ProjectError as engine_error

    limit = 0.1
    monkeypatch.setattr(LinearEngine, "fit", fails_above)
    run.quick("search", "--run", "some", *SPACE)
    trials = read_json(run.folder / "some" / "metrics.json")["trials"]
    assert [one.get("problem") for one in trials][-1] == "the loss is nan"
    assert trials[0]["settings"]["learning_rate"] <= limit
    limit = 0.0
    status, error = run.quick_failed("search", "--run", "none", *SPACE)
    assert (status, error) == (1, "error: none of 3 trials learned anything: the loss is nan")
    assert not (run.folder / "none").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--space", "wdith=8,16"), "no such setting: wdith; did you mean width"),
        (("--space", "model=vgg"), "vgg is none of resnet, lenet"),
        (("--trials", "0"), "trials must be at least 1"),
    ],
)
def test_what_cannot_be_searched_is_told_before_anything_is_trained(run, capsys, words, told):
    status, error = run.quick_failed("search", *words)
    assert (status in (1, 2), told in error) == (True, True)
    assert not list(run.folder.glob("*"))
