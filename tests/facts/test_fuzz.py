"""Arbitrary JSON under the names that descriptions use: a machine or a refusal, never a crash."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.errors import OptionRefused, ScaffoldError
from scaffold.facts import host_record, observe
from scaffold.machine import to_json
from scaffold.recorded import RecordedSystem

NAMES = [
    "os",
    "arch",
    "gpus",
    "gpu",
    "accelerators",
    "nvidia_driver",
    "driver",
    "driver_version",
    "glibc",
    "libc",
    "musl",
    "python",
    "pci",
    "lspci",
    "os_version",
    "distro",
    "cpu",
    "wsl",
    "container",
    "kernel",
    "gpu_count",
    "nvidia_smi",
    "libcuda",
    "nvml",
    "cuinit",
    "devices",
    "files",
    "env",
    "secure_boot",
    "rocm",
    "level_zero",
    "board",
    "jetson",
    "l4t",
    "memory_gb",
    "disk_free_gb",
    "cuda_max",
    "cuda_visible_devices",
    "rosetta",
    "cpu_count",
    "kernel_module_version",
]
INNER = [
    "family",
    "version",
    "distro",
    "wsl",
    "kernel",
    "container",
    "name",
    "vendor",
    "cc",
    "gfx",
    "ip",
    "count",
    "integrated",
    "memory",
    "uuid",
    "driver",
    "mig",
    "status",
    "class",
    "device",
    "address",
    "path",
    "accessible",
    "cuda_max",
    "windows_version",
    "kernel_module_loaded",
    "version_from",
    "version_to",
    "fabric_state",
    "state",
    "init",
    "code",
    "stdout",
    "stderr",
    "model",
    "machine",
    "cores",
    "CUDA_VISIBLE_DEVICES",
    "/sys/module/nvidia/version",
    "/dev/nvidia0",
]
WORDS = (
    "linux", "windows", "macos", "ubuntu 22.04", "alpine 3.19", "arm64", "x86_64", "nvidia", "amd", "intel", "apple",
    "0x10de", "NVIDIA A100", "Radeon RX 7900 XTX", "Arc A770", "Jetson Orin", "8.6", "Failed", "[N/A]", "", "550.54.15",
    "gfx1100", "12.55.8", "2", "-1", "2.35", "3.12", "nouveau", "/dev/kfd", "/dev/nvidiactl", "permission denied",
    "missing", "Failed to initialize NVML: Driver/library version mismatch", "GPU 0: NVIDIA A100 (UUID: GPU-5c1e)",
    "0,1", "GPU-0", "\ud800", "\x1b[31m", "9.0", "²", "1e999", "0x",
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 20) | st.floats() | st.text(max_size=12) | st.sampled_from(WORDS)
    | st.sampled_from([10**400, -(10**400), 1 << 70]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(INNER) | st.text(max_size=5), inner, max_size=6),
    max_leaves=12,
)  # fmt: skip
TRIES = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@TRIES
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=12))
def test_a_description_is_always_a_recorded_host(facts: dict[str, Any]) -> None:
    record, notes = host_record(facts)
    assert json.loads(json.dumps(record)) == record
    assert len(notes) <= 21
    RecordedSystem(record)
    with suppress(OptionRefused):  # a system that nothing is known of
        assert json.dumps(to_json(observe({"facts": facts}).machine))


@TRIES
@given(
    st.sampled_from(["scaffold/host/1", "scaffold/machine/1", "scaffold/other/1"]),
    st.dictionaries(
        st.sampled_from(
            [
                "platform",
                "host",
                "accelerators",
                "files",
                "links",
                "paths",
                "accessible",
                "programs",
                "commands",
                "probes",
                "environment",
                "home",
                "memory",
                "disk_free",
                "status",
                "notes",
                "cuda_driver",
            ]
        ),
        VALUES,
        max_size=10,
    ),
)
def test_a_record_is_a_machine_or_a_refusal(schema: str, record: dict[str, Any]) -> None:
    try:
        observed = observe({**record, "schema": schema})
    except ScaffoldError:
        assert schema == "scaffold/other/1"
    else:
        assert json.dumps(to_json(observed.machine))
