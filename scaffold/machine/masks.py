"""Variables that hide GPUs from programs: CUDA_VISIBLE_DEVICES, HIP_VISIBLE_DEVICES, ZE_AFFINITY_MASK."""

from __future__ import annotations

from collections.abc import Sequence


def chosen(mask: str | None, uuids: Sequence[str]) -> tuple[int, ...]:
    """The GPUs that a list of numbers or ids leaves to programs, in its order; all where there is no list.

    As CUDA and HIP read it: numbers, or the beginnings of ids that fit one GPU; the first entry that names
    none ends the list, so that ``-1``, ``NoDevFiles`` and an empty text hide all.

    >>> chosen("1,0", ["", "", ""]), chosen("GPU-9d3c", ["GPU-5c1e", "GPU-9d3c8a7f"]), chosen(None, ["", ""])
    ((1, 0), (1,), (0, 1))
    >>> chosen("0,-1,1", ["", ""]), chosen("", [""]), chosen("NoDevFiles", ["GPU-5c1e"])
    ((0,), (), ())
    """
    if mask is None:
        return tuple(range(len(uuids)))
    found: list[int] = []
    for entry in (part.strip() for part in mask.split(",")):
        number = _place(entry, uuids)
        if number is None or number in found:
            break
        found.append(number)
    return tuple(found)


def chosen_level_zero(mask: str | None, count: int) -> tuple[int, ...]:
    """The devices that ZE_AFFINITY_MASK leaves, where ``1.0`` is a part of device 1.

    >>> chosen_level_zero("1.0,1.1", 2), chosen_level_zero("0", 2), chosen_level_zero(None, 2)
    ((1,), (0,), (0, 1))
    """
    if not mask:  # Level Zero takes an empty text for no mask
        return tuple(range(count))
    named = {entry.strip().split(".")[0] for entry in mask.split(",")}
    return tuple(number for number in range(count) if str(number) in named)


def _place(entry: str, uuids: Sequence[str]) -> int | None:
    if entry.isdecimal():
        return int(entry) if int(entry) < len(uuids) else None
    if not entry.lower().startswith(("gpu-", "mig-")) or len(entry) == len("gpu-"):
        return None
    fitting = [number for number, uuid in enumerate(uuids) if uuid.lower().startswith(entry.lower())]
    return fitting[0] if len(fitting) == 1 else None
