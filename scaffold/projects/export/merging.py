"""One text for several selections of frameworks: their common lines once, the others under conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from scaffold.projects.export.conditions import condition
from scaffold.projects.export.jinja import BRACE
from scaffold.projects.export.model import Selection

_Line = tuple[str, frozenset[Selection]]


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    selections: frozenset[Selection]


def merged(variants: Mapping[Selection, str], template: Callable[[str], str]) -> str:
    """A template with ``{% if %}`` around the lines that only some of the variants have.

    ``template`` makes jinja of plain text. Statements stand on lines of their own and leave none behind where
    jinja's ``trim_blocks`` is on.
    """
    universe = tuple(variants)
    return "".join(_chain(chain, universe, template) for chain in _chains(_blocks(variants)))


def _blocks(variants: Mapping[Selection, str]) -> list[_Block]:
    lines = _aligned(variants)
    groups = groupby(lines, key=lambda line: line[1])
    return [_Block("".join(text for text, _ in some), selections) for selections, some in groups]


def _aligned(variants: Mapping[Selection, str]) -> list[_Line]:
    """Every line of every variant, in an order that keeps each variant's own."""
    result: list[_Line] = []
    for selection, text in variants.items():
        own = _lines(text)
        known = [line for line, _ in result]
        grown: list[_Line] = []
        for tag, start, end, first, last in SequenceMatcher(None, known, own, autojunk=False).get_opcodes():
            if tag == "equal":
                grown += [(line, held | {selection}) for line, held in result[start:end]]
            else:
                grown += result[start:end]
                grown += [(line, frozenset({selection})) for line in own[first:last]]
        result = grown
    return result


def _lines(text: str) -> list[str]:
    r"""Lines with their ends: only \n ends one, whatever else Unicode calls a line's end."""
    lines = text.split("\n")
    return (
        [*(f"{line}\n" for line in lines[:-1]), *lines[-1:]] if lines[-1] else [f"{x}\n" for x in lines[:-1]]
    )


def _chains(blocks: list[_Block]) -> Iterator[list[_Block]]:
    """Neighbours of which each selection has at most one: what becomes an if with its elifs."""
    chain: list[_Block] = []
    for block in blocks:
        if any(block.selections & other.selections for other in chain):
            yield chain
            chain = []
        chain.append(block)
    if chain:
        yield chain


def _chain(chain: list[_Block], universe: tuple[Selection, ...], template: Callable[[str], str]) -> str:
    if len(chain) == 1 and chain[0].selections.issuperset(universe):
        return _guarded(template(chain[0].text))
    complete = frozenset().union(*(block.selections for block in chain)).issuperset(universe)
    parts = []
    for index, block in enumerate(chain):
        last = complete and len(chain) > 1 and index == len(chain) - 1
        test = condition(block.selections, universe)
        word = "else" if last else f"elif {test}" if index else f"if {test}"
        parts.append(f"{{% {word} %}}\n{_guarded(template(block.text))}")
    return "".join(parts) + "{% endif %}\n"


def _guarded(text: str) -> str:
    """Jinja of a block after which a statement follows: an open brace at its very end would swallow that."""
    return text[:-1] + BRACE if text.endswith("{") else text
