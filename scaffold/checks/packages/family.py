"""PyTorch and what is compiled against one release of it: torchvision, torchaudio, torchtext."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding
from scaffold.checks.packages.remedies import installing, shown
from scaffold.checks.versions import at_least, below, minor
from scaffold.probing.packages.model import Package
from scaffold.probing.packages.torch import cuda_of

#: The PyTorch of early releases, which did not go up together; from torchvision 0.5 on it is 1.(minor -
#: 1), from
#: 0.15 on 2.(minor - 15), and of torchaudio from 0.4 on 1.minor.
#: source: github.com/pytorch/pytorch/wiki/PyTorch-Versions                               date: 2026-11-22
_EARLY = {
    ("torchvision", "0.3"): (1, 1),
    ("torchvision", "0.4.0"): (1, 2),
    ("torchvision", "0.4.1"): (1, 3),
    ("torchvision", "0.4.2"): (1, 3),
    ("torchaudio", "0.3.0"): (1, 2),
    ("torchaudio", "0.3.1"): (1, 3),
    ("torchaudio", "0.3.2"): (1, 3),
}

#: torchaudio from 2.11 on is built on a stable interface, and runs with every later PyTorch.
#: source: docs.pytorch.org/audio/2.11.0/installation.html                                date: 2026-11-22
_STABLE_AUDIO = "2.11"

#: The last torchtext, and the PyTorch that it was made for.
_LAST_TEXT = ("0.18", (2, 3))

#: Built from sources, or nightly: their numbers do not tell what they were built against.
_UNRELEASED = re.compile(r"\.dev|\d(?:a|b)\d|git|nv\d", re.IGNORECASE)


def torch_family_fits(facts: Facts) -> Iterator[Finding]:
    """torchvision, torchaudio and torchtext were built for the PyTorch that is imported."""
    torch = facts.packages.of("torch") if facts.packages else None
    if facts.packages is None or torch is None or _UNRELEASED.search(torch.version):
        return
    for name in ("torchvision", "torchaudio", "torchtext"):
        package = facts.packages.of(name)
        if package is None or _UNRELEASED.search(package.version):
            continue
        yield from _numbers(facts, torch, package)


def _numbers(facts: Facts, torch: Package, package: Package) -> Iterator[Finding]:
    wanted = _wanted(package)
    here = minor(torch.version)
    if wanted is None or here is None:
        return
    fits = wanted == here
    if package.name == "torchaudio" and at_least(package.version, _STABLE_AUDIO):
        fits = bool(at_least(torch.version, _STABLE_AUDIO))
    if fits:
        yield from _builds(facts, torch, package)
        return
    partner = partner_of(package.name, here)
    yield Finding(
        id="pkg.torch-family",
        level="error",
        title=f"{shown(package)} was built for torch {wanted[0]}.{wanted[1]}, and {shown(torch)} is imported",
        detail=f"its compiled operators do not load: 'operator {package.name}::… does not exist', "
        "an undefined symbol, or WinError 127",
        cause=f"{package.name}-pair-mismatch",
        evidence=_evidence(torch, package),
        not_the_cause=("the driver, CUDA and cuDNN",),
        remedy=installing(
            facts,
            f"install the {package.name} of this PyTorch ({partner}); or both together, in one command, "
            "from one index",
            (partner, *_same_torch(torch)),
        ),
    )


def _same_torch(torch: Package) -> tuple[str, ...]:
    """What keeps pip from replacing PyTorch by another build: its own index, or its own version."""
    version, _, local = torch.version.partition("+")
    if _kind(local):
        return "--index-url", f"https://download.pytorch.org/whl/{local}"
    return (f"torch=={version}",) if version[:1].isdigit() else ()


def _wanted(package: Package) -> tuple[int, int] | None:
    """The PyTorch release that a package was built for."""
    own = minor(package.version)
    if own is None:
        return None
    if package.name == "torchtext":
        return _LAST_TEXT[1] if own == (0, 18) else (2, own[1] - 15) if 15 <= own[1] <= 17 else None
    if own[0] > 0:
        return own if package.name == "torchaudio" else None
    public = package.version.partition("+")[0]
    early = _EARLY.get((package.name, public)) or _EARLY.get((package.name, f"{own[0]}.{own[1]}"))
    if early is not None:
        return early
    if package.name == "torchaudio":
        return (1, own[1]) if 4 <= own[1] <= 13 else None
    return (2, own[1] - 15) if own[1] >= 15 else (1, own[1] - 1) if 5 <= own[1] <= 14 else None


def partner_of(name: str, torch: tuple[int, int]) -> str:
    """The requirement of a package that goes with a PyTorch release.

    >>> partner_of("torchvision", (2, 5)), partner_of("torchvision", (1, 13))
    ('torchvision==0.20.*', 'torchvision==0.14.*')
    >>> partner_of("torchaudio", (1, 12)), partner_of("torchaudio", (2, 12)), partner_of("torchtext", (2, 9))
    ('torchaudio==0.12.*', 'torchaudio>=2.11', 'torchtext')
    """
    major, number = torch
    early = [release for (package, release), wanted in _EARLY.items() if (package, wanted) == (name, torch)]
    if early:
        return f"{name}=={early[-1]}" + (".*" if early[-1].count(".") == 1 else "")
    if name == "torchvision":
        return f"torchvision==0.{number + (15 if major == 2 else 1)}.*"
    if name == "torchaudio":
        if (major, number) >= (2, 11):
            return f"torchaudio>={_STABLE_AUDIO}"
        return f"torchaudio=={2 if major == 2 else 0}.{number}.*"
    return f"torchtext==0.{number + 15}.*" if major == 2 and number <= _LAST_TEXT[1][1] else "torchtext"


def _builds(facts: Facts, torch: Package, package: Package) -> Iterator[Finding]:
    """Both are builds for the same backend, where their local versions (+cpu, +cu126) tell."""
    first, second = torch.version.partition("+")[2], package.version.partition("+")[2]
    kinds = [_kind(one) for one in (first, second)]
    if package.name == "torchtext" or "" in kinds or kinds[0] == kinds[1]:
        return
    if package.name == "torchaudio" and below(torch.version, "2.9") is False:
        return  # it holds no CUDA code any more
    yield Finding(
        id="pkg.torch-family",
        level="error",
        title=f"{shown(package)} is a build for {_named(second)}, and {shown(torch)} one for {_named(first)}",
        detail=f"{package.name}'s operators fail on the device: \"Could not run 'torchvision::nms' with "
        "arguments from the 'CUDA' backend\", 'compiled with different CUDA versions', or a missing library",
        cause=f"{package.name}-build-mismatch",
        evidence=_evidence(torch, package),
        not_the_cause=("the driver, and an installed CUDA toolkit",),
        remedy=installing(
            facts,
            f"install {package.name} from the index that PyTorch came from",
            (
                "--force-reinstall",
                "--no-deps",
                f"{package.name}=={package.version.partition('+')[0]}",
                "--index-url",
                f"https://download.pytorch.org/whl/{first}",
            ),
        ),
    )


def _kind(local: str) -> str:
    """cpu, rocm, xpu, or CUDA's generation; "" where a local version tells none of them."""
    cuda = cuda_of(local)
    if cuda:
        return f"cuda {cuda.partition('.')[0]}"
    match = re.match(r"cpu|rocm|xpu", local)
    return match[0] if match else ""


def _named(local: str) -> str:
    cuda = cuda_of(local)
    return (
        f"CUDA {cuda}"
        if cuda
        else {"cpu": "the processor", "rocm": "ROCm", "xpu": "Intel GPUs"}[_kind(local)]
    )


def _evidence(torch: Package, package: Package) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(source=one.location or one.name, value=f"{one.name} {one.version}")
        for one in (torch, package)
    )
