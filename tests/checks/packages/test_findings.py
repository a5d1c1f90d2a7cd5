"""Whole findings, as their reader gets them."""

from __future__ import annotations

from pathlib import Path

from scaffold.checks import examine
from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.packages import RULES
from scaffold.probing.interpreter.model import PythonFacts
from scaffold.probing.manifest.model import LockedHere, ManifestFacts, Named
from scaffold.probing.packages.model import Package, PackageFacts
from scaffold.probing.target import Target
from scaffold.replay.read import described
from tests.checks.test_checks import HEALTHY

SITE = "/e/lib/python3.12/site-packages"


def findings(*packages: Package, complete: bool = True) -> list[Finding]:
    """What all rules about packages say of an environment that nobody made with scaffold."""
    facts = Facts(
        machine=HEALTHY.machine,
        target=Target(folder=Path("/p"), python=Path("/e/bin/python"), prefix=Path("/e")),
        python=PythonFacts(version="3.12.4"),
        packages=PackageFacts(packages=packages, complete=complete, places=(SITE,)),
    )
    return [one for rule in RULES for one in rule(facts) if one.level != "ok"]


def package(name: str, version: str, **more: object) -> Package:
    return Package(name=name, version=version, location=SITE, **more)  # type: ignore[arg-type]


def test_a_torchvision_of_another_torch() -> None:
    assert findings(package("torch", "2.5.1+cu124"), package("torchvision", "0.21.0+cu124")) == [
        Finding(
            id="pkg.torch-family",
            level="error",
            title="torchvision 0.21.0+cu124 was built for torch 2.6, and torch 2.5.1+cu124 is imported",
            detail="its compiled operators do not load: 'operator torchvision::… does not exist', an undefined "
            "symbol, or WinError 127",
            cause="torchvision-pair-mismatch",
            evidence=(
                Evidence(source=SITE, value="torch 2.5.1+cu124"),
                Evidence(source=SITE, value="torchvision 0.21.0+cu124"),
            ),
            not_the_cause=("the driver, CUDA and cuDNN",),
            remedy=Remedy(
                text="install the torchvision of this PyTorch (torchvision==0.20.*); or both together, in one "
                "command, from one index",
                commands=(
                    (
                        *("/e/bin/python", "-m", "pip", "install", "torchvision==0.20.*"),
                        *("--index-url", "https://download.pytorch.org/whl/cu124"),
                    ),
                ),
            ),
        )
    ]


def test_several_packages_for_numpy_1_are_one_finding() -> None:
    (one,) = findings(package("torch", "2.2.2"), package("pandas", "2.1.4"), package("numpy", "2.1.3"))
    assert (one.id, one.level, one.cause) == ("pkg.numpy-abi", "error", "numpy2-with-old-torch")
    assert one.title == "torch 2.2.2 does not run with numpy 2.1.3"
    assert [each.value for each in one.evidence] == ["torch 2.2.2", "pandas 2.1.4", "numpy 2.1.3"]
    assert one.remedy is not None
    assert one.remedy.commands == (("/e/bin/python", "-m", "pip", "install", "numpy<2"),)


def test_the_keras_of_an_older_tensorflow_is_pinned() -> None:
    (one,) = findings(
        package("tensorflow", "2.15.1"), package("keras", "3.6.0"), package("transformers", "4.40")
    )
    assert one.title == "tensorflow 2.15.1 does not run with keras 3.6.0"
    assert one.remedy is not None
    assert one.remedy.commands == (("/e/bin/python", "-m", "pip", "install", "keras==2.15.*"),)


def test_needs_are_sorted_by_what_they_break() -> None:
    found = findings(
        package(
            "torch", "2.13.0", requires=("filelock", "sympy>=1.13", 'triton==3.5; sys_platform == "win32"')
        ),
        package("sympy", "1.12"),
        package("black", "25.1", requires=("click>=8", "not a requirement ===")),
    )
    assert [(one.level, one.title) for one in found] == [
        ("error", "torch 2.13.0 asks for filelock, and filelock is not installed"),
        ("warning", "torch 2.13.0 asks for sympy>=1.13, and sympy 1.12 is installed"),
        ("info", "black 25.1 asks for click>=8, and click is not installed"),
    ]


def test_what_was_not_listed_is_not_missing() -> None:
    assert findings(package("torch", "2.13.0", requires=("filelock",)), complete=False) == []
    assert findings(complete=False) == []


def test_no_framework_at_all() -> None:
    (one,) = findings(package("pip", "26.3"))
    assert (one.id, one.level) == ("pkg.framework-missing", "info")
    assert one.title == "Neither PyTorch nor TensorFlow, Keras or JAX is installed for /e/bin/python"


def test_copies_elsewhere_on_the_path_are_meant() -> None:
    """An environment that sees the system's packages has its own, newer copy first."""
    below = Package(name="numpy", version="1.26.4", location="/usr/lib/python3/dist-packages")
    assert [one.id for one in findings(package("torch", "2.13.0"), package("numpy", "2.4.6"), below)] == []


def test_every_row_of_the_table_can_be_judged() -> None:
    """A specifier that nobody can read, or an id without an explanation, would say nothing at all."""
    from packaging.specifiers import SpecifierSet

    from scaffold.checks.catalogue import catalogue
    from scaffold.checks.packages.clashes import clashes

    explained = catalogue()
    for row in clashes():
        assert row.level in explained[row.id].levels, row
        assert [str(SpecifierSet(one)) for one in (row.versions, row.beside_versions)], row
        assert row.package, row
        assert row.beside, row
        assert all((row.why, row.text, row.pins)), row


def test_keras_3_is_not_put_beside_an_older_tensorflow() -> None:
    machine = {
        "packages": {"tensorflow": "2.13.1", "keras": "2.13.1"},
        "files": {"m.keras": "saved by Keras 3.5.0"},
    }
    known, _ = described({"machine": machine, "symptom": ""})
    (found,) = [one for one in examine(known) if one.id == "pkg.keras-model-version"]
    assert found.remedy is not None
    assert found.remedy.commands == ()


def test_copies_of_an_unknown_version_are_counted() -> None:
    known, _ = described({"machine": {"packages": {"numpy": {"copies": 2}}}, "symptom": ""})
    assert [one.title for one in examine(known) if one.id == "pkg.duplicate-dist"] == [
        "numpy is installed 2 times"
    ]


def test_pins_of_a_lock_are_compared_before_anything_is_installed() -> None:
    pins = (Named(package="torch", version="2.2.2"), Named(package="numpy", version="2.1.0"))
    lock = LockedHere(path="uv.lock", format="uv", python="3.12", pins=pins)
    facts = Facts(machine=HEALTHY.machine, before=True, manifest=ManifestFacts(locks=(lock,)))
    found = [one for rule in RULES for one in rule(facts)]
    assert [(one.id, one.level, one.title) for one in found] == [
        ("pkg.numpy-abi", "error", "torch 2.2.2 does not run with numpy 2.1.0, and the lock pins both")
    ]
    assert [one.remedy.commands for one in found if one.remedy] == [()]  # there is nothing to install into
