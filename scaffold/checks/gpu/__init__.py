"""Rules about gpu."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import architectures, builds, mps, rocm, tensorflow
from scaffold.checks.model import Finding

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    builds.build_for_gpu,
    architectures.machine_code,
    rocm.gfx_served,
    builds.no_build_for_gpu,
    tensorflow.on_windows,
    tensorflow.on_arm,
    tensorflow.machine_code,
    mps.metal_usable,
    mps.fallback,
)
