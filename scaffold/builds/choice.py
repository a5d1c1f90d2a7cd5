"""Choose one Python and one build of each framework, together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.credits import credited
from scaffold.builds.cuda import Gpus, usable_gpus
from scaffold.builds.model import (
    FRAMEWORKS,
    PREFERENCE,
    TITLES,
    BuildChoice,
    BuildPlan,
    Framework,
    Missing,
    TurnedDown,
)
from scaffold.builds.pytorch import choose_pytorch
from scaffold.builds.sharing import apart, shared
from scaffold.builds.tensorflow import choose_tensorflow
from scaffold.builds.wheels import Target
from scaffold.errors import NoBuild, PythonMissing, SourceUnreachable
from scaffold.machine.model import Machine
from scaffold.machine.status import unmasked
from scaffold.sources.model import Offers, Wheel

IndexPolicy = Literal["auto", "pypi"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What one Python would give."""

    python: str
    builds: tuple[BuildPlan, ...]
    missing: tuple[Missing, ...]
    apart: tuple[BuildPlan, ...] = ()
    words: tuple[str, ...] = ()  # what sharing one environment means

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Less is better: consent that somebody must give, GPUs left idle, old releases, preference."""
        return (
            sum(bool(build.needs_consent) for build in self.builds),
            sum(build.device == "cpu" for build in self.builds) - len(self.apart),
            sum(_is_below_floor(build, self.python) for build in self.builds),
            PREFERENCE.index(self.python),
        )

    def why_not(self, taken: _Outcome) -> str:
        """Why another Python was taken instead of this one, which is preferred."""
        if self.missing:
            return "; ".join(line for one in self.missing for line in one.why)
        worse = ("only builds that bring gigabytes of CUDA", "no build uses the GPU", "only older releases")
        pairs = zip(worse, self.rank, taken.rank, strict=False)  # less the preference, which comes last
        why = next(why for why, mine, theirs in pairs if mine > theirs)
        return f"{why}, unlike Python {taken.python}"


def choose(
    machine: Machine,
    pythons: Sequence[str],
    frameworks: Sequence[Framework],
    offers: Offers | None,
    *,
    wanted_python: str | None = None,
    index_policy: IndexPolicy = "auto",
    together: bool = False,
) -> BuildChoice:
    """Pick a Python out of ``pythons`` (``3.12``) and a build of each framework that fits it.

    ``offers`` is what the sources really hold; None where nobody asked them: then the tables say what
    was published. With ``index_policy="pypi"`` PyTorch's own index is left out; ``together`` keeps all of
    them in one environment, also where one gets the GPU only in its own. Raises PythonMissing
    where no Python can be used, SourceUnreachable where nothing could be asked, NoBuild otherwise.
    """
    if offers is None:
        from scaffold.builds.published import published

        offers = published()
    machine, hidden = unmasked(machine)
    gpus = usable_gpus(machine)
    candidates = _pythons(pythons, wanted_python)
    allowed = of_policy(offers, index_policy)
    outcomes = [
        _outcome(machine, gpus, python, frameworks, allowed, together=together) for python in candidates
    ]
    whole = [outcome for outcome in outcomes if not outcome.missing]
    if not whole:
        raise _no_build(outcomes, frameworks, offers)
    taken = min(whole, key=lambda outcome: outcome.rank)
    preferred = [one for one in outcomes if PREFERENCE.index(one.python) < PREFERENCE.index(taken.python)]
    return BuildChoice(
        python=taken.python,
        builds=credited(taken.builds),
        apart=credited(taken.apart),
        together=together,
        reasons=(_python_reason(taken, outcomes, wanted_python),),
        turned_down=tuple(
            TurnedDown(version=one.python, variant="", why=one.why_not(taken)) for one in preferred
        ),
        notices=(*hidden, *taken.words, *_notices(offers, frameworks, index_policy)),
    )


def _pythons(pythons: Sequence[str], wanted: str | None) -> list[str]:
    """The Pythons to look at, best first; ``wanted`` alone where somebody named one."""
    there = [".".join(wanted.split(".")[:2])] if wanted else list(pythons)
    usable = [python for python in PREFERENCE if python in there]
    if not usable:
        found = f"found: Python {', '.join(sorted(there))}" if there else "found: none"
        raise PythonMissing(
            "no Python from 3.10 to 3.14 is among those that could be used",
            detail=(found,),
            hint="scaffold env python --install 3.12",
        )
    return usable


def of_policy(offers: Offers, policy: IndexPolicy) -> Offers:
    """What may be chosen from: with ``pypi``, PyTorch's own index is left out."""
    if policy == "auto":
        return offers
    own = tuple(listing for listing in offers.listings if listing.source.kind != "pytorch")
    return Offers(settings=offers.settings, listings=own)


