"""What would be installed here, before it is: the project's locks, its indexes, its requirements."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.cuda import variant_major
from scaffold.checks.facts import Facts
from scaffold.checks.gpu.builds import served
from scaffold.checks.gpu.fitting import Fit, cuda_fit, index_url
from scaffold.checks.gpu.history import minors
from scaffold.checks.gpu.installed import card_evidence, cards, platform_of, torch_of
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.locks.lint import lint
from scaffold.locks.model import Format, Lock, Locked, LockFinding, Need
from scaffold.machine.model import Accelerator
from scaffold.probing.manifest.model import LockedHere, ManifestFacts, Named
from scaffold.sources.redact import redact

#: What `scaffold.locks` calls a contradiction -> what doctor calls it, and its level.
FOUND = {
    "cpu-build": "gpu.build-cpu-only",
    "kernels": "gpu.arch-unsupported",
    "cuda-driver": "gpu.driver-too-old",
    "other-gpu": "gpu.build-for-another-vendor",
    "no-wheel": "py.version-unsupported",
}

_OURS = "download.pytorch.org"


def lock_fits(facts: Facts) -> Iterator[Finding]:
    """What the project's lock would install runs on this machine."""
    manifest = _manifest(facts)
    if manifest is None:
        return
    for lock in manifest.locks[:1]:
        for one in lint(_as_lock(lock), facts.machine, lock.python or "3.12"):
            if one.code in FOUND and one.level != "info":
                yield _of_lock(facts, manifest, lock, one)


def _manifest(facts: Facts) -> ManifestFacts | None:
    """The files, where nothing is installed yet that tells more, and the project is not ours."""
    if facts.record is not None or facts.manifest is None or torch_of(facts) is not None:
        return None
    return facts.manifest


def _as_lock(lock: LockedHere) -> Lock:
    rows = tuple(Locked(name=one.package, version=one.version, index=one.index) for one in lock.frameworks)
    roots = tuple(Need(name=one.name, version=one.version) for one in rows)
    named: dict[str, Format] = {one: one for one in ("uv.lock", "pylock.toml", "poetry.lock")}
    return Lock(format=named.get(lock.format, "installed"), packages=rows, roots=roots)


def _of_lock(facts: Facts, manifest: ManifestFacts, lock: LockedHere, one: LockFinding) -> Finding:
    cpu = one.code == "cpu-build"
    return Finding(
        id=FOUND[one.code],
        level="error" if cpu else one.level,
        title=f"{lock.path} would install {one.message}" if cpu else f"{lock.path}: {one.message}",
        detail="\n".join(one.why),
        cause="torch-cpu-build-by-lock" if cpu else one.code,
        evidence=(Evidence(source=lock.path, value=f"{one.package} {one.version}"),),
        remedy=_index_remedy(facts, manifest) if cpu else Remedy(text=one.remedy),
    )


def _index_remedy(facts: Facts, manifest: ManifestFacts) -> Remedy:
    fit = cuda_fit(facts, cards(facts, "nvidia")) or Fit(release="", variant="cu126")
    gated = manifest.gated("torch")
    how = (
        f"widen the marker ({gated.marker}) of torch in [tool.uv.sources] so that it holds here too"
        if gated
        else f"name the index {index_url(fit.variant)} for torch and torchvision in [tool.uv.sources], "
        f"without a "
        "marker that leaves this platform out"
    )
    return Remedy(text=f"{how}; then lock again", commands=(("uv", "lock"), ("uv", "sync")))


def index_serves(facts: Facts) -> Iterator[Finding]:
    """The indexes that the project names bring builds of PyTorch for the GPU that is here."""
    manifest, gpu = _manifest(facts), served(facts)
    if manifest is None or gpu is None or any(_of_torch(lock) for lock in manifest.locks):
        return
    torch = next((one for one in manifest.named if one.package == "torch"), None)
    if torch is None and not any(one.package == "torch" for one in manifest.index_of):
        return
    problem = _problem(facts, manifest, torch, gpu)
    if problem is not None:
        title, detail = problem
        fit = cuda_fit(facts, cards(facts, "nvidia")) if gpu.vendor == "nvidia" else None
        url = index_url(fit.variant) if fit else "https://download.pytorch.org/whl/..."
        yield Finding(
            id="net.pip-index",
            level="warning",
            title=title,
            detail=detail,
            cause="torch-index-missing",
            evidence=(
                Evidence(source=torch.place if torch else "pyproject.toml", value=_said(torch, manifest)),
                card_evidence(gpu),
            ),
            remedy=Remedy(
                text=f"name PyTorch's own index for torch alone: [tool.uv.sources] with {url} in a "
                f"project of uv's, "
                f"--index-url {url} with pip (scaffold builds says which fits)",
                commands=(("scaffold", "builds"),),
            ),
        )


