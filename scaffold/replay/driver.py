"""Facts for `scaffold.probing.driver` out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.facts.told import Told, one_line, spelt
from scaffold.machine.model import DriverAnswers, GpuState
from scaffold.probing.driver.model import DockerFacts, DriverFacts, InstallFacts, LinkFacts, WslFacts

_GONE = re.compile(r"missing|absent|not |^no\b|none|false|does not|removed", re.IGNORECASE)
_DENIED = re.compile(r"EPERM|EACCES|denied|not permitted|no permission", re.IGNORECASE)
_OTHER_DRIVER = re.compile(r"\b(?:nouveau|vfio-pci|pci-stub|xen-pciback|nvidiafb|rivafb)\b", re.IGNORECASE)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT])i?B?", re.IGNORECASE)
_SHIFT = {"K": 10, "M": 20, "G": 30, "T": 40}
_FABRIC = ("not started", "in progress", "completed")
_DRIVER_PACKAGE = re.compile(
    r"(?:lib)?nvidia-(?:driver|compute|utils|dkms|kernel|headless|ml)[\w.-]*|cuda-drivers[\w.-]*"
)


def told(description: Told) -> DriverFacts:
    """What the description tells; everything else stays unknown."""
    system, driver = description.below("os"), description.below("driver", "nvidia_driver")
    files = dict(_files(description))
    wsl = description.first("wsl") or system.first("wsl")
    methods = tuple(_text(one) for one in driver.rows("install_methods", "installed_by"))
    loaded = _flag(driver, "kernel_module_loaded", "module_loaded")
    return DriverFacts(
        answers=DriverAnswers(gpus=tuple(_gpus(description, driver))),
        module_version="" if loaded is False else _version(driver, "kernel_module_version", "version_from"),
        library_version=_version(driver, "userspace", "library_version", "userspace_version", "version_to"),
        foreign_library=_foreign(description, driver, files, wsl=bool(wsl)),
        secure_boot=_flag(description, "secure_boot"),
        bound=_bound(description, driver),
        nodes=_there(files, "/dev/nvidiactl", "/dev/nvidia0", "/dev/nvidia*"),
        library=_library(files),
        tools=_there(files, "nvidia-smi", "/usr/bin/nvidia-smi"),
        kfd=_kfd(files),
        groups=_groups(description),
        refused=tuple(
            one for one, said in files.items() if one.startswith("/dev/nvidia") and _DENIED.search(said)
        ),
        compat=_compat(description, files),
        hosted=_text(system.first("hosted") or description.first("hosted")),
        uvm=_flag(driver, "nvidia_uvm", "uvm_loaded"),
        slept=True if re.search(r"suspend|resume|hibernat|sleep", _words(driver), re.IGNORECASE) else None,
        toolkits=tuple(one for one in files if re.fullmatch(r"/usr/local/cuda-[\d.*]+/?", one)) or None,
        wsl=_wsl(system, files),
        docker=_docker(description),
        install=InstallFacts(
            methods=methods or None,
            packages=tuple(dict.fromkeys(_DRIVER_PACKAGE.findall(_words(driver)))) or None,
            module_built=_flag(driver, "module_built", "kernel_module_built"),
            headers=_flag(driver, "kernel_headers", "headers"),
            prime=_text(description.first("prime_select", "prime", "prime_profile")).lower(),
            upgraded=_upgraded(description, files),
        ),
        links=_links(description),
    )


def _bound(description: Told, driver: Told) -> str:
    """Another driver than NVIDIA's that holds an NVIDIA card."""
    rows = [Told(one, []) for one in description.rows("gpu", "gpus")[:64] if isinstance(one, Mapping)]
    words = (
        _text(one.first("bound", "kernel_driver", "kernel_driver_in_use", "in_use"))
        for one in (driver, *rows)
    )
    found = (_OTHER_DRIVER.search(one) for one in words)
    return next((one[0].lower() for one in found if one), "")


def _library(files: Mapping[str, str]) -> bool | None:
    """Whether a libcuda is there, as far as it is told of any."""
    said = [said for path, said in files.items() if path.rpartition("/")[2].startswith("libcuda.so")]
    return None if not said else any(not _GONE.search(one) for one in said)


def _kfd(files: Mapping[str, str]) -> str:
    said = files.get("/dev/kfd", "")
    return "denied" if _DENIED.search(said) else "missing" if said and _GONE.search(said) else ""


def _groups(description: Told) -> tuple[str, ...] | None:
    """The groups of the user."""
    user = description.below("user")
    rows = user.rows("groups") if user.has("groups") else description.rows("groups", "user_groups")
    names = [name for one in rows[:100] for name in _text(one).replace(",", " ").split()]
    return tuple(names) or None


def _files(description: Told) -> Iterator[tuple[str, str]]:
    """Path -> what is said of it; a list names files that are there."""
    value = description.first("files")
    if isinstance(value, Mapping):
        yield from ((one, _text(said)) for one, said in value.items() if isinstance(one, str))
    elif isinstance(value, (list, tuple)):
        yield from ((one, "") for one in value if isinstance(one, str))


def _text(value: object) -> str:
    return one_line(spelt(value)) if isinstance(value, (str, int, float)) else ""


def _words(told: Told) -> str:
    """Everything that an object says, as one text."""
    rows = (value if isinstance(value, (list, tuple)) else [value] for value in told.facts.values())
    return " ".join(f"{_text(one)}" for row in rows for one in row)[:5000]


def _flag(told: Told, *names: str) -> bool | None:
    value = told.first(*names)
    if isinstance(value, bool):
        return value
    word = _text(value).lower()
    return None if not word else word not in {"no", "off", "disabled", "0"} and not _GONE.search(word)


