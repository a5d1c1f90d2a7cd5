"""Carry out an adoption: the record, the environment, PyCharm's files, doctor's answer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from scaffold.adopt.model import ProjectPlan, ProjectReport
from scaffold.checks.model import Finding
from scaffold.environments.model import Report
from scaffold.errors import Interrupted, ScaffoldError, TargetOccupied
from scaffold.files import replace_file
from scaffold.new.make import unfinished
from scaffold.projects.record import RECORD
from scaffold.projects.snapshot import Snapshot
from scaffold.setup import Announce, SetupReport, Wishes, demand_consent
from scaffold.system import System


def carry_out(
    system: System, plan: ProjectPlan, wishes: Wishes, announce: Announce, report: Report
) -> ProjectReport:
    """Write the record and the run configurations, adopt or make the environment, ask doctor.

    Until the record stands, a failure takes back what was written. After that the project is known, and the
    error says how to go on. Raises what `make_environments` does, OptionRefused (adopt-broken, adopt-python)
    where the environment that lies there is none that can be used, and TargetOccupied.
    """
    from scaffold.adopt.refusals import without_it
    from scaffold.env.adopt import started
    from scaffold.environments.refusals import refuse_without_space

    if plan.adopted is not None:
        announce(f"starting the Python of {plan.adopted.environment.location}")
        with without_it():  # before anything is written; its own carry_out would come too late
            started(system, plan.adopted)
    if plan.setup is not None and plan.setup.environments:
        demand_consent(plan.setup, wishes)
        refuse_without_space(plan.setup.environments, system)
    announce(f"writing {len(plan.files)} files")
    _refuse_links(plan.root, plan.files)
    with _taken_back(plan.root, plan.files):
        _write(plan.root, plan.files)
    try:
        kept, made = _environment(system, plan, announce, report)
        _tell_vscode(system, plan, announce)
    except ScaffoldError as cause:
        raise unfinished(plan.root, cause, wishes) from cause
    except KeyboardInterrupt:
        stopped = Interrupted("stopped while the environment was being made")
        raise unfinished(plan.root, stopped, wishes) from None
    announce("asking doctor")
    return ProjectReport(
        root=plan.root,
        kept=kept,
        setup=made,
        ignore=_not_ignored(system, plan.root),
        findings=_findings(system, plan.root),
    )


def _refuse_links(root: Path, files: Snapshot) -> None:
    """A link would have something written outside of the project, also one that leads to nothing yet."""
    for path in files:
        for part in (path, *path.parents):
            place = root / part
            if part.parts and place.is_symlink():
                raise TargetOccupied(
                    f"{place} is a link to {place.readlink()}: what lies there is not the project's",
                    hint="remove it" if part == path else "put a folder in its place",
                )


def _write(root: Path, files: Snapshot) -> None:
    """The record last: with it the project is known."""
    for path in sorted(files, key=lambda one: (one == RECORD, one)):
        target = root / path
        if target.exists() and path.parts[0] != ".scaffold":
            raise TargetOccupied(f"{target} came to be there meanwhile", hint="run the same again")
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, files[path].content)


@contextlib.contextmanager
def _taken_back(root: Path, files: Snapshot) -> Iterator[None]:
    """What the block wrote goes, where it fails; what stood before stands there again.

    A file that is not as the block writes it is another program's, which wrote it meanwhile: it stays.
    """
    before = {path: (root / path).read_bytes() for path in files if (root / path).is_file()}
    folders = [one for one in (root / ".run", root / ".scaffold") if not one.exists()]
    try:
        yield
    except BaseException:
        for path in files:
            with contextlib.suppress(OSError, ScaffoldError):
                if (root / path).read_bytes() != files[path].content:
                    continue
                if path not in before:
                    (root / path).unlink()
                else:
                    replace_file(root / path, before[path])
        for folder in folders:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _environment(
    system: System, plan: ProjectPlan, announce: Announce, report: Report
) -> tuple[tuple[str, ...], SetupReport | None]:
    """PyCharm's files, and the environment that they name."""
    from scaffold.env.adopt import carry_out as adopt_environment
    from scaffold.env.project import ide_project
    from scaffold.making import make_environments, tell_pycharm

    if plan.adopted is not None:
        announce(f"using {plan.adopted.environment.location}")
        return adopt_environment(system, plan.adopted).kept, None
    project = ide_project(system, plan.root, plan.record)
    if plan.setup is not None and plan.setup.environments:
        made = make_environments(system, plan.setup, project, announce, report)
        return made.kept, made
    announce("making the folder ready for PyCharm")
    return tell_pycharm(system, project, plan.root).kept, None


def _tell_vscode(system: System, plan: ProjectPlan, announce: Announce) -> None:
    """VS Code's files, as `scaffold ide vscode` writes them; every run configuration stands by now."""
    from scaffold.ide.vscode import carry_out, plan_vscode

    if plan.record.ide != "pycharm":
        announce("making the folder ready for VS Code")
        carry_out(plan_vscode(system, plan.root))


def _not_ignored(system: System, root: Path) -> tuple[str, ...]:
    """Lines for ``.gitignore``: what is this machine's and would be committed. Nothing without git."""
    from scaffold.pycharm.survey.git import GIT

    wanted = [one for one in (".idea", ".venv", ".envs") if (root / one).is_dir()]
    tracked = system.run((*GIT, "ls-files", "--", *wanted), timeout=5.0, cwd=root)
    shown = system.run((*GIT, "status", "--porcelain", "-uall", "--", *wanted), timeout=5.0, cwd=root)
    if not wanted or not tracked.ok or not shown.ok:
        return ()
    new = {line[3:].strip('"').partition("/")[0] for line in shown.stdout.splitlines() if line[:2] == "??"}
    own = {line.partition("/")[0] for line in tracked.stdout.splitlines()}
    return tuple(f"/{one}/" for one in wanted if one in new and one not in own)


def _findings(system: System, root: Path) -> tuple[Finding, ...]:
    from scaffold.doctor import Request, diagnose

    return diagnose(system, Request(start=root))[1]
