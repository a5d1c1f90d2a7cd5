"""The signatures, read from their files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from scaffold.logs.model import Signature
from scaffold.toml import loads

FOLDER = Path(__file__).parent / "signs"


@cache
def signatures() -> tuple[Signature, ...]:
    """Every signature, file by file."""
    return tuple(
        _signature(row)
        for path in sorted(FOLDER.glob("*.toml"))
        for row in loads(path.read_text(encoding="utf-8")).get("sign", ())
    )


def _signature(row: dict[str, Any]) -> Signature:
    lists = {
        "needles": tuple(one.lower() for one in row["needles"]),
        "commands": tuple(tuple(one) for one in row.get("commands", ())),
        "not_the_cause": tuple(row.get("not_the_cause", ())),
        "explained_by": tuple(row.get("explained_by", ())),
    }
    return Signature(**{**row, **lists})
