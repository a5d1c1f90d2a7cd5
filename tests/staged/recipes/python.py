"""Interpreters and environments that are broken, someone else's, or two where one was meant."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.staged import Recipe, Staged
from tests.staged.made import MINOR, SITE, distribution, environment

OTHER = "3.9" if MINOR != "3.9" else "3.10"

#: Nothing of the shell that runs the tests.
CLEAN: Mapping[str, str | None] = dict.fromkeys(
    ("CONDA_PREFIX", "PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONPATH", "VIRTUAL_ENV")
)


def _environment(folder: Path, *, pip: bool = False) -> Path:
    """A real environment, with a pip that only says whose it is."""
    environment(folder)
    if pip:
        _script(folder / "bin" / "pip", folder / "bin" / "python")
        (folder / SITE / "pip").mkdir()
    return folder


def _script(path: Path, python: Path) -> None:
    path.write_text(f"#!{python}\nimport sys\nfrom pip import main\nsys.exit(main())\n", encoding="utf-8")
    path.chmod(0o755)


def _staged(folder: Path, **more: str | None) -> Staged:
    return Staged(folder=folder, environment={**CLEAN, **more}, python=Path(sys.executable))


def dangling(tmp: Path) -> Staged:
    program = _environment(tmp / ".venv") / "bin" / "python"
    program.unlink()
    program.symlink_to("/opt/python3.12-that-was-removed/bin/python3.12")
    return _staged(tmp)


def moved(tmp: Path) -> Staged:
    _environment(tmp / "old" / ".venv", pip=True)
    (tmp / "new").mkdir()
    shutil.move(tmp / "old" / ".venv", tmp / "new" / ".venv")
    return _staged(tmp / "new")


def base_removed(tmp: Path) -> Staged:
    """Copied programs, as on Windows and with ``--copies``: they are there, and their base is not."""
    folder = _environment(tmp / ".venv")
    program = folder / "bin" / "python"
    program.unlink()
    shutil.copy(Path(sys.executable).resolve(), program)
    text = (folder / "pyvenv.cfg").read_text(encoding="utf-8")
    lines = [one for one in text.splitlines() if not one.startswith(("home", "base"))]
    (folder / "pyvenv.cfg").write_text("\n".join(["home = /opt/gone/bin", *lines]), encoding="utf-8")
    return _staged(tmp)


def base_upgraded(tmp: Path) -> Staged:
    """The system's python3 became another minor version, and packages lie in the old one's folder."""
    folder = _environment(tmp / ".venv")
    base = tmp / "usr"
    (base / "bin").mkdir(parents=True)
    shutil.copy(Path(sys.executable).resolve(), base / "bin" / f"python{OTHER}")
    (base / "bin" / "python3").symlink_to(f"python{OTHER}")
    (folder / "bin" / "python").unlink()
    (folder / "bin" / "python").symlink_to(base / "bin" / "python3")
    (folder / "pyvenv.cfg").write_text(f"home = {base}/bin\nversion = {MINOR}.1\n", encoding="utf-8")
    return _staged(tmp)


def stale_script(tmp: Path) -> Staged:
    folder = _environment(tmp / ".venv", pip=True)
    _script(folder / "bin" / "tensorboard", Path("/home/ada/renamed/.venv/bin/python"))
    return _staged(tmp)


def of_windows(tmp: Path) -> Staged:
    (tmp / ".venv" / "Scripts").mkdir(parents=True)
    (tmp / ".venv" / "Scripts" / "python.exe").write_bytes(b"MZ")
    home = "C:\\Users\\ada\\AppData\\Local\\Programs\\Python\\Python312"
    (tmp / ".venv" / "pyvenv.cfg").write_text(f"home = {home}\nversion = 3.12.4\n", encoding="utf-8")
    return _staged(tmp)


def python_home(tmp: Path) -> Staged:
    folder = _environment(tmp / ".venv")
    return _staged(tmp, PYTHONHOME=str(folder))


def python_home_in_env_file(tmp: Path) -> Staged:
    _environment(tmp / ".venv")
    (tmp / ".env").write_text("PYTHONHOME=/usr\n", encoding="utf-8")
    return _staged(tmp)


def python_path(tmp: Path) -> Staged:
    _environment(tmp / ".venv")
    site = tmp / "opt" / "lib" / f"python{OTHER}" / "site-packages"
    distribution(site, "numpy", "1.19.5")
    return _staged(tmp, PYTHONPATH=str(site))


def user_site(tmp: Path) -> Staged:
    """A conda environment with one numpy, and another one that ``pip install --user`` left."""
    folder = tmp / "miniforge3" / "envs" / "train"
    (folder / "conda-meta").mkdir(parents=True)
    (folder / "conda-meta" / f"python-{MINOR}.4-h955ad1f_1.json").write_text("{}", encoding="utf-8")
    (folder / "bin").mkdir()
    shutil.copy(Path(sys.executable).resolve(), folder / "bin" / f"python{MINOR}")
    (folder / "bin" / "python").symlink_to(f"python{MINOR}")
    distribution(folder / SITE, "numpy", "2.3.1")
    distribution(tmp / "home" / ".local" / SITE, "numpy", "1.26.4")
    staged = _staged(tmp, HOME=str(tmp / "home"), PYTHONUSERBASE=None)
    return Staged(
        folder=tmp, options=("--python", str(folder)), environment=staged.environment, python=staged.python
    )


def externally_managed(tmp: Path) -> Staged:
    base = tmp / "usr"
    library = base / "lib" / f"python{MINOR}"
    library.mkdir(parents=True)
    (library / "EXTERNALLY-MANAGED").write_text("[externally-managed]\nError=no\n", encoding="utf-8")
    (base / "bin").mkdir()
    shutil.copy(Path(sys.executable).resolve(), base / "bin" / f"python{MINOR}")
    return Staged(folder=tmp, options=("--python", str(base / "bin" / f"python{MINOR}")), environment=CLEAN)


def pip_of_another(tmp: Path) -> Staged:
    """PATH finds pip in one environment and python in another one: torch is where pip is."""
    pips, pythons = _environment(tmp / "pips", pip=True), _environment(tmp / "pythons", pip=True)
    distribution(pips / SITE, "torch", "2.9.1")
    (pythons / "bin" / "pip").unlink()
    (tmp / "first").mkdir()
    shutil.copy(pips / "bin" / "pip", tmp / "first" / "pip")
    path = f"{tmp / 'first'}{os.pathsep}{pythons / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return _staged(tmp, PATH=path)


def built_without_ctypes(tmp: Path) -> Staged:
    """A Python that was compiled without libffi's and liblzma's headers, as pyenv does on a bare system."""
    base = tmp / "versions" / f"{MINOR}.4"
    modules = base / "lib" / f"python{MINOR}" / "lib-dynload"
    modules.mkdir(parents=True)
    for name in ("_bz2", "_sqlite3", "_ssl", *(f"_module{number}" for number in range(40))):
        (modules / f"{name}.so").touch()
    (base / "bin").mkdir()
    shutil.copy(Path(sys.executable).resolve(), base / "bin" / f"python{MINOR}")
    return Staged(folder=tmp, options=("--python", str(base / "bin" / f"python{MINOR}")), environment=CLEAN)


def half_activated(tmp: Path) -> Staged:
    _environment(tmp / ".venv")
    return _staged(tmp, VIRTUAL_ENV=str(tmp / "renamed" / ".venv"))


def words_of_a_moved_pip(tmp: Path) -> Staged:
    """What a shell says when the pip of a moved environment is called."""
    _environment(tmp / "old" / ".venv", pip=True)
    shutil.move(tmp / "old", tmp / "new")
    program = tmp / "new" / ".venv" / "bin" / "pip"
    shell = shutil.which("bash") or pytest.skip("no bash")
    done = subprocess.run([shell, "-c", str(program)], capture_output=True, check=False)
    return _from_log(tmp, done.stderr)


def words_without_a_library(tmp: Path) -> Staged:
    """What Python says when PYTHONHOME leads nowhere."""
    variables = {**os.environ, "PYTHONHOME": "/nonexistent"}
    done = subprocess.run([sys.executable, "-c", "1"], env=variables, capture_output=True, check=False)
    return _from_log(tmp, done.stderr)


def words_of_a_refusal(tmp: Path) -> Staged:
    """What the pip of a system says when it is asked to install."""
    marked = Path(f"/usr/lib/python{MINOR}/EXTERNALLY-MANAGED")
    if not marked.exists() or not Path("/usr/bin/pip").exists():
        pytest.skip("no pip of a system that refuses")
    command = ["/usr/bin/pip", "install", "--no-index", "torch"]
    return _from_log(tmp, subprocess.run(command, capture_output=True, check=False).stderr)


def _from_log(tmp: Path, text: bytes) -> Staged:
    (tmp / "here").mkdir()
    _environment(tmp / "here" / ".venv")
    (tmp / "here" / "train.log").write_bytes(text)
    return Staged(folder=tmp / "here", options=("--from-log", "train.log"), environment=CLEAN)


RECIPES = (
    Recipe(name="python-link-dangling", check="env.venv-broken", level="error", stage=dangling),
    Recipe(name="environment-moved", check="env.venv-broken", level="error", stage=moved),
    Recipe(name="python-base-removed", check="env.venv-broken", level="error", stage=base_removed),
    Recipe(name="python-base-upgraded", check="env.venv-broken", level="error", stage=base_upgraded),
    Recipe(
        name="script-of-a-renamed-environment", check="env.venv-broken", level="error", stage=stale_script
    ),
    Recipe(name="environment-of-windows", check="env.venv-broken", level="error", stage=of_windows),
    Recipe(name="pythonhome", check="env.pythonhome", level="error", stage=python_home),
    Recipe(name="pythonhome-env-file", check="env.pythonhome", level="error", stage=python_home_in_env_file),
    Recipe(name="pythonpath-of-another-python", check="env.pythonhome", level="error", stage=python_path),
    Recipe(name="user-site", check="env.user-site", level="error", stage=user_site),
    Recipe(
        name="externally-managed", check="env.externally-managed", level="error", stage=externally_managed
    ),
    Recipe(
        name="pip-of-another-python", check="env.pip-python-mismatch", level="error", stage=pip_of_another
    ),
    Recipe(
        name="python-without-ctypes", check="env.python-incomplete", level="error", stage=built_without_ctypes
    ),
    Recipe(name="half-activated", check="env.activation", level="warning", stage=half_activated),
    Recipe(name="log-of-a-moved-pip", check="env.venv-broken", level="error", stage=words_of_a_moved_pip),
    Recipe(name="log-without-library", check="env.pythonhome", level="error", stage=words_without_a_library),
    Recipe(name="log-of-a-refusal", check="env.externally-managed", level="error", stage=words_of_a_refusal),
)
