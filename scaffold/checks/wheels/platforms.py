"""Pythons for another processor than the one that is here, and platforms without wheels."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.gpu.installed import python_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.versions import at_least
from scaffold.checks.wheels.wanted import wanted

_INTEL = ("x86_64", "amd64", "i386", "intel")

#: The last releases with wheels for Intel Macs.
_LAST_ON_INTEL_MACS = {"torch": "2.2.2", "tensorflow": "2.16.2"}


def right_architecture(facts: Facts) -> Iterator[Finding]:
    """The Python was built for the processor that is here."""
    host, python = facts.machine.host, facts.python
    built = python.machine.lower() if python else ""
    intel = built.startswith(_INTEL)
    if host.os == "macos" and (intel or (host.translated and not built)) and _apple(facts):
        yield _rosetta(facts, built)
    elif host.os == "windows" and host.architecture == "aarch64" and intel:
        yield Finding(
            id="py.arch-mismatch",
            level="warning",
            title=f"This Python is built for {built}, and this Windows runs on an ARM processor",
            detail="Windows translates it: training is several times slower, and AVX2 may be missing.",
            cause="x86-python-on-arm",
            evidence=(_built(facts, built),),
            remedy=Remedy(
                text="use an ARM64 Python where the frameworks have wheels for it (PyTorch from 2.7 and "
                "Python 3.11 "
                "to 3.13, from its own index), or WSL2",
                commands=(("uv", "python", "install", "cpython-3.12-windows-aarch64"),),
            ),
        )
    elif facts.cpu is not None and facts.cpu.emulated and host.os == "linux":
        yield _container(facts)


def _apple(facts: Facts) -> bool:
    host = facts.machine.host
    return host.translated or host.architecture == "arm64"


def _built(facts: Facts, built: str) -> Evidence:
    return Evidence(source=python_of(facts), value=f"built for {built or 'x86_64'}")


def _rosetta(facts: Facts, built: str) -> Finding:
    version = facts.python.minor if facts.python else None
    minor = f"{version[0]}.{version[1]}" if version and version >= (3, 10) else "3.12"
    return Finding(
        id="py.arch-mismatch",
        level="error",
        title=f"This Python is built for {built or 'x86_64'}, and this Mac has an arm64 processor "
        f"(Apple silicon)",
        detail="Rosetta translates it. It is offered wheels for Intel Macs alone, and those ended with "
        "torch 2.2.2 "
        "and TensorFlow 2.16.2; there is no GPU (MPS) and no AVX.",
        cause="x86-python-on-apple-silicon",
        evidence=(_built(facts, built), Evidence(source="sysctl hw.optional.arm64", value="1")),
        not_the_cause=("pip, its version and the index: newer wheels for this Python do not exist",),
        remedy=Remedy(
            text="make the environment with an arm64 Python: from python.org, Homebrew below /opt/homebrew, "
            "miniforge for arm64, or uv; also see to it that the terminal and the IDE do not run under "
            "Rosetta "
            "(Finder, Get Info, Open using Rosetta)",
            commands=(
                ("uv", "python", "install", f"cpython-{minor}-macos-aarch64"),
                ("uv", "venv", "--python", f"cpython-{minor}-macos-aarch64", ".venv"),
            ),
        ),
    )


def _container(facts: Facts) -> Finding:
    assert facts.cpu is not None
    return Finding(
        id="py.arch-mismatch",
        level="error",
        title=f"This Linux is for x86_64, and {facts.cpu.emulated} translates it: the computer below "
        f"has an ARM "
        "processor",
        detail="A container for linux/amd64 on an ARM computer: programs are many times slower, there "
        "is no AVX, "
        "and TensorFlow and JAX die with an illegal instruction.",
        cause="amd64-container-on-arm",
        evidence=(Evidence(source=facts.cpu.source or "cpu", value=facts.cpu.model or "an ARM processor"),),
        remedy=Remedy(
            text="run an image for linux/arm64",
            commands=(("docker", "run", "--platform", "linux/arm64", "IMAGE"),),
        ),
    )


def word_size(facts: Facts) -> Iterator[Finding]:
    """The Python is a 64-bit one: no framework has wheels for others."""
    python = facts.python
    small = python is not None and (
        python.bits == 32 or python.machine.lower() in ("i386", "i686", "x86", "win32")
    )
    if not small and facts.machine.host.architecture not in ("i686", "armv7l"):
        return
    yield Finding(
        id="py.arch-mismatch",
        level="error",
        title="This Python is 32-bit, and PyTorch and TensorFlow have wheels for 64-bit Pythons alone"
        if small
        else "This is a 32-bit system, and PyTorch and TensorFlow have wheels for 64-bit systems alone",
        cause="python-32-bit",
        evidence=(Evidence(source=python_of(facts), value="32-bit"),),
        remedy=Remedy(
            text="install a 64-bit Python (python.org: Windows installer (64-bit)) and make the "
            "environment with it"
            if small
            else "a 64-bit system is needed",
            commands=(("uv", "venv", "--python", "3.12", ".venv"),) if small else (),
        ),
    )


def has_wheels(facts: Facts) -> Iterator[Finding]:
    """Every framework that is wanted has wheels for this system, C library and processor."""
    host = facts.machine.host
    for one in wanted(facts):
        if one.installed:
            continue
        last = _LAST_ON_INTEL_MACS[one.framework]
        newer = at_least(one.version, _next(last)) if one.version else None
        if host.os == "macos" and host.architecture == "x86_64" and not host.translated and newer:
            yield _platform(
                f"{one.shown} has no wheel for Intel Macs: the last is {last}",
                "intel-mac",
                Remedy(
                    text=f"install {one.framework}=={last} (with numpy<2); or work on a machine with "
                    f"Linux, Windows "
                    "or Apple silicon",
                    commands=(
                        (python_of(facts), "-m", "pip", "install", f"{one.framework}=={last}", "numpy<2"),
                    ),
                ),
            )
        elif host.os == "linux" and host.libc.startswith("musl"):
            yield _platform(
                f"{one.framework} has wheels for glibc alone, and this Linux has {host.libc}",
                "musl",
                Remedy(
                    text="use an image with glibc: python:3.12-slim (Debian) in place of python:3.12-alpine"
                ),
            )
        elif host.os == "windows" and host.architecture == "aarch64" and one.framework == "tensorflow":
            yield _platform(
                "TensorFlow has no wheel for Windows on ARM",
                "windows-arm",
                Remedy(text="use WSL2, an x64 Python (translated, slow), or PyTorch, which has some"),
            )
        else:
            continue
        return


def _next(version: str) -> str:
    """The version after the last."""
    head, _, patch = version.rpartition(".")
    return f"{head}.{int(patch) + 1}"


def _platform(title: str, cause: str, remedy: Remedy) -> Finding:
    return Finding(id="py.platform-unsupported", level="error", title=title, cause=cause, remedy=remedy)
