"""Secret answers: which they are, and what a project remembers of a rendering that holds some.

That is the same rendering with every secret at its default. What an update renders is so, too: where the two
agree, the user's line with the secret in it is kept by the ordinary merge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from scaffold.errors import ScaffoldError
from scaffold.projects.foreign.child import Request
from scaffold.projects.foreign.model import Question, Secrets
from scaffold.projects.snapshot import Entry, Snapshot

#: What stands between the signs of an expression, in any of the spellings that authors choose.
_EXPRESSION = re.compile(r"(?:{{|{%|\[\[|\[%|<<|<%)(.*?)(?:}}|%}|\]\]|%\]|>>|%>)", re.DOTALL)

_WHY = "that was the rendering which a project remembers: the template's secrets at their defaults"


def secret_names(questions: Iterable[Question]) -> frozenset[str]:
    """The questions whose answers are remembered nowhere: secret ones, and those with a default made of one.

    >>> asked = [Question(name="pw", secret=True), Question(name="a", default="{{ pw | hash }}")]
    >>> asked += [Question(name="b", default="pw"), Question(name="c", default="{{ a }}")]
    >>> sorted(secret_names(asked))
    ['a', 'c', 'pw']
    """
    found: set[str] = set()
    for one in questions:
        if one.secret or found & set(_names_in(one.default)):
            found.add(one.name)
    return frozenset(found)


def _names_in(default: Any) -> Iterable[str]:
    for inner in _EXPRESSION.findall(default) if isinstance(default, str) else ():
        yield from re.findall(r"\w+", inner)


def hidden(text: str, values: Iterable[str], instead: str = "***") -> str:
    """A text without the secrets in it.

    >>> hidden("task: login --with hunter2", ["hunter2"])
    'task: login --with ***'
    """
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, instead)
    return text


def keep(
    request: Request,
    names: frozenset[str],
    files: Snapshot,
    answers: Mapping[str, Any],
    again: Callable[[Request], tuple[Snapshot, Mapping[str, str]]],
    values: Mapping[str, str],
    *,
    ran: bool,
) -> Secrets:
    """What to keep of ``files``, which ``request`` came to; ``values`` are the secrets in them.

    ``again`` renders once more, without any code of the template's, and tells the secrets in that. Where code
    ``ran``, what it made is kept as it is, but for the secrets that stand in it word for word. Raises what
    rendering does.
    """
    plain = replace(
        request,
        answers={name: one for name, one in request.answers.items() if name not in names},
        remembered={**request.remembered, **answers},
        tasks=False,
        secrets="fixed",
    )
    try:
        kept, defaults = again(plain)
    except ScaffoldError as problem:
        problem.detail = (*problem.detail, _WHY)
        raise
    said = request.again and names.intersection(request.answers)  # a new project has them as they are
    told = again(replace(plain, answers=request.answers))[0] if said else kept
    bare = again(replace(request, tasks=False))[0] if ran else files
    sides = (kept, told, bare, _otherwise(plain, again, kept))
    paths = frozenset(path for path in {*kept, *told, *bare} if len({one.get(path) for one in sides}) > 1)
    if not ran:
        return Secrets(kept=kept, answered=told, paths=paths)
    made = {path: one for path, one in files.items() if path not in paths}
    given = {name: value for name, value in values.items() if value != defaults.get(name)}
    less = {path: _less(one, given, defaults) for path, one in made.items() if bare.get(path) != one}
    less = {path: one for path, one in less.items() if hidden(str(path), given.values()) == str(path)}
    same = {path: one for path, one in made.items() if bare.get(path) == one}
    theirs = {
        path: one for path, one in kept.items() if path in paths and (path in files or path not in bare)
    }
    answered = {path: one for path, one in told.items() if path in paths and path in files}
    return Secrets(
        kept=dict(sorted({**same, **less, **theirs}.items())),
        answered=dict(sorted({**same, **{path: files[path] for path in less}, **theirs, **answered}.items())),
        paths=paths | {path for path, one in less.items() if one != files[path]},
    )


def _otherwise(
    plain: Request, again: Callable[[Request], tuple[Snapshot, Mapping[str, str]]], kept: Snapshot
) -> Snapshot:
    """With every secret unlike its default: what is different then depends on one."""
    try:
        return again(replace(plain, secrets="other"))[0]
    except ScaffoldError:  # the template cannot do with such values: those that were given tell
        return kept


def _less(entry: Entry, values: Mapping[str, str], defaults: Mapping[str, str]) -> Entry:
    """A file that the template's code made, with the default in place of each secret."""
    content = entry.content
    for name, value in sorted(values.items(), key=lambda one: -len(one[1])):
        content = content.replace(value.encode(), defaults.get(name, "").encode())
    return replace(entry, content=content)
