"""How the installed PyTorch stays the one that it is while pip changes what is built on it."""

from __future__ import annotations

import re

from scaffold.checks.facts import Facts
from scaffold.checks.versions import minor

_INDEX = "https://download.pytorch.org/whl/"

#: NVIDIA's own builds and other ones from sources: on no index, so nothing may replace them.
_NOT_ON_AN_INDEX = re.compile(r"\.nv\d|git|\d(?:a|b)\d|\.dev", re.IGNORECASE)


def pinned(facts: Facts) -> tuple[str, ...]:
    """``torch==2.3.1+cu121``: beside another package it makes pip choose a release for this one.

    Without it pip takes the newest, and with that another PyTorch: on Windows one without CUDA.
    Empty where no exact version is known.
    """
    version = facts.packages.version("torch") if facts.packages else ""
    return (f"torch=={version}",) if version[:1].isdigit() and minor(version) else ()


def once_more(facts: Facts) -> tuple[str, ...]:
    """The same PyTorch again, from the index that its local version names; empty where that is not known."""
    if not pinned(facts) or facts.packages is None:
        return ()
    return of_its_index(facts.packages.version("torch"))


def of_its_index(version: str) -> tuple[str, ...]:
    """A version of PyTorch as pip is asked for it: from the index that its local version names.

    >>> of_its_index("2.6.0+cu124"), of_its_index("2.6.0"), of_its_index("2.6.0a0+df5.nv24.11")
    (('torch==2.6.0', '--index-url', 'https://download.pytorch.org/whl/cu124'), ('torch==2.6.0',), ())
    """
    public, _, local = version.partition("+")
    if from_nowhere(version):
        return ()
    if re.fullmatch(r"cu\d{2,3}|cpu|rocm[\d.]+|xpu", local):
        return (f"torch=={public}", "--index-url", f"{_INDEX}{local}")
    return (f"torch=={public}",)


def from_nowhere(version: str) -> bool:
    """Whether a version is of no index: built by NVIDIA for its own systems, or from sources."""
    return _NOT_ON_AN_INDEX.search(version) is not None
