"""The peers in their ordinary way: this program renders each job with Copier or cookiecutter, and says how it went.

    python peers.py JOBS.json DONE.json

A job is {"peer", "template", "target", "answers", "trust"}; an answer to it "" where it was rendered, and the
name of the exception where it was not. Nothing of scaffold is in this process.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def main(jobs_file: str, done_file: str) -> None:
    """Every job in its order, each with the peer's own entry point."""
    jobs: list[dict[str, Any]] = json.loads(Path(jobs_file).read_text(encoding="utf-8"))
    here, path = Path.cwd(), list(sys.path)
    done = []
    for job in jobs:
        try:
            (with_copier if job["peer"] == "copier" else with_cookiecutter)(job)
        except (Exception, SystemExit) as problem:  # noqa: BLE001 - whatever the peer raises is its answer
            done.append(type(problem).__name__)
        else:
            done.append("")
        os.chdir(here)  # cookiecutter stays where a hook failed
        sys.path[:] = path  # and keeps every template's folder there
    Path(done_file).write_text(json.dumps(done), encoding="utf-8")


def with_copier(job: dict[str, Any]) -> None:
    from copier import run_copy

    run_copy(
        job["template"], job["target"], data=job["answers"], defaults=True, quiet=True, unsafe=job["trust"],
        skip_tasks=not job["trust"],
    )  # fmt: skip


def with_cookiecutter(job: dict[str, Any]) -> None:
    from cookiecutter.main import cookiecutter

    answers, target = dict(job["answers"]), Path(job["target"])
    nested = answers.pop("template", None)
    template = Path(job["template"])
    if nested is not None:
        templates = json.loads((template / "cookiecutter.json").read_text(encoding="utf-8"))
        template /= templates["templates"][nested]["path"] if "templates" in templates else nested
    target.mkdir(parents=True)
    cookiecutter(
        str(template), no_input=True, extra_context=answers, output_dir=str(target), accept_hooks=job["trust"],
        default_config={"replay_dir": f"{target}-replay", "cookiecutters_dir": f"{target}-kept"},
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
