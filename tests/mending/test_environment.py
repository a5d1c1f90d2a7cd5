"""What --fix of an environment says before it makes it anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from scaffold.environments.model import Download
from scaffold.errors import OptionRefused
from scaffold.mending.environment import _telling_losses
from scaffold.mending.plan import plan_undo
from tests.pycharm.projects_on_disk import Host


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The parts of a plan that are asked for."""

    location: Path
    downloads: tuple[Download, ...] = ()
    notices: tuple[str, ...] = ()


def test_what_was_installed_by_hand_is_named_before_it_goes(tmp_path: Path) -> None:
    folder = tmp_path / "lib/python3.12/site-packages"
    for name in ("tabulate", "torch", "pip", "app", "pulled"):
        (folder / f"{name}-1.0.dist-info").mkdir(parents=True)
        (folder / f"{name}-1.0.dist-info/METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")
    for name in ("app", "pulled"):
        (folder / f"{name}-1.0.dist-info/direct_url.json").write_text("{}")
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\n")
    torch = Download(name="Torch", version="1.0", size=1, source="index")
    plan = Plan(location=tmp_path, downloads=(torch,))
    assert _telling_losses(cast("Any", plan), "app").notices == (
        "not part of the plan, gone afterwards, and not taken back by --undo: pulled, tabulate",
    )
    unknown = replace(plan, downloads=())
    assert _telling_losses(cast("Any", unknown), "app").notices == ()


def test_an_environment_is_not_taken_back(tmp_path: Path) -> None:
    with pytest.raises(OptionRefused) as refused:
        plan_undo(Host(home=str(tmp_path)), tmp_path)
    assert "an environment that was made anew is not taken back: it has no backup" in refused.value.detail
