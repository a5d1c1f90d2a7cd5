"""Facts for `scaffold.probing.cpu` out of a loose description."""

from __future__ import annotations

import re

from scaffold.facts.told import Told, spelt
from scaffold.probing.cpu.model import CpuFacts

#: As people write them -> as Linux does.
_NAMES = {"sse41": "sse4_1", "sse42": "sse4_2", "fma3": "fma", "avx1": "avx", "avx10": "avx", "pni": "sse3"}

#: Every whole list holds one of these: "unknown" is no list.
_EVERY_LIST = frozenset(("fpu", "mmx", "sse", "sse2", "sse3", "ssse3", "sse4_1", "sse4_2", "neon", "asimd"))

#: More names than any processor has instruction sets.
_MOST = 400


def told(description: Told) -> CpuFacts:
    """What the description tells; everything else stays unknown."""
    inner = description.below("cpu", "processor")
    if not inner.facts:
        return CpuFacts(model=description.text("cpu", "cpu_model", "processor"))
    has = _names(inner, "flags_have", "flags", "features", "has")
    model = inner.text("model", "name", "brand")
    return CpuFacts(
        model=model,
        has=has,
        lacks=_names(inner, "flags_lack", "flags_missing", "lacks") - has,
        complete=inner.has("flags", "features") and bool(has & _EVERY_LIST),
        hypervisor=inner.flag("hypervisor", "virtual"),
        emulated="Rosetta" if "virtualapple" in model.lower() else "",
        source="cpu",
    )


def _names(inner: Told, *names: str) -> frozenset[str]:
    """Names of instruction sets, in a list or in a line.

    >>> sorted(_names(Told({"flags": "AVX SSE4.2, avx-512f"}, []), "flags"))
    ['avx', 'avx512f', 'sse4_2']
    """
    text = " ".join(spelt(one) for one in inner.rows(*names)[:_MOST] if isinstance(one, str))
    words = re.split(r"[\s,;]+", text.lower())[:_MOST]
    return frozenset(_known(one) for one in words if one)


def _known(name: str) -> str:
    plain = re.sub(r"[._-]", "", name)
    return _NAMES.get(plain, plain)
