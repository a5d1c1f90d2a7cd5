"""Rules about what wheels need: a Python, a platform, a C library, instruction sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.checks.wheels import before, instructions, libc, platforms, pythons

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    platforms.right_architecture,
    platforms.word_size,
    platforms.has_wheels,
    pythons.has_wheels,
    libc.new_enough,
    instructions.has_instructions,
    before.lock_fits,
    before.index_serves,
    before.python_fits,
)
