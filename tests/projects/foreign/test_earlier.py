"""A project's answers, and the version that it comes from, meet a later version of the template."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scaffold.projects import foreign
from scaffold.projects.foreign.model import Dropped, ForeignRendering
from scaffold.projects.origins.model import Fetched
from scaffold.system import HostSystem
from tests.projects.foreign.conftest import NAME, MakeTemplate

COPIER = {
    "copier.yml": """\
size: {type: str, choices: [small, large], default: small}
tag: {type: str, default: a, validator: "{% if '-' in tag %]no dashes{% endif %}"}
kept: {type: int, default: 1}
hidden: {type: str, default: h, when: "{{ kept > 10 }}"}
token: {type: str, default: t, secret: true}
""".replace("%]", "%}")
}
COOKIECUTTER = {
    "cookiecutter.json": """{"project_slug": "x", "size": ["small", "{{ 'lar' + 'ge' }}"], "flag": true,
    "more": {"a": 1}, "_private": "p"}""",
    "{{ cookiecutter.project_slug }}/a.txt": "{{ cookiecutter.size }}",
}


def again(fetched: Fetched, remembered: dict[str, Any], **more: Any) -> ForeignRendering:
    return foreign.render(
        fetched, HostSystem(), name=NAME, answers={}, use_defaults=True, remembered=remembered, **more
    )


def test_what_copier_takes_no_more_is_told(template: MakeTemplate) -> None:
    remembered = {"size": "huge", "tag": "a-b", "kept": "7", "hidden": "x", "gone": [1], "token": "once"}
    made = again(template(COPIER), remembered)
    assert made.answers == {"size": "small", "tag": "a", "kept": 7}
    assert made.dropped == (
        Dropped(name="size", answer="huge", why="'huge' is not in ['small', 'large']", taken="small"),
        Dropped(name="tag", answer="a-b", why="no dashes", taken="a"),
        Dropped(name="hidden", answer="x", why="it is not asked for with these answers"),
        Dropped(name="gone", answer=[1], why="it is asked for no more"),
    )


def test_what_cookiecutter_takes_no_more_is_told(template: MakeTemplate) -> None:
    remembered = {"size": "huge", "flag": "perhaps", "more": {"a": 2}, "gone": 1, "_private": "mine"}
    made = again(template(COOKIECUTTER), remembered)
    assert [(one.name, one.answer, one.taken) for one in made.dropped] == [
        ("size", "huge", "small"), ("flag", "perhaps", True), ("gone", 1, None),
    ]  # fmt: skip
    assert made.dropped[0].why == "'huge' is none of its choices: small, large"
    assert (made.answers["more"], made.answers["_private"]) == ({"a": "2"}, "mine")


MIGRATIONS = """\
who: x
_migrations:
- {version: v1.0.0, command: past}
- {version: v2.0.0, command: [echo, "{{ who }} {{ _version_to }}"], working_directory: sub}
- {version: v2.0.0, command: "no", when: "{{ who == 'y' }}"}
- {command: always, when: "{{ _stage == 'before' }}"}
- {version: v1.5.0, before: [old one], after: [old two]}
- {version: v3.0.0, command: future}
"""


def test_migrations_that_are_due_are_told(template: MakeTemplate) -> None:
    at = replace(template({"copier.yml": MIGRATIONS, "x": ""}), described="v2.0.0", revision="0123abcd")
    made = again(at, {}, since="1.0.0")
    assert made.migrations == (
        "before the update: always",
        "before the update: old one",
        "after the update: echo 'x v2.0.0'  (in sub)",
        "after the update: old two",
    )
    assert (made.ran, made.skipped) == ((), ())
    assert again(at, {}, since="3.0.0").migrations == ()


def test_migrations_of_which_nobody_knows_a_version(template: MakeTemplate) -> None:
    at = template({"copier.yml": "_migrations: [{version: v1, command: [a, b]}, c]", "x": ""})
    assert foreign.describe(at, HostSystem()).migrations == ("a b  (of v1)", "c")
    assert again(at, {}, since="").migrations == (
        "a b  (of v1)  (nobody can tell whether it is due)",
        "c  (nobody can tell whether it is due)",
    )
