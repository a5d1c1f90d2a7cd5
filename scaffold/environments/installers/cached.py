"""What uv has in its cache already, told by a dry run of its own."""

from __future__ import annotations

from pathlib import Path

from scaffold.environments.installers.resolved import parse_cached
from scaffold.environments.installers.tools import uv_cache, uv_command, uv_environment, uv_environment_for
from scaffold.environments.model import EnvironmentPlan
from scaffold.system import System

#: Seconds; nothing is downloaded.
TIME_LIMIT = 300.0


def cached(
    plan: EnvironmentPlan, uv: Path, folder: Path, system: System, lock: str, *options: str
) -> frozenset[str]:
    """The packages of a lock (a pylock.toml, or hashed requirements) that need no download.

    As far as uv says: none where the dry run fails. ``folder`` is for files of the moment; ``options`` are
    uv's, as ``--offline``: no index is asked.
    """
    name = "pylock.toml" if 'lock-version = "' in lock else "requirements.txt"
    (folder / name).write_text(lock, encoding="utf-8")
    done = system.run(
        uv_command(
            uv, plan.settings,
            "install", "--dry-run", "--verbose", "--no-build", "--requirements", name,
            "--python", str(plan.interpreter.path), "--target", str(folder / "nothing"), *options,
        ),
        timeout=TIME_LIMIT,
        environment=uv_environment_for(plan, system),
        cwd=folder,  # away from any pyproject.toml or uv.toml that is not the user's or ours
    )  # fmt: skip
    return parse_cached(done.stdout + done.stderr)


def shares_cache(plan: EnvironmentPlan, uv: Path, system: System) -> bool:
    """Whether uv can link from its cache into the environment instead of copying."""
    from scaffold.environments.condition.usage import on_one_disk

    environment = uv_environment(plan.settings, system)
    cache = uv_cache(uv, environment, system)
    linked = environment.get("UV_LINK_MODE", "hardlink") in ("hardlink", "clone", "symlink")
    return linked and cache is not None and on_one_disk(cache, plan.root) is True
