"""What --fix plans: exactly what is called automatic, and each file as it would be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.checks.automatic import SET, UNSET, marked
from scaffold.checks.facts import Facts
from scaffold.checks.ide.shown import FIX
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.environments.remaking import CREATE, SYNC
from scaffold.mending.files import take_back, write_files
from scaffold.mending.plan import plan_mending, plan_undo
from scaffold.probing.variables.model import Variable, VariableFacts
from scaffold.projects.model import ProjectName, Record
from scaffold.pycharm.mending.variables import with_variables
from scaffold.pycharm.survey.survey import survey
from tests.checks.ide.projects import FILES, run_xml
from tests.pycharm.projects_on_disk import Host, lay
from tests.replay.test_typed import MACHINE

RUN = ".run/train.run.xml"
ENVS = '    <envs>\n      <env name="CUDA_VISIBLE_DEVICES" value="7" />\n      <env name="SEED" value="1" />\n    </envs>\n'


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    """A project whose run configuration hides every GPU."""
    root = tmp_path / "app"
    lay(root, {**FILES, RUN: run_xml(inside=ENVS)})
    line = 1 + (root / RUN).read_text().split("CUDA_VISIBLE")[0].count("\n")
    variable = Variable(
        name="CUDA_VISIBLE_DEVICES", value="7", kind="run-configuration", place=f"{RUN}:{line}"
    )
    return Facts(machine=MACHINE, ide=survey(root, Host()), variables=VariableFacts(found=(variable,)))


def finding(
    name: str, *commands: tuple[str, ...], place: str = "", suppressed: str | None = None, cause: str = ""
) -> Finding:
    evidence = (Evidence(source=place, value="7"),) if place else ()
    remedy = Remedy(text="do it", commands=commands)
    return Finding(
        id=name, level="error", title=name, evidence=evidence, remedy=remedy, suppressed_by=suppressed,
        cause=cause,
    )  # fmt: skip


def leak(suppressed: str | None = None) -> Finding:
    return finding("env.user-site", cause="user-site-leak", suppressed=suppressed)


def place_of(facts: Facts) -> str:
    assert facts.variables
    return facts.variables.found[0].place


def test_a_variable_goes_from_the_run_configuration_that_is_blamed(facts: Facts) -> None:
    blamed = finding("gpu.visible-devices", place=place_of(facts))
    plan = plan_mending(Host(), facts, (blamed,))
    (change,) = plan.changes
    assert (plan.cures, change.path, change.reasons) == (
        ("gpu.visible-devices",),
        RUN,
        ("without CUDA_VISIBLE_DEVICES",),
    )
    assert change.after == (change.before or b"").replace(
        b'      <env name="CUDA_VISIBLE_DEVICES" value="7" />\n', b""
    )


def test_one_that_nobody_blames_stays(facts: Facts) -> None:
    elsewhere = finding("gpu.visible-devices", place="environment")
    assert not plan_mending(Host(), facts, (elsewhere,))
    assert not plan_mending(Host(), facts, (finding("sys.shm", place=place_of(facts)),))


def test_a_variable_is_written_where_none_is(facts: Facts) -> None:
    (change,) = plan_mending(Host(), facts, (leak(),)).changes
    assert change.after == (change.before or b"").replace(
        b'      <env name="SEED" value="1" />\n',
        b'      <env name="SEED" value="1" />\n      <env name="PYTHONNOUSERSITE" value="1" />\n',
    )


def test_several_cures_of_one_file_are_one_change(facts: Facts) -> None:
    both = (leak(), finding("gpu.visible-devices", place=place_of(facts)))
    (change,) = plan_mending(Host(), facts, both).changes
    assert change.reasons == ("with PYTHONNOUSERSITE=1", "without CUDA_VISIBLE_DEVICES")


def test_files_are_written_and_taken_back(facts: Facts, home: Path) -> None:
    assert facts.ide
    root = facts.ide.root
    before = (root / RUN).read_bytes()
    host = Host(home=home)
    plan = plan_mending(host, facts, (leak(),))
    backup = write_files(plan)
    assert backup is not None
    assert b"PYTHONNOUSERSITE" in (root / RUN).read_bytes()
    assert (backup / "files" / RUN).read_bytes() == before
    undone = plan_undo(host, root)
    take_back(undone)
    assert (root / RUN).read_bytes() == before


RECORD = Record(
    template="cnn",
    template_version="1",
    provider="tests",
    scaffold_version="0",
    name=ProjectName(distribution="app", package="app", title="App"),
    frameworks=("pytorch",),
)


@pytest.mark.parametrize(
    ("commands", "more", "automatic"),
    [
        ((SYNC,), {}, True),
        ((CREATE,), {}, True),
        ((SYNC,), {"adopted": True}, False),  # the user's own
        ((SYNC,), {"record": None}, False),  # not a project of ours
        (((*SYNC, "--replace"),), {}, False),  # perhaps the user's
        ((("scaffold", "env", "lock"), SYNC), {}, False),  # a lock is the user's decision
        ((("sudo", "apt", "install", "x"),), {}, False),
        ((), {}, False),
    ],
)
def test_only_environments_of_ours_are_made_anew(tmp_path: Path, commands, more, automatic) -> None:
    facts = replace(Facts(machine=MACHINE, root=tmp_path, record=RECORD), **more)
    found = marked((finding("env.missing", *commands),), facts)
    assert found[0].remedy is not None
    assert found[0].remedy.automatic is automatic
    assert bool(plan_mending(Host(), facts, found)) is automatic


def test_consequences_go_away_by_themselves(facts: Facts) -> None:
    one = leak("env.pythonhome")
    assert marked((one,), facts) == (one,)


def test_what_is_automatic_is_what_is_planned(facts: Facts) -> None:
    """One by one: a remedy is called automatic exactly where --fix would do something about it."""
    facts = replace(facts, root=facts.ide.root if facts.ide else None, record=RECORD)
    ids = (*UNSET, "env.missing", "sys.shm", "ide.run-config-sdk")
    for commands in ((), (SYNC,), (CREATE,), (FIX,), (("nvidia-smi",),)):
        for name in ids:
            for place, cause in (("", ""), (place_of(facts), ""), *(("", one) for one in SET)):
                (found,) = marked((finding(name, *commands, place=place, cause=cause),), facts)
                plan = plan_mending(Host(), facts, (found,))
                assert found.remedy is not None
                assert found.remedy.automatic == bool(plan.cures)


def test_a_file_without_variables_gets_them() -> None:
    text = run_xml().encode()
    new = with_variables(text, RUN, {"train": {"A": "1"}})
    assert b'<envs>\n      <env name="A" value="1" />\n    </envs>' in new
    assert with_variables(new, RUN, {"train": {"A": None}, "other": {"B": "1"}}).count(b"<env ") == 0
    assert with_variables(new, RUN, {"train": {"A": "2"}}) == new  # the user's own value stays
