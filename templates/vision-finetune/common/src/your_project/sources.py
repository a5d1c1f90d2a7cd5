"""Where images come from. Each source gives arrays; `data.py` splits them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import photos
from .errors import ProjectError
from .files import find, project_root
from .image_folder import fit_images
from .image_sources import Source, cifar10, divided_folder

if TYPE_CHECKING:
    from .image_sources import Arrays
    from .settings import Settings

__all__ = ["Arrays", "Source", "read"]

SMALL, OWN = 64, 160  # pixels a side, unless --image-size says otherwise
COLOURS = 3  # what networks that know ImageNet take; grey pictures are turned into it


def read(settings: Settings) -> Source:
    """Read the images that `settings.data` names: a built-in name or a folder."""
    if settings.data == "photos":
        return photos.read(settings.image_size or SMALL)
    if settings.data == "cifar10":
        return scaled(cifar10(project_root() / settings.cache), settings.image_size or SMALL)
    folder = find(settings.data)
    if not folder.is_dir():
        raise ProjectError(f"--data {settings.data} is neither a folder nor one of photos, cifar10")
    return divided_folder(folder, settings.image_size or OWN, settings.workers, COLOURS)


def scaled(source: Source, size: int) -> Source:
    """Return a source's images enlarged: 32 pixels would leave one after five halvings."""

    def fitted(arrays: Arrays | None) -> Arrays | None:
        return arrays and (fit_images(arrays[0], (size, size, COLOURS)), arrays[1])

    return replace(source, train=fitted(source.train), test=fitted(source.test))
