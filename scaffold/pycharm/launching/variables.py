"""The environment variables that PyCharm gives a program.

Written after PythonCommandLineState.initEnvironment and TargetedPythonPaths.kt of intellij-community.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from scaffold.pycharm.model import ConfigurationFile
from scaffold.pycharm.reading import env_files
from scaffold.pycharm.reading.macros import Macros
from scaffold.system import System


def path_separator(system: System) -> str:
    """What stands between paths in PATH, PYTHONPATH and ENV_FILES."""
    return ";" if system.platform.os == "windows" else ":"


def variables(
    configuration: ConfigurationFile,
    macros: Macros,
    import_roots: Sequence[Path],
    python: Path,
    system: System,
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The child's whole environment, put together in PyCharm's order; and what of it cannot be had."""
    inherited, separator = system.environment, path_separator(system)
    passes = configuration.flag("PARENT_ENVS", default=True)
    environment = dict(inherited) if passes else {}
    environment["PYTHONIOENCODING"] = "UTF-8"
    values, problems = _own_variables(configuration, macros, system)
    environment.update(values)
    environment.setdefault("PYTHONUNBUFFERED", "1")
    environment.pop("PYTHONHOME", None)
    environment["PYCHARM_HOSTED"] = "1"
    environment.update(_activation(python, environment, system))
    paths = [*map(str, import_roots), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = separator.join(filter(None, paths))
    if configuration.flag("EMULATE_TERMINAL", default=False) and system.platform.os != "windows":
        environment["TERM"] = "xterm-256color"
    return environment, problems


def _own_variables(
    configuration: ConfigurationFile, macros: Macros, system: System
) -> tuple[dict[str, str], tuple[str, ...]]:
    """``.env`` files, then the configuration's own variables."""
    values: dict[str, str] = {}
    problems: list[str] = []
    named = macros.all(configuration.options.get("ENV_FILES", ""))
    for written in filter(None, named.split(path_separator(system))):
        path = str(macros.project / written)
        text = system.read_text(path)
        if text is None:
            is_there = system.exists(path)
            problems.append(
                f"ENV_FILES names {'what is no file' if is_there else 'a file that is not there'}: {path}"
            )
        elif path.lower().endswith((".sh", ".bat")):
            problems.append(f"ENV_FILES names a script, which only the IDE itself runs: {path}")
        else:
            values.update(env_files.parse(text))
    for name, value in configuration.environment.items():
        inherited = system.environment.get(name, "")
        expanded = macros.paths(value)
        # the one variable that a value may name is itself: PATH=/tools:$PATH$
        values[name] = expanded.replace(f"${name}$", inherited) if inherited else expanded
    return {name: value for name, value in values.items() if name}, tuple(problems)


def _activation(python: Path, environment: Mapping[str, str], system: System) -> dict[str, str]:
    """What the environment's ``activate`` would set."""
    windows = system.platform.os == "windows"
    prefix = python.parent if windows else python.parent.parent
    if system.exists(prefix / "conda-meta"):
        variable, folders = "CONDA_PREFIX", [prefix / name for name in _CONDA_FOLDERS] if windows else []
    elif system.exists(python.parent.parent / "pyvenv.cfg"):
        variable, prefix, folders = "VIRTUAL_ENV", python.parent.parent, []
    else:
        return {}
    path = filter(None, (str(python.parent), *map(str, folders), environment.get("PATH", "")))
    return {variable: str(prefix), "PATH": path_separator(system).join(path)}


#: What conda puts on PATH on Windows, in this order: its libraries' DLLs lie there.
_CONDA_FOLDERS = ("Library/mingw-w64/bin", "Library/usr/bin", "Library/bin", "Scripts")
