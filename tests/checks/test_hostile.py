"""Whatever a file of facts or a log holds: an answer, no traceback, in bounded time."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.checks import examine
from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.errors import OptionRefused
from scaffold.logs.search import read_log
from scaffold.logs.signatures import signatures
from scaffold.machine.model import Machine
from scaffold.replay.read import described
from tests.failures import cases
from tests.hosts import plain_host

HOST = plain_host()

#: What a careless program or a malicious one writes where a version, a path, a number or an object belongs.
HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1 << 70, 1.5, float("inf"), "", " ", "\0", "..", "x" * 5000, "٣.١٢", "3.12.x", ">=",
    "v1", "9" * 400, "1." * 300, "\x1b[31mred", "$HOME/../..", "C:\\Users\\名字\\a b", "~/x", "-", "%TEMP%", "[", "(((((",
    "\ud800", [], {}, [None], [[[[]]]], {"": ""}, {"version": {"version": []}}, ["a", 1, {}], {"x": "y" * 3000},
)  # fmt: skip

CASES = cases()


def answered(told: dict[str, Any]) -> tuple[Finding, ...]:
    """What doctor says; a description that is refused gets no answer."""
    try:
        facts, _ = described(told)
    except OptionRefused:
        return ()
    return examine(facts)


def sound(findings: tuple[Finding, ...]) -> None:
    """Every check gave an answer, and every answer can be shown and stored."""
    assert [one.title + one.detail for one in findings if one.id == "doctor.check-failed"] == []
    for one in findings:
        assert one.title.strip()
        assert len(one.title) < 2000
        json.dumps([one.title, one.detail, [(each.source, each.value) for each in one.evidence]])


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in an object."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from paths(one, (*path, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_any_value_of_a_described_failure_may_be_anything(case) -> None:
    chance = random.Random(case["id"])
    told = {"machine": case["machine"], "symptom": case["symptom"]}
    places = list(paths(case["machine"]))[1:]
    for path in chance.sample(places, min(len(places), 8)):
        for new in chance.sample(HOSTILE, 4):
            sound(answered({**told, "machine": changed(case["machine"], path, new)}))


def test_two_failures_at_once() -> None:
    chance = random.Random(1)
    for _ in range(150):
        one, other = chance.sample(CASES, 2)
        sound(answered({"machine": {**one["machine"], **other["machine"]}, "symptom": one["symptom"]}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.sampled_from(HOSTILE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=12,
)
KEYS = sorted({key for case in CASES for key in case["machine"]})


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=8), st.text(max_size=200))
def test_any_description(machine, symptom) -> None:
    sound(
        answered({"machine": {**machine, "os": machine.get("os") or {"family": "linux"}}, "symptom": symptom})
    )


def logged(content: bytes) -> tuple[Finding, ...]:
    log = read_log(io.BytesIO(content), "train.log")
    return examine(Facts(machine=Machine(host=HOST), told=True, log=log))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=4000))
def test_any_bytes_for_a_log(content) -> None:
    sound(logged(content))


def test_a_log_of_every_needle_there_is() -> None:
    chance = random.Random(2)
    needles = [needle for one in signatures() for needle in one.needles]
    words = [chance.choice(needles) for _ in range(40_000)]
    for separator in (" ", "\n", ""):
        sound(logged(separator.join(words).encode()))


def test_nothing_known_is_nothing_wrong() -> None:
    findings = examine(Facts(machine=Machine(host=HOST), told=True))
    assert [one for one in findings if one.level in ("error", "warning", "info")] == []
