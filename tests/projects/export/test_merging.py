"""Texts of several selections as one template: jinja must give each of them back, byte for byte."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping

import pytest
from jinja2 import Environment, StrictUndefined

from scaffold.projects.export.conditions import condition
from scaffold.projects.export.jinja import jinja_text
from scaffold.projects.export.merging import merged
from scaffold.projects.export.model import Selection, selections

BOTH: Selection = ("pytorch", "keras")
THREE: Selection = ("pytorch", "keras", "jax")

#: What a template must neither swallow nor take for its own: braces, statements, other ends of lines, nothing.
PIECES = [
    *("a\n", "b\n", "\n", "{", "}", "{{ x }}\n", "{% if %}\n", "{# no #}", "\r\n", "\r", "  ", "é中\n"),
    *("\x0b", "\u2028", "NAME", "{NAME}", "{% raw %}\n", "{% endraw %}", "{{{", "'", "\\", "end"),
]


def rendered(template: str, selection: Selection) -> str:
    jinja = Environment(
        trim_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined, autoescape=False
    )  # what Copier has by default, and the one setting of an exported template
    return jinja.from_string(template).render(frameworks=list(selection), name="filled")


def template_of(variants: Mapping[Selection, str]) -> str:
    return merged(variants, lambda text: jinja_text(text, {"NAME": "name"}))


@pytest.mark.parametrize("seed", range(60))
def test_any_texts_come_back(seed: int) -> None:
    chance = random.Random(seed)
    every = selections(THREE if seed % 3 == 0 else BOTH)
    common = [chance.choice(PIECES) for _ in range(chance.randrange(12))]
    variants = {
        selection: "".join(one for one in itertools.chain(*((piece, chance.choice(PIECES)) if chance.random() < 0.3
                                                            else (piece,) for piece in common))
                           if chance.random() < 0.8)
        for selection in every
    }  # fmt: skip
    template = template_of(variants)
    assert {one: rendered(template, one) for one in every} == {
        one: text.replace("NAME", "filled") for one, text in variants.items()
    }


def test_common_lines_stand_once_and_alternatives_as_one_if() -> None:
    variants = {
        BOTH: "head\nPyTorch\nboth\ntail\n",
        ("pytorch",): "head\nPyTorch\ntail\n",
        ("keras",): "head\nKeras\ntail\n",
    }
    assert template_of(variants) == (
        "head\n"
        "{% if 'pytorch' in frameworks %}\nPyTorch\n{% endif %}\n"
        "{% if 'pytorch' in frameworks and 'keras' in frameworks %}\nboth\n"
        "{% elif 'pytorch' not in frameworks %}\nKeras\n{% endif %}\n"
        "tail\n"
    )


def test_one_text_is_no_condition() -> None:
    assert template_of({("pytorch",): "a {NAME}\n"}) == "a {{ '{' }}{{ name }}}\n"


@pytest.mark.parametrize("frameworks", [BOTH, THREE])
def test_a_condition_holds_where_it_should_in_any_order(frameworks: Selection) -> None:
    every = selections(frameworks)
    jinja = Environment(undefined=StrictUndefined, autoescape=True)
    for count in range(1, min(len(every), 4) + 1):
        for wanted in itertools.combinations(every, count):
            test = jinja.compile_expression(condition(wanted, every) or "true")
            held = [one for one in every if test(frameworks=list(reversed(one)))]
            assert held == list(wanted)
