"""Prose is the only thing in a template that is written with jinja: ``README.md.jinja``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.errors import TemplateBroken
from scaffold.projects.manifest import is_inside
from scaffold.projects.model import ProjectName
from scaffold.projects.rename import rename_text

ENDING = ".jinja"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A text of a template, renamed and not yet rendered."""

    source: Path
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedProse:
    """The texts that a template shares with others, the first folder's before the next one's."""

    folders: tuple[Path, ...]
    name: ProjectName

    def __call__(self, wanted: str) -> str | None:
        file = f"{wanted}{ENDING}"
        found = (folder / file for folder in self.folders if is_inside(folder, file))
        place = next((one for one in found if one.is_file()), None)
        return rename_text(place.read_text(encoding="utf-8"), self.name) if place else None


#: The text that ``{% include "name" %}`` asks for; None where there is none of that name.
Shared = Callable[[str], str | None]


def render_prose(
    text: str,
    context: Mapping[str, Any],
    *,
    source: Path,
    shared: Shared = lambda _: None,
    memory: int | None = None,
) -> str:
    """A jinja text with its values filled in, in a sandbox; an unknown name is an error, not a gap.

    ``memory``: the bytes that this process may take; by default what there is.

    Raises `TemplateBroken` with file and line.
    """
    from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, UndefinedError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # Markdown, not HTML
        loader=FunctionLoader(shared),
    )
    try:
        return environment.from_string(text).render(context)
    except TemplateSyntaxError as problem:
        included = f", in {problem.name}" if problem.name else ""
        raise TemplateBroken(f"{source}{included}, line {problem.lineno}: {problem.message}") from problem
    except TemplateNotFound as problem:
        missing = f"there is no text {problem} to include"
        raise TemplateBroken(f"{source}, line {_line(problem)}: {missing}") from problem
    except MemoryError as problem:
        most = "there is" if memory is None else f"the {memory >> 20} MB that a template may"
        raise TemplateBroken(
            f"{source}, line {_line(problem)}: it takes more memory than {most}",
            hint="tell its author, or take another version of it",
            code="template-limits",
        ) from problem
    except UndefinedError as problem:
        raise TemplateBroken(
            f"{source}, line {_line(problem)}: {problem}",
            hint=f"correct the name; at the top there are: {', '.join(sorted(context))}",
        ) from problem
    except Exception as problem:  # what an expression of a template raises is the template's fault
        raise TemplateBroken(f"{source}, line {_line(problem)}: {problem}") from problem


def _line(problem: BaseException) -> str:
    """The line of the template's text; jinja maps the frames of its compiled code back to it."""
    line, frame = "?", problem.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == "<template>":
            line = str(frame.tb_lineno)
        frame = frame.tb_next
    return line
