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

#: ``<env name="HF_TOKEN" value="..."/>`` and ``HF_TOKEN=...``, as they stand in texts.
_IN_XML = re.compile(r"(?P<before>\bname=\"(?P<name>[^\"]*)\"\s+value=\")(?P<value>[^\"]*)(?=\")")
_NAMED = re.compile(
    r"(?P<before>(?<![\w-])(?P<name>-{0,2}[A-Za-z][\w-]*)(?:=|\s+))(?P<value>[^\s\"'<>&;,|)\]}]+)"
)


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
    text = _IN_XML.sub(_stand_in, text)
    text = _NAMED.sub(_option, text)
    return redact(IN_PARTS.sub(rf"\g<before>{STAND_IN}", text))


def _shape(found: re.Match[str]) -> str:
    """A key of the same form that opens nothing."""
    beginning = _BEGINNING.match(found[0])
    start = beginning.end() if beginning else len(found[0])
    return found[0][:start] + re.sub(r"[A-Za-z0-9]", "0", found[0][start:])


def _stand_in(found: re.Match[str]) -> str:
    return found["before"] + _hidden(found["name"], found["value"])


def _option(found: re.Match[str]) -> str:
    """``--password x`` and ``PASSWORD=x``; a word before a word is none."""
    option = found["name"].startswith("-") or found["before"].endswith("=")
    return found["before"] + (_hidden(found["name"], found["value"]) if option else found["value"])


def _hidden(name: str, value: str) -> str:
    """What is a path, a reference or empty stays: it tells no secret."""
    plain = not value or re.match(r"[./~$<*%{(-]|[A-Za-z]:[\\/]|\d{1,3}$|hidden0", value)
    return value if plain or not TELLING.search(name) else STAND_IN


def _pairs(value: Any) -> Any:
    """Objects with a name and a value, and names of variables before their values."""
    if isinstance(value, dict):
        told = {key: _pairs(one) for key, one in value.items()}
        if isinstance(told.get("name"), str) and isinstance(told.get("value"), str):
            told["value"] = _hidden(told["name"], told["value"])
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
