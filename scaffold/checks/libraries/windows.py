"""DLLs that frameworks need on Windows: missing, or older than what they were compiled with."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.packages.torch_kept import once_more
from scaffold.checks.surroundings import os_is, python_of
from scaffold.checks.versions import at_least, below, within
from scaffold.probing.libraries.model import Missing

VC_RUNTIME = "https://aka.ms/vs/17/release/vc_redist.x64.exe"
_INSTALL = (("winget", "install", "--id", "Microsoft.VCRedist.2015+.x64", "--exact"),)
_LIBOMP = "libomp140.x86_64.dll"

#: The first toolset whose mutexes need a runtime as new (Visual Studio 2022 17.10).
_MUTEX = "14.40"

#: Releases whose toolset is known where their files are not: package, from which release on, toolset.
#: Seen 2026-11-22: import of torch 2.9 ends with WinError 1114 until the runtime is updated
#: (nagadomi/nunif#701, shiyu-coder/Kronos#166).
_KNOWN_TOOLSETS = (("torch", "2.9", "14.44"),)


def libraries_there(facts: Facts) -> Iterator[Finding]:
    """Every DLL that the frameworks' DLLs name is where Windows looks."""
    if facts.libraries is None or not os_is(facts, "windows"):
        return
    missing = [
        one
        for one in facts.libraries.missing
        if one.name.lower().endswith(".dll") and one.name.lower() != _LIBOMP
    ]
    if not missing:
        return
    runtime = [one for one in missing if _of_runtime(one)]
    names = ", ".join(dict.fromkeys(one.name for one in missing))
    if runtime:
        remedy = Remedy(
            text="install the newest Microsoft Visual C++ Redistributable (x64) from "
            f"{VC_RUNTIME}, restart, and look that the file is there: an installer that reports success "
            f"is no "
            "proof",
            commands=_INSTALL,
        )
    else:
        package = next((one.needed_by.split("\\")[0] for one in missing if one.needed_by), "") or "torch"
        remedy = Remedy(
            text=f"reinstall {package}, in one piece and in the same version, in this environment (a virus "
            "scanner may have taken the DLL)",
            commands=_again(facts, package),
        )
    yield Finding(
        id="lib.windows-dll",
        level="error",
        title=f"{names} is missing" + (", a part of the Visual C++ runtime" if runtime else ""),
        detail="Windows loads a DLL only with every DLL that it needs: importing the framework ends with "
        "WinError 126, or with DLL load failed.",
        cause="vcredist-missing" if runtime else "dll-missing",
        evidence=tuple(
            Evidence(source=one.needed_by or one.where or "the DLL search path", value=f"{one.name}: missing")
            for one in missing
        ),
        remedy=remedy,
    )


def _again(facts: Facts, package: str) -> tuple[tuple[str, ...], ...]:
    """The same release of a package once more, from where it came; () where none is known."""
    version = facts.packages.version(package) if facts.packages else ""
    pins: tuple[str, ...] = (f"{package}=={version}",) if version[:1].isdigit() else ()
    if package == "torch":
        pins = once_more(facts)
    command = (python_of(facts), "-m", "pip", "install", "--force-reinstall", "--no-deps", *pins)
    return (command,) if pins else ()


def _of_runtime(missing: Missing) -> bool:
    return missing.name.lower().startswith(("msvcp140", "vcruntime140", "concrt140", "vcomp140"))


def runtime_new_enough(facts: Facts) -> Iterator[Finding]:
    """The Visual C++ runtime is not older than the compiler that built the frameworks.

    Microsoft's rule: the Redistributable must be at least as new as the latest toolset used by any component.
    It bites at 14.40, whose mutexes are null pointers to an older runtime (microsoft/STL#4730).
    """
    if facts.libraries is None or not os_is(facts, "windows"):
        return
    there = facts.libraries.vc_runtime
    for toolset, file in _toolsets(facts):
        if at_least(toolset, _MUTEX) and below(there, _MUTEX):
            yield _too_old(there, toolset, file)
            return


