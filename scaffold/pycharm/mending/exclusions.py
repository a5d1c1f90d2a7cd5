"""Large folders excluded from indexing, and nothing else changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.pycharm.mending.mended import Mended
from scaffold.pycharm.mending.model import Change
from scaffold.pycharm.mending.modules import mark
from scaffold.pycharm.survey.folders import to_exclude

if TYPE_CHECKING:
    from scaffold.pycharm.survey.model import IdeFacts


def exclude(facts: IdeFacts) -> tuple[Change, ...]:
    """A change of each module whose content holds data, environments or remains that are not excluded."""
    copies: dict[str, Mended] = {}
    for module, folder in to_exclude(facts):
        if module.file is not None and module.file.changeable:
            copy = copies.setdefault(module.file.path, Mended(module.file))
            mark(copy, folder.path, "excluded", facts)
    return tuple(
        Change(
            path=path,
            before=copy.file.content,
            after=copy.document.to_bytes(),
            reasons=tuple(copy.reasons),
        )
        for path, copy in copies.items()
    )
