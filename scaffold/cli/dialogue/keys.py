"""The keys that leave a question without an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scaffold.cli.dialogue.model import GoBack, Question

if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent


def leaving(question: Question, empty: Callable[[], bool]) -> KeyBindings:
    """To the question before, by Left only where it is ``empty``, or to no other."""
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()

    @keys.add("s-tab", filter=Condition(lambda: question.back))
    @keys.add("left", filter=Condition(lambda: question.back and empty()))
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=GoBack())

    @keys.add("c-c")
    @keys.add("<sigint>")
    @keys.add("c-d")
    @keys.add("escape", eager=True)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt)

    return keys
