"""How far predicted numbers are from the true ones. NumPy only; the same numbers for every framework.

All errors are in the target's own unit: a network that was trained on a standardised target is measured after
its outputs have been scaled back.

`metrics.json`, schema "regression/1" (shares are in 0..1, seconds are seconds):

    schema              "regression/1"
    job, run, finished  train | finetune | evaluate | search; the run's name; when, in UTC
    framework, framework_version, device, precision
    data, target        where the samples are from; the name of what is predicted
    samples             how many: training, validation, test
    model, parameters   which network; its trainable numbers
    epochs, best_epoch  epochs that were run; the one whose weights were kept, counted from 1
    seconds             spent training
    mae                 mean of |predicted - true|: the typical error
    rmse                square root of the mean squared error: large errors count more
    r2                  share of the test targets' variance that is explained: 1 - squared error / variance.
                        0 is what their own mean reaches, below 0 is worse; null where all targets are equal
    median_error        half of the absolute errors are below it: a few bad ones do not move it
    p90_error           nine of ten absolute errors are below it
    largest_error       the worst absolute error
    bias                mean of predicted - true: above 0, too much is predicted on average
    loss                mean squared error as training minimises it: in units of the variance of the training
                        targets, so that 1 is about what predicting their mean reaches
    baseline            name, mae, rmse, r2, training_samples of a simple model on the same test samples, and
                        `beside`: a list of further ones (name and the same measures); or null
    scratch             (finetune) the same numbers for a network trained from scratch with the same budget
    base                (finetune) the run whose network was adapted
    trials              (search) a list: trial, settings, validation_loss, epochs, best_epoch, seconds
"""

from __future__ import annotations

from typing import Any

import numpy as np

SCHEMA = "regression/1"


def regression(predicted: np.ndarray, true: np.ndarray, deviation: float = 1.0) -> dict[str, Any]:
    """Return the numbers from `mae` to `loss`; `deviation` is that of the training targets.

    Both arrays have the shape (N,) or (N, 1), N at least 1. Raises `ValueError` for other shapes: of (N,) and
    (N, 1) NumPy would silently make (N, N) differences.
    """
    predicted, true = _column(predicted), _column(true)
    if predicted.shape != true.shape or not len(true):
        raise ValueError(f"{len(predicted)} predictions for {len(true)} true values")
    error = predicted - true
    size = np.abs(error)
    return {
        "mae": float(size.mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "r2": r2(predicted, true),
        "median_error": float(np.median(size)),
        "p90_error": float(np.quantile(size, 0.9)),
        "largest_error": float(size.max()),
        "bias": float(error.mean()),
        "loss": float(((error / deviation) ** 2).mean()),
    }


def r2(predicted: np.ndarray, true: np.ndarray) -> float | None:
    """Return the coefficient of determination, None where the true values do not differ."""
    variation = float(((true - true.mean()) ** 2).sum())
    if not variation:
        return None
    return 1.0 - float(((predicted - true) ** 2).sum()) / variation


def shared_measures(predicted: np.ndarray, true: np.ndarray) -> dict[str, Any]:
    """Return the measures that a baseline is told with."""
    found = regression(predicted, true)
    return {name: found[name] for name in ("mae", "rmse", "r2")}


def told(content: dict[str, Any]) -> str:
    """Return the headline as one line."""
    explained = "" if content["r2"] is None else f"  R² {content['r2']:.3f}"
    line = f"MAE {content['mae']:.4g}  RMSE {content['rmse']:.4g}{explained}"
    if baseline := content.get("baseline"):
        others = (baseline, *baseline.get("beside", ()))
        line += "  (" + ", ".join(f"{one['name']}: MAE {one['mae']:.4g}" for one in others) + ")"
    return line


def _column(values: np.ndarray) -> np.ndarray:
    """Return (N,) or (N, 1) as float64 of shape (N,)."""
    if values.ndim not in (1, 2) or (values.ndim == 2 and values.shape[1] != 1):
        raise ValueError(f"numbers of shape (N,) or (N, 1) are needed, not {values.shape}")
    column: np.ndarray = values.astype(np.float64).reshape(len(values))
    return column
