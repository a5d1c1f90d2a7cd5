"""What ``scaffold ide open`` tells before the folder opens."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scaffold.ide.open import OpenPlan, prepare
from scaffold.pycharm.installations.model import Installation
from scaffold.shell import quoted
from scaffold.system import HostSystem
from tests.cli.test_ide_pycharm import scaffold
from tests.pycharm.projects_on_disk import lay
from tests.pycharm.registration.machine import config, tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="settings lie where Linux has them")


def opened(root: Path, *, ours: bool) -> OpenPlan:
    installation = Installation(
        folder=root,
        launcher=("pycharm",),
        product="PyCharm",
        version="2026.2",
        build="262.1",
        edition="unified",
        how="path",
        reason="on PATH",
        config_folder=None,
        vmoptions="pycharm64.vmoptions",
    )
    return OpenPlan(root=root, ours=ours, installation=installation, argv=("pycharm",), reasons=())


def test_of_somebody_elses_project_a_broken_table_is_told_and_nothing_written(home: Path) -> None:
    root = home / "it's theirs"
    lay(root, {"pyproject.toml": '[project]\nname = "theirs"\n'})
    plan = opened(root, ours=False)
    assert prepare(HostSystem(), plan) == (None, ())
    ide = config(home, "PyCharm2026.2", "<application><")
    before = tree(home)
    ready, (told,) = prepare(HostSystem(), plan)
    assert ready is None
    assert told.startswith(f"PyCharm 2026.2: {ide}/options/jdk.table.xml")
    assert told.endswith(f"(scaffold ide pycharm --repair {quoted(root)} sets it aside)")
    assert tree(home) == before


def test_of_a_clone_it_is_told_how_to_make_the_environment(home: Path) -> None:
    scaffold(home, "new", "cnn-project", "--no-env")
    ready, told = prepare(HostSystem(), opened(home / "cnn-project", ours=True))
    assert ready is not None
    assert told == (
        "there is no environment that works in this project; make one there:  scaffold env create",
    )
