from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.errors import IdeFileBroken
from scaffold.vscode.jsonc import parse

PATH = Path("settings.json")

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_what_json_writes_is_read_as_json_reads_it(value, indent, ascii_only):
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    node = parse(text, PATH)
    assert node is not None
    assert node.value == json.loads(text)
    assert text[node.start : node.end] == text


def test_comments_and_last_commas_are_read_over():
    text = '// a\n{ /* b */ "x" /* c */ : [1, 2, /* d */], // "y": 3\n "z": "// no /* comment */", }\n// end'
    node = parse(text, PATH)
    assert node is not None
    assert node.value == {"x": [1, 2], "z": "// no /* comment */"}
    assert [text[one.start : one.end] for one in node.members] == [
        '"x" /* c */ : [1, 2, /* d */]',
        '"z": "// no /* comment */"',
    ]
    assert [text[one.start : one.end] for one in node.members[0].node.items] == ["1", "2"]


def test_of_a_key_that_stands_twice_the_last_is_in_force():
    node = parse('{"a": 1, "a": 2}', PATH)
    assert node is not None
    member = node.member("a")
    assert member is not None
    assert (node.value, member.node.value, node.member("b")) == ({"a": 2}, 2, None)


@pytest.mark.parametrize("text", ["", " \n", "// only\n/* words */"])
def test_blanks_and_comments_are_no_value(text):
    assert parse(text, PATH) is None


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("{", "line 1, column 2", "a key in double quotes or } is expected"),
        ('{\n  "a" 1}', "line 2, column 7", "a colon is expected"),
        ('{"a": 1 "b": 2}', "line 1, column 9", "a comma or } is expected"),
        ("[1 2]", "line 1, column 4", "a comma or ] is expected"),
        ("[,]", "line 1, column 2", "a value is expected"),
        ("{'a': 1}", "line 1, column 2", "a key in double quotes or } is expected"),
        ('{"a": nul}', "line 1, column 7", "a value is expected"),
        ("{} {}", "line 1, column 4", "nothing may stand behind the end of the value"),
        ('{"a": 1} /* open', "line 1, column 10", "nothing may stand behind the end of the value"),
        ("<<<<<<< HEAD\n{}", "line 1, column 1", "a value is expected"),
        ("[" * 200, "line 1, column 102", "it is nested more than 100 deep"),
        ('{"a": "\n"}', "line 1, column 7", "a value is expected"),
    ],
)
def test_what_is_broken_is_told_with_its_place(text, where, why):
    with pytest.raises(IdeFileBroken) as caught:
        parse(text, PATH)
    assert caught.value.message == f"settings.json, {where}: this is not JSON as VS Code reads it"
    assert caught.value.detail == (why,)


@given(st.text(alphabet='{}[]",:/*\\ \n\t0-9truefalsn"', max_size=40))
def test_garbage_is_refused_or_read_and_never_crashes(text):
    with contextlib.suppress(IdeFileBroken):
        parse(text, PATH)
