"""TOML built from values, with tomlkit, which loads when the first table is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tomlkit.items import Array, InlineTable, Table
    from tomlkit.toml_document import TOMLDocument

#: pytest's and mypy's own spelling.
_UNDERSCORED = frozenset({"ini_options", "ignore_missing_imports", "check_untyped_defs"})


def table(**values: object) -> Table:
    """A TOML table; ``_`` in a key stands for ``-``, but for those that are spelt with it."""
    import tomlkit

    made = tomlkit.table()
    for key, value in values.items():
        made[key if key in _UNDERSCORED else key.replace("_", "-")] = value
    return made


def inline(**values: str) -> InlineTable:
    """A table on one line."""
    import tomlkit

    table = tomlkit.inline_table()
    table.update(values)
    return table


def lines(values: object) -> Array:
    """An array with one value a line, so that a change is one line of a diff."""
    import tomlkit

    array = tomlkit.array()
    array.extend(values)  # type: ignore[arg-type]
    return array.multiline(multiline=True)


def text(document: TOMLDocument) -> str:
    """The document as it is written."""
    import tomlkit

    return tomlkit.dumps(document)
