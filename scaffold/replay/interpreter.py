"""Facts for `scaffold.probing.interpreter` out of a loose description."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.facts.told import Told
from scaffold.probing.interpreter.headers import bits_of
from scaffold.probing.interpreter.model import PythonFacts, VenvFacts
from scaffold.probing.interpreter.outside import FRAMEWORKS
from scaffold.probing.interpreter.owner import manager_of
from scaffold.replay.environment import is_gone, outside, pip_differs, stale, states, venv_told, words_of

_MANAGERS = (
    ("conda", r"conda|mamba|miniforge"),
    ("store", r"microsoft store|windows store|\bstore\b|windowsapps"),
    ("homebrew", r"brew"),
    ("embedded", r"embed"),
    ("pyenv", r"pyenv"),
    ("uv", r"\buv\b"),
    ("macports", r"macports"),
    ("nix", r"\bnix"),
    ("python.org", r"python\.org"),
    ("xcode", r"xcode|command ?line ?tools"),
    ("system", r"\bsystem\b|\bapt\b|\bdnf\b|\bpacman\b|distro|debian|ubuntu|fedora|\barch\b"),
)
_VENV_TOOLS = re.compile(r"\b(?:poetry|pipenv|virtualenv|venv|pdm|hatch)\b", re.IGNORECASE)
_MACHINES = (
    ("x86_64", r"x86[_-]64|amd64|\bx64\b|intel"),
    ("arm64", r"arm64|apple"),
    ("aarch64", r"aarch64"),
    ("i386", r"i[3-6]86|\bx86\b|win32|32.?bit"),
)


def told(description: Told) -> PythonFacts:
    """What the description tells; everything else stays unknown."""
    python = description.below("python")
    version = _version(description, python)
    venv = venv_told(description, version)
    kind = _kind(python)
    manager = _first(_MANAGERS, kind) or manager_of(python.text("path", "executable", "prefix"))
    machine = _machine(description, python)
    virtual = _virtual(description, python, venv, kind)
    variables = description.below("env")
    return PythonFacts(
        executable=words_of(python, "executable", "path"),
        version=version,
        implementation=python.text("implementation"),
        machine=machine,
        bits=python.whole("bits") or bits_of(machine) or (32 if re.search(r"32.?bit", kind) else None),
        manager=manager,
        prefix=python.text("prefix"),
        base_prefix=python.text("base_prefix"),
        virtual=virtual,
        conda=_conda(python, variables, manager),
        externally_managed=_externally_managed(description, python, virtual),
        managed_packages=tuple(_managed_packages(description)),
        free_threaded=_free_threaded(python, kind),
        has_headers=_has_headers(description),
        has_pip=python.flag("pip", "has_pip"),
        user_site_enabled=_user_site_enabled(variables, manager, virtual),
        outside=tuple(outside(description)),
        venv=venv,
        stale=tuple(stale(description)),
        activated=variables.text("VIRTUAL_ENV") or variables.text("CONDA_PREFIX"),
        pip_differs=pip_differs(description, version),
    )


def _first(rows: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, pattern in rows if re.search(pattern, text, re.IGNORECASE)), "")


def _kind(python: Told) -> str:
    """Everything that is said of where a Python comes from."""
    names = ("manager", "source", "managed", "kind", "build", "installer")
    return " ".join(words_of(python, name) for name in names).strip()


def _version(description: Told, python: Told) -> str:
    version = python.text("version") or words_of(description, "python", "python_version")
    if version == "3.1":  # no project runs on it: 3.10 as a JSON number, which loses its last zero
        return "3.10" if isinstance(python.first("version"), float) else ""
    whole = re.search(r"(?<![\d.])\d+(?:\.\d+){1,2}(?![\d.])", version)
    constraint = re.match(r"\s*(?:[<>=~!]=?|\d+\.x)", version)
    return version if constraint or not whole else whole[0]


def _machine(description: Told, python: Told) -> str:
    machine = _first(_MACHINES, words_of(python, "machine", "arch", "architecture"))
    family = description.below("os").text("family") or words_of(description, "os")
    return (
        "aarch64"
        if machine == "arm64" and family and not re.match("mac|darwin", family, re.IGNORECASE)
        else machine
    )


def _virtual(description: Told, python: Told, venv: VenvFacts | None, kind: str) -> bool | None:
    told = python.flag("venv", "virtual")
    if told is not None:
        return told
    if venv is not None or (_VENV_TOOLS.search(kind) and not re.search("system", kind, re.IGNORECASE)):
        return True
    return False if description.has("venv") and description.first("venv") is None else None


def _conda(python: Told, variables: Told, manager: str) -> str:
    if manager != "conda":
        return ""
    return (
        variables.text("CONDA_DEFAULT_ENV")
        or python.text("environment", "env")
        or variables.text("CONDA_PREFIX")
    )


def _externally_managed(description: Told, python: Told, virtual: bool | None) -> bool | None:
    told = python.flag("externally_managed")
    if told is not None or virtual:
        return told if told is not None else False
    if any("EXTERNALLY-MANAGED" in path and not is_gone(state) for path, state in states(description)):
        return True
    return True if _first((("system", r"system|extern|distro"),), words_of(python, "managed")) else None


def _managed_packages(description: Told) -> Iterator[str]:
    """The frameworks that the system's package manager brought."""
    packages = description.below("packages")
    for name in packages.facts:
        by = words_of(packages.below(name), "manager")
        if name in FRAMEWORKS and re.fullmatch(
            r"apt|dpkg|dnf|rpm|pacman|zypper|apk|system", by, re.IGNORECASE
        ):
            yield name


def _free_threaded(python: Told, kind: str) -> bool | None:
    told = python.flag("free_threaded")
    named = re.search(r"free.?thread|nogil", kind, re.IGNORECASE) or re.fullmatch(
        r"3\.\d+t", python.text("version")
    )
    return True if told is None and named else told


def _has_headers(description: Told) -> bool | None:
    found = [
        state
        for path, state in states(description)
        if re.search(r"python\.h$|libs[\\/]python3\d+\.lib$", path, re.IGNORECASE)
    ]
    return not any(map(is_gone, found)) if found else None


def _user_site_enabled(variables: Told, manager: str, virtual: bool | None) -> bool | None:
    if variables.text("PYTHONNOUSERSITE") or virtual:
        return False
    return True if manager == "conda" else None
