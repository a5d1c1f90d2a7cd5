"""The three questions: which template, which name, which frameworks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.cli.dialogue.model import Judgement, Option, Question
from scaffold.errors import NoPermission, TargetOccupied, TemplateUnknown

if TYPE_CHECKING:
    from scaffold.cli.dialogue import Answers
    from scaffold.cli.dialogue.model import Asker
    from scaffold.cli.dialogue.words import Words
    from scaffold.projects.brochure import Brochure
    from scaffold.projects.model import Template

#: How many further names are tried where the usual one is taken.
_FURTHER = 100


def steps(given: Answers) -> list[str]:
    """How far each question is: 1/3, 2/3, 3/3."""
    asked = sum(one is None for one in (given.template, given.name, given.framework))
    return [f"{number}/{asked}" for number in range(1, asked + 1)]


def question_of(words: Words, key: str, step: str) -> Question:
    """A question's words; there is a way back from all but the first."""
    back = not step.startswith("1/")
    return Question(label=words(key), help=words(f"{key}_help"), step=step, back=back)


def ask_template(asker: Asker, words: Words, step: str, before: str | None = None) -> str:
    """One of the installed templates; a broken one is not offered. ``before``: what was answered already."""
    from scaffold.projects.brochure import brochure
    from scaffold.projects.catalog import find_templates

    templates = find_templates().templates
    options = [
        Option(value=name, title=words.title(one), preview=preview(brochure(one), words))
        for name, one in zip(_names(templates), templates, strict=True)
    ]
    return asker.choose(question_of(words, "template", step), options, before or options[0].value)


def proposed_name(given: Answers, parent: Path, home: Path | None) -> str:
    """What Enter alone takes."""
    return _free(_short_name(given.template or "", parent, home), parent)


def ask_name(
    asker: Asker, words: Words, given: Answers, parent: Path, home: Path | None, step: str,
    before: str | None = None,
) -> str:  # fmt: skip
    """A name whose folder can be made here; ``before``: one that was typed already."""
    template = _short_name(given.template or "", parent, home)

    def judge(text: str) -> Judgement:
        return judged(text, template, parent, words)

    return asker.text(question_of(words, "name", step), before or _free(template, parent), judge)


def ask_frameworks(
    asker: Asker, words: Words, given: Answers, step: str, before: str | None = None
) -> str | None:
    """Both or one, where the template has both; None where there is nothing to choose."""
    from scaffold.projects.brochure import brochure, framework_title
    from scaffold.projects.catalog import find_template

    try:
        template = find_template(given.template or "")
    except TemplateUnknown:  # not an installed one: what it has is told by fetching it
        return None
    if len(template.frameworks) < 2:
        return None
    took = {row.framework: row.seconds for row in brochure(template).first_runs}
    options = [Option(value="both", title=f"{words('both')}: {words('both_note')}")]
    for one in template.frameworks:
        note = f": {words('only_note', seconds=words.duration(took[one]))}" if one in took else ""
        options.append(Option(value=one, title=f"{framework_title(one)}{note}"))
    return asker.choose(question_of(words, "frameworks", step), options, before or "both")


def preview(about: Brochure, words: Words) -> tuple[tuple[str, str], ...]:
    """What a template makes: its data, programs, what it reaches, how long its first run takes."""
    from scaffold.projects.brochure import framework_title

    rows = [("", words.description(about.template)), (words("data"), words.data(about.template))]
    rows.append((words("programs"), ", ".join(about.programs)))
    if about.measured is not None and about.first_runs:
        reached = [
            words(
                "reaches_row",
                framework=framework_title(row.framework), measure=row.measure, value=f"{row.value:.3g}",
                beside_name=row.beside_name, beside=f"{row.beside:.3g}",
            )
            for row in about.first_runs
        ]  # fmt: skip
        took = [
            words(
                "first_run_row", framework=framework_title(row.framework), seconds=words.duration(row.seconds)
            )
            for row in about.first_runs
        ]
        where = words("first_run_where", rows=", ".join(took), machine=about.measured.machine)
        rows += [(words("reaches"), ", ".join(reached)), (words("first_run"), where)]
    return tuple((label, text) for label, text in rows if text)


def judged(text: str, template: str, parent: Path, words: Words) -> Judgement:
    """Whether a project can be called so here, and what it makes; else why not, and what would do."""
    from scaffold.projects.names import project_name, propose, reason
    from scaffold.projects.write import check_target

    proposal = propose(text, template=template or None)
    refused = reason(text)
    if refused is not None:
        return Judgement(good=False, note=words.refusal(refused), proposal=proposal)
    name = project_name(text)
    try:
        check_target(parent / name.distribution)
    except TargetOccupied:
        other = _next_free(text, parent)
        return Judgement(good=False, note=words("occupied"), proposal=other)
    except NoPermission:
        return Judgement(good=False, note=words("closed"))
    folder = os.path.join(os.curdir, name.distribution)  # noqa: PTH118 - pathlib drops the point
    told = {"folder": folder, "package": name.package}
    return Judgement(good=True, note=words("makes" if name.package == text else "makes_package", **told))


def _short_name(template: str, parent: Path, home: Path | None) -> str:
    """What a template is called, wherever it is: cnn of acme:cnn and of gh:acme/cnn."""
    from scaffold.projects.origins.parse import parse_location

    return parse_location(template, parent, home).name


def _free(template: str, parent: Path) -> str:
    """The usual name of a template's project, or the next one that is free."""
    from scaffold.projects.names import SUFFIX, propose

    return _next_free(propose(f"{template}{SUFFIX}", template=template or None), parent)


def _next_free(name: str, parent: Path) -> str:
    from scaffold.projects.names import LONGEST

    names = [name, *(f"{name[: LONGEST - 4].rstrip('-_')}-{number}" for number in range(2, _FURTHER))]
    return next((one for one in names if not (parent / one).exists()), name)


def _names(templates: tuple[Template, ...]) -> list[str]:
    """Bare names; the second of one name with its provider's before it."""
    names: list[str] = []
    for one in templates:
        names.append(f"{one.provider}:{one.name}" if one.name in names else one.name)
    return names
