"""What came of a project's interpreters in PyCharm's own settings, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.cli.text import row
from scaffold.shell import quoted

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.pycharm.registration.model import Registered, RegistrationReport


def registration_lines(report: RegistrationReport | None) -> list[str]:
    """In a line or two, for commands that do more than this; nothing where no PyCharm has run."""
    if report is None or not report.ides or not report.names:
        return []
    knowing = [one.folder.title for one in report.ides if one.outcome in ("registered", "unchanged")]
    knows = "knows" if len(knowing) == 1 else "know"
    lines = [row("PyCharm", f"{', '.join(knowing)} {knows} {report.names[0]}")] if knowing else []
    newest = report.ides[0]  # the one that people open; `scaffold ide pycharm` tells of the others
    if newest.click:
        why = "is open" if newest.outcome == "open" else newest.why
        lines.append(row("PyCharm", f"{newest.folder.title} {why}. There, {newest.click}"))
    return lines


def entered_lines(report: RegistrationReport, root: Path) -> list[str]:
    """All of it, for the command whose work it is."""
    lines = []
    for one in report.ides:
        title = one.folder.title
        if one.outcome == "registered":
            lines.append(row("PyCharm", f"{title}: {_done(one)}"))
            lines += [row("Backup", str(backup)) for backup in one.backups]
        elif one.outcome == "unchanged":
            lines.append(row("PyCharm", f"{title}: {one.why or 'nothing to do'}"))
        else:
            lines.append(row("PyCharm", f"{title}: nothing was entered, {one.why}"))
            lines += [row("", f"There, {one.click}")] if one.click else []
    lines += [row("Note", note) for note in report.notes]
    if any(one.asks and one.outcome != "open" for one in report.ides):
        unless = f"scaffold ide pycharm --trust {quoted(root)}"
        lines.append(row("Note", f"PyCharm will ask whether you trust the folder, unless: {unless}"))
    return lines


def _done(one: Registered) -> str:
    """What was done there, and in which files."""
    done = [f"knows the interpreter {name} now" for name in one.entered]
    done += [f"does not know {name} any more" for name in one.left]
    done += ["opens the folder without asking for trust"] if one.trusts else []
    files = ", ".join(str(path) for path in one.written)
    return "; ".join([*done, f"written: {files}"]) if files else one.why or "nothing to do"
