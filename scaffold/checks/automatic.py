"""What ``scaffold doctor --fix`` does about a finding. A remedy is automatic exactly where this says so.

Only the project's files and environments that scaffold made are ever changed: never drivers, never what the
user or another tool made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scaffold.checks.facts import Facts
from scaffold.checks.ide.shown import FIX
from scaffold.checks.model import Finding, Remedy
from scaffold.checks.updates import half_updated
from scaffold.environments.remaking import CREATE, SYNC
from scaffold.probing.variables.model import Variable
from scaffold.pycharm.survey.model import Run

#: Finding -> variables that its cure takes out of the run configurations that the finding names.
UNSET: Mapping[str, tuple[str, ...]] = {
    "env.pythonhome": ("PYTHONHOME", "PYTHONPATH"),
    "gpu.visible-devices": ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"),
    "gpu.rocm-gfx": ("HSA_OVERRIDE_GFX_VERSION",),
    "lib.cudnn-shadowed": ("LD_LIBRARY_PATH",),
    "lib.cuda-shadowed": ("LD_LIBRARY_PATH",),
    "lib.ld-path": ("LD_LIBRARY_PATH",),
    "lib.libstdcxx": ("LD_LIBRARY_PATH", "LD_PRELOAD"),
    "ext.bitsandbytes": ("BNB_CUDA_VERSION",),
    "net.interface": ("NCCL_SOCKET_IFNAME", "GLOO_SOCKET_IFNAME", "TP_SOCKET_IFNAME"),
}

#: Cause of a finding -> variables that its cure writes into every Python run configuration that has none of
#: its own.
SET: Mapping[str, Mapping[str, str]] = {
    "user-site-leak": {"PYTHONNOUSERSITE": "1"},
    "mps-op-missing": {"PYTORCH_ENABLE_MPS_FALLBACK": "1"},
}

#: What a variable or the code asks for: the environment, made anew, would be as it is.
_ASKED_FOR = frozenset(
    ("keras-backend-missing", "keras3-without-tf-keras", "pkg-notebook-kernel", "pkg-test-runner")
)

#: Kinds of run configurations that start the project's Python.
_PYTHON = {"script", "module", "torchrun", "pytest"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableCure:
    """One variable of one run configuration."""

    path: str  # of the file, below the project's root
    run: str  # its name
    name: str
    value: str | None  # None: it is taken out


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """What is done about one finding."""

    ide: bool = False  # the cures of `scaffold ide check --fix`
    variables: tuple[VariableCure, ...] = ()
    environment: Literal["", "sync", "create"] = ""  # make it anew, from its lock or as it was planned

    def __bool__(self) -> bool:
        return bool(self.ide or self.variables or self.environment)


def cure_of(finding: Finding, facts: Facts) -> Cure:
    """What is done about a finding; nothing about consequences, which go away with their cause.

    Nothing at all while an update is half done: what is there is neither old nor new.
    """
    if half_updated(facts):
        return Cure()
    if finding.suppressed_by is not None or finding.level not in ("error", "warning", "info"):
        return Cure()
    commands = finding.remedy.commands if finding.remedy else ()
    return Cure(
        ide=facts.ide is not None and FIX in commands,
        variables=tuple(_variables(finding, facts)),
        environment="" if finding.cause in _ASKED_FOR else _environment(commands, facts),
    )


def marked(findings: Sequence[Finding], facts: Facts) -> tuple[Finding, ...]:
    """The findings, each remedy automatic exactly where something would be done."""
    return tuple(_marked(one, bool(cure_of(one, facts))) for one in findings)


def _marked(finding: Finding, automatic: bool) -> Finding:
    if finding.remedy is None:
        text = "scaffold doctor --fix cures it"
        return replace(finding, remedy=Remedy(text=text, automatic=True)) if automatic else finding
    return replace(finding, remedy=replace(finding.remedy, automatic=automatic))


def _environment(commands: tuple[tuple[str, ...], ...], facts: Facts) -> Literal["", "sync", "create"]:
    """Only what scaffold made, or what is not there, and only where one command does it."""
    theirs = facts.adopted or (facts.environment is not None and facts.state is None)
    if facts.root is None or facts.record is None or theirs or len(commands) != 1:
        return ""
    return "sync" if commands[0] == SYNC else "create" if commands[0] == CREATE else ""


def _variables(finding: Finding, facts: Facts) -> Iterator[VariableCure]:
    runs = [one for one in facts.ide.runs if _is_curable(one)] if facts.ide else []
    for run in runs:
        for variable in _blamed(finding, facts, run):
            yield VariableCure(path=run.file.path, run=run.name, name=variable.name, value=None)
        for name, value in SET.get(finding.cause, {}).items():
            if name not in run.configuration.environment:
                yield VariableCure(path=run.file.path, run=run.name, name=name, value=value)


def _is_curable(run: Run) -> bool:
    return run.file.changeable and run.configuration.kind in _PYTHON and not run.template


def _blamed(finding: Finding, facts: Facts, run: Run) -> list[Variable]:
    """The variables of a run configuration whose place the finding itself names."""
    wanted, words = UNSET.get(finding.id, ()), _words(finding)
    found = facts.variables.found if facts.variables else ()
    return [
        one
        for one in found
        if one.name in wanted
        and one.name in run.configuration.environment
        and one.kind == "run-configuration"
        and re.search(rf"(?<![\w./]){re.escape(one.place)}(?!\d)", words)
        and one.place.partition(":")[0] == run.file.path
        and run.configuration.environment[one.name] == one.value
    ]


def _words(finding: Finding) -> str:
    remedy = finding.remedy.text if finding.remedy else ""
    return "\n".join((*(one.source for one in finding.evidence), finding.title, finding.detail, remedy))
