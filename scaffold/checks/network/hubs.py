"""The hub of models: where it is looked for, and whether it may be."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.probing.network.model import NetworkFacts
from scaffold.probing.network.names import HUB, HUB_MIRROR

_YES = ("1", "on", "yes", "true")
_USERS = (
    "huggingface-hub", "transformers", "datasets", "diffusers", "accelerate", "peft", "timm", "tokenizers",
    "sentence-transformers", "evaluate", "open-clip-torch",
)  # fmt: skip

_WHERE = (
    f"set HF_ENDPOINT={HUB_MIRROR} in the run configuration (or the shell), before Python starts: "
    "the libraries read it once, when they are imported; or go through a proxy (HTTPS_PROXY)"
)


def endpoint(facts: Facts) -> Iterator[Finding]:
    """At most one finding: HF_ENDPOINT is right, in time, and set where the hub is not reached."""
    network = facts.network
    if network is None:
        return
    late = _late(facts)
    sign = facts.log.sign("hub-unreachable", "hub-no-connection") if facts.log else None
    value = network.endpoint
    if late:
        yield _too_late(late)
    elif (named := _without_effect(facts, value)) is not None:
        yield _asked_all_the_same(named)
    elif value and "://" not in value and not value.isspace() and " " not in value.strip():
        yield _finding(
            "warning",
            f'HF_ENDPOINT is "{value}", which is no address: it starts with https://',
            "hf-endpoint-malformed",
            (("HF_ENDPOINT", value),),
            f"set HF_ENDPOINT=https://{value}",
        )
    elif not value and network.region == "CN" and (sign or _wants_hub(facts)):
        yield _finding(
            "info",
            "huggingface.co is usually not reached from mainland China, and "
            + ("HF_ENDPOINT is not set" if value == "" else "nothing says that HF_ENDPOINT is set"),
            "hub-unreachable",
            (
                ("region", f"CN ({network.region_source})"),
                *((("HF_ENDPOINT", "not set"),) if value == "" else ()),
            ),
            _WHERE,
        )


def _wants_hub(facts: Facts) -> bool:
    """Whether something that asks the hub is installed; nothing known of packages leaves it open."""
    packages = facts.packages
    if packages is None or not (packages.complete or packages.packages):
        return facts.told
    return any(packages.of(one) is not None for one in _USERS)


def _late(facts: Facts) -> str:
    """Where HF_ENDPOINT is set behind the import that reads it."""
    if facts.network is not None and facts.network.endpoint_late:
        return "the program's code"
    if facts.variables is None:
        return ""
    return next(
        (one.place for one in facts.variables.of("HF_ENDPOINT", "HF_HOME", "HF_HUB_OFFLINE") if one.late), ""
    )


def _without_effect(facts: Facts, value: str | None) -> tuple[str, str] | None:
    """Where HF_ENDPOINT is said to name a mirror, while the log shows that the hub itself was asked."""
    if facts.log is None or facts.log.sign("hub-unreachable") is None:
        return None
    if value and "huggingface.co" not in value:
        return "HF_ENDPOINT", value
    sign = facts.log.sign("hub-endpoint-named")
    return (f"{facts.log.source}:{sign.line}", sign.text) if sign else None


def _asked_all_the_same(named: tuple[str, str]) -> Finding:
    return _finding(
        "info",
        "HF_ENDPOINT is set, and huggingface.co was asked all the same: the program that runs does not "
        "see it, or saw it too late",
        "hf-endpoint-too-late",
        (named,),
        f"{_WHERE}. A shell's export reaches neither PyCharm nor a service that runs already; on Windows "
        "set counts for that one window; a program that asks for huggingface.co by its whole address needs "
        "a proxy",
    )


def _too_late(place: str) -> Finding:
    return _finding(
        "info",
        "HF_ENDPOINT is set in code behind the import of the library that reads it: it has no effect",
        "hf-endpoint-too-late",
        ((place, "set after the import"),),
        f"move it above every import of transformers, datasets and huggingface_hub, or better: {_WHERE}",
    )


def _finding(level: str, title: str, cause: str, seen: tuple[tuple[str, str], ...], cure: str) -> Finding:
    return Finding(
        id="net.hf-endpoint",
        level=level,  # type: ignore[arg-type]
        title=title,
        detail=f"models and data sets come from {HUB} unless HF_ENDPOINT names another place",
        cause=cause,
        evidence=tuple(Evidence(source=source, value=value) for source, value in seen),
        remedy=Remedy(text=cure),
    )


def switches(facts: Facts) -> Iterator[Finding]:
    """No switch of the hub's libraries keeps them from what they need."""
    network = facts.network
    if network is None:
        return
    off = [name for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") if network.flag(name).lower() in _YES]
    if off:
        yield Finding(
            id="net.hf-offline",
            level="info",
            title=f"{off[0]} is on: models and data sets are taken from the cache alone",
            detail="what is not in the cache cannot be loaded (OfflineModeIsEnabled, "
            "LocalEntryNotFoundError)",
            cause="hf-offline",
            evidence=(Evidence(source=off[0], value=network.flag(off[0])),),
            remedy=Remedy(text=f"to download: unset {off[0]} once"),
        )
    yield from _fast_transfer(facts, network)


def _fast_transfer(facts: Facts, network: NetworkFacts) -> Iterator[Finding]:
    packages = facts.packages
    known = packages is not None and packages.complete
    wanted = network.flag("HF_HUB_ENABLE_HF_TRANSFER").lower() in _YES
    if wanted and known and packages is not None and packages.of("hf-transfer") is None:
        hub = packages.version("huggingface-hub")
        if not hub or not hub.startswith("0."):
            return  # from 1.0 on the switch is not read any more
        python = str(facts.target.python) if facts.target and facts.target.python else "python"
        yield Finding(
            id="net.hf-transfer",
            level="warning",
            title="HF_HUB_ENABLE_HF_TRANSFER is on, and hf_transfer is not installed: every download fails",
            cause="hf-transfer-missing",
            evidence=(
                Evidence(source="HF_HUB_ENABLE_HF_TRANSFER", value=network.flag("HF_HUB_ENABLE_HF_TRANSFER")),
                Evidence(source="huggingface-hub", value=hub),
            ),
            remedy=Remedy(
                text="install it, or unset the variable",
                commands=((python, "-m", "pip", "install", "hf_transfer"),),
            ),
        )


def interface(facts: Facts) -> Iterator[Finding]:
    """The network interface that distributed training is told to use is there."""
    network, variables = facts.network, facts.variables
    if network is None or network.interfaces is None or variables is None:
        return
    for one in variables.of("NCCL_SOCKET_IFNAME", "GLOO_SOCKET_IFNAME", "TP_SOCKET_IFNAME"):
        value = one.value.strip()
        names = [part.strip().split(":")[0] for part in value.lstrip("^=").split(",") if part.strip()]
        if value.startswith("^") or not names or one.kind not in ("process", "run-configuration", "env-file"):
            continue
        exact = value.startswith("=") or one.name == "GLOO_SOCKET_IFNAME"
        if any(
            here == name or (not exact and here.startswith(name))
            for here in network.interfaces
            for name in names
        ):
            continue
        yield Finding(
            id="net.interface",
            level="warning",
            title=f"{one.name} is {value}, and this machine has "
            f"{', '.join(network.interfaces[:8]) or 'no interface'}",
            detail="processes of a distributed training do not find each other: 'no socket "
            "interface found', or a time-out",
            cause="interface-missing",
            evidence=(Evidence(source=one.place, value=f"{one.name}={value}"),),
            remedy=Remedy(text=f"unset {one.name}, or name one that is here (ip -brief address)"),
        )
