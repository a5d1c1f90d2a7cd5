"""A plan and its outcome as scripts read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.results import envelope, plain

if TYPE_CHECKING:
    from scaffold.builds.model import BuildChoice, BuildPlan
    from scaffold.environments.model import EnvironmentPlan
    from scaffold.new import NewPlan, NewReport
    from scaffold.setup import Made, SetupPlan, SetupReport


def new_plan(plan: NewPlan) -> str:
    """Schema ``scaffold/new/1`` with ``done: false``: what would be done."""
    return envelope("scaffold/new/1", done=False, plan=_new_plan(plan))


def new_report(plan: NewPlan, report: NewReport) -> str:
    """Schema ``scaffold/new/1`` with ``done: true``: the plan and what came of it."""
    nothing: dict[str, Any] = {"environments": [], "kept": [], "warnings": [], "registration": None}
    outcome = setup_report(report.setup) if report.setup else nothing
    return envelope("scaffold/new/1", done=True, plan=_new_plan(plan), **outcome, next=next_steps(plan))


def next_steps(plan: NewPlan) -> dict[str, Any]:
    """Where the project is and what to press or type first; no command where nothing can be started."""
    command = ["scaffold", "run", plan.first_run] if plan.first_run else []
    return {"folder": str(plan.target), "run": plan.first_run, "command": command}


def setup_plan(plan: SetupPlan) -> dict[str, Any]:
    """Machine, interpreter, builds with reasons, downloads."""
    from scaffold.machine import to_json

    return {
        "machine": to_json(plan.machine),
        "python": plain(plan.interpreter),
        "choice": choice(plan.choice),
        "consents": plan.consents,
        "environments": [environment_plan(one) for one in plan.environments],
    }


def choice(made: BuildChoice) -> dict[str, Any]:
    """The builds with their reasons; sources without credentials."""
    from dataclasses import replace

    from scaffold.sources.redact import redact

    def shown(builds: tuple[BuildPlan, ...]) -> tuple[BuildPlan, ...]:
        return tuple(replace(build, source=redact(build.source)) for build in builds)

    return dict(plain(replace(made, builds=shown(made.builds), apart=shown(made.apart))))


def environment_plan(plan: EnvironmentPlan) -> dict[str, Any]:
    """What will be installed, less the user's settings: they may hold credentials."""
    return {
        "name": plan.place.name,
        "location": str(plan.location),
        "installer": plan.installer,
        "requirements": plan.requirements,
        "downloads": plain(plan.downloads),
        "download_size": plan.download_size,
        "disk_needed": plan.disk_needed,
        "notices": plan.notices,
    }


def setup_report(report: SetupReport) -> dict[str, Any]:
    """The environments, the project's own first, and the proofs that they compute."""
    return {
        "environments": [_made(one) for one in report.made],
        "kept": report.kept,
        "warnings": report.warnings,
        "registration": plain(report.registration),
    }


def _made(one: Made) -> dict[str, Any]:
    return {
        "location": str(one.environment.location),
        "python": str(one.environment.python),
        "version": one.environment.version,
        "packages": dict(one.environment.packages),
        "proofs": plain(one.proofs),
    }


def _new_plan(plan: NewPlan) -> dict[str, Any]:
    return {
        "name": plain(plan.name),
        "folder": str(plan.target),
        "template": {
            "name": plan.template.name,
            "version": plan.template.version,
            "provider": plan.template.provider,
            "origin": plan.record.origin,
            "revision": plan.record.revision,
        },
        "kind": plan.record.kind,
        "answers": plain(plan.record.answers),
        "ran": plan.foreign.account.ran if plan.foreign else (),
        "skipped": plan.foreign.account.skipped if plan.foreign else (),
        "would_run": plan.foreign.account.would_run if plan.foreign else (),
        "frameworks": plan.frameworks,
        "files": sorted(str(path) for path in plan.files),
        **setup_plan(plan.setup),
    }
