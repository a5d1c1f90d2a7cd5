"""Keys of well-known services, and values under telling names: nothing of ours ever prints them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scaffold.sources.redact import redact

#: What well-known services begin their keys with.
KEYS = re.compile(
    r"""\b(?: hf_[A-Za-z0-9]{30,} | gh[pousr]_[A-Za-z0-9]{36,} | github_pat_\w{40,} | glpat-[\w-]{20,}
        | sk-[A-Za-z0-9_-]{32,} | AKIA[0-9A-Z]{16} | AIza[\w-]{35} | xox[abprs]-[\w-]{20,}
        | (?:Account|SharedAccess)Key=[A-Za-z0-9+/]{40,}={0,2}
        | eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,} )
      | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY""",
    re.VERBOSE,
)

#: Names of variables and options whose values are secrets.
TELLING = re.compile(
    r"(?:^|[_-])(?:API[_-]?KEY|ACCESS[_-]KEY|AUTH[_-]KEY|PASSPHRASE|PASSWD|PASSWORD|PRIVATE[_-]KEY|SECRET|SECRET[_-]KEY"
    r"|TOKEN)$"
    r"|[A-Za-z0-9][_-](?:PASS|PWD)$",  # PWD alone is a folder
    re.IGNORECASE,
)

#: A part of a connection string: ``Server=db;User=bob;Password=hunter2``.
IN_PARTS = re.compile(
    r"(?P<before>;\s*(?:Password|Pwd|SharedAccessKey)\s*=\s*)(?P<password>[^;\"'\s]+)", re.IGNORECASE
)

HIDDEN = "(not shown)"


def masked(text: str) -> str:
    """The text without the keys in it.

    >>> masked("--token ghp_" + "a1B2" * 9)
    '--token (not shown)'
    >>> masked("Server=db;Password=hunter2;Timeout=3")
    'Server=db;Password=(not shown);Timeout=3'
    """
    return IN_PARTS.sub(rf"\g<before>{HIDDEN}", KEYS.sub(HIDDEN, text))


def shown_value(name: str, value: str) -> str:
    """A variable's value, unless its name or the value itself tells that it is a secret.

    >>> shown_value("HF_TOKEN", "s3cr3t"), shown_value("TOKENIZERS_PARALLELISM", "false")
    ('(not shown)', 'false')
    """
    return HIDDEN if value and TELLING.search(name) else redact(masked(value))


def shown_arguments(arguments: Sequence[str]) -> tuple[str, ...]:
    """A command line without what follows a telling option.

    >>> shown_arguments(("train.py", "--hub-token", "s3cr3t", "--password=1234", "--epochs", "3"))
    ('train.py', '--hub-token', '(not shown)', '--password=(not shown)', '--epochs', '3')
    """
    shown: list[str] = []
    follows = False
    for one in arguments:
        name, sign, _ = one.partition("=")
        telling = bool(TELLING.search(name)) and (one.startswith("-") or bool(sign))
        if follows and not one.startswith("-"):
            shown.append(HIDDEN)
        else:
            shown.append(f"{name}={HIDDEN}" if telling and sign else redact(masked(one)))
        follows = telling and not sign
    return tuple(shown)
