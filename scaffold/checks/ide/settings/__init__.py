"""What the PyCharm of this machine makes of a project: rules of doctor's, not of `ide check`.

They hold the project's files against settings that only this machine has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.ide.settings.missing import interpreter_there, paths_expanded
from scaffold.checks.ide.settings.places import layout_known, outside_of_sandbox
from scaffold.checks.ide.settings.same import interpreter_same
from scaffold.checks.model import Finding

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    interpreter_there,
    paths_expanded,
    interpreter_same,
    outside_of_sandbox,
    layout_known,
)
