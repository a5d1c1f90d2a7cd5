"""NVIDIA's driver, from a loose description: its version, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from scaffold.facts.gpus import Gpu
from scaffold.facts.sketch import Sketch
from scaffold.facts.smi import smi_gpus, smi_text
from scaffold.facts.told import Told
from scaffold.machine.nvidia_answers import module_version
from scaffold.machine.nvidia_smi import header_versions, query_answer, smi_failure

#: NVML's and CUDA's codes for what a description can say in words.
NO_LIBRARY, NOT_LOADED, MISMATCH, NO_PERMISSION, NOT_OPENED = 12, 9, 18, 4, 17
CUDA_MISMATCH, CUDA_NO_DEVICE, CUDA_REFUSED, CUDA_FABRIC, CUDA_UNKNOWN = 803, 100, 304, 802, 999

#: What CUDA says where NVML has said that.
_SAME_IN_CUDA = {
    NOT_LOADED: CUDA_NO_DEVICE,
    MISMATCH: CUDA_MISMATCH,
    NO_PERMISSION: CUDA_REFUSED,
    NOT_OPENED: CUDA_REFUSED,
}

#: A branch has three digits, Windows' own versions have four groups; a minus before it is none of ours.
_VERSION = r"(?<![\d.])(?<!^-)(?:\d{2}\.\d\.\d{2}\.\d{4}|[1-9]\d{2}(?:\.\d{1,3}){0,2})(?!\d|\.\d)"
_REFUSED = re.compile("permission denied|no permission|not permitted|insufficient permission", re.IGNORECASE)
_ABSENT = re.compile(r"none|no|false|missing|not installed|not found|absent|nouveau", re.IGNORECASE)
_NOT_THERE = re.compile(r"missing|not found|absent|^no\b|^not ", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What is told of the driver. ``installed`` None: nothing is told of a driver at all."""

    installed: bool | None
    version: str = ""  # of the user's side: 550.54.15
    cuda: str = ""  # the newest CUDA that it speaks
    module: str = ""  # the version of the kernel's side, where it is told by itself
    library: bool = True  # libcuda is there
    init: int = 0  # cuInit's code
    management: int = 0  # NVML's code
    smi: str = ""  # what nvidia-smi prints


def read_driver(told: Told, gpus: list[Gpu], sketch: Sketch) -> Driver:
    """The driver, whole or broken."""
    inner = told.below("driver", "nvidia_driver")
    smi = smi_text(told)
    shown = header_versions(smi)
    version = _version(told, inner, sketch) or shown[0] or query_answer(smi).driver
    version = _lower(told, version, gpus or smi_gpus(smi))
    module = _module(told, inner)
    source = inner if inner.has("kernel_module_loaded", "module_loaded") else told
    loaded = source.flag("kernel_module_loaded", "module_loaded")
    library = _library(told, sketch)
    management = _management(told, smi)
    if loaded is False:
        management = management or NOT_LOADED
    elif module and version and module != version:
        management = management or MISMATCH
    init = _init(told, library=library) or _state(inner)
    # The kernel's side alone tells the driver's version as well as the libraries' side does.
    version = version or (module if loaded is not False else "")
    return Driver(
        installed=_installed(told, inner, version=version, broken=bool(management or init)),
        version=version,
        cuda=_cuda(told, inner) or shown[1],
        module=module if loaded is not False else "",
        library=library is not False,
        init=init or _SAME_IN_CUDA.get(management, 0),
        management=management,
        smi=smi,
    )


def _version(told: Told, inner: Told, sketch: Sketch) -> str:
    text = (
        told.matching(_VERSION, "driver version", "nvidia_driver", "driver_version")
        if not inner.facts
        else ""
    )
    if not text and isinstance(told.first("driver"), (str, int, float)) and not _says_absent(told, "driver"):
        text = told.matching(_VERSION, "driver version", "driver")
    windows = sketch.os == "windows" or sketch.wsl
    names = ("windows_version", "version") if windows else ("version",)
    return _ours(text or inner.matching(_VERSION, "driver version", *names, "version_to"))


def _ours(text: str) -> str:
    """NVIDIA's version, also of Windows' own.

    >>> _ours("32.0.15.6636"), _ours("550.54.15")
    ('566.36', '550.54.15')
    """
    store = re.fullmatch(r"\d{2}\.\d\.\d(\d)\.(\d{2})(\d{2})", text)
    return f"{store[1]}{store[2]}.{store[3]}" if store else text


