"""The options for templates of copier and cookiecutter."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from scaffold.cli.foreign_options import (
    Given,
    agree_to_run,
    foreign_options,
    given,
    skipped_lines,
    would_run_lines,
)
from scaffold.errors import OptionRefused
from scaffold.projects.foreign.model import ForeignTemplate
from scaffold.system import HostSystem


def taken(*arguments: str) -> Given:
    """What a command with these options gets."""
    found: list[Given] = []

    @click.command()
    @foreign_options
    def command(**options: object) -> None:
        found.append(given(**options))

    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return found[0]


def test_what_they_come_to(tmp_path: Path) -> None:
    answers = tmp_path / "answers.yml"
    answers.write_text("_commit: v1\nname: told\nyear: 2026\n")
    assert taken() == Given()
    assert taken("--set", "name=it", "--set", "a=b=c", "--defaults", "--trust") == Given(
        answers={"name": "it", "a": "b=c"}, defaults=True, trust=True
    )
    assert taken("--answers-file", str(answers), "--set", "name=it").answers == {"name": "it", "year": 2026}
    assert (Given().any, Given(trust=True).any) == (False, True)


def test_a_setting_without_a_value() -> None:
    with pytest.raises(OptionRefused, match="is not of the form name=value"):
        taken("--set", "name")


def test_what_would_run_and_what_did_not() -> None:
    template = ForeignTemplate(kind="copier", title="t", questions=(), would_run=("task: one", "task: two"))
    assert list(map(click.unstyle, would_run_lines(template.would_run))) == [
        "Would run      task: one",
        "               task: two",
    ]
    assert list(map(click.unstyle, skipped_lines(("task: one",)))) == [
        "Not run        task: one",
        "               it is the template's code: read it, and say --trust to run it",
    ]
    assert skipped_lines(()) == []
    two = would_run_lines(("task: echo harmless\n\n\nWould run      nothing", "task: two"))
    assert list(map(click.unstyle, two)) == [
        "Would run      task: echo harmless ⏎  ⏎  ⏎ Would run      nothing",
        "               task: two",
    ]


def test_it_is_shown_and_asked_only_where_somebody_can_answer(capsys: pytest.CaptureFixture[str]) -> None:
    template = ForeignTemplate(kind="copier", title="t", questions=(), would_run=("task: one",))
    agree_to_run(HostSystem(), template, yes=False, asks=True)  # nobody sits there
    assert click.unstyle(capsys.readouterr().err) == "Would run      task: one\n"
    agree_to_run(HostSystem(), dataclasses.replace(template, would_run=()), yes=False, asks=True)
    assert capsys.readouterr().err == ""
