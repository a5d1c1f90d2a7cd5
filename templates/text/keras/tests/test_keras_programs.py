"""The programs with Keras: resumed, fine-tuned, exported, asked."""

from __future__ import annotations

import json

import pytest
from encoder_cases import tiny_bert
from keras_cases import PLAIN, accuracy, fit, settings_of, texts_of

from your_project import workflows
from your_project.run_folder import RunFolder

WORDS = ["--data", "products-en", "--width", "16", "--length", "24", "--device", "cpu"]


@pytest.mark.parametrize(
    ("model", "formats"),
    [
        ("rnn", ["keras", "saved_model"]),  # ONNX is what test_contract.py has it export
        pytest.param("transformer", ["onnx", "keras"], marks=pytest.mark.slow),
    ],
)
def test_every_format_is_written_and_checked(model, formats, tmp_path, capsys):
    words = ["--runs", str(tmp_path), "--device", "cpu"]
    workflows.train("keras", [*WORDS, "--model", model, "--epochs", "1", *words, "--run", "mine"])
    workflows.export("keras", [*words, "--formats", *formats])
    written = json.loads((tmp_path / "mine" / "export" / "export.json").read_text())["files"]
    assert [one["format"] for one in written] == formats
    assert all(one["largest_difference"] < 1e-4 for one in written)
    capsys.readouterr()
    workflows.predict("keras", [*words, "--texts", "a great camera"])
    assert capsys.readouterr().out.splitlines()[-1].endswith("a great camera")
    workflows.predict("keras", [*words, "--texts", "\u623f\u95f4\u5f88\u5e72\u51c0"])
    assert "warning     100% of the tokens are unknown to this network" in capsys.readouterr().out


def finetuned(runs, folder, name):
    """Adapt an encoder in the run of this name, and return what its metrics and its weights are."""
    words = ["--shots", "20", "--tune-epochs", "1", "--runs", str(runs), "--run", name]
    workflows.finetune("keras", [*WORDS, "--encoder", str(folder), *words])


@pytest.mark.slow
def test_a_pretrained_encoder_is_adapted_and_goes_on_where_it_was_stopped(tmp_path, monkeypatch, capsys):
    folder, runs = tiny_bert(tmp_path / "bert"), tmp_path / "runs"
    finetuned(runs, folder, "whole")
    content = json.loads((runs / "whole" / "metrics.json").read_text())
    assert (content["base"], content["epochs"], content["scratch"]["epochs"]) == (str(folder), 2, 2)
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
    workflows.finetune("keras", ["--resume", "--runs", str(runs), "--run", "broken"])
    again = json.loads((runs / "broken" / "metrics.json").read_text())
    for one, other in ((content, again), (content["scratch"], again["scratch"])):
        assert one["confusion"] == other["confusion"] and one["loss"] == other["loss"]


# --- what must be reached


@pytest.mark.slow
def test_the_defaults(tmp_path):
    """The transformer is computed as on the PyTorch side, where its floor is tested."""
    settings = settings_of(**{**PLAIN, "data": "movies-en", "width": 64, "length": 64})
    texts = texts_of(settings)
    engine, _ = fit(tmp_path, texts, settings)
    assert accuracy(engine, texts.test) >= 0.68


@pytest.mark.slow
def test_what_was_learned_of_books_helps_with_hotels(tmp_path):
    """One seed, whose lead is far above what chance moves; the PyTorch side has the mean of three."""
    words = ["--data", "hotels-zh", "--runs", str(tmp_path), "--device", "cpu"]
    workflows.finetune("keras", [*words, "--run", "tuned"])
    content = json.loads((tmp_path / "tuned" / "metrics.json").read_text())
    assert content["base"] == "base-keras" and content["epochs"] == content["scratch"]["epochs"] == 3
    assert content["accuracy"] > content["scratch"]["accuracy"] + 0.05
