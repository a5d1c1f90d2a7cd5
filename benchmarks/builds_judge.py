"""Who is right: an answer beside the expected one, and beside the rules. Pure functions.

Two questions are asked of an answer, because they differ. *Right*: it is the build that the sample's author
expects, or one that they accept. *Effect*: what the machine does with it, by the compatibility tables: the
GPU computes, or the processor does, or the first kernel fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from packaging.version import InvalidVersion, Version

from scaffold.builds import tables
from scaffold.builds.cuda import covers, number, variant_major

Effect = Literal["cuda", "rocm", "xpu", "mps", "cpu", "fails", "none"]

#: What an accepted answer looks like in the samples; the rest of that list is prose.
_BUILD = re.compile(r"\d+(\.[\d*]+)+(\+[\w.*]+)?(\[and-cuda\])?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a tool says to install. ``version`` is empty where it names no build."""

    version: str = ""  # 2.14.1
    variant: str = ""  # cu126, cpu, and-cuda; "" where the ordinary index's own build is meant
    device: str = ""  # what the tool says will be used; "" where it says nothing
    cudnn: str = ""  # the cuDNN beside a TensorFlow build
    problem: str = ""  # why there is no answer

    @property
    def build(self) -> str:
        """As the samples spell it.

        >>> Answer(version="2.14.1", variant="cu126").build
        '2.14.1+cu126'
        >>> Answer(version="2.21.0", variant="and-cuda").build
        '2.21.0[and-cuda]'
        """
        if self.variant == "and-cuda":
            return f"{self.version}[and-cuda]"
        return f"{self.version}+{self.variant}" if self.variant and self.version else self.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be thought of an answer."""

    right: bool
    effect: Effect
    why: str = ""  # where the effect is not the expected one


def is_right(answer: Answer, expected: Mapping[str, Any], *, pypi: bool = False) -> bool:
    """Whether an answer is the expected build, or one that is accepted as well.

    >>> one = {"best": "2.15.0+cu132", "device": "cuda", "accept": ["2.14.*+cu132"], "pypi_only": "2.15.0"}
    >>> is_right(Answer(version="2.14.0", variant="cu132"), one)
    True
    >>> is_right(Answer(version="2.15.0"), one, pypi=True)
    True
    >>> is_right(Answer(version="2.15.0", variant="cu132", device="cpu"), one)
    False
    """
    device = expected.get("pypi_only_device" if pypi else "device")
    if answer.device and answer.version and device not in {answer.device, None}:
        return False
    best = expected["pypi_only" if pypi else "best"]
    if best is None:
        return not answer.version
    wanted = [best, *_accepted(expected.get("accept", ()), pypi=pypi)]
    said = answer.version if pypi else answer.build
    return any(_matches(said, one) for one in wanted)


def _accepted(texts: Sequence[str], *, pypi: bool) -> list[str]:
    """The builds among what a sample accepts: some of it is prose, and some is for the ordinary index alone.

    >>> _accepted(["2.14.0+cu126", "pypi-only: 2.10.0 (the last)", "AMD's own wheels"], pypi=False)
    ['2.14.0+cu126']
    >>> _accepted(["2.14.0+cu126", "pypi-only: 2.10.0 (the last)", "AMD's own wheels"], pypi=True)
    ['2.10.0']
    """
    if pypi:
        marked = [one.removeprefix("pypi-only:") for one in texts if one.startswith("pypi-only:")]
        return [one.split()[0] for one in marked if one.split()]
    return [one for one in texts if _BUILD.match(one)]


def _matches(said: str, wanted: str) -> bool:
    return re.fullmatch(re.escape(wanted).replace(r"\*", ".*"), said) is not None


def torch_effect(answer: Answer, facts: Mapping[str, Any]) -> tuple[Effect, str]:
    """What a machine does with a PyTorch build, by the tables, and why it is not the GPU that computes."""
    if not answer.version:
        return "none", answer.problem
    platform = f"{facts['os']}_{facts['arch']}"
    version = Version(answer.version)
    release = tables.torch().release(version)
    variant = answer.variant or (release.pypi.get(platform, "cpu") if release else "cpu")
    major = variant_major(variant)
    if not major:
        return _other_effect(variant, facts)
    effect, why = _driver(major, facts)
    if effect != "cuda":
        return effect, f"{variant}: {why}"
    kernels = tables.torch().kernels_of(version, variant, platform)
    left = [one for one in _capabilities(facts) if not any(covers(code, one) for code in kernels)]
    return ("fails", f"no kernels for {', '.join(left)}") if left else ("cuda", "")


def tensorflow_effect(answer: Answer, facts: Mapping[str, Any]) -> tuple[Effect, str]:
    """The same for TensorFlow, whose GPU builds exist for Linux on x86_64 alone."""
    table = tables.tensorflow()
    if not answer.version:
        return "none", answer.problem
    if Version(answer.version).is_prerelease:
        return "cpu", "a pre-release that nobody asked for"
    if answer.variant != "and-cuda" or f"{facts['os']}_{facts['arch']}" not in table.gpu_platforms:
        return "cpu", ""
    row = table.release(Version(answer.version))
    if row is None:
        return "none", f"TensorFlow {answer.version} is not in the table"
    effect, why = _driver(int(row.cuda.partition(".")[0]), facts)
    if effect != "cuda":
        return effect, why
    for one in _capabilities(facts):
        compiled = bool(row.ptx) and number(row.ptx)[0] == number(one)[0] and number(one) >= number(row.ptx)
        if not compiled and not any(covers(code, one) for code in row.kernels):
            return "fails", f"no kernels for {one}"
        if (
            answer.cudnn
            and row.libraries == "range"
            and number(one) < number(_oldest_for_cudnn(answer.cudnn))
        ):
            return "fails", f"cuDNN {answer.cudnn} has dropped {one}"
    return "cuda", ""


def _oldest_for_cudnn(text: str) -> str:
    version = Version(text)
    return next(oldest for below, oldest in tables.cuda().cudnn if below is None or version < below)


def _driver(major: int, facts: Mapping[str, Any]) -> tuple[Effect, str]:
    if not _capabilities(facts):
        return "cpu", "CUDA libraries, and no GPU to use them"
    windows = facts["os"] == "windows" or bool(facts.get("wsl"))
    oldest = next((row.oldest(windows=windows) for row in tables.cuda().driver if row.cuda == major), "")
    try:
        fits = bool(oldest) and Version(str(facts.get("nvidia_driver", ""))) >= Version(oldest)
    except InvalidVersion:
        fits = False
    return ("cuda", "") if fits else ("cpu", f"CUDA {major} needs driver {oldest}")


def _other_effect(variant: str, facts: Mapping[str, Any]) -> tuple[Effect, str]:
    gpus = facts.get("gpus", ())
    if variant.startswith("rocm"):
        known = tables.rocm().kernels.get(variant.removeprefix("rocm"), ())
        amd = any(one.get("gfx") in known for one in gpus)
        return ("rocm", "") if amd else ("cpu", "ROCm libraries, and no GPU that they have kernels for")
    if variant == "xpu":
        intel = any(one["vendor"] == "intel" and not one.get("integrated") for one in gpus)
        return ("xpu", "") if intel else ("cpu", "XPU libraries, and no GPU that they run on")
    return "cpu", ""


def _capabilities(facts: Mapping[str, Any]) -> Sequence[str]:
    gpus = facts.get("gpus", ())
    return [one["cc"] for one in gpus if one["vendor"] == "nvidia" and one.get("cc")]


def judge(
    framework: str,
    answer: Answer,
    expected: Mapping[str, Any],
    facts: Mapping[str, Any],
    *,
    pypi: bool = False,
) -> Verdict:
    """Both questions at once."""
    effect, why = (torch_effect if framework == "torch" else tensorflow_effect)(answer, facts)
    right = is_right(answer, expected, pypi=pypi)
    if right and framework == "tensorflow" and expected.get("constraints") and effect == "fails":
        right = False  # the version alone is half the answer
    return Verdict(right=right, effect=effect, why=why)
