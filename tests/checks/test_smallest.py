"""The smallest that shows a finding: a line of a log, or one fact of a healthy machine changed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scaffold.checks import examine
from scaffold.checks.facts import Facts
from scaffold.logs.search import read_log
from scaffold.machine.model import Accelerator, Machine
from scaffold.probing.deep.model import DeepFacts, DeviceRun, Run
from scaffold.probing.packages.model import Package
from scaffold.probing.variables.model import Variable
from scaffold.pycharm.survey.model import GitView, IdeFacts
from scaffold.replay.saved import restored
from tests.healthy import FOLDER
from tests.hosts import plain_host

HOST = plain_host()

LOGS = [
    ("dist.infiniband", "error", "node1:123:456 [0] NCCL WARN Call to ibv_modify_qp failed with error No data available"),
    ("env.conda-shell", "error", "CommandNotFoundError: Your shell has not been properly configured to use 'conda activate'."),
    ("env.execution-policy", "error", "Activate.ps1 cannot be loaded because running scripts is disabled on this system."),
    ("env.no-pip", "error", "/home/li/.venv/bin/python: No module named pip"),
    ("env.python-not-found", "error", "'python' is not recognized as an internal or external command,"),
    ("env.venv-incomplete", "error", "The virtual environment was not created successfully because ensurepip is not available."),
    ("gpu.launch-timeout", "error", "RuntimeError: CUDA error: the launch timed out and was terminated"),
    ("net.hostname", "error", "RuntimeError: [enforce fail at gloo/transport/tcp/device.cc:84] makeDeviceForHostname(): unsupported gloo device"),
    ("net.rate-limit", "error", "huggingface_hub.errors.HfHubHTTPError: 429 Client Error: Too Many Requests for url: https://huggingface.co/api"),
    ("net.ssl-module", "error", "pip is configured with locations that require TLS/SSL, however the ssl module is not available."),
    ("pkg.wrong-name", "error", 'Exception: You tried to install "pytorch". The package named for PyTorch is "torch"'),
    ("sys.blocked", "error", "OSError: [WinError 225] 无法成功完成操作因为病毒或潜在的垃圾软件。"),
    ("sys.file-in-use", "warning", "PermissionError: [WinError 32] 另一个程序正在使用此文件进程无法访问。"),
    ("sys.permission", "warning", "PermissionError: [Errno 13] Permission denied: '/home/li/.cache/huggingface/hub'"),
    ("sys.symlink-privilege", "warning", "OSError: [WinError 1314] 客户端没有所需的特权。"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "level", "line"), LOGS, ids=[one[0] for one in LOGS])
def test_a_line_tells(check: str, level: str, line: str) -> None:
    log = read_log(io.BytesIO(f"start\n{line}\nend\n".encode()), "train.log")
    found = examine(Facts(machine=Machine(host=HOST), told=True, log=log))
    told = {one.id: one.level for one in found if one.level in ("error", "warning", "info")}
    assert told == {check: level}, [(one.id, one.title) for one in found]


@pytest.mark.parametrize(
    ("check", "content"),
    [
        ("log.unknown", b"step 1\nKeyError: 'some_key_of_mine'\n"),
        ("log.no-text", b""),
        ("log.no-text", bytes(range(256)) * 50),
    ],
)
def test_silence_is_not_health(check: str, content: bytes) -> None:
    log = read_log(io.BytesIO(content), "train.log")
    (found,) = examine(Facts(machine=Machine(host=HOST), told=True, log=log))
    assert (found.id, found.level) == (check, "unknown")


def test_a_log_that_was_not_read_to_its_end() -> None:
    log = replace(read_log(io.BytesIO(b"step 1\n"), "train.log"), whole=False)
    assert [one.id for one in examine(Facts(machine=Machine(host=HOST), told=True, log=log))] == ["log.cut"]


def healthy(name: str) -> Facts:
    return restored(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def room(**changes: Any) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, room=replace(facts.room, **changes))  # type: ignore[type-var]


def limits(**changes: Any) -> Callable[[Facts], Facts]:
    return lambda facts: room(limits=replace(facts.room.limits, **changes))(facts)  # type: ignore[union-attr]


def packages(**changes: Any) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, packages=replace(facts.packages, **changes))  # type: ignore[type-var]


def machine(*cards: Accelerator, **changes: Any) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, machine=replace(facts.machine, accelerators=cards, **changes))


def overlaid(facts: Facts) -> Facts:
    """pip put another PyTorch over conda's."""
    recorded = Package(name="pytorch", version="2.5.1", location="/envs/dl/conda-meta", installer="conda")
    return packages(conda=(recorded,))(facts)


