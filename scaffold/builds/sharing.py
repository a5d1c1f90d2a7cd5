"""One environment for PyTorch and Keras, or one each: whoever shares gives something up.

Both bring the same CUDA libraries in different releases into the same folders. So beside a PyTorch that uses
the GPU, TensorFlow computes on the processor, unless a pair of builds is known to be clean; with an
environment of its own it gets the GPU, too.
"""

from __future__ import annotations

from dataclasses import replace

from scaffold.builds.cuda import Gpus
from scaffold.builds.model import BuildPlan, Missing
from scaffold.builds.tensorflow import choose_tensorflow
from scaffold.builds.wheels import Target
from scaffold.machine.model import Machine
from scaffold.sources.model import Offers, Wheel

Answers = tuple[BuildPlan | Missing, ...]


def apart(
    machine: Machine, gpus: Gpus, target: Target, answers: Answers, tensorflow: tuple[Wheel, ...]
) -> tuple[BuildPlan, ...]:
    """The builds that get the GPU in an environment of their own and only there.

    ``answers`` are the builds that share one; ``tensorflow`` what can be had of it.
    """
    devices = {one.framework: one.device for one in answers if isinstance(one, BuildPlan)}
    if devices.get("pytorch", "cpu") == "cpu" or devices.get("keras") != "cpu":
        return ()
    alone = choose_tensorflow(machine, gpus, target, tensorflow)
    if isinstance(alone, Missing) or alone.device == "cpu":
        return ()
    why = "in an environment of its own it gets the GPU, too: beside PyTorch its CUDA libraries would clash"
    return (replace(alone, reasons=(why, *alone.reasons)),)


def shared(
    machine: Machine, gpus: Gpus, target: Target, answers: Answers, offers: Offers
) -> tuple[Answers, tuple[str, ...]]:
    """One environment for both, on the GPU where a clean pair is known, and what that means in words."""
    from scaffold.builds.choice import tensorflow_wheels
    from scaffold.builds.pairing import pair_up

    alone = {one.framework: one for one in answers}
    if set(alone) != {"pytorch", "keras"}:
        return answers, ()
    alone["keras"] = choose_tensorflow(machine, gpus, target, tensorflow_wheels(offers))
    return pair_up(machine, gpus, target, alone, offers)
