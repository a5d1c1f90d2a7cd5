"""A plan in words: what was found, what was chosen and why, what will be downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scaffold.builds.model import TITLES
from scaffold.cli.detect import accelerator_text, host_rows
from scaffold.cli.registration_view import registration_lines
from scaffold.cli.text import arrow, can_show, counted, flat, paragraph, size
from scaffold.shell import line

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.builds.model import BuildPlan
    from scaffold.drawing.foreign import ForeignDrawing
    from scaffold.environments.model import EnvironmentPlan, Proof
    from scaffold.machine.model import Accelerator, Machine
    from scaffold.new import NewPlan, NewReport
    from scaffold.setup import SetupPlan, SetupReport


def new_plan_lines(plan: NewPlan, *, whole: bool = False) -> list[str]:
    """The plan of ``scaffold new``; with ``whole``, every reason, file and download."""
    lines = [*setup_plan_lines(plan.setup, whole=whole)]
    lines.append(
        paragraph("Project", f"{plan.target}: {len(plan.files)} files from template {plan.template.name}")
    )
    if plan.record.origin:
        at = f" at {plan.record.revision}" if plan.record.revision else ""
        lines.append(paragraph("", f"which comes from {plan.record.origin}{at}"))
    lines += [paragraph("Note", one) for one in plan.notices]
    if plan.foreign is not None:
        lines += foreign_lines(plan.foreign, whole=whole)
    if whole:
        lines += [paragraph("", str(path)) for path in sorted(plan.files)]
    return lines


def foreign_lines(drawn: ForeignDrawing, *, whole: bool) -> list[str]:
    """What copier or cookiecutter did, what was left out, and what the project was seen to need."""
    from scaffold.cli.foreign_options import account_lines

    lines = account_lines(drawn.account)
    lines += [paragraph("Note", notice) for notice in drawn.account.notices]
    lines += [paragraph("Needs", f"{name}: seen in {where}") for name, where in drawn.found.seen.items()]
    if whole:
        answers = drawn.blueprint.record.answers.items()
        told = [flat(f"{key}: {one}") for key, one in answers]
        lines += [paragraph("" if number else "Answers", one) for number, one in enumerate(told)]
    return lines


def setup_plan_lines(plan: SetupPlan, *, whole: bool = False) -> list[str]:
    """Machine, Python, builds, environment."""
    lines = [*machine_summary(plan.machine)]
    lines.append(
        paragraph(
            "Python", f"{plan.interpreter.version} ({plan.interpreter.origin}: {plan.interpreter.path})"
        )
    )
    lines += [paragraph("", f"because {reason}") for reason in plan.choice.reasons]
    for build in plan.choice.builds:
        lines += build_lines(build, whole=whole)
    for build in plan.choice.apart:
        lines += build_lines(build, whole=whole, apart=True)
    if whole:
        lines += [paragraph("", f"not Python {one.version}: {one.why}") for one in plan.choice.turned_down]
    lines += [paragraph("Note", notice) for notice in plan.choice.notices]
    for environment in plan.environments:
        lines += environment_lines(environment, whole=whole)
    return lines


def machine_summary(machine: Machine) -> list[str]:
    """The machine on a few lines."""
    rows = dict(host_rows(machine.host))
    told = [rows[name] for name in ("System", "Processor", "Memory") if rows[name] != "unknown"]
    lines = [paragraph("Machine", " · ".join(told))]
    lines += [paragraph("", text) for text in accelerator_texts(machine.accelerators)]
    if not machine.accelerators:
        lines.append(paragraph("", "no accelerator that a framework could use"))
    return lines + [paragraph("Note", note) for note in machine.notes]


def accelerator_texts(accelerators: tuple[Accelerator, ...]) -> list[str]:
    """One line for all of a kind: ``8 x NVIDIA H200 · nvidia 0 to 7 · ...``."""
    groups: list[list[Accelerator]] = []
    for one in accelerators:
        if groups and _kind(groups[-1][0]) == _kind(one):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [_group_text(group) for group in groups]


def _kind(one: Accelerator) -> tuple[object, ...]:
    return one.vendor, one.name, one.memory, one.capability, one.driver, one.status


def _group_text(group: list[Accelerator]) -> str:
    first, last = group[0], group[-1]
    text = accelerator_text(first)
    if first is last:
        return text
    numbers = f"{first.vendor} {first.index}"
    return f"{len(group)} x {text.replace(numbers, f'{numbers} to {last.index}', 1)}"


def build_lines(build: BuildPlan, *, whole: bool = False, apart: bool = False) -> list[str]:
    """One framework's build and its reasons; ``apart``: in an environment of its own."""
    name = TITLES[build.framework] + (" (GPU)" if apart else "")
    companions = f" with {', '.join(build.companions)}" if build.companions else ""
    sure = "" if build.confidence == "high" else f" (confidence: {build.confidence})"
    lines = [paragraph(name, f"{build.requirement}{companions} on {build.device}{sure}")]
    reasons = build.reasons if whole else build.reasons[:2]
    lines += [paragraph("", f"because {reason}") for reason in reasons]
    lines += [paragraph("", f"warning: {warning}") for warning in build.warnings]
    lines += [
        paragraph("", f"programs start with {name}={value}") for name, value in build.environment.items()
    ]
    if whole:
        lines += [paragraph("", f"not {one.version} {one.variant}: {one.why}") for one in build.turned_down]
    return lines


