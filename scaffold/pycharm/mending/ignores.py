"""Files of one user: named in .gitignore, so that ``git add`` does not bring them back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.pycharm.mending.model import Change

if TYPE_CHECKING:
    from scaffold.pycharm.survey.model import IdeFacts

PATH = ".gitignore"

#: One user's own, by JetBrains' advice and by what PyCharm's own .gitignore lists.
_OWN = re.compile(
    r"(?:^|.*/)\.idea/(?:workspace\.xml|tasks\.xml|usage\.statistics\.xml|AugmentWebviewStateStore\.xml"
    r"|shelf/.*|httpRequests/.*|dataSources/.*|dataSources\.(?:local\.xml|ids)|.*/contentModel\.xml)"
)


def own_tracked(facts: IdeFacts) -> tuple[str, ...]:
    """Files of one user that git has."""
    return tuple(sorted(name for name in facts.git.tracked if _OWN.fullmatch(name)))


def topmost(name: str) -> str:
    """``.idea/shelf`` for all below it.

    >>> topmost("sub/.idea/shelf/a/b.patch"), topmost(".idea/workspace.xml")
    ('sub/.idea/shelf', '.idea/workspace.xml')
    """
    before, middle, after = name.rpartition(".idea/")
    return f"{before}{middle}{after.split('/')[0]}"


def ignore(facts: IdeFacts) -> Change | None:
    """The missing lines at the end of .gitignore; every byte that is there stays."""
    lines = _missing(facts) if facts.ignores_changeable else ()
    if not lines:
        return None
    before = facts.ignores or b""
    end = b"\r\n" if b"\r\n" in before else b"\n"
    start = before + (end if before and not before.endswith(b"\n") else b"")
    after = start + b"".join(one.encode() + end for one in lines)
    reasons = ("what is one user's own stays out of git",)
    return Change(path=PATH, before=facts.ignores, after=after, reasons=reasons)


def _missing(facts: IdeFacts) -> tuple[str, ...]:
    there = {one.strip() for one in (facts.ignores or b"").decode("utf-8", "replace").splitlines()}
    named = (_line(name) for name in own_tracked(facts) if name not in facts.git.ignored and "\n" not in name)
    return tuple(one for one in dict.fromkeys(named) if not {one, one.lstrip("/")} & there)


def _line(name: str) -> str:
    r"""The line of .gitignore that means it and nothing else.

    >>> _line(".idea/workspace.xml"), _line("a[1]/.idea/shelf/x/a.patch")
    ('/.idea/workspace.xml', '/a\\[1]/.idea/shelf/')
    """
    top = topmost(name)
    return "/" + re.sub(r"([*?\[\\])", r"\\\1", top) + ("" if top == name else "/")
