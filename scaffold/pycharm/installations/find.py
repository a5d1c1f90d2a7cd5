"""Every PyCharm on this machine, the newest first. Nothing of it is started."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

from scaffold.pycharm.configs import base_folder
from scaffold.pycharm.installations import folders, registry, toolbox
from scaffold.pycharm.installations.model import How, Installation, numbers
from scaffold.pycharm.installations.packaged import Packaged, packaged
from scaffold.pycharm.installations.places import real
from scaffold.pycharm.installations.product_info import ProductInfo, read
from scaffold.pycharm.products import DEFAULTS, edition_of
from scaffold.system import System


def installations(system: System) -> tuple[Installation, ...]:
    """What is installed, each once by its real folder, the newest first; of one version ours is the first.

    A folder counts only by its product-info.json; an application of a store (snap, Flatpak) also without.
    """
    found: dict[Path, Installation] = {}
    for one in _all(system):
        found.setdefault(real(system, one.folder), one)
    ways = get_args(How)
    by_way = sorted(found.values(), key=lambda one: ways.index(one.how))
    return tuple(sorted(by_way, key=lambda one: numbers(one.version), reverse=True))


def at(system: System, folder: Path, how: How = "standalone", reason: str = "") -> Installation | None:
    """The PyCharm in a folder (or .app); None where there is none."""
    info = read(system, folder)
    return None if info is None else _installation(system, folder, info, how, reason or str(folder))


def _all(system: System) -> Iterator[Installation]:
    for store in packaged(system):
        yield _packaged(system, store)
    for folder, how, reason in _candidates(system):
        one = at(system, folder, how, reason)
        if one is not None:
            yield one


def _candidates(system: System) -> Iterator[tuple[Path, How, str]]:
    """The most telling way first: a folder that several lead to is told by the first of them."""
    for folder, reason in toolbox.folders(system):
        yield folder, "toolbox", reason
    for folder, reason in registry.folders(system):
        yield folder, "registry", reason
    yield from folders.candidates(system)
    for folder, reason in folders.on_path(system):
        yield folder, "path", reason


def _installation(system: System, folder: Path, info: ProductInfo, how: How, reason: str) -> Installation:
    settings = base_folder(system)
    return Installation(
        folder=folder,
        launcher=_launcher(system, folder, info),
        product=info.product,
        version=info.version,
        build=info.build,
        edition=info.edition,
        how=how,
        reason=reason,
        config_folder=None if settings is None else settings / info.settings,
        vmoptions=info.vmoptions,
        desktop_class=info.desktop_class,
        icon=folder / info.icon if info.icon and system.platform.os != "macos" else None,
    )


def _launcher(system: System, folder: Path, info: ProductInfo) -> tuple[str, ...]:
    """A Mac starts an application through ``open``: a program within it would hang on our terminal."""
    if system.platform.os == "macos":
        return ("open", "-na", str(folder), "--args")
    return (str(folder / info.launcher),)


def _packaged(system: System, store: Packaged) -> Installation:
    """An application of a store: started by the store's own means."""
    for folder in store.folders:
        info = read(system, folder)
        if info is not None and info.product == store.product:
            settings = store.settings or base_folder(system)
            one = _installation(system, folder, info, store.how, store.reason)
            config = None if settings is None else settings / info.settings
            return replace(one, launcher=store.launcher, config_folder=config)
    return Installation(
        folder=store.there,
        launcher=store.launcher,
        product=store.product,
        version="",
        build="",
        edition=edition_of(store.product, ()),
        how=store.how,
        reason=store.reason,
        config_folder=None,
        vmoptions=DEFAULTS["linux"][1],
    )
