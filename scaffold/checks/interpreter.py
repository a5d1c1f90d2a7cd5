"""Whether the project has an interpreter that starts, and whether all of its files are there."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.environments.layout import MAIN
from scaffold.environments.model import Damage

CREATE = Remedy(text="make the environment anew", commands=(("scaffold", "env", "create"),))

#: More lines than this say no more.
SHOWN = 5


def environment_there(facts: Facts) -> Iterator[Finding]:
    """The project's environment exists and was finished."""
    if facts.root is None or facts.location is None:
        return
    if facts.environment is None:
        yield Finding(
            id="env.missing",
            level="error",
            title="The project has no Python environment",
            detail=f"run configurations need {facts.location}, which is not there or is no environment",
            cause="env-missing",
            evidence=(Evidence(source=str(facts.location / "pyvenv.cfg"), value="not there"),),
            remedy=CREATE,
        )
    elif facts.state == "creating":
        yield Finding(
            id="env.unfinished",
            level="error",
            title="The making of the environment was interrupted",
            detail="packages may be listed as installed and lack files",
            cause="env-unfinished",
            evidence=(Evidence(source=".scaffold/environment.json", value="status: creating"),),
            remedy=CREATE,
        )
    else:
        yield from _whole(facts)


def _whole(facts: Facts) -> Iterator[Finding]:
    assert facts.environment is not None
    environment = facts.environment
    if facts.orphaned:
        yield Finding(
            id="env.venv-broken",
            level="error",
            title=f"The Python {environment.version} that the environment is based on is gone",
            detail=f"the environment was made from {environment.home}, where no Python is any more",
            cause="venv-base-removed",
            evidence=(
                Evidence(source=str(environment.location / "pyvenv.cfg"), value=f"home = {environment.home}"),
            ),
            not_the_cause=("the packages are all right; only the interpreter below them is missing",),
            remedy=CREATE,
        )
    elif facts.made_at and facts.made_at != str(environment.location):
        yield Finding(
            id="env.moved",
            level="error",
            title="The environment was moved after it was made",
            detail=f"its programs (pip, tensorboard) still point at {facts.made_at}",
            cause="venv-moved",
            evidence=(Evidence(source=".scaffold/environment.json", value=f"location: {facts.made_at}"),),
            remedy=CREATE,
        )
    else:
        yield Finding(
            id="env.interpreter",
            level="ok",
            title=f"Python {environment.version} with {len(environment.packages)} packages",
            evidence=(Evidence(source=str(environment.python), value=environment.version),),
        )


def files_whole(facts: Facts) -> Iterator[Finding]:
    """Every file that was installed is there, as long as it was."""
    if facts.environment is None or facts.damages is None:
        return
    if not facts.damages:
        read = ", with the content that it was installed with" if facts.read_whole else ""
        yield Finding(id="env.files", level="ok", title=f"Every installed file is there{read}")
        return
    altered = tuple(one for one in facts.damages if one.what == "content")
    broken = tuple(one for one in facts.damages if one.what != "content")
    if broken:
        yield Finding(
            id="env.files",
            level="error",
            title=f"Files of installed packages are missing or cut short: {_owners(broken)}",
            detail=f"{_files(broken)} from what the installer noted; pip check does not look",
            cause="env-damaged",
            evidence=tuple(Evidence(source=one.path, value=one.what) for one in broken[:SHOWN]),
            remedy=CREATE,
        )
    if altered:
        yield _altered(facts, altered)


def _altered(facts: Facts, damages: tuple[Damage, ...]) -> Finding:
    """What a link shares with uv's cache was altered there, too, and comes back from there."""
    environment = facts.name or MAIN
    return Finding(
        id="env.altered",
        level="error",
        title=f"Files of installed packages were altered: {_owners(damages)}",
        detail=f"{_files(damages)} in content from what was installed; links may share them with uv's cache "
        "and with other environments",
        cause="env-altered",
        evidence=tuple(Evidence(source=one.path, value="another content") for one in damages[:SHOWN]),
        remedy=Remedy(
            text="take them out of uv's cache, and make the environment anew",
            commands=(
                ("uv", "cache", "clean", *_distributions(damages)),
                ("scaffold", "env", "remove", environment, "--yes"),
                *CREATE.commands,
            ),
        ),
    )


def _distributions(damages: tuple[Damage, ...]) -> list[str]:
    return sorted({one.distribution for one in damages})


def _owners(damages: tuple[Damage, ...]) -> str:
    return ", ".join(_distributions(damages)[:SHOWN])


def _files(damages: tuple[Damage, ...]) -> str:
    return "1 file differs" if len(damages) == 1 else f"{len(damages)} files differ"
