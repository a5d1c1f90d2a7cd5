"""A folder of pictures, one sub-folder a class, as one array. Problems are found before training."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import ProjectError
from .progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm"}
)
SMALLEST = 4  # pixels a side; below, a picture is most likely a mistake such as a tracking pixel
GREY_MODES = frozenset({"1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "F"})


@dataclass(frozen=True)
class Pictures:
    """Images of one size with what they show."""

    images: np.ndarray  # uint8, (N, size, size, channels)
    labels: np.ndarray  # int64, (N,)
    classes: tuple[str, ...]
    files: tuple[Path, ...]


def list_images(folder: Path) -> tuple[Path, ...]:
    """Return the image files below a folder, sorted; hidden files and folders are left out."""
    return tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )


def class_folders(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Return the image files of each class, by the name of its folder.

    Raises `ProjectError` for a folder that is not there, has no sub-folders, has only one class, or a class
    without images.
    """
    if not folder.is_dir():
        raise ProjectError(f"there is no folder {folder}: give --data a folder with one sub-folder a class")
    found = {
        child.name: list_images(child)
        for child in sorted(folder.iterdir())
        if child.is_dir() and not child.name.startswith((".", "__"))
    }
    if empty := [name for name, files in found.items() if not files]:
        raise ProjectError(f"{folder}: no images in {', '.join(empty)}; add some or remove the folder")
    if len(found) < 2:  # one class is nothing to tell apart
        raise ProjectError(
            f"{folder} has {len(found)} sub-folders with images: at least two are needed, one a class"
        )
    return found


def read_folder(
    folder: Path, size: int, *, channels: int | None = None, classes: tuple[str, ...] = (), workers: int = 2
) -> Pictures:
    """Read every image below `folder`, scaled to `size` pixels a side.

    `channels` is 1 or 3; by default 1 when every picture is grey, else 3. `classes` fixes which classes there
    are and their order. Raises `ProjectError` that names up to five unreadable files.
    """
    found = class_folders(folder)
    if missing := [name for name in classes if name not in found]:
        raise ProjectError(f"{folder} has no folder for the class {', '.join(missing)}")
    classes = classes or tuple(found)
    files = tuple(path for name in classes for path in found[name])
    labels = np.repeat(np.arange(len(classes)), [len(found[name]) for name in classes])
    if channels is None:
        channels = 1 if all(_map(is_grey, files, workers, "looking at the images")) else 3
    return Pictures(read_files(files, size, channels, workers), labels.astype(np.int64), classes, files)


def read_files(files: tuple[Path, ...], size: int, channels: int, workers: int = 2) -> np.ndarray:
    """Return images as uint8 of shape (N, size, size, channels)."""
    try:
        images = np.empty((len(files), size, size, channels), np.uint8)
    except MemoryError:
        gib = len(files) * size * size * channels / 2**30
        raise ProjectError(
            f"{len(files)} images of {size} pixels need {gib:.1f} GiB: lower --image-size"
        ) from None

    def read(index: int) -> None:
        images[index] = read_image(files[index], size, channels)

    _map(read, range(len(files)), workers, "reading the images")
    return images


def read_image(path: Path, size: int, channels: int) -> np.ndarray:
    """Return one image as uint8 (size, size, channels): turned upright, cropped to a square, scaled."""
    with _opened(path) as image:
        if min(image.size) < SMALLEST:
            raise ProjectError(f"{path} is only {image.width}x{image.height} pixels")
        image.draft(
            "RGB" if channels > 1 else "L", (size * 2, size * 2)
        )  # a JPEG decodes faster to near its size
        upright = ImageOps.exif_transpose(image)
        flat = _flatten(upright, "L" if channels == 1 else "RGB")
        fitted = ImageOps.fit(flat, (size, size), Image.Resampling.BILINEAR)
    return np.asarray(fitted, np.uint8).reshape(size, size, channels)


def is_grey(path: Path) -> bool:
    """Tell from the header whether a picture has no colour."""
    with _opened(path) as image:
        return image.mode in GREY_MODES


def _flatten(image: Image.Image, mode: str) -> Image.Image:
    """Bring a picture of any mode to L or RGB; what is transparent becomes white, as on paper."""
    if (
        image.mode.startswith("I") or image.mode == "F"
    ):  # 16 bits and more: Pillow's own conversion would clip
        pixels = np.asarray(image, np.float64)
        top = 65535.0 if pixels.max() > 255 else 255.0
        image = Image.fromarray(np.clip(pixels * (255.0 / top), 0, 255).astype(np.uint8))
    if image.mode in {"LA", "PA", "RGBA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert(mode)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """Open an image; whatever is wrong with the file becomes a `ProjectError` that names it."""
    try:
        with Image.open(path) as image:
            yield image
    except UnidentifiedImageError:
        raise ProjectError(f"{path} is not an image") from None
    except ProjectError:
        raise
    except Exception as problem:  # decoders raise anything: OSError, SyntaxError, struct.error, ...
        raise ProjectError(f"cannot read {path}: {problem or type(problem).__name__}") from None


def _map(work: Callable[[Item], Result], items: Sequence[Item], workers: int, label: str) -> list[Result]:
    """Do the work for each item, in threads (Pillow decodes outside the GIL); report all problems at once."""
    results: list[Result] = []
    problems: list[str] = []

    def attempt(item: Item) -> Result | ProjectError:
        try:
            return work(item)
        except ProjectError as problem:
            return problem

    with ThreadPoolExecutor(max(1, workers)) as pool, Progress(len(items), label, "image") as bar:
        # without workers everything stays in this thread, where a debugger stops at breakpoints
        for result in pool.map(attempt, items) if workers else map(attempt, items):
            bar.advance()
            if isinstance(result, ProjectError):
                problems.append(str(result))
            else:
                results.append(result)
    if problems:
        more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
        raise ProjectError("; ".join(problems[:5]) + more + ": repair or delete them")
    return results


def fit_images(images: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Return uint8 images (N, height, width, channels) in another size and with 1 or 3 channels."""
    height, width, channels = shape
    if images.shape[3] != channels:
        grey = images @ np.array([0.299, 0.587, 0.114]) if channels == 1 else images[..., 0]  # ITU-R 601 luma
        images = np.repeat(np.round(grey).astype(np.uint8)[..., None], channels, axis=3)
    if images.shape[1:3] == (height, width):
        return images
    fitted = np.empty((len(images), *shape), np.uint8)
    for at, image in enumerate(images):
        picture = Image.fromarray(image if channels > 1 else image[:, :, 0])
        fitted[at] = np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR)).reshape(shape)
    return fitted
