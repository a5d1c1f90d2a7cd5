"""Doctor's rules: facts in, findings out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from scaffold.checks import CHECKS, examine
from scaffold.checks.facts import Facts, ProofFact
from scaffold.doctor import not_installed
from scaffold.environments.condition.whole import Contents
from scaffold.environments.model import Damage, Environment, Proof
from scaffold.errors import ProofFailed, UserDataRefused
from scaffold.machine.fingerprint import fingerprint
from scaffold.machine.model import Accelerator, Machine
from scaffold.probing.packages.model import PackageFacts, TorchBuild
from scaffold.projects.model import ProjectName, Record
from scaffold.pycharm.model import ConfigurationFile
from scaffold.pycharm.survey.model import IdeFacts, IdeFile, Lack, Run
from tests.hosts import plain_host

HOST = plain_host(
    os_version="Ubuntu 24.04",
    kernel="6.8",
    libc="glibc 2.39",
    cpu="EPYC",
    cpu_count=16,
    memory_total=64 << 30,
    memory_available=60 << 30,
    disk_free=1 << 40,
)
CARD = Accelerator(
    vendor="nvidia",
    index=0,
    name="NVIDIA L4",
    capability="8.9",
    driver="550.54.15",
    found_by={"name": "libcuda"},
)
ROOT = Path("/home/u/cnn-project")
ENVIRONMENT = Environment(
    location=ROOT / ".venv", python=ROOT / ".venv/bin/python", version="3.12.1", home=Path("/usr/bin"),
    packages={"numpy": "2.4.6", "torch": "2.14.1+cu126", "tensorflow-cpu": "2.21.0", "keras": "3.15.1"},
)  # fmt: skip


def ide(*lacks: Lack) -> IdeFacts:
    """A project with one run configuration."""
    file = IdeFile(path=".run/train.run.xml")
    known = ConfigurationFile(path=ROOT / file.path, name="train", type="PythonConfigurationType")
    run = Run(file=file, element=Element("configuration"), configuration=known, lacks=lacks)
    return IdeFacts(root=ROOT, files=(file,), runs=(run,))


HEALTHY = Facts(
    machine=Machine(host=HOST, accelerators=(CARD,), cuda_driver="12.4"),
    root=ROOT,
    record=Record(
        template="cnn", template_version="1.0.0", provider="scaffold-dl", scaffold_version="0.1.0",
        name=ProjectName(distribution="cnn-project", package="cnn_project", title="Cnn Project"),
        frameworks=("pytorch", "keras"),
    ),
    location=ROOT / ".venv",
    environment=ENVIRONMENT,
    state="ready",
    made_at=str(ROOT / ".venv"),
    orphaned=False,
    damages=(),
    declared=("numpy>=1.26", "tomli>=2.2; python_version < '3.11'"),
    packages=PackageFacts(torch=TorchBuild(version="2.14.1+cu126", cuda="12.6", source="version.py")),
    ide=ide(),
    proofs=tuple(
        ProofFact(
            framework=one,
            proof=Proof(framework=one, version="2", device="cpu", device_name="", seconds=1, loss_before=2, loss_after=1),
        )
        for one in ("pytorch", "keras")
    ),
)  # fmt: skip


def levels(facts: Facts) -> dict[str, str]:
    """Every finding but the good ones."""
    return {one.id: one.level for one in examine(facts) if one.level != "ok"}


def test_another_driver_since_the_builds_were_chosen() -> None:
    facts = replace(HEALTHY, made_for=fingerprint(HEALTHY.machine))
    assert levels(facts) == {}
    newer = replace(CARD, driver="580.95.05")
    moved = replace(facts, machine=replace(facts.machine, accelerators=(newer,)))
    (found,) = [one for one in examine(moved) if one.level == "info"]
    assert (found.id, found.title) == (
        "builds.machine-changed",
        "The machine has changed since the builds were chosen: made for driver 550.54.15; now 580.95.05 is here",
    )


def test_a_machine_that_lacks_what_the_builds_were_chosen_for() -> None:
    facts = replace(HEALTHY, made_for=fingerprint(HEALTHY.machine))
    gone = replace(facts, machine=replace(facts.machine, accelerators=()), packages=None)
    (found,) = [one for one in examine(gone) if one.id.startswith("builds.")]
    assert (found.level, found.title) == (
        "warning",
        "The machine has changed since the builds were chosen: made for NVIDIA L4, which cannot be used here now",
    )


def test_what_is_planned_is_judged_before_anything_is_installed() -> None:
    facts = replace(
        HEALTHY, environment=None, location=None, packages=None, proofs=None, state=None,
        planned={"torch": "2.15.0+cu132", "tensorflow-cpu": "2.21.0"}, planned_python="3.12",
    )  # fmt: skip
    (found,) = [one for one in examine(facts) if one.id.startswith("gpu.driver")]
    assert (found.level, found.evidence[0].source) == ("error", ".scaffold/builds.json")
    assert found.title.startswith("torch 2.15.0+cu132 needs CUDA 13; driver 550.54.15 runs CUDA 12")


def test_before_an_installation_the_environment_that_is_there_is_not_denied() -> None:
    (found,) = [one for one in examine(not_installed(HEALTHY)) if one.id == "ide.run-config"]
    assert (found.level, found.title) == (
        "skipped",
        "Whether run configurations start was not looked at: --before leaves aside what is installed",
    )


def test_a_plan_that_cannot_be_read_is_said() -> None:
    assert levels(replace(HEALTHY, plan_damaged=True)) == {"builds.plan-unreadable": "warning"}


def test_a_data_file_of_the_users_that_cannot_be_used_is_said() -> None:
    problem = UserDataRefused("the data file /home/u/builds.toml cannot be used", hint="mend it")
    assert levels(replace(HEALTHY, data_problem=problem)) == {"builds.data-file": "warning"}


def test_graphics_that_no_framework_knows_are_not_called_usable() -> None:
    uhd = Accelerator(vendor="intel", index=0, name="UHD Graphics 630", integrated=True)
    machine = replace(HEALTHY.machine, accelerators=(uhd, CARD))
    assert levels(replace(HEALTHY, machine=machine)) == {"gpu.no-framework": "info"}


def test_a_gpu_that_its_driver_cannot_serve_is_not_called_usable() -> None:
    old = replace(CARD, name="NVIDIA GeForce RTX 4090", driver="515.65.01")
    facts = Facts(machine=replace(HEALTHY.machine, accelerators=(old,), cuda_driver=""))
    (found,) = examine(facts)
    assert (found.id, found.level, found.detail.splitlines()[0]) == (
        "gpu.not-planned-for",
        "warning",
        (
            "not planned for: NVIDIA GeForce RTX 4090: a GPU of capability 8.9 needs driver 525, "
            "here is 515.65.01"
        ),
    )


def test_packages_that_cannot_run_on_this_gpu() -> None:
    """A GTX 1080 Ti has no machine code in CUDA 13's builds, whatever its driver says."""
    old = replace(CARD, name="NVIDIA GeForce GTX 1080 Ti", capability="6.1", driver="580.82.07")
    packages = {**ENVIRONMENT.packages, "torch": "2.15.0+cu130"}
    facts = replace(
        HEALTHY,
        machine=replace(HEALTHY.machine, accelerators=(old,), cuda_driver="13.0"),
        environment=replace(ENVIRONMENT, packages=packages),
        packages=PackageFacts(torch=TorchBuild(version="2.15.0+cu130", cuda="13.0", source="version.py")),
    )
    (found,) = [one for one in examine(facts) if one.level != "ok"]
    assert (found.id, found.level, found.cause) == ("gpu.arch-unsupported", "error", "arch-dropped")
    assert "sm_61" in found.title


