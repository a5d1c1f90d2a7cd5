"""Variables that tell every Python where to look: PYTHONHOME, PYTHONPATH."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.sources.shadows import breaks
from scaffold.probing.interpreter.model import OnPath
from scaffold.probing.interpreter.outside import STACK
from scaffold.probing.variables.model import Variable

_SITE = re.compile(r"(?:site|dist)-packages[\\/]?$")

#: Where ROS installs; its setup script puts the folder on PYTHONPATH. ``python3`` there is the system's.
_ROS = re.compile(r"/opt/ros/\w+/")
_VERSION = re.compile(r"python/?(\d)\.?(\d{1,2})\b", re.IGNORECASE)


def home_of_python(facts: Facts) -> Iterator[Finding]:
    """PYTHONHOME is not set: it takes the standard library away from every environment."""
    if facts.variables is None or (facts.contents and facts.contents.python_home):
        return  # `checks.contents` says it of a project's own environment
    places = [one for one in facts.variables.of("PYTHONHOME") if one.value and not _is_its_own(facts, one)]
    if not places:
        return
    first = places[0]
    yield Finding(
        id="env.pythonhome",
        level="error",
        title=f"PYTHONHOME is {first.value}, and every Python looks there for its standard library",
        detail="a virtual environment has none, and one of another version does not fit: Python ends before "
        "its first line (No module named 'encodings')",
        cause="pythonhome-set",
        evidence=tuple(Evidence(source=_place(one), value=f"{one.name}={one.value}") for one in places),
        not_the_cause=("the environment and its packages: a reinstallation changes nothing",),
        remedy=_unset(places, "PYTHONHOME"),
    )


def _is_its_own(facts: Facts, variable: Variable) -> bool:
    """It names the very installation that runs, which needs no telling and does no harm."""
    python = facts.python
    if python is None or python.virtual is not False or not python.prefix:
        return False
    return _plain(variable.value) == _plain(python.prefix)


def _plain(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").casefold()


def _place(one: Variable) -> str:
    return one.place if one.kind != "process" else "environment"


def _unset(places: list[Variable], name: str) -> Remedy:
    files = [one.place for one in places if one.kind != "process"]
    where = f"take it out of {', '.join(dict.fromkeys(files))}" if files else "unset it"
    text = (
        f"{where}; and remove {name} from the shell's start-up files (~/.bashrc, ~/.zshrc), module files and "
        "Windows' environment variables"
    )
    return Remedy(text=text, commands=(("unset", name),) if not files else ())


def search_path_of_python(facts: Facts) -> Iterator[Finding]:
    """PYTHONPATH puts no other Python's packages before the environment's."""
    if facts.variables is None:
        return
    for one in facts.variables.of("PYTHONPATH"):
        if not _is_read(facts, one):
            continue
        for entry in _entries(one.value):
            problem = _problem(facts, entry)
            if problem is not None:
                yield _on_path(one, entry, *problem)
                return


def _is_read(facts: Facts, variable: Variable) -> bool:
    """A .env file sets nothing for Python by itself: a run configuration has to name it."""
    if facts.told or variable.kind != "env-file" or facts.ide is None:
        return facts.told or variable.kind != "env-file"
    name = variable.place.rpartition(":")[0].rpartition("/")[2]
    return any(name in run.option("ENV_FILES") for run in facts.ide.runs)


def _entries(value: str) -> list[str]:
    separator = ";" if ";" in value or re.match(r"[A-Za-z]:[\\/]", value) else ":"
    return [one for one in value.split(separator) if one.strip()]


def _problem(facts: Facts, entry: str) -> tuple[str, str] | None:
    """Level and sentence, where an entry belongs to another Python."""
    python = facts.python
    known = (
        next((one for one in python.on_path if _plain(one.folder) == _plain(entry)), None) if python else None
    )
    if known is not None and not known.there:
        return None  # nothing is imported from a folder that is not there
    shadowing = _shadowing(facts, known) if known else []
    if shadowing:
        return (
            "error",
            f"holds {', '.join(shadowing[:4])}, imported in place of what others mean by that name",
        )
    minor = python.minor if python else None
    told = _VERSION.search(entry)
    held = _held(facts, entry)
    level = "error" if held or _imported_from(facts, entry) else "warning"
    if told and minor and (int(told[1]), int(told[2])) != minor:
        ours = ".".join(map(str, minor))
        return level, f"is made for Python {told[1]}.{told[2]}, and this is Python {ours}"
    if held and not _is_below(entry, python.prefix if python else ""):
        names = ", ".join(sorted(held)[:4])
        return level, f"holds {names}, which comes before what the environment has"
    if python and _ROS.match(entry):
        of_conda = bool(python.conda or python.manager == "conda")
        # with the version in its name it was judged above; a venv of the system's Python is what it is for
        return (
            (level, "is built for the system's Python, and this is conda's")
            if of_conda and not told
            else None
        )
    if _SITE.search(entry) and python and python.prefix and not _is_below(entry, python.prefix):
        return "warning", "is another Python's site-packages, which comes before the environment's"
    return None


def _shadowing(facts: Facts, folder: OnPath) -> list[str]:
    """Files of a folder that break whatever imports their name. Of the project's own another rule speaks."""
    python = facts.python
    mine = facts.sources is not None and _plain(facts.sources.folder) == _plain(folder.folder)
    of_python = python is not None and any(
        _is_below(folder.folder, one) for one in (python.prefix, python.base_prefix)
    )
    if mine or of_python:
        return []
    return [one for one in folder.files if breaks(one.rstrip("/").removesuffix(".py"))]


def _imported_from(facts: Facts, entry: str) -> bool:
    """Whether the log has modules out of that folder, or says that Python could not start."""
    if facts.log is None:
        return False
    sign = facts.log.sign("packages-folder")
    seen = sign is not None and bool(sign.groups) and _plain(sign.groups[0]) == _plain(entry)
    return seen or any(not one.signature.quiet for one in facts.log.of("env.pythonhome"))


def _held(facts: Facts, entry: str) -> set[str]:
    """What of a stack lies in an entry."""
    packages = facts.packages.packages if facts.packages else ()
    return {
        one.name
        for one in packages
        if one.name in STACK and one.location and _plain(one.location) == _plain(entry)
    }


def _is_below(entry: str, prefix: str) -> bool:
    kind = PureWindowsPath if "\\" in entry or "\\" in prefix else PurePosixPath
    return bool(prefix) and kind(entry).is_relative_to(kind(prefix))


def _on_path(one: Variable, entry: str, level: str, sentence: str) -> Finding:
    return Finding(
        id="env.pythonhome",
        level="error" if level == "error" else "warning",
        title=f"PYTHONPATH puts {entry} first, and it {sentence}",
        detail="Python looks through PYTHONPATH before the environment's packages, in every environment; "
        "compiled packages work with the one version of Python that they were built for",
        cause="pythonpath-set",
        evidence=(Evidence(source=_place(one), value=f"PYTHONPATH={one.value}"),),
        not_the_cause=("the environment's packages: reinstalling them changes nothing",),
        remedy=_unset([one], "PYTHONPATH"),
    )
