"""Every fact has a form in a file, and whatever is odd in a file is named by its place."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.checks.facts import Facts
from scaffold.errors import OptionRefused, ScaffoldError
from scaffold.logs.model import Log
from scaffold.machine.model import Accelerator, Machine
from scaffold.pycharm.survey.model import IdeFacts
from scaffold.replay import ide_files
from scaffold.replay.saved import record, restored
from scaffold.replay.typed import fields_of
from tests.hosts import plain_host

HOST = plain_host(os_version="Ubuntu 24.04", kernel="6.8.0", libc="glibc 2.39", cpu_count=8)
MACHINE = Machine(host=HOST)


def values(kind: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Any value of a type that facts have."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return st.one_of(*(values(one, depth) for one in arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple and arguments[-1:] == (...,):
        return st.lists(values(arguments[0], depth + 1), max_size=0 if depth > 3 else 2).map(tuple)
    if origin is tuple:
        return st.tuples(*(values(one, depth) for one in arguments))
    if origin in (frozenset, set):
        return st.lists(values(arguments[0], depth + 1), max_size=2).map(origin)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(*(values(one, depth + 1) for one in arguments), max_size=2)
    if kind is Facts or kind is IdeFacts or kind is Log:
        return st.nothing()
    if isinstance(kind, type) and issubclass(kind, ScaffoldError):
        return st.just(ScaffoldError("it broke", detail=("here",), hint="mend it", code="odd"))
    if dataclasses.is_dataclass(kind):
        return st.builds(kind, **{name: values(one, depth + 1) for name, one in fields_of(kind).items()})
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
        int: st.integers(-(2**60), 2**60),
        float: st.floats(-1e9, 1e9),
        bool: st.booleans(),
        Path: st.sampled_from((Path("/a/b"), Path("c"))),
        types.NoneType: st.none(),
        Any: st.none(),
        object: st.none(),
    }
    return plain[kind]


def same(one: Any, other: Any) -> bool:
    """Errors are the same where their words are."""
    if isinstance(one, ScaffoldError):
        return (one.code, one.message, one.detail, one.hint) == (
            other.code,
            other.message,
            other.detail,
            other.hint,
        )
    if dataclasses.is_dataclass(one):
        return type(one) is type(other) and all(
            same(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one)
        )
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


@pytest.mark.parametrize("field", [one for one in fields_of(Facts) if one not in ("further", "ide", "log")])
def test_every_fact_comes_back_as_it_was(field: str) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(value=values(fields_of(Facts)[field]))
    def held(value: Any) -> None:
        facts = Facts(**{"machine": MACHINE, "told": True, field: value})
        back = restored(json.loads(json.dumps(record(facts))))
        assert same(getattr(back, field), value)

    held()


def test_all_that_is_known_of_ide_files_has_a_form() -> None:
    assert {one.name for one in dataclasses.fields(IdeFacts)} == ide_files.COVERED


def told(**facts: Any) -> dict[str, Any]:
    whole = json.loads(json.dumps(record(Facts(machine=MACHINE))))
    whole["facts"].update(facts)
    return whole


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({"python": 3}, "facts.python: 3 is no object"),
        ({"python": {"version": 3.1}}, "facts.python.version: 3.1 is no text"),
        ({"python": {"bits": "64"}}, "facts.python.bits: '64' is no number"),
        ({"python": {"bits": True}}, "facts.python.bits: true is no number"),
        ({"python": {"bits": 10**30}}, "facts.python.bits: the number is too large"),
        ({"python": {"virtual": 1}}, "facts.python.virtual: 1 is no flag"),
        ({"python": {"version": "3\0"}}, "facts.python.version: a text holds a null character"),
        ({"python": {"\x1b[31mred": 1}}, "facts.python.'[31mred': there is no such fact"),
        ({"packages": {"packages": [{}]}}, "facts.packages.packages[0].name: it is missing"),
        ({"packages": {"packages": {}}}, "facts.packages.packages: an object is no list"),
        ({"state": "broken"}, "facts.state: 'broken' is none of creating, ready"),
        ({"planned": {"torch": None}}, "facts.planned.'torch': None is no text"),
        ({"record_problem": {"code": "x"}}, "facts.record_problem: an error has code, message, detail and hint"),
        ({"log": {"source": "a", "signs": [{}]}}, "facts.log.signs[0]: a sign has signature, line, text and groups"),
        ({"machine": None}, "facts.machine: None is no object"),
    ],
)  # fmt: skip
def test_the_place_of_what_is_odd_is_named(facts: dict[str, Any], place: str) -> None:
    with pytest.raises(OptionRefused) as refused:
        restored(told(**facts), "facts.json")
    assert refused.value.message == "facts.json holds no facts of doctor's"
    assert refused.value.detail == (place,)


def test_environments_do_not_hold_environments() -> None:
    inner = told()["facts"]
    with pytest.raises(OptionRefused) as refused:
        restored(told(further=[{**inner, "further": [inner]}]))
    assert refused.value.detail == ("facts.further: environments of environments",)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(sorted(fields_of(Facts))), below)
    ),
    max_leaves=8,
)


@given(JSON)
def test_a_hostile_file_is_refused(content: Any) -> None:
    with pytest.raises(OptionRefused) as refused:  # none of them has a whole machine
        restored({"schema": "scaffold/facts/1", "facts": content})
    assert refused.value.detail[0].startswith("facts")


def test_a_file_of_another_version_says_so() -> None:
    with pytest.raises(OptionRefused) as refused:
        restored({**told(state="broken"), "scaffold": "99.0"})
    assert "it was written by scaffold 99.0" in refused.value.hint


def test_accelerators_come_back() -> None:
    card = Accelerator(vendor="nvidia", index=0, name="Tesla T4", capability="7.5", found_by={"name": "nvml"})
    facts = Facts(machine=Machine(host=HOST, accelerators=(card,)))
    assert restored(json.loads(json.dumps(record(facts)))).machine.accelerators == (card,)
