from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.errors import TemplateBroken
from scaffold.projects.prose import render_prose

SOURCE = Path("README.md.jinja")


def test_values_are_filled_in_and_nothing_is_escaped():
    text = "# {{ name }}\n{% if both %}\nboth\n{% endif %}\n<{{ name }}>\n"
    assert render_prose(text, {"name": "A & B", "both": True}, source=SOURCE) == "# A & B\nboth\n<A & B>\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("one\n{{ nmae }}\n", "README.md.jinja, line 2: 'nmae' is undefined"),
        ("one\n\n{% if %}\n", "README.md.jinja, line 3: Expected an expression"),
        ("{{ 1 / 0 }}", "README.md.jinja, line 1: division by zero"),
        ("{{ ''.__class__.__mro__ }}", "README.md.jinja, line 1: access to attribute '__class__'"),
        ("{% include 'other' %}", "README.md.jinja, line 1: there is no text other to include"),
    ],
)
def test_a_mistake_is_named_with_its_line(text, message):
    with pytest.raises(TemplateBroken) as caught:
        render_prose(text, {"name": "x"}, source=SOURCE)
    assert caught.value.message.startswith(message)
