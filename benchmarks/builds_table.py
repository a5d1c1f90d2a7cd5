"""The page that the benchmark writes. Pure functions: results in, Markdown out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from builds_judge import Verdict
from builds_peers import Asked


def cell(asked: Asked, verdict: Verdict, device: str) -> str:
    """One answer beside what the machine does with it. ``device`` is the one that is expected."""
    answer = asked.answer
    if not asked.how:
        return answer.problem
    if not answer.version:
        return "none: right" if verdict.right else f"**no answer**: {shortened(answer.problem)}"
    if verdict.right:
        return f"`{answer.build}` right"
    if verdict.effect == device:
        return f"`{answer.build}` runs, not the best" + (f": {verdict.why}" if verdict.why else "")
    idle = "**CPU only**" if device != "none" else "**wrong**"
    stands = {"fails": "**fails**", "cpu": idle}.get(verdict.effect, f"**{verdict.effect}**")
    return f"`{answer.build}` {stands}" + (f": {verdict.why}" if verdict.why else "")


def shortened(text: str, length: int = 90) -> str:
    """A message that fits a table.

    >>> shortened("a | b"), shortened("word " * 40, 12)
    ('a / b', 'word word …')
    """
    text = text.replace("|", "/").strip()
    return text if len(text) <= length else text[:length].rpartition(" ")[0] + " …"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table.

    >>> print(table(["a", "b"], [["1", "2"]]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "|".join(["", *(f" {one} " if one != "---" else one for one in line), ""]) for line in lines
    )


def score(name: str, columns: Mapping[str, Sequence[tuple[Asked, Verdict, str]]]) -> list[list[str]]:
    """How many of its answers are right, and with how many the expected device computes."""
    right, runs = [f"**{name}: right**"], ["**the expected device computes**"]
    for answers in columns.values():
        asked = [(one, verdict, device) for one, verdict, device in answers if one.how]
        right.append(f"**{sum(verdict.right for _, verdict, _ in asked)} of {len(asked)}**")
        runs.append(f"**{sum(_computes(verdict, device) for _, verdict, device in asked)} of {len(asked)}**")
    return [right, runs]


def _computes(verdict: Verdict, device: str) -> bool:
    return verdict.effect == device or (verdict.right and verdict.effect == "none")


def section(
    title: str, expected: Mapping[str, str], columns: Mapping[str, Mapping[str, tuple[Asked, Verdict, str]]]
) -> str:
    """A table with a row for each machine, a column for each tool, and the sums."""
    rows = [
        [identifier, f"`{best}`", *(cell(*answers[identifier]) for answers in columns.values())]
        for identifier, best in expected.items()
    ]
    sums = score("sum", {name: list(answers.values()) for name, answers in columns.items()})
    rows += [[line[0], "", *line[1:]] for line in sums]
    return f"## {title}\n\n{table(['machine', 'expected', *columns], rows)}\n"
