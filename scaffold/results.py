"""What scripts read: JSON with a schema and a version, the same envelope for every command.

And the reading of JSON that anybody may have written.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from enum import Enum
from pathlib import PurePath
from typing import Any

#: What a terminal obeys or hides and JSON does not escape by itself: C1, marks of direction, lone surrogates.
_OBEYED = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def envelope(schema: str, **payload: Any) -> str:
    """A JSON text that names its schema first, such as ``scaffold/machine/1``.

    Dataclasses become objects with their fields' names, tuples arrays, paths strings.
    """
    text = json.dumps({"schema": schema, **plain(payload)}, indent=2, ensure_ascii=False)
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def read_json(text: str | bytes) -> Any:
    """As ``json.loads``; whatever it cannot read is a ValueError, brackets without end among it.

    >>> read_json("[" * 100000)
    Traceback (most recent call last):
    ...
    ValueError: it is nested too deep
    """
    try:
        return json.loads(text)
    except RecursionError as problem:
        raise ValueError("it is nested too deep") from problem


def plain(value: Any) -> Any:
    """A value as JSON knows it; unknown types are an error, so that nothing leaves by accident."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(one) for one in value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, PurePath):
        return str(value)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"{type(value).__name__} has no place in JSON output")