def test_two_packages_that_own_the_same_files() -> None:
    packages = {**ENVIRONMENT.packages, "nvidia-cudnn-cu12": "9.10.2.21", "nvidia-cudnn-cu13": "9.20.0.48"}
    assert levels(replace(HEALTHY, environment=replace(ENVIRONMENT, packages=packages))) == {
        "gpu.driver-too-old": "error",  # cuDNN for CUDA 13 on a driver for CUDA 12
        "lib.tf-torch-conflict": "error",
    }


def test_a_healthy_project_gives_only_good_findings() -> None:
    assert levels(HEALTHY) == {}


def test_a_healthy_machine_without_a_project_gives_only_good_findings() -> None:
    assert levels(Facts(machine=HEALTHY.machine)) == {}


UNKEPT = Contents(unkept=("constraints.txt lacks torch==2.14.1+cu126",))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"environment": None, "damages": None, "packages": None}, {"env.missing": "error", "ide.run-config": "skipped"}),
        (
            {"state": "creating", "contents": UNKEPT, "declared": ("tqdm",), "proofs": None},
            {"env.unfinished": "error", "env.contents": "skipped", "ide.run-config": "skipped"},
        ),
        ({"orphaned": True}, {"env.venv-broken": "error", "ide.run-config": "skipped"}),
        (
            {"made_at": "/elsewhere/.venv"},
            {"env.venv-broken": "error", "ide.run-config": "skipped"},
        ),
        ({"state": "creating", "busy": "process 7"}, {"env.busy": "unknown", "ide.run-config": "skipped"}),
        (
            {"damages": (Damage(distribution="sympy", path="sympy/core/add.py", what="missing"),)},
            {"env.files": "error"},
        ),
        ({"packages": PackageFacts(torch=TorchBuild(version="2.14.1+cpu", cuda="", source="v"))}, {"gpu.build-cpu-only": "error"}),
        ({"packages": PackageFacts(torch=TorchBuild(version="2.15.0", cuda="13.2", source="v"))}, {"gpu.driver-too-old": "error"}),
        ({"ide": ide(Lack(kind="script", text="no such file"))}, {"ide.run-config-script": "error"}),
        ({"declared": ("numpy<2",)}, {"pkg.requirements": "error"}),
        ({"declared": ("tqdm",)}, {"pkg.requirements": "error"}),
        ({"proofs": None}, {"run.computes": "skipped"}),
        (
            {"proofs": (ProofFact(framework="keras", failure=ProofFailed("TensorFlow crashed (SIGILL)")),)},
            {"run.computes": "error"},
        ),
        (
            {"environment": replace(ENVIRONMENT, packages={"torch": "2.14.1", "numpy": "2.4.6"})},
            {"pkg.framework-missing": "error"},
        ),
        (
            {"environment": replace(ENVIRONMENT, packages={**ENVIRONMENT.packages, "tensorflow": "2.21.0"})},
            {"pkg.duplicate-dist": "error"},
        ),
    ],
)  # fmt: skip
def test_one_thing_wrong_gives_one_finding(change: dict[str, object], found: dict[str, str]) -> None:
    assert levels(replace(HEALTHY, **change)) == found


