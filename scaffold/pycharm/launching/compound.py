"""Run configurations that name others: a compound's members, and what is run before a launch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scaffold.errors import LaunchFailed
from scaffold.pycharm.launching.launch import resolve_configuration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.pycharm.model import ConfigurationFile, Launch
    from scaffold.system import System


def resolve_members(
    root: Path,
    compound: ConfigurationFile,
    found: Sequence[ConfigurationFile],
    *,
    system: System,
    registered: Mapping[str, Path] | None = None,
) -> tuple[Launch, ...]:
    """The launch of everything that a compound starts; ``found`` are the project's run configurations.

    Raises LaunchFailed where one of them is not there or cannot be started: then none of them is.
    """
    members = members_of(compound, found)
    return tuple(resolve_configuration(root, one, system=system, registered=registered) for one in members)


def resolve_steps(
    root: Path,
    configuration: ConfigurationFile,
    found: Sequence[ConfigurationFile],
    *,
    system: System,
    registered: Mapping[str, Path] | None = None,
) -> tuple[Launch, ...]:
    """What the IDE runs before it starts one or a compound, each once, in order; steps have steps, too.

    Raises LaunchFailed where one of them is not there or cannot be started.
    """
    steps = steps_of(configuration, found)
    return tuple(resolve_configuration(root, one, system=system, registered=registered) for one in steps)


def steps_of(
    configuration: ConfigurationFile, found: Sequence[ConfigurationFile]
) -> tuple[ConfigurationFile, ...]:
    """The run configurations that are run before one, or before any member of a compound.

    Raises LaunchFailed for one that is not there, or that would have to run before itself.
    """
    steps: dict[str, ConfigurationFile] = {}

    def add(one: ConfigurationFile, waiting: tuple[str, ...]) -> None:
        for name in one.before:
            if name in waiting:
                circle = " → ".join((*waiting[waiting.index(name) :], name))
                raise LaunchFailed(f"{name!r} would have to run before itself", detail=(circle,))
            step = next((other for other in found if other.name == name), None)
            if step is None:
                raise _missing(f"{one.name!r} runs {name!r} first", one, found)
            add(step, (*waiting, name))
            steps.setdefault(name, step)

    compound = configuration.kind == "compound"
    for one in members_of(configuration, found) if compound else (configuration,):
        add(one, (one.name,))
    return tuple(steps.values())


def members_of(
    compound: ConfigurationFile, found: Sequence[ConfigurationFile]
) -> tuple[ConfigurationFile, ...]:
    """What a compound starts, each once; compounds among its members stand for their own members.

    Raises LaunchFailed for a member that is not there, which the IDE would pass over without a word.
    """
    members: dict[tuple[str, str], ConfigurationFile] = {}
    seen, todo = {compound.name}, [compound]
    while todo:
        one = todo.pop(0)
        for name, kind in one.members:
            member = _member(one, name, kind, found)
            if member.kind != "compound":
                members[member.name, member.type] = member
            elif member.name not in seen:  # the IDE lets nobody draw a circle, an editor does
                seen.add(member.name)
                todo.append(member)
    if not members:
        raise LaunchFailed(f"{compound.name!r} starts nothing", detail=(str(compound.path),))
    return tuple(members.values())


def _member(
    compound: ConfigurationFile, name: str, kind: str, found: Sequence[ConfigurationFile]
) -> ConfigurationFile:
    named = [one for one in found if one.name == name]
    for one in named:
        if one.type == kind or one.problem:  # a file that cannot be read says so itself when it is started
            return one
    raise _missing(f"{compound.name!r} starts {name!r}", compound, found, kind if named else "")


def _missing(
    said: str, named_in: ConfigurationFile, found: Sequence[ConfigurationFile], kind: str = ""
) -> LaunchFailed:
    there = ", ".join(one.name for one in found if one.kind not in {None, "compound"})
    return LaunchFailed(
        f"{said}, and there is no such run configuration" + (f" of type {kind}" if kind else ""),
        detail=(str(named_in.path), f"there are: {there}"),
        hint="Correct the name in that file, or in PyCharm: Run → Edit Configurations…",
    )
