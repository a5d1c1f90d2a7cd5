"""The programs that make an environment (virtualenv, uv, pip), and how each is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scaffold.environments.model import EnvironmentPlan
from scaffold.sources.model import SourceSettings
from scaffold.sources.places import as_argument
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


def uv_environment_for(plan: EnvironmentPlan, system: System, *, indexes: bool = True) -> dict[str, str]:
    """`uv_environment`, in which uv looks where the plan's builds come from, too: there first.

    In variables, since a command line, credentials included, is everybody's to read. ``indexes``: PyTorch's
    among them, which then serves whatever it has; not where a manifest scopes it.
    """
    chosen, flat = uv_environment(plan.settings, system), plan.settings.pytorch_flat
    pytorch = _places_of(plan, "pytorch") if indexes else ()
    links = (*_places_of(plan, "find-links"), *(pytorch if flat else ()))
    return _looking_first(chosen, {"UV_INDEX": (" ", () if flat else pytorch), "UV_FIND_LINKS": (",", links)})


def pip_environment_for(plan: EnvironmentPlan, system: System) -> dict[str, str]:
    """`pip_environment`, in which pip looks where the plan's builds come from, too; in variables as for uv.

    A flat mirror's pages are find-links to it.
    """
    chosen, flat = pip_environment(plan.settings, system), plan.settings.pytorch_flat
    pytorch = _places_of(plan, "pytorch")
    links = (*_places_of(plan, "find-links"), *(pytorch if flat else ()))
    return _looking_last(chosen, {"PIP_EXTRA_INDEX_URL": () if flat else pytorch, "PIP_FIND_LINKS": links})


def _places_of(plan: EnvironmentPlan, kind: str) -> tuple[str, ...]:
    found = (build.source for build in plan.builds if build.source_kind == kind)
    return tuple(dict.fromkeys(filter(None, found)))


def _looking_first(
    environment: Mapping[str, str], places: Mapping[str, tuple[str, tuple[str, ...]]]
) -> dict[str, str]:
    """Each variable with these places before its own; they are parted by the text that comes along."""
    return dict(environment) | {
        name: separator.join(
            dict.fromkeys((*words, *filter(None, environment.get(name, "").split(separator))))
        )
        for name, (separator, urls) in places.items()
        if (words := [as_argument(url, f"{separator} ") for url in urls])
    }


def _looking_last(environment: Mapping[str, str], places: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return dict(environment) | {
        name: " ".join(dict.fromkeys((*environment.get(name, "").split(), *words)))
        for name, urls in places.items()
        if (words := [as_argument(url, " ") for url in urls])
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
