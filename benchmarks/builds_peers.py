"""How each tool is asked what to install, as a user would ask it, and how its answer is read."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uv
from builds_judge import Answer
from builds_world import can_enter, entering, lay_out, world_of
from packaging.version import Version
from pytorch_index import StandIn

from scaffold.builds import tables
from scaffold.sources.places import PYTORCH_INDEX

Facts = Mapping[str, Any]

#: The C libraries that ``uv --python-platform`` knows by name, glibc 2.x.
_GLIBC = (28, *range(31, 41))
_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An answer, and how the tool came to know the machine."""

    answer: Answer
    how: str = ""  # "world", "variable", "facts"; "" where the tool could not be asked


NOT_DRIVEN = Asked(answer=Answer(problem="not driven"))


def scaffold(stand: StandIn, path: Path, identifier: str, facts: Facts, *, pypi: bool) -> dict[str, Asked]:
    """Our own answers for torch and TensorFlow, and what uv makes of the requirements in them."""
    command = ["builds", "--facts", f"{path}#{identifier}", "--python", facts["python"], "--json"]
    command += ["--index", "pypi"] if pypi else []
    done = _run([sys.executable, "-m", "scaffold", *command], dict(os.environ))
    if done.returncode:
        none = Asked(answer=Answer(problem=_last(done.stderr or done.stdout)), how="facts")
        return {"torch": none, "tensorflow": none}
    said = json.loads(done.stdout)
    return {name: _resolved(stand, name, said[name], facts) for name in ("torch", "tensorflow")}


def _resolved(stand: StandIn, framework: str, said: Mapping[str, Any], facts: Facts) -> Asked:
    """An answer of ours, once its requirement and constraints were resolved: else it is none."""
    if said["version"] is None:
        return Asked(answer=Answer(problem="; ".join(said["reasons"])), how="facts")
    backend = [f"--torch-backend={said['variant']}"] if said["index"].startswith(PYTORCH_INDEX) else []
    wanted = "\n".join([said["requirement"], *said["constraints"]])
    _, found, problem = _compile(stand, facts, wanted, *backend)
    if said["package"] not in found:
        return Asked(answer=Answer(problem=f"{said['requirement']}: {problem}"), how="facts")
    gpu_build = "and-cuda" if "[and-cuda]" in said["requirement"] else ""
    answer = Answer(
        version=said["version"],
        variant=said["variant"] if framework == "torch" else gpu_build,
        device=said["device"],
        cudnn=found.get("nvidia-cudnn-cu12", ""),
    )
    return Asked(answer=answer, how="facts")


#: cuDNN releases that TensorFlow's range admits, newest first, with their wheels' platforms.
#: source: the package index's listing of nvidia-cudnn-cu12                                  date: 2026-11-22
CUDNN = {"9.28.0.42": "manylinux_2_27", "9.10.2.21": "manylinux_2_27", "9.5.0.50": "manylinux2014"}


def more_wheels() -> tuple[str, ...]:
    """Wheels on PyPI beside the tables': cuDNN, NumPy, TensorFlow's release candidate for Python 3.14."""
    arches = ("x86_64", "aarch64")
    cudnn = [
        f"nvidia_cudnn_cu12-{one}-py3-none-{tag}_{arch}.whl" for one, tag in CUDNN.items() for arch in arches
    ]
    candidate = "tensorflow-2.22.0rc0-cp314-cp314-manylinux_2_27_x86_64.whl"  # listed on 2026-11-22
    return (*cudnn, candidate, "numpy-2.4.0-py3-none-any.whl", "numpy-1.26.4-py3-none-any.whl")


def uv_auto(stand: StandIn, facts: Facts) -> Asked:
    """``uv pip compile --torch-backend=auto``, in the recorded machine's world."""
    how, found, problem = _compile(stand, facts, "torch", "--torch-backend=auto")
    return Asked(answer=_split(found.get("torch", ""), problem), how=how)


def uv_plain(stand: StandIn, facts: Facts) -> Asked:
    """The same from the ordinary index alone: what ``pip install torch`` gives."""
    how, found, problem = _compile(stand, facts, "torch")
    return Asked(answer=_split(found.get("torch", ""), problem), how=how)


def uv_tensorflow(stand: StandIn, facts: Facts) -> Asked:
    """What TensorFlow's install page says to type: ``[and-cuda]`` on Linux with an NVIDIA GPU."""
    gpu = facts["os"] == "linux" and any(one["vendor"] == "nvidia" for one in facts["gpus"])
    how, found, problem = _compile(stand, facts, "tensorflow[and-cuda]" if gpu else "tensorflow")
    version = found.get("tensorflow", "")
    cudnn = found.get("nvidia-cudnn-cu12", "")
    variant = "and-cuda" if gpu and version else ""
    return Asked(answer=Answer(version=version, variant=variant, cudnn=cudnn, problem=problem), how=how)


