"""The facts about hardware that age: ``data/*.toml``, each block with its source and date."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@cache
def table(name: str) -> dict[str, Any]:
    """One data file, parsed once."""
    from scaffold.toml import loads

    return loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))
