"""A file of facts without what its owner would not like to mail. Pure functions over plain data.

Replaced: the user's folder and name, the computer's name, ids of devices (by others, the same for the same),
keys and passwords, by stand-ins of the same form, so that the file still says that one was there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scaffold.facts.scrub import each_text, ids_replaced, is_nobodys, without_home, without_names
from scaffold.sources.keys import IN_PARTS, KEYS, TELLING
from scaffold.sources.redact import redact

#: In the place of a password: letters and digits, as one has.
STAND_IN = "hidden0value0of0a0secret"

#: Beginnings that say whose key it is.
_BEGINNING = re.compile(
    r"hf_|gh[pousr]_|github_pat_|glpat-|sk-|AKIA|AIza|xox[abprs]-|(?:Account|SharedAccess)Key=|eyJ"
)

_PRIVATE = re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END|[\"'<]|\Z)", re.DOTALL)

#: A tag, and its attributes: ``<env name="HF_TOKEN" value="..."/>``, in any order and with either quote.
_TAG = re.compile(r"<\w+\s[^<>]{1,4000}>")
_ATTRIBUTE = re.compile(r"(?P<before>\b(?P<name>name|value)=(?P<quote>[\"']))(?P<value>.*?)(?=(?P=quote))")

#: ``HF_TOKEN=...``, ``"password": "..."``, ``--hub-token ...``, as they stand in texts.
_NAMED = re.compile(
    r"(?P<before>(?<![\w-])(?P<name>-{0,2}[A-Za-z][\w-]*)(?P<sign>[\"']?[ \t]*[=:][ \t]*[\"']?|\s+))"
    r"(?P<value>[^\s\"'<>&;,|)\]}]+)"
)
_HEADER = re.compile(
    r"(?P<before>\bauthorization[\"']?\s*[:=]\s*[\"']?(?:\w+\s+)?)(?P<value>[^\s\"']+)", re.IGNORECASE
)

#: Further names of secrets: here one word too many is hidden rather than one too few.
_FURTHER = re.compile(
    r"(?:[_-]|api)key$|(?:^|[_-])(?:pw|pass|auth|credentials?|cookie|key[_-]id)$|(?-i:[a-z](?:Key|Token|Secret|Password)$)",
    re.IGNORECASE,
)

#: Values that tell no secret whatever their name: paths, references to something else, small numbers.
_PLAIN = re.compile(
    r"\.{0,2}/?$|(?:\.{1,2}|~)[\\/]|[A-Za-z]:[\\/]"
    r"|[$][\w{(]|%\w+%|<[^<>]*>?$|\*+$|\{\{?[\w. ]*\}|\((?:not|un)?\s?\w+\)?$|--\w"
    r"|/(?:home|run|etc|var|opt|usr|root|mnt|data|tmp|Users|srv|secrets|dev|proc|workspace|content|Volumes|media)/"
    r"|\d{1,3}$|hidden0"
)

#: A value of a variable that looks like nothing but a key: long, letters and digits, no words of a path.
_RANDOM = re.compile(r"(?!GPU-|MIG-)(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9+/=_-]{31,}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What tells who and where the user is."""

    home: str = ""
    computer: str = ""
    user: str = ""


def redacted_facts(record: dict[str, Any], names: Names) -> dict[str, Any]:
    """The record, fit to be shown to strangers."""
    kept: dict[str, Any] = each_text(_pairs(record), without_secrets)
    kept = each_text(kept, ids_replaced(_texts(kept)))
    shown: dict[str, Any] = _without(kept, names)
    return shown


def redacted_text(text: str, names: Names) -> str:
    """The same for a text, such as a report."""
    plain: str = _without(ids_replaced([text])(without_secrets(text)), names)
    return plain


def _without(value: Any, names: Names) -> Any:
    if names.home and not is_nobodys(names.home):
        neutral = "C:\\Users\\user" if "\\" in names.home else "/home/user"
        value = each_text(value, lambda text: without_home(text, names.home, neutral))
    return each_text(value, lambda text: without_names(text, names.computer, names.user))


def without_secrets(text: str) -> str:
    """Keys, passwords in addresses, and values behind telling names, by stand-ins.

    >>> without_secrets('<env name="HF_TOKEN" value="s3cr3t"/> https://bob:hunter2@host/x')
    '<env name="HF_TOKEN" value="hidden0value0of0a0secret"/> https://***@host/x'
    >>> without_secrets("--hub-token abc1 --epochs 3 hf_" + "aB3" * 10)
    '--hub-token hidden0value0of0a0secret --epochs 3 hf_000000000000000000000000000000'
    """
    text = KEYS.sub(_shape, _PRIVATE.sub(r"\1 ", text))
    text = _HEADER.sub(rf"\g<before>{STAND_IN}", _TAG.sub(_tag, text))
    text = _NAMED.sub(_option, text)
    return redact(IN_PARTS.sub(rf"\g<before>{STAND_IN}", text))


def _shape(found: re.Match[str]) -> str:
    """A key of the same form that opens nothing."""
    beginning = _BEGINNING.match(found[0])
    start = beginning.end() if beginning else len(found[0])
    return found[0][:start] + re.sub(r"[A-Za-z0-9]", "0", found[0][start:])


def _tag(found: re.Match[str]) -> str:
    """A tag, less the value that belongs to a telling name."""
    names = {one["name"]: one["value"] for one in _ATTRIBUTE.finditer(found[0])}

    def hidden(one: re.Match[str]) -> str:
        value = _hidden(names.get("name", ""), one["value"]) if one["name"] == "value" else one["value"]
        return one["before"] + value

    return _ATTRIBUTE.sub(hidden, found[0])


def _option(found: re.Match[str]) -> str:
    """``--password x``, ``PASSWORD=x`` and ``password: x``; a word before a word is none."""
    option = found["name"].startswith("-") or not found["sign"].isspace()
    return found["before"] + (_hidden(found["name"], found["value"]) if option else found["value"])


def _hidden(name: str, value: str) -> str:
    """What is a path, a reference or empty stays: it tells no secret."""
    telling = TELLING.search(name) or _FURTHER.search(name)
    return STAND_IN if value and telling and not _PLAIN.match(value) else value


def _of_variable(name: str, value: str) -> str:
    """A variable's value: one that looks like a key is one, whatever the variable is called."""
    return STAND_IN if _RANDOM.match(value) else _hidden(name, value)


def _pairs(value: Any) -> Any:
    """Objects with a name and a value, and names of variables before their values."""
    if isinstance(value, dict):
        told = {key: _pairs(one) for key, one in value.items()}
        if isinstance(told.get("name"), str) and isinstance(told.get("value"), str):
            told["value"] = _of_variable(told["name"], told["value"])
        return {key: _hidden(key, one) if isinstance(one, str) else one for key, one in told.items()}
    return [_pairs(one) for one in value] if isinstance(value, list) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