def _lower(told: Told, version: str, gpus: list[Gpu]) -> str:
    """The machine's driver, or a GPU's own where that is lower: what runs on the lower runs on both."""
    own = {_ours(gpu.driver) for gpu in gpus if re.fullmatch(_VERSION, gpu.driver, re.ASCII)}
    if not version or not own:
        return min(own, key=_numbers, default=version)
    lowest = min({version, *own}, key=_numbers)
    if own != {version}:
        others = ", ".join(sorted(own))
        told.notes.append(f"nvidia_driver: {version} is told, and {others} of the GPUs; the lower one counts")
    return lowest


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _says_absent(told: Told, name: str) -> bool:
    value = told.facts.get(name)
    return value is False or (isinstance(value, str) and bool(_ABSENT.fullmatch(value.strip())))


def _installed(told: Told, inner: Told, *, version: str, broken: bool) -> bool | None:
    names = [name for name in ("nvidia_driver", "driver", "driver_version") if told.has(name)]
    if version or broken or told.first("libcuda") is True:
        return True
    if inner.facts:
        return True if _cuda(told, inner) else inner.flag("installed")
    if any(told.facts[name] is None or _says_absent(told, name) for name in names):
        return False
    return None


def _cuda(told: Told, inner: Told) -> str:
    pattern = r"(?<![\d.])\d{1,2}\.\d(?!\d)"
    return inner.matching(pattern, "CUDA version", "cuda_max", "cuda") or told.matching(
        pattern, "CUDA version", "cuda_driver", "cuda_max", "driver_cuda", "cuda_driver_version"
    )


def _module(told: Told, inner: Told) -> str:
    files = told.below("files").facts
    plain, described = files.get("/sys/module/nvidia/version"), files.get("/proc/driver/nvidia/version")
    for text in (plain, described):
        if isinstance(text, str) and text.strip():
            return module_version(text) or text.strip()[:40]
    names = ("kernel_module_version", "module_version", "kernel_module", "nvidia_module")
    text = inner.first(*names, "version_from")
    text = str(text or told.first(*names) or "")[:100]
    return text if re.fullmatch(r"\d{2,4}(\.\d{1,3}){1,2}", text) else ""


def _library(told: Told, sketch: Sketch) -> bool | None:
    """Whether libcuda is there, as far as it is told."""
    value = told.first("libcuda")
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and "/" in value and " " not in value:
        sketch.paths.add(value)
        return True
    if isinstance(value, str):
        return not (_NOT_THERE.search(value) or value.lower() in {"false", "no", ""})
    said = told.below("files").facts.get("libcuda.so.1")
    return False if isinstance(said, str) and _NOT_THERE.search(said) else None


def _init(told: Told, *, library: bool | None) -> int:
    """The code of cuInit, where it is told: by itself, or in what is told of libcuda."""
    inner = told.below("libcuda")
    value = told.first("cuinit", "cu_init", "cuInit")
    value = inner.first("init", "code", "error", "cuinit") if value is None else value
    value = told.first("libcuda") if value is None and not inner.facts and library else value
    if isinstance(value, bool) or not isinstance(value, (str, int)) or "/" in str(value)[:500]:
        return 0
    match = re.search(r"(?<!\d)\d{1,3}(?!\d)", str(value)[:500])
    return int(match[0]) if match else 0


def _state(inner: Told) -> int:
    """The code of cuInit for states with names: GPUs whose fabric is not ready, a driver after a suspend."""
    fabric = inner.text("fabric_state") if inner.first("fabric_state") else ""
    if fabric and not re.fullmatch("completed?|success|not supported", fabric, re.IGNORECASE):
        return CUDA_FABRIC
    state = inner.text("state") if inner.first("state") else ""
    return CUDA_UNKNOWN if re.search("suspend|nvidia_uvm", state) else 0


def _management(told: Told, smi: str) -> int:
    value: Any = told.first("nvml", "nvml_error", "nvml_code", "nvml_status")
    if isinstance(value, dict):
        value = Told(value, told.notes, "nvml.").first("code", "init", "error", "status")
    if value is False:
        return NO_LIBRARY
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1000:
        return value
    words = value if isinstance(value, str) else ""
    code = re.fullmatch(r"\s*(\d{1,3})\s*", words)
    if code:
        return int(code[1])
    known = smi_failure(words[:5000]) or smi_failure(smi)
    return known or (NO_PERMISSION if _REFUSED.search(f"{words[:5000]}\n{smi[:5000]}") else 0)
