"""Rules about shared libraries: shadowed, missing, doubled, too old."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.libraries import (
    doubled,
    missing,
    openmp,
    shadowed,
    stacks,
    standard,
    tensorflow,
    windows,
)
from scaffold.checks.model import Finding

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    shadowed.cudnn,
    shadowed.cuda,
    shadowed.search_path,
    doubled.one_package_a_file,
    missing.not_on_the_path,
    tensorflow.beside_torch,
    tensorflow.gpu_libraries,
    tensorflow.libdevice,
    standard.cpp_library,
    windows.libraries_there,
    windows.runtime_new_enough,
    windows.openmp140,
    openmp.one_runtime,
    stacks.not_executable,
)
