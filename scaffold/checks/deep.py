"""What came of starting each package: it computes, or how it failed, died, or hung.

Where the last words of a process are recognised (`scaffold.logs`), the finding is that signature's, and
nothing is said here.
"""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.probing.deep.model import DeviceRun, Run

#: What ended a process because the processor lacks an instruction: POSIX, and Windows' NTSTATUS.
ILLEGAL = ("SIGILL", "0xC000001D")


def started(facts: Facts) -> Iterator[Finding]:
    """Every package that was started ended well, and every framework computed on every device."""
    for run in facts.deep.runs if facts.deep else ():
        if run.outcome == "ended":
            yield from _devices(run)
        elif run.signal in ILLEGAL:
            yield _illegal(facts, run)
        elif run.log is None:
            yield _ended_badly(facts, run)


def gpu_seen(facts: Facts) -> Iterator[Finding]:
    """A PyTorch that was built for the GPU that is here finds it."""
    run = facts.deep.of("torch") if facts.deep else None
    build = facts.packages.torch if facts.packages else None
    if run is None or build is None or run.outcome != "ended" or any(_is_gpu(one) for one in run.devices):
        return
    for vendor, version, name in (("nvidia", build.cuda, "CUDA"), ("amd", build.hip, "ROCm")):
        cards = facts.machine.usable("nvidia" if vendor == "nvidia" else "amd")
        if version and cards:
            yield Finding(
                id="run.gpu-unseen",
                level="error",
                title=f"{cards[0].name} works, PyTorch {build.version} is built for {name} {version}, "
                "and finds no GPU",
                detail="torch.cuda.is_available() is False in a process that doctor started",
                cause="gpu-unseen",
                evidence=_evidence(facts, run),
                not_the_cause=("the build: it is one for this kind of GPU",),
                remedy=Remedy(
                    text="ask PyTorch why: it prints the driver's answer",
                    commands=((_python(facts), "-c", "import torch; torch.cuda.init()"),),
                ),
            )


def _is_gpu(device: DeviceRun) -> bool:
    return not device.place.lower().lstrip("/").startswith("cpu")


def _devices(run: Run) -> Iterator[Finding]:
    good = [one for one in run.devices if not one.problem]
    if good:
        names = ", ".join(f"{one.name} ({one.place})" for one in good)
        yield Finding(
            id="run.device", level="ok", title=f"{run.subject} {run.version} computed on {names}".rstrip()
        )
    elif not run.devices:
        yield Finding(id="run.import", level="ok", title=f"{run.subject} {run.version} can be imported")
    for one in run.devices:
        if one.problem and run.log is None:
            yield Finding(
                id="run.device",
                level="error",
                title=f"{run.subject} {run.version} finds {one.name} ({one.place}) and cannot compute on it",
                detail=one.problem,
                cause="device-unusable",
                evidence=(Evidence(source=f"{run.subject} on {one.place}", value=_reached(one)),),
                remedy=Remedy(text="see what else was found; where nothing: suspect the driver or the card"),
            )


def _reached(device: DeviceRun) -> str:
    return f"the last step that it did: {device.step}" if device.step else "it did not do one step"


def _illegal(facts: Facts, run: Run) -> Finding:
    cpu = facts.machine.host.cpu
    return Finding(
        id="cpu.isa",
        level="error",
        title=f"{run.subject} was ended by {run.signal}: it needs more than {cpu or 'this processor'} can",
        detail="the wheels of TensorFlow need AVX, those of some other packages AVX2; to install the same "
        "again changes nothing",
        cause="illegal-instruction",
        evidence=_evidence(facts, run),
        not_the_cause=("the GPU and its driver", "how it was installed"),
        remedy=Remedy(
            text="use a build for this processor (conda-forge, an older release), the other framework "
            "(PyTorch needs no AVX), or another machine; a virtual machine must be given the CPU's features"
        ),
    )


def _ended_badly(facts: Facts, run: Run) -> Finding:
    if run.outcome == "hung":
        limit = facts.deep.limit if facts.deep else 0.0
        return _finding(facts, run, "run.hung", f"{run.subject} stood at {run.stage} for {limit:.0f} s")
    if run.outcome == "crashed" and run.signal == "SIGKILL":
        return _finding(facts, run, "run.killed", f"The system ended {run.subject}: out of memory")
    if run.outcome == "crashed":
        return _finding(facts, run, "run.crashed", f"{run.subject} crashed ({run.signal}) at {run.stage}")
    if run.outcome == "not-started":
        return _finding(facts, run, "run.not-started", "The interpreter does not start")
    return _finding(facts, run, "run.import-failed", f"{run.subject} does not run: {run.error or run.status}")


#: What helps, by how it ended.
_CURES = {
    "run.hung": "run it by hand and see where it waits (a network file system, a silent GPU)",
    "run.killed": "close other programs, or give the machine or the container more memory",
    "run.crashed": "install the package again from its own index; where it crashes still: suspect the driver",
    "run.not-started": "make the environment anew",
    "run.import-failed": "read the last line; install what it misses, or the package again",
}


def _finding(facts: Facts, run: Run, check: str, title: str) -> Finding:
    return Finding(
        id=check,
        level="error",
        title=title,
        detail=run.error,
        cause=check.replace(".", "-"),
        evidence=_evidence(facts, run),
        remedy=Remedy(text=_CURES[check], commands=((_python(facts), "-c", f"import {run.subject}"),)),
    )


def _evidence(facts: Facts, run: Run) -> tuple[Evidence, ...]:
    ended = run.signal or ("" if run.status is None else f"exit status {run.status}")
    return (
        Evidence(source=f"{_python(facts)}, started", value=f"{run.subject}: {ended or run.outcome}"),
        *((Evidence(source="how far it came", value=run.stage),) if run.stage else ()),
    )


def _python(facts: Facts) -> str:
    return str(facts.target.python) if facts.target and facts.target.python else "python"


RULES = (started, gpu_seen)
