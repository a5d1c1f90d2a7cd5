"""What a loose description tells of an environment: broken links, stale scripts, packages from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.facts.told import Told, one_line, spelt
from scaffold.probing.interpreter.model import Outside, Script, VenvFacts
from scaffold.probing.interpreter.outside import STACK
from scaffold.probing.interpreter.scripts import interpreter_of
from scaffold.probing.interpreter.venv import made_at

#: How people say that something is not there. In a sandbox or a container it may be there for others.
_GONE = re.compile(
    r"missing|\bgone\b|dangling|broken|non-?existent|\bnot (?:there|found|exist)|n[o']t exist|deleted|removed"
    r"|no such|uninstalled",
    re.IGNORECASE,
)
_FOR_OTHERS = re.compile(r"sandbox|container|flatpak|snap", re.IGNORECASE)
_USER_SITE = re.compile(
    r"[\\/]\.local\b|roaming[\\/]python|%appdata%[\\/]python|library[\\/]python[\\/]\d|user.?site|--user\b"
    r"|local-packages",
    re.IGNORECASE,
)
_TWO_PYTHONS = re.compile(
    r"(?=.*\bpip\b)(?=.*\bpython\b)(?=.*\b(?:not|other|another|different|differs?|instead|mismatch))",
    re.IGNORECASE,
)
_MOVED = re.compile(r"\b(?:moved|renamed|copied)\b", re.IGNORECASE)
_REPLACED = re.compile(r"\b(?:upgraded|replaced|uninstalled)\b", re.IGNORECASE)
_PROGRAM = re.compile(r"(?:^|[\\/])python[\d.t]*(?:\.exe)?$", re.IGNORECASE)


def words_of(facts: Told, *names: str) -> str:
    """What the first of these names says, where it says it in words."""
    value = facts.first(*names)
    return one_line(value) if isinstance(value, str) else ""


def states(description: Told) -> Iterator[tuple[str, str]]:
    """Every file that is told of, with its state in words."""
    files = description.below("files").facts
    yield from ((one_line(str(path)), one_line(spelt(state))) for path, state in files.items())


def is_gone(words: str) -> bool:
    """Whether a file, or what its words say of it, is not there."""
    return bool(_GONE.search(words)) and not _FOR_OTHERS.search(words)


def outside(description: Told) -> Iterator[Outside]:
    """The packages that are told to lie in the user's own site-packages."""
    packages = description.below("packages")
    for name in packages.facts:
        facts = packages.below(name)
        location = next((one for one in _locations(facts) if _USER_SITE.search(one)), "")
        if not location:
            continue
        inside = words_of(facts, "version_in_env", "env_version")
        version = words_of(facts, "version_imported", "version_in_user_site", "user_version", "version")
        yield Outside(
            name=name, version=version, location=location, hidden=inside, imported=True if inside else None
        )
    for path, state in states(description):
        named = re.search(r"(?:site|dist)-packages[\\/]+([A-Za-z0-9_]+)", path)
        if named and _USER_SITE.search(path) and not is_gone(state) and named[1].lower() in STACK:
            yield Outside(name=named[1].lower(), location=path)


def _locations(facts: Told) -> Iterator[str]:
    """Every place in which a package is told to lie, under whatever name: ``version_in_user_site`` is one."""
    for name in facts.facts:
        if isinstance(name, str):
            yield from (one_line(one) for one in facts.rows(name) if isinstance(one, str))
            yield name if facts.first(name) else ""


def venv_told(description: Told, version: str) -> VenvFacts | None:
    """The virtual environment that is told of, below a Python of ``version``; None where none is."""
    venv = description.below("venv", "virtualenv")
    path = venv.text("path") or words_of(description, "venv", "virtualenv")
    if not venv.facts and not path:
        return None
    link = words_of(venv, "bin/python", "Scripts/python.exe")
    said = " ".join((words_of(venv, "state", "note", "problem"), "moved" if venv.flag("moved") else ""))
    home = words_of(venv, "pyvenv.cfg.home", "home")
    return VenvFacts(
        folder=path or (".venv" if _MOVED.search(said) else ""),
        tool=venv.text("tool"),
        home=home.split(" (")[0],
        home_alive=False
        if is_gone(home) or venv.flag("home_exists") is False or _lost(description)
        else None,
        made_at=_made_at(venv) or ("another folder" if _MOVED.search(said) else ""),
        version=venv.text("python", "version"),
        program=link.split(" (")[0],
        program_alive=False if is_gone(link) or is_gone(said) else None,
        site_packages=_fits(venv.text("python", "version"), version),
        sees_system=venv.flag("include-system-site-packages", "system_site_packages"),
        foreign_layout=words_of(venv, "layout", "foreign_layout"),
    )


def _lost(description: Told) -> bool:
    """Whether the Python below an environment is told to be gone, or to have become another one."""
    python = description.below("python")
    said = (
        words_of(python, name) for name in ("source", "state", "note", "path", "executable", "base_prefix")
    )
    return any(_REPLACED.search(one) or is_gone(one) for one in said)


def _made_at(venv: Told) -> str:
    """Where it was made: told as such, or by the command in pyvenv.cfg."""
    text = words_of(venv, "made_at", "moved_from", "created_at", "VIRTUAL_ENV").split(" (")[0]
    return text or made_at({"command": words_of(venv, "pyvenv.cfg.command", "command")}, "")


def _fits(made: str, version: str) -> bool | None:
    """Whether an environment was made by the version that runs; None where either is unknown."""
    ours, theirs = minor_of(version), minor_of(made)
    return ours == theirs if ours and theirs else None


def stale(description: Told) -> Iterator[Script]:
    """Programs whose first line names a Python that is gone, and links that lead to none."""
    for path, state in states(description):
        named = interpreter_of(re.sub(r"\s*\(.*", "", state))
        if named and is_gone(state):
            yield Script(path=path, interpreter=named, alive=False)
        elif _PROGRAM.search(path) and is_gone(state):
            yield Script(path=path, interpreter=path, alive=False)


def pip_differs(description: Told, version: str) -> bool | None:
    """Whether pip, or what it installed, belongs to another Python than the one of ``version`` that runs."""
    pip = description.below("pip")
    texts = [
        words_of(description, "pip"),
        words_of(description.below("toolkit"), "pip"),
        words_of(pip, "python", "location", "path", "environment"),
    ]
    packages = description.below("packages")
    texts += [words_of(packages.below(name), "location", "source") for name in packages.facts]
    if any(_TWO_PYTHONS.search(one) for one in texts):
        return True
    ours = minor_of(version)
    if not ours:
        return None
    theirs = {minor_of(pip.text("python", "python_version"))}
    theirs |= {
        found[1] for one in texts for found in re.finditer(r"python ?(3\.\d{1,2})\b", one, re.IGNORECASE)
    }
    other = {one for one in theirs - {""} if one != ours}
    return True if other else None


def minor_of(version: str) -> str:
    """``3.12`` of 3.12.4, and "" of what is no version."""
    found = re.match(r"(\d+\.\d+)(?![.\d]*x)", version)
    return found[1] if found else ""
