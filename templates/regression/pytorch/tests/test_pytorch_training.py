"""What PyTorch's networks reach, and what goes wrong in tutorials: each fault beside its cure."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from pytorch_cases import cars, engine_for, fit, measured, settings_of

from your_project import baseline, closed_form, data, transfer
from your_project.errors import ProjectError
from your_project.pytorch.model import build
from your_project.regression_metrics import regression
from your_project.training import whole_training


def test_a_linear_model_arrives_at_the_closed_form_as_the_settings_are(tmp_path):
    rows, settings = cars(), settings_of(model="linear")
    engine, history = fit(tmp_path, rows, settings)
    solution = closed_form.solve(*closed_form.standardised(rows))
    weights = engine.network.head.weight[0].detach().numpy()
    np.testing.assert_allclose(weights, solution.weights, atol=0.05)
    way = [weights[at] for at in closed_form.heaviest(solution.weights)]
    assert list(engine.noted().values()) == pytest.approx(way)
    assert (history[-1]["weight_1"], history[-1]["weight_2"]) == pytest.approx(way, abs=0.02)
    ridge = baseline.compare(rows, settings)
    assert ridge is not None
    assert measured(engine, rows.test)["mae"] < 1.02 * ridge["mae"]


@pytest.mark.parametrize("model", ["linear", "polynomial", "mlp"])
def test_a_network_takes_rows_as_they_are_and_begins_with_the_mean(model):
    rows = cars()
    engine = engine_for(rows, settings_of(model=model))
    outputs = engine.outputs(rows.test)
    assert outputs.shape == (len(rows.test), 1)
    assert outputs.mean() == pytest.approx(rows.target_mean, abs=3)
    assert outputs.dtype == np.float32


def test_a_polynomial_computes_the_terms(tmp_path):
    rows = cars()
    card = engine_for(rows, settings_of(model="polynomial", degree=3)).card
    network = build(card)
    from your_project import polynomial

    features = (rows.test.features.astype(float) - card.mean) / card.std
    expected = (polynomial.terms(features, 3) - card.term_mean) / card.term_std
    told = network.before(torch.from_numpy(rows.test.features)).numpy()
    np.testing.assert_allclose(told, expected, atol=2e-3)


# --- what goes wrong in tutorials


def test_a_target_that_is_no_column_learns_the_mean_only():
    rows = cars()
    x = torch.from_numpy(rows.train.features)
    y = torch.from_numpy(rows.train.targets)

    def error(targets):
        torch.manual_seed(0)
        network = build(engine_for(rows, settings_of()).card)
        optimiser = torch.optim.Adam(network.parameters(), lr=2e-3)
        for _ in range(200):
            optimiser.zero_grad()
            (((network(x) - targets) / rows.target_std) ** 2).mean().backward()
            optimiser.step()
        with torch.no_grad():
            return measured_by(network, rows.test)

    def measured_by(network, part):
        return regression(network(torch.from_numpy(part.features)).numpy(), part.targets)["r2"]

    assert (x[:, :1] - y[:, 0]).shape == (len(y), len(y))  # no error, no warning of plain tensors
    right, broadcast = error(y), error(y[:, 0])
    assert right > 0.8
    assert broadcast < 0.3  # it has learned next to nothing


def test_a_loss_that_explodes_is_told_with_its_cure(tmp_path):
    with pytest.raises(ProjectError, match=r"the loss is .* choose a smaller --learning-rate"):
        fit(tmp_path, cars(), settings_of(learning_rate=1e30, clip=0.0))


# --- floors


@pytest.mark.slow
def test_no_network_is_worse_than_ridge(tmp_path):
    rows = cars()
    ridge = baseline.compare(rows, settings_of())
    assert ridge is not None
    for seed in (0, 1, 2):
        engine, _ = fit(tmp_path / f"mlp-{seed}", rows, settings_of(seed=seed))
        assert measured(engine, rows.test)["mae"] < 0.9 * ridge["mae"]  # measured: 0.76 to 0.77 of it
    engine, _ = fit(tmp_path / "polynomial", rows, settings_of(model="polynomial"))
    assert measured(engine, rows.test)["mae"] < 0.9 * ridge["mae"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_fine_tuning_beats_training_from_scratch(seed, tmp_path):
    settings = settings_of(seed=seed)
    rows = data.load(settings, without_group=True)
    known, new = transfer.groups(rows, settings)
    base, _ = fit(tmp_path / "base", rows.only(known), settings)
    few = rows.only(new).few(settings.shots, seed)
    settings = replace(settings, batch_size=8)
    tuned = engine_for(few, settings, transfer.adapted(base.card, few, new))
    tuned.load(tmp_path / "base" / base.best)
    untouched = measured(tuned, few.test)["mae"]
    fit(tmp_path / "tuned", few, settings, transfer.adaptation(settings), engine=tuned)
    same_budget = replace(settings, epochs=settings.epochs + settings.head_epochs)
    scratch, _ = fit(tmp_path / "scratch", few, settings, whole_training(same_budget))
    assert measured(tuned, few.test)["mae"] < measured(scratch, few.test)["mae"]
    assert measured(tuned, few.test)["mae"] < untouched