def with_backend(facts: Facts) -> Facts:
    variable = Variable(name="KERAS_BACKEND", value="jax")
    return replace(facts, variables=replace(facts.variables, found=(*facts.variables.found, variable)))  # type: ignore[type-var,union-attr]


def with_deep(run: Run) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, deep=DeepFacts(limit=180, runs=(run,)))


def cores(facts: Facts) -> Facts:
    host = replace(facts.machine.host, cpu_count=64)
    return room(cpu_quota=2.0)(replace(facts, machine=replace(facts.machine, host=host)))


RADEON = Accelerator(vendor="amd", index=0, name="AMD Radeon RX 7800 XT", capability="gfx1101")
ON_CPU = (DeviceRun(name="CPU", place="cpu", step="convolution"),)
ENDED = Run(subject="torch", outcome="ended", stage="end", status=0, version="2.9.1+cu126", devices=ON_CPU)

#: Finding, level, the healthy machine, what is changed.
CHANGES: list[tuple[str, str, str, Callable[[Facts], Facts]]] = [
    ("sys.cpu-quota", "info", "docker-h100", cores),
    ("sys.file-size", "warning", "ubuntu2404-l4-venv", limits(file_size=100 << 20)),
    ("sys.overcommit", "info", "ubuntu2404-l4-venv", room(strict_overcommit=True)),
    ("pkg.conda-and-pip", "warning", "ubuntu2204-rtx4090-conda", overlaid),
    ("pkg.keras-backend", "warning", "debian12-both-on-cpu", with_backend),
    ("gpu.no-build", "info", "windows-chinese-torch-cpu", machine(RADEON)),
    ("run.gpu-unseen", "error", "ubuntu2404-l4-venv", with_deep(ENDED)),
    ("run.not-started", "error", "codespace", with_deep(Run(subject="torch", outcome="not-started", status=127))),
    ("ide.vcs", "skipped", "codespace", lambda facts: replace(
        facts, ide=IdeFacts(root=Path("/home/li/p"), git=GitView(state="unknown", reason="git is not installed")))),
]  # fmt: skip


@pytest.mark.parametrize(("check", "level", "name", "change"), CHANGES, ids=[one[0] for one in CHANGES])
def test_a_fact_tells(check: str, level: str, name: str, change: Callable[[Facts], Facts]) -> None:
    facts = healthy(name)
    before = {(one.id, one.level, one.title) for one in examine(facts)}
    added = [one for one in examine(change(facts)) if (one.id, one.level, one.title) not in before]
    assert [(one.id, one.level) for one in added if one.level != "ok"] == [(check, level)]


def test_what_is_right_is_said_shortly() -> None:
    facts = healthy("ubuntu2404-l4-venv")
    assert {one.id for one in examine(facts) if one.level == "ok"} == {
        "gpu.usable", "gpu.driver", "gpu.arch", "pkg.framework", "env.venv-broken", "sys.disk", "sys.shm", "sys.nofile",
    }  # fmt: skip
    assert {one.id for one in examine(healthy("rx7900xtx")) if one.id.startswith("gpu.")} == {
        "gpu.usable",
        "gpu.rocm",
    }


def test_a_probe_that_breaks_leaves_its_facts_unknown(monkeypatch, tmp_path) -> None:
    """Of whatever subject, the aim and --deep too: the others are asked, and the report says what is unknown."""
    from scaffold.doctor import Request, diagnose
    from scaffold.probing import aim, everything
    from scaffold.probing.deep import probe
    from scaffold.system import HostSystem

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(aim, "aim", broken)
    monkeypatch.setattr(probe, "probe", broken)
    monkeypatch.setitem(everything.PROBES, "room", broken)
    facts, findings = diagnose(HostSystem(), Request(start=tmp_path, deep=True))
    assert facts.failed_probes == tuple(f"{one}: ZeroDivisionError: " for one in ("target", "deep", "room"))
    assert facts.variables is not None
    assert [one.level for one in findings if one.id == "doctor.check-failed"] == ["unknown"] * 3


def test_what_a_variable_asks_for_is_not_cured_by_the_same_environment() -> None:
    found = [
        one for one in examine(with_backend(healthy("debian12-both-on-cpu"))) if one.id == "pkg.keras-backend"
    ]
    assert [one.remedy.automatic for one in found if one.remedy] == [False]
