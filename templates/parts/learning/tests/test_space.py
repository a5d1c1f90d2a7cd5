"""What a search tries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest

from your_project.arguments import read_toml
from your_project.errors import ProjectError
from your_project.settings import Settings as Project
from your_project.space import parse, points, toml, tunable


@dataclass(frozen=True)
class Settings:
    width: int = 8
    rate: float = 1e-3
    model: Literal["small", "large"] = "small"
    augment: bool = True


def test_numbers_are_spread_over_the_whole_range_and_each_power_of_ten():
    found = points(parse(("rate=1e-4:1e-1:log", "width=1:100"), Settings), 30, seed=0)
    rates, widths = [one["rate"] for one in found], [one["width"] for one in found]
    for low in (-4, -3, -2):
        assert sum(10.0**low <= rate < 10.0 ** (low + 1) for rate in rates) == 10
    for low in (0, 25, 50, 75):
        assert sum(low < width <= low + 25 for width in widths) == pytest.approx(7.5, abs=1)
    assert {type(width) for width in widths} == {int}


def test_choices_are_tried_alike_and_never_twice():
    space = parse(("model=small,large", "augment=on,off", "width=8"), Settings)
    found = points(space, 10, seed=3)
    assert len(found) == 4
    assert {(one["model"], one["augment"], one["width"]) for one in found} == {
        (model, augment, 8) for model in ("small", "large") for augment in (True, False)
    }


def test_another_seed_gives_other_points_and_the_same_one_the_same():
    space = parse(("rate=0.1:0.2",), Settings)
    assert points(space, 5, 0) == points(space, 5, 0) != points(space, 5, 1)


def test_what_is_found_can_be_read_from_a_file(tmp_path):
    values = {
        "model": "large",
        "augment": False,
        "rate": 0.25,
        "width": 3,
        "data": 'D:\\new\\"价格".csv',
        "drop": ("a", "b"),
    }
    file = tmp_path / "best.toml"
    file.write_text("".join(f"{name} = {toml(value)}\n" for name, value in values.items()), encoding="utf-8")
    kinds = {"model": Literal["small", "large"], "augment": bool, "rate": float, "width": int}
    kinds |= {"data": str, "drop": tuple[str, ...]}
    assert read_toml(file, kinds) == values


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rate", "write it as name=low:high"),
        ("raet=1:2", "no such setting: raet; did you mean rate"),
        ("rate=2:1", "low must be below high"),
        ("rate=0:1:log", "above 0 where it is logarithmic"),
        ("rate=1:nan", "low must be below high"),
        ("rate=a:b", "are no numbers"),
        ("model=1:2", "is for settings that are numbers"),
        ("rate=1:2:lin", "is for settings that are numbers"),
        ("model=small,huge", "huge is none of small, large"),
        ("width=8,wide", "wide is not a int"),
        ("augment=yes", "neither on nor off"),
    ],
)
def test_what_cannot_be_searched_is_told(text, told):
    with pytest.raises(ProjectError, match=told):
        parse((text,), Settings)


def test_trials_differ_in_the_network_and_its_training_only():
    allowed = tunable(Project)
    assert {"learning_rate", "epochs", "batch_size"} <= set(allowed)
    assert not {"data", "limit", "resume", "overwrite", "run", "trials", "device", "shots"} & set(allowed)
    with pytest.raises(ProjectError, match="not in limit"):
        parse(("limit=100,2000",), Project, allowed)


def test_nothing_to_search():
    with pytest.raises(ProjectError, match="nothing to search"):
        parse((), Settings)
