"""Where programs that install Pythons keep them. One line each: variable, default, origin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scaffold.interpreters.places import Candidate, below, folders, program_of
from scaffold.system import System

#: Where conda's installers put themselves: below the home folder, and in a machine's own places.
_CONDA_AT_HOME = (
    "miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", "conda", ".conda", "opt/miniconda3",
    "opt/anaconda3", "AppData/Local/miniconda3", "AppData/Local/anaconda3", "AppData/Local/miniforge3",
)  # fmt: skip
_CONDA_ELSEWHERE = {
    "linux": (
        "/opt/conda", "/opt/miniconda3", "/opt/anaconda3", "/opt/miniforge3", "/opt/mambaforge",
        "/usr/share/miniconda", "/usr/local/miniconda3", "/usr/local/anaconda3",
    ),
    "macos": (
        "/opt/miniconda3", "/opt/anaconda3", "/opt/miniforge3", "/opt/homebrew/Caskroom/miniconda/base",
        "/opt/homebrew/Caskroom/miniforge/base", "/opt/homebrew/anaconda3",
        "/usr/local/Caskroom/miniconda/base", "/usr/local/Caskroom/miniforge/base", "/usr/local/anaconda3",
    ),
    "windows": (
        "C:/ProgramData/miniconda3", "C:/ProgramData/anaconda3", "C:/ProgramData/miniforge3",
        "C:/tools/miniconda3", "C:/tools/Anaconda3", "C:/tools/miniforge3",  # Chocolatey's
    ),
}  # fmt: skip


def managed(system: System) -> Iterator[Candidate]:
    """What uv, pyenv, mise, asdf, Rye, PDM, Hatch and CI's tool cache have installed."""
    windows = system.platform.os == "windows"
    data = folders(system, ("XDG_DATA_HOME",), ".local/share")
    for store in _uv_stores(system, data):
        yield from below(system, store, "uv")
    pyenv = ("PYENV_ROOT", "PYENV_HOME", "PYENV") if windows else ("PYENV_ROOT",)
    for root in folders(system, pyenv, ".pyenv/pyenv-win" if windows else ".pyenv"):
        yield from below(system, root / "versions", "pyenv")
    local = folders(system, ("LOCALAPPDATA",), "AppData/Local") if windows else data
    for root in folders(system, ("MISE_DATA_DIR",)) or [one / "mise" for one in local]:
        yield from below(system, root / "installs" / "python", "mise")
    for root in folders(system, ("ASDF_DATA_DIR",), ".asdf"):
        yield from below(system, root / "installs" / "python", "asdf")
    for root in folders(system, ("RYE_HOME",), ".rye"):
        yield from below(system, root / "py", "rye")
        yield from below(system, root / "py", "rye", inside="install")  # before Rye 0.31
    for one in (*local, *_application_support(system)):
        yield from below(system, one / "pdm" / "python", "pdm")
        yield from below(system, one / "hatch" / "pythons", "hatch", inside="python")
    yield from _tool_cache(system)


def _uv_stores(system: System, data: list[Path]) -> list[Path]:
    if system.environment.get("UV_PYTHON_INSTALL_DIR"):
        return folders(system, ("UV_PYTHON_INSTALL_DIR",))
    if system.platform.os != "windows":
        return [one / "uv" / "python" for one in data]
    roaming = folders(system, ("APPDATA",), "AppData/Roaming")
    return [one / "uv" / part for one in roaming for part in ("python", "data/python")]


def _application_support(system: System) -> list[Path]:
    return folders(system, (), "Library/Application Support") if system.platform.os == "macos" else []


def _tool_cache(system: System) -> Iterator[Candidate]:
    """GitHub's and Azure's runners: Python/3.12.1/x64."""
    named = folders(system, ("AGENT_TOOLSDIRECTORY", "RUNNER_TOOL_CACHE"))
    usual = (
        [Path("C:/hostedtoolcache/windows")]
        if system.platform.os == "windows"
        else [Path("/opt/hostedtoolcache"), Path("/Users/runner/hostedtoolcache")]
    )
    for root in named or usual:
        for version in system.list_folder(root / "Python"):
            for one in below(system, root / "Python" / version, "tool cache"):
                yield Candidate(path=one.path, origin=one.origin, version=version)


def conda(system: System) -> Iterator[Candidate]:
    """The Pythons of conda, mamba, micromamba and pixi: base and environments."""
    prefixes: list[Path] = []
    if system.home is not None:
        listed = system.read_text(system.home / ".conda" / "environments.txt") or ""
        prefixes += [Path(line.strip()) for line in listed.splitlines() if line.strip()]
    for root in conda_roots(system):
        prefixes.append(root)
        prefixes += [root / "envs" / name for name in system.list_folder(root / "envs")]
    for prefix in dict.fromkeys(prefixes):
        if system.exists(prefix / "conda-meta"):
            program = program_of(system, prefix)
            if program is not None:
                yield Candidate(path=program, origin="conda")


def conda_roots(system: System) -> Iterator[Path]:
    """Where conda, mamba, micromamba or pixi may have put themselves, whether or not they are there."""
    if system.environment.get("CONDA_EXE"):  # ROOT/bin/conda or ROOT\Scripts\conda.exe
        yield Path(system.environment["CONDA_EXE"]).parent.parent
    windows = system.platform.os == "windows"
    yield from folders(
        system, ("MAMBA_ROOT_PREFIX",), "AppData/Roaming/mamba" if windows else ".local/share/mamba"
    )
    yield from folders(system, ("PIXI_HOME",), ".pixi")
    yield from folders(system, (), *_CONDA_AT_HOME)
    yield from map(Path, _CONDA_ELSEWHERE[system.platform.os])
