"""Ask NVIDIA's libraries and tools, each in a child process with a time limit: a sick GPU hangs them."""

from __future__ import annotations

from pathlib import Path

from scaffold.machine.nvidia_answers import Answer, libcuda_answer, nvml_answer
from scaffold.machine.nvidia_smi import QUERY, library_version, query_answer, smi_failure, with_header
from scaffold.system import Completed, System

#: cuInit takes a second or two on a server with eight cold GPUs; on a sick GPU it never returns.
PROBE_SECONDS = 10.0

#: The code of an answer that never came; no code of NVIDIA's is negative.
NO_ANSWER = -1

#: NVML's code for "no devices were found".
NOT_FOUND = 6

_PROBES = Path(__file__).parent / "probes"


def ask_libcuda(system: System) -> Answer | None:
    """What a CUDA program would see; None where the probe itself could not run."""
    done = system.python(_PROBES / "libcuda.py", timeout=PROBE_SECONDS)
    if done.outcome == "timeout" or (done.status or 0) < 0:
        return Answer(source="libcuda", library="libcuda", code=NO_ANSWER)
    return libcuda_answer(done.stdout)


def ask_management(system: System, smi: str) -> Answer | None:
    """Every GPU and the driver's version, from NVML or, where that fails, from nvidia-smi at ``smi``."""
    nvml = nvml_answer(system.python(_PROBES / "nvml.py", timeout=PROBE_SECONDS).stdout)
    if nvml and nvml.library and not nvml.code:
        return nvml
    answer = _ask_smi(system, smi) if smi else None
    return answer or (nvml if nvml and nvml.library else None)


def _ask_smi(system: System, smi: str) -> Answer | None:
    done = _query(system, smi, QUERY)
    if "not a valid field" in done.stdout + done.stderr:  # a driver before 495
        done = _query(system, smi, QUERY[:-1])
    if done.outcome == "timeout":
        return Answer(source="nvidia-smi", library=smi, code=NO_ANSWER)
    answer = query_answer(done.stdout)
    if answer.devices:
        return with_header(answer, system.run([smi], timeout=PROBE_SECONDS).stdout)
    said = done.stdout + done.stderr
    code = smi_failure(said)
    if not code:
        return None
    # "No devices were found" is an answer, and not a failure: the driver works, and the list is empty.
    return Answer(
        source="nvidia-smi",
        library=smi,
        code=0 if code == NOT_FOUND else code,
        driver=library_version(said),
    )


def _query(system: System, smi: str, fields: tuple[str, ...]) -> Completed:
    wanted = f"--query-gpu={','.join(fields)}"
    return system.run([smi, wanted, "--format=csv,noheader,nounits"], timeout=PROBE_SECONDS)
