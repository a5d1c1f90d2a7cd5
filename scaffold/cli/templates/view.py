"""The words of ``scaffold templates``: a template's page, and the table of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from scaffold.cli.templates.tree import tree_lines
from scaffold.cli.text import columns, flat, rows, size, width, wrapped

if TYPE_CHECKING:
    from scaffold.overview import Download, Overview
    from scaffold.projects.brochure import Brochure
    from scaffold.projects.catalog import Catalog
    from scaffold.projects.foreign.model import ForeignTemplate, Question
    from scaffold.projects.model import Floor
    from scaffold.projects.origins.model import Fetched


def catalog_lines(catalog: Catalog) -> Iterator[str]:
    """A table of the templates that can be used; third parties' are marked with who brings them."""
    from scaffold.projects.brochure import brochure, frameworks_text
    from scaffold.projects.catalog import OWN_DISTRIBUTION

    wide = columns()
    names = [one.name for one in catalog.templates]
    longest = max(map(width, names), default=0)
    for one in catalog.templates:
        blank = " " * (longest - width(one.name) + 2)
        by = "" if one.provider == OWN_DISTRIBUTION else click.style(f"  by {one.provider}", fg="yellow")
        yield f"{click.style(one.name, fg='cyan', bold=True)}{blank}{flat(one.title)}{by}"
        took = _quickest(brochure(one))
        about = f"{flat(one.description)}. {frameworks_text(one.frameworks)}{took}"
        for line in wrapped(about, wide, first=longest + 2, then=0):
            yield f"{' ' * (longest + 2)}{click.style(line.strip(), dim=True)}"


def _quickest(about: Brochure) -> str:
    if not about.first_runs:
        return ""
    return f"; first run {duration(about.first_runs[0].seconds)}"


def duration(seconds: float) -> str:
    """A measured time, as roughly as another machine will repeat it.

    >>> duration(6.5), duration(64.4), duration(425.3)
    ('about 5 s', 'about 65 s', 'about 7 min')
    """
    if seconds < 90:
        return f"about {max(5, round(seconds / 5) * 5)} s"
    return f"about {round(seconds / 60)} min"


def overview_lines(shown: Overview, found: Fetched, *, whole: bool = False) -> Iterator[str]:
    """A template in our format; what decides stands at the end, which is what a terminal still shows.

    ``whole``: every file of the tree; else folders of many as one line.
    """
    about, template = shown.brochure, shown.brochure.template
    installed = found.location.kind == "installed"
    by = f" ({template.provider})" if installed else ""
    yield from rows("Template", f"{template.name} {template.version}{by}")
    if not installed:
        yield from _origin(found)
    yield from rows("", f"{template.title}: {template.description}")
    yield ""
    yield from tree_lines(shown, whole=whole)
    if template.runs:
        yield ""
    for run in template.runs:
        about_it = f": {run.summary}" if run.summary else ""
        yield from rows("Run", f"{run.name}{' *' if run.default else ''}{about_it}")
    if any(run.default for run in template.runs):
        yield from rows("", "* selected when the project is first opened")
    yield ""
    yield from _reached(about)
    for floor in template.floors:
        yield from rows("Must reach", _floor(floor))
    yield from _needs(shown)
    yield from rows("Data", template.data)
    yield from rows("First run", _first_run(about))
    yield ""
    yield f"Make one:  scaffold new {shown.name.distribution}{_template_option(shown, found)}"


def _template_option(shown: Overview, found: Fetched) -> str:
    from scaffold.new import meant_template

    if found.location.kind == "installed" and meant_template(shown.name.distribution) == found.location.text:
        return ""
    return f" {_named(found)}"


def _named(found: Fetched) -> str:
    """What names the same template to `scaffold new`."""
    from scaffold.shell import line

    which = ("--as", found.location.format) if found.location.format else ()
    return line("--template", found.location.text, *which)


def _first_run(about: Brochure) -> str:
    from scaffold.projects.brochure import framework_title

    if about.measured is None:
        return "not measured"
    took = [f"{framework_title(one.framework)} {duration(one.seconds)}" for one in about.first_runs]
    return f"{', '.join(took)}, once everything is installed; a GPU is quicker"