def environment_lines(plan: EnvironmentPlan, *, whole: bool = False) -> list[str]:
    """What will be downloaded and how much room it takes."""
    here = sum(1 for one in plan.downloads if one.local)
    unknown = sum(1 for one in plan.downloads if one.size is None and not one.local)
    text = _download_text(plan, count=len(plan.downloads) - here, unknown=unknown)
    text += f"; {here} are on this machine already" if here else ""
    about = "at least" if unknown else "about"
    lines = [
        paragraph("Download", text),
        paragraph(
            "Environment",
            f"{plan.location}, installed by {plan.installer}; {about} {size(plan.disk_needed)} on disk",
        ),
    ]
    lines += [paragraph("Note", notice) for notice in plan.notices]
    if whole:
        lines += [
            paragraph(
                "", f"{one.name} {one.version}  {'here' if one.local else size(one.size)}  {one.source}"
            )
            for one in plan.downloads
        ]
    return lines


def _download_text(plan: EnvironmentPlan, *, count: int, unknown: int) -> str:
    """What must be downloaded; a size that nobody tells must not pass for none."""
    if count and unknown == count:
        return f"{counted(count, 'package')} (their source does not tell their sizes)"
    told = f" (the size of {unknown} is not told by their source)" if unknown else ""
    return f"{'at least ' if unknown else ''}{size(plan.download_size)} in {counted(count, 'package')}{told}"


def new_report_lines(plan: NewPlan, report: NewReport) -> list[str]:
    """What stands now, and what to do next."""
    lines = setup_report_lines(report.setup) if report.setup else []
    return [*lines, "", *next_lines(plan, environment=report.setup is not None)]


def setup_report_lines(report: SetupReport) -> list[str]:
    """The environment, and the proof that each framework computes."""
    lines = []
    for one in report.made:
        about = f"Python {one.environment.version}, {counted(len(one.environment.packages), 'package')}"
        lines.append(paragraph("Made", f"{one.environment.location}: {about}"))
        lines += [paragraph(f"{TITLES[proof.framework]} works", proof_text(proof)) for proof in one.proofs]
    lines += [paragraph("" if number else "Warning", one) for number, one in enumerate(report.warnings)]
    lines += [paragraph("Kept", f"{name}: what somebody wrote or chose there stays") for name in report.kept]
    return [*lines, *registration_lines(report.registration)]


def proof_text(proof: Proof) -> str:
    """``2.13.0+cpu on cpu: one training step, loss 2.31 → 2.24, 3.1 s with the import``."""
    where = f"{proof.device} ({proof.device_name})" if proof.device_name else proof.device
    step = f"one training step, loss {proof.loss_before:.3f} {arrow()} {proof.loss_after:.3f}"
    return f"{proof.version} on {where}: {step}, {proof.seconds:.1f} s with the import"


def next_lines(plan: NewPlan, *, environment: bool) -> list[str]:
    """The folder, the button, and the same in the terminal."""
    play = "▶" if can_show("▶") else "Run"
    lines = [
        ready(plan, environment=environment),
        *_buttons(plan, play),
        f"  In the terminal: {line('cd', relative(plan.target))}",
    ]
    if not environment:
        first = line("cd", relative(plan.target)) + " && scaffold env create"
        lines.insert(1, f"  First:           {first}   (Python environment and the IDE's files)")
    if plan.first_run:
        lines.append(f"                   {line('scaffold', 'run', plan.first_run)}")
    further = ", ".join(TITLES[one.framework] for one in plan.setup.choice.apart) if environment else ""
    return [*lines, f"  {further} on the GPU: the run configurations that end in GPU"] if further else lines


def _buttons(plan: NewPlan, play: str) -> list[str]:
    """What to press in the IDE that the project is made for."""
    press, start = f" and press {play} {plan.first_run}", f", then Run and Debug: {plan.first_run}"
    pycharm = f"  In PyCharm:      open the folder{press if plan.first_run else ''}"
    vscode = f"  In VS Code:      open the folder{start if plan.first_run else ''}"
    return {"pycharm": [pycharm], "vscode": [vscode], "both": [pycharm, vscode]}[plan.record.ide]


def ready(plan: NewPlan, *, environment: bool) -> str:
    """``Ready: FOLDER``, or that the files alone are written."""
    word = "Ready: " if environment else "Written: "
    return click.style(word, fg="green", bold=True) + str(plan.target)


def relative(path: Path) -> Path:
    """The path as one would type it from here."""
    from pathlib import Path

    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