def _version(told: Told, *names: str) -> str | None:
    found = (re.search(r"\b\d{3}\.\d{1,3}(?:\.\d{1,2})?\b", _text(told.first(name))) for name in names)
    return next((one[0] for one in found if one), None)


def _there(files: Mapping[str, str], *paths: str) -> bool | None:
    """Whether one of the files is there, as far as it is told."""
    said = [files[one] for one in paths if one in files]
    return None if not said else any(not _GONE.search(one) for one in said)


def _foreign(description: Told, driver: Told, files: Mapping[str, str], *, wsl: bool) -> str:
    """A libcuda of a Linux driver where there should be none."""
    listed = " ".join(one for one in description.below("packages").facts if isinstance(one, str))
    packages = f"{_words(driver)} {_text(description.first('apt', 'dpkg'))} {listed}"
    named = _DRIVER_PACKAGE.search(packages)
    if wsl:
        lying = (one for one, said in files.items() if _is_linux_libcuda(one) and not _GONE.search(said))
        told_so = named or re.search(r"linux.*(?:inside|in) wsl|in(?:side)? (?:the )?distro", _words(driver))
        return next(lying, named[0] if named else "libcuda.so.1" if told_so else "")
    inside = re.search(r"inside (?:the )?(?:container|image)|in(?:to)? (?:the )?container", _words(driver))
    return (named[0] if named else "libcuda.so.1") if inside else ""


def _is_linux_libcuda(path: str) -> bool:
    return "libcuda.so" in path and "/wsl/" not in path and "compat" not in path


def _compat(description: Told, files: Mapping[str, str]) -> str:
    lying = [one for one, said in files.items() if "/compat/" in f"{one}/" and not _GONE.search(said)]
    if lying:
        return lying[0]
    path = _text(description.below("env", "environment").first("LD_LIBRARY_PATH"))
    return next((one for one in path.split(":") if "compat" in one.split("/")), "")


def _wsl(system: Told, files: Mapping[str, str]) -> WslFacts:
    build = re.search(r"\b(1\d{4}|2\d{4})\b", _text(system.first("windows_build", "windows_version")))
    return WslFacts(
        door=_there(files, "/dev/dxg"),
        library=_there(files, "/usr/lib/wsl/lib/libcuda.so.1", "/usr/lib/wsl/lib"),
        windows_build=int(build[1]) if build else None,
    )


def _docker(description: Told) -> DockerFacts:
    docker = description.below("docker")
    said = _text(docker.first("packaging", "install", "source") or description.first("docker"))
    kinds = {"snap": "snap", "desktop": "desktop", "rootless": "rootless"}
    toolkit = docker if docker.facts else description
    return DockerFacts(
        packaging=next((kind for word, kind in kinds.items() if word in said.lower()), ""),
        toolkit=_flag(toolkit, "nvidia_container_toolkit", "container_toolkit", "toolkit_installed"),
        runtime=_flag(docker, "nvidia_runtime", "runtime"),
    )


def _upgraded(description: Told, files: Mapping[str, str]) -> str:
    logs = [said for path, said in files.items() if "apt/history" in path or "dpkg.log" in path]
    text = next((one for one in logs if one), _text(description.first("apt", "dnf", "updates")))
    return text[:200]


def _links(description: Told) -> LinkFacts:
    topology = _text(description.first("topology", "interconnect", "nvlink"))
    value = description.first("nvlink")
    nvlink = value if isinstance(value, bool) else None
    if nvlink is None and topology:
        nvlink = bool(re.search(r"nvlink|nvswitch|\bNV\d+\b|sxm", topology, re.IGNORECASE))
        nvlink = nvlink and not re.search(r"\b(?:no|without) nv", topology, re.IGNORECASE)
    interfaces = description.below("network").rows("interfaces") or description.rows("interfaces")
    iommu = _text(description.first("iommu") or description.below("kernel").first("iommu"))
    return LinkFacts(
        nvlink=nvlink,
        translated=None
        if not iommu
        else bool(re.search(r"\bon\b|enabled|true|translat|dma", iommu, re.IGNORECASE)),
        interfaces=tuple(_text(one) for one in interfaces if _text(one)) or None,
    )


def _gpus(description: Told, driver: Told) -> Iterator[GpuState]:
    everywhere = _fabric(driver)
    for index, row in enumerate(description.rows("gpu", "gpus")[:64]):
        one = Told(row, [])
        yield GpuState(
            index=index,
            memory=_size(one.first("memory", "memory_total", "memory_gb")),
            used=_size(one.first("memory_used", "used_memory", "used")),
            mode=_mode(_text(one.first("compute_mode", "mode"))),
            uncorrected=one.whole("ecc_uncorrected", "uncorrected_ecc", "ecc_errors"),
            fabric=_fabric(one) or everywhere,
            mig=bool(_flag(one, "mig", "mig_mode")),
        )


def _fabric(told: Told) -> str:
    text = _text(told.first("fabric_state", "fabric")).lower()
    return next((one for one in _FABRIC if one in text), "")


def _mode(text: str) -> str:
    words = {"exclusive": "exclusive", "prohibited": "prohibited", "default": "default"}
    return next((mode for word, mode in words.items() if word in text.lower()), "")


def _size(value: Any) -> int | None:
    """Bytes; a bare number is gigabytes, or MiB where it is large."""
    match = _SIZE.search(_text(value))
    if match:
        return int(float(match[1]) * (1 << _SHIFT[match[2].upper()]))
    number = re.fullmatch(r"\d{1,6}(?:\.\d+)?", _text(value))
    return int(float(number[0]) * (1 << (30 if float(number[0]) < 1024 else 20))) if number else None