def _reached(about: Brochure) -> Iterator[str]:
    """What the programs reached and took, and on what they did."""
    from scaffold.projects.measured import lines

    if about.measured is None:
        return
    for text in lines(about.measured):
        yield from rows("Measured", text)
    yield from rows(
        "", f"{about.measured.date}, {about.measured.machine}; {about.measured.versions}. Yours may differ."
    )


def _floor(floor: Floor) -> str:
    bound = f"at least {floor.least:g}" if floor.least is not None else f"at most {floor.most:g}"
    return f"{floor.job}: {floor.measure} {bound}"


def _needs(shown: Overview) -> Iterator[str]:
    """Packages, what the frameworks weigh, room for it."""
    yield from rows("Needs", ", ".join(shown.requirements))
    for one in shown.downloads:
        yield from rows("Download", _download(one))
    known = [one.processor for one in shown.downloads if one.processor is not None]
    files = sum(group.size for group in shown.groups)
    room = f"{size(files)} for the project's files"
    if known and len(known) == len(shown.downloads):
        # Wheels unpack to about three times their size, and other packages come along.
        room += f"; some {size(3 * sum(known))} for an environment without CUDA"
    yield from rows("Disk", room)


def _download(one: Download) -> str:
    from scaffold.projects.brochure import framework_title

    what = "TensorFlow" if one.framework == "keras" else framework_title(one.framework)
    if one.processor is None and one.cuda is None:
        return f"{what} {one.version}: size not known for this platform"
    sizes = [f"about {size(one.processor)}"] if one.processor is not None else []
    sizes += [f"about {size(one.cuda)} with CUDA"] if one.cuda is not None else []
    return f"{what} {one.version}: {', '.join(sizes)}, and what it brings along"


def foreign_lines(shown: ForeignTemplate, found: Fetched) -> Iterator[str]:
    """A template of copier or cookiecutter: what it asks, and what it would run."""
    yield from rows("Template", f"{shown.title} {found.version}".strip() + f", in {shown.kind}'s format")
    yield from _origin(found)
    if shown.minimum:
        yield from rows("Needs", f"{shown.kind} {shown.minimum}")
    for one in (one for one in shown.questions if not one.computed):
        yield from rows("Asks", _question(one))
    if not shown.would_run:
        yield from rows("Runs", "nothing of its own")
    for text in shown.would_run:
        yield from rows("Would run", text)
    if shown.would_run:
        yield from rows("", "none of it is run without --trust")
    for text in shown.migrations:
        yield from rows("Migrations", text)
    if shown.migrations:
        yield from rows("", "at an update those that are due are told, and never run")
    yield ""
    yield f"Make one:  scaffold new NAME {_named(found)}"


def _question(one: Question) -> str:
    more = [one.type] if one.type != "str" else []
    more += [f"one of {', '.join(map(str, one.choices))}"] if one.choices and not one.multiselect else []
    more += [f"any of {', '.join(map(str, one.choices))}"] if one.choices and one.multiselect else []
    more += ["must be answered"] if one.required else []
    more += ["kept secret"] if one.secret else []
    more += [f"if {one.when}"] if one.when not in ("", "true") else []
    default = "" if one.required or one.secret or one.default in (None, "") else f" [{one.default}]"
    told = f" ({'; '.join(more)})" if more else ""
    return f"{one.name}{default}{told}" + (f": {' '.join(one.help.split())}" if one.help else "")


def _origin(found: Fetched) -> Iterator[str]:
    """Where it is from, and what is to know of its files."""
    at = f" at {found.revision}" if found.revision else ""
    yield from rows("From", f"{found.location.text}{at}")
    for notice in found.notices:
        yield from rows("Note", notice)


def problem_lines(catalog: Catalog) -> Iterator[str]:
    """Templates that are there and cannot be used, and why."""
    for problem in catalog.problems:
        yield f"{click.style('warning', fg='yellow')}: {problem.message}"
        yield from (f"  {line}" for line in problem.detail)

