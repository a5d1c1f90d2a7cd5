"""What the failing codes of NVIDIA's libraries mean: a status, and a sentence for people."""

from __future__ import annotations

from scaffold.machine.model import Status
from scaffold.machine.nvidia_answers import Source

#: NVML's code for what it has no code for.
UNKNOWN = 999

#: NVML's codes (nvmlReturn_t) as what stands in the way.
_NVML: dict[int, tuple[Status, str]] = {
    4: ("no_permission", "the driver refuses this user (insufficient permissions): see ls -l /dev/nvidia*"),
    6: ("gpu_lost", "the driver runs and finds no GPU: one that it no longer supports, or off the bus"),
    9: ("module_blocked", "NVIDIA's kernel module is not loaded (Secure Boot, or not built for this kernel)"),
    12: ("driver_missing", "NVIDIA's management library is not installed"),
    15: ("gpu_lost", "the GPU has fallen off the bus: restart the machine (sudo dmesg | grep -i xid)"),
    16: ("reboot_required", "the GPU wants a reset: restart the machine"),
    17: ("no_permission", "the operating system refused the driver's device files: see ls -l /dev/nvidia*"),
    18: ("reboot_required", "the driver was updated, the old kernel module still runs: restart the machine"),
    28: ("gpu_lost", "the driver runs and finds no GPU: one that it no longer supports, or off the bus"),
}

_NOT_THE_DRIVERS = "take its folder out of LD_LIBRARY_PATH"

#: cuInit's codes (CUresult) as what stands in the way.
_CUDA: dict[int, tuple[Status, str]] = {
    34: ("driver_missing", f"libcuda is a stub of the CUDA toolkit's (cuInit 34): {_NOT_THE_DRIVERS}"),
    35: ("unsupported", "the driver is older than its library (cuInit 35): install both of one version"),
    46: ("no_permission", "the GPU is in exclusive use by another process (cuInit 46): see nvidia-smi"),
    100: ("gpu_lost", "the CUDA driver finds no GPU (cuInit 100): restart the machine"),
    101: ("hidden", "CUDA_VISIBLE_DEVICES names a GPU that is not there (cuInit 101): unset or correct it"),
    304: ("no_permission", "the CUDA driver may not open its devices (cuInit 304): see ls -l /dev/nvidia*"),
    802: ("gpu_lost", "the GPUs' fabric is not ready (cuInit 802): nvidia-fabricmanager must run"),
    803: ("reboot_required", "libcuda is newer than the kernel module (cuInit 803): restart the machine"),
    804: ("unsupported", f"a compatibility libcuda does not fit this GPU (cuInit 804): {_NOT_THE_DRIVERS}"),
    999: ("gpu_lost", "the CUDA driver fails (cuInit 999): reload nvidia_uvm (after a suspend), or restart"),
}

#: The same where NVML works: driver and module agree, so that programs load a libcuda from elsewhere.
_CUDA_BESIDE_NVML: dict[int, tuple[Status, str]] = {
    803: ("unsupported", f"libcuda is not the running driver's (cuInit 803): {_NOT_THE_DRIVERS}"),
}


def obstacle(source: Source, code: int, *, nvml_works: bool = False) -> tuple[Status, str]:
    """What a failing code of NVML (nvidia-smi) or of cuInit means: a status, and a sentence for people."""
    if code < 0:
        return "gpu_lost", f"{source} gave no answer in time or crashed: restart the machine"
    if source == "libcuda" and nvml_works and code in _CUDA_BESIDE_NVML:
        return _CUDA_BESIDE_NVML[code]
    known = _CUDA if source == "libcuda" else _NVML
    return known.get(code, ("gpu_lost", f"{source} fails with code {code}: restart the machine"))
