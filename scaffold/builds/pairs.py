"""Two GPU frameworks in one environment: which pairs are known to share one set of CUDA libraries."""

from __future__ import annotations

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.candidates import Candidate
from scaffold.builds.rows import Pair


def pair_of(
    torch: Version, variant: str, tensorflow: Version, *, ordinary_index: bool = False
) -> Pair | None:
    """The row that says that these releases share an environment; None where none does.

    ``ordinary_index``: that PyTorch comes from the ordinary index, whose wheels pin their libraries.
    """
    rows = (row for row in tables.pairs().clean if row.torch is not None and row.tensorflow is not None)
    return next(
        (
            row
            for row in rows
            if _speaks_of(row, torch, variant, tensorflow) and (ordinary_index or not row.ordinary_index)
        ),
        None,
    )


def clash(torch: Version, variant: str, tensorflow: Version) -> str:
    """What goes wrong with a pair, where it is known; else that nobody has looked."""
    rows = (row for row in tables.pairs().clashes if _speaks_of(row, torch, variant, tensorflow))
    return next((row.why for row in rows), "nobody has seen this pair share one set of CUDA libraries")


def clean_pairs(
    torch: tuple[Candidate, ...], tensorflow: tuple[Candidate, ...]
) -> tuple[tuple[Candidate, Candidate, Pair], ...]:
    """Every two candidates, both on the GPU, that share an environment."""
    return tuple(
        (one, other, row)
        for one in torch
        if one.device == "cuda" and not one.refusal
        for other in tensorflow
        if other.devices and not other.refusal
        if (row := pair_of(one.version, one.variant, other.version, ordinary_index=one.kind != "pytorch"))
    )


def _speaks_of(row: Pair, torch: Version, variant: str, tensorflow: Version) -> bool:
    return (
        row.torch is not None
        and row.tensorflow is not None
        and torch.public in row.torch
        and tensorflow.public in row.tensorflow
        and (not row.torch_variants or variant in row.torch_variants)
    )
