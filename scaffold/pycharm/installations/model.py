"""An installed PyCharm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scaffold.pycharm.products import Edition, Product

How = Literal["ours", "toolbox", "snap", "flatpak", "bundle", "registry", "standalone", "path"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One PyCharm. ``launcher`` is an argv that takes the folder to open as its last argument."""

    folder: Path  # the one above bin/; of a Mac's application the .app
    launcher: tuple[str, ...]
    product: Product
    version: str  # 2026.2.3; "" where it does not say
    build: str  # 262.1234.56
    edition: Edition
    how: How
    reason: str  # where it was found
    config_folder: Path | None  # of the user's settings; it need not be there before the first start
    vmoptions: str  # name of the user's file of JVM options: pycharm64.vmoptions
    desktop_class: str = ""  # of its windows, for a Linux desktop's menu
    icon: Path | None = None

    @property
    def title(self) -> str:
        """``PyCharm 2026.2.3``, ``PyCharm Community 2025.2``."""
        edition = "" if self.edition == "unified" else f" {self.edition}"
        return f"PyCharm{edition} {self.version}".rstrip()


def numbers(version: str) -> tuple[int, ...]:
    """A version's or a build's numbers, for comparing.

    >>> numbers("2026.2.3") > numbers("2026.2"), numbers("262.8117.27"), numbers("unknown")
    (True, (262, 8117, 27), ())
    """
    return tuple(int(part) for part in re.findall(r"\d{1,9}", version))
