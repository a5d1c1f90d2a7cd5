"""What installed packages ask for by their own metadata, and do not find: what ``pip check`` looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding
from scaffold.checks.packages.clashes import clashing
from scaffold.checks.packages.copies import KEY
from scaffold.checks.packages.remedies import installing
from scaffold.probing.extensions.names import COMPILED
from scaffold.probing.packages.model import Package, PackageFacts

#: What transformers looks at when it is imported, and stops at.
#: source: transformers/dependency_versions_check.py, 4.30 to 5                           date: 2026-11-22
_CHECKED = frozenset(
    (
        *("tqdm", "regex", "requests", "packaging", "filelock", "numpy", "tokenizers"),
        *("huggingface-hub", "safetensors", "accelerate", "pyyaml"),
    )
)

#: Imported in the first lines of a framework: without one of these it does not start.
_AT_ONCE = {
    "torch": frozenset(("typing-extensions", "filelock", "sympy", "networkx", "jinja2", "fsspec")),
    "keras": frozenset(("numpy", "absl-py", "h5py", "optree", "ml-dtypes", "namex", "rich", "packaging")),
}

#: Judged by rules that know more: what was compiled against what.
_ELSEWHERE = frozenset(
    {("torchvision", "torch"), ("torchaudio", "torch"), ("torchtext", "torch"), ("jax", "jaxlib")}
)

_SHOWN = 12


def needs_met(facts: Facts) -> Iterator[Finding]:
    """What the frameworks ask for is installed, in a version that they accept."""
    if facts.packages is None or not facts.packages.complete:
        return
    said = {(one.name, other.name) for _, one, other in clashing(facts)} | _ELSEWHERE
    environment = _environment(facts)
    stopping, bending, others = [], [], []
    for owner, requirement, found in _unmet(facts.packages, environment):
        name = canonicalize_name(requirement.name)
        if (owner.name, name) in said or name.startswith("nvidia-"):
            continue  # CUDA's libraries are looked at as libraries
        if (
            name == "torch"
            and owner.name in COMPILED
            and found is not None
            and str(requirement.specifier)[:2] == "=="
        ):
            continue  # what was compiled for another PyTorch is looked at as an extension
        row = (owner, requirement, found)
        if _stops(owner.name, name, found):
            stopping.append(row)
        elif owner.name in KEY:
            bending.append(row)
        else:
            others.append(row)
    if stopping:
        yield _finding(facts, stopping, "error")
    if bending:
        yield _finding(facts, bending, "warning")
    if others:
        yield _finding(facts, others, "info")


_Row = tuple[Package, Requirement, Package | None]


def _stops(owner: str, name: str, found: Package | None) -> bool:
    if owner == "transformers":
        return name in _CHECKED
    if owner.startswith("tensorflow"):
        return found is None and name not in ("libclang", "setuptools", "tensorboard", "wheel")
    return found is None and name in _AT_ONCE.get(owner, ())


def _unmet(packages: PackageFacts, environment: Mapping[str, str]) -> Iterator[_Row]:
    first: dict[str, Package] = {}
    for one in packages.packages:
        first.setdefault(one.name, one)
    for owner in first.values():
        for text in owner.requires:
            requirement = _requirement(text)
            if requirement is None or not _applies(requirement, environment):
                continue
            found = first.get(canonicalize_name(requirement.name))
            if found is None or not _accepted(requirement, found.version):
                yield owner, requirement, found


@lru_cache(maxsize=4096)
def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None  # an old way to write one: nothing can be said of it


def _applies(requirement: Requirement, environment: Mapping[str, str]) -> bool:
    if requirement.marker is None:
        return True
    if not environment:
        return False
    try:
        return requirement.marker.evaluate({**environment, "extra": ""})
    except Exception:  # noqa: BLE001 - a marker of someone else's that cannot be judged says nothing
        return False


def _accepted(requirement: Requirement, version: str) -> bool:
    try:
        return requirement.specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return True


def _environment(facts: Facts) -> dict[str, str]:
    """The values of markers for the target; empty where its Python is not known."""
    minor = facts.python.minor if facts.python else None
    if minor is None:
        return {}
    host = facts.machine.host
    system, platform, name = {
        "linux": ("Linux", "linux", "posix"),
        "macos": ("Darwin", "darwin", "posix"),
        "windows": ("Windows", "win32", "nt"),
    }[host.os]
    machine = host.architecture
    if host.os == "windows":
        machine = {"x86_64": "AMD64", "aarch64": "ARM64"}.get(machine, machine)
    version = f"{minor[0]}.{minor[1]}"
    full = facts.python.version if facts.python and facts.python.version.count(".") > 1 else f"{version}.0"
    return {
        "python_version": version,
        "python_full_version": full,
        "implementation_version": full,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_system": system,
        "sys_platform": platform,
        "os_name": name,
        "platform_machine": machine,
        "platform_release": host.kernel,
        "platform_version": "",
    }


def _finding(facts: Facts, rows: list[_Row], level: str) -> Finding:
    owner, requirement, found = rows[0]
    wanted = f"{requirement.name}{requirement.specifier}"
    there = f"{found.name} {found.version} is installed" if found else f"{requirement.name} is not installed"
    rest = len(rows) - 1
    more = f" ({rest} more like this)" if rest else ""
    means = {
        "error": "without it the import fails",
        "warning": "what that breaks shows when the missing part is used",
        "info": "pip check says the same; none of these is a framework",
    }
    return Finding(
        id="pkg.dependency",
        level="error" if level == "error" else "warning" if level == "warning" else "info",
        title=f"{owner.name} {owner.version} asks for {wanted}, and {there}{more}",
        detail=means[level],
        cause="dependency-unmet",
        evidence=tuple(
            Evidence(
                source=f"{one.name} {one.version}",
                value=f"{asked.name}{asked.specifier}: {has.version if has else 'not installed'}",
            )
            for one, asked, has in rows[:_SHOWN]
        ),
        remedy=installing(
            facts,
            "install what is asked for",
            dict.fromkeys(f"{a.name}{a.specifier}" for _, a, _ in rows[:_SHOWN]),
        ),
    )
