"""The state that a run resumes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from your_project.errors import ProjectError
from your_project.tfkeras.checkpoint import (
    Position,
    load_position,
    load_state,
    save_state,
)

keras = pytest.importorskip("keras")  # after the project, which chooses its backend

PLAN = [{"name": "train", "epochs": 3}]


def network(units: int = 2) -> Any:
    inputs = keras.Input((3,))
    return keras.Model(inputs, keras.layers.Dropout(0.5, seed=1)(keras.layers.Dense(units)(inputs)))


def optimiser_of(model: Any) -> Any:
    optimiser = keras.optimizers.Adam()
    optimiser.build(model.trainable_variables)
    return optimiser


def values(owner: Any) -> list[np.ndarray]:
    return [np.asarray(keras.ops.convert_to_numpy(variable)) for variable in owner.variables]


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    file, first, now = tmp_path / "last.npz", network(), Position(1, 2, 0.5, 1, 5, 0.25, PLAN)
    first(np.ones((1, 3)), training=True)  # moves the random numbers of dropout on
    optimiser = optimiser_of(first)
    optimiser.apply([keras.ops.ones(v.shape) for v in first.trainable_variables])
    save_state(file, now, first, optimiser)

    second = network()
    other = optimiser_of(second)
    assert load_position(file, PLAN) == now
    load_state(file, "network", second)
    load_state(file, "optimiser", other)
    for saved, loaded in zip(
        [*values(first), *values(optimiser)], [*values(second), *values(other)], strict=True
    ):
        np.testing.assert_array_equal(saved, loaded)
    assert [path.name for path in tmp_path.iterdir()] == ["last.npz"]


def test_a_new_run_has_no_best_loss_yet(tmp_path: Path) -> None:
    file, model = tmp_path / "last.npz", network()
    save_state(file, Position(plan=PLAN), model, optimiser_of(model))
    assert load_position(file, PLAN) == Position(plan=PLAN)


def test_another_plan_is_refused(tmp_path: Path) -> None:
    file, model = tmp_path / "last.npz", network()
    save_state(file, Position(plan=PLAN), model, optimiser_of(model))
    with pytest.raises(ProjectError, match="other epochs, rates or batches"):
        load_position(file, [{"name": "train", "epochs": 4}])


def test_another_network_is_refused(tmp_path: Path) -> None:
    file, model = tmp_path / "last.npz", network()
    save_state(file, Position(plan=PLAN), model, optimiser_of(model))
    with pytest.raises(ProjectError, match="belongs to another network"):
        load_state(file, "network", network(units=4))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no archive at all"])
def test_a_broken_file_is_an_error_that_says_so(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "last.npz"
    file.write_bytes(content)
    with pytest.raises(ProjectError, match="cannot resume from"):
        load_position(file, PLAN)


def test_pickle_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "last.npz"
    np.savez(file, position=np.array({"stage": 0}, dtype=object))
    with pytest.raises(ProjectError, match="cannot resume from"):
        load_position(file, PLAN)
