"""Passwords and keys in files that others get. Their values are never shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.ide.shown import evidence
from scaffold.checks.model import Finding, Remedy
from scaffold.pycharm.mending.arguments import ARGUMENTS, meant, named
from scaffold.pycharm.reading.parameters import parse
from scaffold.pycharm.survey.model import IdeFacts
from scaffold.sources.keys import IN_PARTS, KEYS, TELLING

#: Values that stand for one that somebody is to fill in.
_EMPTY = re.compile(r"\$|<|\{|x{4}|\*{3}|your|change|example|dummy|test|fake|placeholder|todo", re.IGNORECASE)

#: A name that ends so may mean a secret, a token of a language model, or a key of a table: the value tells.
_VAGUE = re.compile(r"(?:KEY|TOKEN)$", re.IGNORECASE)
_SWITCH = re.compile(r"true|false|yes|no|on|off|none|null|[01]", re.IGNORECASE)

#: ``scheme://user:password@host``.
_IN_URL = re.compile(r"\w://[^/\s:@\"']*:(?P<password>[^/\s@\"']+)@")


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
            name, value = element.get("name", ""), element.get("value", "")
            sure = any(KEYS.search(one) for one in element.attrib.values())
            telling = element.tag == "env" and looks_secret(name, value)
            url = any(_in_url(one) for one in element.attrib.values())
            said = name in ARGUMENTS and any(looks_secret(*one) for one in named(parse(meant(name, value))))
            if sure or telling or url or said:
                yield file.place(element), f"{name or element.tag} (its value is not shown)", sure


def _in_url(value: str) -> bool:
    found = (one for pattern in (_IN_URL, IN_PARTS) for one in pattern.finditer(value))
    return any(not _EMPTY.search(one["password"]) for one in found)


def looks_secret(name: str, value: str) -> bool:
    """Whether a value under a name is more than a switch, a path or something to fill in.

    >>> [looks_secret("DB_PASSWORD", value) for value in ("hunter2", "", "<yours>", "$PASSWORD", "changeme")]
    [True, False, False, False, False]
    >>> looks_secret("KAGGLE_KEY", "0123456789abcdef" * 2), looks_secret("PAD_TOKEN", "eos")
    (True, False)
    """
    vague = bool(_VAGUE.search(name))
    if not value or not (vague or TELLING.search(name)):
        return False
    if _EMPTY.search(value) or _SWITCH.fullmatch(value) or re.match(r"[./~]|[A-Za-z]:[\\/]", value):
        return False
    if re.fullmatch(r"\d{1,3}|pass(?:wd|word)?|secret|token|guest", value):  # --second-pass 2; nothing secret
        return False
    mixed = bool(re.search(r"\d", value)) and bool(re.search(r"[A-Za-z]", value))
    return not vague or (mixed and len(value) >= 8 and not re.search(r"\s", value))
