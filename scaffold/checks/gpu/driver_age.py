"""A driver and the CUDA that a framework was built for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scaffold.builds import tables
from scaffold.builds.cuda import cuda_major, usable_gpus, variant_major
from scaffold.checks.builds import for_this_machine
from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.gpu.driver_branches import cuda_of, driver_of
from scaffold.checks.gpu.fitting import cuda_fit, index_url
from scaffold.checks.gpu.installed import torch_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.machine.nvidia_names import last_branch

#: From this CUDA on a driver runs every build of its generation; before, of its very minor version.
_GENERATIONS_FROM = 11

_NOT_USED = "the CUDA toolkit and CUDA_HOME: wheels bring their own libraries, only the driver counts"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Build:
    name: str  # PyTorch
    version: str
    cuda: str  # 12.6; "" where it is not known
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """What the driver runs. ``exact``: the CUDA version that it was released with."""

    major: int
    exact: tuple[int, int] | None
    shown: str

    @property
    def builds(self) -> str:
        """Which builds it runs: from CUDA 11 on all of its generation, whatever their minor version."""
        return f"CUDA {self.major}.x" if self.major >= _GENERATIONS_FROM else f"CUDA {self.shown}"


def new_enough(facts: Facts) -> Iterator[Finding]:
    """The driver speaks the CUDA generation that each framework was built for."""
    spoken = _spoken(facts)
    if spoken is None:
        return
    logged = heard.logged(facts, "torch-driver-too-old", "cuda-35")
    for build in _builds(facts):
        fits = _runs(spoken, build.cuda) if build.cuda else None
        if fits is False or (logged and build.name == "PyTorch"):
            yield _too_old(facts, build, spoken)
            return
        if fits and build.name == "PyTorch":
            yield Finding(
                id="gpu.driver",
                level="ok",
                title=f"The driver runs builds up to CUDA {spoken.major}, {build.name} is built for CUDA "
                f"{build.cuda}",
                evidence=build.evidence,
            )
    if logged:
        yield _too_old(facts, None, spoken)


def _spoken(facts: Facts) -> _Spoken | None:
    """By the driver that is here, or by the one that a log tells of."""
    sign = facts.log.sign("torch-driver-too-old") if facts.log else None
    if sign is not None and sign.groups and sign.groups[0].isdecimal():
        number = int(sign.groups[0])
        exact = (number // 1000, number % 1000 // 10)
        return _Spoken(major=exact[0], exact=exact, shown=f"{exact[0]}.{exact[1]}")
    host, version, cuda = facts.machine.host, heard.driver_version(facts), facts.machine.cuda_driver
    if not (version or cuda) or not heard.nvidia(facts):
        return None
    major = cuda_major(version, cuda, windows=host.windows_driver)
    told = _numbers(cuda) or cuda_of(version)
    if not major and told is None:
        return None
    shown = f"{told[0]}.{told[1]}" if told else str(major)
    return _Spoken(major=major or (told[0] if told else 0), exact=told, shown=shown)


def _numbers(cuda: str) -> tuple[int, int] | None:
    match = re.match(r"(\d{1,2})\.(\d)", cuda)
    return (int(match[1]), int(match[2])) if match else None


def _runs(spoken: _Spoken, cuda: str) -> bool | None:
    built = _numbers(cuda)
    if built is None:
        return None
    if built[0] >= _GENERATIONS_FROM or spoken.exact is None:
        return spoken.major >= built[0]
    return spoken.exact >= built


def _builds(facts: Facts) -> Iterator[_Build]:
    torch = torch_of(facts)
    if torch is not None and torch.variant != "cpu":
        yield _Build(name="PyTorch", version=torch.version, cuda=torch.cuda, evidence=torch.evidence)
    tensorflow = facts.packages.tensorflow if facts.packages else None
    # Of an environment of ours the versions of all its CUDA wheels are compared (checks.builds).
    if tensorflow is not None and tensorflow.cuda and facts.environment is None:
        evidence = (Evidence(source=tensorflow.source or "tensorflow", value=f"CUDA {tensorflow.cuda}"),)
        yield _Build(name="TensorFlow", version=tensorflow.version, cuda=tensorflow.cuda, evidence=evidence)


def _too_old(facts: Facts, build: _Build | None, spoken: _Spoken) -> Finding:
    version = heard.driver_version(facts)
    what = f"{build.name} {build.version}".strip() if build else "the framework's build"
    wants = f"was built for CUDA {build.cuda}" if build and build.cuda else "was built for a newer one"
    return Finding(
        id="gpu.driver-too-old",
        level="error",
        title=f"The driver speaks CUDA {spoken.shown} and runs builds for {spoken.builds} and older, "
        f"{what} {wants}",
        detail="A driver runs programs made for its own CUDA generation and older ones; the framework then "
        "computes on the processor, or stops.",
        cause="driver-too-old",
        evidence=(
            Evidence(source=f"driver {version}".strip(), value=f"CUDA {spoken.shown}"),
            *(build.evidence if build else ()),
        ),
        not_the_cause=(_NOT_USED, *_toolkits(facts)),
        remedy=_remedy(facts, build, spoken),
    )


def _toolkits(facts: Facts) -> tuple[str, ...]:
    """Toolkits that lie about, and that people take for what decides."""
    found = heard.driver(facts).toolkits
    return (f"the toolkits that are installed ({', '.join(found)}): none of them is used",) if found else ()


def _remedy(facts: Facts, build: _Build | None, spoken: _Spoken) -> Remedy:
    older = _older(facts, spoken)
    if facts.environment is not None:
        return for_this_machine(facts, "choose a build for this driver, or update the driver")
    if heard.in_container(facts):
        return Remedy(
            text=f"the driver is the host's: install an older build, made for {spoken.builds} or older, "
            "and do not "
            "upgrade a preinstalled one blindly; a driver installed in here breaks the GPU altogether",
            commands=(older,),
        )
    last = min((one for card in heard.nvidia(facts) if (one := last_branch(card.capability))), default=None)
    wanted = driver_of(build.cuda if build else "")
    if last is not None and wanted and last < wanted:
        return Remedy(
            text=f"{last} is the last driver that serves this GPU, and CUDA {build.cuda if build else ''} "
            "needs "
            f"{wanted}: install an older build",
            commands=(older,),
        )
    newer = f" to {wanted} or newer" if wanted else ""
    return Remedy(
        text=f"update the driver{newer} and restart; or install an older build, made for {spoken.builds}",
        commands=(older,),
    )


def _older(facts: Facts, spoken: _Spoken) -> tuple[str, ...]:
    """The command for a build of PyTorch that the driver runs, and this GPU where its capability is known."""
    gpus = usable_gpus(facts.machine)
    fit = cuda_fit(facts, gpus.devices) if gpus.cuda else None
    if fit is not None:
        wanted = "torch" if fit.newest else f"torch=={fit.release}"
        return (heard.python(facts), "-m", "pip", "install", wanted, "--index-url", index_url(fit.variant))
    host = facts.machine.host
    known = tables.torch().variants(f"{host.os}_{host.architecture}")
    fitting = [one for one in known if variant_major(one) == spoken.major]
    name = min(fitting, default=f"cu{spoken.shown.replace('.', '')}")
    return (
        heard.python(facts),
        "-m",
        "pip",
        "install",
        "torch",
        "torchvision",
        "--index-url",
        index_url(name),
    )
