"""``scaffold ide pycharm --undo``: what goes, and what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scaffold.cli.text import row

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.cli.output import Output
    from scaffold.ide.pycharm import UndoPlan, UndoReport
    from scaffold.pycharm.project.removal import Removal
    from scaffold.system import System


CHANGED = "it was changed since"


def undo(system: System, path: Path, output: Output, schema: str, *, dry_run: bool) -> None:
    """Take it back, or show what would be; exit status 1 where a PyCharm keeps something of it."""
    from scaffold.ide.pycharm import carry_out_undo, plan_undo

    plan = plan_undo(system, path)
    report = None if dry_run else carry_out_undo(system, plan)
    lines = _plan_lines(plan) if report is None else _report_lines(report)
    lines = lines or [_nothing(plan)]
    lines += [row("Note", note) for note in plan.notes]
    done = "Would take back" if report is None else "Taken back"
    output.result(_json(plan, report, schema), lines, summary=f"{done}: {plan.root}")
    if report is not None and any(one.why for one in report.ides):
        click.get_current_context().exit(1)


def _nothing(plan: UndoPlan) -> str:
    """Files that an earlier undo kept are somebody's since, and no record speaks of them."""
    if (plan.root / ".idea").exists():
        return f"There is nothing to take back for {plan.root}: what stands in .idea is yours, or was kept"
    return f"Nothing of scaffold's is left for {plan.root}"


def _plan_lines(plan: UndoPlan) -> list[str]:
    lines = _file_lines(plan.files, "Would remove", "Would mend")
    for folder, entered in plan.entered:
        names = [*(one.name for one in entered.sdks), *(["trust"] if entered.trusted else [])]
        lines.append(row("PyCharm", f"{folder.title}: {' and '.join(names)} would go from {folder.path}"))
    return lines


def _report_lines(report: UndoReport) -> list[str]:
    lines = _file_lines(report.files, "Removed", "Mended")
    for one in report.ides:
        title = one.folder.title
        if one.why:
            lines.append(row("PyCharm", f"{title}: nothing was taken back, {one.why}"))
        elif one.gone:
            lines.append(row("PyCharm", f"{title}: {' and '.join(one.gone)} taken out of {one.folder.path}"))
        else:
            lines.append(row("PyCharm", f"{title}: nothing of ours was there any more"))
        lines += [row("Kept", f"{title}: {words}") for words in one.kept]
    return lines


def _file_lines(files: Removal, removed: str, mended: str) -> list[str]:
    return [
        *(row(removed, one) for one in files.gone),
        *(row(mended, f"{one}: what is ours in it goes") for one in files.mended),
        *(row("Kept", f"{one}: {files.why.get(one, CHANGED)}") for one in files.kept),
        *(row("Note", f"{one} is a file as it was before scaffold came") for one in files.copies),
    ]


def _json(plan: UndoPlan, report: UndoReport | None, schema: str) -> str:
    from scaffold.results import envelope, plain

    return envelope(
        schema,
        done=report is not None,
        root=plan.root,
        removed=plan.files.gone,
        mended=plan.files.mended,
        kept=plan.files.kept,
        why=plan.files.why,
        copies=plan.files.copies,
        notes=plan.notes,
        entered=[{"folder": plain(folder), **plain(one)} for folder, one in plan.entered],
        report=None if report is None else plain(report.ides),
    )
