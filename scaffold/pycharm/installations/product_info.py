"""``product-info.json``: what an installed PyCharm says of itself. Nothing is run.

The format is that of JetBrains' product-info.schema.json (intellij-community, read 2026-11-22): paths are
below the folder that holds the file; of a Mac's application that is ``Contents/Resources``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold.machine.host import normalised_architecture
from scaffold.pycharm.installations.model import numbers
from scaffold.pycharm.products import BY_CODE, DEFAULTS, Edition, Product, edition_of
from scaffold.system import OperatingSystem, System

NAME = "product-info.json"

#: How the file spells an operating system.
_SYSTEMS: Mapping[str, OperatingSystem] = {"Linux": "linux", "Windows": "windows", "macOS": "macos"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductInfo:
    """What matters to us of the file, for one operating system and architecture."""

    product: Product
    version: str
    build: str
    settings: str  # name of the folder with the user's settings: PyCharm2026.2
    launcher: str  # path below the file's folder
    vmoptions: str  # name of the file, without its folder
    desktop_class: str = ""
    icon: str = ""

    @property
    def edition(self) -> Edition:
        """Community, Professional before 2025.1, and what is both since."""
        return edition_of(self.product, numbers(self.version))


def parse(text: str, system: OperatingSystem, machine: str = "") -> ProductInfo | None:
    r"""What the file says; None where it is none, or of another product.

    >>> parse('{"name": "PyCharm", "version": "2026.2.3", "buildNumber": "262.8117.27", "productCode": "PY",'
    ...       ' "dataDirectoryName": "PyCharm2026.2", "svgIconPath": "bin/pycharm.svg",'
    ...       ' "launch": [{"os": "Linux", "arch": "amd64", "launcherPath": "bin/pycharm",'
    ...       ' "vmOptionsFilePath": "bin/pycharm64.vmoptions", "startupWmClass": "jetbrains-pycharm"}]}',
    ...       "linux", "x86_64")
    ... # doctest: +NORMALIZE_WHITESPACE
    ProductInfo(product='PyCharm', version='2026.2.3', build='262.8117.27', settings='PyCharm2026.2',
        launcher='bin/pycharm', vmoptions='pycharm64.vmoptions', desktop_class='jetbrains-pycharm',
        icon='bin/pycharm.svg')
    >>> parse('{"productCode": "IU"}', "linux"), parse('[1]', "linux"), parse('{"launch": 1', "linux")
    (None, None, None)
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    product = BY_CODE.get(_text(values, "productCode"))
    if product is None:
        return None
    launch = _launch(values.get("launch"), system, machine)
    default, options = DEFAULTS[system]
    version = _text(values, "version")
    major = ".".join(version.split(".")[:2])
    return ProductInfo(
        product=product,
        version=version,
        build=_text(values, "buildNumber"),
        settings=_name(_text(values, "dataDirectoryName")) or f"{product}{major}",
        launcher=_inside(_text(launch, "launcherPath")) or default,
        vmoptions=_name(_text(launch, "vmOptionsFilePath")) or options,
        desktop_class=_text(launch, "startupWmClass"),
        icon=_inside(_text(values, "svgIconPath")),
    )


def read(system: System, folder: Path) -> ProductInfo | None:
    """What the PyCharm in ``folder`` (or the .app of that name) says of itself; None where there is none."""
    facts = system.platform
    place = folder / "Contents" / "Resources" if facts.os == "macos" else folder
    text = system.read_text(place / NAME)
    return None if text is None else parse(text, facts.os, facts.machine)


def _launch(rows: object, system: OperatingSystem, machine: str) -> Mapping[str, Any]:
    """The row for this system; where several are, the one for this architecture."""
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    fitting = [row for row in listed if _SYSTEMS.get(_text(row, "os")) == system]
    wanted = normalised_architecture(machine, system)
    same = (row for row in fitting if normalised_architecture(_text(row, "arch"), system) == wanted)
    return next(same, fitting[0] if fitting else {})


def _text(values: object, key: str) -> str:
    value = values.get(key) if isinstance(values, dict) else None
    return value if isinstance(value, str) and "\0" not in value else ""


def _name(path: str) -> str:
    r"""The last part of a path; a name that would lead elsewhere is none.

    >>> _name("../bin/pycharm.vmoptions"), _name(".."), _name("C:")
    ('pycharm.vmoptions', '', '')
    """
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    return "" if name in {".", ".."} or ":" in name else name


def _inside(path: str) -> str:
    """A relative path that stays below its folder, else nothing."""
    parts = PurePosixPath(path.replace("\\", "/"))
    return "" if not parts.name or parts.is_absolute() or ".." in parts.parts or ":" in path else str(parts)
