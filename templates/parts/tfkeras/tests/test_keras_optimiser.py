"""AdamW with shares of the learning rate, and the schedule, against formulas written out in NumPy."""

from __future__ import annotations

import math

import numpy as np
import pytest

from your_project.stages import Stage
from your_project.tfkeras.optimiser import LayerwiseAdamW, shares
from your_project.tfkeras.schedule import WarmupCosine

keras = pytest.importorskip("keras")  # after the project, which chooses its backend

RATES = (1.0, 0.25)
DECAY = 0.1


def gradients(step: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(step)
    return random.normal(size=(3, 2)).astype("float32"), random.normal(size=2).astype("float32")


def start() -> tuple[np.ndarray, np.ndarray]:
    return np.linspace(-1, 1, 6, dtype="float32").reshape(3, 2), np.array([0.5, -0.5], dtype="float32")


def by_keras(steps: int, rate: float) -> list[np.ndarray]:
    names = ("kernel", "bias")
    variables = [keras.Variable(value, name=name) for value, name in zip(start(), names, strict=True)]
    rates = {variable.path: share for variable, share in zip(variables, RATES, strict=True)}
    optimiser = LayerwiseAdamW(rate, decay=DECAY, rates=rates)
    for step in range(steps):
        optimiser.apply([keras.ops.convert_to_tensor(g) for g in gradients(step)], variables)
    return [np.asarray(keras.ops.convert_to_numpy(variable)) for variable in variables]


def by_hand(steps: int, rate: float) -> list[np.ndarray]:
    """Algorithm 2 of Loshchilov and Hutter 2019; the vector does not decay."""
    results = []
    for which, (share, decay) in enumerate(zip(RATES, (DECAY, 0.0), strict=True)):
        value = start()[which].astype("float64")
        mean, square = np.zeros_like(value), np.zeros_like(value)
        for step in range(1, steps + 1):
            gradient = gradients(step - 1)[which].astype("float64")
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.999 * square + 0.001 * gradient**2
            adam = (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
            value = value - share * rate * (adam + decay * value)
        results.append(value)
    return results


def test_updates_are_those_of_the_published_algorithm() -> None:
    for mine, hand in zip(by_keras(20, 0.01), by_hand(20, 0.01), strict=True):
        np.testing.assert_allclose(mine, hand, atol=2e-6)


def test_updates_are_those_of_pytorch_with_parameter_groups() -> None:
    torch = pytest.importorskip("torch")
    weights = [torch.nn.Parameter(torch.from_numpy(value.copy())) for value in start()]
    groups = [
        {"params": [weight], "lr": 0.01 * share, "weight_decay": decay}
        for weight, share, decay in zip(weights, RATES, (DECAY, 0.0), strict=True)
    ]
    optimiser = torch.optim.AdamW(groups, eps=1e-8)
    for step in range(20):
        for weight, gradient in zip(weights, gradients(step), strict=True):
            weight.grad = torch.from_numpy(gradient)
        optimiser.step()
    for mine, weight in zip(by_keras(20, 0.01), weights, strict=True):
        np.testing.assert_allclose(mine, weight.detach().numpy(), atol=2e-6)


def test_a_rate_for_a_variable_that_is_not_trained_is_refused() -> None:
    optimiser = LayerwiseAdamW(rates={"steam_conv/kernel": 0.5})
    with pytest.raises(ValueError, match="not trained: steam_conv/kernel"):
        optimiser.build([keras.Variable(np.zeros(2), name="stem")])


def test_it_can_be_written_down_and_made_again() -> None:
    optimiser = LayerwiseAdamW(WarmupCosine(0.01, 100, 0.1), decay=0.1, rates={"stem_conv/kernel": 0.5})
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimiser))
    assert isinstance(again, LayerwiseAdamW)
    assert again.get_config() == optimiser.get_config()


def test_the_rate_rises_to_its_peak_and_falls_to_zero() -> None:
    schedule = WarmupCosine(2.0, steps=12, warmup=0.25)
    rates = [float(schedule(step)) for step in range(12)]
    rise = [2 / 3, 4 / 3, 2.0]
    fall = [1 + math.cos(math.pi * step / 9) for step in range(9)]
    assert rates == pytest.approx(rise + fall, abs=1e-6)
    assert float(schedule(12)) == pytest.approx(0, abs=1e-6)


def test_sections_nearer_to_the_input_learn_slower() -> None:
    stage = Stage("all layers", 1, 1e-3, body=0.5, layer_decay=0.5)
    names = ("stem", "stage1", "stage2", "head")
    assert shares(names, stage) == {"stem": 0.125, "stage1": 0.25, "stage2": 0.5, "head": 1.0}
