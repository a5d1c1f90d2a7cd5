"""From a loose description of a machine to a recorded host, for the detection to look at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scaffold.facts.devices import device_files
from scaffold.facts.driver import read_driver
from scaffold.facts.gpus import read_gpus
from scaffold.facts.host import draw_host
from scaffold.facts.nvidia import draw_nvidia
from scaffold.facts.others import draw_amd, draw_intel
from scaffold.facts.pci import draw_told_cards
from scaffold.facts.sketch import Sketch
from scaffold.facts.told import Told, one_line
from scaffold.facts.windows import draw_adapters

#: Four bytes of attributes, then 1 where it is on.
_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

#: Notes and files beyond these are those of a machine that nobody has.
MOST_NOTES, MOST_FILES, MOST_NAMED = 20, 2000, 8

#: Names that describe the description, and those that are read elsewhere, or on some machines only.
_ELSEWHERE = frozenset({
    "id", "about", "why", "expect", "note", "notes", "comment", "source", "description", "packages", "schema",
    "python", "python_version", "glibc", "libc", "musl", "wsl", "gpu_count", "level_zero", "rosetta",
    "groups", "translated", "cpu", "cpu_model", "processor", "kernel", "driver", "driver_version", "libcuda",
    "devices",
})  # fmt: skip


def host_record(facts: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A recorded host (``scaffold/host/1``) that shows what the facts tell, and what was odd about them.

    Pure, and never raises: what cannot be meant is noted and passed over, what is not told is assumed
    and noted.
    """
    notes: list[str] = []
    told, sketch = Told(facts, notes), Sketch()
    draw_host(told, sketch)
    _draw_environment(told, sketch)
    _draw_files(told, sketch)
    gpus = read_gpus(told)
    listed = draw_told_cards(told, sketch)
    draw_nvidia(told, gpus, sketch, cards_told="nvidia" in listed)
    draw_amd(told, gpus, sketch, cards_told="amd" in listed)
    draw_intel(told, gpus, sketch, cards_told="intel" in listed)
    if sketch.os == "windows" and gpus:
        draw_adapters(gpus, read_driver(told, gpus, sketch).version, sketch)
    for path, usable in device_files(told).items():
        (sketch.accessible if usable else sketch.paths).add(path)
    _draw_signs(told, sketch)
    _say_unread(told)
    return sketch.record(one_line(told.text("id", "about"))), shortened(notes)


def shortened(notes: list[str]) -> tuple[str, ...]:
    """Each note once, and no more of them than a person reads."""
    different = list(dict.fromkeys(notes))
    more = len(different) - MOST_NOTES
    return (*different[:MOST_NOTES], *([f"and {more} more of this kind"] if more > 0 else []))


def _say_unread(told: Told) -> None:
    """One note for everything that nobody asked for."""
    names = [name for name in told.facts if name not in told.asked | _ELSEWHERE]
    if names:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        listed = ", ".join(one_line(str(name))[:40] for name in names[:MOST_NAMED])
        told.notes.append(f"passed over: {listed}{more}")


def _draw_environment(told: Told, sketch: Sketch) -> None:
    inner = told.below("env", "environment")
    for name in inner.facts:
        value = inner.facts[name]
        if isinstance(value, (list, tuple)):
            value = ",".join(str(one) for one in value if isinstance(one, (str, int)))
        if (
            not isinstance(name, str)
            or not re.fullmatch(r"\w{1,80}", name)
            or isinstance(value, (dict, float))
        ):
            inner.note(str(name), value, "no variable")
        elif value is None or (isinstance(value, str) and re.match(r"unset\b", value)):
            continue
        elif "VISIBLE_DEVICES" in name and re.search(r"\s\S+\s", str(value)):
            inner.note(name, value, "prose")
        else:
            sketch.environment[name] = one_line(str(value)[:4000])
    mask = told.first("cuda_visible_devices", "CUDA_VISIBLE_DEVICES")
    if isinstance(mask, (str, int)) and not isinstance(mask, bool):
        sketch.environment["CUDA_VISIBLE_DEVICES"] = one_line(str(mask)[:400])


def _draw_files(told: Told, sketch: Sketch) -> None:
    value = told.first("files")
    pairs = value.items() if isinstance(value, dict) else [(path, "") for path in told.rows("files")]
    for path, text in list(pairs)[:MOST_FILES]:
        if not isinstance(path, str) or not re.match(r"/|[A-Za-z]:[\\/]", path) or "*" in path:
            continue
        if text is True or (isinstance(text, str) and text.strip().lower() in {"", "present"}):
            sketch.paths.add(path)
        elif isinstance(text, str) and not re.match(r"missing|absent|not\b", text):
            sketch.files[path] = text
    broken = value is not None and not isinstance(value, (dict, list))
    if broken:
        told.note("files", value, "no object of paths and texts")


def _draw_signs(told: Told, sketch: Sketch) -> None:
    """Secure Boot, and a board that says what it is."""
    secure = told.flag("secure_boot")
    if secure is not None and sketch.os == "linux":
        sketch.files[_SECURE_BOOT] = f"\x06\x00\x00\x00{chr(secure)}"
    board = told.text("board", "device_tree_model") if told.has("board", "device_tree_model") else ""
    jetson = told.first("jetson")
    if board or jetson:
        name = board or (one_line(jetson) if isinstance(jetson, str) else "NVIDIA Jetson")
        sketch.files.setdefault("/proc/device-tree/model", name + "\x00")
    release = told.matching(r"R?(\d{2})(?:\.\d+)*", "L4T release", "l4t", "nv_tegra_release")
    if release:
        sketch.files.setdefault("/etc/nv_tegra_release", f"# R{release} (release), REVISION: 0.0\n")
