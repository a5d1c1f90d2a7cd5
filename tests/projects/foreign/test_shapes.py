"""Settings that are no settings, files that cannot be: a sentence for each, and not the renderer's own words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from scaffold.errors import OptionRefused, TemplateBroken
from scaffold.projects.foreign import child
from tests.projects.foreign.conftest import MakeTemplate, render


@pytest.fixture
def shapes(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module of the child, which lies beside its script."""
    monkeypatch.syspath_prepend(str(Path(child.__file__).with_name("probes")))
    import shapes

    yield shapes
    for name in ("shapes", "failures", "guard"):
        sys.modules.pop(name, None)


def twice(depth: int) -> Any:
    return ["x"] if depth == 0 else [twice(depth - 1)] * 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"_tasks": 5}, "_tasks is 5 and no list"),
        ({"_tasks": [{}]}, "{} in _tasks has no command"),
        ({"_subdirectory": ["a"]}, "_subdirectory is ['a'] and no text"),
        ({"_envops": {"bytecode_cache": "x"}}, "_envops has bytecode_cache, which cannot be written in YAML"),
        ({"_envops": {"block_start_string": [1]}}, "block_start_string of _envops is [1] and no text"),
        ({"a": {"choices": 5}}, "the choices of a are 5 and no list"),
        ({"a": {"choices": [[1, 2, 3]]}}, "[1, 2, 3] in the choices of a is no pair"),
        ({1: 2}, "1 is no name of a question"),
        ({"a": twice(20)}, "more than 100000 values"),
    ],
)
def test_settings_that_are_none(shapes: ModuleType, settings: object, message: str) -> None:
    with pytest.raises(shapes.Problem) as caught:
        shapes.copier(lambda _path: settings)(Path("copier.yml"))
    assert caught.value.told == {
        "kind": "many" if "than" in message else "config", "message": message, "file": "copier.yml",
    }  # fmt: skip


def test_sound_settings_are_taken_as_they_are(shapes: ModuleType) -> None:
    sound = {
        "_tasks": ["a", ["b"], {"command": "c"}], "_envops": {"autoescape": False}, "_templates_suffix": None,
        "a": 1, "b": {"choices": {"x": 1}}, "c": {"choices": [["x", 1], "y"]}, "d": {"choices": "{{ a }}"},
    }  # fmt: skip
    assert shapes.copier(lambda _path: sound)(Path("copier.yml")) is sound


def test_a_list_in_the_place_of_settings(template: MakeTemplate) -> None:
    with pytest.raises(TemplateBroken) as caught:
        render(template({"copier.yml": "[a, b]\n"}))
    assert caught.value.message == (
        "template the-template: its settings cannot be read: it does not hold questions and settings by their "
        "names, or a list in it is none"
    )
    assert caught.value.detail == ("copier.yml",)


def test_an_answer_that_is_too_long_for_a_file(template: MakeTemplate) -> None:
    with pytest.raises(OptionRefused) as caught:
        render(template({"copier.yml": "who: x\n", "{{ who }}.txt": ""}), who="a" * 300)
    assert caught.value.message == (
        "template the-template refuses the answer to who: a file would be called aaaaaaaaaaaaaaaaaaaa..., "
        "310 letters, more than may be"
    )


def test_a_link_to_nothing(template: MakeTemplate) -> None:
    fetched = template({"copier.yml": "a: 1\n"})
    (fetched.folder / "link.sh").symlink_to("nowhere")
    with pytest.raises(TemplateBroken) as caught:
        render(fetched)
    assert caught.value.message == "template the-template: its link link.sh leads to nothing"


def test_its_own_answer_is_refused_by_itself(template: MakeTemplate) -> None:
    settings = "who: {type: str, multiselect: true, choices: [a, b], default: a}\n"
    with pytest.raises(OptionRefused) as caught:
        render(template({"copier.yml": settings}))
    assert caught.value.message == (
        "template the-template refuses its own answer to who: 'a' is no list, such as [one, another]"
    )


def test_an_error_of_its_own(template: MakeTemplate) -> None:
    with pytest.raises(TemplateBroken) as caught:
        render(template({"copier.yml": "a: 1\n", "x.jinja": "\n{{ 1 / 0 }}"}))
    assert (caught.value.message, caught.value.detail) == (
        "template the-template: it fails with an error of its own, division by zero (ZeroDivisionError)",
        ("x.jinja, line 2",),
    )


def test_a_default_that_unfolds_without_end(template: MakeTemplate) -> None:
    lines = ["a: &a0 [x, x]", *(f"b{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
    with pytest.raises(TemplateBroken) as caught:
        render(template({"copier.yml": "\n".join(lines)}))
    assert (caught.value.code, caught.value.message) == (
        "template-limits",
        "template the-template: its settings or answers unfold to more than 100000 values",
    )
