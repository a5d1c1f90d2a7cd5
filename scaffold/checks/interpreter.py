"""Whether the project has an interpreter that starts, and whether all of its files are there."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.cures import anew, from_the_source, pins
from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy, counted
from scaffold.environments.model import Damage

#: More lines than this say no more.
SHOWN = 5

NOT_LOOKED_AT = Finding(
    id="env.contents",
    level="skipped",
    title="What the environment holds was not looked at while it is unfinished",
)


def environment_there(facts: Facts) -> Iterator[Finding]:
    """The project's environment exists and was finished."""
    if facts.root is None or facts.location is None:
        return
    if facts.busy and (facts.environment is None or facts.state == "creating"):
        yield _busy(facts)
    elif facts.environment is None:
        yield Finding(
            id="env.missing",
            level="error",
            title="The project has no Python environment",
            detail=f"run configurations need {facts.location}, which is not there or is no environment",
            cause="env-missing",
            evidence=(Evidence(source=str(facts.location / "pyvenv.cfg"), value="not there"),),
            remedy=anew(facts, "make it"),
        )
    elif facts.state == "creating":
        yield Finding(
            id="env.unfinished",
            level="error",
            title="The making of the environment was interrupted",
            detail="packages may be listed as installed and lack files",
            cause="env-unfinished",
            evidence=(Evidence(source=".scaffold/environment.json", value="status: creating"),),
            remedy=anew(facts),
        )
        yield NOT_LOOKED_AT
    else:
        yield from _whole(facts)


def _busy(facts: Facts) -> Finding:
    return Finding(
        id="env.busy",
        level="unknown",
        title="The environment is being made or changed just now",
        detail=f"{facts.busy} is at work on it",
        cause="env-busy",
        evidence=(Evidence(source=".scaffold/environment.lock", value=f"held by {facts.busy}"),),
        remedy=Remedy(text="wait until it has finished, then look again"),
    )


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
            remedy=anew(facts),
        )
    elif facts.made_at and facts.made_at != str(environment.location):
        yield Finding(
            id="env.venv-broken",
            level="error",
            title="The environment was moved after it was made",
            detail=f"its programs (pip, tensorboard) still point at {facts.made_at}",
            cause="venv-moved",
            evidence=(Evidence(source=".scaffold/environment.json", value=f"location: {facts.made_at}"),),
            remedy=anew(facts),
        )
    else:
        yield Finding(
            id="env.interpreter",
            level="ok",
            title=f"Python {environment.version} with {counted(len(environment.packages), 'package')}",
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
            title=f"Files of installed packages {_what_happened(broken)}: {_owners(broken)}",
            detail=f"{_files(broken)} from what the installer noted; pip check does not look",
            cause="env-damaged",
            evidence=tuple(Evidence(source=one.path, value=_SHOWN_AS[one.what]) for one in broken[:SHOWN]),
            remedy=anew(facts, packages=pins(facts, _distributions(broken))),
        )
    if altered:
        yield _altered(facts, altered)


#: How a damage is shown.
_SHOWN_AS = {
    "missing": "missing",
    "size": "another size",
    "content": "another content",
    "no RECORD": "not there: nobody knows which files belong to the package",
}


def _what_happened(damages: tuple[Damage, ...]) -> str:
    """A file that grew is not cut short, and a list of files that is gone says nothing of the files."""
    kinds = {one.what for one in damages}
    words = {"missing": "are missing", "size": "have another size", "no RECORD": "are not listed (no RECORD)"}
    return " or ".join(word for kind, word in words.items() if kind in kinds)


def _altered(facts: Facts, damages: tuple[Damage, ...]) -> Finding:
    return Finding(
        id="env.altered",
        level="error",
        title=f"Files of installed packages were altered: {_owners(damages)}",
        detail=f"{_files(damages)} in content from what was installed; links may share them with uv's cache "
        "and with other environments",
        cause="env-altered",
        evidence=tuple(Evidence(source=one.path, value="another content") for one in damages[:SHOWN]),
        remedy=from_the_source(facts, _distributions(damages)),
    )


def _distributions(damages: tuple[Damage, ...]) -> list[str]:
    return sorted({one.distribution for one in damages})


def _owners(damages: tuple[Damage, ...]) -> str:
    return ", ".join(_distributions(damages)[:SHOWN])


def _files(damages: tuple[Damage, ...]) -> str:
    return "1 file differs" if len(damages) == 1 else f"{len(damages)} files differ"
