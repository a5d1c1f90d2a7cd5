"""JAX, its compiled half and its plugins: numbers that must agree, or JAX stays on the processor."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding
from scaffold.checks.packages.remedies import installing, shown
from scaffold.checks.versions import at_least, below, release
from scaffold.probing.packages.model import Package

#: From this jax on: the oldest jaxlib that it is imported with. It only ever rises, so a jax between two rows
#: needs at least the upper row's. source: jax/version.py in the wheels of these releases     date: 2026-11-22
_OLDEST_JAXLIB = (
    *(("0.4.26", "0.4.20"), ("0.4.30", "0.4.27"), ("0.4.31", "0.4.30"), ("0.4.34", "0.4.34")),
    *((each, each) for each in ("0.5.0", "0.6.0", "0.7.0", "0.8.0", "0.9.0")),
)


def plugins_fit(facts: Facts) -> Iterator[Finding]:
    """The installed jaxlib is neither newer than jax nor too old for it, each plugin of jaxlib's version.

    source: jax/_src/lib/__init__.py and jax_plugins/xla_cuda12/__init__.py, jax 0.4.26 to 0.12; 2026-11-22.
    """
    packages = facts.packages
    jax, jaxlib = (packages.of(name) if packages else None for name in ("jax", "jaxlib"))
    if packages is None or jaxlib is None or release(jaxlib.version) is None:
        return
    if jax is not None and release(jax.version) and _first(jax) < _first(jaxlib):
        why = "import jax fails: jaxlib is newer than and incompatible with jax"
        yield _finding(facts, jaxlib, jax, why)
    elif jax is not None and (oldest := _oldest_jaxlib(jax)) and below(jaxlib.version, oldest):
        why = f"import jax fails: this version of jax requires jaxlib {oldest} or newer"
        yield _finding(facts, jax, jaxlib, why)
    plugins = [
        one
        for one in packages.packages
        if re.fullmatch(r"jax-(?:cuda\d+|rocm\d+)-(?:plugin|pjrt)", one.name) and release(one.version)
    ]
    for one in plugins:
        if _first(one) != _first(jaxlib):
            why = (
                "jax says that it is not compatible with the installed jaxlib, and computes on the processor"
            )
            yield _finding(facts, one, jaxlib, why)
            return


def _oldest_jaxlib(jax: Package) -> str:
    """What jax's own metadata says, or what is known of its release; empty where neither does."""
    for one in jax.requires:
        if found := re.match(r"jaxlib[\s(]*[^;]*>=\s*([\d.]+)[^;]*$", one):
            return found[1]
    return next((oldest for since, oldest in reversed(_OLDEST_JAXLIB) if at_least(jax.version, since)), "")


def _first(package: Package) -> tuple[int, ...]:
    """The first three numbers: a fourth one is a plugin's own repair."""
    numbers = (*(release(package.version) or ()), 0, 0, 0)
    return numbers[:3]


def _finding(facts: Facts, one: Package, other: Package, why: str) -> Finding:
    extra = re.match(r"jax-(cuda\d+|rocm\d+)", one.name)
    name = f"jax[{extra[1]}]" if extra else "jax"
    return Finding(
        id="pkg.jax-family",
        level="error",
        title=f"{shown(one)} and {shown(other)} are of different releases",
        detail=why,
        cause="jax-pair-mismatch",
        evidence=tuple(
            Evidence(source=each.location or each.name, value=shown(each)) for each in (one, other)
        ),
        not_the_cause=("the driver",),
        remedy=installing(
            facts, f"install JAX and what belongs to it together ({name})", ("--upgrade", name)
        ),
    )
