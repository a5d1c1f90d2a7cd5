"""The builds that an environment was made with, written down."""

from __future__ import annotations

import pytest

from scaffold.environments.planned import planned_file, read_devices, write_planned
from scaffold.errors import NoPermission, NoSpace


def test_devices_come_back(root, torch_build) -> None:
    planned_file(root).parent.mkdir()
    write_planned(root, (torch_build,))
    assert read_devices(root) == {"pytorch": "cpu"}
    assert [one.name for one in planned_file(root).parent.iterdir()] == ["builds.json"]


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
        write_planned(root, (torch_build,))
    assert list(planned_file(root).parent.iterdir()) == []
