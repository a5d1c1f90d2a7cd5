"""Which variables learn, how fast, and which of them decay.

Keras optimisers know one learning rate. Fine-tuning wants several: the fresh head learns fast, layers near
the input, which have learnt edges and strokes that any task needs, hardly at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from ..stages import Stage

Sections = Mapping[str, Sequence[keras.Layer]]  # a network's layers in groups, from the input to the head


def shares(names: Sequence[str], stage: Stage) -> dict[str, float]:
    """Return each section's share of the head's learning rate, for sections named from the input to the head.

    The last one of the body has `stage.body`, each one before it less by the factor `stage.layer_decay`
    (discriminative rates: Howard and Ruder 2018, https://arxiv.org/abs/1801.06146). Of a body that is
    unfrozen bit by bit, only the last `stage.open` sections learn.
    """
    *body, head = names
    learning = stage.open or len(body)
    share = {
        name: stage.body * stage.layer_decay**depth if depth < learning else 0.0
        for depth, name in enumerate(reversed(body))
    }
    return {name: share.get(name, 1.0) for name in (*body, head)}


def freeze(sections: Sections, stage: Stage) -> dict[str, float]:
    """Hold what a stage does not train; return the shares of the learning rate of what it does, by path.

    A BatchNormalization that is held uses its averages and no longer updates them, so that a frozen body
    computes exactly what it computed when it was saved.
    """
    rates = {}
    for name, share in shares(list(sections), stage).items():
        for layer in sections[name]:
            layer.trainable = share > 0
            if share and not stage.averages:
                # the averages of few images are poorer than those that a body brings
                _hold_norms(layer)
            rates.update({variable.path: share for variable in layer.trainable_variables})
    return rates


def _hold_norms(layer: keras.Layer) -> None:
    """Hold a layer if it is a batch normalisation, and all that are in it if it is a network."""
    if isinstance(layer, keras.layers.BatchNormalization):
        layer.trainable = False
    for inner in getattr(layer, "layers", ()):
        _hold_norms(inner)


@keras.saving.register_keras_serializable(package="your_project")
class LayerwiseAdamW(keras.optimizers.Adam):
    """AdamW as PyTorch computes it, with a share of the learning rate for each variable.

    `rates` maps the path of a variable (`stem_conv/kernel`) to its share; one that is not named has 1. The
    share scales the finished update, decay included. Scaling the gradient instead would do nothing, because
    Adam divides by the gradient's size. Vectors (biases, the scales and shifts of normalisation) do not
    decay: their size says nothing about how complicated a function is.

    One difference to Keras' AdamW: epsilon is added after the bias correction, as in PyTorch and in
    algorithm 1 of Kingma and Ba 2015, https://arxiv.org/abs/1412.6980. Decoupled decay: Loshchilov and
    Hutter 2019, https://arxiv.org/abs/1711.05101.
    """

    def __init__(
        self,
        learning_rate: Any = 1e-3,
        *,
        decay: float = 0.0,
        rates: Mapping[str, float] | None = None,
        epsilon: float = 1e-8,
        name: str = "layerwise_adamw",
        **others: Any,
    ) -> None:
        super().__init__(learning_rate, epsilon=epsilon, name=name, **others)
        self.decay = decay
        self.rates = dict(rates or {})

    def build(self, variables: Sequence[keras.Variable]) -> None:
        """Make the two averages of each variable, and look up its share of the learning rate."""
        if unknown := self.rates.keys() - {variable.path for variable in variables}:
            raise ValueError(f"rates for variables that are not trained: {', '.join(sorted(unknown))}")
        self._shares = [self.rates.get(variable.path, 1.0) for variable in variables]
        super().build(variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Move one variable."""
        ops, kind = keras.ops, variable.dtype
        index = self._get_variable_index(variable)
        mean, square = self._momentums[index], self._velocities[index]
        gradient = ops.cast(gradient, kind)
        rate = ops.cast(learning_rate, kind) * self._shares[index]
        step = ops.cast(self.iterations + 1, kind)

        self.assign_add(mean, (gradient - mean) * (1 - self.beta_1))
        self.assign_add(square, (ops.square(gradient) - square) * (1 - self.beta_2))
        # Both averages started at zero: without this correction the first steps would be far too short.
        mean_now = mean / (1 - ops.power(ops.cast(self.beta_1, kind), step))
        square_now = square / (1 - ops.power(ops.cast(self.beta_2, kind), step))
        change = mean_now / (ops.sqrt(square_now) + self.epsilon)
        if self.decay and len(variable.shape) > 1:
            change = change + self.decay * variable
        self.assign_sub(variable, rate * change)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "decay": self.decay, "rates": self.rates}
