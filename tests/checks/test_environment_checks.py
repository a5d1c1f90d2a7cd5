"""The rules about one environment's files, its lock, and what was proved of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.checks import ENVIRONMENT_CHECKS, examine
from scaffold.checks.automatic import Cure, cure_of
from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.checks.project import opens_and_tests
from scaffold.environments.condition.collisions import Collision
from scaffold.environments.condition.drift import Drift
from scaffold.environments.condition.project import ProjectInstall
from scaffold.environments.condition.remains import DeadPath
from scaffold.environments.condition.whole import Contents, LockFacts
from scaffold.environments.model import Damage
from scaffold.environments.proving.proofs import KeptProof
from scaffold.errors import LockUnusable
from scaffold.machine.fingerprint import fingerprint
from scaffold.pycharm.survey.survey import survey
from scaffold.shell import line
from scaffold.system import HostSystem
from tests.checks.test_checks import HEALTHY, ROOT, levels
from tests.environments.test_proofs import PROOF

CLEAN = replace(HEALTHY, contents=Contents())
LOCK = LockFacts(path=ROOT / "requirements/lock-cu126.txt", group="cu126")
OLD = replace(LOCK, stale=("what pyproject.toml asks for has changed since",))
LOCKED = replace(CLEAN, lock=LOCK, locked=True)
BOTH = ["scaffold env lock", "scaffold env sync"]


def only(facts: Facts) -> Finding:
    """The one finding that is not good."""
    (found,) = [one for one in examine(facts) if one.level != "ok"]
    return found


def commands(finding: Finding) -> list[str]:
    return [line(*one) for one in finding.remedy.commands] if finding.remedy else []


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
    found = examine(replace(HEALTHY, contents=contents), ENVIRONMENT_CHECKS)
    assert [(one.id, one.level, one.cause) for one in found if one.id == "env.pythonhome"] == [
        ("env.pythonhome", "error", "pythonhome-set"),
        ("env.pythonhome", "warning", "pythonpath-set"),
    ]


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
ELSEWHERE = Drift(
    kind="extra", package="colorama", installed="0.4.6", locked="0.4.6", marker="sys_platform == 'win32'"
)


def test_an_environment_that_has_left_its_lock() -> None:
    found = only(replace(LOCKED, lock=replace(LOCK, drift=DRIFT)))
    assert (found.id, found.level, commands(found)) == ("lock.drift", "error", ["scaffold env sync"])
    assert [(one.source, one.value) for one in found.evidence] == [
        ("numpy", "not installed, 2.4.6 is locked"),
        ("torch", "another build: 2.14.1 is installed, 2.14.1+cu126 is locked"),
    ]


def test_more_than_the_lock_names() -> None:
    found = only(replace(LOCKED, lock=replace(LOCK, drift=(EXTRA, ELSEWHERE))))
    assert (found.id, found.level, found.title, commands(found)) == (
        "lock.extra", "warning", "2 packages are installed and not in the lock for this machine",
        ["scaffold env sync"],
    )  # fmt: skip
    assert [one.value for one in found.evidence] == [
        "0.26 is installed",
        "0.4.6 is installed; the lock has 0.4.6 where sys_platform == 'win32'",
    ]


def test_a_lock_that_is_met() -> None:
    facts = replace(CLEAN, lock=LOCK)
    assert levels(facts) == {}
    assert "The environment is exactly what lock-cu126.txt says" in [one.title for one in examine(facts)]


def test_locks_that_are_old_mixed_or_damaged() -> None:
    old = only(replace(LOCKED, lock=OLD))
    mixed = only(replace(LOCKED, lock=replace(LOCK, mixed=("torch 2.13.0: only in pylock.cu126.toml",))))
    problem = LockUnusable("cannot be used", detail=("no pinned requirement: line 3",), code="lock-damaged")
    damaged = only(replace(LOCKED, lock=replace(LOCK, problem=problem, drift=DRIFT)))
    assert [(one.id, one.level, commands(one)) for one in (old, mixed, damaged)] == [
        ("lock.stale", "warning", BOTH),
        ("lock.mixed", "error", BOTH),
        ("lock.damaged", "error", BOTH),
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


DAMAGE = Damage(distribution="numpy", path="numpy/__init__.py", what="size")
ALTERED = replace(DAMAGE, what="content")
PROJECT = ProjectInstall(name="cnn-project", how="missing")
#: Whatever breaks an environment -> the check that says so.
BREAKING = [
    ({"environment": None, "damages": None, "packages": None}, "env.missing"),
    ({"state": "creating"}, "env.unfinished"),
    ({"orphaned": True}, "env.venv-broken"),
    ({"made_at": "/elsewhere/.venv"}, "env.venv-broken"),
    ({"damages": (DAMAGE,)}, "env.files"),
    ({"declared": ("tqdm",)}, "pkg.requirements"),
    ({"project": PROJECT}, "pkg.project-missing"),
    ({"project": replace(PROJECT, how="copy")}, "pkg.project-copy"),
    ({"project": replace(PROJECT, how="elsewhere", source="/old")}, "pkg.project-elsewhere"),
    ({"contents": Contents(unkept=("pip.conf does not name constraints.txt",))}, "env.builds-unkept"),
]


@pytest.mark.parametrize(("change", "check"), BREAKING)
def test_a_cure_leads_to_the_lock_and_never_away_from_it(change: dict[str, object], check: str) -> None:
    """Without a lock: made anew. With one: exactly that. With an old one: both, in this order."""
    for facts, cure in (
        (CLEAN, ["scaffold env create"]),
        (LOCKED, ["scaffold env sync"]),
        (replace(LOCKED, lock=OLD), BOTH),
        (replace(LOCKED, lock=None), BOTH),  # a further environment that has none
    ):
        said = [one for one in examine(replace(facts, **change)) if one.level not in ("ok", "skipped")]
        assert check in [one.id for one in said]
        assert {tuple(commands(one)) for one in said} == {tuple(cure)}


def test_altered_files_come_from_their_source() -> None:
    facts = replace(LOCKED, damages=(ALTERED,), uv="uv")
    removed = ["scaffold env remove .venv --yes", "scaffold env sync"]
    assert commands(only(facts)) == ["uv cache clean numpy", *removed]
    assert commands(only(replace(facts, made_with="pip"))) == removed


def test_an_environment_that_nobody_knows_is_not_replaced_unasked() -> None:
    facts = replace(LOCKED, state=None, declared=("tqdm",))
    said = {one.id: commands(one) for one in examine(facts) if one.level != "ok"}
    assert said == {
        "env.unknown": ["scaffold env sync --replace"],
        "pkg.requirements": ["scaffold env sync --replace"],
    }


def test_what_an_adopted_environment_lacks_is_for_its_owner_to_install() -> None:
    python = str(HEALTHY.environment.python)
    facts = replace(LOCKED, adopted=True)
    said = [
        only(replace(facts, **change))
        for change in (
            {"declared": ("tqdm>=4", "numpy")},
            {"damages": (ALTERED,)},
            {"lock": replace(LOCK, drift=DRIFT)},
            {"lock": replace(LOCK, drift=(EXTRA,))},
            {"project": PROJECT},
            {"project": replace(PROJECT, how="copy")},
            {"contents": Contents(sees_system=True)},
        )
    ]
    assert [(one.id, one.level, commands(one)) for one in said] == [
        ("pkg.requirements", "error", [f"{python} -m pip install 'tqdm>=4'"]),
        (
            "env.altered", "error",
            [f"{python} -m pip install --force-reinstall --no-deps numpy==2.4.6"],
        ),
        (
            "lock.drift", "error",
            [f"{python} -m pip install --force-reinstall --no-deps numpy==2.4.6 torch==2.14.1+cu126"],
        ),
        ("lock.extra", "info", []),
        ("pkg.project-missing", "info", [f"{python} -m pip install --no-deps --editable {ROOT}"]),
        ("pkg.project-copy", "error", [f"{python} -m pip install --no-deps --editable {ROOT}"]),
        ("env.not-isolated", "warning", ["scaffold env sync --replace"]),
    ]  # fmt: skip


def test_the_command_that_was_called_is_the_one_that_is_advised() -> None:
    facts = replace(PROVED, proved=(), prove_with=("scaffold", "env", "check", "keras", "--deep"))
    assert commands(only(facts)) == ["scaffold env check keras --deep"]


@pytest.mark.parametrize("declared", [(), ("ipykernel", "pytest>=8")])
def test_what_opens_notebooks_and_starts_tests(declared: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / ".run").mkdir()
    (tmp_path / ".run/t.run.xml").write_text(
        '<component name="ProjectRunConfigurationManager">'
        '<configuration name="checks" type="tests" factoryName="py.test" /></component>'
    )
    lacking = replace(CLEAN, notebooks=2, ide=survey(tmp_path, HostSystem()), declared=declared)
    python = str(HEALTHY.environment.python)
    for adopted, how in ((False, "scaffold env create"), (True, f"{python} -m pip install {{}}")):
        said = list(opens_and_tests(replace(lacking, adopted=adopted)))
        assert [(one.id, one.level, one.title, commands(one)) for one in said] == (
            []
            if declared
            else [
                (
                    "pkg.notebook-kernel",
                    "info",
                    "2 notebooks of the project's cannot be run: no Jupyter",
                    [how.format("jupyter")],
                ),
                (
                    "pkg.test-runner",
                    "info",
                    "The run configuration checks needs pytest, which is not installed",
                    [how.format("pytest")],
                ),
            ]
        )
        assert [cure_of(one, lacking) for one in said] == [Cure()] * len(said)
    assert list(opens_and_tests(replace(lacking, environment=None))) == []


def test_one_of_a_thing_is_no_plural() -> None:
    one = Contents(collisions=(Collision(distributions=("a-1", "b-1"), paths=("a",)),))
    found = [
        only(replace(CLEAN, contents=one)).detail,
        only(replace(CLEAN, declared=("tqdm",))).title,
        only(replace(LOCKED, lock=replace(LOCK, mixed=("a 1: only in b",)))).title,
    ]
    assert found == [
        (
            "1 file comes from both, with other content: chance decided what is there, and to uninstall one takes "
            "the other's along"
        ),
        "1 requirement of the project's is not met",
        "The two locks of cu126 disagree about 1 pin",
    ]
