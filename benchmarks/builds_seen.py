"""What each tool takes the recorded hosts of ``tests/machines`` for: the detection alone.

`scaffold detect` replays the record; uv runs in a namespace with the record's files and programs.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import uv
from builds_table import shortened, table
from builds_world import COVERED, World, entering, lay_out
from pytorch_index import StandIn

#: What a program can compute on, on each Linux host as it was recorded, and what stands in the way.
TRUTH = {
    "a100-driver-470": "cuda",
    "a100-mig": "cuda",
    "alpine": "cpu",
    "blocked-module": "cpu",
    "container-without-gpu": "cpu",
    "driver-just-updated": "cpu",
    "h100-masked": "cuda",
    "intel-uhd630": "cpu",
    "no-permission": "cpu",
    "nouveau-rtx3060": "cpu",
    "ryzen-rx7900": "cpu",
    "sick-gpu": "cpu",
    "wsl2-rtx3080": "cuda",
}
_DEVICES = {"nvidia": "cuda", "amd": "rocm", "intel": "xpu"}

#: A recorded program: it answers the commands that were recorded, and others as the first of them.
_PROGRAM = """#!{python} -I
import sys
answers = {answers!r}
status, stdout, stderr = answers.get(" ".join(sys.argv[1:]), next(iter(answers.values())))
sys.stdout.write(stdout)
sys.stderr.write(stderr)
sys.exit(status)
"""


def compare(folder: Path, stand: StandIn) -> list[dict[str, str]]:
    """One row a host: what is true, and what each tool concludes."""
    rows = []
    for name, truth in TRUTH.items():
        path = folder / f"{name}.json"
        record = json.loads(path.read_text(encoding="utf-8"))
        ours, status = _scaffold(path)
        theirs, line = _uv(record, stand)
        rows.append(
            {"host": name, "about": record["about"], "truth": truth, "scaffold": ours, "status": status}
            | {"uv": theirs, "uv_says": line}
        )
    return rows


def _scaffold(path: Path) -> tuple[str, str]:
    """The device by `scaffold detect`, and the machine's status."""
    command = [sys.executable, "-m", "scaffold", "detect", "--facts", str(path), "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        return "", shortened((done.stderr.strip() or done.stdout).splitlines()[0])
    said = json.loads(done.stdout)
    usable = [_DEVICES[one["vendor"]] for one in said["accelerators"] if one["status"] == "ok"]
    return next(iter(usable), "cpu"), said["status"]


def _uv(record: Mapping[str, Any], stand: StandIn) -> tuple[str, str]:
    """The device by uv's detection, and the line in which it says so."""
    command = [uv.find_uv_bin(), "pip", "compile", "-", "--torch-backend=auto", "-v", "--no-cache"]
    command += ["--python", sys.executable, "--default-index", stand.pypi]
    with tempfile.TemporaryDirectory() as folder:
        lay_out(_world(record), Path(folder))
        start, environment = entering(Path(folder), stand.environment)
        done = subprocess.run(
            [*start, *command], input="", env=environment, check=False, capture_output=True, text=True
        )
    found = re.search(r"Detected (CUDA|AMD|Intel)[^\n]*", done.stderr)
    if found is None:
        return "cpu", "nothing is detected"
    device = {"CUDA": "cuda", "AMD": "rocm", "Intel": "xpu"}[found[1]]
    return device, found[0].removeprefix("Detected ")


def _world(record: Mapping[str, Any]) -> World:
    files = {path: text for path, text in record.get("files", {}).items() if path.startswith(COVERED)}
    programs = {}
    for name, path in record.get("programs", {}).items():
        commands = record.get("commands", {}).items()
        answers = {
            command.partition(" ")[2]: (one.get("status", 0), one.get("stdout", ""), one.get("stderr", ""))
            for command, one in commands
            if Path(command.partition(" ")[0]).name in {name, Path(path).name}
        }
        if answers:
            programs[name] = _PROGRAM.format(python=sys.executable, answers=answers)
    return World(files=files, programs=programs)


_NOTE = """\
`wsl2-rtx3080` has no `nvidia-smi` on PATH, as where a program was not started from WSL's own shell (in the
tables above it has); `ryzen-rx7900` has no ROCm installed, which PyTorch's wheels do not need (above it has).

"""


def page(rows: list[dict[str, str]]) -> str:
    """The section of the page."""
    head = "## Detection, on recorded hosts\n\n"
    if not rows:
        return head + "Not measured: this needs mount namespaces (Linux).\n"
    lines = [
        [
            one["host"],
            one["about"],
            one["truth"],
            _said(one, "scaffold", "status"),
            _said(one, "uv", "uv_says"),
        ]
        for one in rows
    ]
    sums = [
        f"**{sum(one[tool] == one['truth'] for one in rows)} of {len(rows)}**" for tool in ("scaffold", "uv")
    ]
    lines.append(["**right**", "", "", *sums])
    return (
        head + _NOTE + table(["host", "what it is", "can compute on", "scaffold detect", "uv"], lines) + "\n"
    )


def _said(row: Mapping[str, str], tool: str, detail: str) -> str:
    device = row[tool] if row[tool] == row["truth"] else f"**{row[tool] or 'no answer'}**"
    return f"{device} ({shortened(row[detail])})"
