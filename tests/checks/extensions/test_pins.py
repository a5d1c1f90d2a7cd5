"""Extensions that name one PyTorch, DeepSpeed's compiler, and cures that keep the installed PyTorch."""

from __future__ import annotations

import pytest

from scaffold.checks.extensions import RULES
from scaffold.checks.model import Finding
from scaffold.replay.read import described


def said(machine: dict) -> list[Finding]:
    known, _ = described({"machine": machine, "symptom": ""})
    return [one for rule in RULES for one in rule(known)]


@pytest.mark.parametrize(
    ("xformers", "torch", "named"),
    [
        ({"version": "0.0.27.post2"}, "2.3.1+cu121", "torch 2.4.0"),
        ({"version": "0.0.99", "requires": ["torch==2.4.0"]}, "2.3.1+cu121", "torch 2.4.0"),
        ({"version": "0.0.27.post2"}, "2.4.1+cu121", ""),  # one minor version
        ({"version": "0.0.99"}, "2.3.1+cu121", ""),
    ],
)
def test_xformers_was_built_for_one_torch(xformers, torch, named) -> None:
    found = said({"packages": {"torch": torch, "xformers": xformers}})
    assert [one.title for one in found] == (
        [f"xformers {xformers['version']} was compiled for {named}, and torch {torch} is installed"]
        if named
        else []
    )
    for one in found:
        assert one.remedy is not None
        assert one.remedy.commands == (
            ("python", "-m", "pip", "install", "--only-binary", "xformers", "xformers", f"torch=={torch}"),
        )


@pytest.mark.parametrize(
    ("nvcc", "expected"), [("12.2", "nvcc-version-mismatch"), (None, "nvcc-missing"), ("11.8", None)]
)
def test_deepspeed_compiles_when_it_is_used(nvcc, expected) -> None:
    machine = {"toolkit": {"nvcc": nvcc}, "packages": {"torch": "1.13.1+cu117", "deepspeed": "0.8.0"}}
    found = [(one.id, one.level, one.cause) for one in said(machine)]
    assert found == ([("ext.build-toolchain", "warning", expected)] if expected else [])


def test_an_upgrade_of_bitsandbytes_keeps_the_torch_that_is_there() -> None:
    machine = {"os": {"family": "windows"}, "packages": {"torch": "2.0.1+cu117", "bitsandbytes": "0.41.0"}}
    (found,) = said(machine)
    assert found.remedy is not None
    assert found.remedy.commands == (
        ("python", "-m", "pip", "install", "--upgrade", "bitsandbytes", "torch==2.0.1+cu117"),
    )
