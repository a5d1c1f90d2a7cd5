"""Several GPUs of one run: whether they reach each other, with an NCCL that knows them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.gpu.driver_branches import nccl_of, table
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.versions import below
from scaffold.machine.model import Accelerator

_DISABLED = "NCCL_P2P_DISABLE"
_VPN = re.compile(r"tun|tap|wg|tailscale|utun|zt|ppp|.*warp|nord|proton", re.IGNORECASE)


def reach_each_other(facts: Facts) -> Iterator[Finding]:
    """What one GPU sends another arrives."""
    cards = _several(facts)
    hangs = heard.logged(facts, "dist-hang", "nccl-p2p-peer", "nccl-p2p-helps")
    if not cards or _is_disabled(facts) or heard.driver(facts).links.nvlink:
        return
    peers = table()["peers"]
    liars = [one for one in cards if re.search(peers["cards"], one.name)]
    driver = heard.driver_version(facts)
    if len(liars) > 1 and below(driver, peers["driver"]) is not False:
        yield _finding(
            facts,
            f"{heard.named(liars)} cannot reach each other's memory, and drivers before {peers['driver']} "
            "say that "
            f"they can ({f'here is {driver}' if driver else 'the version here is not known'}): NCCL hangs",
            cards,
        )
    elif heard.driver(facts).links.translated:
        yield _finding(
            facts,
            f"The IOMMU stands between {heard.named(cards)}: transfers from one to the other are slow or get "
            "lost",
            cards,
            level="warning" if hangs else "info",
        )
    elif hangs:
        yield _finding(
            facts,
            f"A collective operation of {heard.named(cards)} never ended"
            + (", and no NVLink joins them" if heard.driver(facts).links.nvlink is False else ""),
            cards,
        )


def _several(facts: Facts) -> tuple[Accelerator, ...]:
    cards = tuple(one for one in heard.nvidia(facts) if one.status == "ok")
    return cards if len(cards) > 1 else ()


def _is_disabled(facts: Facts) -> bool:
    return facts.variables is not None and any(
        one.value.strip() not in ("", "0") for one in facts.variables.of(_DISABLED)
    )


def _finding(facts: Facts, title: str, cards: tuple[Accelerator, ...], level: str = "warning") -> Finding:
    links = heard.driver(facts).links
    return Finding(
        id="dist.nccl-p2p",
        level="warning" if level == "warning" else "info",
        title=title,
        detail="A run on several GPUs then waits for ever with all of them at full load. Runs on one GPU are "
        "not "
        "concerned.",
        cause="nccl-p2p-broken",
        evidence=(
            *(
                Evidence(
                    source="scaffold detect",
                    value=f"GPU {one.index}: {one.name}, driver {one.driver or 'unknown'}",
                )
                for one in cards[:8]
            ),
            *((Evidence(source="iommu_group/type", value="translated"),) if links.translated else ()),
        ),
        not_the_cause=("the training code, the batch size and PyTorch's version",),
        remedy=Remedy(
            text=f"set {_DISABLED}=1 for the launcher (in the run configuration, or before torchrun): NCCL "
            "then goes "
            f"through main memory. For good: driver {table()['peers']['driver']} or newer for GeForce RTX "
            "40; iommu=pt on "
            "the kernel's command line, and ACS off in the firmware",
            commands=(("env", f"{_DISABLED}=1", "torchrun", f"--nproc_per_node={len(cards)}", "train.py"),),
        ),
    )


def nccl_knows_the_gpu(facts: Facts) -> Iterator[Finding]:
    """NCCL is as new as the GPUs."""
    cards = _several(facts)
    installed = _nccl(facts)
    needed = max((nccl_of(one.capability) for one in cards), default="")
    if not installed or not needed or below(installed[1], needed) is not True:
        return
    name, version = installed
    vpn = [one for one in heard.driver(facts).links.interfaces or () if _VPN.match(one)]
    wheel = name if name.startswith("nvidia-") else "nvidia-nccl-cu12"
    yield Finding(
        id="dist.nccl-version",
        level="error",
        title=f"NCCL {version} does not know {heard.named(cards)}, which needs {needed} or newer",
        detail="A run on several GPUs fails or hangs in its first collective operation."
        + (
            f"\nNCCL also picks up {', '.join(vpn)}: name the right interface with NCCL_SOCKET_IFNAME."
            if vpn
            else ""
        ),
        cause="nccl-too-old-for-gpu",
        evidence=(
            Evidence(source=name, value=version),
            Evidence(
                source="scaffold detect", value=f"{heard.named(cards)}, capability {cards[0].capability}"
            ),
        ),
        not_the_cause=("NCCL_P2P_DISABLE: NCCL finds out by itself what these cards can do",),
        remedy=Remedy(
            text=f"install NCCL {needed} or newer beside this PyTorch, or a newer PyTorch, which brings one",
            commands=((heard.python(facts), "-m", "pip", "install", "-U", f"{wheel}>={needed}"),),
        ),
    )


def _nccl(facts: Facts) -> tuple[str, str] | None:
    """The distribution that brings NCCL, and its version."""
    packages = facts.packages.packages if facts.packages else ()
    names = {one.name: one.version for one in packages}
    if facts.environment is not None:
        names |= facts.environment.packages
    found = (
        (name, version) for name, version in names.items() if re.fullmatch(r"nvidia-nccl-cu\d+|nccl", name)
    )
    return next(found, None)
