"""Files of the project that have the name of a module which Python or a framework imports."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.probing.sources.model import SourceFacts
from scaffold.toml import loads

_DATA = Path(__file__).parent / "data" / "names.toml"


@cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(loads(_DATA.read_text(encoding="utf-8"))[kind])


def breaks(name: str) -> bool:
    """Whether a file of that name breaks whatever imports the module of Python's own, or the package."""
    return name in _names("standard") or name in _names("packages")


def shadowed(facts: Facts) -> Iterator[Finding]:
    """No file on the import path is called as a module that others mean when they import it."""
    if facts.sources is None or facts.sources.safe_path:
        return
    for path, name in _on_the_path(facts.sources):
        level = _level(name, facts)
        if level:
            yield _finding(path, name, level, facts)


def _finding(path: str, name: str, level: str, facts: Facts) -> Finding:
    whose = "Python's own module" if name in _names("standard") else "the installed package"
    return Finding(
        id="proj.name-shadow",
        level="error" if level == "error" else "warning",
        title=f"{path} of the project is imported in place of {whose} {name}",
        detail=f"`import {name}` takes the first one on the path, and the folder of the script comes before "
        f"everything that is installed; frameworks that import {name} get this file, too",
        cause="name-shadowing",
        evidence=(Evidence(source=path, value=f"has the name of {whose} {name}"), *_installed(name, facts)),
        not_the_cause=(
            "Python's installation"
            if name in _names("standard")
            else f"the installation of {name}: installing it again changes nothing",
        ),
        remedy=Remedy(
            text=f"rename it, for instance to my_{name} (PyCharm: right click | Refactor | Rename, which "
            "renames its imports, too), and delete __pycache__ beside it"
        ),
    )


def _installed(name: str, facts: Facts) -> Iterator[Evidence]:
    found = facts.packages.of(name.lower().replace("_", "-")) if facts.packages else None
    if found is not None and found.version:
        yield Evidence(source=found.location or "installed", value=f"{found.name} {found.version}")


def _level(name: str, facts: Facts) -> str:
    """Error where it breaks whatever imports; warning where it breaks what is installed; "" else."""
    own = facts.sources.name.lower().replace("-", "_") if facts.sources else ""
    if name.lower() == own:  # the project is that package
        return ""
    if breaks(name):
        return "error"
    known = facts.packages is not None and facts.packages.of(name) is not None
    return "warning" if name in _names("shared") and known else ""


def _on_the_path(sources: SourceFacts) -> Iterator[tuple[str, str]]:
    """Each file or package that lies directly in a folder of the import path, with its name there."""
    packages = {one.rpartition("/")[0] for one in sources.files if one.endswith("/__init__.py")}
    packages |= {one.rstrip("/") for one in sources.files if one.endswith("/")}
    folders = {*sources.roots, *_of_scripts(sources, packages)}
    for path in sorted({*(one.rstrip("/") for one in sources.files), *packages}):
        folder, _, name = path.rpartition("/")
        if folder in folders and (path in packages or name.endswith(".py")):
            yield (f"{path}/" if path in packages else path), name.removesuffix(".py")


#: What people call the file that they start.
_SCRIPTS = frozenset(("main.py", "train.py", "run.py", "app.py", "predict.py"))


def _of_scripts(sources: SourceFacts, packages: set[str]) -> Iterator[str]:
    """Where a script lies that is started by its path, Python looks first; packages are run as modules."""
    for one in sources.sources:
        folder = one.path.rpartition("/")[0]
        if one.guarded and folder not in packages:
            yield folder
    for path in sources.files:
        folder, _, name = path.rpartition("/")
        if name in _SCRIPTS and folder not in packages and sources.source(path) is None:
            yield folder  # it was told by its name alone
    yield from (one.script.rpartition("/")[0] for one in sources.started)
