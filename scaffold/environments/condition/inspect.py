"""An environment as its files tell it: no interpreter is started."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from scaffold.environments.layout import is_conda, python_of, site_packages_of
from scaffold.environments.model import Environment
from scaffold.system import System


def inspect(location: Path, system: System) -> Environment | None:
    """The environment at ``location``, or None where there is none.

    It may be broken: its interpreter may be gone (`is_orphaned`), its packages incomplete (`verify`).
    """
    text = system.read_text(location / "pyvenv.cfg")
    if text is None:
        return _of_conda(location, system)
    settings = parse_configuration(text)
    return Environment(
        location=location,
        python=python_of(location, system.platform.os),
        version=python_version(settings) or _folders_python(location),
        home=Path(settings.get("home", "")),
        packages=_packages(location, system),
    )


def _of_conda(location: Path, system: System) -> Environment | None:
    if not is_conda(location):
        return None
    return Environment(
        location=location,
        python=python_of(location, system.platform.os),
        version=conda_python(system.list_folder(location / "conda-meta")),
        home=location,
        packages=_packages(location, system),
        kind="conda",
    )


def conda_python(names: Iterable[str]) -> str:
    """The version of Python among the files in ``conda-meta``, one a package; "" where there is none.

    >>> conda_python(["history", "python-3.12.8-h9e4cc4f_1_cpython.json", "python-dateutil-2.9.0-0.json"])
    '3.12.8'
    """
    found = (re.fullmatch(r"python-(\d+\.\d+(?:\.\d+)?)[^-]*-[^-]+\.json", name) for name in names)
    return next((match[1] for match in found if match), "")


def is_orphaned(environment: Environment, system: System) -> bool:
    """Whether the Python that the environment was made from has been removed."""
    return not system.exists(environment.python)  # a dangling link, too, does not exist


def parse_configuration(text: str) -> Mapping[str, str]:
    r"""``pyvenv.cfg``: ``key = value`` lines, keys in lower case.

    >>> parse_configuration("home = /usr/bin\nversion_info = 3.12.1.final.0\n")
    {'home': '/usr/bin', 'version_info': '3.12.1.final.0'}
    """
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, sign, value in pairs if sign}


def python_version(settings: Mapping[str, str]) -> str:
    """``3.12.1`` from the spellings of venv, virtualenv and uv; "" where none is there."""
    written = settings.get("version_info") or settings.get("version") or ""
    match = re.match(r"\d+\.\d+(\.\d+)?", written)
    return match.group() if match else ""


def _folders_python(location: Path) -> str:
    """``3.12`` of lib/python3.12: somebody's tool may write no version into ``pyvenv.cfg``."""
    folder = site_packages_of(location)
    match = re.fullmatch(r"python(3\.\d+)", folder.parent.name) if folder is not None else None
    return match[1] if match is not None else ""


def _packages(location: Path, system: System) -> Mapping[str, str]:
    folder = site_packages_of(location)
    if folder is None:
        return {}
    found = (parse_distribution_folder(name) for name in system.list_folder(folder))
    return {one[0]: one[1] for one in found if one is not None}


def parse_distribution_folder(name: str) -> tuple[str, str] | None:
    """Normalised name and version of ``torch-2.13.0+cpu.dist-info``; None for any other folder.

    >>> parse_distribution_folder("typing_extensions-4.16.0.dist-info")
    ('typing-extensions', '4.16.0')
    """
    match = re.fullmatch(r"([^-]+)-([^-]+)\.dist-info", name)
    if match is None:
        return None
    return re.sub(r"[-_.]+", "-", match.group(1)).lower(), match.group(2)
