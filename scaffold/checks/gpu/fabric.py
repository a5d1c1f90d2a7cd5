"""GPUs that are joined by NVSwitch, and the service that sets the switches up."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.gpu.driver_obstacle import obstacle
from scaffold.checks.model import Evidence, Finding, Remedy


def fabric_ready(facts: Facts) -> Iterator[Finding]:
    """GPUs that are joined by NVSwitch compute once their fabric is set up."""
    waiting = [one for one in heard.states(facts) if one.fabric in ("not started", "in progress")]
    if obstacle(facts) != "fabric" and not waiting:
        return
    version = heard.driver_version(facts)
    contained = heard.in_container(facts)
    cards = heard.named(heard.nvidia(facts))
    sign = facts.log.sign("fabric-version") if facts.log else None
    if sign is not None and len(sign.groups) > 1:
        yield _other_fabric(facts, *sign.groups[:2])
        return
    yield Finding(
        id="gpu.fabric-manager",
        level="error",
        title=f"The driver lists {cards}, and its NVLink fabric is "
        + (f'"{waiting[0].fabric}"' if waiting else "not ready")
        + ", so that no program can use it",
        detail="GPUs that are joined by NVSwitch (HGX, DGX) compute only after nv-fabricmanager, of the very "
        "version of the driver, has set the switches up.",
        cause="fabric-manager-missing",
        evidence=(
            *(
                Evidence(source=f"nvidia-smi -q, GPU {one.index}", value=f"Fabric State: {one.fabric}")
                for one in waiting
            ),
            *heard.answered(facts),
        ),
        not_the_cause=("PyTorch, CUDA_VISIBLE_DEVICES, and anything installed in the environment",),
        remedy=Remedy(
            text="nothing inside the container helps: the fabric manager runs on the host. Take another node "
            "and report this one to the provider (or the host's administrator)"
            if contained
            else "install the fabric manager of the driver's very "
            f"version{f' ({version})' if version else ''} and "
            "start it; then nvidia-smi -q shows Fabric State: Completed",
            commands=(("nvidia-smi", "-q"),)
            if contained
            else (
                ("sudo", "systemctl", "enable", "--now", "nvidia-fabricmanager"),
                ("journalctl", "-u", "nvidia-fabricmanager"),
            ),
        ),
    )


def _other_fabric(facts: Facts, manager: str, driver: str) -> Finding:
    """The log names both versions: whoever sees the manager's log has the machine in hand."""
    branch = driver.partition(".")[0]
    return Finding(
        id="gpu.fabric-manager",
        level="error",
        title=f"NVIDIA's fabric manager is of version {manager}, the driver of {driver}: it does not start",
        detail="GPUs that are joined by NVSwitch (HGX, DGX) compute only after nv-fabricmanager, of the very "
        "version of the driver, has set the switches up. An update brought one without the other.",
        cause="fabric-manager-version",
        evidence=(*heard.seen(heard.nvidia(facts)), *heard.answered(facts)),
        not_the_cause=("PyTorch, CUDA_VISIBLE_DEVICES, and anything installed in the environment",),
        remedy=Remedy(
            text=f"install the fabric manager of version {driver} (apt list -a nvidia-fabricmanager-{branch} "
            "shows which there are), hold it and the driver (sudo apt-mark hold), start it anew; then "
            "nvidia-smi -q shows Fabric State: Completed",
            commands=(
                ("apt", "list", "-a", f"nvidia-fabricmanager-{branch}"),
                ("sudo", "systemctl", "restart", "nvidia-fabricmanager"),
            ),
        ),
    )
