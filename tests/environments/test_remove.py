"""Removing an environment: ours, or what the user says; whole or gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffold.environments import remove as removing
from scaffold.environments.layout import Place
from scaffold.environments.proving.proofs import read_proofs, write_proofs
from scaffold.environments.remove import plan_removal, remove
from scaffold.environments.state import State, is_ready, read_state, write_state
from scaffold.errors import EnvironmentOccupied, LaunchFailed, ScaffoldError
from tests.environments.test_proofs import MACHINE, PROOF
from tests.environments.unpacked import install, make_environment, make_ready, make_unfinished


@pytest.fixture(params=["", "keras"])
def place(request: pytest.FixtureRequest, root: Path, tmp_path: Path) -> Place:
    """A ready environment with one package, and proofs of it and of another one."""
    place = Place(root, request.param)
    packages = make_environment(place.own_location)
    install(packages, tmp_path / "wheels", "alpha", "1.0", {"alpha.py": "version = 1\n"})
    make_ready(place)
    for one in (place, Place(root, "other")):
        write_proofs(one, [PROOF], MACHINE)
    return place


def left(root: Path) -> set[str]:
    """Everything below the project."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*")} - {".envs"}


def test_nothing_of_it_stays(place: Place) -> None:
    plan = plan_removal(place, foreign=False)
    assert (plan.location, plan.is_ours) == (place.own_location, True)
    assert plan.usage.size > 0
    remove(plan)
    assert left(place.root) == {".scaffold", ".scaffold/proofs.json"}
    assert (read_proofs(place), len(read_proofs(Place(place.root, "other")))) == ((), 1)
    with pytest.raises(LaunchFailed) as caught:
        plan_removal(place, foreign=False)
    assert caught.value.code == "environment-missing"


@pytest.mark.parametrize("step", ["recover", "put_away", "write_state", "forget_proofs", "remove_tree"])
@pytest.mark.parametrize("after", [False, True])
def test_a_kill_leaves_it_whole_or_gone(
    step: str, after: bool, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Death before and after each step; then the same command again."""
    real = getattr(removing, step)

    def dies(*given: object) -> None:
        if after:
            real(*given)
        raise SystemExit

    monkeypatch.setattr(removing, step, dies)
    with pytest.raises(SystemExit):
        remove(plan_removal(place, foreign=False))
    monkeypatch.undo()
    whole = is_ready(place) and (place.own_location / "lib/python3.12/site-packages/alpha.py").is_file()
    assert whole or not place.own_location.exists()
    if read_state(place) is not None:
        remove(plan_removal(place, foreign=False))
        assert {one for one in left(place.root) if "discarded" not in one} == {
            ".scaffold",
            ".scaffold/proofs.json",
        }


def test_an_unfinished_one_and_the_one_that_waits_go_both(place: Place) -> None:
    place.own_location.rename(place.restore_folder)
    make_environment(place.own_location)
    before = read_state(place)
    make_unfinished(place)
    state = read_state(place)
    assert state is not None
    write_state(place, State(status="creating", location=state.location, digest="1", previous=before))
    remove(plan_removal(place, foreign=False))
    assert left(place.root) == {".scaffold", ".scaffold/proofs.json"}


def test_what_scaffold_did_not_make_needs_a_word(place: Place) -> None:
    write_state(place, None)
    with pytest.raises(EnvironmentOccupied) as caught:
        plan_removal(place, foreign=False)
    assert caught.value.code == "environment-not-ours"
    assert caught.value.hint.endswith(f"scaffold env remove {place.name or '.venv'} --foreign")
    plan = plan_removal(place, foreign=True)
    assert plan.is_ours is False
    remove(plan)
    assert not place.own_location.exists()


def refusal(place: Place) -> ScaffoldError:
    with pytest.raises(ScaffoldError) as caught:
        plan_removal(place, foreign=True)
    return caught.value


def test_a_folder_that_is_no_environment_is_never_removed(root: Path) -> None:
    place = Place(root)
    place.own_location.mkdir()
    (place.own_location / "thesis.tex").touch()
    assert refusal(place).code == "environment-not-one"
    assert (place.own_location / "thesis.tex").exists()


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege on Windows")
def test_links_do_not_lead_out_of_the_project(root: Path, tmp_path: Path) -> None:
    make_environment(tmp_path / "elsewhere/keras")
    Place(root).own_location.symlink_to(tmp_path / "elsewhere/keras")
    assert refusal(Place(root)).code == "environment-is-link"
    (root / ".envs").symlink_to(tmp_path / "elsewhere")
    make_ready(Place(root, "keras"))
    assert refusal(Place(root, "keras")).code == "environment-elsewhere"
    assert (tmp_path / "elsewhere/keras/pyvenv.cfg").is_file()


def test_an_adopted_one_is_left_to_its_owner(root: Path, tmp_path: Path) -> None:
    make_environment(tmp_path / "mine")
    place = Place(root)
    place.state_file.parent.mkdir()
    write_state(place, State(status="ready", location=str(tmp_path / "mine"), digest="", adopted=True))
    assert refusal(place).code == "environment-adopted"
