"""One environment for several frameworks: all on the GPU where a pair of builds is known to be clean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from packaging.version import Version

from scaffold.builds import pytorch, tables, tensorflow
from scaffold.builds.candidates import turned_down
from scaffold.builds.choice import tensorflow_wheels
from scaffold.builds.cuda import Gpus
from scaffold.builds.model import BuildPlan, Framework, Missing
from scaffold.builds.pairs import clash, clean_pairs
from scaffold.builds.pytorch_plan import plan as pytorch_plan
from scaffold.builds.tensorflow_plan import plan as tensorflow_plan
from scaffold.builds.wheels import Target
from scaffold.machine.model import Machine
from scaffold.sources.model import Offers


def pair_up(
    machine: Machine,
    gpus: Gpus,
    target: Target,
    alone: Mapping[Framework, BuildPlan | Missing],
    offers: Offers,
) -> tuple[tuple[BuildPlan | Missing, ...], tuple[str, ...]]:
    """Answers that can share one environment, and what that means in words.

    ``alone`` is each framework's best build by itself.
    """
    answers, words = dict(alone), list[str]()
    torch, keras = alone.get("pytorch"), alone.get("keras")
    if isinstance(torch, BuildPlan) and isinstance(keras, BuildPlan):
        answers["pytorch"], answers["keras"], said = _torch_and_tensorflow(
            machine, gpus, target, torch, keras, offers
        )
        words.append(said)
    if "jax" in answers:
        from scaffold.builds.jax import choose_jax
        from scaffold.builds.jax_published import jax_wheels

        beside = tuple(one for name, one in answers.items() if name != "jax" and isinstance(one, BuildPlan))
        answers["jax"] = choose_jax(machine, gpus, target, jax_wheels(offers), beside=beside)
        shared = any(one.device == "cuda" for one in beside)
        words += _jax_words(answers["jax"], alone["jax"], shared=shared)
    return tuple(answers.values()), tuple(words)


def _torch_and_tensorflow(
    machine: Machine, gpus: Gpus, target: Target, torch: BuildPlan, keras: BuildPlan, offers: Offers
) -> tuple[BuildPlan, BuildPlan | Missing, str]:
    if torch.device in {"cpu", "mps"} or keras.device == "cpu":
        return torch, keras, "one environment holds PyTorch and TensorFlow: no two sets of GPU libraries meet"
    candidates = pytorch.pytorch_candidates(machine, gpus, target, offers.wheels("torch"))
    pairs = clean_pairs(
        candidates,
        tensorflow.tensorflow_candidates(gpus, target, tensorflow_wheels(offers), for_keras_3=True),
    )
    covering = [pair for pair in pairs if len(pair[0].devices) == len(gpus.devices)]
    if not covering:
        return _torch_first(machine, gpus, target, torch, keras, offers)
    one, other, row = max(
        covering, key=lambda pair: (pytorch.rank(pair[0], machine, gpus), tensorflow.rank(pair[1], gpus))
    )
    others = turned_down(candidates, one)
    said = f"PyTorch {one.version} and TensorFlow {other.version} share one environment on the GPU: {row.why}"
    torch_plan = pytorch_plan(one, machine, gpus, target, others)
    keras_plan = tensorflow_plan(other, machine, gpus, target, "", ())
    lower = "medium" if row.confidence != "high" else torch_plan.confidence
    if torch_plan.version != torch.version:
        said += f" (by itself PyTorch would be {torch.requirement})"
    return replace(torch_plan, confidence=lower), keras_plan, said


def _torch_first(
    machine: Machine, gpus: Gpus, target: Target, torch: BuildPlan, keras: BuildPlan, offers: Offers
) -> tuple[BuildPlan, BuildPlan | Missing, str]:
    why = clash(Version(torch.version), torch.variant, Version(keras.version))
    beside = tensorflow.choose_tensorflow(
        machine, gpus, target, tensorflow_wheels(offers), beside_pytorch=True
    )
    said = (
        f"no clean pair fits here ({torch.requirement} and {keras.requirement}: {why}): "
        "PyTorch gets the GPU, TensorFlow the CPU; with an environment for each, both get it"
    )
    return torch, beside, said


def _jax_words(here: BuildPlan | Missing, by_itself: BuildPlan | Missing, *, shared: bool) -> tuple[str, ...]:
    """What sharing an environment means for JAX; ``shared``: another framework is on the GPU as well."""
    if not isinstance(here, BuildPlan) or not isinstance(by_itself, BuildPlan):
        return ()
    if (here.device, here.variant) != (by_itself.device, by_itself.variant):
        return (f"JAX by itself would be {by_itself.requirement} on {by_itself.device}",)
    if here.device != "cuda" or not shared:
        return ()
    row = next((row for row in tables.pairs().clean if row.jax and row.jax == here.variant), None)
    return (f"JAX shares it: {row.why}",) if row else ()
