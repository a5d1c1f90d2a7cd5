"""Environments that a PyCharm in a sandbox cannot start, or does not take for environments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy

#: Below /usr; a description may say so in a sentence.
_SYSTEMS = re.compile(r"(?:^|\s)/usr/")

_INTERPRETER = "the project's interpreter"

_SANDBOXES = {"flatpak": "Flatpak", "snap": "snap"}


def outside_of_sandbox(facts: Facts) -> Iterator[Finding]:
    """A PyCharm that has a /usr of its own does not start what links into the system's."""
    settings = facts.ide.settings if facts.ide else None
    if settings is None or not settings.packaging:
        return
    boxes = [title for one, title in _SANDBOXES.items() if any(one in how for how in settings.packaging)]
    if facts.told and boxes == ["snap"]:
        return  # the published snaps are of classic confinement: no sandbox; the probe tells them apart
    if not boxes or "native" in settings.packaging:
        return
    link = _leads_to_system(facts)
    if link is not None:
        yield Finding(
            id="ide.sandboxed",
            level="warning",
            title=f"PyCharm runs in a sandbox ({boxes[0]}), and {_whose(link)} lies below /usr",
            detail="there /usr is the sandbox's own, with another Python or none, and without the system's "
            "packages: what works in a terminal is not there (No module named, Cannot run program)",
            cause="ide-sandboxed",
            evidence=(Evidence(source="PyCharm", value=f"installed as {boxes[0]}"), link),
            not_the_cause=("the environment and the packages: they are whole",),
            remedy=Remedy(
                text="make the environment with a Python below the home folder (uv, pyenv, conda), "
                f"or install PyCharm from the Toolbox or the archive in place of {boxes[0]} "
                "(scaffold ide install)"
            ),
        )


def _leads_to_system(facts: Facts) -> Evidence | None:
    """Where the program, or the base of the environment, lies below /usr."""
    settings = facts.ide.settings if facts.ide else None
    for one in settings.known(settings.chosen or "") if settings else ():
        if one.links_to.startswith("/usr/") or one.home.startswith("/usr/"):
            return Evidence(source=one.source, value=one.links_to or one.home)
    if settings is not None and _SYSTEMS.match(settings.home):
        return Evidence(source=_INTERPRETER, value=settings.home)
    python = facts.python
    venv = python.venv if python else None
    for place, value in (("home in pyvenv.cfg", venv.home), ("bin/python", venv.program)) if venv else ():
        if _SYSTEMS.search(value):
            return Evidence(source=place, value=value)
    bare = facts.told and venv is None and settings is not None and not settings.home
    if python is not None and bare and (_SYSTEMS.match(python.executable) or python.manager == "system"):
        return Evidence(source=_INTERPRETER, value=python.executable or "the system's")
    return None


def _whose(link: Evidence) -> str:
    return _INTERPRETER if link.source == _INTERPRETER else "the environment's Python"


def layout_known(facts: Facts) -> Iterator[Finding]:
    """PyCharm knows an environment by its folders."""
    settings = facts.ide.settings if facts.ide else None
    lacks = settings.layout if settings else ""
    if lacks:
        yield Finding(
            id="ide.venv-layout",
            level="warning",
            title=f"PyCharm may not take the folder for an environment: there is {lacks}",
            detail="some versions know a virtual environment by its folders; uv before 0.1.17 made no "
            "Include on Windows",
            cause="ide-rejects-venv-layout",
            evidence=(Evidence(source="the environment", value=lacks),),
            remedy=Remedy(
                text="make the environment anew with a newer uv or with python -m venv; or make an empty "
                "folder called Include in it, and choose its python.exe in PyCharm again"
            ),
        )
