"""A project's environments in short."""

from __future__ import annotations

from pathlib import Path

from scaffold.environments.condition.inventory import listed
from scaffold.environments.layout import Place
from scaffold.environments.proving.proofs import write_proofs
from scaffold.environments.state import State, write_state
from scaffold.system import HostSystem
from tests.environments.test_proofs import MACHINE, PROOF
from tests.environments.unpacked import VERSION, install, make_environment, make_ready, make_unfinished

SYSTEM = HostSystem()


def test_one_that_is_ready(root: Path, tmp_path: Path) -> None:
    place = Place(root, "keras")
    packages = make_environment(place.own_location)
    for name, version in (("torch", "2.13.0+cpu"), ("alpha", "1.0")):
        install(packages, tmp_path / "wheels", name, version, {f"{name}.py": ""})
    make_ready(place)
    write_proofs(place, [PROOF], MACHINE)
    found = listed(place, SYSTEM)
    assert (found.name, found.owner, found.standing, found.made_with) == ("keras", "scaffold", "ready", "uv")
    assert (found.python, found.base) == (VERSION, Path("/usr/bin"))
    assert found.builds == {"torch": "2.13.0+cpu"}
    assert found.packages == {"torch": "2.13.0+cpu", "alpha": "1.0"}
    assert [kept.proof for kept in found.proofs] == [PROOF]
    assert found.usage.files == 2 + 2 * 4


def test_how_it_stands(root: Path) -> None:
    place = Place(root)
    assert listed(place, SYSTEM).standing == "missing"
    place.own_location.mkdir()
    assert listed(place, SYSTEM).standing == "no environment"
    place.own_location.rmdir()
    make_environment(place.own_location)
    assert (listed(place, SYSTEM).standing, listed(place, SYSTEM).owner) == ("ready", "unknown")
    make_ready(place, location=root.parent / "before/.venv")
    assert listed(place, SYSTEM).standing == "moved"
    (place.own_location / "bin/python").unlink()
    assert listed(place, SYSTEM).standing == "base Python gone"
    make_unfinished(place)
    assert listed(place, SYSTEM).standing == "unfinished"


def test_one_that_the_user_lent(root: Path, tmp_path: Path) -> None:
    make_environment(tmp_path / "mine", include_system_site_packages="true")
    place = Place(root)
    place.state_file.parent.mkdir()
    write_state(place, State(status="ready", location=str(tmp_path / "mine"), digest="", adopted=True))
    found = listed(place, SYSTEM)
    assert (found.location, found.owner, found.standing) == (tmp_path / "mine", "user", "ready")
