"""For which selections of frameworks something is: an expression of jinja's over ``frameworks``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from scaffold.builds.model import Framework
from scaffold.projects.export.model import Selection


def condition(wanted: Iterable[Selection], universe: Iterable[Selection]) -> str:
    """The shortest expression that holds for the wanted ones of all selections; "" where it always holds.

    The order of the user's answer does not matter to it.

    >>> both, one, other = ("pytorch", "keras"), ("pytorch",), ("keras",)
    >>> condition([both, one], [both, one, other])
    "'pytorch' in frameworks"
    >>> condition([one], [both, one, other])
    "'keras' not in frameworks"
    >>> condition([both], [both, one, other])
    "'pytorch' in frameworks and 'keras' in frameworks"
    >>> condition([one, other], [both, one, other])
    "'pytorch' not in frameworks or 'keras' not in frameworks"
    """
    meant, every = frozenset(wanted), tuple(universe)
    if meant.issuperset(every):
        return ""
    candidates = [(text, _held(holds, every)) for text, holds in _conjunctions(every)]
    inside = [(text, held) for text, held in candidates if held and held <= meant]
    for count in range(1, len(every) + 1):
        for some in combinations(inside, count):
            if frozenset().union(*(held for _, held in some)) == meant:
                return " or ".join(text for text, _ in some)
    raise AssertionError(f"{meant} are not all among {every}")


_Test = Callable[[Selection], bool]


def _conjunctions(every: tuple[Selection, ...]) -> Iterator[tuple[str, _Test]]:
    """What can be said of some frameworks at once, the shortest and the least negated first."""
    frameworks = tuple(dict.fromkeys(one for selection in every for one in selection))
    literals = [_literal(one, chosen=chosen) for chosen in (True, False) for one in frameworks]
    for count in range(1, len(frameworks) + 1):
        for some in combinations(literals, count):
            yield " and ".join(text for text, _ in some), _all(tuple(test for _, test in some))


def _literal(framework: Framework, *, chosen: bool) -> tuple[str, _Test]:
    if chosen:
        return f"'{framework}' in frameworks", lambda selection: framework in selection
    return f"'{framework}' not in frameworks", lambda selection: framework not in selection


def _all(tests: tuple[_Test, ...]) -> _Test:
    return lambda selection: all(test(selection) for test in tests)


def _held(holds: _Test, every: tuple[Selection, ...]) -> frozenset[Selection]:
    return frozenset(selection for selection in every if holds(selection))
