"""Windows Subsystem for Linux: the driver is Windows', reached through /dev/dxg, and none belongs inside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.model import Evidence, Finding, Remedy

#: The first kernel and the first build of Windows that hand GPUs to WSL.
#: source: https://docs.nvidia.com/cuda/wsl-user-guide ("kernel 5.10.16.3 or later", 5.10.43.3 recommended;
#: Windows 11, or Windows 10 21H2 = build 19044)                                           date: 2026-11-22
_KERNEL, _WINDOWS = (5, 10, 16), 19044

_UPDATE = (("wsl.exe", "--update"), ("wsl.exe", "--shutdown"))
_NO_TOOLKIT = (
    "nvcc and the CUDA toolkit inside WSL: that they are there proves no GPU, and wheels use neither"
)


def reaches_windows(facts: Facts) -> Iterator[Finding]:
    """Programs in WSL reach the GPU of Windows."""
    if not facts.machine.host.wsl:
        return
    cards = [one for one in heard.nvidia(facts) if not one.masked]
    works = any(one.status == "ok" for one in cards) and not facts.told
    if _foreign(facts) and not works:
        yield _linux_driver(facts)
    elif _is_concerned(facts):
        yield from _too_old(facts) or ([] if works else _not_reached(facts))


def _is_concerned(facts: Facts) -> bool:
    """Whether anything here speaks of an NVIDIA GPU: a laptop without one needs no advice."""
    return bool(heard.nvidia(facts) or facts.machine.cuda_driver) or heard.wanted(facts)


def _foreign(facts: Facts) -> str:
    """The libcuda of a Linux driver that comes before Windows' own."""
    known = heard.driver(facts)
    loaded = heard.answers(facts).libcuda
    if loaded and "/wsl/" not in loaded and loaded.startswith(("/usr/lib", "/lib")):
        return loaded
    if known.foreign_library:
        return known.foreign_library
    failed = heard.codes(facts).get("cuda") == 100 or heard.codes(facts).get("nvml") in (9, 18)
    return "libcuda.so.1" if failed and not _too_old(facts) and known.wsl.library is not False else ""


def _linux_driver(facts: Facts) -> Finding:
    library = _foreign(facts)
    packages = heard.driver(facts).install.packages or ("libnvidia-compute-*", "nvidia-driver-*")
    return Finding(
        id="gpu.wsl",
        level="error",
        title=f"In WSL the GPU is driven by Windows, and programs load {library}, of a Linux driver that was "
        "installed inside"
        if library != "libcuda.so.1"
        else "In WSL the GPU is driven by Windows, and CUDA finds none: mostly a Linux driver inside WSL "
        "comes "
        "before Windows' own library",
        detail="Windows' libcuda lies in /usr/lib/wsl/lib; a package such as libnvidia-compute or "
        "cuda-drivers puts "
        "another before it, which cannot talk to /dev/dxg.",
        cause="wsl-linux-driver-installed",
        evidence=(
            Evidence(source="the loader's path", value=library),
            *heard.answered(facts),
        ),
        not_the_cause=(_NO_TOOLKIT, "the driver of Windows"),
        remedy=Remedy(
            text="remove the Linux driver from WSL and never install one there (of CUDA's packages take "
            "cuda-toolkit, not cuda); then wsl --shutdown. To try it first: put /usr/lib/wsl/lib first into "
            "LD_LIBRARY_PATH. Where none is installed: update NVIDIA's driver in Windows",
            commands=(
                ("sudo", "apt", "purge", *packages[:6]),
                (
                    "env",
                    "LD_LIBRARY_PATH=/usr/lib/wsl/lib",
                    heard.python(facts),
                    "-c",
                    "import torch; print(torch.cuda.is_available())",
                ),
            ),
        ),
    )


def _too_old(facts: Facts) -> list[Finding]:
    host, known = facts.machine.host, heard.driver(facts).wsl
    kernel = tuple(map(int, re.findall(r"\d+", host.kernel.split("-")[0])[:3]))
    build = known.windows_build
    if host.wsl == 1:
        what = "This is WSL 1, and only WSL 2 reaches a GPU"
    elif kernel and kernel < _KERNEL:
        what = f"WSL's kernel is {host.kernel.split('-')[0]}, and GPUs are reached from 5.10.16 on"
    elif build is not None and build < _WINDOWS:
        what = f"Windows is of build {build}, and hands GPUs to WSL from build {_WINDOWS} (21H2) on"
    elif known.door is False:
        what = "Windows opens no door to its GPU here: /dev/dxg is missing"
    else:
        return []
    return [
        Finding(
            id="gpu.wsl",
            level="error",
            title=what,
            cause="wsl-host-too-old",
            evidence=(
                Evidence(source="/proc/version", value=host.kernel),
                *((Evidence(source="Windows", value=f"build {build}"),) if build else ()),
                *((Evidence(source="/dev/dxg", value="missing"),) if known.door is False else ()),
            ),
            not_the_cause=(_NO_TOOLKIT,),
            remedy=Remedy(
                text="in Windows: update Windows itself (Windows 11, or Windows 10 21H2), then WSL: wsl "
                "--update and "
                "wsl --shutdown"
                + ("; change this distribution to WSL 2: wsl --set-version NAME 2" if host.wsl == 1 else ""),
                commands=(("wsl.exe", "--set-version", "NAME", "2"), *_UPDATE) if host.wsl == 1 else _UPDATE,
            ),
        )
    ]


def _not_reached(facts: Facts) -> Iterator[Finding]:
    """The system is new enough, and Windows shows no GPU."""
    known = heard.driver(facts)
    missing = known.wsl.library is False
    failed = heard.codes(facts).get("nvml") or heard.codes(facts).get("cuda") or facts.machine.status != "ok"
    if not missing and not (failed and not any(one.masked for one in heard.nvidia(facts))):
        return
    yield Finding(
        id="gpu.wsl",
        level="error",
        title="WSL is there, and Windows' NVIDIA driver brought no libcuda into it (/usr/lib/wsl/lib)"
        if missing
        else "Windows shows WSL no NVIDIA GPU that answers",
        detail="\n".join(facts.machine.notes),
        cause="wsl-windows-driver",
        evidence=(
            *((Evidence(source="/usr/lib/wsl/lib/libcuda.so.1", value="missing"),) if missing else ()),
            *heard.seen(heard.nvidia(facts)),
            *heard.answered(facts),
        ),
        not_the_cause=(_NO_TOOLKIT,),
        remedy=Remedy(
            text="in Windows: install or update NVIDIA's driver (nvidia-smi must work in PowerShell), then "
            "wsl --update "
            "and wsl --shutdown. Install no Linux driver inside WSL",
            commands=_UPDATE,
        ),
    )
