"""Which Pythons of this machine a tool finds, and how long it takes: scaffold beside its peers.

    python benchmarks/pythons.py            # what is installed beside this interpreter
    python benchmarks/pythons.py --peers    # findpython too, from your package index

Writes ``benchmarks/results/pythons.md`` and ``pythons.json``. Each tool is a process of its own, cold (an
empty cache) and warm (right after), in turn. Found: interpreters, however many names each has; usable: those
of them that a project can be made from (CPython 3.10 or newer that starts).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import uv
from builds_table import table

HERE = Path(__file__).resolve().parent
FINDPYTHON = "findpython==0.8.0"

#: Prints [seconds in the call, [paths]]; the folder for its cache is the first argument.
SCAFFOLD = """
import json, sys, time
from pathlib import Path
from scaffold.interpreters.find import find
from scaffold.system import HostSystem
system, start = HostSystem(), time.perf_counter()
found = find(system, Path(sys.argv[1]))
took = time.perf_counter() - start
print(json.dumps([took, [str(one.path) for one in (*found.interpreters, *found.refused)]]))
"""
DISCOVERY = """
import json, logging, sys, time
from pathlib import Path
from python_discovery import DiskCache, iter_interpreters
logging.disable()
start = time.perf_counter()
found = [one.system_executable for one in iter_interpreters(None, cache=DiskCache(Path(sys.argv[1])))]
print(json.dumps([time.perf_counter() - start, found]))
"""
FIND_ALL = """
import json, time
start = time.perf_counter()
import findpython
found = [(str(one.executable), str(one.version)) for one in findpython.find_all()]
print(json.dumps([time.perf_counter() - start, [path for path, version in found]]))
"""
VERSION = "import sys; print(sys.implementation.name, *sys.version_info[:2], sys.base_prefix)"


@dataclass(frozen=True)
class Run:
    """One call of a tool."""

    seconds: float  # the whole process
    inside: float  # the call itself, without starting Python and importing; 0: not known
    paths: tuple[str, ...]


def main() -> None:
    """Ask everyone in turn, judge what they found, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--peers", action="store_true", help="findpython as well, in a throw-away environment"
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--output", type=Path, default=HERE / "results")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tools = commands(Path(folder), peers=wanted.peers)
        runs: dict[str, dict[str, list[Run]]] = {name: {"cold": [], "warm": []} for name in tools}
        for _ in range(wanted.rounds):
            for name, (command, cache) in tools.items():
                shutil.rmtree(cache, ignore_errors=True)
                for state in ("cold", "warm"):
                    runs[name][state].append(run(command, cache))
    record = {name: summary(taken) for name, taken in runs.items()}
    wanted.output.mkdir(parents=True, exist_ok=True)
    document = {
        "date": today(),
        "versions": versions(),
        "processors": os.cpu_count(),
        "load": busy(),
        "tools": record,
    }
    (wanted.output / "pythons.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    text = page(record, wanted.rounds)
    (wanted.output / "pythons.md").write_text(text, encoding="utf-8")
    print(text)


def commands(folder: Path, *, peers: bool) -> dict[str, tuple[list[str], Path]]:
    """Tool -> its command line, and the folder of its cache."""
    ours, theirs, uvs = folder / "scaffold", folder / "discovery", folder / "uv"
    listed = [uv.find_uv_bin(), "python", "list", "--only-installed", "--output-format", "json"]
    found = {
        "scaffold: find()": ([sys.executable, "-c", SCAFFOLD, str(ours)], ours),
        "scaffold env python --json": (
            [sys.executable, "-m", "scaffold", "env", "python", "--json"],
            folder / "cache" / "scaffold",
        ),
        "python-discovery: iter_interpreters()": ([sys.executable, "-c", DISCOVERY, str(theirs)], theirs),
        "uv python list --only-installed": ([*listed, "--cache-dir", str(uvs)], uvs),
    }
    if peers:
        python = folder / "peers" / "bin" / "python"
        subprocess.run(
            [listed[0], "venv", "--quiet", "--python", sys.executable, folder / "peers"], check=True
        )
        subprocess.run([listed[0], "pip", "install", "--quiet", "--python", python, FINDPYTHON], check=True)
        found["findpython: find_all()"] = ([str(python), "-c", FIND_ALL], folder / "none")
    return found


def run(command: list[str], cache: Path) -> Run:
    """Start a tool and read what it found."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache.parent), "PYTHONDONTWRITEBYTECODE": ""}
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    answer = json.loads(done.stdout)
    if isinstance(answer, dict):  # scaffold's envelope
        paths = [one["interpreter"]["path"] for one in answer["interpreters"]]
        return Run(seconds, 0.0, (*paths, *(one["path"] for one in answer["refused"])))
    if answer and isinstance(answer[0], float):
        return Run(seconds, answer[0], tuple(answer[1]))
    return Run(seconds, 0.0, tuple(one["path"] for one in answer if one["path"]))


def summary(taken: Mapping[str, list[Run]]) -> dict[str, object]:
    """What a tool found in its last run, and its medians."""
    bases = {base: usable for path in taken["warm"][-1].paths for base, usable in [judged(path)] if base}
    return {
        "found": len(bases),
        "usable": sum(bases.values()),
        **{
            f"{state} {what}": statistics.median(getattr(one, what) for one in runs)
            for state, runs in taken.items()
            for what in ("seconds", "inside")
        },
    }


def judged(path: str) -> tuple[str, bool]:
    """The installation that a program belongs to, and whether projects can be made from it; "" if none."""
    script = VERSION if "2.7" not in path else "import sys; print 'cpython 2 7', sys.prefix"
    done = subprocess.run([path, "-c", script], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        return "", False
    name, major, minor, prefix = done.stdout.strip().split(maxsplit=3)
    return prefix, name == "cpython" and (int(major), int(minor)) >= (3, 10)


def page(record: Mapping[str, Mapping[str, object]], rounds: int) -> str:
    """The page for people."""
    keys = ("cold seconds", "cold inside", "warm seconds", "warm inside")
    rows = [
        [f"`{name}`", str(one["found"]), str(one["usable"]), *(milliseconds(one[key]) for key in keys)]
        for name, one in record.items()
    ]
    head = ["tool", "found", "usable", "cold", "cold, the call", "warm", "warm, the call"]
    named = ", ".join(f"{name} {version}" for name, version in versions().items())
    command = "python benchmarks/pythons.py" + (" --peers" if "--peers" in sys.argv else "")
    return (
        f"# Finding Pythons: scaffold beside its peers\n\nMade by `{command}` on {today()} with {named}.\n\n"
        f"Medians of {rounds} runs in milliseconds, in turn, on {os.cpu_count()} processors with {busy():.1f}"
        " processes at work in the last quarter of an hour: ratios are to be trusted, milliseconds are one"
        " machine's. *Cold*: with an empty cache of the tool's own; *the call*: without starting Python and"
        " importing the tool. *Found*: installations, however many names each has; *usable*: those that a"
        " project can be made from.\n\n"
        "A machine with pyenv: its versions lie side by side, and the shims on PATH answer for the active one"
        f" only.\n\n{table(head, rows)}\n"
    )


def busy() -> float:
    """How many processes wanted a processor in the last quarter of an hour, ours included."""
    return round(os.getloadavg()[2], 1)


def milliseconds(value: object) -> str:
    """Nothing where it is not known."""
    return f"{value * 1000:.0f}" if isinstance(value, float) and value else ""


def versions() -> dict[str, str]:
    """Of the tools."""
    from importlib.metadata import version

    import scaffold

    told = subprocess.run([uv.find_uv_bin(), "--version"], check=True, capture_output=True, text=True).stdout
    mine = {"scaffold": scaffold.__version__, "uv": told.split()[1], "Python": platform.python_version()}
    mine["python-discovery"] = version("python-discovery")
    return mine | ({"findpython": FINDPYTHON.partition("==")[2]} if "--peers" in sys.argv else {})


def today() -> str:
    """The date, as ISO writes it."""
    return dt.datetime.now(tz=dt.timezone.utc).date().isoformat()


if __name__ == "__main__":
    main()
