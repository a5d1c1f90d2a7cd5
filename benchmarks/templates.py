"""What each template reaches with its default settings, in how long and in how much memory.

    python benchmarks/templates.py --python PYTHON [NAME ...]     # in a checkout; PYTHON has all frameworks

Each program runs once, by itself, with one thread. The results go to `templates/NAME/measured.json`; the
reference pages and `scaffold templates show` print them. A value beyond its floor in `template.toml` ends it
with status 1.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from scaffold.projects.catalog import OWN_DISTRIBUTION, find_templates
from scaffold.projects.measured import FILE, SCHEMA, Row
from scaffold.projects.model import Floor, Template
from scaffold.projects.names import project_name
from scaffold.projects.render import render
from scaffold.projects.write import write_project

THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
JOBS = ("train", "finetune")
VERSIONS = """
from importlib.metadata import version
for name in ("torch", "keras", "tensorflow-cpu", "numpy"):
    print(name, version(name))
"""


def main() -> int:
    """Measure the templates that were named, all where none was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--python", required=True, help="interpreter of an environment with all frameworks")
    asked = parser.parse_args()
    below = 0
    for template in find_templates().templates:
        if template.provider == OWN_DISTRIBUTION and template.name in (asked.names or [template.name]):
            rows = measure(template, asked.python)
            below += sum(told_below(template, row) for row in rows)
            write(template, rows, asked.python)
    return 1 if below else 0


def measure(template: Template, python: str) -> list[Row]:
    """Every job of every framework, in a project of its own."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        files = render(template, project_name("project"), template.frameworks, (), "3.12", {})
        write_project(root, files)
        runs = [
            run for run in template.runs if run.kind == "module" and run.target.rpartition(".")[2] in JOBS
        ]
        rows = []
        for run in runs:
            if run.name.startswith(("train (", "finetune (")):
                rows.append(row(run.target.replace("your_project", "project"), root, python, template))
                print(f"{template.name}: {rows[-1]}", flush=True)
        return rows


def row(module: str, root: Path, python: str, template: Template) -> Row:
    """Run one program, and read what it wrote."""
    job = module.rpartition(".")[2]
    environment = {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONPATH": str(root / "src")}
    began = time.perf_counter()
    child = subprocess.Popen([python, "-m", module, "--run", job, "--overwrite"], cwd=root, env=environment)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{module} ended with status {os.waitstatus_to_exitcode(status)}")
    metrics = json.loads((root / "runs" / job / "metrics.json").read_text(encoding="utf-8"))
    name = headline(template, job, metrics)
    beside = metrics["baseline"] if job == "train" else metrics["scratch"]
    return Row(
        framework=metrics["framework"],
        job=job,
        measure=name,
        value=round(metrics[name], 4),
        beside=round(beside[name], 4),
        beside_name=metrics["baseline"]["name"] if job == "train" else "from scratch",
        processor_seconds=round(used.ru_utime + used.ru_stime, 1),
        seconds=round(time.perf_counter() - began, 1),
        peak_mb=round(used.ru_maxrss * 1024 / 1e6, 1),
    )


def headline(template: Template, job: str, metrics: dict[str, Any]) -> str:
    """The measure of the job's floor; without one, that by which the baseline is compared."""
    told = (one.measure for one in template.floors if one.job == job)
    return next(told, None) or next(
        key for key in metrics["baseline"] if key not in ("name", "training_samples")
    )


def told_below(template: Template, row: Row) -> bool:
    """Whether a value misses its floor, which is printed."""
    floors = [one for one in template.floors if (one.job, one.measure) == (row.job, row.measure)]
    missed = [one for one in floors if not one.holds(row.value)]
    for one in missed:
        print(
            f"{template.name}: {row.framework} {row.job}: {row.measure} {row.value} is not {floor_words(one)}"
        )
    return bool(missed)


def floor_words(floor: Floor) -> str:
    """Return the bound in words."""
    return f"at least {floor.least}" if floor.least is not None else f"at most {floor.most}"


def write(template: Template, rows: list[Row], python: str) -> None:
    """Keep what was measured beside the template."""
    told = subprocess.run([python, "-c", VERSIONS], capture_output=True, text=True, check=True).stdout
    content = {
        "schema": SCHEMA,
        "date": dt.datetime.now(dt.timezone.utc).date().isoformat(),
        "machine": f"one thread of {processor()}",
        "versions": ", ".join(told.splitlines()),
        "rows": [asdict(one) for one in rows],
    }
    (template.folder / FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def processor() -> str:
    """Its name, where the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    names = (
        [one for one in cpuinfo.read_text().splitlines() if one.startswith("model name")]
        if cpuinfo.is_file()
        else []
    )
    return names[0].partition(":")[2].strip() if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
