"""The facts that a choice of builds rests on: kept, read back, compared."""

import json
from dataclasses import replace

import pytest

from scaffold.machine.fingerprint import Fingerprint, changes, fingerprint, read_fingerprint
from scaffold.results import plain
from tests.machine.hosts import NAMES, machine

A100 = fingerprint(machine("a100-driver-470"))


def with_usable(names: list[str]) -> Fingerprint:
    rows = tuple({"vendor": "nvidia", "name": name, "capability": "8.0", "status": "ok"} for name in names)
    return replace(A100, accelerators=rows)


@pytest.mark.parametrize("name", NAMES)
def test_every_machine_comes_back(name: str) -> None:
    made = fingerprint(machine(name))
    kept = json.loads(json.dumps(plain(made)))
    assert read_fingerprint(kept) == made
    assert changes(made, made) == ()


def test_no_serial_number_is_kept() -> None:
    assert "GPU-" not in json.dumps(plain(fingerprint(machine("h100-masked"))))


@pytest.mark.parametrize("kept", [None, 3, [], {}, {"os": "linux"}, {**plain(A100), "wsl": "two"}])
def test_what_is_none_is_not_read(kept: object) -> None:
    assert read_fingerprint(kept) is None


def test_a_new_driver() -> None:
    now = replace(A100, nvidia_driver="580.95.05", cuda_driver="13.0")
    assert changes(A100, now) == ("made for driver 470.82.01; now 580.95.05 is here",)


def test_another_machine() -> None:
    now = replace(A100, architecture="aarch64", libc="glibc 2.39")
    assert changes(A100, now) == ("made for x86_64; here is aarch64",)
    assert changes(now, A100) == (
        "made for aarch64; here is x86_64",
        "made for glibc 2.39; here is glibc 2.31",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"os_version": "Ubuntu 24.04"}, "made for Ubuntu 20.04; here is Ubuntu 24.04"),
        ({"libc": "musl 1.2.5"}, "made for glibc 2.31; here is musl 1.2.5"),
        ({"wsl": 2}, "made for a system of its own, not WSL; here is WSL 2"),
        (
            {"nvidia_driver": "", "cuda_driver": "13.0"},
            "made for a driver of CUDA 11.4; now one of 13.0 is here",
        ),
    ],
)
def test_every_other_fact_counts(change: dict[str, str], words: str) -> None:
    assert changes(A100, replace(A100, **change)) == (words,)


def test_a_variable_of_a_shell_is_no_change() -> None:
    masked = machine("h100-masked")
    assert [row["status"] for row in fingerprint(masked).accelerators] == ["ok"] * 4


def test_what_nobody_tells_is_no_change() -> None:
    assert changes(A100, replace(A100, nvidia_driver="", libc="")) == ()


def test_gpus_that_came_and_went() -> None:
    before, now = with_usable(["NVIDIA A100", "NVIDIA A100"]), with_usable(["NVIDIA A100", "NVIDIA L4"])
    assert changes(before, now) == (
        "made for NVIDIA A100, which cannot be used here now",
        "NVIDIA L4 can be used now and could not when it was made",
    )
    assert changes(with_usable(["NVIDIA A100"] * 3), with_usable([])) == (
        "made for 3 x NVIDIA A100, which cannot be used here now",
    )
