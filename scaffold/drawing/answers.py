"""What a project of ours was made with, changed after the event: `scaffold update --answers ide=vscode`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast, get_args

from scaffold.builds.model import FRAMEWORKS, BuildPlan, Framework
from scaffold.errors import OptionRefused
from scaffold.projects.model import Ide, Record, Template
from scaffold.system import System


def answered(system: System, template: Template, record: Record, answers: Mapping[str, str]) -> Record:
    """The record with other answers: ``frameworks`` (pytorch, keras, both) and ``ide``.

    A build of a framework that is added is chosen for this machine. Raises OptionRefused, NoBuild.
    """
    unknown = sorted(set(answers) - {"frameworks", "ide"})
    if unknown:
        raise _no_answer(unknown[0])
    ide = answers.get("ide", record.ide)
    if ide not in get_args(Ide):
        raise OptionRefused(f"ide={ide} is no answer", hint=f"one of: {', '.join(get_args(Ide))}")
    said = answers.get("frameworks")
    frameworks = record.frameworks if said is None else _frameworks(template, said)
    changed = replace(record, ide=cast("Ide", ide), frameworks=frameworks)
    return replace(changed, builds=_builds(system, changed), python=changed.python or "3.12")


def _frameworks(template: Template, said: str) -> tuple[Framework, ...]:
    wanted = set(FRAMEWORKS) if said == "both" else set(said.split(","))
    if not wanted or wanted - set(template.frameworks):
        there = " and ".join(template.frameworks)
        raise OptionRefused(
            f"frameworks={said} is no answer: template {template.name} has {there}",
            hint="such as: --answers frameworks=pytorch, keras or both",
        )
    return tuple(one for one in FRAMEWORKS if one in wanted)


def _builds(system: System, record: Record) -> tuple[BuildPlan, ...]:
    """Those that it has; for what is missing, what the tables say of this machine, without a network."""
    known = {one.framework: one for one in record.builds}
    if not set(record.frameworks) - set(known):
        return tuple(known[one] for one in record.frameworks)
    from pathlib import Path

    from scaffold import builds, machine

    seen = machine.detect(system, Path.cwd())
    choice = builds.choose(seen, [record.python or "3.12"], record.frameworks, None)
    chosen = {one.framework: one for one in choice.builds}
    return tuple(known.get(one) or chosen[one] for one in record.frameworks)


def _no_answer(name: str) -> OptionRefused:
    if name == "name":
        return OptionRefused(
            "a project's name cannot be changed by an update: its package, imports and run configurations"
            " have it, and so may whatever you wrote",
            hint="make another project and move your code: scaffold new NAME",
        )
    return OptionRefused(f"there is no answer {name!r}", hint="there are: frameworks, ide")
