"""YAML that means harm: documents that unfold without end, and tags that ask for objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yaml import Node

#: Nodes of a document with its aliases written out: an export of a large environment has a thousand.
LIMIT = 100_000

_STANDARD = "tag:yaml.org,2002:"
_PLAIN = frozenset(
    _STANDARD + name
    for name in ("bool", "float", "int", "map", "merge", "null", "seq", "str", "timestamp", "value")
)


def load(text: str) -> Any:
    """What a document says, looked at before any of it is unfolded: a few aliases can fill all memory.

    Raises ValueError as `check` does, yaml.YAMLError, RecursionError.
    """
    import yaml

    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        check(root)
        return loader.construct_document(root) if root is not None else None
    finally:
        loader.dispose()


def check(root: Node | None) -> None:
    """Raises ValueError, with a sentence, where a document holds itself, too much, or a foreign tag.

    Every node is looked at once, however often aliases name it.
    """
    if root is not None:
        _unfolded(root, {})


def _unfolded(node: Node, sizes: dict[int, int]) -> int:
    """How many nodes stand in one, itself counted; ``sizes`` holds 0 for those that are being counted."""
    known = sizes.get(id(node))
    if known is not None:
        if not known:
            raise ValueError(f"line {_line(node)}: it holds itself")
        return known
    if node.tag not in _PLAIN:
        raise ValueError(
            f"line {_line(node)}: a tag stands there that asks for more than text, numbers, lists and tables"
        )
    sizes[id(node)] = 0
    size = 1 + sum(_unfolded(one, sizes) for one in _parts(node))
    if size > LIMIT:
        raise ValueError(f"line {_line(node)}: with its aliases written out it has over {LIMIT:,} parts")
    sizes[id(node)] = size
    return size


def _parts(node: Node) -> list[Node]:
    import yaml

    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
