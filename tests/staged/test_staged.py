"""Each staged failure is diagnosed end to end: the right finding, the right level, no other error."""

from __future__ import annotations

import pytest

from tests.staged import ask
from tests.staged.recipes import recipes


@pytest.mark.parametrize("recipe", [pytest.param(one, marks=one.marks, id=one.name) for one in recipes()])
def test_the_cause_is_named(recipe, tmp_path) -> None:
    answer = ask(recipe.stage(tmp_path))
    assert recipe.check in answer.shown(recipe.level), answer.content["findings"]
    assert set(answer.shown("error")) - {recipe.check, *recipe.also} == set()
    assert answer.status == (2 if answer.shown("error") else 0)
