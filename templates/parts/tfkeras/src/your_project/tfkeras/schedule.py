"""The learning rate over the steps of one stage: linear warm-up to the peak, then a cosine down to zero."""

from __future__ import annotations

import math
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="your_project")
class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    """Rise in `warmup * steps` steps to `peak`, then fall along half a cosine to 0 after `steps` steps.

    Warm-up lets Adam gather its averages before it takes full steps; the slow end lets the weights settle.
    """

    def __init__(self, peak: float, steps: int, warmup: float) -> None:
        self.peak = peak
        self.steps = steps
        self.warmup = warmup

    def __call__(self, step: Any) -> Any:
        ops = keras.ops
        step = ops.cast(step, "float32")
        rising = max(1, round(self.warmup * self.steps))
        falling = max(1, self.steps - rising)
        # Steps count from 0; the first one already moves (1/rising), the last one of the rise is at the peak.
        up = (step + 1) / rising
        way = ops.clip((step - rising) / falling, 0.0, 1.0)
        down = 0.5 * (1 + ops.cos(math.pi * way))
        return self.peak * ops.where(step < rising, up, down)

    def get_config(self) -> dict[str, Any]:
        return {"peak": self.peak, "steps": self.steps, "warmup": self.warmup}
