"""A list of options that typing narrows; which one is in sight. Nothing is drawn here."""

from __future__ import annotations

from scaffold.cli.dialogue.model import Option


class Picker:
    """One of several options is looked at."""

    def __init__(self, options: tuple[Option, ...], default: str) -> None:
        self.options = options
        self.typed = ""
        self.found = options
        self._at = next((index for index, one in enumerate(options) if one.value == default), 0)

    @property
    def current(self) -> Option | None:
        """The option in sight; None where nothing fits what was typed."""
        return self.found[self._at] if self.found else None

    def move(self, by: int) -> None:
        """The next one, and from the last to the first."""
        if self.found:
            self._at = (self._at + by) % len(self.found)

    def narrow(self, typed: str) -> None:
        """Only what holds the text stays, what begins with it first; the one in sight stays so if it can."""
        seen = self.current
        self.typed = typed
        wanted = typed.casefold()
        fitting = [one for one in self.options if wanted in f"{one.value} {one.title}".casefold()]
        self.found = tuple(sorted(fitting, key=lambda one: not one.value.casefold().startswith(wanted)))
        stays = seen in self.found and not typed
        self._at = self.found.index(seen) if stays and seen is not None else 0

    def shown(self, room: int) -> tuple[Option, ...]:
        """So many options, the one in sight among them."""
        start = min(max(0, self._at - room // 2), max(0, len(self.found) - room))
        return self.found[start : start + room]
