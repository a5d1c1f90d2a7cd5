"""PyCharm starts the Python that the user means, and that a terminal starts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath

from scaffold.checks.facts import Facts
from scaffold.checks.ide.settings.missing import CHOOSE, UNEXPANDED
from scaffold.checks.ide.shown import EDIT_RUN
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.pycharm.survey.model import IdeSettings

#: Without one of these an interpreter is of no use here.
FRAMEWORKS = ("torch", "tensorflow", "keras", "jax")


def interpreter_same(facts: Facts) -> Iterator[Finding]:
    """What the project and its run configurations start is of the environment that is looked at."""
    settings = facts.ide.settings if facts.ide else None
    if settings is None:
        return
    if settings.differs:
        yield _differing(
            "PyCharm's interpreter is another one than the terminal's",
            (Evidence(source=settings.source, value=settings.differs),),
            facts,
        )
        return
    here = facts.target.python if facts.target else None
    if here is None:
        return
    rows = []
    usable = bool(settings.home) and not UNEXPANDED.match(settings.home)
    if usable and not _same(settings.home, str(here)) and _matters(facts, settings):
        rows.append(Evidence(source=settings.source, value=f"{settings.chosen}: {settings.home}"))
    for run in facts.ide.runs if facts.ide and _is_meant(facts) else ():
        home = run.option("SDK_HOME")
        own = not run.configuration.flag("IS_MODULE_SDK", default=False) and not run.file.shared
        plain = bool(home) and "$" not in home and not UNEXPANDED.match(home)
        if plain and own and _is_of(home) == _is_of(str(here)) and not _same(home, str(here)):
            rows.append(Evidence(source=run.place("SDK_HOME"), value=home))
    if rows:
        looked = Evidence(source=facts.target.how if facts.target else "", value=str(here))
        yield _differing(
            f"PyCharm starts {rows[0].value}, and the environment here is {here}", (*rows, looked), facts
        )


def _differing(title: str, rows: tuple[Evidence, ...], facts: Facts) -> Finding:
    here = facts.target.python if facts.target else None
    has = [one for one in FRAMEWORKS if facts.packages is not None and facts.packages.of(one)]
    which = (
        f"{here} (it has {', '.join(has)})" if here and has else str(here or "the one that has the packages")
    )
    return Finding(
        id="ide.interpreter-mismatch",
        level="warning",
        title=title,
        detail="what one of them has installed, the other has not: No module named ... in one place only",
        cause="ide-wrong-interpreter",
        evidence=rows,
        not_the_cause=("the installation: it is whole, in the other interpreter",),
        remedy=Remedy(
            text=f"choose one interpreter for both: {which}   (PyCharm: {CHOOSE}; for a run configuration: "
            f"{EDIT_RUN}); sys.executable tells which one runs"
        ),
    )


def _matters(facts: Facts, settings: IdeSettings) -> bool:
    """An environment of the folder is meant; what PATH happens to name, only if it alone has a framework."""
    if _is_meant(facts):
        return True
    if facts.packages is None or settings.frameworks is None:
        return False
    here = {one for one in FRAMEWORKS if facts.packages.of(one)}
    return bool(here) and not here & set(settings.frameworks)


def _is_meant(facts: Facts) -> bool:
    """Whether the user chose the environment that is looked at, by its place or by name."""
    target = facts.target
    return target is not None and (target.own or "of the folder" in target.how or target.how == "--python")


def _is_of(path: str) -> str:
    """Whose path it is: one of another system came with a copied file, and is another rule's business."""
    return "windows" if "\\" in path or path[1:2] == ":" else "posix"


def _same(one: str, other: str) -> bool:
    """Whether two programs are of one environment, as far as their paths tell."""
    first, second = _folder(one), _folder(other)
    # seen through a link, the beginning differs: the project's folder and what is below it tell
    return first == second or (len(first) > 3 and len(second) > 3 and first[-3:] == second[-3:])


def _folder(path: str) -> tuple[str, ...]:
    parts = PureWindowsPath(path.lower()).parts if _is_of(path) == "windows" else PurePosixPath(path).parts
    return tuple(parts[:-1])
