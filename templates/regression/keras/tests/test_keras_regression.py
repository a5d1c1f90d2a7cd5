"""What Keras' networks reach; they are PyTorch's, weight for weight."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from your_project import baseline, closed_form, data, engines, transfer
from your_project.data import Data
from your_project.engine import card_of
from your_project.regression_metrics import regression
from your_project.run_folder import RunFolder, read_history
from your_project.settings import Settings
from your_project.stages import Stage
from your_project.tfkeras.engine import InVariances, KerasEngine
from your_project.training import whole_training

keras = pytest.importorskip("keras")  # after the project, which chooses its backend
SMALL = Settings(device="cpu", precision="fp32")


def engine(settings: Settings, rows: Data) -> KerasEngine:
    return KerasEngine(settings, card_of(rows, settings, "keras"))


def fit(made: KerasEngine, rows: Data, folder: Path, stages: tuple[Stage, ...]) -> KerasEngine:
    run = RunFolder(folder, made.best, made.last)
    made.fit(rows, stages, run)
    run.close()
    return made


def mae(made: KerasEngine, rows: Data) -> float:
    return float(regression(made.outputs(rows.test), rows.test.targets)["mae"])


@pytest.mark.parametrize("model", ["linear", "polynomial", "mlp"])
def test_the_network_is_that_of_pytorch(model: Literal["linear", "polynomial", "mlp"]) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("your_project.pytorch")
    settings = replace(SMALL, model=model, dropout=0.1)
    rows = data.load(settings)
    ours, theirs = (
        engine(settings, rows),
        engines.find("pytorch")(settings, card_of(rows, settings, "pytorch")),
    )
    assert ours.parameters == theirs.parameters
    weights = [one.detach().numpy() for one in theirs.network.parameters()]
    starts = [np.asarray(one) for one in ours.network.get_weights()]
    trained = [one for one in starts if one.dtype == np.float32]  # without the state of dropout
    for one, other in zip(weights, trained, strict=True):
        assert one.T.shape == other.shape
        if one.size > 500:  # enough to tell how they were drawn
            assert one.std() == pytest.approx(other.std(), rel=0.1)
    for variable, value in zip(ours.network.trainable_variables, weights, strict=True):
        variable.assign(value.T)
    np.testing.assert_allclose(ours.outputs(rows.test), theirs.outputs(rows.test), rtol=1e-4, atol=1e-4)


def test_the_loss_is_told_in_variances() -> None:
    told = InVariances(2.0)(np.array([[1.0], [2.0]]), np.array([[1.0], [4.0]]))
    assert float(told) == pytest.approx(0.5)


def test_a_target_that_is_no_column_is_another_loss() -> None:
    predicted, true = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 3.0])
    plain = keras.ops.mean(keras.ops.square(predicted - true))  # what a loss of one's own would compute
    assert float(plain) == pytest.approx(4 / 3)  # although every prediction is right
    assert float(InVariances(1.0)(true[:, None], predicted)) == 0


def test_a_linear_model_arrives_at_the_closed_form_as_the_settings_are(tmp_path: Path) -> None:
    settings = Settings(model="linear", device="cpu")
    rows = data.load(settings)
    made = fit(engine(settings, rows), rows, tmp_path, whole_training(settings))
    solution = closed_form.solve(*closed_form.standardised(rows))
    weights = made.network.get_layer("head").get_weights()[0][:, 0]
    np.testing.assert_allclose(weights, solution.weights, atol=0.05)
    shown = weights[list(closed_form.heaviest(solution.weights))]
    assert list(made.noted().values()) == pytest.approx(shown)
    assert {"weight_1", "weight_2"} <= set(read_history(tmp_path)[-1])
    ridge = baseline.compare(rows, settings)
    assert ridge is not None
    assert mae(made, rows) < 1.02 * ridge["mae"]


@pytest.mark.slow
def test_the_mlp_is_better_than_ridge(tmp_path: Path) -> None:
    rows = data.load(SMALL)
    ridge = baseline.compare(rows, SMALL)
    assert ridge is not None
    made = fit(engine(SMALL, rows), rows, tmp_path, whole_training(SMALL))
    assert mae(made, rows) < 0.9 * ridge["mae"]


@pytest.mark.slow
def test_fine_tuning_beats_training_from_scratch(tmp_path: Path) -> None:
    settings = SMALL  # one seed: the PyTorch side has three
    rows = data.load(settings, without_group=True)
    known, new = transfer.groups(rows, settings)
    first = rows.only(known)
    base = fit(engine(settings, first), first, tmp_path / "base", whole_training(settings))
    few = rows.only(new).few(settings.shots, settings.seed)
    settings = replace(settings, batch_size=8)
    tuned = KerasEngine(settings, transfer.adapted(base.card, few, new))
    tuned.load(tmp_path / "base" / base.best)
    fit(tuned, few, tmp_path / "tuned", transfer.adaptation(settings))
    same_budget = replace(settings, epochs=settings.epochs + settings.head_epochs)
    scratch = fit(engine(settings, few), few, tmp_path / "scratch", whole_training(same_budget))
    assert mae(tuned, few) < mae(scratch, few)
