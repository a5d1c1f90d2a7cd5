"""AMD's GPUs as facts: the kernel's compute topology (KFD), and what ROCm's tools print. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from scaffold.machine.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One GPU as one source describes it."""

    gfx: str
    source: str
    name: str = ""
    address: str = ""  # on the PCI bus: 0000:03:00.0
    memory: int | None = None  # bytes
    uuid: str = ""  # GPU-9d3c8a7f2b1e4c60, as ROCR_VISIBLE_DEVICES takes it
    render: int | None = None  # the number of its /dev/dri/renderD node
    with_processors: bool = False  # an APU's node: processors and graphics


def properties(text: str) -> dict[str, int]:
    r"""A topology node's properties.

    >>> properties("simd_count 96\ngfx_target_version 110000\n")
    {'simd_count': 96, 'gfx_target_version': 110000}
    """
    return {key: int(value) for key, value in re.findall(r"^(\w+) (\d{1,20})$", text, re.MULTILINE)}


def gfx_name(target_version: int) -> str:
    """The architecture's name; 0 is a processor.

    >>> gfx_name(110000), gfx_name(90402), gfx_name(90010), gfx_name(0)
    ('gfx1100', 'gfx942', 'gfx90a', '')
    """
    if target_version <= 0:
        return ""
    return f"gfx{target_version // 10000}{target_version // 100 % 100:x}{target_version % 100:x}"


def node_of(text: str, bank: str, source: str) -> Node | None:
    r"""A GPU from its node's ``properties`` and those of its first memory bank; None for a processor.

    >>> text = "gfx_target_version 110000\nlocation_id 768\nunique_id 11330022\ndrm_render_minor 128\n"
    >>> node = node_of(text, "heap_type 1\nsize_in_bytes 25753026560\n", "nodes/1")
    >>> node.gfx, node.address, node.uuid, node.render
    ('gfx1100', '0000:03:00.0', 'GPU-0000000000ace1e6', 128)
    """
    facts = properties(text)
    gfx = gfx_name(facts.get("gfx_target_version", 0))
    # Older kernels tell no architecture: there a node that computes is one with vector units (SIMDs).
    if not gfx and ("gfx_target_version" in facts or not facts.get("simd_count")):
        return None
    memory = properties(bank)
    place, unique = facts.get("location_id"), facts.get("unique_id")
    return Node(
        gfx=gfx,
        source=source,
        address="" if place is None else address_of(facts.get("domain", 0), place),
        # A bank of type 0 is main memory: an APU without memory set aside for graphics.
        memory=memory.get("size_in_bytes") if memory.get("heap_type", 1) else None,
        uuid=f"GPU-{unique:016x}" if unique else "",
        render=facts.get("drm_render_minor"),
        with_processors=facts.get("cpu_cores_count", 0) > 0,
    )


def address_of(domain: int, location: int) -> str:
    """A PCI address from KFD's numbers: bus, device and function in one.

    >>> address_of(0, 768), address_of(0, 0x4300), address_of(1, 0x03f9)
    ('0000:03:00.0', '0000:43:00.0', '0001:03:1f.1')
    """
    return f"{domain:04x}:{location >> 8 & 0xFF:02x}:{location >> 3 & 0x1F:02x}.{location & 7}"


def agents(output: str) -> tuple[Node, ...]:
    r"""The GPUs that rocminfo prints, in the order that programs see.

    >>> [node] = agents(
    ...     "*******\nAgent 2\n*******\n  Name:                    gfx1100\n"
    ...     "  Uuid:                    GPU-9d3c8a7f2b1e4c60\n"
    ...     "  Marketing Name:          AMD Radeon RX 7900 XTX\n"
    ...     "  Device Type:             GPU\n"
    ...     "      Segment:                 GLOBAL; FLAGS: COARSE GRAINED\n"
    ...     "      Size:                    25149440(0x17fc000) KB\n")
    >>> node.gfx, node.name, node.memory, node.uuid
    ('gfx1100', 'AMD Radeon RX 7900 XTX', 25753026560, 'GPU-9d3c8a7f2b1e4c60')
    """
    blocks = re.split(r"^Agent \d+\s*$", output, flags=re.MULTILINE)[1:]
    return tuple(node for block in blocks if (node := _agent(block)))


def enumerated(output: str) -> tuple[Node, ...]:
    r"""The architectures that ``rocm_agent_enumerator -name`` prints; gfx000 is a processor.

    >>> [node.gfx for node in enumerated("gfx000\ngfx1100\ngfx1036\n")]
    ['gfx1100', 'gfx1036']
    """
    names = re.findall(r"^\s*(gfx[0-9a-f]{3,4})\s*$", output, re.MULTILINE)
    return tuple(Node(gfx=name, source="rocm_agent_enumerator") for name in names if name != "gfx000")


def gfx_of_device(device: str) -> str:
    """The architecture by PCI device number; ``""`` where the table does not know it.

    >>> gfx_of_device("0x744c"), gfx_of_device("0xffff")
    ('gfx1100', '')
    """
    rows = table("amd_gpus")["devices"]
    return next((str(row["gfx"]) for row in rows if device in row["numbers"]), "")


def gfx_of_name(name: str) -> str:
    """The architecture by a card's name; ``""`` where the table does not know it.

    >>> gfx_of_name("AMD Radeon RX 7900 XTX"), gfx_of_name("Instinct MI300X"), gfx_of_name("Radeon Graphics")
    ('gfx1100', 'gfx942', '')
    """
    return next((gfx for pattern, gfx in _names() if pattern.search(name)), "")


def is_integrated(gfx: str) -> bool:
    """Whether an architecture is that of a processor's own graphics."""
    return gfx in table("amd_gpus")["integrated"]


@cache
def _names() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = table("amd_gpus")["names"]
    return tuple((re.compile(rf"\b(?:{row['name']})\b", re.IGNORECASE), str(row["gfx"])) for row in rows)


def _agent(block: str) -> Node | None:
    fields = dict(re.findall(r"^  (\S[^:\n]*):[ \t]+(\S.*?)\s*$", block, re.MULTILINE))
    gfx = re.match(r"gfx[0-9a-f]{3,4}", fields.get("Name", ""))
    if fields.get("Device Type") != "GPU" or not gfx:
        return None
    size = re.search(r"GLOBAL; FLAGS: COARSE.*\n\s+Size:\s+(\d+)", block)
    uuid = fields.get("Uuid", "")
    return Node(
        gfx=gfx[0],
        source="rocminfo",
        name=fields.get("Marketing Name", ""),
        memory=int(size[1]) * 1024 if size else None,
        uuid=uuid if re.fullmatch(r"GPU-[0-9a-f]{16}", uuid) else "",
        with_processors=fields.get("Memory Properties", "") == "APU",
    )
