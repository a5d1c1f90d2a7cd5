"""What went wrong in a template of somebody else's, in our words: what, where, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from scaffold.errors import ConsentNeeded, Interrupted, NoSpace, OptionRefused, ScaffoldError, TemplateBroken
from scaffold.projects.origins.model import Fetched
from scaffold.words import shown

Told = Mapping[str, Any]

#: What to do about a template that is wrong in itself.
_AUTHOR = "tell its author, or take another version of it"


def problem_of(told: Told, fetched: Fetched, printed: Iterable[str] = ()) -> ScaffoldError:
    """The error for what a child told of (``probes/failures.py``); ``printed`` is what came before it."""
    kind = str(told["kind"])
    if kind == "interrupted":
        return Interrupted("stopped while the template was asking")
    if kind in _ANSWERS:
        return _ANSWERS[kind](told, fetched)
    if kind == "space":
        return NoSpace("The disk is full", detail=(str(told["message"]),), hint="free some space")
    if kind == "trust":
        return needs_trust(fetched, tuple(map(str, told.get("extensions", ()))))
    if kind == "hook":
        return _hook_failed(told, fetched, tuple(printed))
    make = _SENTENCES.get(kind, _SENTENCES["other"])
    sentence, hint, code = make(told)
    return TemplateBroken(
        f"{_template(fetched)}: {sentence}", detail=tuple(_evidence(told)), hint=hint, code=code
    )


def stopped(why: str, fetched: Fetched) -> TemplateBroken:
    """A template that took more than its share."""
    return TemplateBroken(
        f"{_template(fetched)}: {why}",
        hint="it may loop without end; a template that is meant to take so much is run with --trust",
        code="template-limits",
    )


def unsafe(fetched: Fetched, what: str, *details: str) -> TemplateBroken:
    """A template that reached for what is not its own."""
    return TemplateBroken(f"{_template(fetched)}: {what}", detail=details, hint=_WARY, code="template-unsafe")


def needs_trust(fetched: Fetched, extensions: tuple[str, ...]) -> ConsentNeeded:
    """A template that cannot be rendered without running its code."""
    return ConsentNeeded(
        f"{_template(fetched)} needs extensions of the renderer, which are code, to be rendered at all",
        detail=tuple(f"extension: {one}" for one in extensions),
        hint="if you trust whoever wrote it, let it run them: --trust",
        code="template-needs-trust",
    )


_WARY = "nothing of it was kept; read it before you use it, and tell its author"

_Sentence = Callable[[Told], tuple[str, str, str]]

_SENTENCES: Mapping[str, _Sentence] = {
    "unsafe": lambda told: (_plain(told), _WARY, "template-unsafe"),
    "path": lambda told: (
        f"a path leads out of it or of the project: {_plain(told)}",
        _WARY,
        "template-unsafe",
    ),
    "undefined": lambda told: (
        ": ".join(
            filter(None, (str(told.get("context", "")), f"it uses what is not defined, {_plain(told)}"))
        ),
        _AUTHOR,
        "template-broken",
    ),
    "syntax": lambda told: (f"a mistake in it: {_plain(told)}", _AUTHOR, "template-broken"),
    "absent": lambda told: (
        f"it includes a file that it does not have: {_plain(told)}",
        _AUTHOR,
        "template-broken",
    ),
    "config": lambda told: (f"its settings cannot be read: {_plain(told)}", _AUTHOR, "template-broken"),
    "untemplated": lambda _told: (
        "no folder of it has an expression as its name, such as {{ cookiecutter.project_slug }}",
        "name the template's own folder: the one that holds cookiecutter.json and such a folder",
        "template-broken",
    ),
    "unasked": lambda told: (
        _plain(told),
        "it may be for a program of its own: make the project with that, then: scaffold adopt",
        "template-broken",
    ),
    "twice": lambda told: (f"two of its folders become one: {_plain(told)}", _AUTHOR, "template-broken"),
    "version": lambda told: (
        _plain(told),
        "upgrade copier: pip install --upgrade copier",
        "template-version",
    ),
    "extension": lambda told: (
        f"an extension of its renderer cannot be loaded: {_plain(told)}",
        "install what brings it beside scaffold",
        "template-broken",
    ),
    "large": lambda _told: ("it wrote a file that is larger than any may be", _WARY, "template-limits"),
    "memory": lambda _told: ("it takes more memory than a template may", _WARY, "template-limits"),
    "recursion": lambda _told: ("it goes round in circles, without end", _AUTHOR, "template-limits"),
    "encoding": lambda told: (f"a file is not text in UTF-8: {_plain(told)}", _AUTHOR, "template-broken"),
    "system": lambda told: (f"the system refused something: {_plain(told)}", _AUTHOR, "template-broken"),
    "template": lambda told: (_plain(told), _AUTHOR, "template-broken"),
    "many": lambda told: (f"its settings or answers unfold to {_plain(told)}", _WARY, "template-limits"),
    "other": lambda told: (
        f"it fails with an error of its own, {_plain(told)} ({told.get('type', 'error')})",
        _AUTHOR,
        "template-broken",
    ),
}


def _template(fetched: Fetched) -> str:
    return f"template {fetched.location.text}"


def _plain(told: Told) -> str:
    """Its sentence in one line."""
    return shown(" ".join(str(told["message"]).partition("\n\n")[0].split()).rstrip("."))


def _evidence(told: Told) -> Iterable[str]:
    for one in told.get("said", ()):
        yield f"it says: {shown(one)}"
    if told.get("file"):
        yield f"{told['file']}, line {told['line']}" if told.get("line") else str(told["file"])


def _missing(told: Told, fetched: Fetched) -> OptionRefused:
    names = tuple(map(str, told["names"]))
    return OptionRefused(
        f"{_template(fetched)} asks what has no default: {', '.join(names)}",
        hint="answer: " + " ".join(f"--set {name}=..." for name in names),
        code="answers-missing",
    )


def _refused(told: Told, fetched: Fetched) -> OptionRefused:
    name, message = str(told["name"]), _plain(told)
    choices = tuple(map(str, told.get("choices", ())))
    answer = f"its own answer to {name}" if told.get("own") else f"the answer to {name}"
    return OptionRefused(
        f"{_template(fetched)} refuses {answer}: {message}",
        detail=(f"there are: {', '.join(choices)}",) if choices else (),
        hint=f"answer: --set {name}=...",
        code="answer-refused",
    )


def _unknown(told: Told, fetched: Fetched) -> OptionRefused:
    """Copier and cookiecutter would pass over it."""
    from difflib import get_close_matches

    lines = []
    for one in told["names"]:
        near = get_close_matches(one, told["known"], n=1, cutoff=0.6)
        lines.append(f"{one}: did you mean {near[0]}?" if near else f"{one}: nothing it asks is near to that")
    return OptionRefused(
        f"{_template(fetched)} does not ask for {', '.join(told['names'])}",
        detail=tuple(lines),
        hint=f"it asks for: {', '.join(told['asked']) or 'nothing'}",
        code="answer-unknown",
    )


_ANSWERS: Mapping[str, Callable[[Told, Fetched], ScaffoldError]] = {
    "missing": _missing,
    "answer": _refused,
    "unknown": _unknown,
}


def _hook_failed(told: Told, fetched: Fetched, printed: tuple[str, ...]) -> TemplateBroken:
    return TemplateBroken(
        f"{_template(fetched)}: what it runs failed: {_plain(told)}",
        detail=printed,
        hint="nothing of it was kept; without --trust it is rendered without what it runs",
        code="template-hook-failed",
    )
