"""What cures an environment: exactly its lock where there is one, and no command that will be refused."""

from __future__ import annotations

from collections.abc import Iterable

from scaffold.checks.facts import Facts
from scaffold.checks.model import Remedy
from scaffold.environments.remaking import CREATE, SYNC

LOCK = ("scaffold", "env", "lock")


def anew(facts: Facts, text: str = "make the environment anew", *, packages: Iterable[str] = ()) -> Remedy:
    """Make it again. ``packages``: the pins that an environment of the user's own needs instead.

    One answer for every finding of a report: two that contradict each other would both be wrong.
    """
    if facts.adopted:
        return _in_your_own(facts, tuple(packages))
    unknown = (
        facts.environment is not None and facts.state is None
    )  # perhaps the user's: not replaced unasked
    options = ("--replace",) if unknown else ()
    if not facts.locked:
        return Remedy(text=text, commands=((*CREATE, *options),))
    sync = (*SYNC, *options)
    if facts.metadata_problem is None and _is_outdated(facts):
        return Remedy(text=f"make the lock anew; then {text}", commands=(LOCK, sync))
    return Remedy(text=text, commands=(sync,))


def from_the_source(facts: Facts, names: Iterable[str]) -> Remedy:
    """For files whose content was altered, which no size tells: `sync` and `create` would not see them.

    What a link shares with uv's cache was altered there, too, and would come back from there.
    """
    wanted = tuple(names)
    if facts.adopted:
        return anew(facts, packages=pins(facts, wanted))
    made = anew(facts)
    cleaning = () if facts.made_with == "pip" else ((facts.uv or "uv", "cache", "clean", *wanted),)
    taken = "take them out of uv's cache, and make" if cleaning else "make"
    removing = ("scaffold", "env", "remove", facts.shown_name, "--yes")
    foreign = ("--foreign",) if facts.state is None else ()
    return Remedy(
        text=f"{taken} the environment anew",
        commands=(*cleaning, (*removing, *foreign), *made.commands),
    )


def pins(facts: Facts, names: Iterable[str]) -> tuple[str, ...]:
    """The versions that are installed, as requirements."""
    return tuple(f"{name}=={version}" for name in names if (version := facts.version_of(name)))


def _is_outdated(facts: Facts) -> bool:
    """Whether `sync` would refuse: no lock of this environment, or one that must be made anew."""
    lock = facts.lock
    return lock is None or lock.problem is not None or bool(lock.stale or lock.mixed)


def _in_your_own(facts: Facts, packages: tuple[str, ...]) -> Remedy:
    """An environment of the user's is never written to: the command is theirs to run."""
    if not packages or facts.environment is None or facts.orphaned:
        return Remedy(
            text="mend it with the tool that made it; or have one made instead, which forgets that one",
            commands=((*(SYNC if facts.locked else CREATE), "--replace"),),
        )
    python = str(facts.environment.python)
    again = ("--force-reinstall", "--no-deps") if all("==" in one for one in packages) else ()
    return Remedy(
        text="install it into your environment",
        commands=((python, "-m", "pip", "install", *again, *packages),),
    )
