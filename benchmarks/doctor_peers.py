"""Doctor beside the tools that people use instead, on failures staged for real: docs/doctor-peers.md.

python benchmarks/doctor_peers.py --peers FOLDER --torch PYTHON [--only NAME ...]

FOLDER is where ``pip install --target FOLDER accelerate transformers`` put these two; they are shown to each
staged interpreter through PYTHONPATH, for they run inside of what they look at. PYTHON has a PyTorch that can
be imported: where a machine is staged and not packages, it stands in, in the same surroundings. Each tool is
asked as its manual says. What is written down: how long it took, how it ended, and the first line in which it
concludes anything. A list of versions is no conclusion.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.staged import Recipe, Staged, ask  # noqa: E402
from tests.staged.recipes import recipes  # noqa: E402

PAGE = ROOT / "docs" / "doctor-peers.md"
LIMIT = 120
_VERDICT = 4  # lines: an output as short as this ends in a verdict

#: Findings about a machine; the others are about packages and projects.
MACHINE = ("gpu.", "dist.", "sys.", "cpu.", "net.", "lib.")

#: A line in which a tool says that something is wrong.
CONCLUSION = re.compile(
    r"\b(?:errors?|warnings?|broken|incompatible|conflicts?|mismatch|not compatible|multiple installed|"
    r"cannot|could not|can't|failed|missing|not installed|requires|unable|no module|not found)\b",
    re.IGNORECASE,
)

#: Lines of lists that look like it: "Is XNNPACK available: False".
NO_CONCLUSION = re.compile(
    r"^\s*(?:-|\[pip|\[conda|Vulnerability|Versions of)|could not collect", re.IGNORECASE
)

HEAD = """# Doctor and its peers on staged failures

Each row is a failure that `tests/staged` makes for real: real environments, real files, real variables,
stand-ins for drivers. Written by `benchmarks/doctor_peers.py` on {about}.

A cell says how long the tool took, its exit status where that is not 0, and the first line in which it
concludes anything; *facts only*: it printed a list and left the conclusion to the reader. Doctor names the
finding that the recipe stages in every row: `tests/staged/test_staged.py` holds that, for more recipes than
these. Where packages are staged, PyTorch consists of the files that doctor reads, and tools that must import
it *cannot run*, as they cannot wherever an import is what is broken. †: the machine is what is staged; these
were asked with a whole PyTorch (CPU) in the same surroundings.
"""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A tool and how it is called."""

    name: str
    arguments: tuple[str, ...]  # {python}: the staged interpreter
    shown: bool = False  # it lies in the folder of peers


PEERS = (
    Peer(name="torch.utils.collect_env", arguments=("{python}", "-m", "torch.utils.collect_env")),
    Peer(
        name="accelerate env",
        arguments=("{python}", "-m", "accelerate.commands.accelerate_cli", "env"),
        shown=True,
    ),
    Peer(
        name="transformers env",
        arguments=("{python}", "-m", "transformers.cli.transformers", "env"),
        shown=True,
    ),
    Peer(name="pip check", arguments=(sys.executable, "-m", "pip", "--python", "{python}", "check")),
    Peer(name="uv pip check", arguments=("uv", "pip", "check", "--python", "{python}")),
)


def main() -> int:
    """Stage, ask, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--torch", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[])
    arguments = parser.parse_args()
    rows = list(measured(arguments.peers.resolve(), arguments.torch.absolute(), arguments.only))
    if arguments.only:
        print("\n".join(" | ".join(one) for one in rows))
        return 0
    lines = [
        f"| staged | doctor | {' | '.join(one.name for one in PEERS)} |",
        "|" + "---|" * (2 + len(PEERS)),
    ]
    lines += [f"| {' | '.join(one)} |" for one in rows]
    about = f"{os.cpu_count()} processors, Python {sys.version.split()[0]}"
    PAGE.write_text("\n".join((HEAD.format(about=about), *lines)) + "\n", encoding="utf-8")
    return 0


def measured(peers: Path, torch: Path, only: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """A row for the first recipe of each finding that this machine can stage."""
    import pytest

    seen: set[str] = set()
    for recipe in recipes():
        if (only and recipe.name not in only) or any(mark.name == "network" for mark in recipe.marks):
            continue
        if not only and recipe.check in seen:
            continue
        seen.add(recipe.check)
        with tempfile.TemporaryDirectory() as folder:
            try:
                staged = recipe.stage(Path(folder))
            except pytest.skip.Exception as why:
                print(f"{recipe.name}: not staged, {why}", file=sys.stderr)
                continue
            whole = torch if recipe.check.startswith(MACHINE) else None
            yield (recipe.name, doctor(recipe, staged), *(cell(one, staged, peers, whole) for one in PEERS))


def doctor(recipe: Recipe, staged: Staged) -> str:
    """What doctor says, and how long it takes."""
    started = time.perf_counter()
    answer = ask(staged)
    seconds = time.perf_counter() - started
    named = recipe.check in answer.shown(recipe.level)
    return f"{seconds:.1f} s: {recipe.level} `{recipe.check}`" if named else f"{seconds:.1f} s: **not named**"


def cell(peer: Peer, staged: Staged, peers: Path, torch: Path | None) -> str:
    """What a peer says; of a staged machine, by a whole PyTorch where the staged one cannot be imported."""
    if staged.python is None:
        return "·"
    said = asked(peer, staged, staged.python, peers)
    if torch is not None and ": cannot run" in said:
        return f"† {asked(peer, staged, torch, peers)}"
    return said


def asked(peer: Peer, staged: Staged, python: Path, peers: Path) -> str:
    """How long one tool took, how it ended, what it concludes."""
    variables = {**os.environ, **staged.environment}
    if peer.shown:
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, (variables.get("PYTHONPATH"), str(peers))))
    command = [*staged.prefix, *(part.format(python=python) for part in peer.arguments)]
    started = time.perf_counter()
    try:
        done = subprocess.run(
            command,
            cwd=staged.folder,
            env={name: value for name, value in variables.items() if value is not None},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer in {LIMIT} s"
    except OSError as problem:
        return f"does not start: {problem.strerror}"
    seconds = time.perf_counter() - started
    ended = f", exit {done.returncode}" if done.returncode else ""
    return f"{seconds:.1f} s{ended}: {concluded(done.stdout, done.stderr)}"


def concluded(stdout: str, stderr: str) -> str:
    """The first conclusion of an output; of a traceback its last line."""
    last = stderr.strip().splitlines()[-1:]
    if last and ("Traceback (most recent call last)" in stderr or "Error while finding module" in last[0]):
        return f"cannot run: {shown(last[0].rpartition('(')[2] if 'finding module' in last[0] else last[0])}"
    for line in (*stdout.splitlines(), *stderr.splitlines()):
        if CONCLUSION.search(line) and not NO_CONCLUSION.search(line):
            return f"“{shown(line)}”"
    lines = [line for line in (*stdout.splitlines(), *stderr.splitlines()) if line.strip()]
    return f"“{shown(lines[-1])}”" if 0 < len(lines) <= _VERDICT else "*facts only*"


def shown(line: str) -> str:
    """A line in a cell, without paths of this machine."""
    text = (
        re.sub(r"(?:/[\w.+-]+){2,}/", "…/", " ".join(line.split())).replace("|", "\\|").replace("<", "&lt;")
    )
    return text if len(text) <= 100 else f"{text[:99]}…"


if __name__ == "__main__":
    raise SystemExit(main())
