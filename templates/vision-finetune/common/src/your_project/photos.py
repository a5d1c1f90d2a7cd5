"""Ten photographs that installed packages bring, cut into small images: real data without a download.

Each photograph is a class. It is divided before anything is cut, so that no pixel of a training image is in
a validation or test image: the upper half into strips for training, validation and test, the lower half into
the same from right to left, so that training sees something of either side. With crops from everywhere a
network could tell the classes by what it has learned by heart.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from .errors import ProjectError
from .image_sources import Source, package_file

#: class: package and file; scikit-image's are CC0 or public domain, see `skimage/data/_fetchers.py`
PHOTOS = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "cat": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
    "galaxies": ("skimage", "data/hubble_deep_field.jpg"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
    "palace": ("sklearn", "datasets/images/china.jpg"),
    "retina": ("skimage", "data/retina.jpg"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "tissue": ("skimage", "data/ihc.png"),
}
#: part: where its strip begins and ends as a share of the width, and how many images of a class it gives
STRIPS = {"train": (0.0, 0.4, 20), "validation": (0.4, 0.65, 30), "test": (0.65, 1.0, 40)}
SCALE = 4  # a photograph is this many images high


def read(size: int) -> Source:
    """Return square images of this many pixels a side, always the same ones."""
    photos = [photograph(package, file, size * SCALE) for package, file in PHOTOS.values()]
    parts = {part: patches(photos, *strip, size) for part, strip in STRIPS.items()}
    return Source(tuple(PHOTOS), mirror=True, **parts)


def patches(
    photos: list[np.ndarray], start: float, end: float, count: int, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return `count` crops of each photograph, all between these shares of its width, and their classes."""
    random = np.random.default_rng(round(1000 * start))  # the places are part of the data: no seed moves them
    found = []
    for photo in photos:
        height, width = photo.shape[:2]
        places: list[tuple[int, int]] = []
        while len(places) < count:
            lower = len(places) % 2 == 1
            row = int(random.integers(0, height // 2 - size + 1)) + lower * (height // 2)
            column = int(random.integers(round(start * width), round(end * width) - size + 1))
            if lower:  # the lower half is divided the other way round
                column = width - size - column
            if (row, column) not in places:  # a strip can be as narrow as an image, and rows are soon used up
                places.append((row, column))
        found += [photo[row : row + size, column : column + size] for row, column in places]
    return np.stack(found), np.repeat(np.arange(len(photos)), count)


def photograph(package: str, file: str, height: int) -> np.ndarray:
    """Return a photograph as uint8 (height, width, 3), scaled to this height."""
    path = package_file(package, file)
    try:
        with Image.open(path) as image:
            width = round(image.width * height / image.height)
            return np.array(image.convert("RGB").resize((width, height), Image.Resampling.BICUBIC))
    except OSError as problem:
        raise ProjectError(f"cannot read {path}: {problem}; install its package again") from None
