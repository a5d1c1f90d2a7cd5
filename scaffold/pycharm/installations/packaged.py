"""PyCharm from Linux's application stores: snap and Flatpak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scaffold.pycharm.installations.model import How
from scaffold.pycharm.installations.places import below_home, variable
from scaffold.pycharm.products import LINES, Product
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaged:
    """One application of a store: where its files may lie, how it is started, where its settings are."""

    how: How
    product: Product
    folders: tuple[Path, ...]  # the first that holds a product-info.json counts
    there: Path  # it is installed where this exists
    launcher: tuple[str, ...]
    reason: str
    settings: Path | None = None  # None: where every PyCharm has them


def packaged(system: System) -> Iterator[Packaged]:
    """Everything that snap and Flatpak have of PyCharm on this machine."""
    if system.platform.os != "linux":
        return
    for name, product in ((name, line.product) for line in LINES for name in line.snaps):
        folder = Path("/snap") / name / "current"
        if system.exists(folder):
            program = f"/snap/bin/{name}"
            launcher = (program,) if system.exists(program) else ("snap", "run", name)
            yield Packaged(how="snap", product=product, folders=(folder,), there=folder, launcher=launcher,
                           reason=f"the snap {name}")  # fmt: skip
    yield from _flatpaks(system)


def _flatpaks(system: System) -> Iterator[Packaged]:
    data = variable(system, "XDG_DATA_HOME") or below_home(system, ".local", "share")
    bases = [Path("/var/lib/flatpak"), *([data / "flatpak"] if data else [])]
    for name, product in ((name, line.product) for line in LINES for name in line.flatpaks):
        for base in bases:
            active = base / "app" / name / "current" / "active"
            if not system.exists(active):
                continue
            files = active / "files"
            below = [files / one for one in system.list_folder(files)]
            extra = [files / "extra" / one for one in system.list_folder(files / "extra")]
            yield Packaged(
                how="flatpak",
                product=product,
                folders=(files, *below, *extra),
                there=active,
                launcher=("flatpak", "run", name),
                reason=f"the Flatpak {name}",
                settings=below_home(system, ".var", "app", name, "config", "JetBrains"),
            )
            break
