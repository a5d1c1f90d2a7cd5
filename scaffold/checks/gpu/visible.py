"""Variables that choose GPUs: what they leave of those that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.model import Evidence, Finding, Level, Remedy
from scaffold.machine.masks import chosen
from scaffold.machine.model import Accelerator
from scaffold.probing.variables.model import Variable

#: Variable -> the maker whose GPUs it chooses.
_OF = {
    "CUDA_VISIBLE_DEVICES": "nvidia",
    "HIP_VISIBLE_DEVICES": "amd",
    "ROCR_VISIBLE_DEVICES": "amd",
    "GPU_DEVICE_ORDINAL": "amd",
}

#: What people write to have none, on purpose.
_NONE = re.compile(r"-\d+|none|void|nodevfiles|", re.IGNORECASE)
#: Signs of a program that saw no GPU.
_NO_GPU_SEEN = ("cuda-100-torch", "cuda-unavailable")

_ENTRY = re.compile(r"\s*(?:\d{1,3}|(?:GPU|MIG)-[\w-]+(?:/\d+/\d+)?)\s*")


def leave_gpus(facts: Facts) -> Iterator[Finding]:
    """Each of these variables names GPUs that are there; one finding a variable and value."""
    said: set[tuple[str, str]] = set()
    for one in facts.variables.found if facts.variables else ():
        if one.name in _OF and (one.name, one.value) not in said and not one.computed:
            said.add((one.name, one.value))
            yield from _judged(facts, one)
    if not said:
        yield from _masked(facts)


def _judged(facts: Facts, one: Variable) -> Iterator[Finding]:
    cards = [card for card in facts.machine.accelerators if card.vendor == _OF[one.name]]
    cards = cards if _are_known(cards) else []
    entries = [entry.strip() for entry in one.value.split(",")]
    strange = next(
        (entry for entry in entries if not _ENTRY.fullmatch(entry) and not _NONE.fullmatch(entry)), None
    )
    left = chosen(one.value, [card.uuid for card in cards])
    if strange is not None:
        yield _hides(facts, one, f'"{strange}" is no number and no id of a GPU', cards)
    elif _NONE.fullmatch(entries[0]):
        yield _hides_all(facts, one, cards)
    elif len(set(entries)) < len(entries):
        yield _hides(facts, one, f'it names a GPU twice ("{one.value}")', cards)
    elif cards and not left:
        yield _hides(facts, one, f"it names {_shown(entries[0])}, and there {_there(cards)}", cards)
    elif cards and len(left) < len(entries):
        level: Level = "error" if heard.logged(facts, "device-ordinal") else "warning"
        yield _shortens(one, entries, len(left), cards, level)
    elif not cards and heard.logged(facts, *_NO_GPU_SEEN) and entries[0] != "0":
        yield _hides(facts, one, f"it names {_shown(entries[0])}, and CUDA finds none of that number", cards)


def _are_known(cards: Sequence[Accelerator]) -> bool:
    """Whether the list is what is really there: one that was assumed from a driver has no name of a card."""
    return bool(cards) and any(one.capability or one.name not in ("", "NVIDIA GPU") for one in cards)


def _shown(entry: str) -> str:
    return f"GPU {entry}" if entry.isdecimal() else entry


def _there(cards: Sequence[Accelerator]) -> str:
    if len(cards) == 1:
        return f"is one GPU, number 0 ({cards[0].name})"
    return f"are {len(cards)} GPUs, numbers 0 to {len(cards) - 1}"


def _hides(facts: Facts, one: Variable, why: str, cards: Sequence[Accelerator]) -> Finding:
    return Finding(
        id="gpu.visible-devices",
        level="error",
        title=f"{one.name}={one.value} leaves programs no GPU: {why}",
        detail="CUDA reads the list up to the first entry that it cannot use; a wrong first entry hides "
        "every GPU, "
        "and the framework silently computes on the processor. Numbers are those of nvidia-smi -L, from 0; a "
        "name "
        "of PyTorch's such as cuda:0 is none.",
        cause="cuda-visible-devices-invalid",
        evidence=(_place(one), *_cards(cards)),
        not_the_cause=("the driver and the build of the framework",),
        remedy=_unset(facts, one, cards),
    )


def _hides_all(facts: Facts, one: Variable, cards: Sequence[Accelerator]) -> Finding:
    """In one program's settings it is often meant; for all that is started from here it rarely is."""
    missed = heard.logged(facts, *_NO_GPU_SEEN, "torch-no-driver")
    everywhere = one.kind in ("process", "other")
    level: Level = "error" if missed else "warning" if cards and everywhere else "info"
    return Finding(
        id="gpu.visible-devices",
        level=level,
        title=f'{one.name}="{one.value}" hides every GPU: programs compute on the processor',
        detail="An empty value and -1 both mean none; unset means all. On purpose it is right.",
        cause="cuda-visible-devices-invalid",
        evidence=(_place(one), *_cards(cards)),
        not_the_cause=("the driver and the build of the framework",),
        remedy=_unset(facts, one, cards),
    )


