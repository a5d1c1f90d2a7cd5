"""Start the target's interpreter, once for each package that could break, and see how far it comes."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.logs.search import read_log
from scaffold.probing.deep.model import CudaDriver, DeepFacts, DeviceRun, Outcome, Run
from scaffold.probing.packages.model import PackageFacts
from scaffold.probing.scene import Scene
from scaffold.system import Completed

#: Seconds that each process has: a first import from a cold network disk, kernels compiled for a new GPU.
LIMIT = 180.0

#: Distribution -> module. Frameworks are imported and compute; what is compiled against one is imported.
FRAMEWORKS = {
    "torch": "torch",
    "tensorflow": "tensorflow",
    "tensorflow-cpu": "tensorflow",
    "tensorflow-intel": "tensorflow",
    "jax": "jax",
}
EXTENSIONS = {
    "torchvision": "torchvision",
    "torchaudio": "torchaudio",
    "flash-attn": "flash_attn",
    "bitsandbytes": "bitsandbytes",
    "xformers": "xformers",
    "triton": "triton",
    "triton-windows": "triton",
    "deepspeed": "deepspeed",
    "apex": "apex",
    "mamba-ssm": "mamba_ssm",
    "causal-conv1d": "causal_conv1d",
    "torch-scatter": "torch_scatter",
    "torch-sparse": "torch_sparse",
    "torchcodec": "torchcodec",
    "vllm": "vllm",
}

#: NTSTATUS of a process that Windows ended (https://learn.microsoft.com/openspecs/windows_protocols/ms-erref).
_WINDOWS_EXCEPTION = 0xC0000000

#: Characters of a child's last words that are kept.
_LAST_WORDS = 20_000

_SCRIPT = Path(__file__).with_name("probes") / "look.py"


def probe(scene: Scene, packages: PackageFacts | None, *, limit: float = LIMIT) -> DeepFacts:
    """Every installed framework on every device, every compiled extension imported; one after another."""
    if scene.target.python is None:
        return DeepFacts(limit=limit)
    installed = {one.name for one in packages.packages} if packages else set()
    modules = [module for name, module in {**FRAMEWORKS, **EXTENSIONS}.items() if name in installed]
    runs = tuple(_run(scene, module, limit) for module in dict.fromkeys(modules))
    cuda = None if scene.machine.host.os == "macos" else _cuda(scene, limit)
    return DeepFacts(limit=limit, cuda=cuda, runs=runs)


def _run(scene: Scene, subject: str, limit: float) -> Run:
    done = _started(scene, subject, limit)
    return run_of(subject, done, limit)


def _started(scene: Scene, subject: str, limit: float) -> Completed:
    assert scene.target.python is not None
    # The variables are the user's: what they break is to be seen. The folder is not: a torch.py in it is
    # another finding.
    return scene.system.run(
        [scene.target.python, "-X", "faulthandler", _SCRIPT, subject],
        timeout=limit,
        environment=scene.system.environment,
        cwd=_SCRIPT.parent,
    )


def run_of(subject: str, done: Completed, limit: float) -> Run:
    """What became of one process."""
    said = parse_lines(done.stdout)
    stages = [one["stage"] for one in said if isinstance(one.get("stage"), str)]
    facts: dict[str, Any] = {name: value for one in said for name, value in one.items()}
    words = (done.stderr or "")[-_LAST_WORDS:]
    outcome = _outcome(done, stages)
    log = read_log(io.BytesIO(words.encode("utf-8", "replace")), f"{subject}, started by doctor")
    architectures = facts.get("architectures")
    return Run(
        subject=subject,
        outcome=outcome,
        stage=stages[-1] if stages else "",
        status=done.status,
        signal=_signal(done.status) if outcome == "crashed" else "",
        error=_error(words, outcome, limit),
        version=str(facts.get("version", "")),
        file=str(facts.get("file", "")),
        devices=tuple(_device(one["device"]) for one in said if isinstance(one.get("device"), dict)),
        architectures=tuple(map(str, architectures)) if isinstance(architectures, list) else None,
        libraries=tuple(map(str, facts.get("libraries") or ())),
        seconds=done.seconds,
        log=log if log.signs else None,
    )


def parse_lines(output: str) -> list[dict[str, Any]]:
    r"""Our lines among whatever a framework prints.

    >>> parse_lines('WARNING: banner\n{"stage": "import"}\n{"stage": "cpu ker')
    [{'stage': 'import'}]
    """
    rows = []
    for line in output.splitlines():
        if line.startswith("{"):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(row, dict):
                rows.append(row)
    return rows


def _outcome(done: Completed, stages: list[str]) -> Outcome:
    if done.outcome == "timeout":
        return "hung"
    if done.outcome != "exited" or done.status is None or not stages:
        return "not-started"
    if done.status < 0 or done.status >= _WINDOWS_EXCEPTION:
        return "crashed"
    return "ended" if done.status == 0 else "failed"


def _signal(status: int | None) -> str:
    if status is None or status > 0:
        return f"0x{status or 0:08X}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _error(words: str, outcome: Outcome, limit: float) -> str:
    if outcome == "ended":
        return ""
    if outcome == "hung":
        return f"it did not end within {limit:.0f} s"
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if outcome == "crashed":
        return next((line for line in lines if not line.startswith(("File ", "Thread ", "Current "))), "")
    return lines[-1][:2000] if lines else ""


def _device(row: Mapping[str, Any]) -> DeviceRun:
    return DeviceRun(
        name=str(row.get("name", "")),
        place=str(row.get("place", "")),
        step=str(row.get("step", "")),
        problem=str(row.get("problem", "")),
    )


def _cuda(scene: Scene, limit: float) -> CudaDriver | None:
    """What libcuda answers; None where nothing speaks for a card of NVIDIA's."""
    done = _started(scene, "cuda", limit)
    said = {name: value for one in parse_lines(done.stdout) for name, value in one.items()}
    libraries = [one for one in said.get("libraries") or () if "libcuda.so" in one]
    if done.outcome == "timeout":
        return CudaDriver(problem=f"cuInit did not answer within {limit:.0f} s")
    status = said.get("status")
    return CudaDriver(
        status=status if isinstance(status, int) else None,
        name=str(said.get("name", "")),
        version=said["version"] if isinstance(said.get("version"), int) else 0,
        devices=said["devices"] if isinstance(said.get("devices"), int) else None,
        library=str(libraries[0]) if libraries else "",
        problem=str(said.get("problem", "")),
    )
