"""Runs the programs with a small NumPy network in place of a framework."""

from __future__ import annotations

import pytest
from linear_engine import LinearEngine

from your_project import engines, workflows

#: A training of milliseconds.
QUICK = ("--data", "digits", "--epochs", "3", "--learning-rate", "0.5")


class Runner:
    """Runs programs below a temporary folder; with ``quick``, on little data."""

    def __init__(self, folder, capsys):
        self.folder, self._capsys = folder, capsys

    def __call__(self, program, *words):
        getattr(workflows, program)("pytorch", [*words, "--runs", str(self.folder), "--device", "cpu"])

    def quick(self, program, *words):
        self(program, *QUICK, *words)

    def failed(self, program, *words):
        """Run a program that must fail; return its status and what it wrote on stderr."""
        with pytest.raises(SystemExit) as ended:
            self(program, *words)
        return ended.value.code, self._capsys.readouterr().err.strip()

    def quick_failed(self, program, *words):
        return self.failed(program, *QUICK, *words)


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(engines, "find", lambda framework: LinearEngine)
    monkeypatch.setattr(LinearEngine, "interrupt_at", None)
    return Runner(tmp_path / "runs", capsys)
