"""A recorded host without what its owner would not like to mail. Pure functions over the record.

Taken out or replaced: the user's name and folder, the computer's name, serial numbers and unique ids of
devices (by others, the same for the same), the ids of containers, environment variables that decide
nothing about a device, and everything of large files that the detection does not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_UUID = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f])")
_AMD_ID = re.compile(r"^unique_id (\d+)$", re.MULTILINE)
_PREFIX = re.compile(r"(?<=GPU-)[0-9A-Fa-f-]{1,36}")
_LONG_ID = re.compile(r"[0-9a-f]{24,}")

#: Variables that say which devices a program sees, and where Windows keeps its own.
_TELLING = re.compile(
    r"\w*VISIBLE_DEVICES|ZE_\w+|HSA_OVERRIDE_\w+|GPU_DEVICE_ORDINAL|CUDA_DEVICE_ORDER|ONEAPI_DEVICE_SELECTOR"
    r"|NVIDIA_DRIVER_CAPABILITIES|SYSTEMROOT|SystemRoot|WINDIR|PROCESSOR_\w+|LD_LIBRARY_PATH|WSL_INTEROP"
)
#: Their value is an address or a name; that they are set is all that counts.
_SET = {
    "KUBERNETES_SERVICE_HOST": "10.0.0.1",
    "WSL_DISTRO_NAME": "Linux",
    "WSL_INTEROP": "/run/WSL/1_interop",
}


def scrubbed(record: Mapping[str, Any], *, computer: str = "", user: str = "") -> dict[str, Any]:
    """The record, fit to be shown to strangers; the detection finds the same in it, ids aside."""
    kept = dict(record)
    kept["environment"] = _environment(record["environment"])
    kept["files"] = {path: _file(path, text, record) for path, text in record["files"].items()}
    kept = each_text(kept, _without_ids(kept))
    home = record.get("home")
    neutral = "C:\\Users\\user" if record["platform"]["os"] == "windows" else "/home/user"
    if home and not is_nobodys(home):
        kept = each_text(kept, lambda text: without_home(text, home, neutral))
        kept["home"] = neutral
    named: dict[str, Any] = each_text(kept, lambda text: without_names(text, computer, user))
    return named


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in variables.items() if _TELLING.fullmatch(name)}
    return kept | {name: value for name, value in _SET.items() if name in variables}


def _file(path: str, text: str, record: Mapping[str, Any]) -> str:
    name = path.rsplit("/", 1)[-1]
    if name == "pci.ids":
        return shortened_ids(text, _devices(record))
    if name == "cpuinfo":
        first, *others = text.rstrip().split("\n\n")
        board = [block for block in others[-1:] if not block.startswith("processor")]  # on Arm
        return without_serials("\n\n".join((first, *board)) + "\n")
    if name == "environ":  # of the first process: only the word that says what it runs in
        return "\x00".join(re.findall(r"(?<![^\x00])container=\w+", text))
    if name == "cgroup":
        return re.sub(
            r"user-\d+|session-\w+", lambda m: m[0].split("-")[0] + "-1", _LONG_ID.sub("0" * 64, text)
        )
    return text


def without_serials(text: str) -> str:
    r"""Lines without the serial numbers of boards.

    >>> without_serials("model name\t: x\nSerial\t\t: 10000000c3d1\n")
    'model name\t: x\nSerial\t\t: 0\n'
    """
    return re.sub(r"^(serial[^:\n]*:)[ \t]*\S.*$", r"\1 0", text, flags=re.MULTILINE | re.IGNORECASE)


def shortened_ids(ids: str, devices: Mapping[str, set[str]]) -> str:
    r"""The PCI ID database, of which only these vendors' devices stay.

    >>> shortened_ids("10de  NVIDIA\n\t2504  GA106\n\t2505  Other\n1002  AMD\n", {"10de": {"2504"}})
    '10de  NVIDIA\n\t2504  GA106\n'
    """
    lines, vendor = [], ""
    for line in ids.splitlines():
        if re.match(r"[0-9a-f]{4}  ", line):
            vendor = line[:4]
            wanted = vendor in devices
        else:
            wanted = line[1:5] in devices.get(vendor, ()) and line.startswith("\t") and line[1:2] != "\t"
        if wanted:
            lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def _devices(record: Mapping[str, Any]) -> dict[str, set[str]]:
    """Vendor -> devices, of every card in the record."""
    found: dict[str, set[str]] = {}
    for path, text in record["files"].items():
        if path.endswith("/device") and path.startswith("/sys/"):
            vendor = record["files"].get(f"{path.removesuffix('device')}vendor", "").strip()
            found.setdefault(vendor.removeprefix("0x"), set()).add(text.strip().removeprefix("0x"))
    return found


def _without_ids(record: Mapping[str, Any]) -> Callable[[str], str]:
    """Replace the ids of devices, the same for the same, also where a mask names one by its beginning."""
    texts = [*record["environment"].values(), *record["files"].values()]
    for kind in ("probes", "commands"):
        texts += [
            str(answer[key])
            for answer in record[kind].values()
            for key in ("stdout", "stderr")
            if key in answer
        ]
    asked = " ".join(record["commands"])  # ids in a command line are ours: a class of devices in the registry
    return ids_replaced(texts, asked)


def ids_replaced(texts: Iterable[str], spared: str = "") -> Callable[[str], str]:
    """What replaces the ids of devices that stand in the texts, less those that are ``spared``."""
    texts = list(texts)
    ids = list(
        dict.fromkeys(one.lower() for text in texts for one in _UUID.findall(text) if one not in spared)
    )
    ids += [f"{int(one):016x}" for text in texts for one in _AMD_ID.findall(text) if int(one)]
    others = {one: _other(one, number) for number, one in enumerate(dict.fromkeys(ids), 1)}

    def of_prefix(match: re.Match[str]) -> str:
        meant = [other for one, other in others.items() if one.startswith(match[0].lower())]
        return meant[0] if len(meant) == 1 else match[0] if match[0] in others.values() else "0"

    def replaced(text: str) -> str:
        text = _UUID.sub(lambda m: others.get(m[0].lower(), m[0]), text)
        text = _AMD_ID.sub(lambda m: f"unique_id {int(others.get(f'{int(m[1]):016x}', '0'), 16)}", text)
        return _PREFIX.sub(of_prefix, text)

    return replaced


def _other(known: str, number: int) -> str:
    return f"{number:08x}-0000-0000-0000-{number:012x}" if "-" in known else f"{number:016x}"


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The same structure with every text changed, names of commands and files too."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(key): each_text(one, change) for key, one in value.items()}
    return [each_text(one, change) for one in value] if isinstance(value, (list, tuple)) else value


def is_nobodys(home: str) -> bool:
    """Whether the folder's name tells nothing of its owner."""
    return home in {"/", "/root", "/home/user", "C:\\Users\\user"}


def without_home(text: str, home: str, neutral: str) -> str:
    """The text with another folder in the place of the user's own."""
    return re.sub(rf"{re.escape(home)}(?![\w.-])", lambda _: neutral, text)


def without_names(text: str, computer: str, user: str) -> str:
    """Paths and addresses without names. Short words and those of systems could be parts of anything."""
    for name, neutral in ((computer, "computer"), (user, "user")):
        if len(name) >= 4 and name.lower() not in {"root", "user", "ubuntu", "debian", "linux", "localhost"}:
            text = re.sub(rf"(?<=[/\\@=]){re.escape(name)}(?![\w.-])", neutral, text)
    return text
