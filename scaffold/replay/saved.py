"""Everything that doctor looked at, written down and read again: schema ``scaffold/facts/1``.

``{"schema": "scaffold/facts/1", "scaffold": version, "about": "Ubuntu 24.04 ...", "facts": {...}}``. The
facts are those of `scaffold.checks.facts.Facts`, field by field; what is as it is by default is left out.
A file may come from a stranger: it is read strictly, and what is odd in it is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scaffold import __version__
from scaffold.checks.facts import Facts
from scaffold.errors import OptionRefused
from scaffold.logs.model import Log, Sign
from scaffold.logs.signatures import signatures
from scaffold.pycharm.survey.model import IdeFacts
from scaffold.replay.ide_files import read_ide, write_ide
from scaffold.replay.redacted import Names, redacted_facts
from scaffold.replay.typed import Forms, Odd, read, written
from scaffold.system import System

SCHEMA = "scaffold/facts/1"


def record(facts: Facts) -> dict[str, Any]:
    """The facts as they stand in a file, with every name that they hold."""
    return {
        "schema": SCHEMA,
        "scaffold": __version__,
        "about": about(facts),
        "facts": written(facts, _FORMS),
    }


def shown_record(system: System, facts: Facts) -> dict[str, Any]:
    """The facts as they may be shown to strangers."""
    from scaffold.facts.save import names_of

    names = Names(home=str(system.home or ""), **names_of(system))
    return redacted_facts(record(facts), names)


def save(system: System, facts: Facts, path: Path) -> None:
    """Write the facts down, without names and keys. Raises TargetOccupied, NoSpace, NoPermission."""
    from scaffold.facts.save import save_record

    content = shown_record(system, facts)
    save_record(content, path, what="file of doctor's facts", example="scaffold doctor --save facts.json")


def restored(told: Mapping[str, Any], path: str = "the facts") -> Facts:
    """The facts of what `record` wrote. Raises OptionRefused that names the place where they are odd.

    ``told`` is as it was: what doctor looked up is as whole as on the day it did.
    """
    try:
        return _facts(told.get("facts"))
    except (Odd, RecursionError) as problem:
        made_with = told.get("scaffold")
        other = isinstance(made_with, str) and made_with != __version__
        raise OptionRefused(
            f"{path} holds no facts of doctor's",
            detail=(str(problem),),
            hint=f"it was written by scaffold {made_with[:20]}, this is {__version__}; write it anew"
            if other and isinstance(made_with, str)
            else "write it anew: scaffold doctor --save FILE",
        ) from None


def _facts(value: Any) -> Facts:
    facts: Facts = read(Facts, value, "facts", _FORMS)
    if any(one.further for one in facts.further):
        raise Odd("facts.further: environments of environments")
    return facts


def about(facts: Facts) -> str:
    """The machine in a few words."""
    host = facts.machine.host
    names = ", ".join(dict.fromkeys(one.name for one in facts.machine.accelerators)) or "no accelerator"
    return f"{host.os_version or host.os} on {host.architecture}: {names}"


def _write_sign(sign: Sign) -> dict[str, Any]:
    return {
        "signature": sign.signature.name,
        "line": sign.line,
        "text": sign.text,
        "groups": list(sign.groups),
    }


def _read_log(value: Any, place: str) -> Log:
    """A log by the names of its signatures; one that is no longer known says nothing."""
    if not isinstance(value, dict) or not isinstance(value.get("signs", []), list):
        raise Odd(f"{place}: a log is an object with source, size, lines, signs")
    plain = {name: one for name, one in value.items() if name != "signs"}
    log: Log = read(Log, plain, place, {})
    rows = enumerate(value.get("signs", []))
    signs = [_read_sign(row, f"{place}.signs[{number}]") for number, row in rows]
    return replace(log, signs=tuple(one for one in signs if one is not None))


def _read_sign(row: Any, place: str) -> Sign | None:
    if not isinstance(row, dict) or set(row) != {"signature", "line", "text", "groups"}:
        raise Odd(f"{place}: a sign has signature, line, text and groups")
    name = read(str, row["signature"], f"{place}.signature", {})
    known = next((one for one in signatures() if one.name == name), None)
    line = read(int, row["line"], f"{place}.line", {})
    text = read(str, row["text"], f"{place}.text", {})
    groups = read(tuple[str, ...], row["groups"], f"{place}.groups", {})
    return Sign(signature=known, line=line, text=text, groups=groups) if known else None


def _write_log(log: Log) -> dict[str, Any]:
    rest = written(replace(log, signs=()), {})
    return {**rest, "signs": [_write_sign(one) for one in log.signs]}


_FORMS: Forms = {IdeFacts: (write_ide, read_ide), Log: (_write_log, _read_log)}
