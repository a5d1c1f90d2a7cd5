"""How NVIDIA's driver was installed, as package managers and the kernel's folders tell."""

from __future__ import annotations

import re

from scaffold.probing.driver.model import InstallFacts
from scaffold.system import System

#: Where distributions, dkms and NVIDIA's own installer put the module, below /lib/modules/RELEASE.
_MODULES = (
    "updates/dkms",
    "updates",
    "extra",
    "extra/nvidia",
    "weak-updates/nvidia",
    "kernel/drivers/video",
    "kernel/drivers/video/nvidia",
    "kernel/nvidia",
    "extramodules",
    "video",
)

_PACKAGE = re.compile(
    r"((?:lib)?nvidia-(?:driver|compute|utils|dkms|kernel|headless|ml\d?|cuda-driver|open)[\w.-]*|libcuda1|"
    r"linux-modules-nvidia-[\w.-]+|cuda-drivers[\w.-]*)(?::\w+)?\.list"
)


def install_facts(system: System, module: str) -> InstallFacts:
    """The facts. ``module``: the version of the one that is loaded, "" where none is."""
    release = system.platform.release
    packages = _packages(system)
    runfile = any(system.exists(one) for one in ("/usr/bin/nvidia-uninstall", "/usr/bin/nvidia-installer"))
    methods = (("runfile",) if runfile else ()) + (("apt",) if packages else ())
    folder = f"/lib/modules/{release}"
    known = system.exists(folder)
    return InstallFacts(
        methods=methods,
        packages=packages,
        module_built=True if module else _is_built(system, folder) if known else None,
        headers=system.exists(f"{folder}/build") if known else None,
        restart_wanted="nvidia" in (system.read_text("/var/run/reboot-required.pkgs") or ""),
        prime=(system.read_text("/etc/prime-discrete") or "").strip(),
        upgraded=last_upgrade(system.read_text("/var/log/apt/history.log") or ""),
    )


def _is_built(system: System, folder: str) -> bool:
    """Distributions that build it beforehand keep it in a folder that names the driver's branch."""
    names = [f"{folder}/{one}" for one in _MODULES]
    names += [f"{folder}/kernel/{one}" for one in system.list_folder(f"{folder}/kernel") if "nvidia" in one]
    return any(
        re.match(r"nvidia(?:-current)?\.ko", file) for one in names for file in system.list_folder(one)
    )


def _packages(system: System) -> tuple[str, ...]:
    """By dpkg's lists of files: their names tell enough, and its one large file need not be read."""
    found = (_PACKAGE.fullmatch(name) for name in system.list_folder("/var/lib/dpkg/info"))
    return tuple(dict.fromkeys(one[1] for one in found if one))


def last_upgrade(history: str) -> str:
    r"""When apt last changed NVIDIA's packages, and for whom; "" where the log does not tell.

    >>> last_upgrade("Start-Date: 2021-05-13  06:12:03\nCommandline: /usr/bin/unattended-upgrade\n"
    ...              "Upgrade: libnvidia-common-460:amd64 (460.73.01, 460.80)\n")
    '2021-05-13  06:12:03 /usr/bin/unattended-upgrade'
    """
    for entry in reversed(re.split(r"\n\s*\n", history)):
        if re.search(r"^(?:Upgrade|Install|Remove|Purge): .*nvidia", entry, re.MULTILINE):
            date = re.search(r"^Start-Date: (.+)$", entry, re.MULTILINE)
            command = re.search(r"^Commandline: (.+)$", entry, re.MULTILINE)
            return " ".join(one[1].strip() for one in (date, command) if one)
    return ""
