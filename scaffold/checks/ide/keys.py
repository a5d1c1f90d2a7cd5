"""Keys of well-known services, which nothing of ours ever prints."""

from __future__ import annotations

import re

#: What well-known services begin their keys with.
KEYS = re.compile(
    r"""\b(?: hf_[A-Za-z0-9]{30,} | gh[pousr]_[A-Za-z0-9]{36,} | github_pat_\w{40,} | glpat-[\w-]{20,}
        | sk-[A-Za-z0-9_-]{32,} | AKIA[0-9A-Z]{16} | AIza[\w-]{35} | xox[abprs]-[\w-]{20,}
        | eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,} )
      | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY""",
    re.VERBOSE,
)


def masked(text: str) -> str:
    """The text without the keys in it.

    >>> masked("--token ghp_" + "a1B2" * 9)
    '--token (not shown)'
    """
    return KEYS.sub("(not shown)", text)
