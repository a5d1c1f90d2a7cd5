"""A template of copier or cookiecutter → what it is, and the files that it makes of a name and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, cast

from scaffold.projects.foreign.child import Request, Room, call, printed, room
from scaffold.projects.foreign.collecting import collect
from scaffold.projects.foreign.defaults import user_defaults
from scaffold.projects.foreign.model import Dropped, ForeignKind, ForeignRendering, ForeignTemplate, Question
from scaffold.projects.foreign.problems import unsafe
from scaffold.projects.model import ProjectName
from scaffold.projects.origins.model import Fetched
from scaffold.system import System
from scaffold.words import shown

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
) -> ForeignRendering:
    """The project that a template makes.

    ``answers`` are the user's, and refused where they do not fit; ``remembered`` are those of an earlier
    rendering, made of the version ``since``, and give way to defaults where they fit no more: that is told.
    What else it asks is asked at the terminal where ``ask`` is true and somebody sits there, and answered by
    the defaults elsewhere. Without ``trust`` no code of its author's runs.

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
    )
    with room() as place:
        if ask and not use_defaults and system.interactive:
            request = _asked(fetched, system, place, request)
        return _rendered(fetched, system, place, request)


def _template(fetched: Fetched, found: Mapping[str, Any]) -> ForeignTemplate:
    return ForeignTemplate(
        kind=cast("ForeignKind", fetched.kind),
        title=PurePosixPath(fetched.location.text.rstrip("/")).name,
        questions=tuple(Question(**{**one, "choices": tuple(one["choices"])}) for one in found["questions"]),
        would_run=tuple(map(shown, found["would_run"])),
        extensions=tuple(map(shown, found["extensions"])),
        migrations=tuple(map(shown, found.get("migrations", ()))),
        minimum=found.get("minimum", ""),
        folder_name=found.get("folder_name", ""),
    )


def _asked(fetched: Fetched, system: System, place: Room, request: Request) -> Request:
    """The request with what was answered at the terminal."""
    told = call("ask", fetched, system, place, request)
    folder = told["folder"] if told["folder"] != str(fetched.folder.resolve()) else ""
    return replace(
        request, answers={**told["answers"], **request.answers}, folder=folder, ran=tuple(told["ran"])
    )


def _rendered(fetched: Fetched, system: System, place: Room, request: Request) -> ForeignRendering:
    made = call("render", fetched, system, place, request)
    template = _template(fetched, made["described"])
    root = Path(made["root"]).resolve()
    if root == place.out or not root.is_relative_to(place.out):
        raise unsafe(fetched, "the project's folder lies outside of where it belongs")
    beside = tuple(
        str(path.relative_to(place.out)) for path in place.out.rglob("*") if _is_beside(path, root)
    )
    if beside and not request.trust:
        raise unsafe(fetched, "it wrote beside the project's folder", *beside[:5])
    files, told = collect(root, fetched, trust=request.trust) if root.is_dir() else ({}, ())
    secret = {one.name for one in template.questions if one.secret}
    answers = {key: value for key, value in made["answers"].items() if key not in secret}
    said = printed(place) if request.trust and made["ran"] else ()
    return ForeignRendering(
        files=files,
        answers=answers,
        ran=tuple(map(shown, made["ran"])),
        skipped=() if request.trust else template.would_run,
        migrations=tuple(map(shown, made["migrations"])),
        dropped=tuple(Dropped(**{**one, "why": shown(one["why"])}) for one in made["dropped"]),
        once=tuple(path for path in map(PurePosixPath, made["once"]) if path in files),
        notices=(*map(shown, made["notices"]), *said, *told),
    )


def _is_beside(path: Path, root: Path) -> bool:
    return path != root and root not in path.parents and path not in root.parents
