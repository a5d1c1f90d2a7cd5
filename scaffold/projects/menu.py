"""The commands of scaffold that an IDE offers in a menu, for the project that is open there."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One command, started in the project's folder."""

    name: str  # scaffold: doctor
    words: tuple[str, ...]  # what stands behind ``scaffold``: env sync
    options: tuple[str, ...] = ()  # an older scaffold may have written the entry without them
    summary: str
    asks: bool = False  # for one more word, which the user types

    @property
    def arguments(self) -> tuple[str, ...]:
        """All that stands behind ``scaffold``, but the word that is asked for."""
        return (*self.words, *self.options)


#: Every entry there was or will be, so that what an older or newer scaffold wrote is known as ours.
ENTRIES = (
    MenuEntry(
        name="scaffold: doctor",
        words=("doctor",),
        summary="Say what is wrong with this project, and what cures it",
    ),
    MenuEntry(
        name="scaffold: env sync",
        words=("env", "sync"),
        options=("--lock",),  # `scaffold new` leaves none
        summary="Make the environment as the project's lock says, and first the lock where there is none",
    ),
    MenuEntry(
        name="scaffold: update",
        words=("update",),
        summary="Bring this project up to its template's newest version",
    ),
    MenuEntry(
        name="scaffold: run …",
        words=("run",),
        summary="Start one of the project's run configurations by its name",
        asks=True,
    ),
)


def menu() -> tuple[MenuEntry, ...]:
    """The entries whose commands this scaffold has: one that comes with a later version appears by itself."""
    return tuple(one for one in ENTRIES if _exists(one.words))


def _exists(words: tuple[str, ...]) -> bool:
    """A command is the module of its name; looking for it loads none but the groups above."""
    try:
        return find_spec(".".join(("scaffold", "cli", *words))) is not None
    except ModuleNotFoundError:  # its group is not there either
        return False
