"""What is asked, what will happen, what stands then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scaffold.adopt.ide_files import IdeaChange
from scaffold.builds.model import Framework
from scaffold.checks.model import Finding
from scaffold.env.adopt import AdoptPlan
from scaffold.projects.discovery.model import Discovered
from scaffold.projects.model import Ide, Record, RunConfiguration
from scaffold.projects.snapshot import Snapshot
from scaffold.setup import SetupPlan, SetupReport, Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the user asked for."""

    root: Path
    wishes: Wishes  # its frameworks are those of ``frameworks``
    named: bool = True  # somebody named the folder; False: it is the one that one happens to be in
    name: str | None = None  # None: as the project calls itself
    frameworks: tuple[Framework, ...] | None = None  # None: those that are seen
    template: str = ""  # of whose rendering the project is taken to be
    noted: bool = True  # False: what copier or cruft wrote down of its template is left out
    environment: bool = True  # False: none is adopted and none is made
    ide: Ide = "pycharm"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPlan:
    """All that will happen, decided."""

    root: Path
    record: Record
    discovered: Discovered
    files: Snapshot  # below .scaffold and .run, the record among them: none of them is there
    runs: tuple[RunConfiguration, ...]  # what ``files`` adds of them
    idea: tuple[IdeaChange, ...] = ()  # what becomes of PyCharm's own files
    new_folders: tuple[str, ...] = ()  # below which ``files`` lie, and that are not there
    own_runs: tuple[str, ...] = ()  # names of those that the project has
    adopted: AdoptPlan | None = None  # an environment that is there and is used as it is
    setup: SetupPlan | None = None  # else what will be made
    made: tuple[str, ...] = ()  # from which template, by copier's or cruft's own notes
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectReport:
    """What stands."""

    root: Path
    kept: tuple[str, ...]  # files of .idea in which what somebody chose stays
    setup: SetupReport | None
    ignore: tuple[str, ...]  # lines that the project's .gitignore lacks
    findings: tuple[Finding, ...]  # doctor's
