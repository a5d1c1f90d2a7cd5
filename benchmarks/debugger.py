"""What PyCharm's debugger costs: a run configuration run, and run under the debugger with a breakpoint hit.

    python benchmarks/debugger.py PROJECT     # a project that `scaffold new` made, with its environment

In turn, medians, as many rounds as there is time for; a row that does not come to its end is written down
as that. Written to benchmarks/results/debugger.{json,md}. Ratios are to be trusted, seconds are this
machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from scaffold.ide.debug import plan_debug
from scaffold.pycharm.debugging.check import carry_out
from scaffold.pycharm.debugging.model import DebugPlan
from scaffold.system import HostSystem

RESULTS = Path(__file__).parent / "results"

NAMES = (
    "train (PyTorch)",
    "train on 2 processes (PyTorch)",
    "evaluate (PyTorch)",
    "train (Keras)",
)


def run(plan: DebugPlan, seconds: float) -> float:
    """Wall time of the program by itself. Raises subprocess.TimeoutExpired, CalledProcessError."""
    start = time.perf_counter()
    subprocess.run(
        plan.launch.argv,
        env=dict(plan.launch.environment),
        cwd=plan.launch.cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=seconds,
    )
    return time.perf_counter() - start


def measure(root: Path, name: str, rounds: int, seconds: float) -> dict[str, object]:
    """One run configuration, with its short arguments, to its end; ``seconds`` are for all of it."""
    system, deadline = HostSystem(), time.monotonic() + seconds
    (plan,) = plan_debug(root, name, system=system)
    plain: list[float] = []
    debugged: list[float] = []
    first: list[float] = []
    hits, why = 0, ""
    for done in range(rounds):
        left = deadline - time.monotonic()
        if done and left < 1.2 * (plain[-1] + debugged[-1]):
            break
        try:
            taken = run(plan, left)
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as problem:
            why = f"by itself: {type(problem).__name__} within {left:.0f} s"
            break
        report = carry_out(replace(plan, to_end=True, timeout=max(left - taken, 1.0)), system)
        if not report.was_hit or report.status or report.ending != "itself":
            why = f"debugged: {report.reason or report.ending} after {report.seconds:.0f} s"
            break
        plain.append(taken)
        debugged.append(report.seconds)
        first.append(report.first_hit or 0.0)
        hits = len(report.hits)
    if not plain:
        return {"name": name, "engine": plan.engine.version, "rounds": 0, "problem": why}
    return {
        "name": name,
        "engine": plan.engine.version,
        "rounds": len(plain),
        "problem": why,
        "run": round(statistics.median(plain), 2),
        "debugged": round(statistics.median(debugged), 2),
        "first_hit": round(statistics.median(first), 2),
        "hits": hits,
        "ratio": round(statistics.median(debugged) / statistics.median(plain), 2),
    }


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("project", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=4.0, help="for all of it")
    parser.add_argument("--only", action="append", choices=NAMES, help="this one; may be given again")
    chosen = parser.parse_args()
    names = chosen.only or NAMES
    end = time.monotonic() + 60 * chosen.minutes
    rows = []
    for number, name in enumerate(names):
        share = (end - time.monotonic()) / (len(names) - number)
        rows.append(measure(chosen.project.resolve(), name, chosen.rounds, share))
        print(rows[-1], flush=True)
    about = {
        "made": date.today().isoformat(),  # noqa: DTZ011 - the day on this machine
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[2], 1) if hasattr(os, "getloadavg") else None,
        "rounds": chosen.rounds,
        "rows": rows,
    }
    text = page(about, rows)
    print(text)
    (RESULTS / "debugger.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    (RESULTS / "debugger.md").write_text(text, encoding="utf-8")


def page(about: dict[str, object], rows: list[dict[str, object]]) -> str:
    """The figures as a table."""
    made = (
        f"Made by `python benchmarks/debugger.py PROJECT` on {about['made']} with pydevd-pycharm"
        f" {rows[0]['engine']} on {about['processors']} processors with {about['load']} processes at work."
    )
    how = (
        f"Medians of up to {about['rounds']} runs in seconds, in turn, of a project of the cnn template with"
        " its short arguments. Seconds are one machine's; ratios are rough where more processes were at work"
        " than there are processors, and where there was time for one round. Each process stops three"
        " times at its breakpoint, its variables are read, and it goes on to its end."
    )
    columns = ("name", "rounds", "run", "debugged", "ratio", "first_hit", "hits")
    lines = ["# The debugger: run, and run with a breakpoint that is hit", "", made, "", how, ""]
    lines += ["| run configuration | rounds | run | debugged | ratio | first stop after | stops |"]
    lines += ["|---" * len(columns) + "|"]
    lines += ["| " + " | ".join(str(one.get(column, "-")) for column in columns) + " |" for one in rows]
    lines += [""] if any(one["problem"] for one in rows) else []
    lines += [f"{one['name']}: {one['problem']}." for one in rows if one["problem"]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
