from __future__ import annotations

import json

import pytest

from scaffold.errors import TemplateBroken
from scaffold.projects.catalog import find_template
from scaffold.projects.measured import FILE, SCHEMA, Measured, Row, read_measured
from scaffold.projects.model import Floor

ROW = {
    "framework": "keras", "job": "train", "measure": "accuracy", "value": 0.99, "beside": 0.92,
    "beside_name": "a line", "processor_seconds": 76.2, "seconds": 80.0, "peak_mb": 812.4,
}  # fmt: skip
CONTENT = {"schema": SCHEMA, "date": "2026-11-22", "machine": "one", "versions": "x", "rows": [ROW]}


def test_what_was_measured_is_read(tmp_path):
    assert read_measured(tmp_path) is None
    (tmp_path / FILE).write_text(json.dumps(CONTENT))
    read = read_measured(tmp_path)
    assert read == Measured(date="2026-11-22", machine="one", versions="x", rows=(Row(**ROW),))
    assert read.without({"pytorch"}) == read
    assert read.without({"keras"}).rows == ()


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "{}", json.dumps({**CONTENT, "rows": [{}]}), json.dumps({**CONTENT, "schema": "other/2"})],
)
def test_what_cannot_be_read_is_named(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(TemplateBroken, match=FILE):
        read_measured(tmp_path)


def test_floors_are_read_and_hold(provider):
    file = provider.folder / "tiny/template.toml"
    text = file.read_text()
    floors = '[[floor]]\njob = "train"\nmeasure = "accuracy"\nleast = 0.9\n'
    file.write_text(text + floors + '[[floor]]\njob = "train"\nmeasure = "rmse"\nmost = 3\n')
    least, most = find_template("tiny", (provider,)).floors
    assert least == Floor(job="train", measure="accuracy", least=0.9)
    assert [least.holds(value) for value in (0.89, 0.9, 1)] == [False, True, True]
    assert [most.holds(value) for value in (2.9, 3.0, 3.1)] == [True, True, False]
    for wrong, told in (("", "one of 'least' and 'most'"), ('least = "much"', "a number is needed")):
        file.write_text(text + f'[[floor]]\njob = "train"\nmeasure = "accuracy"\n{wrong}\n')
        with pytest.raises(TemplateBroken, match=told):
            find_template("tiny", (provider,))
