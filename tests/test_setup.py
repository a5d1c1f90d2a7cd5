"""From a machine to an environment that computes, with stand-ins for the frameworks."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.env.create import ProjectPlan, carry_out, plan_for_project
from scaffold.env.lock import plan_lock
from scaffold.env.project import environment_of
from scaffold.environments.layout import Place, site_packages_of
from scaffold.environments.model import Progress
from scaffold.environments.planned import planned_file, read_devices
from scaffold.environments.state import is_ready
from scaffold.errors import (
    ConsentNeeded,
    Interrupted,
    NoPermission,
    NotAProject,
    OptionRefused,
    ProofFailed,
    PythonMissing,
    SourceUnreachable,
)
from scaffold.setup import SetupReport, Wishes
from scaffold.system import HostSystem
from tests.environments.standins import MINOR, PYTHON, make_broken_torch, make_project, make_wheels
from tests.sources.conftest import PackageServer, Reply, server  # noqa: F401

CONSENT = "the only PyTorch that can be had here is a cu130 build"


def silent(progress: Progress) -> None:
    """Nobody looks."""


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_wheels(tmp_path_factory.mktemp("standins") / "wheels")


@pytest.fixture
def system(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> HostSystem:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "uv-cache"))
    return HostSystem()


def planned(system: HostSystem, root: Path, index: Path) -> ProjectPlan:
    return plan_for_project(
        system, root, Wishes(frameworks=(), python=PYTHON, index=str(index)), lambda text: None
    )


def made(system: HostSystem, plan: ProjectPlan, report=silent) -> SetupReport:
    return carry_out(system, plan, lambda text: None, report)


def entries(root: Path) -> set[str]:
    """What lies in the project, less the lock file that some systems leave."""
    below = {f".scaffold/{one.name}" for one in (root / ".scaffold").iterdir()}
    return {one.name for one in root.iterdir()} | below - {".scaffold/environment.lock"}


FILES = {"pyproject.toml", ".scaffold", ".scaffold/project.json"}
MADE = FILES | {
    ".venv",
    ".idea",
    ".scaffold/environment.json",
    ".scaffold/builds.json",
    ".scaffold/proofs.json",
}


def test_the_plan_fits_together_and_writes_nothing(system, tmp_path, wheels) -> None:
    root = make_project(tmp_path / "project", "pytorch", "keras")
    said: list[str] = []
    plan = plan_for_project(
        system, root / ".scaffold", Wishes(frameworks=(), python=PYTHON, index=str(wheels)), said.append
    )
    assert plan.root == root
    assert plan.setup.choice.python == MINOR
    assert plan.setup.frameworks == ("pytorch", "keras")
    assert plan.setup.consents == ()
    (environment,) = plan.setup.environments
    names = {one.name for one in environment.downloads}
    assert {"alpha", "tiny-backend", "torch", "keras"} <= names
    assert said == [
        "looking at the machine",
        "asking which builds can be had",
        "working out what has to be downloaded",
    ]
    assert entries(root) == FILES


def test_outside_a_project_and_with_an_index_that_is_none(system, tmp_path, wheels) -> None:
    with pytest.raises(NotAProject):
        planned(system, tmp_path, wheels)
    with pytest.raises(OptionRefused):
        planned(system, make_project(tmp_path / "project", "pytorch"), tmp_path / "nowhere")


def test_both_frameworks_are_installed_and_proved(system, tmp_path, wheels) -> None:
    root = make_project(tmp_path / "project", "pytorch", "keras")
    told: list[Progress] = []
    report = made(system, planned(system, root, wheels), told.append)
    assert [(one.framework, one.loss_before, one.loss_after) for one in report.proofs] == [
        ("pytorch", 2.0, 1.0),
        ("keras", 2.0, 1.0),
    ]
    assert report.made[0].environment.packages["thing"] == "0.1"
    assert read_devices(Place(root)) == {"pytorch": "cpu", "keras": "cpu"}
    assert entries(root) == MADE
    assert list(dict.fromkeys(one.step for one in told)) == ["create", "install", "verify", "prove"]
    assert told[-1].message == "Proving PyTorch and Keras: one training step each"
    assert environment_of(system, root) == report.made[0].environment


def test_a_second_time_nothing_is_made_and_all_is_proved(system, tmp_path, wheels) -> None:
    root = make_project(tmp_path / "project", "pytorch")
    made(system, planned(system, root, wheels))
    told: list[Progress] = []
    report = made(system, planned(system, root, wheels), told.append)
    assert [one.step for one in told] == ["prove"]
    assert [one.framework for one in report.proofs] == ["pytorch"]


def test_a_first_one_that_fails_its_proof_leaves_the_files(system, tmp_path) -> None:
    root = make_project(tmp_path / "project", "pytorch")
    plan = planned(system, root, make_broken_torch(tmp_path / "broken"))
    with pytest.raises(ProofFailed) as caught:
        made(system, plan)
    assert caught.value.code == "proof-no-import"
    assert caught.value.detail[-2:] == (
        "ImportError: libgomp.so.1 is missing",
        "the project's files are complete; it has no environment",
    )
    assert entries(root) == FILES


def test_a_replacement_that_fails_its_proof_brings_all_of_the_old_one_back(system, tmp_path, wheels) -> None:
    root = make_project(tmp_path / "project", "pytorch")
    before = made(system, planned(system, root, wheels)).made[0].environment
    notes = [planned_file(root), *sorted((root / ".idea").iterdir())]
    content = [note.read_bytes() for note in notes]
    with pytest.raises(ProofFailed):
        made(system, planned(system, root, make_broken_torch(tmp_path / "broken")))
    assert environment_of(system, root) == before
    assert is_ready(Place(root))
    assert [note.read_bytes() for note in notes] == content
    assert entries(root) == MADE


@pytest.mark.parametrize("step", ["create", "install", "verify", "prove"])
def test_ctrl_c_says_what_is_left(step, system, tmp_path, wheels) -> None:
    def press(progress: Progress) -> None:
        if progress.step == step:
            raise KeyboardInterrupt

    root = make_project(tmp_path / "project", "pytorch")
    plan = planned(system, root, wheels)
    with pytest.raises(Interrupted) as caught:
        made(system, plan, press)
    assert caught.value.detail == ("the project's files are complete; it has no environment",)
    assert caught.value.hint.startswith("go on with: scaffold env create --python ")
    assert entries(root) == FILES


def test_ctrl_c_while_one_is_replaced_keeps_the_old_one(system, tmp_path, wheels) -> None:
    def press(progress: Progress) -> None:
        raise KeyboardInterrupt

    root = make_project(tmp_path / "project", "pytorch")
    before = made(system, planned(system, root, wheels)).made[0].environment
    with pytest.raises(Interrupted) as caught:
        made(system, planned(system, root, make_broken_torch(tmp_path / "broken")), press)
    assert caught.value.detail == (f"the environment in {before.location} is as it was before",)
    assert environment_of(system, root) == before


def test_what_nobody_agreed_to_is_not_begun(system, tmp_path, wheels) -> None:
    root = make_project(tmp_path / "project", "pytorch")
    plan = planned(system, root, wheels)
    (build,) = plan.setup.choice.builds
    choice = replace(plan.setup.choice, builds=(replace(build, needs_consent=CONSENT),))
    costly = replace(plan, setup=replace(plan.setup, choice=choice))
    with pytest.raises(ConsentNeeded) as caught:
        made(system, costly)
    assert caught.value.detail == (CONSENT,)
    assert entries(root) == FILES
    agreed = replace(costly, wishes=replace(costly.wishes, allow_cuda=True))
    assert made(system, agreed).proofs


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(system, tmp_path, wheels) -> None:
    root = make_project(tmp_path / "project", "pytorch")
    plan = planned(system, root, wheels)
    (root / ".scaffold").chmod(0o500)
    try:
        with pytest.raises(NoPermission):
            made(system, plan)
    finally:
        (root / ".scaffold").chmod(0o700)


@pytest.mark.parametrize("ready", [False, True], ids=["a poisoned cache", "an environment that stands"])
def test_an_edit_in_site_packages_is_undone(ready, system, tmp_path) -> None:
    """uv links what it installs to its cache: what an editor writes there comes back in every environment."""
    wheels = make_wheels(tmp_path / "wheels")
    first, second = (make_project(tmp_path / name, "pytorch") for name in ("first", "second"))
    installed = made(system, planned(system, first, wheels)).made[0].environment
    folder = site_packages_of(installed.location)
    assert folder is not None
    right = (folder / "torch.py").read_text()
    with (folder / "torch.py").open("r+") as stream:  # as an editor that saves in place
        stream.write("1/0 #")
    later = (folder / "torch.py").stat().st_mtime + 60  # byte code knows its source by whole seconds
    os.utime(folder / "torch.py", (later, later))
    root = first if ready else second
    again = made(system, planned(system, root, wheels)).made[0].environment
    packages = site_packages_of(again.location)
    assert packages is not None
    assert (packages / "torch.py").read_text() == right


def test_a_python_that_the_project_does_not_allow(system, tmp_path, wheels) -> None:
    root = make_project(tmp_path / "project", "pytorch")
    path = root / "pyproject.toml"
    path.write_text(path.read_text().replace("[project]", '[project]\nrequires-python = ">=3.99"'))
    with pytest.raises(OptionRefused, match=f"Python {MINOR}.* is outside .* requires-python >=3.99"):
        planned(system, root, wheels)
    with pytest.raises(PythonMissing, match=r"what the project allows: requires-python >=3.99"):
        plan_for_project(system, root, Wishes(frameworks=(), index=str(wheels)), lambda text: None)


@pytest.mark.parametrize("place", ["--index", "PIP_EXTRA_INDEX_URL"])
def test_no_plan_is_made_with_an_index_that_refuses(
    place: str,
    home: Path,
    tmp_path: Path,
    server: PackageServer,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = make_project(tmp_path / "project", "pytorch")
    server.replies |= {"/simple/pip/": Reply(status=401), "/open/pip/": Reply(status=404)}
    url, wish = server.url.replace("//", "//me:wrong@") + "/simple", f"{server.url}/open"
    if place == "--index":
        wish = url
    else:
        monkeypatch.setenv(place, url)
    system = HostSystem()
    for plan in (
        lambda: plan_for_project(
            system, root, Wishes(frameworks=(), python=PYTHON, index=wish), lambda text: None
        ),
        lambda: plan_lock(system, root, index=wish),
    ):
        with pytest.raises(SourceUnreachable, match="refuses the user name and password") as caught:
            plan()
        assert caught.value.code == "install-not-authorized"
        assert f"configured by {place}" in caught.value.detail[0]
    assert not (root / "uv.lock").exists()
