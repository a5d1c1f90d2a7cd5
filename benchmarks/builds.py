"""Who is right where: `scaffold detect` and `scaffold builds` beside the tools that do it too.

    python benchmarks/builds.py             # uv alone: nothing is downloaded, no network is used
    python benchmarks/builds.py --peers     # light-the-torch and env-doctor too, from your package index
    python benchmarks/builds.py --torch PYTHON   # torch.utils.collect_env too

Writes ``benchmarks/results/builds.md`` and ``builds.json``. Machines and expected answers are
``tests/machines/machines.jsonl``; each tool is really run (`builds_peers`), in the recorded machine's world
(`builds_world`), against a stand-in for the indexes (`pytorch_index`).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import builds_dialect as dialect
import builds_peers as peers
import builds_seen as seen
import builds_time as times
import uv
from builds_judge import Verdict, judge
from builds_table import section
from builds_world import can_enter, samples
from pytorch_index import StandIn, pages, stand_in

HERE = Path(__file__).resolve().parent
MACHINES = HERE.parent / "tests" / "machines"
PEERS = {"light-the-torch": "0.8.1", "env-doctor": "0.3.5"}

Answers = Mapping[str, tuple[peers.Asked, Verdict, str]]  # by machine: what was said, what of it, the device
Sample = dict[str, Any]


def main() -> None:
    """Ask everyone, judge, write."""
    wanted = _arguments()
    machines = samples(wanted.machines)
    with tempfile.TemporaryDirectory() as folder, stand_in(Path(folder), pages(peers.more_wheels())) as stand:
        tools = _peers(Path(folder) / "peers") if wanted.peers else None
        results = _answers(machines, wanted.machines, stand, tools)
        saw = seen.compare(MACHINES, stand) if can_enter() else []
        told = dialect.ask(stand, tools, wanted.torch) if can_enter() else {}
        took = times.measure(wanted.machines, stand, wanted.rounds)
    text = _page(machines, results, [seen.page(saw), dialect.page(told), times.page(took)])
    wanted.output.mkdir(parents=True, exist_ok=True)
    (wanted.output / "builds.md").write_text(text, encoding="utf-8")
    record = {
        "versions": _versions(),
        "date": _today(),
        "answers": _plain(results),
        "seen": saw,
        "driver 610": told,
        "seconds": took,
    }
    (wanted.output / "builds.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", action="store_true", help="drive light-the-torch and env-doctor as well")
    parser.add_argument(
        "--torch", type=Path, metavar="PYTHON", help="a Python with torch, for its collect_env"
    )
    parser.add_argument("--machines", type=Path, default=MACHINES / "machines.jsonl")
    parser.add_argument("--output", type=Path, default=HERE / "results")
    parser.add_argument("--rounds", type=int, default=11, help="runs of each command that is timed")
    return parser.parse_args()


def _peers(folder: Path) -> Path:
    """An environment with the other tools, by the user's own index settings; its Python."""
    binary = uv.find_uv_bin()
    python = folder / "bin" / "python"
    subprocess.run([binary, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    named = [f"{name}=={version}" for name, version in PEERS.items()]
    subprocess.run([binary, "pip", "install", "--quiet", "--python", python, "pip", *named], check=True)
    return python


def _answers(
    machines: list[Sample], path: Path, stand: StandIn, tools: Path | None
) -> dict[str, dict[str, Answers]]:
    """Every tool's answer for every machine, by section and column."""
    ours = {one["id"]: peers.scaffold(stand, path, one["id"], one["facts"], pypi=False) for one in machines}
    plain = {one["id"]: peers.scaffold(stand, path, one["id"], one["facts"], pypi=True) for one in machines}

    def asked(framework: str, ask: Callable[[Sample], peers.Asked], *, pypi: bool = False) -> Answers:
        return {one["id"]: _judged(framework, ask(one), one, pypi=pypi) for one in machines}

    torch = {
        "scaffold builds": asked("torch", lambda one: ours[one["id"]]["torch"]),
        "uv --torch-backend=auto": asked("torch", lambda one: peers.uv_auto(stand, one["facts"])),
    }
    if tools:
        torch["light-the-torch"] = asked(
            "torch", lambda one: peers.light_the_torch(tools, stand, one["facts"])
        )
        torch["env-doctor install"] = asked("torch", lambda one: peers.env_doctor(tools, stand, one["facts"]))
    return {
        "torch": torch,
        "pypi": {
            "scaffold builds --index pypi": asked("torch", lambda one: plain[one["id"]]["torch"], pypi=True),
            "uv pip install torch": asked(
                "torch", lambda one: peers.uv_plain(stand, one["facts"]), pypi=True
            ),
        },
        "tensorflow": {
            "scaffold builds": asked("tensorflow", lambda one: ours[one["id"]]["tensorflow"]),
            "uv pip install tensorflow": asked(
                "tensorflow", lambda one: peers.uv_tensorflow(stand, one["facts"])
            ),
        },
    }


def _judged(
    framework: str, asked: peers.Asked, machine: Sample, *, pypi: bool
) -> tuple[peers.Asked, Verdict, str]:
    expected = machine["expect"][framework]
    verdict = judge(framework, asked.answer, expected, machine["facts"], pypi=pypi)
    return asked, verdict, expected["pypi_only_device" if pypi else "device"]


def _page(
    machines: list[Sample],
    results: Mapping[str, Mapping[str, Answers]],
    more: list[str],
) -> str:
    def best(framework: str, key: str) -> dict[str, str]:
        return {one["id"]: str(one["expect"][framework][key] or "none") for one in machines}

    versions = ", ".join(f"{name} {version}" for name, version in _versions().items())
    command = "python benchmarks/builds.py" + (" --peers" if "--peers" in sys.argv else "")
    parts = [
        f"# Which build: scaffold beside its peers\n\nMade by `{command}` on {_today()} with {versions}.\n",
        _HOW,
        section("PyTorch, from PyTorch's own index", best("torch", "best"), results["torch"]),
        section("PyTorch, from the ordinary index alone", best("torch", "pypi_only"), results["pypi"]),
        section("TensorFlow", best("tensorflow", "best"), results["tensorflow"]),
        *more,
    ]
    return "\n".join(parts)


_HOW = """\
Every answer was given by the tool itself. *Right*: the build that `tests/machines/machines.jsonl` expects,
or one that it accepts. What a build does on the machine follows from the driver, the GPU's capability and
the tables in `scaffold/builds/data`, which are our own: *fails* means that the first kernel does not start,
*CPU only* that the GPU stands idle.

`scaffold builds` reads the recorded facts. uv, light-the-torch and env-doctor detect the machine
themselves, in a mount namespace with the recorded files and with an `nvidia-smi` or a
`rocm_agent_enumerator` on PATH; of Windows' machines uv is told by the variables of its own tests. A plain
`uv pip install` answers without looking at the GPU: it stands here as what most people type.

The indexes are a stand-in, made from our tables, the same for all: whether PyTorch's real index holds just
these wheels was not looked up. scaffold and env-doctor print a requirement: it counts only where uv
resolves it there.
"""


def _plain(results: Mapping[str, Mapping[str, Answers]]) -> dict[str, Any]:
    return {
        part: {
            tool: {
                identifier: {
                    "build": asked.answer.build,
                    **asdict(asked.answer),
                    "how": asked.how,
                    **asdict(verdict),
                }
                for identifier, (asked, verdict, _) in answers.items()
            }
            for tool, answers in columns.items()
        }
        for part, columns in results.items()
    }


def _versions() -> dict[str, str]:
    import scaffold

    told = subprocess.run([uv.find_uv_bin(), "--version"], check=True, capture_output=True, text=True).stdout
    mine = {"scaffold": scaffold.__version__, "uv": told.split()[1], "Python": platform.python_version()}
    return mine | (PEERS if "--peers" in sys.argv else {})


def _today() -> str:
    return dt.datetime.now(tz=dt.timezone.utc).date().isoformat()


if __name__ == "__main__":
    main()
