"""What the names of a release's wheels, their sizes and their METADATA say. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.sources.model import Wheel

if TYPE_CHECKING:
    from scaffold.sources.metadata import Metadata

#: The tables' platforms, in the order in which rows name them.
PLATFORMS = ("linux_x86_64", "linux_aarch64", "windows_x86_64", "macos_arm64", "macos_x86_64")

#: Older names of manylinux tags (PEP 513, PEP 571, PEP 599).
_NICKNAMES = {"manylinux1": "2.5", "manylinux2010": "2.12", "manylinux2014": "2.17"}

_TAG = re.compile(
    r"(?P<linux>manylinux(?:_\d+_\d+|1|2010|2014))_(?P<arch>x86_64|aarch64)"
    r"|macosx_(?P<macos>\d+_\d+)_(?P<mac>arm64|x86_64|universal2)|(?P<windows>win_amd64)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a wheel's name says that it was built for."""

    platform: str  # linux_x86_64
    python: str  # 3.12; "" for every Python
    free_threaded: bool
    floor: str  # the oldest glibc or macOS: 2.28; "" on Windows


def built_for(wheel: Wheel) -> tuple[Built, ...]:
    """What a wheel is for, a row a platform; empty for what the tables do not speak of (musl, 32 bit).

    >>> from scaffold.sources.model import Source
    >>> name = "torch-2.15.0-cp314-cp314t-manylinux_2_28_x86_64.whl"
    >>> built_for(Wheel(project="torch", version="2.15.0", filename=name, url="",
    ...                 source=Source(kind="index", location="")))
    (Built(platform='linux_x86_64', python='3.14', free_threaded=True, floor='2.28'),)
    """
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        _, _, _, tags = parse_wheel_filename(wheel.filename)
    except InvalidWheelFilename:
        return ()
    found: dict[tuple[str, str, bool], list[str]] = {}
    for tag in tags:
        version = re.fullmatch(r"cp3(\d+)", tag.interpreter)
        if version is None and not tag.interpreter.startswith("py3"):
            continue
        python = f"3.{version[1]}" if version else ""
        for platform, floor in _platforms(tag.platform):
            found.setdefault((platform, python, tag.abi.endswith("t")), []).append(floor)
    return tuple(
        Built(platform=platform, python=python, free_threaded=threads, floor=min(floors, key=numbers))
        for (platform, python, threads), floors in sorted(found.items())
    )


def pins(metadata: Metadata, platform: str, extra: str = "") -> Mapping[str, tuple[str, str]]:
    """What a wheel asks for on a platform: name -> (extras and specifier, lowest version that it names).

    >>> from scaffold.sources.metadata import Metadata
    >>> line = 'cuda-toolkit[cudart,nvtx]==13.2.2; platform_system == "Linux"'
    >>> pins(Metadata(name="torch", version="2.15.0", requires=(line,)), "linux_x86_64")
    {'cuda-toolkit': ('==13.2.2', '13.2.2')}
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, tuple[str, str]] = {}
    environment = {**_environment(platform), "extra": extra}
    for line in metadata.requires:
        try:
            one = Requirement(line)
            wanted = one.marker is None or one.marker.evaluate(environment)
        except (InvalidRequirement, ValueError):  # one strange line does not hide the others
            continue
        if wanted:
            bounds = [each for each in one.specifier if each.operator in {"==", ">=", "~="}]
            lowest = [each.version.removesuffix(".*") for each in bounds]
            text = ",".join(sorted(map(str, one.specifier), reverse=True))
            found[canonicalize_name(one.name)] = (text, max(lowest, key=numbers, default=""))
    return found


def toolkit(asked: Mapping[str, tuple[str, str]]) -> str:
    """The CUDA toolkit that a wheel was built with, ``13.2``; "" where it asks for no CUDA.

    >>> toolkit({"nvidia-cuda-runtime-cu12": ("==12.8.90", "12.8.90")})
    '12.8'
    """
    for name in (
        "cuda-toolkit",
        "nvidia-cuda-runtime",
        *(f"nvidia-cuda-runtime-cu{n}" for n in range(20, 10, -1)),
    ):
        parts = asked.get(name, ("", ""))[1].split(".")
        if len(parts) > 1:
            return ".".join(parts[:2])
    return ""


def cudnn(asked: Mapping[str, tuple[str, str]]) -> str:
    """The cuDNN that a wheel asks for; "" where it asks for none."""
    return next((low for name, (_, low) in asked.items() if re.fullmatch(r"nvidia-cudnn-cu\d+", name)), "")


def variant(cuda: str) -> str:
    """``cu132`` of ``13.2``; ``cpu`` of nothing."""
    return f"cu{cuda.replace('.', '')}" if cuda else "cpu"


def pythons(wheels: Iterable[Wheel], platform: str) -> tuple[str, ...]:
    """The CPython versions that wheels are for, oldest first; builds without the global lock left out."""
    found = {one.python for wheel in wheels for one in built_for(wheel) if _counts(one, platform)}
    return tuple(sorted(found, key=numbers))


def floors(wheels: Iterable[Wheel], platform: str) -> Mapping[str, str]:
    """The oldest glibc or macOS, by Python."""
    found: dict[str, str] = {}
    for wheel in wheels:
        for one in built_for(wheel):
            if _counts(one, platform) and one.floor:
                found[one.python] = min(found.get(one.python, one.floor), one.floor, key=numbers)
    return found


def megabytes(wheels: Iterable[Wheel]) -> dict[str, int]:
    """The size of the largest wheel of each platform, in whole megabytes; nothing where no source tells."""
    sizes: dict[str, int] = {}
    for wheel in wheels:
        for one in built_for(wheel):
            if wheel.size:
                sizes[one.platform] = max(sizes.get(one.platform, 0), wheel.size)
    return {platform: sizes[platform] // 10**6 for platform in PLATFORMS if platform in sizes}


def numbers(version: str) -> tuple[int, ...]:
    """A version's numbers, to be compared: (13, 2) of ``13.2``."""
    return tuple(int(digits) for digits in re.findall(r"\d+", version))


def _counts(one: Built, platform: str) -> bool:
    return one.platform == platform and bool(one.python) and not one.free_threaded


def _platforms(tag: str) -> list[tuple[str, str]]:
    """(platform, floor) of a platform tag; universal2 wheels are for both kinds of Mac."""
    match = _TAG.fullmatch(tag)
    if match is None:
        return []
    if match["linux"]:
        glibc = _NICKNAMES.get(match["linux"]) or match["linux"].removeprefix("manylinux_").replace("_", ".")
        return [(f"linux_{match['arch']}", glibc)]
    if match["windows"]:
        return [("windows_x86_64", "")]
    both = ("arm64", "x86_64") if match["mac"] == "universal2" else (match["mac"],)
    return [(f"macos_{one}", match["macos"].replace("_", ".")) for one in both]


def _environment(platform: str) -> dict[str, str]:
    """What the markers of requirements are held against, on Python 3.12."""
    system, _, machine = platform.partition("_")
    return {
        "platform_system": {"linux": "Linux", "windows": "Windows", "macos": "Darwin"}[system],
        "sys_platform": {"linux": "linux", "windows": "win32", "macos": "darwin"}[system],
        "os_name": "nt" if system == "windows" else "posix",
        "platform_machine": "AMD64" if system == "windows" else machine,
        "python_version": "3.12",
        "python_full_version": "3.12.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
