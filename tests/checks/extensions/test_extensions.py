"""Rules about compiled extensions, from facts that were told."""

from __future__ import annotations

import pytest

from scaffold.checks.extensions import RULES
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.replay.read import described


def said(machine: dict, symptom: str = "") -> list[Finding]:
    known, _ = described({"machine": machine, "symptom": symptom})
    return [one for rule in RULES for one in rule(known)]


def gpu(name: str, capability: str) -> list[dict[str, str]]:
    return [{"vendor": "nvidia", "name": name, "compute_capability": capability}]


def test_an_extension_for_another_torch_is_said_whole() -> None:
    machine = {"packages": {"torch": "2.2.0+cu121", "torch-scatter": "2.1.2+pt21cu121"}}
    assert said(machine) == [
        Finding(
            id="ext.torch-abi",
            level="error",
            title="torch-scatter 2.1.2+pt21cu121 was compiled for torch 2.1, and torch 2.2.0+cu121 is installed",
            detail="PyTorch's C++ library changes from release to release; importing the extension ends with an "
            "undefined symbol, or it computes with wrong layouts.",
            cause="ext-abi-mismatch",
            evidence=(
                Evidence(source="torch-scatter 2.1.2+pt21cu121", value="for torch 2.1"),
                Evidence(source="torch", value="2.2.0+cu121"),
            ),
            not_the_cause=("the driver and the CUDA toolkit",),
            remedy=Remedy(
                text="reinstall it for the installed PyTorch (a wheel whose name carries this torch version), or "
                "rebuild it from source; or leave it out",
                commands=(
                    ("python", "-m", "pip", "uninstall", "-y", "torch-scatter"),
                    (
                        "python",
                        "-m",
                        "pip",
                        "install",
                        "--no-build-isolation",
                        "--no-cache-dir",
                        "--no-deps",
                        "torch-scatter",
                    ),
                ),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        ({"packages": {"torch": "2.1.2+cu121", "torch-scatter": "2.1.2+pt21cu121"}}, []),
        ({"packages": {"torch": "2.5.1", "flash-attn": "2.7.4.post1+cu12torch2.5cxx11abiFALSE"}}, []),
        ({"packages": {"torch": {"installed": True}, "flash-attn": "2.7.4+cu12torch2.5cxx11abiFALSE"}}, []),
        (
            {"packages": {"torch": "2.4", "exllamav2": {"version": "0.1", "built_for": "torch 2.3"}}},
            [("ext.torch-abi", "error")],
        ),
        ({"gpu": gpu("Tesla T4", "7.5"), "packages": {"flash-attn": "2.5.8"}}, [("ext.flash-attn", "error")]),
        ({"gpu": gpu("Tesla T4", "7.5"), "packages": {"flash-attn": "1.0.9"}}, []),
        ({"gpu": gpu("A100", "8.0"), "packages": {"flash-attn": "2.5.8"}}, []),
        (
            {"gpu": [*gpu("A100", "8.0"), *gpu("Tesla T4", "7.5")], "packages": {"flash-attn": "2.5.8"}},
            [("ext.flash-attn", "warning")],
        ),
        ({"packages": {"flash-attn": "2.5.8"}}, []),
        ({"env": {"BNB_CUDA_VERSION": "118"}, "packages": {"bitsandbytes": "0.45"}}, [("ext.bitsandbytes", "error")]),
        ({"env": {"BNB_CUDA_VERSION": ""}, "packages": {"bitsandbytes": "0.45"}}, []),
        (
            {"env": {"BNB_CUDA_VERSION": "126"}, "packages": {"bitsandbytes": "0.45", "torch": "2.6.0+cu126"}},
            [],
        ),
        (
            {"os": {"family": "windows"}, "packages": {"bitsandbytes": "0.41.1"}},
            [("ext.bitsandbytes", "error")],
        ),
        ({"os": {"family": "linux"}, "packages": {"bitsandbytes": "0.41.1"}}, []),
        (
            {"toolkit": {"nvcc": None}, "packages": {"deepspeed": {"requested": "0.14"}}},
            [("ext.build-toolchain", "warning")],
        ),
        ({"toolkit": {"nvcc": None}, "packages": {"deepspeed": "0.14"}}, []),
        ({"toolkit": {}, "packages": {"deepspeed": {"requested": "0.14"}}}, []),
        (
            {"toolkit": {"nvcc": "11.8"}, "packages": {"torch": "2.4.0+cu124", "apex": {"requested": "git"}}},
            [("ext.build-toolchain", "warning")],
        ),
        (
            {"os": {"family": "windows"}, "python": {"version": "3.12", "kind": "embedded"}, "packages": {"triton-windows": "3.3"}},
            [("ext.triton-toolchain", "warning")],
        ),
        ({"os": {"family": "linux"}, "packages": {"triton": "3.3.0"}}, []),
        ({"os": {"family": "linux"}, "toolkit": {"gcc": None}, "packages": {"triton": "3.3.0"}}, [("ext.triton-toolchain", "info")]),
    ],
)  # fmt: skip
def test_rules(machine, expected) -> None:
    assert [(one.id, one.level) for one in said(machine)] == expected


@pytest.mark.parametrize(
    "machine",
    [
        {},
        {"packages": 7},
        {"packages": {"flash-attn": []}},
        {"toolkit": "x"},
        {"files": {"Python.h": {}}},
        {"env": 3},
    ],
)
def test_hostile_descriptions_say_nothing(machine) -> None:
    assert said(machine) == []
