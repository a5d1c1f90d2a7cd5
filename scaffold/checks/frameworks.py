"""Whether the frameworks are installed, in builds that use this machine's accelerator, and compute."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.cures import anew
from scaffold.checks.facts import Facts, ProofFact
from scaffold.checks.model import Evidence, Finding, Remedy

#: Any of these is the framework.
PACKAGES = {"pytorch": ("torch",), "keras": ("tensorflow", "tensorflow-cpu")}


def installed(facts: Facts) -> Iterator[Finding]:
    """Each framework of the project is installed."""
    if facts.environment is None or facts.record is None:
        return
    for framework in facts.record.frameworks:
        found = [name for name in PACKAGES[framework] if facts.version_of(name)]
        if not found:
            yield Finding(
                id="pkg.framework-missing",
                level="error",
                title=f"{' or '.join(PACKAGES[framework])} is not installed",
                detail=f"the project has a {framework} side; its environment lacks the framework",
                cause="framework-missing",
                evidence=(Evidence(source=str(facts.environment.location), value="no such distribution"),),
                remedy=anew(facts, packages=(PACKAGES[framework][-1],)),
            )
        elif len(found) > 1:
            yield Finding(
                id="pkg.duplicate-dist",
                level="error",
                title=f"{' and '.join(found)} are installed over each other",
                detail="both own the same files; which of the two wins is chance",
                cause="duplicate-install",
                evidence=tuple(Evidence(source=name, value=facts.version_of(name)) for name in found),
                remedy=anew(facts),
            )
        else:
            yield Finding(
                id="pkg.framework",
                level="ok",
                title=f"{found[0]} {facts.version_of(found[0])} is installed",
            )


def computes(facts: Facts) -> Iterator[Finding]:
    """Each framework imports and makes a training step, on the device that it should use."""
    if facts.environment is None or facts.record is None:
        return
    if facts.proofs is None:
        if {one.proof.framework for one in facts.proved} >= set(facts.record.frameworks):
            return  # said by `checks.proved`
        yield Finding(
            id="run.computes",
            level="skipped",
            title="Whether the frameworks import and compute was not tried",
            remedy=Remedy(text="try it", commands=(facts.prove_with,)),
        )
        return
    for fact in facts.proofs:
        yield _computed(facts, fact)


def _computed(facts: Facts, fact: ProofFact) -> Finding:
    if fact.failure is not None:
        return Finding(
            id="run.computes",
            level="error",
            title=fact.failure.message,
            detail="\n".join(fact.failure.detail),
            cause=fact.failure.code,
            remedy=Remedy(text=fact.failure.hint) if fact.failure.hint else anew(facts),
        )
    assert fact.proof is not None
    proof = fact.proof
    devices = " and ".join(dict.fromkeys(one.name for one in proof.devices)) or proof.device
    right = ", and its numbers are right" if any(one.comparisons for one in proof.devices) else ""
    return Finding(
        id="run.computes",
        level="ok",
        title=f"{fact.framework} {proof.version} made a training step on {devices}{right}",
        evidence=(
            Evidence(source="loss", value=f"{proof.loss_before:.4f}, then {proof.loss_after:.4f}"),
            *(
                Evidence(
                    source=one.name,
                    value=f"{worst.operation} ({worst.precision}): {worst.difference:.1e} off",
                )
                for one in proof.devices
                if (worst := max(one.comparisons, key=lambda row: row.difference, default=None))
            ),
        ),
    )
