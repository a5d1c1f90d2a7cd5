"""Every safe cure of a project, as the bytes that each file would hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.pycharm.mending.ignores import ignore
from scaffold.pycharm.mending.mended import Mended
from scaffold.pycharm.mending.model import Change
from scaffold.pycharm.mending.modules import mend_module, mend_modules_file, new_name
from scaffold.pycharm.mending.runs import mend_run
from scaffold.pycharm.survey.paths import is_personal, path_values

if TYPE_CHECKING:
    from scaffold.pycharm.survey.model import IdeFacts


def plan(facts: IdeFacts) -> tuple[Change, ...]:
    """The changes, by path; none where nothing can be cured safely. A second time there is none."""
    changes: list[Change] = []
    renamed = new_name(facts)
    for file in facts.files:
        if not file.changeable:
            continue
        copy = Mended(file)
        _mend(copy, facts)
        after = copy.document.to_bytes() if copy.reasons else file.content
        moved = renamed is not None and file.path == renamed.old
        if moved and renamed is not None:
            reasons = (*copy.reasons, f"the module is called {renamed.name}")
            changes.append(Change(path=renamed.new, before=None, after=after, reasons=reasons))
            changes.append(
                Change(path=file.path, before=file.content, after=None, reasons=(f"now {renamed.new}",))
            )
        elif after != file.content:
            changes.append(
                Change(path=file.path, before=file.content, after=after, reasons=tuple(copy.reasons))
            )
    lines = ignore(facts)
    return tuple(changes) if lines is None else (*changes, lines)


def _mend(copy: Mended, facts: IdeFacts) -> None:
    for run in facts.runs:
        if run.file is copy.file:
            mend_run(run, copy, facts)
    for module in facts.modules:
        if module.file is copy.file:
            mend_module(module, copy, facts)
    if copy.file.path == ".idea/modules.xml":
        mend_modules_file(copy, facts)
    if copy.file.shared:
        _mend_paths(copy, facts)


def _mend_paths(copy: Mended, facts: IdeFacts) -> None:
    """Absolute paths of the project, wherever they stand in a file that others get."""
    for element, attribute, value in path_values(copy.document.root):
        better = facts.portable.get(value)
        if better and is_personal(value, facts.root):
            element.set(attribute, better)
            copy.say("paths of the project from $PROJECT_DIR$")
