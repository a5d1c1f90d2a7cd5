"""Rules about the user's code."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.checks.sources.guards import guarded
from scaffold.checks.sources.roots import marked
from scaffold.checks.sources.shadows import shadowed
from scaffold.checks.sources.starts import started_as_modules

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (shadowed, started_as_modules, guarded, marked)
