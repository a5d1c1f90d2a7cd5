"""Folders of a project that are no code: environments, what tools remember, data and results."""

from __future__ import annotations

from pathlib import Path

from scaffold.system import OperatingSystem

#: The project's own environment. PyCharm looks for one in the direct children of the project's folder.
MAIN = ".venv"

#: Further ones lie below, where PyCharm does not look: it adopts the right one by itself.
FURTHER = ".envs"

#: Any project may have these: nobody searches them, and indexing an environment takes minutes.
ALWAYS_EXCLUDED = (FURTHER, ".mypy_cache", ".pytest_cache", ".ruff_cache", ".scaffold", MAIN)

#: Folders that grow large by their purpose, whatever project they are met in.
LARGE = (
    ".cache", ".hypothesis", ".ipynb_checkpoints", ".nox", ".tox", "build", "checkpoints", "data", "dataset",
    "datasets", "dist", "htmlcov", "lightning_logs", "logs", "mlruns", "node_modules", "output", "outputs",
    "runs", "venv", "wandb", "weights",
)  # fmt: skip


def python_in(environment: Path, os: OperatingSystem, *, conda: bool) -> Path:
    """The interpreter of an environment; ``conda``: conda made it.

    >>> python_in(Path("/x/.venv"), "linux", conda=False).as_posix()
    '/x/.venv/bin/python'
    """
    if os == "windows" and conda:
        return environment / "python.exe"
    return environment / "Scripts" / "python.exe" if os == "windows" else environment / "bin" / "python"
