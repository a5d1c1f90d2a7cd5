"""What kinds of sources images come from; a project's `sources.py` says which ones it knows by name."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .downloads import Download, fetch
from .errors import ProjectError
from .image_folder import read_folder
from .image_formats import read_cifar

Arrays = tuple[np.ndarray, np.ndarray]  # images uint8 (N, H, W, C) and labels int64 (N,)

THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CIFAR10 = Download(
    "cifar-10-binary.tar.gz",
    ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
)


@dataclass(frozen=True)
class Source:
    """Images with labels, and the parts that their publisher (or the user) made of them, if any."""

    classes: tuple[str, ...]
    mirror: bool  # a mirrored image keeps its class
    whole: Arrays | None = None  # not split yet
    train: Arrays | None = None
    validation: Arrays | None = None
    test: Arrays | None = None

    @property
    def rest(self) -> Arrays:
        """What is left to divide, or to train on, after the parts that were given."""
        rest = self.train or self.whole
        if rest is None:
            raise ValueError("a source has either `train` or `whole`")
        return rest


def package_file(package: str, *parts: str) -> Path:
    """Return a data file of an installed package without importing it, which can take seconds."""
    spec = importlib.util.find_spec(package)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(place, *parts)).is_file():
            return path
    wanted = "/".join((package, *parts))
    raise ProjectError(
        f"{wanted} is not installed; install the project's requirements again, or choose other --data"
    )


def cifar10(cache: Path) -> Source:
    """Read CIFAR-10, 60,000 photos of 32x32 in 10 classes, downloaded once."""
    parts = read_cifar(fetch(CIFAR10, cache / "cifar10"))
    return Source(THINGS, mirror=True, train=parts["train"], test=parts["test"])


# --- a folder of the user's own images

PARTS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val"),
    "test": ("test", "testing"),
}


def divided_folder(folder: Path, size: int, workers: int, channels: int | None = None) -> Source:
    """Read one folder a class, or a `train` folder (with `test`, `val` beside it) that holds them."""
    found = {
        part: next((folder / name for name in names if (folder / name).is_dir()), None)
        for part, names in PARTS.items()
    }
    if found["train"] is None:
        pictures = read_folder(folder, size, channels=channels, workers=workers)
        return Source(pictures.classes, mirror=True, whole=(pictures.images, pictures.labels))
    first = read_folder(found["train"], size, channels=channels, workers=workers)
    arrays: dict[str, Arrays] = {"train": (first.images, first.labels)}
    for part in ("validation", "test"):
        if (place := found[part]) is not None:
            channels = first.images.shape[3]
            more = read_folder(place, size, channels=channels, classes=first.classes, workers=workers)
            arrays[part] = more.images, more.labels
    return Source(first.classes, mirror=True, **arrays)