def _shortens(
    one: Variable, entries: list[str], left: int, cards: Sequence[Accelerator], level: Level
) -> Finding:
    return Finding(
        id="gpu.visible-devices",
        level=level,
        title=f"{one.name}={one.value} names {len(entries)} GPUs and leaves {left}: "
        f"{_shown(entries[left])} is not there",
        detail="CUDA drops the first entry that it cannot use and all behind it.",
        cause="cuda-visible-devices-invalid",
        evidence=(_place(one), *_cards(cards)),
        remedy=Remedy(text=f"name GPUs that are there: {', '.join(str(card.index) for card in cards)}"),
    )


def _unset(facts: Facts, one: Variable, cards: Sequence[Accelerator]) -> Remedy:
    numbers = ",".join(str(card.index) for card in cards) or "0"
    where = {
        "run-configuration": f"remove {one.name} from the run configuration's environment variables",
        "env-file": f"remove the line with {one.name}",
        "script": f"remove the line with {one.name}, or set it to {numbers}",
        "code": f"remove the assignment of {one.name}, or set it to {numbers} before the framework is "
        "imported",
    }.get(one.kind, f"unset {one.name}, or set it to {numbers}")
    windows = facts.machine.host.os == "windows"
    command = ("set", f"{one.name}=") if windows else ("unset", one.name)
    return Remedy(
        text=f"{where} ({one.place}); choose a GPU in the run configuration instead: {one.name}=0",
        commands=(command,) if one.kind == "process" else (),
    )


def _place(one: Variable) -> Evidence:
    return Evidence(source=one.place, value=f"{one.name}={one.value}")


def _cards(cards: Sequence[Accelerator]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(source=card.found_by.get("name", "scaffold detect"), value=f"GPU {card.index}: {card.name}")
        for card in cards[:8]
    )


def _masked(facts: Facts) -> Iterator[Finding]:
    """Hidden by a variable, and nobody told which value: a saved machine."""
    hidden = [one for one in facts.machine.accelerators if one.masked]
    if hidden:
        name = hidden[0].found_by["status"]
        yield Finding(
            id="gpu.visible-devices",
            level="warning" if not facts.machine.usable(hidden[0].vendor) else "info",
            title=f"{name} hides {heard.named(hidden)} from programs",
            cause="cuda-visible-devices-invalid",
            evidence=heard.seen(hidden),
            remedy=Remedy(text=f"unset {name}", commands=(("unset", name),)),
        )


def _too_late(facts: Facts) -> Iterator[Finding]:
    """Code chooses GPUs behind the import of the framework: in time only where nothing used CUDA by then."""
    late = [one for one in (facts.variables.found if facts.variables else ()) if one.late and one.name in _OF]
    several = len([card for card in facts.machine.accelerators if card.status == "ok"]) != 1
    ignored = heard.logged(facts, "visible-devices-ignored")
    for one in late[:1] if (several or ignored) and not heard.logged(facts, *_NO_GPU_SEEN) else ():
        yield Finding(
            id="gpu.visible-devices",
            level="warning" if ignored else "info",
            title=f"{one.place} sets {one.name} after the framework was imported",
            detail="The list is read once, when a process uses CUDA for the first time. An import may do "
            "that (of a library that asks for the devices); then the program keeps the GPUs it had.",
            cause="env-set-too-late",
            evidence=(_place(one),),
            remedy=Remedy(
                text=f"set {one.name} before the first import of torch or tensorflow (at the top of the "
                "script), or better in the run configuration's environment variables"
            ),
        )


def set_by_code(facts: Facts) -> Iterator[Finding]:
    """Where a program saw no GPU and computes such a variable itself, that is the first suspect."""
    yield from _too_late(facts)
    if not heard.logged(facts, *_NO_GPU_SEEN):
        return
    computed = [
        one for one in (facts.variables.found if facts.variables else ()) if one.computed and one.name in _OF
    ]
    for one in computed[:1]:
        yield Finding(
            id="gpu.visible-devices",
            level="error",
            title=f"The program saw no GPU, and {one.place} sets {one.name} itself"
            + (", after the framework was imported" if one.late else ""),
            detail="A value such as cuda:0, -1 or an empty text leaves no GPU. The console, where nothing "
            "sets the "
            "variable, sees them all.",
            cause="cuda-visible-devices-invalid",
            evidence=(Evidence(source=one.place, value=f"{one.name} is assigned"),),
            not_the_cause=("the driver, the environment and PyCharm",),
            remedy=Remedy(
                text=f"give {one.name} a list of numbers such as 0, before torch or tensorflow is imported, "
                "or better in "
                "the run configuration's environment variables; hand the program cuda:0 as a device, not as "
                "this value"
            ),
        )
