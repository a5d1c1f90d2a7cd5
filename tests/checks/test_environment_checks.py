"""The rules about one environment's files, its lock, and what was proved of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.checks import ENVIRONMENT_CHECKS, examine
from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.environments.condition.collisions import Collision
from scaffold.environments.condition.drift import Drift
from scaffold.environments.condition.remains import DeadPath
from scaffold.environments.condition.whole import Contents, LockFacts
from scaffold.environments.proving.proofs import KeptProof
from scaffold.errors import LockUnusable
from scaffold.machine.fingerprint import fingerprint
from tests.checks.test_checks import HEALTHY, ROOT, levels
from tests.environments.test_proofs import PROOF

CLEAN = replace(HEALTHY, contents=Contents())
LOCK = LockFacts(path=ROOT / "requirements/lock-cu126.txt", group="cu126")


def only(facts: Facts) -> Finding:
    """The one finding that is not good."""
    (found,) = [one for one in examine(facts) if one.level != "ok"]
    return found


def commands(finding: Finding) -> list[str]:
    return [" ".join(one) for one in finding.remedy.commands] if finding.remedy else []


def test_nothing_is_wrong_with_a_clean_one() -> None:
    assert levels(CLEAN) == {}


@pytest.mark.parametrize(
    ("contents", "check", "level", "title", "command"),
    [
        (
            Contents(collisions=(Collision(distributions=("nvidia_cudnn_cu12-9", "nvidia_cudnn_cu13-9"), paths=("a", "b")),)),
            "env.collision", "error", "nvidia_cudnn_cu12-9 and nvidia_cudnn_cu13-9 lie over each other",
            "scaffold env create",
        ),
        (
            Contents(collisions=(Collision(distributions=("torch-2.13.0", "torch-2.14.1"), paths=("a",)),)),
            "env.two-versions", "error", "torch-2.13.0 and torch-2.14.1 are installed over each other",
            "scaffold env create",
        ),
        (
            Contents(half_removed=("~orch",)),
            "env.half-removed", "warning", "pip was ended while it removed packages, and left ~orch",
            "scaffold env gc --delete",
        ),
        (
            Contents(without_metadata=("alpha-1.0.dist-info",)),
            "env.metadata", "error", "Installed packages do not say what they are: alpha-1.0.dist-info",
            "scaffold env create",
        ),
        (
            Contents(dead_paths=(DeadPath(file="a.pth", path="/gone", distribution="alpha"),)),
            "env.dead-path", "warning", "The environment imports from folders that are gone: /gone",
            f"{ROOT}/.venv/bin/python -m pip uninstall alpha",
        ),
        (
            Contents(sees_system=True),
            "env.not-isolated", "warning",
            "The environment also imports what is installed for the system and the user", "scaffold env create",
        ),
        (
            Contents(unkept=("pip.conf does not name constraints.txt",)),
            "env.builds-unkept", "warning",
            "pip would replace the chosen builds: its configuration in the environment was changed",
            "scaffold env create",
        ),
    ],
)  # fmt: skip
def test_each_rule(contents, check, level, title, command) -> None:
    found = only(replace(HEALTHY, contents=contents))
    assert (found.id, found.level, found.title, commands(found)) == (check, level, title, [command])
    assert found.evidence


def test_variables_that_break_an_environment() -> None:
    contents = Contents(python_home="/usr", shadowed=("/src/torch",))
    assert levels(replace(HEALTHY, contents=contents)) == {
        "env.python-home": "error",
        "env.shadowed": "warning",
    }


def test_a_framework_that_is_there_twice_is_said_once() -> None:
    twice = Contents(
        collisions=(Collision(distributions=("tensorflow-2.21.0", "tensorflow_cpu-2.21.0"), paths=("a",)),)
    )
    packages = {**HEALTHY.environment.packages, "tensorflow": "2.21.0"}
    both = replace(HEALTHY, contents=twice, environment=replace(HEALTHY.environment, packages=packages))
    assert levels(both) == {"pkg.duplicate-dist": "error"}


DRIFT = (
    Drift(kind="missing", package="numpy", installed="", locked="2.4.6"),
    Drift(kind="build", package="torch", installed="2.14.1", locked="2.14.1+cu126"),
)
EXTRA = Drift(kind="extra", package="scikit-image", installed="0.26", locked="")


def test_an_environment_that_has_left_its_lock() -> None:
    found = only(replace(CLEAN, lock=replace(LOCK, drift=DRIFT)))
    assert (found.id, found.level, commands(found)) == ("lock.drift", "error", ["scaffold env sync"])
    assert [(one.source, one.value) for one in found.evidence] == [
        ("numpy", "not installed, 2.4.6 is locked"),
        ("torch", "another build: 2.14.1 is installed, 2.14.1+cu126 is locked"),
    ]


def test_more_than_the_lock_names() -> None:
    found = only(replace(CLEAN, lock=replace(LOCK, drift=(EXTRA,))))
    assert (found.id, found.level, found.title) == (
        "lock.extra", "warning", "1 package is installed and in no line of the lock",
    )  # fmt: skip


def test_a_lock_that_is_met() -> None:
    facts = replace(CLEAN, lock=LOCK)
    assert levels(facts) == {}
    assert "The environment is exactly what lock-cu126.txt says" in [one.title for one in examine(facts)]


def test_locks_that_are_old_mixed_or_damaged() -> None:
    old = only(replace(CLEAN, lock=replace(LOCK, stale=("what pyproject.toml asks for has changed since",))))
    mixed = only(replace(CLEAN, lock=replace(LOCK, mixed=("torch 2.13.0: only in pylock.cu126.toml",))))
    problem = LockUnusable("cannot be used", detail=("no pinned requirement: line 3",), code="lock-damaged")
    damaged = only(replace(CLEAN, lock=replace(LOCK, problem=problem, drift=DRIFT)))
    assert [(one.id, one.level, commands(one)) for one in (old, mixed, damaged)] == [
        ("lock.stale", "warning", ["scaffold env lock"]),
        ("lock.mixed", "error", ["scaffold env lock"]),
        ("lock.damaged", "error", ["scaffold env lock"]),
    ]


def test_without_a_lock_the_plan_is_what_counts() -> None:
    facts = replace(CLEAN, planned={"torch": "2.14.1+cu126"})
    assert levels(facts) == {}
    replaced = replace(facts, planned={"torch": "2.13.0+cu126"})
    assert (only(replaced).id, only(replaced).evidence[0].value) == (
        "pkg.other-build", "2.14.1+cu126 is installed, 2.13.0+cu126 was chosen",
    )  # fmt: skip
    assert levels(replace(replaced, lock=LOCK)) == {}


KEPT = KeptProof(proof=PROOF, date="2026-11-22T09:00:00+00:00", machine=fingerprint(HEALTHY.machine))
PROVED = replace(CLEAN, proofs=None, proved=(KEPT,), record=replace(HEALTHY.record, frameworks=("pytorch",)))


def test_what_was_proved_is_told_instead_of_not_tried() -> None:
    assert levels(PROVED) == {}
    assert "PyTorch 2.14.1+cu126 was proved on NVIDIA L4 on 2026-11-22" in [
        one.title for one in examine(PROVED)
    ]
    assert levels(replace(PROVED, proved=())) == {"run.computes": "skipped"}


def test_what_has_changed_since_the_proof() -> None:
    card = replace(PROVED.machine.accelerators[0], driver="580.95.05")
    driver = replace(PROVED, machine=replace(PROVED.machine, accelerators=(card,)))
    build = replace(PROVED, proved=(replace(KEPT, proof=replace(PROOF, version="2.13.0+cu126")),))
    said = [only(one) for one in (driver, build)]
    assert [(one.id, one.level, commands(one)) for one in said] == [
        ("run.proved", "info", ["scaffold env check --deep"])
    ] * 2
    assert said[0].title.endswith("the machine has changed: made for driver 550.54.15; now 580.95.05 is here")
    assert said[1].title.endswith("since then 2.14.1+cu126 was installed")


def test_a_further_environment_is_judged_by_the_same_rules() -> None:
    broken = replace(CLEAN, name="keras", contents=Contents(half_removed=("~eras",)), further=())
    found = only(replace(CLEAN, further=(broken,)))
    assert found.title.startswith("Environment keras: pip was ended")
    assert found in [
        replace(one, title=f"Environment keras: {one.title}") for one in examine(broken, ENVIRONMENT_CHECKS)
    ]


def test_a_path_that_nobody_owns() -> None:
    dead = Contents(dead_paths=(DeadPath(file="mine.pth", path="/gone", distribution=""),))
    found = only(replace(HEALTHY, contents=dead))
    assert (found.remedy.text, commands(found)) == ("delete the file that names the folder", [])
    assert Path(found.evidence[0].source) == Path("mine.pth")
