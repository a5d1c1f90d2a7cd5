"""What is said at the terminal while somebody else's template is rendered."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.projects.foreign.model import ForeignTemplate
    from scaffold.system import System


class Talk:
    """A `scaffold.drawing.foreign.Conversation` with whoever sits at this terminal.

    ``aside`` takes the progress display off it for a while; ``yes`` agrees to what would be asked.
    """

    def __init__(
        self, system: System, aside: Callable[[], AbstractContextManager[None]], *, yes: bool, asks: bool
    ) -> None:
        self._system, self._aside, self._yes, self._asks = system, aside, yes, asks

    def aside(self) -> AbstractContextManager[None]:
        return self._aside()

    def agree(self, template: ForeignTemplate) -> None:
        from scaffold.cli.foreign_options import agree_to_run

        agree_to_run(self._system, template, yes=self._yes, asks=self._asks)
