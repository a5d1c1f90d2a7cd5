"""What becomes of PyCharm's own files in a project, told before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.projects.model import Record
from scaffold.pycharm.model import FurtherInterpreter, IdeProject
from scaffold.pycharm.project.idea_plan import Action
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.env.adopt import AdoptPlan
    from scaffold.setup import SetupPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaChange:
    """One file below ``.idea`` that will not be as it is."""

    path: str
    action: Action
    committed: bool  # git tracks it: the change will be seen there
    interpreter: str = ""  # which name takes the place of which; or why another one stays


def idea_changes(
    system: System, root: Path, record: Record, adopted: AdoptPlan | None, setup: SetupPlan | None
) -> tuple[IdeaChange, ...]:
    """By the environments that the project has or will have; none where it is opened with VS Code alone.

    Raises IdeFileBroken, TargetOccupied, NoPermission.
    """
    from scaffold import making
    from scaffold.env.project import ide_project
    from scaffold.files import read_present
    from scaffold.ide.pycharm import planned
    from scaffold.pycharm.project.planning import committed_files
    from scaffold.pycharm.project.record import RECORD
    from scaffold.pycharm.registration.plan import Wish

    if record.ide == "vscode":
        return ()
    project = making.with_environments(system, ide_project(system, root, record), root)
    files = planned(system, root, _with(project, adopted, setup), Wish(), ours=True).files
    committed = committed_files(root, system)
    actions = {one.path: one.action for one in files.changes}
    said = {one.path: one.renamed or one.interpreter for one in files.files}
    if read_present(root / RECORD) != files.record:
        actions[str(RECORD)] = "write"
    return tuple(
        IdeaChange(path=path, action=action, committed=path in committed, interpreter=said.get(path, ""))
        for path, action in sorted(actions.items())
    )


def _with(project: IdeProject, adopted: AdoptPlan | None, setup: SetupPlan | None) -> IdeProject:
    """The project with its environments, those that are not there yet among them."""
    if adopted is not None:
        own = adopted.environment
        return replace(project, python=own.version, interpreter=own.python)
    for one in setup.environments if setup is not None else ():
        python = one.interpreter.version
        if one.place.name:
            frameworks = tuple(build.framework for build in one.builds)
            further = FurtherInterpreter(name=one.place.name, python=python, frameworks=frameworks)
            project = replace(project, further=(*project.further, further))
        else:
            project = replace(project, python=python)
    return project
