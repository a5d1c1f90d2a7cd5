"""What is said of updates that did not come to their end, and what is not done before they do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scaffold.checks.automatic import cure_of
from scaffold.checks.causes import suppressed
from scaffold.checks.model import Finding, Remedy
from scaffold.checks.updates import finished
from scaffold.environments.remaking import SYNC
from scaffold.probing.updates.model import UpdateFacts
from tests.checks.test_checks import HEALTHY

KILLED = UpdateFacts(interrupted=True)
FOREIGN = UpdateFacts(interrupted=True, foreign=True, unusable="it is not yours", cure="delete it")
DAMAGED = UpdateFacts(interrupted=True, unusable="it cannot be read", cure="upgrade scaffold")


@pytest.mark.parametrize(
    ("updates", "level", "title", "commands", "text"),
    [
        (KILLED, "error", "An update of the project was interrupted in the midst", (("scaffold", "update"),),
         "finish it (scaffold update --undo takes it back)"),
        (FOREIGN, "warning", "it is not yours", (), "delete it"),
        (DAMAGED, "error", "it cannot be read", (), "upgrade scaffold"),
    ],
)  # fmt: skip
def test_a_journal_is_told_as_update_itself_would(
    updates: UpdateFacts, level: str, title: str, commands: object, text: str
) -> None:
    (found,) = finished(replace(HEALTHY, updates=updates))
    assert found.remedy is not None
    assert (found.level, found.title, found.remedy.commands, found.remedy.text) == (
        level,
        title,
        commands,
        text,
    )


@pytest.mark.parametrize(
    ("updates", "waits"), [(KILLED, True), (DAMAGED, True), (FOREIGN, False), (None, False)]
)
def test_nothing_is_cured_by_what_half_an_update_says(updates: UpdateFacts | None, waits: bool) -> None:
    drifted = Finding(id="pkg.dependency", level="error", title="", remedy=Remedy(text="", commands=(SYNC,)))
    assert cure_of(drifted, replace(HEALTHY, updates=updates)).environment == ("" if waits else "sync")


def test_a_journal_of_somebody_else_is_the_cause_of_nothing() -> None:
    record = Finding(id="proj.record", level="warning", title="")
    for cause, hidden in (
        ("update-journal-foreign", None),
        ("update-interrupted", "proj.update-interrupted"),
    ):
        left = Finding(id="proj.update-interrupted", level="error", title="", cause=cause)
        assert suppressed((left, record))[1].suppressed_by == hidden
