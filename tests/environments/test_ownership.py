"""Whose an environment is: what lies there says so, whatever our records do."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.environments.create import create
from scaffold.environments.gc import freeable_of
from scaffold.environments.layout import Place
from scaffold.environments.model import Progress
from scaffold.environments.remove import plan_removal
from scaffold.environments.state import State, is_ours, is_ready, read_state, recover, write_state
from scaffold.errors import EnvironmentOccupied
from tests.environments.unpacked import make_environment, make_ready, make_unfinished


def silent(progress: Progress) -> None:
    """Nobody looks."""


def by_hand(place: Place) -> None:
    """As the user makes one where ours was."""
    make_environment(place.own_location)
    (place.own_location / "mydata").write_text("precious")


@pytest.mark.parametrize("name", ["", "keras"])
def test_the_users_own_in_the_place_of_ours(name: str, root: Path, plan_for, system) -> None:
    """Our records still say that we made it: what lies there decides."""
    plan = replace(plan_for(root, "alpha"), place=Place(root, name))
    create(plan, system, silent)
    assert is_ours(plan.place)
    shutil.rmtree(plan.location)
    by_hand(plan.place)
    for asked in (plan, replace(plan, downloads=(), lock="", requirements=())):
        with pytest.raises(EnvironmentOccupied) as refused:
            create(asked, system, silent)
        assert refused.value.code == "environment-not-ours"
    with pytest.raises(EnvironmentOccupied) as refused:
        plan_removal(plan.place, foreign=False)
    assert refused.value.code == "environment-not-ours"
    assert [one.command[-1] for one in freeable_of(root)] == ["--foreign"]
    assert (plan.location / "mydata").read_text() == "precious"
    create(replace(plan, replace=True), system, silent)
    assert (is_ready(plan.place), is_ours(plan.place)) == (True, True)
    assert (plan.location / "mydata").read_text() == "precious"  # packages go, files are carried over


def test_one_of_before_the_mark_is_still_ours(root: Path, plan_for, system) -> None:
    plan = plan_for(root, "alpha==1.0")
    make_environment(plan.location)
    make_ready(plan.place)
    assert is_ours(plan.place)
    announced = State(status="creating", location=str(plan.location), digest="1", marked=True)
    write_state(plan.place, replace(announced, previous=read_state(plan.place)))
    assert is_ours(plan.place)  # a kill before it was put aside
    create(plan, system, silent)
    assert (plan.location / ".scaffold-made").is_file()


def test_a_kill_forgets_no_adoption(root: Path, tmp_path: Path) -> None:
    """One of our own was being made beside an environment that the user lent."""
    place, mine = Place(root), tmp_path / "mine"
    make_environment(mine)
    make_environment(place.own_location)
    make_unfinished(place)
    adopted = State(status="ready", location=str(mine), digest="", adopted=True)
    creating = State(status="creating", location=str(place.own_location), digest="1", previous=adopted)
    write_state(place, creating)
    (root / ".scaffold/proofs.json.12345678").touch()  # a write that was killed
    recover(place)
    assert (read_state(place), place.location) == (adopted, mine)
    assert not place.own_location.exists()
    assert [one.name for one in (root / ".scaffold").iterdir()] == ["environment.json"]
