"""Which of the told GPUs CUDA shows to programs under a mask, as CUDA_VISIBLE_DEVICES is documented."""

from __future__ import annotations

import re

from scaffold.facts.gpus import Gpu


def uuid_of(gpu: Gpu, at: int) -> str:
    """The id that is told of a GPU, or one by its place."""
    told = re.fullmatch(r"(?:GPU-|MIG-)?([0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27})", gpu.uuid)
    return told[1].lower() if told else f"{at:08x}-0000-0000-0000-{at:012x}"


def visible_under(mask: str | None, gpus: list[Gpu]) -> list[int]:
    """The GPUs that CUDA shows under a mask: up to the first entry that names none."""
    working = [at for at, gpu in enumerate(gpus) if gpu.status not in {"gpu_lost", "lost"}]
    if mask is None:
        return working
    shown: list[int] = []
    for entry in (part.strip() for part in mask.split(",")):
        if re.fullmatch(r"\d{1,3}", entry, re.ASCII) and int(entry) < len(working):
            at = working[int(entry)]
        else:
            ids = [at for at in working if entry and uuid_of(gpus[at], at).startswith(_bare(entry))]
            if len(ids) != 1:
                break
            at = ids[0]
        if at in shown:
            return []
        shown.append(at)
    return shown


def _bare(entry: str) -> str:
    return re.sub(r"^(?:GPU|MIG)-", "", entry).lower() if entry.startswith(("GPU-", "MIG-")) else "no id"
