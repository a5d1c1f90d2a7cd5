"""A template of copier or cookiecutter → what it is, and the files that it makes of a name and answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, cast

from scaffold.projects.foreign.child import Request, Room, call, printed, room
from scaffold.projects.foreign.collecting import collect
from scaffold.projects.foreign.defaults import user_defaults
from scaffold.projects.foreign.model import Dropped, ForeignKind, ForeignRendering, ForeignTemplate, Question
from scaffold.projects.foreign.problems import unsafe
from scaffold.projects.foreign.secrets import hidden, keep, secret_names
from scaffold.projects.model import ProjectName
from scaffold.projects.origins.model import Fetched
from scaffold.projects.snapshot import Snapshot
from scaffold.system import System
from scaffold.words import shown, shown_all

#: Nothing is rendered for it.
_ANY = ProjectName(distribution="project", package="project", title="Project")


def describe(
    fetched: Fetched, system: System, *, answers: Mapping[str, Any] | None = None
) -> ForeignTemplate:
    """What a template asks and would run; none of its code runs.

    ``answers`` say which one is meant where there are several. Raises TemplateBroken, OptionRefused.
    """
    request = Request(name=_ANY, answers=answers or {})
    with room() as place:
        return _template(fetched, call("describe", fetched, system, place, request)["described"])


def render(
    fetched: Fetched,
    system: System,
    *,
    name: ProjectName,
    answers: Mapping[str, Any],
    use_defaults: bool = False,
    trust: bool = False,
    ask: bool = False,
    remembered: Mapping[str, Any] | None = None,
    since: str | None = None,
    again: bool = False,
    agree: Callable[[ForeignTemplate], None] = lambda _: None,
) -> ForeignRendering:
    """The project that a template makes.

    ``answers`` are the user's, and refused where they do not fit; ``remembered`` are those of an earlier
    rendering, made of the version ``since``, and give way to defaults where they fit no more: that is told.
    What else it asks is asked at the terminal where ``ask`` is true and somebody sits there, and answered by
    the defaults elsewhere. Without ``trust`` no code of its author's runs; with it ``agree`` is shown first
    what will, with the answers in it where they can be known before. ``again`` is said for a project that is
    there.

    Raises OptionRefused (answers-missing, answer-refused, answer-unknown), ConsentNeeded
    (template-needs-trust), TemplateBroken (template-broken, -unsafe, -limits, -version, -hook-failed),
    Interrupted, NoSpace, NoPermission.
    """
    request = Request(
        name=name,
        answers=answers,
        remembered=remembered or {},
        user=user_defaults(cast("ForeignKind", fetched.kind), system),
        trust=trust,
        since=since,
        again=again,
    )
    with room() as place:
        early = trust and _shown_early(fetched, system, place, request, agree)
        if ask and not use_defaults and system.interactive:
            request = _asked(fetched, system, place, request, trust=early)
        if trust and not early:
            told = call("preview", fetched, system, place, request)
            found = _template(fetched, told["described"])
            agree(replace(found, would_run=_told(told["would_run"], _values(told["secrets"]))))
        return _rendered(fetched, system, place, request)


def _shown_early(
    fetched: Fetched,
    system: System,
    place: Room,
    request: Request,
    agree: Callable[[ForeignTemplate], None],
) -> bool:
    """Agree before anything is asked, where asking runs code already: hooks of cookiecutter, extensions."""
    found = _template(fetched, call("describe", fetched, system, place, request)["described"])
    if fetched.kind == "copier" and found.would_run and not found.extensions:
        return False
    agree(found)
    return True


def _template(fetched: Fetched, found: Mapping[str, Any]) -> ForeignTemplate:
    return ForeignTemplate(
        kind=cast("ForeignKind", fetched.kind),
        title=PurePosixPath(fetched.location.text.rstrip("/")).name,
        questions=tuple(
            Question(**shown_all({**one, "choices": ()}) | {"choices": tuple(shown_all(one["choices"]))})
            for one in found["questions"]
        ),
        would_run=tuple(map(shown, found["would_run"])),
        extensions=tuple(map(shown, found["extensions"])),
        migrations=tuple(map(shown, found.get("migrations", ()))),
        minimum=shown(found.get("minimum", "")),
        folder_name=found.get("folder_name", ""),
    )


def _asked(fetched: Fetched, system: System, place: Room, request: Request, *, trust: bool) -> Request:
    """The request with what was answered at the terminal; ``trust`` as far as somebody agreed by then."""
    told = call("ask", fetched, system, place, replace(request, trust=trust))
    folder = told["folder"] if told["folder"] != str(fetched.folder.resolve()) else ""
    return replace(
        request, answers={**told["answers"], **request.answers}, folder=folder, ran=tuple(told["ran"])
    )


def _rendered(fetched: Fetched, system: System, place: Room, request: Request) -> ForeignRendering:
    made, template, files, told = _made(fetched, system, place, request)
    secret = secret_names(template.questions)
    values = _values(made["secrets"])
    answers = {key: value for key, value in made["answers"].items() if key not in secret}

    def again(other: Request) -> tuple[Snapshot, Mapping[str, str]]:
        with room() as inner:
            found, _, snapshot, _ = _made(fetched, system, inner, other)
        return snapshot, _values(found["secrets"])

    kept = keep(request, secret, files, answers, again, values, ran=bool(made["ran"])) if secret else None
    said = printed(place) if request.trust and made["ran"] else ()
    return ForeignRendering(
        files=files,
        answers=answers,
        ran=_told(made["ran"], values),
        skipped=() if request.trust else _told(_skipped(made), values),
        migrations=_told(made["migrations"], values),
        dropped=tuple(Dropped(**{**one, "why": shown(one["why"])}) for one in made["dropped"]),
        once=tuple(path for path in map(PurePosixPath, made["once"]) if path in files),
        notices=(*_told((*made["notices"], *said), values), *told),
        secrets=kept,
    )


def _made(
    fetched: Fetched, system: System, place: Room, request: Request
) -> tuple[Mapping[str, Any], ForeignTemplate, Snapshot, tuple[str, ...]]:
    """What the child told, the template, the files and what to know of them."""
    made = call("render", fetched, system, place, request)
    root = Path(made["root"]).resolve()
    if root == place.out or not root.is_relative_to(place.out):
        raise unsafe(fetched, "the project's folder lies outside of where it belongs")
    beside = tuple(
        str(path.relative_to(place.out)) for path in place.out.rglob("*") if _is_beside(path, root)
    )
    if beside and not request.trust:
        raise unsafe(fetched, "it wrote beside the project's folder", *beside[:5])
    files, told = collect(root, fetched, trust=request.trust) if root.is_dir() else ({}, ())
    return made, _template(fetched, made["described"]), files, told


def _values(secrets: Mapping[str, Any]) -> Mapping[str, str]:
    """Secrets as they stand in a text; a truth value would be found in any."""
    return {
        name: str(value)
        for name, value in secrets.items()
        if value and not isinstance(value, (bool, list, dict))
    }


def _told(texts: Iterable[str], secrets: Mapping[str, str]) -> tuple[str, ...]:
    """Without the secrets in them; what is shorter is half of any word."""
    long = [one for one in secrets.values() if len(one) > 3]
    return tuple(hidden(shown(text), long) for text in texts)


def _skipped(made: Mapping[str, Any]) -> list[str]:
    """Copier's tasks with the answers in them; extensions run before there are answers."""
    return list(made.get("would_run", made["described"]["would_run"]))


def _is_beside(path: Path, root: Path) -> bool:
    return path != root and root not in path.parents and path not in root.parents
