"""Install a resolved plan into its environment, and make sure that it arrived."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scaffold.environments.condition.verify import damages
from scaffold.environments.installers import tools
from scaffold.environments.installers.itself import (
    build_requirements,
    needs_no_more,
    project_distribution,
    satisfied,
)
from scaffold.environments.installers.path_files import make_paths_readable
from scaffold.environments.installers.progress import Narrator
from scaffold.environments.installers.retry import persistently
from scaffold.environments.installers.room import with_places
from scaffold.environments.installers.watching import watched
from scaffold.environments.layout import python_of
from scaffold.environments.locking.text import all_hashed
from scaffold.environments.model import Damage, EnvironmentPlan, Progress, Report
from scaffold.errors import InstallFailed, NoSpace
from scaffold.system import Completed, System

#: How often what is incomplete is installed again.
REPAIRS = 2


class Installer:
    """uv or pip, at work on one environment. ``folder`` is for files of the moment."""

    def __init__(self, plan: EnvironmentPlan, folder: Path, system: System, report: Report) -> None:
        self._plan, self._folder, self._system, self._report = plan, folder, system, report
        self._python = python_of(plan.location, system.platform.os)
        self._uv = _uv_of(system) if plan.installer == "uv" else None
        self._environment = (
            tools.uv_environment(plan.settings, system)
            if self._uv
            else tools.pip_environment(plan.settings, system)
        )
        # Where the builds lie, too: what the project itself is built with is not PyTorch's to serve.
        self._looking = (
            tools.uv_environment_for(plan, system) if self._uv else tools.pip_environment_for(plan, system)
        )
        if plan.exact and self._uv:  # every file is named by its hash: it may come from any of the indexes
            self._looking["UV_INDEX_STRATEGY"] = "unsafe-best-match"
        self._lock = folder / ("pylock.toml" if self._uv and not plan.exact else "requirements.txt")
        self._lock.write_text(plan.lock, encoding="utf-8")

    def install(self) -> None:
        """Everything that the lock names, then verify it and install again what is incomplete."""
        if self._plan.downloads:
            self._first_time()
        self._report(Progress(step="verify", message="Verifying the installed files"))
        for repair in range(REPAIRS):
            broken = damages(self._plan.location, report=self._report)
            if not broken:
                return
            if repair:  # what the cache holds is no better
                self.forget(_distributions(broken))
            self._run(
                self._from_lock(_distributions(broken)),
                doing="repair the packages",
                environment=self._looking,
            )
        broken = damages(self._plan.location, report=self._report)
        if broken:
            raise incomplete(broken)

    def forget(self, packages: Sequence[str]) -> None:
        """Drop packages from uv's cache: an edit in any environment reaches it through the links they share.

        pip's cache holds whole wheels, which nobody edits.
        """
        if self._uv and packages:
            tools.forget_cached(self._uv, packages, self._environment, self._system)

    def install_project(self) -> None:
        """The project itself, editable, so that its packages import from everywhere."""
        requires = build_requirements(self._plan.root)
        if requires is None:
            return
        if self._uv and "#" in str(self._plan.root):
            # uv (0.13) cuts a path there, however it is quoted, as if a URL's fragment began; pip does not
            with_pip = replace(self._plan, installer="pip")
            Installer(with_pip, self._folder, self._system, self._report).install_project()
            return
        self._report(Progress(step="install", message=f"Installing {self._plan.root.name} itself, editable"))
        here = {one.name: one.version for one in self._plan.downloads}
        whole = needs_no_more(self._plan.root) and satisfied(requires, here)
        command = self._editable(isolated=not whole)
        self._run(command, doing="install the project itself", environment=self._environment)
        make_paths_readable(self._plan.location, project_distribution(self._plan.root) or "")

    def _first_time(self) -> None:
        narrator = Narrator(self._plan.downloads, self._report, one_by_one=self._uv is None)
        cache = tools.uv_cache(self._uv, self._environment, self._system) if self._uv else None
        with watched(narrator, cache=cache, location=self._plan.location):
            told = [] if self._uv else ["--progress-bar", "raw"]  # uv has nothing of the kind
            self._run(
                [*self._from_lock(), *told],
                doing="install the packages",
                environment=self._looking,
                on_line=narrator.line,
            )

    def _from_lock(self, again: Sequence[str] = ()) -> list[str]:
        hashed = ["--require-hashes"] if self._plan.exact and all_hashed(self._plan.lock) else []
        if self._uv:
            hashed += ["--no-deps"] if self._plan.exact else []
            repeated = [part for name in again for part in ("--reinstall-package", name)]
            return self._uv_install(
                self._uv,
                "--no-build",
                "--requirements",
                self._lock.name,
                *hashed,
                *repeated,
            )
        forced = ["--force-reinstall"] if again else []
        return self._pip_install(
            "--only-binary", ":all:", "--no-deps", "--requirement", self._lock.name,
            *hashed, *forced,
        )  # fmt: skip

    def _editable(self, *, isolated: bool) -> list[str]:
        options = [
            "--no-deps",
            *([] if isolated else ["--no-build-isolation"]),
            "--editable",
            self._plan.root.absolute().as_uri(),  # in a path, brackets would name extras
        ]
        return self._uv_install(self._uv, *options) if self._uv else self._pip_install(*options)

    def _uv_install(self, uv: Path, *arguments: str) -> list[str]:
        target = ("--python", str(self._python))
        return tools.uv_command(uv, self._plan.settings, "install", *target, *arguments)

    def _pip_install(self, *arguments: str) -> list[str]:
        # Compiling byte code is 70 % of pip's time; Python does it on first use.
        return [str(self._python), "-I", "-m", "pip", "install", "--no-compile", *arguments]

    def _run(
        self,
        command: Sequence[str],
        *,
        doing: str,
        environment: Mapping[str, str],
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        from scaffold.environments.installers.resolve_pip import heard

        def call(afresh: tuple[str, ...]) -> Completed:
            def run(chosen: Mapping[str, str]) -> Completed:
                return self._system.run(
                    tools.guarded([*command, *self._afresh(afresh)], self._system),
                    timeout=None,
                    environment=chosen,
                    cwd=self._folder,
                    on_line=on_line,
                )

            return run(environment) if self._uv else heard(run, environment, self._folder, self._system)

        def tell(text: str) -> None:
            self._report(Progress(step="download", message=text))

        try:
            persistently(call, self._plan.installer, doing=doing, tell=tell)
        except NoSpace as full:
            raise with_places(full, self._places(), self._system) from None

    def _places(self) -> Mapping[str, Path]:
        """The disks that an installation writes to."""
        cache = tools.uv_cache(self._uv, self._environment, self._system) if self._uv else None
        places = {"environment": self._plan.location, "temporary files": self._folder}
        return places if cache is None else {**places, "uv's cache": cache}

    def _afresh(self, packages: Sequence[str]) -> list[str]:
        from scaffold.environments.installers.resolve_pip import uncached
        from scaffold.environments.installers.resolve_uv import refreshed

        return refreshed(packages) if self._uv else uncached(packages)


def _uv_of(system: System) -> Path:
    uv = tools.find_uv(system)
    if uv is None:
        raise InstallFailed("uv was here when the plan was made and is gone", code="install-uv-missing")
    return uv


def incomplete(broken: Sequence[Damage]) -> InstallFailed:
    """Packages that stay incomplete however often they are installed."""
    return InstallFailed(
        f"The installer left {len(broken)} files incomplete: {', '.join(_distributions(broken))}",
        detail=tuple(f"{one.distribution}: {one.path} ({one.what})" for one in broken[:8]),
        hint="drop what the installer's cache holds of them, and run the same again: uv cache clean "
        + " ".join(_distributions(broken)),
        code="install-incomplete",
    )


def _distributions(broken: Sequence[Damage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.distribution for one in broken))
