"""The programs that make an environment (virtualenv, uv, pip), and how each is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scaffold.environments.model import EnvironmentPlan
from scaffold.sources.model import SourceSettings
from scaffold.system import System, without

#: Settings of uv that would make it install something else, or elsewhere, than what was planned.
_UV_MISLEADING = (
    "UV_BREAK_SYSTEM_PACKAGES",
    "UV_FROZEN",
    "UV_LOCKED",
    "UV_MANAGED_PYTHON",
    "UV_NO_BUILD",
    "UV_NO_SOURCES",
    "UV_NO_VERIFY_HASHES",
    "UV_PREFIX",
    "UV_PROJECT",
    "UV_PROJECT_ENVIRONMENT",
    "UV_PYTHON",
    "UV_REQUIRE_HASHES",
    "UV_SYSTEM_PYTHON",
    "UV_TARGET",
    "UV_TORCH_BACKEND",
    "UV_WORKING_DIR",
)

_PIP_MISLEADING = (
    "PIP_NO_BINARY",
    "PIP_ONLY_BINARY",
    "PIP_PREFIX",
    "PIP_PYTHON",
    "PIP_REPORT",
    "PIP_REQUIRE_HASHES",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_ROOT",
    "PIP_TARGET",
    "PIP_USER",
)


def find_uv(system: System) -> Path | None:
    """uv: the one that was installed along with us, otherwise the user's."""
    try:
        from uv import find_uv_bin

        return Path(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return system.which("uv")


def uv_environment(settings: SourceSettings, system: System) -> dict[str, str]:
    """Environment variables for a call of uv. Raises ConfigurationRefused (`sources.elsewhere`)."""
    from scaffold.sources.elsewhere import refuse_elsewhere
    from scaffold.sources.installer_arguments import uv_environment as with_sources

    refuse_elsewhere(system)
    chosen = with_sources(settings, cleaned(system.environment, *_UV_MISLEADING))
    return {**chosen, "UV_PYTHON_DOWNLOADS": "never", "NO_COLOR": "1"}


def pip_environment(settings: SourceSettings, system: System) -> dict[str, str]:
    """Environment variables for a call of pip. Raises ConfigurationRefused (`sources.elsewhere`)."""
    from scaffold.sources.elsewhere import refuse_elsewhere
    from scaffold.sources.installer_arguments import pip_environment as with_sources

    refuse_elsewhere(system)
    chosen = with_sources(settings, cleaned(system.environment, *_PIP_MISLEADING))
    return {
        **chosen,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_USER": "0",
        "NO_COLOR": "1",
    }


def virtualenv_environment(system: System, empty_file: Path) -> dict[str, str]:
    """Environment variables for virtualenv: none of the user's options, none of PYTHON*."""
    kept = without(cleaned(system.environment), "VIRTUALENV_")
    return {**kept, "VIRTUALENV_CONFIG_FILE": str(empty_file)}


def virtualenv_command(plan: EnvironmentPlan) -> list[str]:
    """Make ``plan.location`` an environment with pip in it, from wheels that virtualenv carries itself."""
    return [
        sys.executable, "-m", "virtualenv", "--quiet",
        "--no-venv-redirect",  # else a text file .venv may appear beside an environment of another name
        "--no-periodic-update",
        "--python", str(plan.interpreter.path),
        f"--prompt={plan.root.name}",  # one word: a name may begin with a dash
        str(plan.location),
    ]  # fmt: skip


def seed_pip(minor: str) -> Path | None:
    """The pip wheel that virtualenv carries for a Python; it runs without being installed."""
    from virtualenv.seed.wheels.embed import get_embed_wheel

    wheel = get_embed_wheel("pip", minor)
    return None if wheel is None else Path(wheel.path)


def uv_command(uv: Path, settings: SourceSettings, *arguments: str) -> list[str]:
    """``uv pip ...`` that does not announce experiments."""
    from scaffold.sources.installer_arguments import uv_arguments

    return [str(uv), "pip", *arguments, *uv_arguments(settings), "--preview-features", "pylock"]


def uv_cache(uv: Path, environment: Mapping[str, str], system: System) -> Path | None:
    """Where uv keeps what it downloaded; None where it does not tell."""
    done = system.run([uv, "cache", "dir"], timeout=30, environment=environment)
    return Path(done.stdout.strip()) if done.ok and done.stdout.strip() else None


def forget_cached(uv: Path, packages: Sequence[str], environment: Mapping[str, str], system: System) -> None:
    """Remove packages from uv's cache. Where uv is busy with it, the next repair comes to the same files."""
    system.run([uv, "cache", "clean", *packages], timeout=120, environment=environment)


def guarded(command: Sequence[str], system: System) -> list[str]:
    """The command as a child that does not outlive this process, where somebody can see to it (POSIX)."""
    if system.platform.os == "windows":
        return list(command)
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py")), str(os.getpid()), *command]


def cleaned(environment: Mapping[str, str], *names: str) -> dict[str, str]:
    """Without what belongs to the interpreter or the environment that happens to be active."""
    kept = without(environment, "PYTHON", "__PYVENV")
    return {
        name: value for name, value in kept.items() if name not in {*names, "VIRTUAL_ENV", "CONDA_PREFIX"}
    }
