"""What NVIDIA's driver was heard to say: in a log, by its libraries on this machine, or as it was told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence
from scaffold.machine.model import Accelerator, DriverAnswers, GpuState
from scaffold.probing.driver.model import DriverFacts

#: Signatures that stand for a code of NVIDIA's libraries are named after it: cuda-802, nvml-18-kernel.
_CODE = re.compile(r"(cuda|nvml)-(\d+)(?:-|$)")

#: CUDA's runtime wheels and those of its libraries: nvidia-cudnn-cu12, nvidia-cublas.
_CUDA_WHEEL = re.compile(r"nvidia-(?:cuda|cudnn|cublas|nccl|cufft)[\w-]*|jax-cuda\d+-\w+")

#: "No module", "no library", "no device": a machine that has no such card, and leftovers of a driver's
#: packages, says the same.
_SAYS_NOTHING = {"nvml": (9, 12), "cuda": (100,)}

#: Hosts that hand out containers or notebooks; on others the driver is in the user's hands.
_PROVIDERS = re.compile(
    r"colab|kaggle|sagemaker|paperspace|gradient|runpod|vast|space|lightning|notebook|jupyter|autodl|cluster"
    r"|slurm|kubernetes",
    re.IGNORECASE,
)

_NO_GPU_ASKED = ("", "void", "none")


def driver(facts: Facts) -> DriverFacts:
    """The facts about drivers; all of them unknown where nobody looked."""
    return facts.driver or DriverFacts()


def answers(facts: Facts) -> DriverAnswers:
    """What NVIDIA's libraries answered."""
    known = driver(facts).answers
    return known if known.codes else facts.machine.nvidia


def states(facts: Facts) -> tuple[GpuState, ...]:
    """How each NVIDIA GPU is."""
    return driver(facts).answers.gpus or facts.machine.nvidia.gpus


def codes(facts: Facts) -> dict[str, int]:
    """``cuda`` and ``nvml`` -> the code that tells what is wrong; a log's counts before this machine's.

    Code 0 ("works") is told by this machine's libraries alone, never by a description.
    """
    found: dict[str, int] = {}
    for source, code in answers(facts).codes.items():
        family = "cuda" if source == "libcuda" else "nvml"
        means_nothing = code in _SAYS_NOTHING[family] and not (nvidia(facts) or facts.told)
        if (code or not facts.told) and not means_nothing:
            found[family] = code
    for sign in facts.log.signs if facts.log else ():
        match = _CODE.match(sign.signature.name)
        if match:
            found[match[1]] = int(match[2])
    return found


def logged(facts: Facts, *names: str) -> bool:
    """Whether the log has one of these signs."""
    return facts.log is not None and facts.log.sign(*names) is not None


def nvidia(facts: Facts) -> tuple[Accelerator, ...]:
    """Every GPU of NVIDIA's, in whatever state."""
    return tuple(one for one in facts.machine.accelerators if one.vendor == "nvidia")


def named(cards: Iterable[Accelerator]) -> str:
    """For a sentence: ``2 x NVIDIA A10``; "the GPU" where none has a name."""
    from scaffold.machine.model import counted

    return ", ".join(counted(one.name for one in cards if one.name)) or "the GPU"


def seen(cards: Iterable[Accelerator]) -> tuple[Evidence, ...]:
    """Where each card was seen, and its state."""
    return tuple(
        Evidence(
            source=one.found_by.get("status", one.found_by.get("name", "")), value=f"{one.name}: {one.status}"
        )
        for one in cards
    )


def answered(facts: Facts) -> tuple[Evidence, ...]:
    """The libraries' failing codes as evidence."""
    words = {"libcuda": "cuInit returns", "NVML": "nvmlInit returns", "nvidia-smi": "fails as NVML's code"}
    return tuple(
        Evidence(
            source=source,
            value="gave no answer in time, or crashed"
            if code < 0
            else f"{words.get(source, 'returns')} {code}",
        )
        for source, code in answers(facts).codes.items()
        if code
    )


def driver_version(facts: Facts) -> str:
    """The driver's version, as far as it is known."""
    known = (one.driver for one in nvidia(facts) if one.driver)
    return next(known, "") or driver(facts).library_version or driver(facts).module_version or ""


def in_container(facts: Facts) -> bool:
    """Whether the target runs in a container, or on a machine whose driver is the provider's.

    A rented virtual machine (aws, gcp, azure) is its user's own, and so is its driver.
    """
    hosted = driver(facts).hosted
    return bool(facts.machine.host.container or (hosted and _PROVIDERS.search(hosted)))


def wanted(facts: Facts) -> bool:
    """Whether something here is meant to compute on an NVIDIA GPU."""
    asked = facts.variables.value("NVIDIA_VISIBLE_DEVICES") if facts.variables else None
    if asked is not None and asked.lower() not in _NO_GPU_ASKED:
        return True
    if facts.log is not None and any(one.signature.check.startswith("gpu.") for one in facts.log.signs):
        return True
    return any(_cuda_builds(facts))


def _cuda_builds(facts: Facts) -> Iterator[bool]:
    packages = facts.packages
    yield bool(facts.torch and facts.torch.cuda)
    if packages is not None:
        yield bool(packages.torch and packages.torch.cuda)
        yield bool(packages.tensorflow and packages.tensorflow.cuda)
        yield any(_CUDA_WHEEL.fullmatch(one.name) or "+cu" in one.version for one in packages.packages)
    installed = facts.environment.packages if facts.environment else {}
    yield any(_CUDA_WHEEL.fullmatch(name) or "+cu" in version for name, version in installed.items())


def python(facts: Facts) -> str:
    """The interpreter that commands name."""
    return str(facts.target.python) if facts.target and facts.target.python else "python"
