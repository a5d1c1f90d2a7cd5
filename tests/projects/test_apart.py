"""Prose of strangers: the same texts, in a process that ends whatever they do."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.drawing.blueprint import draw, first_record
from scaffold.errors import TemplateBroken
from scaffold.projects import apart
from scaffold.projects.catalog import find_template
from scaffold.projects.model import Template
from scaffold.projects.names import project_name
from scaffold.projects.origins.fetch import fetched
from scaffold.projects.origins.native import native_template
from scaffold.projects.origins.parse import parse_location
from scaffold.system import HostSystem

from .conftest import keras_build, torch_build

NAME = project_name("cat-dog")
README = "tiny/common/README.md.jinja"


def strange(root: Path, readme: str | None = None) -> Template:
    """The small template, as a folder that is named by its path."""
    if readme is not None:
        (root / README).write_text(readme, encoding="utf-8")
    with fetched(parse_location(str(root / "tiny"), root, None), HostSystem()) as found:
        return native_template(found)


def refused(template: Template) -> TemplateBroken:
    with pytest.raises(TemplateBroken) as caught:
        draw(template, first_record(template, NAME, ("pytorch",), (torch_build(),), "3.12"))
    return caught.value


def test_the_same_bytes_as_without(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = find_template("cnn")
    builds = (torch_build(), keras_build())
    record = first_record(ours, NAME, ("pytorch", "keras"), builds, "3.12")
    beside = draw(replace(ours, apart=True), record).files

    def never(*_arguments: object) -> None:
        raise AssertionError("an installed template is rendered in this process")

    monkeypatch.setattr(apart, "rendered_apart", never)
    assert beside == draw(ours, record).files


def test_a_mistake_is_named_with_its_line(tiny: Template) -> None:
    root = tiny.folder.parent
    problem = refused(strange(root, "one\n{{ nmae }}\n"))
    assert problem.message == f"{root / README}, line 2: 'nmae' is undefined"


def test_a_text_without_end(tiny: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LIMITS", replace(apart.LIMITS, cpu=1, seconds=5.0))
    root = tiny.folder.parent
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    problem = refused(strange(root, endless))
    assert problem.message in {
        "template tiny: it computed for more than 1 seconds",
        "template tiny: it was not done within 5 seconds",
    }
    assert (problem.detail, problem.code) == ((str(root / README),), "template-limits")


@pytest.mark.skipif(os.name == "nt", reason="Windows bounds no memory")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{{ "x" * 3000000000 }}',
            "{readme}, line 1: it takes more memory than the 1024 MB that a template may",
        ),
        ('{{ "x" * 90000000 }}', "{readme}: it comes to more than 8 MB of text"),
    ],
)
def test_a_text_without_bound(tiny: Template, text: str, message: str) -> None:
    root = tiny.folder.parent
    problem = refused(strange(root, text))
    assert problem.message == message.format(readme=root / README)
    assert problem.code == "template-limits"
