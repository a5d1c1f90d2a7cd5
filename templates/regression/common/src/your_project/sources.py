"""Where tables come from. Each source gives typed columns; `data.py` divides the rows."""

from __future__ import annotations

import importlib.util
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .downloads import Download, fetch
from .errors import ProjectError
from .files import find, project_root
from .tables import Table, read_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from .settings import Settings

DIABETES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
# https://lib.stat.cmu.edu/datasets/houses.zip, in the form and with the checksum that scikit-learn publishes
CALIFORNIA = Download(
    "cal_housing.tgz",
    ("https://ndownloader.figshare.com/files/5976036",),
    "aaa5c9a6afe2225cc2aed2723682ae403280c4a3695a2ddda4ffb5d8215ea681",
)


@dataclass(frozen=True)
class Source:
    """A table, and which of its columns mean what."""

    table: Table
    target: str
    group: str = ""  # column by which fine-tuning divides the rows, "" = none is known
    new: tuple[str, ...] = ()  # values of it that are new to the base, () = all but the commonest


def read(settings: Settings) -> Source:
    """Read the rows that `settings.data` names: a built-in name or a file."""
    readers: dict[str, Callable[[], Source]] = {
        "auto-mpg": _auto_mpg,
        "diabetes": _diabetes,
        "california": lambda: _california(project_root() / settings.cache / "california"),
    }
    if settings.data in readers:
        source = readers[settings.data]()
    else:
        path = find(settings.data)
        if not path.exists():
            names = ", ".join(readers)
            raise ProjectError(f"--data {settings.data} is neither a file nor one of {names}")
        table = read_table(path, kinds=dict.fromkeys(settings.categories, "category"))
        source = Source(table, table.names[-1])
        if not settings.target:
            print(
                f"data        the last column, {source.target!r}, is predicted; another one: --target COLUMN"
            )
    target, group = settings.target or source.target, settings.group or source.group
    for name in (target, *settings.categories):
        source.table.column(name)
    if group:
        source.table.column(group)
    if group == target or target in settings.drop:
        raise ProjectError(f"{target!r} is the target: it can neither be dropped nor divide the rows")
    return Source(source.table, target, group, settings.new or (source.new if group == source.group else ()))


# --- data that comes with the project or with an installed package


def _auto_mpg() -> Source:
    """Read 392 cars; see `samples/README.md`."""
    table = read_table(Path(__file__).parent / "samples" / "auto_mpg.csv")
    # Cars of one weight went half as far again on a gallon after the oil crisis of 1979: a network that was
    # trained before it has grown old, and a few new cars tell by how much.
    return Source(table, "mpg", group="model_year", new=("80", "81", "82"))


def _diabetes() -> Source:
    """Read 442 patients of the scikit-learn package: ten measurements and the disease a year later.

    Efron, Hastie, Johnstone and Tibshirani 2004, "Least Angle Regression". In their own units: those that
    `load_diabetes()` gives by default were scaled with the rows that one is going to test on.
    """
    spec = importlib.util.find_spec("sklearn")  # without importing it
    places = (
        [Path(place, "datasets", "data") for place in (spec.submodule_search_locations or ())] if spec else []
    )
    try:
        folder = next(place for place in places if place.is_dir())
        rows = np.loadtxt(folder / "diabetes_data_raw.csv.gz")
        target = np.loadtxt(folder / "diabetes_target.csv.gz")
    except (StopIteration, OSError, ValueError) as problem:
        raise ProjectError(
            f"cannot read diabetes of scikit-learn ({problem or 'it is not there'}): pip install scikit-learn"
        ) from None
    columns = {**dict(zip(DIABETES, rows.T, strict=True)), "progression": target}
    return Source(_numbers("diabetes", columns), "progression", group="sex")


# --- published data, downloaded once


def _california(cache: Path) -> Source:
    """Read 20,640 districts of California in 1990 and the median price of a house, in 100,000 dollars.

    Pace and Barry 1997, "Sparse Spatial Autoregressions". Rooms, bedrooms and people are told per household,
    as in scikit-learn.
    """
    file = fetch(CALIFORNIA, cache)
    try:
        with tarfile.open(file) as archive:
            content = archive.extractfile("CaliforniaHousing/cal_housing.data")
            rows = np.loadtxt(content, delimiter=",") if content else np.empty((0, 9))
        longitude, latitude, age, rooms, bedrooms, people, households, income, value = rows.T
    except (OSError, EOFError, KeyError, ValueError, tarfile.TarError) as problem:
        raise ProjectError(f"cannot read {file} ({problem}): delete it, and it is downloaded again") from None
    columns = {
        "income": income,
        "age": age,
        "rooms": rooms / households,
        "bedrooms": bedrooms / households,
        "people": people,
        "household": people / households,
        "latitude": latitude,
        "longitude": longitude,
        "value": value / 100_000,
    }
    return Source(_numbers("california", columns), "value")


def _numbers(name: str, columns: dict[str, np.ndarray]) -> Table:
    """Return a table of numbers."""
    count = len(next(iter(columns.values())))
    return Table(name, columns, dict.fromkeys(columns, "number"), np.arange(1, count + 1))
