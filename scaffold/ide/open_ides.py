"""IDEs that are open while files change that they hold in memory, and write themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scaffold.pycharm.running import running_ides

if TYPE_CHECKING:
    from scaffold.pycharm.mending.model import Change
    from scaffold.system import System


def open_ides(changes: Sequence[Change], system: System) -> tuple[str, ...]:
    """Those that may write over the changes: an IDE reads run configurations anew, but keeps its modules."""
    if not any(one.path.endswith((".iml", "modules.xml")) for one in changes):
        return ()
    return tuple(dict.fromkeys(one.words for one in running_ides(system)))


def closing(ides: Sequence[str]) -> str:
    """What the user is told of them."""
    return f"PyCharm is open: {', '.join(ides)}. Close the project there, or it writes over this."
