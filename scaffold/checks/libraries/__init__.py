"""Rules about libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = ()
