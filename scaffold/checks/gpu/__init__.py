"""Rules about gpu."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import (
    architectures,
    beside,
    builds,
    container,
    driver_age,
    driver_broken,
    driver_loaded,
    fabric,
    gpu_state,
    links,
    mps,
    none_here,
    rocm,
    tensorflow,
    visible,
    wsl,
)
from scaffold.checks.model import Finding

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    wsl.reaches_windows,
    container.handed_in,
    container.may_open,
    driver_loaded.loaded,
    driver_loaded.one_version,
    fabric.fabric_ready,
    driver_broken.own_libcuda,
    driver_broken.memory_module,
    driver_broken.on_the_bus,
    gpu_state.open_to_programs,
    gpu_state.has_slices,
    gpu_state.memory_sound,
    gpu_state.memory_free,
    visible.leave_gpus,
    visible.set_by_code,
    driver_age.new_enough,
    container.docker_ready,
    builds.build_for_gpu,
    architectures.machine_code,
    rocm.may_open,
    rocm.gfx_served,
    builds.no_build_for_gpu,
    tensorflow.on_windows,
    tensorflow.on_arm,
    tensorflow.machine_code,
    beside.framework_builds,
    mps.metal_usable,
    mps.fallback,
    links.nccl_knows_the_gpu,
    links.reach_each_other,
    none_here.left_over,
    none_here.on_the_processor,
)