def _toolsets(facts: Facts) -> Iterator[tuple[str, str]]:
    """The compiler that built each framework: read in its DLLs, else known of its release."""
    assert facts.libraries is not None
    yield from ((one.toolset, one.file) for one in facts.libraries.compiled)
    if facts.packages is not None and not facts.libraries.compiled:
        for name, since, toolset in _KNOWN_TOOLSETS:
            version = facts.packages.version(name)
            if at_least(version, since):
                yield toolset, f"{name} {version}"


def _too_old(there: str, toolset: str, file: str) -> Finding:
    return Finding(
        id="lib.windows-dll",
        level="error",
        title=f"{file} was compiled with Visual C++ {toolset}, and the Visual C++ runtime here is {there}",
        detail="Microsoft asks for a runtime that is at least as new as the compiler. The DLL is found "
        "and refuses "
        "to start: WinError 1114, or DLL load failed while importing.",
        cause="vcredist-too-old",
        evidence=(
            Evidence(source="C:\\Windows\\System32\\msvcp140.dll", value=there),
            Evidence(source=file, value=f"Visual C++ {toolset}"),
        ),
        not_the_cause=("the package: installing it again changes nothing",),
        remedy=Remedy(
            text=f"install the newest Microsoft Visual C++ Redistributable (x64) from {VC_RUNTIME} and "
            f"restart",
            commands=_INSTALL,
        ),
    )


def openmp140(facts: Facts) -> Iterator[Finding]:
    """PyTorch 2.4.0's fbgemm.dll finds libomp140.x86_64.dll."""
    if facts.libraries is None or facts.packages is None or not os_is(facts, "windows"):
        return
    version = facts.packages.version("torch")
    lost = facts.libraries.lacks(_LIBOMP)
    if lost is None or not (within(version, "==2.4.0") or lost.needed_by):
        yield from _fbgemm_of_another(facts, version)
        return
    yield Finding(
        id="lib.windows-dll",
        level="error",
        title=f"fbgemm.dll of torch {version} needs {_LIBOMP}, which is missing",
        detail="Neither the wheel nor the Visual C++ Redistributable brings it. Importing torch ends with "
        'WinError 126 and "Error loading ...\\torch\\lib\\fbgemm.dll".',
        cause="missing-libomp140",
        evidence=(
            Evidence(source=lost.where or "C:\\Windows\\System32", value=f"{_LIBOMP}: missing"),
            Evidence(source=lost.needed_by or "torch", value=version),
        ),
        not_the_cause=("the GPU and its driver",),
        remedy=Remedy(
            text='install PyTorch 2.4.1 or newer, which does not need it; or add "MSVC v143 C++ x64/x86 '
            "build "
            'tools" with the Visual Studio installer, which brings the DLL',
            commands=((python_of(facts), "-m", "pip", "install", "torch==2.4.1", *_index_of(version)),),
        ),
    )


def _index_of(version: str) -> tuple[str, ...]:
    """PyTorch's own index for the build that is installed: the ordinary one has the CPU's for Windows."""
    local = version.partition("+")[2]
    return ("--index-url", f"https://download.pytorch.org/whl/{local}") if local else ()


def _fbgemm_of_another(facts: Facts, version: str) -> Iterator[Finding]:
    """The log names fbgemm.dll, and the installed PyTorch is not the one that needs libomp140."""
    sign = facts.log.sign("fbgemm-libomp140") if facts.log else None
    if sign is None or within(version, ">=2.4,<2.4.1") is not False:
        return
    yield Finding(
        id="lib.windows-dll",
        level="error",
        title=f"fbgemm.dll of torch {version}, or a DLL that it needs, was not found (WinError 126)",
        detail=f"Only PyTorch 2.4.0 needs {_LIBOMP}; with another release it is the Visual C++ runtime, or "
        "the file itself is gone.",
        cause="vcredist-missing",
        evidence=(Evidence(source="torch", value=version),),
        not_the_cause=("the GPU and its driver",),
        remedy=Remedy(
            text=f"install the newest Microsoft Visual C++ Redistributable (x64) from {VC_RUNTIME} and "
            "restart; if that changes nothing, install the same PyTorch again in one piece",
            commands=(*_INSTALL, *_again(facts, "torch")),
        ),
    )