@pytest.mark.parametrize(
    "status", ["nouveau", "module_blocked", "reboot_required", "no_permission", "gpu_lost"]
)
def test_a_card_that_no_program_can_use_is_an_error_with_a_cure(status: str) -> None:
    facts = Facts(machine=Machine(host=HOST, accelerators=(replace(CARD, status=status),)))
    (finding,) = examine(facts)
    assert (finding.level, finding.remedy is not None) == ("error", True)


def test_within_a_cuda_generation_an_older_driver_is_right() -> None:
    """CUDA 12.4's driver runs programs made for 12.6: NVIDIA's minor version compatibility."""
    assert [one.level for one in examine(HEALTHY) if one.id == "gpu.driver"] == ["ok"]


def test_a_check_that_breaks_becomes_a_finding_and_stops_no_other() -> None:
    def broken(facts: Facts):
        raise ValueError("odd fact")
        yield

    findings = examine(HEALTHY, (broken, *CHECKS))
    assert (findings[0].id, findings[0].level, findings[0].detail) == (
        "doctor.check-failed", "unknown", "ValueError: odd fact",
    )  # fmt: skip
    assert len(findings) == len(examine(HEALTHY)) + 1


def test_every_problem_has_a_cause_and_a_way_out() -> None:
    wrong = replace(HEALTHY, state="creating", damages=(Damage(distribution="a", path="a.py", what="size"),))
    for finding in examine(wrong):
        if finding.level == "error":
            assert finding.cause
            assert finding.remedy is not None
            assert finding.evidence
