"""What is there at all, whole, and for this Python."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.packages.copies import KEY
from scaffold.checks.packages.remedies import installing, shown
from scaffold.checks.surroundings import python_of
from scaffold.probing.packages.model import TENSORFLOWS, Package

#: As people call them -> the distributions that are it.
_FRAMEWORKS = {
    "torch": ("torch",),
    "tensorflow": TENSORFLOWS,
    "keras": ("keras",),
    "jax": ("jax",),
    "torchvision": ("torchvision",),
}

#: Tags of a stable interface: one wheel for several Pythons.
_STABLE = ("abi3", "none")

_SHOWN = 8


def frameworks_there(facts: Facts) -> Iterator[Finding]:
    """Which frameworks the target would import; of a project of ours other checks say it."""
    packages = facts.packages
    if packages is None or facts.record is not None or facts.record_problem is not None:
        return
    found = [
        one for name in ("torch", "tensorflow", "jax", "keras") if (one := packages.of(*_FRAMEWORKS[name]))
    ]
    sign = facts.log.sign("framework-missing") if facts.log else None
    missed = sign.groups[0] if sign and sign.groups else ""
    if missed and packages.complete and packages.of(*_FRAMEWORKS.get(missed, (missed,))) is None:
        yield _missing(facts, missed)
    elif found and not facts.told:
        yield Finding(
            id="pkg.framework",
            level="ok",
            title=f"{', '.join(shown(one) for one in found)} {'is' if len(found) == 1 else 'are'} installed",
        )
    elif packages.complete and not found and not missed:
        yield Finding(
            id="pkg.framework-missing",
            level="info",
            title=f"Neither PyTorch nor TensorFlow, Keras or JAX is installed for {python_of(facts)}",
            detail="if your program finds one, another Python runs it: name that one with --python",
            evidence=tuple(Evidence(source=one, value="no such distribution") for one in packages.places),
        )


def _missing(facts: Facts, name: str) -> Finding:
    assert facts.packages is not None
    return Finding(
        id="pkg.framework-missing",
        level="error",
        title=f"The program imports {name}, and it is not installed for {python_of(facts)}",
        detail="what pip wrote into may have been another Python's environment",
        cause="framework-missing",
        evidence=tuple(Evidence(source=one, value=f"no {name}") for one in facts.packages.places),
        remedy=installing(facts, "install it with the interpreter that runs the program", (name,)),
    )


def for_this_python(facts: Facts) -> Iterator[Finding]:
    """Compiled packages were installed for the version of Python that would import them."""
    minor = facts.python.minor if facts.python else None
    if facts.packages is None or minor is None:
        return
    wanted = f"cp{minor[0]}{minor[1]}"
    wrong = [one for one in facts.packages.packages if one.name in KEY and _is_for_another(one, wanted)]
    if not wrong:
        return
    first = wrong[0]
    built = first.tags[0].split("-")[0]
    yield Finding(
        id="pkg.wrong-python",
        level="error",
        title=f"{shown(first)} was installed for Python {_spelt(built)}, and this is Python {_spelt(wanted)}",
        detail="its compiled half is not found: No module named 'numpy._core._multiarray_umath', 'torch._C'",
        cause="wheel-for-another-python",
        evidence=tuple(
            Evidence(source=one.location or one.name, value=one.tags[0]) for one in wrong[:_SHOWN]
        ),
        not_the_cause=("the package itself: it is whole, for its own Python",),
        remedy=installing(
            facts,
            "install it anew with this interpreter; what another Python installed does not belong "
            "on its path (PYTHONPATH, --target, an environment that was copied or whose Python was replaced)",
            ("--force-reinstall", *(one.name for one in wrong[:_SHOWN])),
        ),
    )


def _is_for_another(package: Package, wanted: str) -> bool:
    """Whether every tag of its wheel names another Python, and none a stable interface."""
    kinds = [one.split("-") for one in package.tags]
    return bool(kinds) and all(
        len(one) >= 3 and re.fullmatch(r"cp3\d+", one[0]) and one[0] != wanted and one[1] not in _STABLE
        for one in kinds
    )


def _spelt(tag: str) -> str:
    return f"{tag[2]}.{tag[3:]}"


def metadata_there(facts: Facts) -> Iterator[Finding]:
    """Each installed distribution says what it is; of a project of ours `checks.contents` says it."""
    if facts.packages is None or facts.contents is not None:
        return
    broken, remains = facts.packages.unreadable, facts.packages.leftovers
    if broken:
        names = tuple(one.replace("\\", "/").rpartition("/")[2] for one in broken[:_SHOWN])
        yield Finding(
            id="env.metadata",
            level="error",
            title=f"Installed packages do not say what they are: {', '.join(names)}",
            detail="installers fail at them, or install beside them; importlib.metadata knows no version",
            cause="metadata-missing",
            evidence=tuple(Evidence(source=f"{one}/METADATA", value="not there") for one in broken[:_SHOWN]),
            remedy=Remedy(
                text="delete these folders, then install the packages again",
                commands=(
                    (python_of(facts), "-m", "pip", "install", "--force-reinstall", *map(_name, names)),
                ),
            ),
        )
    if remains:
        yield Finding(
            id="env.half-removed",
            level="warning",
            title=f"pip was ended while it replaced packages, and left {counted_names(remains)}",
            detail="the package of that name may be half there; pip warns of an invalid distribution",
            cause="half-removed",
            evidence=tuple(Evidence(source=one, value="left by pip") for one in remains[:_SHOWN]),
            remedy=Remedy(text="delete these folders; install the package again if its import fails"),
        )


def _name(folder: str) -> str:
    return folder.partition("-")[0]


def counted_names(paths: tuple[str, ...]) -> str:
    """The last parts of a few paths, and how many more there are.

    >>> counted_names(("/a/~orch", "/a/~umpy"))
    '~orch, ~umpy'
    """
    names = [one.replace("\\", "/").rpartition("/")[2] for one in paths]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more
