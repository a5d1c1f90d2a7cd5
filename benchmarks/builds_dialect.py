"""Who still reads the driver from an ``nvidia-smi`` of driver 610, whose head has other words.

Nothing but that program tells of a GPU in this world: no kernel module, no libcuda.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import uv
from builds_table import table
from builds_world import World, entering, lay_out, world_of
from pytorch_index import StandIn

DRIVER = "610.47"
_GPU = {"vendor": "nvidia", "name": "NVIDIA H100 80GB HBM3", "cc": "9.0"}


def ask(stand: StandIn, tools: Path | None, torch: Path | None) -> dict[str, str]:
    """What each tool says of the driver."""
    facts = {"arch": "x86_64", "gpus": [_GPU], "nvidia_driver": DRIVER}
    resolve = [uv.find_uv_bin(), "pip", "compile", "-", "--torch-backend=auto", "-v", "--no-cache"]
    commands = {
        "scaffold detect": [sys.executable, "-m", "scaffold", "detect", "--json"],
        "uv": [*resolve, "--python", sys.executable, "--default-index", stand.pypi],
    }
    if tools:
        commands["env-doctor"] = [str(tools.with_name("env-doctor")), "install", "torch"]
    if torch:
        commands["torch.utils.collect_env"] = [str(torch), "-m", "torch.utils.collect_env"]
    with tempfile.TemporaryDirectory() as folder:
        lay_out(World(programs=world_of(facts).programs), Path(folder))
        start, environment = entering(Path(folder), stand.environment)
        return {name: _said(name, [*start, *command], environment) for name, command in commands.items()}


def _said(name: str, command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, input="", env=environment, check=False, capture_output=True, text=True)
    if name == "scaffold detect":
        return " ".join(sorted({one["driver"] for one in json.loads(done.stdout)["accelerators"]}))
    said = re.compile(
        r"Nvidia driver version: .*|.*Driver Found.*|.*NVIDIA Driver found.*|Detected (?:CUDA )?[Dd]river.*"
    )
    found = said.search(done.stdout + done.stderr)
    return found[0].strip(" ⚠️✅") if found else "nothing"


def page(said: dict[str, str]) -> str:
    """The section of the page."""
    rows = [
        [name, text, "yes" if re.search(r"\b610\.47\b", text) else "**no**"] for name, text in said.items()
    ]
    words = f"Driver {DRIVER}'s `nvidia-smi` says `KMD Version` where older ones say `Driver Version`."
    return f"## A newer nvidia-smi\n\n{words}\n\n{table(['tool', 'says', 'reads it'], rows)}\n"
