"""The Keras side: the same networks as PyTorch's, trained, resumed, exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from your_project import data, engines, ranking, workflows
from your_project.engine import card_of
from your_project.files import read_json
from your_project.run_folder import RunFolder, read_history
from your_project.settings import Settings
from your_project.tfkeras.engine import KerasEngine
from your_project.training import whole_training

keras = pytest.importorskip("keras")  # after the project, which chooses its backend
SMALL = {"data": "wine", "width": 16, "members": 4, "epochs": 3, "batch_size": 16, "device": "cpu"}


def engine(rows: data.Data, **changes: Any) -> KerasEngine:
    settings = Settings(**{**SMALL, **changes})
    return KerasEngine(settings, card_of(rows, settings, "keras"))


def fit(folder: Path, made: KerasEngine, rows: data.Data) -> list[dict[str, float]]:
    run = RunFolder(folder, made.best, made.last, resume=made.settings.resume)
    made.fit(rows, whole_training(made.settings), run)
    return [{k: v for k, v in row.items() if k != "seconds"} for row in read_history(folder)]


@pytest.fixture(scope="module")
def wine() -> data.Data:
    return data.load(Settings(data="wine"))


@pytest.mark.parametrize("model", ["tabm", "mlp", "wide"])
def test_the_same_weights_compute_what_pytorch_computes(model: str) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("your_project.pytorch")  # a project of both frameworks

    rows = data.load(Settings(data="adult", limit=300))
    keras_side = engine(rows, model=model)
    torch_side = engines.find("pytorch")(keras_side.settings, keras_side.card)
    assert keras_side.parameters == torch_side.parameters
    assert list(keras_side.sections()) == list(torch_side.sections())
    for name, layers in keras_side.sections().items():
        theirs = list(torch_side.sections()[name].parameters())
        ours = [np.array(weight) for weight in layers[0].get_weights()]
        with torch.no_grad():
            for parameter, array in zip(theirs, ours, strict=True):
                # a dense layer's kernel lies the other way round
                parameter.copy_(torch.from_numpy(array.T if name.startswith("hidden") else array))
    part = rows.test.take(slice(50))
    part.columns[::3, 0] = np.nan
    np.testing.assert_allclose(keras_side.outputs(part), torch_side.outputs(part), atol=1e-4)


@pytest.mark.parametrize("model", ["tabm", "wide"])
def test_both_begin_with_weights_of_the_same_size(model: str) -> None:
    pytest.importorskip("your_project.pytorch")  # a project of both frameworks

    rows = data.load(Settings(data="adult", limit=300))
    keras_side = engine(rows, model=model, width=64)
    torch_side = engines.find("pytorch")(keras_side.settings, keras_side.card)
    for name, layers in keras_side.sections().items():
        theirs = next(iter(torch_side.sections()[name].parameters())).detach().numpy()
        ours = np.array(layers[0].get_weights()[0])
        assert ours.std() == pytest.approx(theirs.std(), rel=0.15), name


def test_the_tutorials_network_ends_in_one_unit_with_a_sigmoid() -> None:
    rows = data.load(Settings(data="adult", limit=300))
    made = engine(rows, model="wide")
    weights = made.network.get_layer("head").get_weights()
    assert [one.shape for one in weights] == [(1, 1024, 1), (1, 1)]
    logits = made.outputs(rows.test)
    shares = ranking.shares(logits)[:, 1]
    np.testing.assert_allclose(shares, 1 / (1 + np.exp(logits[:, 0] - logits[:, 1])), rtol=1e-5)
    # what goes wrong: softmax over that unit, which has nothing to be shared with
    with pytest.warns(UserWarning, match="This axis has size 1"):
        shares = np.array(keras.ops.softmax(logits[:, 1:], axis=-1))
    assert (shares == 1).all()


@pytest.mark.parametrize("model", ["tabm", "mlp"])
def test_wine_is_learned(tmp_path: Path, wine: data.Data, model: str) -> None:
    made = engine(wine, model=model, width=64, epochs=15)
    fit(tmp_path, made, wine)
    assert (made.outputs(wine.test).argmax(1) == wine.test.labels).mean() >= 0.92


def test_a_run_that_broke_off_ends_as_one_that_did_not(
    tmp_path: Path, wine: data.Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = engine(wine)
    told = fit(tmp_path / "whole", whole, wine)
    log = RunFolder.log

    def break_off(self: RunFolder, stage: str, epoch: int, **values: float) -> None:
        log(self, stage, epoch, **values)  # the row is written, the state is not yet
        if epoch == 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "log", break_off)
        with pytest.raises(KeyboardInterrupt):
            fit(tmp_path / "broken", engine(wine), wine)
    resumed = engine(wine, resume=True)
    assert fit(tmp_path / "broken", resumed, wine) == told
    for one, other in zip(whole.network.get_weights(), resumed.network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_from_training_to_predictions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [word for name, value in SMALL.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    place = ["--runs", str(tmp_path), "--device", "cpu"]
    more = ["--data", "adult", "--limit", "400", "--run", "mine"]
    workflows.train("keras", [*words, *more, *place])
    content = read_json(tmp_path / "mine" / "metrics.json")
    assert content["decision"]["positive"] == ">50K"
    workflows.evaluate("keras", place)
    again = read_json(tmp_path / "mine" / "evaluate" / "metrics.json")
    assert again["decision"] == content["decision"]
    workflows.export("keras", place)
    files = read_json(tmp_path / "mine" / "export" / "export.json")["files"]
    assert [one["format"] for one in files][:2] == ["onnx", "keras"]
    workflows.predict("keras", place)
    assert "chosen for >50K on the validation rows" in capsys.readouterr().out


@pytest.mark.parametrize("program", ["finetune", "search"])
def test_smoke(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    getattr(workflows, program)("keras", ["--smoke", "--device", "cpu"])
    assert "smoke run   done" in capsys.readouterr().out


@pytest.mark.slow
def test_the_defaults_come_up_to_gradient_boosting(tmp_path: Path) -> None:
    from your_project import baseline

    settings = Settings(device="cpu")
    rows = data.load(settings)
    made = KerasEngine(settings, card_of(rows, settings, "keras"))
    fit(tmp_path, made, rows)
    boosted = baseline.compare(rows, settings)
    assert boosted is not None
    accuracy = float((made.outputs(rows.test).argmax(1) == rows.test.labels).mean())
    assert accuracy >= boosted["accuracy"] - 0.01
