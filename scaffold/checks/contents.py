"""What lies in an environment and breaks it: files of two owners, remains, packages from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.cures import anew, pins
from scaffold.checks.facts import Facts
from scaffold.checks.interpreter import SHOWN
from scaffold.checks.model import Evidence, Finding, Remedy, counted
from scaffold.environments.condition.collisions import Collision
from scaffold.environments.condition.verify import distribution_name

#: Said by `checks.frameworks`, which knows which of them the project needs.
_SAID_ELSEWHERE = frozenset({"tensorflow", "tensorflow-cpu"})


def files_owned_once(facts: Facts) -> Iterator[Finding]:
    """No two distributions brought the same file with other content."""
    for one in facts.contents.collisions if facts.contents else ():
        names = tuple(distribution_name(folder) for folder in one.distributions)
        if set(names) == _SAID_ELSEWHERE and facts.record and "keras" in facts.record.frameworks:
            continue
        yield _twice(facts, one) if names[0] == names[1] else _collision(facts, one)


def _collision(facts: Facts, one: Collision) -> Finding:
    first, second = one.distributions
    return Finding(
        id="env.collision",
        level="error",
        title=f"{first} and {second} lie over each other",
        detail=f"{_come(len(one.paths))} from both, with other content: chance decided what is there, "
        "and to uninstall one takes the other's along",
        cause="same-files",
        evidence=tuple(Evidence(source=path, value=f"{first} and {second}") for path in one.paths[:SHOWN]),
        not_the_cause=("pip check and uv pip check call this compatible: they do not look at files",),
        remedy=anew(facts),
    )


def _normalised(name: str) -> str:
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


def _come(number: int) -> str:
    return f"{counted(number, 'file')} {'comes' if number == 1 else 'come'}"


def _twice(facts: Facts, one: Collision) -> Finding:
    return Finding(
        id="env.two-versions",
        level="error",
        title=f"{one.distributions[0]} and {one.distributions[1]} are installed over each other",
        detail="an installer was ended while it replaced the one by the other",
        cause="installed-twice",
        evidence=tuple(Evidence(source=folder, value=".dist-info") for folder in one.distributions),
        remedy=anew(facts),
    )


def metadata_whole(facts: Facts) -> Iterator[Finding]:
    """Every installed distribution says what it is."""
    broken = facts.contents.without_metadata if facts.contents else ()
    if broken:
        yield Finding(
            id="env.metadata",
            level="error",
            title=f"Installed packages do not say what they are: {', '.join(broken[:SHOWN])}",
            detail="installers fail at them or install beside them",
            cause="metadata-missing",
            evidence=tuple(Evidence(source=f"{name}/METADATA", value="not there") for name in broken[:SHOWN]),
            remedy=anew(facts, packages=pins(facts, (distribution_name(name) for name in broken))),
        )


def nothing_half_removed(facts: Facts) -> Iterator[Finding]:
    """Nothing that pip put aside lies around."""
    remains = facts.contents.half_removed if facts.contents else ()
    if remains:
        yield Finding(
            id="env.half-removed",
            level="warning",
            title=f"pip was ended while it removed packages, and left {', '.join(remains[:SHOWN])}",
            detail="they are harmless, take room, and make pip warn of an invalid distribution",
            cause="half-removed",
            evidence=tuple(Evidence(source="site-packages", value=name) for name in remains[:SHOWN]),
            remedy=Remedy(text="delete them", commands=(("scaffold", "env", "gc", "--delete"),)),
        )


def paths_alive(facts: Facts) -> Iterator[Finding]:
    """Every folder that the environment imports from is there."""
    ours = _normalised(facts.project.name) if facts.project and facts.project.how == "elsewhere" else None
    dead = (
        tuple(one for one in facts.contents.dead_paths if one.distribution != ours) if facts.contents else ()
    )
    owners = sorted({one.distribution for one in dead if one.distribution})
    if dead:
        python = str(facts.environment.python) if facts.environment else "python"
        uninstall = ((python, "-m", "pip", "uninstall", *owners),) if owners else ()
        yield Finding(
            id="env.dead-path",
            level="warning",
            title=f"The environment imports from folders that are gone: {dead[0].path}",
            detail="an editable install points there; the project was moved or deleted",
            cause="editable-gone",
            evidence=tuple(Evidence(source=one.file, value=one.path) for one in dead[:SHOWN]),
            remedy=Remedy(text="uninstall what pointed there", commands=uninstall)
            if owners
            else Remedy(text="delete the file that names the folder"),
        )


def keeps_to_itself(facts: Facts) -> Iterator[Finding]:
    """Nothing is imported from outside of the environment."""
    contents = facts.contents
    if contents is None:
        return
    if contents.sees_system:
        yield Finding(
            id="env.not-isolated",
            level="warning",
            title="The environment also imports what is installed for the system and the user",
            detail="another machine has other packages there, and the same program then does something else",
            cause="system-site-packages",
            evidence=(Evidence(source="pyvenv.cfg", value="include-system-site-packages = true"),),
            remedy=anew(facts),
        )
    if contents.python_home:
        yield Finding(
            id="env.pythonhome",
            level="error",
            title="PYTHONHOME is set, and no environment's Python starts with it",
            detail="it tells every Python to take its standard library from elsewhere",
            cause="pythonhome-set",
            evidence=(Evidence(source="PYTHONHOME", value=contents.python_home),),
            remedy=Remedy(text="unset PYTHONHOME, and remove it from your shell's start-up files"),
        )
    if contents.shadowed:
        yield Finding(
            id="env.pythonhome",
            level="warning",
            title=f"PYTHONPATH puts another package before the installed one: {contents.shadowed[0]}",
            detail="Python imports that one, whatever the environment holds",
            cause="pythonpath-set",
            evidence=tuple(Evidence(source="PYTHONPATH", value=path) for path in contents.shadowed[:SHOWN]),
            remedy=Remedy(text="take that folder out of PYTHONPATH"),
        )


def builds_kept(facts: Facts) -> Iterator[Finding]:
    """Pip's configuration in the environment holds the builds that were chosen for this machine."""
    if facts.contents and facts.contents.unkept:
        yield Finding(
            id="env.builds-unkept",
            level="warning",
            title="pip would replace the chosen builds: its configuration in the environment was changed",
            detail="pip install -U, and PyCharm's buttons, take whatever build the ordinary index has",
            cause="constraints-lost",
            evidence=tuple(
                Evidence(source="the environment's pip", value=line) for line in facts.contents.unkept
            ),
            remedy=anew(facts),
        )
