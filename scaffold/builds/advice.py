"""``scaffold builds``: what to install on a machine, framework by framework, or together.

Each framework by itself gets the best build for the machine (one GPU framework an environment); together,
they get one environment, with the GPU for both only where a pair of builds is known to be clean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from scaffold.builds.choice import IndexPolicy, of_policy, tensorflow_wheels
from scaffold.builds.credits import credited
from scaffold.builds.cuda import Gpus, usable_gpus
from scaffold.builds.model import ADVISED, PREFERENCE, BuildPlan, Framework, Missing
from scaffold.builds.pairing import pair_up
from scaffold.builds.prospects import prospects
from scaffold.builds.pytorch import choose_pytorch
from scaffold.builds.tensorflow import choose_tensorflow
from scaffold.builds.wheels import Target
from scaffold.machine.model import Machine
from scaffold.machine.status import unmasked
from scaffold.sources.model import Offers

Answer: TypeAlias = BuildPlan | Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What fits a machine and a Python. ``answers``: one a framework that was asked for."""

    machine: Machine
    python: str  # 3.12
    policy: IndexPolicy
    answers: tuple[Answer, ...]
    reasons: tuple[str, ...] = ()  # for the Python
    advice: tuple[str, ...] = ()  # what would fit with another driver, or once a GPU works
    notes: tuple[str, ...] = ()  # for people: assumptions about the machine, the user's own data
    together: tuple[str, ...] = ()  # what one environment for all of them means; empty: each has its own

    @property
    def builds(self) -> tuple[BuildPlan, ...]:
        """The answers less those without a build."""
        return tuple(one for one in self.answers if isinstance(one, BuildPlan))


def advise(
    machine: Machine,
    python: str | None,
    frameworks: Sequence[Framework] | None = None,
    *,
    policy: IndexPolicy = "auto",
    together: bool = False,
    offers: Offers | None = None,
) -> Advice:
    """The best builds for a machine; for the Python that serves best where none is named.

    ``frameworks`` None: all. ``offers`` None: everything that the tables know was published. Never raises
    because of the machine: a framework without a build is a Missing with its reasons.
    """
    machine, hidden = unmasked(machine)
    asked = tuple(one for one in ADVISED if frameworks is None or one in frameworks)
    there = of_policy(offers or _published(machine, asked), policy)
    gpus = usable_gpus(machine)
    pythons = (python,) if python else PREFERENCE
    outcomes = [_outcome(machine, gpus, one, asked, there, together=together) for one in pythons]
    number, (answers, words) = max(enumerate(outcomes), key=lambda pair: (_worth(pair[1][0]), -pair[0]))
    return Advice(
        machine=machine,
        python=pythons[number],
        policy=policy,
        answers=credited(answers),
        advice=_prospects(machine, pythons[number], answers, there),
        notes=hidden,
        reasons=() if python else (_python_reason(pythons[number]),),
        together=words,
    )


def _prospects(machine: Machine, python: str, answers: tuple[Answer, ...], offers: Offers) -> tuple[str, ...]:
    taken = next((one for one in answers if one.framework == "pytorch"), None)
    return prospects(machine, Target(machine.host, python), taken, offers) if taken else ()


def _published(machine: Machine, frameworks: Sequence[Framework]) -> Offers:
    from scaffold.builds.published import published

    platform = f"{machine.host.os}_{machine.host.architecture}"
    return published((platform,), jax="jax" in frameworks)


def _outcome(
    machine: Machine,
    gpus: Gpus,
    python: str,
    frameworks: tuple[Framework, ...],
    offers: Offers,
    *,
    together: bool,
) -> tuple[tuple[Answer, ...], tuple[str, ...]]:
    target = Target(machine.host, python)
    answers = {one: _alone(machine, gpus, target, one, offers) for one in frameworks}
    if together:
        return pair_up(machine, gpus, target, answers, offers)
    return tuple(answers.values()), ()


def _alone(machine: Machine, gpus: Gpus, target: Target, framework: Framework, offers: Offers) -> Answer:
    if framework == "pytorch":
        wheels = offers.wheels("torch")
        # The ordinary index has few builds without CUDA, all of them old: the newest is told, and those.
        sparing = any(one.source.kind == "pytorch" for one in wheels)
        return choose_pytorch(machine, gpus, target, wheels, sparing=sparing)
    if framework == "jax":
        from scaffold.builds.jax import choose_jax
        from scaffold.builds.jax_published import jax_wheels

        return choose_jax(machine, gpus, target, jax_wheels(offers))
    assert framework == "keras", f"nobody chooses builds of {framework}"
    both = tensorflow_wheels(offers)
    keras_3 = choose_tensorflow(machine, gpus, target, both)
    if _uses_gpu(keras_3):
        return keras_3
    # A TensorFlow from before Keras 3 is the answer where nothing newer runs, or only without the GPU.
    any_release = choose_tensorflow(machine, gpus, target, both, for_keras_3=False)
    return max((keras_3, any_release), key=lambda one: (_uses_gpu(one), isinstance(one, BuildPlan)))


def _worth(answers: tuple[Answer, ...]) -> tuple[int, int, int]:
    """Frameworks served, GPUs used, nothing that somebody must agree to: more is better."""
    built = [one for one in answers if isinstance(one, BuildPlan)]
    return len(built), sum(map(_uses_gpu, answers)), -sum(bool(one.needs_consent) for one in built)


def _uses_gpu(answer: Answer) -> bool:
    return isinstance(answer, BuildPlan) and answer.device != "cpu"


def _python_reason(taken: str) -> str:
    if taken == PREFERENCE[0]:
        return f"Python {taken} is the one that most packages are built for"
    return f"Python {taken} is the one for which the best builds can be had"
