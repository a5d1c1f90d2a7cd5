"""Every finding that the code can have is explained, in both languages, and nothing else is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import get_args

import pytest

from scaffold.checks.automatic import SET, UNSET
from scaffold.checks.catalogue import catalogue
from scaffold.checks.causes import CONSEQUENCES
from scaffold.checks.model import Level
from scaffold.logs.signatures import signatures

PACKAGE = Path(__file__).resolve().parents[2] / "scaffold"

#: What is said of findings, and yields none.
ABOUT = {"causes.py", "automatic.py", "chosen.py"}

#: Files that are called like ids, besides programs.
FILES = {"cpu.max"}

_CHINESE = re.compile("[\u4e00-\u9fff]")


def sources() -> Iterator[str]:
    for path in sorted((*(PACKAGE / "checks").rglob("*.py"), *(PACKAGE / "env").rglob("*.py"))):
        if path.name not in ABOUT and "catalogue" not in path.parts:
            yield path.read_text(encoding="utf-8")


def subjects() -> str:
    return "|".join(sorted({one.partition(".")[0] for one in catalogue()}))


def yielded() -> set[str]:
    """Ids that stand in the rules' source, and those of signatures."""
    literal = re.compile(rf'(?<!f)"((?:{subjects()})\.[a-z0-9]+(?:-[a-z0-9]+)*)"')
    found = {name for text in sources() for name in literal.findall(text)}
    return {one for one in found - FILES if not one.endswith(".py")} | {one.check for one in signatures()}


def made() -> set[str]:
    """Beginnings of ids that are made of a kind: f"ide.run-config-{kind}"."""
    begun = re.compile(rf'f"((?:{subjects()})\.[a-z0-9-]*)\{{')
    return {name for text in sources() for name in begun.findall(text)}


def test_every_finding_is_explained() -> None:
    assert sorted(yielded() - set(catalogue())) == []


def test_nothing_is_explained_that_nobody_finds() -> None:
    unfound = set(catalogue()) - yielded()
    assert sorted(one for one in unfound if not one.startswith(tuple(made()))) == []


def test_what_is_said_of_findings_is_said_of_such_as_there_are() -> None:
    said = {*CONSEQUENCES, *UNSET}
    assert sorted(said - set(catalogue())) == []
    patterns = {one for row in CONSEQUENCES.values() for one in row}
    lost = [one for one in patterns if not any(fnmatchcase(name, one) for name in catalogue())]
    assert sorted(lost) == []


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_an_explanation_is_whole(name: str) -> None:
    entry = catalogue()[name]
    assert set(entry.levels) <= set(get_args(Level))
    assert entry.levels
    assert entry.fix in ("automatic", "command", "explained")
    for words in (entry.english, entry.chinese):
        assert all((words.title, words.means, words.seen, words.cured))
    chinese = entry.chinese
    assert all(_CHINESE.search(text) for text in (chinese.title, chinese.means))
    assert not any(_CHINESE.search(text) for text in (entry.english.title, entry.english.means))


def test_a_signature_has_a_level_that_is_explained() -> None:
    odd = [
        (one.name, one.check, one.level)
        for one in signatures()
        if one.check in catalogue() and one.level not in catalogue()[one.check].levels
    ]
    assert odd == []


def cured() -> Iterator[str]:
    """Ids whose cure is one that --fix carries out."""
    yield from UNSET
    yield from (one.check for one in signatures() if one.cause in SET)
    for text in sources():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                told = {one.arg: one.value for one in node.keywords}
                name, remedy, cause = told.get("id"), told.get("remedy"), told.get("cause")
                called = getattr(remedy.func, "id", "") if isinstance(remedy, ast.Call) else ""
                known = isinstance(cause, ast.Constant) and cause.value in SET
                if isinstance(name, ast.Constant) and (called in ("anew", "fixed_by_us") or known):
                    yield name.value


def test_what_fix_does_is_said() -> None:
    theirs = {"env.unknown"}  # perhaps the user's own: replaced only where that is asked for
    assert sorted({one for one in cured() if catalogue()[one].fix != "automatic"} - theirs) == []


def levels_of(call: ast.Call) -> Iterator[tuple[str, str]]:
    """Id and level of one ``Finding(...)``, as far as they stand there as words."""
    given = {one.arg: one.value for one in call.keywords}
    name, level = given.get("id"), given.get("level")
    if isinstance(name, ast.Constant) and level is not None:
        words = [level.body, level.orelse] if isinstance(level, ast.IfExp) else [level]
        yield from ((name.value, one.value) for one in words if isinstance(one, ast.Constant))


def test_a_rule_has_a_level_that_is_explained() -> None:
    found = [
        pair
        for text in sources()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
        for pair in levels_of(node)
    ]
    assert len(found) > 100
    known = catalogue()
    assert [pair for pair in found if pair[0] in known and pair[1] not in known[pair[0]].levels] == []


def test_every_finding_is_in_some_test() -> None:
    """A rule that nothing holds to its word is not done: a test, a staged failure, or a log that shows it."""
    here = Path(__file__)
    texts = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(here.parents[1].rglob("*"))
        if path.suffix in (".py", ".json", ".toml") and path != here
    )
    assert sorted(one for one in catalogue() if one not in texts) == []
