"""What a sign in an installer's output is made of."""

from __future__ import annotations

from dataclasses import dataclass

from scaffold.errors import InstallFailed, ScaffoldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A pattern in an installer's output, and what to tell a user who meets it.

    ``named`` finds what ``{name}`` in the message and the hint stands for: its group
    ``name``, else its first one that matched; ``{package}`` is the same without a version.
    ``attempts``: how often the same is worth trying in all; more than once where it may pass.
    """

    code: str
    pattern: str
    message: str
    hint: str = ""
    uv_hint: str = ""  # what more there is to do where uv installs
    named: str = ""
    error: type[ScaffoldError] = InstallFailed
    attempts: int = 1
    is_damage: bool = False  # a file arrived damaged: it must not come from a cache the next time


#: Where a URL's or a connection's host stands.
HOST = (
    r"Failed to fetch: `?[a-z]+://(?:[^/@\s]*@)?([^/\s)'\"`]+)|host='([^']+)'"
    r"|[a-z]+://(?:[^/@\s]*@)?([^/\s)'\"`]+)"
)

#: What to do about a line, or a mirror, that is too slow.
SLOW = (
    "try another mirror (scaffold env mirrors --check --all tells how fast they are), or allow more time: "
    "UV_HTTP_TIMEOUT=120 (seconds; pip: PIP_TIMEOUT)"
)