def _of_torch(lock: LockedHere) -> bool:
    return any(one.package == "torch" for one in lock.frameworks)


def _said(torch: Named | None, manifest: ManifestFacts) -> str:
    named = f"torch{torch.specifier}" if torch else "torch"
    urls = [*(one.url for one in manifest.index_of if one.package == "torch"), *manifest.indexes]
    return f"{named}, index: {', '.join(map(redact, urls)) or 'the ordinary one'}"


def _problem(
    facts: Facts, manifest: ManifestFacts, torch: Named | None, gpu: Accelerator
) -> tuple[str, str] | None:
    gated = manifest.gated("torch")
    if gated is not None and _ordinary_is_cpu(facts, gpu):
        return (
            f"The index that brings PyTorch's GPU build is named for {gated.marker} alone, which is not here",
            "Elsewhere torch comes from the ordinary index, which has no build for this GPU: a CPU build.",
        )
    if torch is not None and "+" in torch.version:
        return None  # the version names the build
    urls = [one.url for one in manifest.index_of if one.package == "torch" and one.holds is not False]
    urls = urls or [one for one in manifest.indexes if _OURS in one or "/whl/" in one]
    variants = [one.rstrip("/").rpartition("/")[2] for one in urls]
    if variants and all(one == "cpu" for one in variants):
        return (
            f"The project takes PyTorch from the index of CPU builds, and {gpu.name} is here",
            "It would run on the processor.",
        )
    if not urls and _ordinary_is_cpu(facts, gpu):
        return (
            f"The project asks for torch and names no index for it, and {gpu.name} is here",
            "The ordinary index has no build for this GPU on this platform: a CPU build would be installed.",
        )
    return _left_behind(variants, torch)


def _left_behind(variants: list[str], torch: Named | None) -> tuple[str, str] | None:
    """An index that gets no releases any more, beside the ordinary one: pip takes the newer ones there."""
    newest = tables.torch().releases[0].version
    ended = [one for one in variants if variant_major(one) and not _has(one, minors("torch")[1])]
    if torch is None or torch.version or len(ended) != len(variants) or not ended:
        return None
    if any(sign in torch.specifier for sign in ("<", "~")):
        return None
    return (
        f"The index {ended[0]} gets no new releases of PyTorch, and torch is not pinned",
        f"pip then takes the newest of both indexes: {newest} of the ordinary one, which is another build.",
    )


def _has(variant: str, minor: str) -> bool:
    """Whether a release has a build of that variant."""
    table = tables.torch()
    return any(table.kernels_of(Version(minor), variant, one) for one in ("linux_x86_64", "windows_x86_64"))


def _ordinary_is_cpu(facts: Facts, gpu: Accelerator) -> bool:
    """Whether the ordinary index has no build for the GPU on this platform."""
    platform = platform_of(facts)
    newest = next((row for row in tables.torch().releases if platform in row.pypi), None)
    return gpu.vendor != "nvidia" or (newest is not None and newest.pypi[platform] == "cpu")


def python_fits(facts: Facts) -> Iterator[Finding]:
    """The Python that is here is one that the project is for."""
    manifest, python = facts.manifest, facts.python
    if manifest is None or python is None or not manifest.requires_python or facts.record is not None:
        return
    minor = python.minor
    try:
        allowed = SpecifierSet(manifest.requires_python)
    except InvalidSpecifier:
        return
    if (
        minor is None
        or f"{minor[0]}.{minor[1]}.99" in allowed
        or (python.version and python.version in allowed)
    ):
        return
    yield Finding(
        id="py.version-unsupported",
        level="error",
        title=f"The project is for Python {manifest.requires_python}, and this is Python {python.version}",
        cause="requires-python",
        evidence=(
            Evidence(source="pyproject.toml", value=f"requires-python = {manifest.requires_python}"),
            Evidence(source=python.executable or "python", value=python.version),
        ),
        remedy=Remedy(
            text="make the environment with a Python that it allows",
            commands=(("uv", "venv", "--python", manifest.requires_python, ".venv"),),
        ),
    )