def light_the_torch(python: Path, stand: StandIn, facts: Facts) -> Asked:
    """``ltt install --dry-run torch``: pip, which it patches, resolves in the machine's world."""
    if facts["os"] != "linux" or not can_enter():
        return NOT_DRIVEN
    tags = [
        f"manylinux_2_{one}_{facts['arch']}" for one in range(int(facts["glibc"].partition(".")[2]), 16, -1)
    ]
    with tempfile.TemporaryDirectory() as target, _world(facts, stand.environment) as (start, environment):
        command = [
            str(python.with_name("ltt")),
            "install",
            "--dry-run",
            "--quiet",
            "--report",
            "-",
            "--no-deps",
        ]
        command += ["--no-cache-dir", "--only-binary=:all:", "--target", target, "--index-url", stand.pypi]
        command += ["--implementation", "cp", "--python-version", facts["python"]]
        command += [part for tag in tags for part in ("--platform", tag)]
        done = _run([*start, *command, "torch"], environment)
    if not done.stdout.startswith("{"):
        return Asked(answer=Answer(problem=_last(done.stderr)), how="world")
    installed = json.loads(done.stdout)["install"]
    return Asked(answer=_split(installed[0]["metadata"]["version"]), how="world")


def env_doctor(python: Path, stand: StandIn, facts: Facts) -> Asked:
    """The command that ``env-doctor install torch`` prints, and what uv makes of that command."""
    if facts["os"] != "linux" or facts["arch"] != "x86_64" or not can_enter():
        return NOT_DRIVEN
    with _world(facts, stand.environment) as (start, environment):
        done = _run([*start, str(python.with_name("env-doctor")), "install", "torch"], environment)
    line = next((one.strip() for one in done.stdout.splitlines() if "pip install" in one), "")
    version, backend = re.search(r"torch(==[\d.]+)?", line), re.search(r"whl/(\w+)", line)
    if version is None:
        return Asked(answer=Answer(problem=_last(done.stdout)), how="world")
    pinned = version[0].partition("==")[2]
    if pinned and tables.torch().release(Version(pinned)) is None:
        return Asked(answer=Answer(problem=f"torch {pinned} is older than the tables"))
    options = [f"--torch-backend={backend[1]}"] if backend else []
    _, found, problem = _compile(stand, facts, version[0], *options)
    problem = f"{line}: {problem}" if problem else ""
    return Asked(answer=_split(found.get("torch", ""), problem), how="world")


def _split(text: str, problem: str = "") -> Answer:
    version, _, variant = text.partition("+")
    return Answer(version=version, variant=variant, problem="" if version else problem)


def _compile(stand: StandIn, facts: Facts, wanted: str, *options: str) -> tuple[str, dict[str, str], str]:
    """Resolve with uv: how it was told of the machine, what it chose by name, and why nothing."""
    command = [uv.find_uv_bin(), "pip", "compile", "-", *options, "--python-version", facts["python"]]
    command += ["--python-platform", platform_name(facts), "--python", sys.executable, "--no-cache"]
    command += ["--default-index", stand.pypi, "--no-header", "--no-annotate", "--quiet"]
    told = _variables(facts)
    if facts["os"] == "linux" and can_enter():
        with _world(facts, stand.environment) as (start, environment):
            how, done = "world", _run([*start, *command], environment, wanted + "\n")
    elif told or "--torch-backend=auto" not in options:
        how, done = "variable", _run(command, {**stand.environment, **told}, wanted + "\n")
    else:
        return "", {}, "not driven"
    lines = (line.split("==") for line in done.stdout.splitlines() if "==" in line)
    found = {name.partition("[")[0]: version.split()[0] for name, version in lines}
    return how, found, "" if done.returncode == 0 else _last(done.stderr)


def _variables(facts: Facts) -> dict[str, str]:
    """How uv can be told of a GPU that is not here: the variables of its own tests."""
    if facts.get("nvidia_driver"):
        return {"UV_CUDA_DRIVER_VERSION": facts["nvidia_driver"]}
    names = [one["gfx"] for one in facts["gpus"] if one["vendor"] == "amd"]
    return {"UV_AMD_GPU_ARCHITECTURE": names[0]} if names else {}


def platform_name(facts: Facts) -> str:
    """A machine's platform, as uv names it.

    >>> platform_name({"os": "linux", "arch": "x86_64", "glibc": "2.35"})
    'x86_64-manylinux_2_35'
    >>> platform_name({"os": "linux", "arch": "x86_64", "glibc": "2.17"})
    'x86_64-manylinux2014'
    """
    if facts["os"] == "windows":
        return "x86_64-pc-windows-msvc"
    if facts["os"] == "macos":
        return f"{'aarch64' if facts['arch'] == 'arm64' else 'x86_64'}-apple-darwin"
    minor = int(facts["glibc"].partition(".")[2])
    known = [one for one in _GLIBC if one <= minor]
    return f"{facts['arch']}-manylinux" + (f"_2_{known[-1]}" if known else "2014")


@contextlib.contextmanager
def _world(facts: Facts, environment: Mapping[str, str]) -> Iterator[tuple[list[str], dict[str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        lay_out(world_of(facts), Path(folder))
        yield entering(Path(folder), environment)


def _run(
    command: Sequence[str], environment: Mapping[str, str], text: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, input=text, env=environment, check=False, capture_output=True, text=True, timeout=_SECONDS
    )


def _last(text: str) -> str:
    """The last line of a message, without the box that some tools draw."""
    lines = [" ".join(line.strip(" ╰─▶│").split()) for line in text.splitlines()]
    return next((line for line in reversed(lines) if line), "no answer")
