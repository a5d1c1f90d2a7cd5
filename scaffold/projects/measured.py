"""What a template reached on a machine where it was tried: ``measured.json`` beside its ``template.toml``.

`benchmarks/templates.py` writes it; `scaffold templates show` and the docs print it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.errors import TemplateBroken
from scaffold.results import read_json

FILE = "measured.json"
SCHEMA = "scaffold/measured/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One program of one framework, run once with its default settings and one thread."""

    framework: str  # pytorch | keras | numpy
    job: str  # train | finetune
    measure: str  # accuracy: the headline of its metrics.json
    value: float
    beside: float  # the baseline's (train), of training from scratch (finetune)
    beside_name: str  # logistic regression on pixels; from scratch
    processor_seconds: float  # of the whole program
    seconds: float  # by the clock
    peak_mb: float  # largest resident set, 10^6 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All rows, and what they were made on."""

    date: str  # 2026-11-22
    machine: str  # the processor, one thread
    versions: str  # of the frameworks
    rows: tuple[Row, ...]

    def without(self, frameworks: Collection[str]) -> Measured:
        """What is left for a project that does not have these frameworks."""
        return replace(self, rows=tuple(row for row in self.rows if row.framework not in frameworks))


def read_measured(folder: Path) -> Measured | None:
    """What was measured of the template in a folder, None where nothing was. Raises `TemplateBroken`."""
    file = folder / FILE
    try:
        content = read_json(file.read_text(encoding="utf-8"))
        schema = content.pop("schema")
        measured = Measured(**{**content, "rows": tuple(Row(**one) for one in content["rows"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise TemplateBroken(f"{file} cannot be read: {problem}") from problem
    if schema != SCHEMA:
        raise TemplateBroken(f"{file} is of the schema {schema}, not {SCHEMA}")
    return measured


def lines(measured: Measured) -> list[str]:
    """A line a row, for people.

    >>> row = Row(framework="keras", job="train", measure="accuracy", value=0.9933, beside=0.9213,
    ...           beside_name="a line", processor_seconds=76.2, seconds=80, peak_mb=812.4)
    >>> lines(Measured(date="2026-11-22", machine="one", versions="x", rows=(row,)))
    ['keras train: accuracy 0.9933 (a line: 0.9213), 76 s of processor time, 812 MB']
    """
    return [
        f"{one.framework} {one.job}: {one.measure} {one.value:.4g} ({one.beside_name}: {one.beside:.4g}),"
        f" {one.processor_seconds:.0f} s of processor time, {one.peak_mb:.0f} MB"
        for one in measured.rows
    ]
