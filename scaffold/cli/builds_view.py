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

#: What the answers rest on, and who asks further.
ASKED = "scaffold's tables; no index was asked. scaffold new --dry-run asks yours, and looks for your Pythons"


def advice_lines(advice: Advice) -> list[str]:
    """Everything, a fact a line."""
    lines = [*machine_summary(advice.machine)]
    lines += [row("Note", note) for note in advice.notes]
    lines += [row("Python", f"{advice.python}"), *(row("", f"because {why}") for why in advice.reasons)]
    windows = advice.machine.host.os == "windows"
    for answer in advice.answers:
        lines += ["", *_answer_lines(answer, windows=windows, install=not advice.together)]
    lines += ["", *_together_lines(advice, windows=windows)] if advice.together else []
    lines += ["", *(row("Hint", words) for words in advice.advice)] if advice.advice else []
    return [*lines, "", row("By", ASKED)]


def _together_lines(advice: Advice, *, windows: bool) -> list[str]:
    from scaffold.builds.install import install_command

    first, *others = advice.together
    lines = [row("Together", first), *(row("", words) for words in others)]
    return [*lines, row("Install", line(*install_command(*advice.builds), windows=windows))]


def _answer_lines(answer: BuildPlan | Missing, *, windows: bool, install: bool) -> list[str]:
    from scaffold.builds.install import install_command
    from scaffold.builds.model import BuildPlan

    if not isinstance(answer, BuildPlan):
        return _missing_lines(answer)
    command = [row("", line(*install_command(answer), windows=windows))] if install else []
    return [*_build_lines(answer), *command]


def _build_lines(build: BuildPlan) -> list[str]:
    device = click.style(build.device, fg="yellow" if build.device == "cpu" else "green", bold=True)
    sure = "" if build.confidence == "high" else f" (confidence: {build.confidence})"
    lines = [row(TITLES[build.framework], f"{build.requirement} on {device}{sure}")]
    lines += [row("", f"because {reason}") for reason in build.reasons]
    lines += [row("", f"warning: {warning}") for warning in (build.needs_consent, *build.warnings) if warning]
    lines += [row("", f"not {one.version} {one.variant}: {one.why}") for one in build.turned_down]
    return lines + [row("", f"set {name}={value}") for name, value in build.environment.items()]


def _missing_lines(missing: Missing) -> list[str]:
    name = TITLES[missing.framework]
    return [row(name, click.style("no build", fg="red")), *(row("", why) for why in missing.why)]
