"""``scaffold ide vscode``: VS Code's files for a project that is there already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.errors import IdeFileBroken
from scaffold.projects.model import Ide
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.reading.rows import LeftOut, Rows
from scaffold.system import System
from scaffold.vscode.files import FilePlan, VscodePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class VscodeIdePlan:
    """All that will be written, decided."""

    root: Path
    committed: VscodePlan  # .vscode
    machine: VscodePlan  # .envs/<project>.code-workspace, where there is a further environment
    ide: Ide | None  # what the project is opened with from now on; None where scaffold did not make it
    remembered: Ide | None  # so far
    translated: int = 0  # run configurations that are entries for VS Code now
    left_out: tuple[LeftOut, ...] = ()  # run configurations that VS Code could not start just the same

    @property
    def files(self) -> tuple[FilePlan, ...]:
        """Every file of the plan."""
        return (*self.committed.files, *self.machine.files)

    @property
    def is_done(self) -> bool:
        """Whether everything is as it should be already."""
        return not (self.committed.changed or self.machine.changed) and self.ide == self.remembered


def plan_vscode(system: System, start: Path) -> VscodeIdePlan:
    """What becomes of the files of the project around ``start``; nothing is written.

    Raises NotAProject, IdeFileBroken, TargetOccupied, NoPermission, TemplateBroken.
    """
    from scaffold.making import plan_vscode_workspace, with_environments
    from scaffold.projects.menu import menu
    from scaffold.pycharm.reading.joined import joined
    from scaffold.vscode.files import plan_files, project_pieces
    from scaffold.vscode.model import VscodeProject

    root, remembered = _place(system, start)
    described = with_environments(system, _project(system, root), root)
    rows = joined(described.runs, _stands(system, root, described))
    project = replace(described, runs=rows.runs)
    seen = VscodeProject(
        name=project.module,
        runs=project.runs,
        sources=project.sources,
        tests=project.tests,
        excluded=project.excluded,
    )
    return VscodeIdePlan(
        root=root,
        committed=plan_files(root, project_pieces(seen, menu())),
        machine=plan_vscode_workspace(project, root),
        ide="both" if remembered == "pycharm" else remembered,
        remembered=remembered,
        translated=len(rows.runs),
        left_out=rows.left_out,
    )


def plan_undo(system: System, start: Path) -> VscodeIdePlan:
    """The project without what we wrote for VS Code; what the user wrote stays.

    Raises NotAProject, IdeFileBroken, NoPermission.
    """
    from scaffold.vscode import files, workspaces

    root, remembered = _place(system, start)
    return VscodeIdePlan(
        root=root,
        committed=files.plan_undo(root),
        machine=files.plan_undo(root, workspaces.PLACE),
        ide="pycharm" if remembered is not None else None,
        remembered=remembered,
    )


def carry_out(plan: VscodeIdePlan) -> None:
    """Do what the plan says. Raises EnvironmentBusy, TargetOccupied, NoPermission, NoSpace."""
    import contextlib

    from scaffold.environments.state import locked
    from scaffold.projects.record import remember_ide
    from scaffold.projects.tool import remember_tool
    from scaffold.vscode.files import carry_out

    with locked(plan.root) if plan.ide is not None else contextlib.nullcontext():
        carry_out(plan.committed)
        carry_out(plan.machine)
        if plan.ide is None:
            return
        if plan.ide != "pycharm":
            remember_tool(plan.root)  # the tasks start scaffold wherever it is on this machine
        remember_ide(plan.root, plan.ide)


def _place(system: System, start: Path) -> tuple[Path, Ide | None]:
    """The project's root, and what is remembered of a project that scaffold made. Raises NotAProject."""
    from scaffold.projects.record import read_record
    from scaffold.pycharm.project.describe import root_of

    root, ours = root_of(start, system)
    return root, read_record(root).ide if ours else None


def _project(system: System, root: Path) -> IdeProject:
    """As its template says, where there is one."""
    from scaffold.projects.record import RECORD, read_record
    from scaffold.pycharm.project.describe import any_project, recorded_project

    made = (root / RECORD).is_file()
    return recorded_project(read_record(root), root, system) if made else any_project(root, system)


def _stands(system: System, root: Path, project: IdeProject) -> Rows:
    """The run configurations in its files, less those of the environments beside its own (`workspaces`)."""
    from scaffold.pycharm.project.further import further_module
    from scaffold.pycharm.reading.project_files import read_project
    from scaffold.pycharm.reading.rows import read_rows

    try:
        # the one on the project's own folder may have got another name since
        modules = {one.name for one in read_project(root, system).modules if root not in one.content}
    except IdeFileBroken:  # VS Code does not read it
        modules = set()
    ours = {further_module(project, one) for one in project.further}
    return read_rows(root, ours=ours, others=modules - ours - {project.module})
