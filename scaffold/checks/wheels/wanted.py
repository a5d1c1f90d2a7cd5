"""The frameworks that are installed, asked for or named by a log: what wheels are needed for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scaffold.checks.facts import Facts
from scaffold.checks.gpu.history import FRAMEWORKS
from scaffold.checks.gpu.installed import is_conda
from scaffold.checks.model import Evidence

#: Distribution -> the framework whose table tells of it.
NAMES = {
    "torch": "torch",
    "tensorflow": "tensorflow",
    "tensorflow-cpu": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "tensorflow-intel": "tensorflow",
    "tensorflow-macos": "tensorflow",
}

#: The signs that name what an installer could not find: group 0 is the distribution, group 1 the version.
NOT_FOUND = ("no-matching-distribution", "no-wheel-for-python", "uv-no-wheel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One framework in one version; ``""`` is any."""

    framework: str  # torch, tensorflow
    version: str = ""
    installed: bool = False  # its files are there: some wheel was taken
    listed: bool = False  # among what is told to be installed; of an environment that may not work
    evidence: tuple[Evidence, ...] = ()

    @property
    def shown(self) -> str:
        """``torch 2.6``, or ``torch``."""
        return f"{self.framework} {self.version}".strip()


def wanted(facts: Facts) -> Iterator[Wanted]:
    """Every framework that is known to be wanted here, installed ones first. conda's have other needs."""
    packages = facts.packages.packages if facts.packages else ()
    for one in packages:
        if one.name in NAMES and not is_conda(one):
            yield Wanted(
                framework=NAMES[one.name],
                version=one.version,
                installed=bool(one.location or one.tags),
                listed=True,
                evidence=(
                    Evidence(source=one.location or "packages", value=f"{one.name} {one.version}".strip()),
                ),
            )
    for name in NOT_FOUND:
        sign = facts.log.sign(name) if facts.log else None
        if sign is None or not sign.groups:
            continue
        framework = NAMES.get(sign.groups[0].lower().replace("_", "-"), "")
        if framework in FRAMEWORKS:
            version = sign.groups[1] if len(sign.groups) > 1 else ""
            yield Wanted(framework=framework, version=version)
