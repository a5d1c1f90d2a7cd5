"""The programs with PyTorch: resumed, fine-tuned, exported, asked."""

from __future__ import annotations

import json

import numpy as np
import pytest
from encoder_cases import tiny_bert
from pytorch_cases import PLAIN, accuracy, fit, settings_of, texts_of

from your_project import workflows
from your_project.run_folder import RunFolder

WORDS = ["--data", "products-en", "--width", "16", "--length", "24", "--device", "cpu", "--precision", "fp32"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    workflows.train("pytorch", [*WORDS, "--epochs", "2", "--runs", str(folder), "--run", "mine"])
    return folder


def test_the_formats_of_pytorch_are_written_and_checked(trained):
    """ONNX is what test_contract.py has it export."""
    workflows.export("pytorch", ["--runs", str(trained), "--device", "cpu", "--formats", "pt2"])
    written = json.loads((trained / "mine" / "export" / "export.json").read_text())["files"]
    assert [one["format"] for one in written] == ["pt2"]
    assert all(one["largest_difference"] < 1e-4 for one in written)


def test_texts_and_files_are_predicted(trained, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("a great camera\n\nit broke at once\n")
    words = ["--runs", str(trained), "--device", "cpu"]
    capsys.readouterr()
    workflows.predict("pytorch", [*words, "--texts", "works well " * 20, str(tmp_path / "mine.txt")])
    lines = capsys.readouterr().out.splitlines()
    assert "warning     1 of 3 texts have over 24 tokens and were cut" in lines
    assert [line for line in lines if line.endswith(("a great camera", "it broke at once"))] == lines[-2:]
    assert "%" in lines[-1]
    workflows.predict("pytorch", words)
    assert capsys.readouterr().out.count("(positive)") > 1


def test_texts_that_are_strange_to_the_network_are_told(trained, capsys):
    words = ["--runs", str(trained), "--device", "cpu"]
    told = "of the tokens are unknown to this network"
    workflows.evaluate("pytorch", words)
    assert told not in capsys.readouterr().out
    workflows.evaluate("pytorch", [*words, "--data", "hotels-zh"])
    assert told in capsys.readouterr().out
    assert told in (trained / "mine" / "evaluate" / "report.html").read_text(encoding="utf-8")
    workflows.predict("pytorch", [*words, "--texts", "\u623f\u95f4\u5f88\u5e72\u51c0"])
    assert f"warning     100% {told}" in capsys.readouterr().out


def test_evaluation_of_the_test_texts_gives_the_same_numbers(trained):
    workflows.evaluate("pytorch", ["--runs", str(trained), "--device", "cpu"])
    first, again = (
        json.loads((trained / "mine" / place).read_text())
        for place in ("metrics.json", "evaluate/metrics.json")
    )
    assert first["confusion"] == again["confusion"]
    assert first["cut_texts"] > 0
    assert "The linear model" in (trained / "mine" / "report.html").read_text() or (
        first["accuracy"] > first["baseline"]["accuracy"]
    )


def finetuned(runs, folder, name):
    """Adapt an encoder in the run of this name, and return what its metrics and its weights are."""
    words = ["--shots", "20", "--tune-epochs", "1", "--runs", str(runs), "--run", name]
    workflows.finetune("pytorch", [*WORDS, "--encoder", str(folder), *words])


def test_a_pretrained_encoder_is_adapted_and_goes_on_where_it_was_stopped(tmp_path, monkeypatch, capsys):
    folder, runs = tiny_bert(tmp_path / "bert"), tmp_path / "runs"
    finetuned(runs, folder, "whole")
    content = json.loads((runs / "whole" / "metrics.json").read_text())
    assert (content["base"], content["epochs"], content["scratch"]["epochs"]) == (str(folder), 2, 2)
    assert content["baseline"]["training_samples"] == content["samples"]["training"] == 40
    log = RunFolder.log

    def break_off(self, stage, epoch, **values):
        log(self, stage, epoch, **values)  # the row is written, the state is not yet
        if stage != "head":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "log", break_off)
        with pytest.raises(SystemExit):
            finetuned(runs, folder, "broken")
    assert "--run broken" in capsys.readouterr().err
    workflows.finetune("pytorch", ["--resume", "--runs", str(runs), "--run", "broken"])
    again = json.loads((runs / "broken" / "metrics.json").read_text())
    for one, other in ((content, again), (content["scratch"], again["scratch"])):
        assert one["confusion"] == other["confusion"] and one["loss"] == other["loss"]


# --- what must be reached


@pytest.mark.slow
@pytest.mark.parametrize(("changes", "floor"), [
    ({"data": "movies-en"}, 0.68),
    ({"data": "movies-en", "model": "transformer"}, 0.66),
])  # fmt: skip
def test_the_defaults(tmp_path, changes, floor):
    settings = settings_of(**{**PLAIN, "width": 64, "length": 64, **changes})
    texts = texts_of(settings)
    engine, _ = fit(tmp_path, texts, settings)
    assert accuracy(engine, texts.test) >= floor


@pytest.mark.slow
def test_what_was_learned_of_books_helps_with_hotels(tmp_path):
    """The mean of three seeds: with so few texts, chance alone moves a single one by some hundredths."""
    words = ["--data", "hotels-zh", "--runs", str(tmp_path), "--device", "cpu"]
    tuned: list[float] = []
    scratch: list[float] = []
    for seed in ("0", "1", "2"):
        base = ["--base", "base-pytorch"] if tuned else []  # the first of them trains it
        workflows.finetune("pytorch", [*words, *base, "--seed", seed, "--run", seed])
        content = json.loads((tmp_path / seed / "metrics.json").read_text())
        assert content["base"] == "base-pytorch" and content["epochs"] == content["scratch"]["epochs"] == 3
        tuned.append(content["accuracy"])
        scratch.append(content["scratch"]["accuracy"])
    assert np.mean(tuned) > np.mean(scratch) + 0.05, (tuned, scratch)
