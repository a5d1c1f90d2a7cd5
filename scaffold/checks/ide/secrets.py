"""Passwords and keys in files that others get. Their values are never shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.ide.shown import evidence
from scaffold.checks.model import Finding, Remedy
from scaffold.pycharm.survey.model import IdeFacts
from scaffold.sources.keys import KEYS, TELLING

#: Values that stand for one that somebody is to fill in.
_EMPTY = re.compile(r"\$|<|\{|x{4}|\*{3}|your|change|example|dummy|test|fake|placeholder|todo", re.IGNORECASE)


def kept(facts: IdeFacts) -> Iterator[Finding]:
    """No shared run configuration holds a password or a key."""
    places = list(_places(facts))
    if places:
        yield Finding(
            id="ide.secret",
            level="error" if any(sure for _, _, sure in places) else "warning",
            title="Files that others get hold what looks like a password or a key",
            detail="whoever can read the repository can use it, also from its history",
            cause="secret",
            evidence=evidence((place, name) for place, name, _ in places),
            remedy=Remedy(
                text="revoke it where you got it; keep the next in a .env file that git ignores (ENV_FILES)"
            ),
        )


def _places(facts: IdeFacts) -> Iterator[tuple[str, str, bool]]:
    for file in facts.shared:
        if file.document is None:
            continue
        for element in file.document.root.iter():
            name = element.get("name", "")
            sure = any(KEYS.search(value) for value in element.attrib.values())
            telling = element.tag == "env" and TELLING.search(name)
            if sure or (telling and looks_secret(element.get("value", ""))):
                yield file.place(element), f"{name or element.tag} (its value is not shown)", sure


def looks_secret(value: str) -> bool:
    """Whether a value under a telling name is more than a switch, a path or something to fill in.

    >>> [looks_secret(value) for value in ("s3cr3t-a9f8e7", "false", "<your key 1>", "postgres")]
    [True, False, False, False]
    """
    mixed = bool(re.search(r"\d", value)) and bool(re.search(r"[A-Za-z]", value))
    return len(value) >= 8 and mixed and not _EMPTY.search(value) and not re.search(r"[\\/\s]", value)
