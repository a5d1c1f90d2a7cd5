"""Prove an environment: each framework imports and trains one step on the device that it was chosen for."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scaffold.builds.model import Device, Framework
from scaffold.environments.installers.guard import NOT_STARTED
from scaffold.environments.installers.tools import guarded
from scaffold.environments.model import Environment, Progress, Proof
from scaffold.environments.proving.probe_answers import TITLES, named, parse_answer, proof_of
from scaffold.errors import ProofFailed
from scaffold.processes import end_all
from scaffold.system import Completed, System, without

#: Seconds. A first import without byte code took 11 s for Keras with TensorFlow on two loaded cores;
#: a cold network disk takes many times that, and CUDA may compile kernels for a new GPU.
TIME_LIMIT = 600.0

_SCRIPTS: dict[Framework, str] = {"pytorch": "pytorch_step.py", "keras": "keras_step.py"}

#: Seconds between two looks at what runs at the same time.
_PATIENCE = 0.1

#: Of a crashed child's last words, as many lines as help.
_EVIDENCE_LINES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """What was tried, for an error's text."""

    framework: Framework
    device: Device
    python: Path

    @property
    def title(self) -> str:
        return TITLES[self.framework]


def prove(
    environment: Environment, frameworks: Sequence[Framework], device: Device, system: System
) -> tuple[Proof, ...]:
    """`prove_all` with one device for every framework."""
    return prove_all(environment, dict.fromkeys(frameworks, device), system)


def prove_all(
    environment: Environment, devices: Mapping[Framework, Device], system: System
) -> tuple[Proof, ...]:
    """One training step of each framework, all at the same time, each in an interpreter of its own.

    Raises `ProofFailed` with the evidence: a missing module, a crash, a hang, a device that is not there.
    Where several fail, the first one is raised and the others' messages stand among its evidence.
    """
    if not devices:
        return ()
    pool = ThreadPoolExecutor(len(devices))
    trials = [pool.submit(prove_one, environment, one, device, system) for one, device in devices.items()]
    try:
        while wait(trials, timeout=_PATIENCE).not_done:
            continue  # Windows hands Ctrl-C over between two waits only
    except BaseException:  # Ctrl-C reaches this thread alone, and the others wait for their programs
        while wait(trials, timeout=_PATIENCE).not_done:
            end_all()
        raise
    finally:
        pool.shutdown(wait=False)
    failures = [failure for trial in trials if (failure := trial.exception()) is not None]
    if failures:
        raise _together(failures)
    return tuple(trial.result() for trial in trials)


def announced(frameworks: Sequence[Framework]) -> Progress:
    """The step's heading.

    >>> announced(("pytorch", "keras")).message
    'Proving PyTorch and Keras: one training step each'
    """
    names = " and ".join(TITLES[one] for one in frameworks)
    return Progress(
        step="prove", message=f"Proving {names}: one training step{' each' if len(frameworks) > 1 else ''}"
    )


def _together(failures: Sequence[BaseException]) -> BaseException:
    first, *others = failures
    if isinstance(first, ProofFailed):
        also = tuple(f"also: {one}" for one in others)
        return ProofFailed(first.message, detail=(*first.detail, *also), hint=first.hint, code=first.code)
    return first


def prove_one(
    environment: Environment,
    framework: Framework,
    device: Device,
    system: System,
    *,
    timeout: float = TIME_LIMIT,
) -> Proof:
    """One training step of one framework, and its values compared on every device of that kind."""
    trial = _Trial(framework=framework, device=device, python=environment.python)
    script = Path(__file__).with_name("probes") / _SCRIPTS[framework]
    command = [str(environment.python), "-I", str(script), device]
    # Its byte code makes the user's first run fast; guarded, for it must not be written after our death.
    done = system.run(
        guarded(command, system),
        timeout=timeout,
        environment=without(system.environment, "PYTHON", "VIRTUAL_ENV"),
        cwd=environment.location,  # away from a torch.py in the user's folder
    )
    done = replace(done, argv=tuple(command))
    if not done.ok:
        raise _failed(trial, done, timeout)
    answer = parse_answer(done.stdout)
    if answer is None:
        raise ProofFailed(f"{trial.title} ran and printed no result", detail=_last_lines(done))
    if "error" in answer:
        raise _device_absent(trial, answer)
    return proof_of(framework, device, answer, done.seconds)


def _device_absent(trial: _Trial, answer: dict[str, Any]) -> ProofFailed:
    return ProofFailed(
        f"{trial.title} cannot use {trial.device}: {answer['error']}",
        detail=named(answer.get("details", {})),
        hint="see what the machine offers with: scaffold detect",
        code="proof-no-device",
    )


def _failed(trial: _Trial, done: Completed, timeout: float) -> ProofFailed:
    command = " ".join(done.argv)
    if done.outcome == "timeout":
        return ProofFailed(
            f"{trial.title} did not finish one training step within {timeout:.0f} s",
            detail=_last_lines(done),
            hint=f"see where it hangs: {command}",
            code="proof-hang",
        )
    if done.outcome != "exited" or done.status == NOT_STARTED:
        return ProofFailed(
            f"The environment's interpreter does not start: {trial.python}",
            detail=(done.stderr,) if done.stderr else (),
            hint="the Python that it was made from may be gone; run the same command again to rebuild it",
            code="proof-no-interpreter",
        )
    if done.status is not None and (done.status < 0 or done.status >= _WINDOWS_EXCEPTION):
        return _crashed(trial, done.status, done)
    return ProofFailed(
        f"{trial.title} does not run in {trial.python}",
        detail=_last_lines(done),
        hint=f"see all of it: {command}",
        code=_import_code(done.stderr),
    )


def _import_code(stderr: str) -> str:
    return "proof-no-import" if "ImportError" in stderr or "ModuleNotFoundError" in stderr else "proof-failed"


def _crashed(trial: _Trial, status: int, done: Completed) -> ProofFailed:
    """A signal (POSIX: a negative status) or a structured exception (Windows: 0xC0000000 and above)."""
    name = _signal_name(status)
    illegal = name == "SIGILL" or status == _WINDOWS_ILLEGAL_INSTRUCTION
    return ProofFailed(
        f"{trial.title} crashed ({name}) while it was imported or trained one step",
        detail=_last_lines(done),
        hint=_ILLEGAL_HINT if illegal else _KILLED_HINT if name == "SIGKILL" else _CRASH_HINT,
        code="proof-cpu-too-old" if illegal else "proof-crash",
    )


#: NTSTATUS values (https://learn.microsoft.com/openspecs/windows_protocols/ms-erref).
_WINDOWS_EXCEPTION = 0xC0000000
_WINDOWS_ILLEGAL_INSTRUCTION = 0xC000001D

_ILLEGAL_HINT = (
    "the processor lacks instructions that this build needs (TensorFlow: AVX); "
    "a project can do without: scaffold new NAME --framework pytorch"
)
_KILLED_HINT = "the operating system ended it, mostly because memory ran out"
_CRASH_HINT = "a damaged installation or a driver that does not fit; see: scaffold doctor"


def _signal_name(status: int) -> str:
    if status > 0:
        return f"0x{status:08X}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _last_lines(done: Completed) -> tuple[str, ...]:
    lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return tuple(lines[-_EVIDENCE_LINES:])
