"""Large folders excluded from indexing, and nothing else changed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from scaffold.pycharm.mending.model import Change
from scaffold.pycharm.survey.folders import to_exclude

if TYPE_CHECKING:
    from scaffold.pycharm.survey.model import IdeFacts

_ROOTS = {"file://$MODULE_DIR$", "file://$PROJECT_DIR$"}


def exclude(facts: IdeFacts) -> tuple[Change, ...]:
    """A change of each module whose content holds data, environments or remains that are not excluded."""
    from scaffold.pycharm.mending.plan import Mended

    copies: dict[str, Mended] = {}
    for module, folder in to_exclude(facts):
        if module.file is None or module.file.document is None:
            continue
        copy = copies.setdefault(module.file.path, Mended(module.file))
        for content in copy.document.root.iter("content"):
            url = content.get("url", "").rstrip("/")
            if url in _ROOTS:
                content.append(Element("excludeFolder", url=f"{url}/{folder.path}"))
                copy.say(f"{folder.path} is excluded")
                break
    return tuple(
        Change(
            path=path,
            before=copy.file.content,
            after=copy.document.to_bytes(),
            reasons=tuple(copy.reasons),
        )
        for path, copy in copies.items()
        if copy.reasons
    )
