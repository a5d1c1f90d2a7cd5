"""Advice about builds in words: the machine, then what to install for each framework, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scaffold.builds.model import TITLES
from scaffold.cli.plan_view import machine_summary
from scaffold.cli.text import row
from scaffold.shell import line

if TYPE_CHECKING:
    from scaffold.builds.advice import Advice
    from scaffold.builds.model import BuildPlan, Missing


def advice_lines(advice: Advice) -> list[str]:
    """Everything, a fact a line."""
    lines = [*machine_summary(advice.machine)]
    lines += [row("Note", note) for note in advice.notes]
    lines += [row("Python", f"{advice.python}"), *(row("", f"because {why}") for why in advice.reasons)]
    for answer in advice.answers:
        lines += ["", *_answer_lines(answer, install=not advice.together)]
    return [*lines, "", *_together_lines(advice)] if advice.together else lines


def _together_lines(advice: Advice) -> list[str]:
    from scaffold.builds.install import install_command

    first, *others = advice.together
    lines = [row("Together", first), *(row("", words) for words in others)]
    return [*lines, row("Install", line(*install_command(*advice.builds)))]


def _answer_lines(answer: BuildPlan | Missing, *, install: bool) -> list[str]:
    from scaffold.builds.model import BuildPlan

    return _build_lines(answer, install=install) if isinstance(answer, BuildPlan) else _missing_lines(answer)


def _build_lines(build: BuildPlan, *, install: bool) -> list[str]:
    from scaffold.builds.install import install_command

    device = click.style(build.device, fg="yellow" if build.device == "cpu" else "green", bold=True)
    sure = "" if build.confidence == "high" else f" (confidence: {build.confidence})"
    lines = [row(TITLES[build.framework], f"{build.requirement} on {device}{sure}")]
    lines += [row("", f"because {reason}") for reason in build.reasons]
    lines += [row("", f"warning: {warning}") for warning in (build.needs_consent, *build.warnings) if warning]
    lines += [row("", f"not {one.version} {one.variant}: {one.why}") for one in build.turned_down]
    lines += [row("", f"set {name}={value}") for name, value in build.environment.items()]
    return [*lines, row("", line(*install_command(build)))] if install else lines


def _missing_lines(missing: Missing) -> list[str]:
    name = TITLES[missing.framework]
    return [row(name, click.style("no build", fg="red")), *(row("", why) for why in missing.why)]