def _outcome(
    machine: Machine,
    gpus: Gpus,
    python: str,
    frameworks: Sequence[Framework],
    offers: Offers,
    *,
    together: bool,
) -> _Outcome:
    target = Target(machine.host, python)
    results: list[BuildPlan | Missing] = []
    on_gpu = False
    for framework in (one for one in FRAMEWORKS if one in frameworks):
        if framework == "pytorch":
            result = choose_pytorch(machine, gpus, target, offers.wheels("torch"))
            on_gpu = isinstance(result, BuildPlan) and result.device != "cpu"
        else:
            assert framework == "keras", f"no project is made for {framework}"
            result = choose_tensorflow(
                machine, gpus, target, tensorflow_wheels(offers), beside_pytorch=on_gpu
            )
        results.append(result)
    answers, words = tuple(results), tuple[str, ...]()
    if together:
        answers, words = shared(machine, gpus, target, answers, offers)
    return _Outcome(
        python=python,
        builds=tuple(one for one in answers if isinstance(one, BuildPlan)),
        missing=tuple(one for one in answers if isinstance(one, Missing)),
        apart=() if together else apart(machine, gpus, target, answers, tensorflow_wheels(offers)),
        words=words,
    )


def tensorflow_wheels(offers: Offers) -> tuple[Wheel, ...]:
    """Both distributions of TensorFlow: on x86-64, ``tensorflow-cpu`` is the small one."""
    return (*offers.wheels("tensorflow-cpu"), *offers.wheels("tensorflow"))


def _is_below_floor(build: BuildPlan, python: str) -> bool:
    if build.framework == "pytorch":
        return Version(build.version) < tables.torch().floor
    return not tables.keras().companion.get(python, "").endswith(tables.keras().floor)


def _python_reason(taken: _Outcome, outcomes: list[_Outcome], wanted: str | None) -> str:
    if wanted:
        return f"Python {taken.python} was asked for"
    if len(outcomes) == 1:
        return f"Python {taken.python} is the only one here that a project can be made for"
    if taken.python == outcomes[0].python:
        return f"Python {taken.python} is the one of those here that most packages are built for"
    return f"Python {taken.python} is the one of those here for which the best builds can be had"


def _notices(offers: Offers, frameworks: Sequence[Framework], policy: IndexPolicy) -> tuple[str, ...]:
    if policy != "auto" or "pytorch" not in frameworks:
        return ()
    silent = [listing for listing in offers.unreachable() if listing.source.kind == "pytorch"]
    if not silent:
        return ()
    why = f" ({silent[0].problem})" if silent[0].problem else ""
    return (f"PyTorch's own index cannot be reached{why}: going on with your own sources",)


def _no_build(
    outcomes: list[_Outcome], frameworks: Sequence[Framework], offers: Offers
) -> NoBuild | SourceUnreachable:
    named = " and ".join(TITLES[one] for one in FRAMEWORKS if one in frameworks)
    silent = tuple(
        f"{listing.source.shown}: {listing.problem or 'no answer'}" for listing in offers.unreachable()
    )
    if silent and not any(listing.wheels for listing in offers.listings):
        return SourceUnreachable(
            f"no source of packages for {named} could be reached",
            detail=silent,
            hint="check the network or the proxy, or name a source: --index URL or --index FOLDER-OF-WHEELS",
        )
    reasons = tuple(
        f"Python {outcome.python}: {line}"
        for outcome in outcomes
        for one in outcome.missing
        for line in one.why
    )
    return NoBuild(
        f"no build of {named} fits this machine and its Pythons",
        detail=(*reasons, *silent),
        hint=_hint(outcomes),
    )


def _hint(outcomes: list[_Outcome]) -> str:
    """Another Python where the tables know wheels for it, else the way to leave a framework out."""
    if not {outcome.python for outcome in outcomes} & set(PREFERENCE[:3]):
        return "scaffold env python --install 3.12"
    missing = {one.framework for outcome in outcomes for one in outcome.missing}
    if missing == {"keras"}:
        return "leave Keras out: --framework pytorch"
    if missing == {"pytorch"}:
        return "leave PyTorch out: --framework keras"
    return "name a source that has them: --index URL or --index FOLDER-OF-WHEELS"
