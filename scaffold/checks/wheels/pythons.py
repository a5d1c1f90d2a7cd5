"""Pythons that a framework has no wheels for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaffold.builds.wheels import python_order
from scaffold.checks.facts import Facts
from scaffold.checks.gpu.history import minors, newest_for, pythons
from scaffold.checks.gpu.installed import platform_of, python_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.wheels.wanted import NOT_FOUND, Wanted, wanted

#: The Python that serves every framework and most of what learners install beside them.
USUAL = "3.12"


def has_wheels(facts: Facts) -> Iterator[Finding]:
    """Each framework that is wanted has wheels for the Python that is here."""
    minor = facts.python.minor if facts.python else None
    if minor is None or facts.python is None or facts.python.bits == 32:
        return
    free = "t" if facts.python.free_threaded else ""
    python, platform = f"{minor[0]}.{minor[1]}{free}", platform_of(facts)
    if facts.log is not None and facts.log.sign("local-tag-not-there") is not None:
        return  # the release is there for this Python; the index lacks the build
    for one in wanted(facts):
        if one.installed or (one.listed and not one.version):
            continue  # a wheel was found, or it was compiled; in some version that nobody tells
        there = _pythons(one, platform)
        if there and python not in there:
            yield _unsupported(facts, one, python, there)
            return  # the others want the same Python


def _pythons(one: Wanted, platform: str) -> tuple[str, ...]:
    """What a version has wheels for; of no version in particular, what any does."""
    if one.version:
        return pythons(one.framework, one.version, platform)
    every = {
        python for minor in minors(one.framework)[:1] for python in pythons(one.framework, minor, platform)
    }
    return tuple(sorted(every, key=python_order))


def _unsupported(facts: Facts, one: Wanted, python: str, there: Sequence[str]) -> Finding:
    platform = platform_of(facts)
    newest = newest_for(one.framework, python, platform)
    ordinary = [name for name in there if not name.endswith("t")]
    best = USUAL if USUAL in ordinary else ordinary[-1]
    instead = f"; or, with Python {python}, {one.framework} {newest}" if newest and one.version else ""
    return Finding(
        id="py.version-unsupported",
        level="error",
        title=f"{one.shown} has wheels for Python {_span(ordinary)}, and this is Python {python}",
        detail="pip then says that no version was found (from versions: none, or older ones alone), since it "
        "leaves out what this Python cannot install.",
        cause="python-version-no-wheels",
        evidence=(
            Evidence(
                source=python_of(facts), value=f"Python {facts.python.version if facts.python else python}"
            ),
            *one.evidence,
        ),
        not_the_cause=(
            f"the version of {one.framework}: other pins fail alike while the Python stays",
            "the network, the mirror and pip: the index was reached",
        ),
        remedy=Remedy(
            text=f"make an environment with Python {best} (64-bit){instead}",
            commands=(("uv", "venv", "--python", best, ".venv"),),
        ),
    )


def _span(pythons: Sequence[str]) -> str:
    """``3.7 to 3.10``."""
    return pythons[0] if len(pythons) == 1 else f"{pythons[0]} to {pythons[-1]}"


def not_found(facts: Facts) -> bool:
    """Whether the log shows that an installer found no version at all."""
    return facts.log is not None and facts.log.sign(*NOT_FOUND) is not None
