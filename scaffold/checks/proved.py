"""What earlier runs proved of an environment, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.environments.condition.differences import same_version
from scaffold.environments.proving.proofs import KeptProof
from scaffold.machine.fingerprint import changes, fingerprint

PROVE = Remedy(text="prove it again", commands=(("scaffold", "env", "check", "--deep"),))

TITLES = {"pytorch": "PyTorch", "keras": "Keras"}

#: Framework -> the packages whose version its proof names.
_PACKAGES = {"pytorch": ("torch",), "keras": ("tensorflow", "tensorflow-cpu")}


def still_proved(facts: Facts) -> Iterator[Finding]:
    """Each framework was proved here, in the build that is installed, on the machine as it is."""
    if facts.environment is None or facts.proofs is not None or facts.record is None:
        return  # nothing to prove, or just now tried
    for one in facts.proved:
        if one.proof.framework in facts.record.frameworks:
            yield _kept(facts, one)


def _kept(facts: Facts, kept: KeptProof) -> Finding:
    since = tuple(_since(facts, kept))
    return Finding(
        id="run.proved",
        level="info" if since else "ok",
        title=f"{proved_in_words(kept)}; since then {since[0]}" if since else proved_in_words(kept),
        detail="\n".join(since[1:]),
        cause="proof-outdated" if since else "",
        evidence=(Evidence(source=".scaffold/proofs.json", value=kept.date),),
        remedy=PROVE if since else None,
    )


def proved_in_words(kept: KeptProof) -> str:
    """``PyTorch 2.14.1+cu126 was proved on NVIDIA L4 on 2026-11-22``."""
    proof = kept.proof
    devices = " and ".join(dict.fromkeys(one.name for one in proof.devices)) or proof.device_name
    return f"{TITLES[proof.framework]} {proof.version} was proved on {devices} on {kept.date[:10]}"


def _since(facts: Facts, kept: KeptProof) -> Iterator[str]:
    proof = kept.proof
    if proof.details.get("backend", "tensorflow") == "tensorflow":
        installed = [version for name in _PACKAGES[proof.framework] if (version := facts.version_of(name))]
        if installed and not any(_is_of(proof.version, version) for version in installed):
            yield f"{installed[0]} was installed"
    yield from (
        f"the machine has changed: {one}" for one in changes(kept.machine, fingerprint(facts.machine))
    )


def _is_of(said: str, installed: str) -> bool:
    """A framework may leave out the local part of its version."""
    return same_version(said, installed) or said == installed.partition("+")[0]
