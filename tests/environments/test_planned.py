"""The builds that an environment was made with, written down."""

from __future__ import annotations

import pytest

from scaffold.builds import BuildChoice
from scaffold.environments.layout import Place
from scaffold.environments.planned import planned_file, read_devices, read_machine, write_planned
from scaffold.errors import NoPermission, NoSpace
from scaffold.machine.fingerprint import fingerprint
from tests.machine.hosts import machine


def test_devices_come_back(root, torch_build) -> None:
    planned_file(root).parent.mkdir()
    here = machine("a100-driver-470")
    write_planned(root, BuildChoice(python="3.12", builds=(torch_build,)), here)
    assert read_devices(Place(root)) == {"pytorch": "cpu"}
    assert read_machine(root) == fingerprint(here)
    assert [one.name for one in planned_file(root).parent.iterdir()] == ["builds.json"]


@pytest.mark.parametrize(
    "text", ["", "[]", "3", '{"machine": {"os": "linux"}}', "\x00", '{"builds": [3]}', "[" * 9999]
)
def test_what_is_no_plan_tells_nothing(root, text) -> None:
    planned_file(root).parent.mkdir()
    planned_file(root).write_text(text)
    assert read_devices(Place(root)) == {}
    assert read_machine(root) is None


@pytest.mark.parametrize(("errno", "error"), [("ENOSPC", NoSpace), ("EACCES", NoPermission)])
def test_a_disk_that_refuses_is_one_of_our_errors(errno, error, root, torch_build, monkeypatch) -> None:
    import errno as numbers
    import os
    from pathlib import Path

    planned_file(root).parent.mkdir()
    number = getattr(numbers, errno)

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(error):
        write_planned(root, BuildChoice(python="3.12", builds=(torch_build,)), machine("alpine"))
    assert list(planned_file(root).parent.iterdir()) == []
