"""Resolve with uv: a pylock.toml for one interpreter, each framework scoped to its own source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from scaffold.environments.condition.usage import on_one_disk
from scaffold.environments.installers import resolved as locks
from scaffold.environments.installers.cached import cached, shares_cache
from scaffold.environments.installers.resolved import Resolved
from scaffold.environments.installers.retry import Tell, persistently, silent
from scaffold.environments.installers.room import with_places
from scaffold.environments.installers.tools import uv_cache, uv_command, uv_environment_for
from scaffold.environments.model import EnvironmentPlan
from scaffold.environments.plan import Resolution, constraints, wanted
from scaffold.errors import NoSpace
from scaffold.system import Completed, System

#: Seconds for a resolution; metadata of a hundred packages over a slow line.
TIME_LIMIT = 900.0


def resolve(
    plan: EnvironmentPlan, uv: Path, folder: Path, system: System, *, tell: Tell = silent
) -> Resolution:
    """Ask uv for everything that the plan wants; ``folder`` is for files of the moment."""
    asking = _Asking(plan, uv, folder, system)
    lock = asking.compile(tell)
    lock = locks.with_indexes(lock, asking.indexes())
    found = locks.parse_pylock(lock, plan.interpreter.minor)
    here = cached(plan, uv, folder, system, lock)
    return Resolution(
        found=tuple(_noted(one, here) for one in found),
        lock=lock,
        shared_cache=shares_cache(plan, uv, system),
        notices=asking.notices() if found else (),
    )


def _noted(one: Resolved, here: frozenset[str]) -> Resolved:
    if one.download.name not in here:
        return one
    return replace(one, download=replace(one.download, local=True))


def manifest(plan: EnvironmentPlan) -> str:
    """A pyproject.toml that asks for everything, and takes a framework from nowhere but its own index.

    ``explicit`` keeps every other package off that index: PyTorch's holds old copies of NumPy and more.
    """
    import tomlkit

    form = {"format": "flat"} if plan.settings.pytorch_flat else {}
    scoped = [build for build in plan.builds if build.source_kind == "pytorch"]
    return tomlkit.dumps(
        {
            "project": {
                "name": "scaffold-resolution",
                "version": "0",
                "requires-python": f">={plan.interpreter.minor}",
                "dependencies": list(wanted(plan)),
            },
            "tool": {
                "uv": {
                    "sources": {build.package: {"index": f"for-{build.package}"} for build in scoped},
                    "index": [
                        {"name": f"for-{build.package}", "url": build.source, "explicit": True, **form}
                        for build in scoped
                    ],
                }
            },
        }
    )


def refreshed(packages: Iterable[str]) -> list[str]:
    """Options with which uv takes nothing of these packages from its cache."""
    return [part for name in packages for part in ("--refresh-package", name)]


class _Asking:
    """One resolution's files and its calls of uv."""

    def __init__(self, plan: EnvironmentPlan, uv: Path, folder: Path, system: System) -> None:
        self._plan, self._uv, self._folder, self._system = plan, uv, folder, system
        self._environment = uv_environment_for(plan, system, indexes=False)
        (folder / "pyproject.toml").write_text(manifest(plan), encoding="utf-8")
        (folder / "constraints.txt").write_text("\n".join(constraints(plan)) + "\n", encoding="utf-8")

    def compile(self, tell: Tell) -> str:
        """The lock, as uv writes it."""
        arguments = ("--format", "pylock.toml", "--output-file", "pylock.toml")
        try:
            persistently(
                lambda afresh: self._compile(*arguments, *refreshed(afresh)),
                "uv",
                doing="resolve the requirements",
                tell=tell,
            )
        except NoSpace as full:
            cache = uv_cache(self._uv, self._environment, self._system)
            places = {"temporary files": self._folder, **({"uv's cache": cache} if cache else {})}
            raise with_places(full, places, self._system) from None
        return locks.read_lock(self._folder / "pylock.toml", "uv")

    def indexes(self) -> dict[str, str]:
        """Which index each package comes from: the same resolution again, from uv's cache alone."""
        again = self._compile("--offline", "--no-header", "--emit-index-annotation")
        return locks.parse_index_annotations(again.stdout) if again.ok else {}

    def _compile(self, *arguments: str) -> Completed:
        return self._call(
            "compile", "pyproject.toml", "--constraints", "constraints.txt", "--no-build",
            "--python", str(self._plan.interpreter.path), *arguments,
        )  # fmt: skip

    def notices(self) -> tuple[str, ...]:
        """Why it will take longer than it must; nothing where the user chose to copy."""
        cache = uv_cache(self._uv, self._environment, self._system)
        if cache is None or "UV_LINK_MODE" in self._environment or on_one_disk(cache, self._plan.root):
            return ()
        notice = (
            f"uv's cache lies on another disk than the project ({cache}): packages are copied, not linked"
        )
        return (f"{notice}, which takes longer and more room; UV_CACHE_DIR=FOLDER names one on this disk",)

    def _call(self, *arguments: str) -> Completed:
        return self._system.run(
            uv_command(self._uv, self._plan.settings, *arguments),
            timeout=TIME_LIMIT,
            environment=self._environment,
            cwd=self._folder,  # away from any pyproject.toml or uv.toml that is not the user's or ours
        )
