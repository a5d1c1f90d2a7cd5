"""Training with PyTorch: it learns, ends the same when resumed, keeps its threshold, can be exported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from pytorch_cases import SMALL, engine_for, fit, settings_of

from your_project import data, workflows
from your_project.files import read_json
from your_project.run_folder import RunFolder
from your_project.settings import Settings

WORDS = [word for name, value in SMALL.items() for word in (f"--{name.replace('_', '-')}", str(value))]


@pytest.mark.parametrize("model", ["tabm", "mlp", "wide"])
def test_wine_is_learned(tmp_path: Path, model: str) -> None:
    settings = settings_of(model=model, epochs=15, width=64)
    rows = data.load(settings)
    engine = engine_for(rows, settings)
    fit(tmp_path, engine, rows)
    assert (engine.outputs(rows.test).argmax(1) == rows.test.labels).mean() >= 0.92


def test_a_run_that_broke_off_ends_as_one_that_did_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, settings = data.load(settings_of()), settings_of()
    whole = engine_for(rows, settings)
    told = fit(tmp_path / "whole", whole, rows)
    log = RunFolder.log

    def break_off(self: RunFolder, stage: str, epoch: int, **values: float) -> None:
        log(self, stage, epoch, **values)  # the row is written, the state is not yet
        if epoch == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "log", break_off)
        with pytest.raises(KeyboardInterrupt):
            fit(tmp_path / "broken", engine_for(rows, settings), rows)
    resumed = engine_for(rows, settings_of(resume=True))
    assert fit(tmp_path / "broken", resumed, rows) == told
    for one, other in zip(whole.network.parameters(), resumed.network.parameters(), strict=True):
        assert torch.equal(one, other)
    assert (tmp_path / "whole" / whole.best).read_bytes() == (tmp_path / "broken" / whole.best).read_bytes()


def test_from_training_to_predictions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--runs", str(tmp_path / "runs"), "--device", "cpu"]
    words = [*WORDS, "--data", "breast_cancer", "--epochs", "12", "--learning-rate", "5e-3"]
    workflows.train("pytorch", [*words, *place, "--run", "mine"])
    run = tmp_path / "runs" / "mine"
    content = read_json(run / "metrics.json")
    assert content["accuracy"] > 0.9
    assert content["roc_auc"] > 0.97
    assert content["decision"]["positive"] == "malignant"
    assert content["decision"]["threshold"] == read_json(run / "threshold.json")["threshold"]
    assert content["baseline"]["accuracy"] > 0.9
    assert "precision by recall" in (run / "report.html").read_text(encoding="utf-8")

    workflows.evaluate("pytorch", place)
    again = read_json(run / "evaluate" / "metrics.json")
    for key in ("accuracy", "loss", "roc_auc", "decision"):
        assert again[key] == content[key]

    # rows of one's own: the columns in another order, without the answer, one gap
    source = data.load(Settings(data="breast_cancer")).test.table
    names = [name for name in source.names if name != "kind"][::-1]
    lines = [";".join(names)]
    lines += [";".join(repr(float(source.columns[name][at])) for name in names) for at in range(5)]
    lines[1] = lines[1].partition(";")[2].join([";", ""])
    (tmp_path / "asked.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    capsys.readouterr()
    workflows.predict("pytorch", [*place, "--rows", str(tmp_path / "asked.csv"), "--threshold", "0.9"])
    assert "threshold   0.900\n" in capsys.readouterr().out
    told = (run / "predictions.csv").read_text(encoding="utf-8-sig").splitlines()
    assert told[0].split(",")[-3:] == ["kind_predicted", "kind_share_benign", "kind_share_malignant"]
    assert len(told) == 6
    for line in told[1:]:
        called, *shares = line.split(",")[-3:]
        assert called == ("malignant" if float(shares[1]) >= 0.9 else "benign")

    workflows.export("pytorch", place)
    files = read_json(run / "export" / "export.json")["files"]
    assert [one["format"] for one in files] == ["onnx", "pt2"]
    workflows.predict("pytorch", place)
    assert "chosen for malignant on the validation rows" in capsys.readouterr().out


def test_an_adapted_network_is_evaluated_on_the_rows_that_were_new_to_it(tmp_path: Path) -> None:
    place = ["--runs", str(tmp_path), "--device", "cpu"]
    words = [*WORDS, "--data", "adult", "--limit", "300", "--shots", "40", "--epochs", "1", "--run", "tuned"]
    workflows.finetune("pytorch", [*words, *place])
    workflows.evaluate("pytorch", [*place, "--run", "tuned"])
    tuned, again = (read_json(tmp_path / "tuned" / name / "metrics.json") for name in (".", "evaluate"))
    assert again["samples"]["test"] == tuned["samples"]["test"] < 900  # the married are its base's
    assert again["accuracy"] == tuned["accuracy"]


def test_a_search_keeps_the_threshold_of_its_best_trial(tmp_path: Path) -> None:
    words = [*WORDS, "--data", "breast_cancer", "--trials", "2", "--space", "dropout=0,0.2"]
    workflows.search("pytorch", [*words, "--runs", str(tmp_path), "--run", "found"])
    best = read_json(tmp_path / "found" / "metrics.json")["trials"][0]["trial"]
    kept = (tmp_path / "found" / name / "threshold.json" for name in (".", best))
    one, other = (read_json(path) for path in kept)
    assert one == other


@pytest.mark.parametrize("program", ["train", "finetune", "evaluate", "predict", "search", "export"])
def test_smoke(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    getattr(workflows, program)("pytorch", ["--smoke", "--device", "cpu"])
    assert "smoke run   done" in capsys.readouterr().out


@pytest.mark.slow
def test_the_defaults_come_up_to_gradient_boosting(tmp_path: Path) -> None:
    from your_project import baseline

    settings = Settings(device="cpu")
    rows = data.load(settings)
    engine = engine_for(rows, settings)
    fit(tmp_path, engine, rows)
    boosted = baseline.compare(rows, settings)
    assert boosted is not None
    accuracy = float((engine.outputs(rows.test).argmax(1) == rows.test.labels).mean())
    assert accuracy >= boosted["accuracy"] - 0.01
    assert np.isfinite(engine.threshold)
