"""Rules about packages with compiled code of their own, and about what builds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.extensions import attention, bitsandbytes, built, toolchain
from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    built.for_this_torch,
    attention.flash_attention,
    bitsandbytes.library_for_cuda,
    toolchain.can_build,
    toolchain.triton_compiles,
)
