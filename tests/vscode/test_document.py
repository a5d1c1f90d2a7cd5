from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.errors import IdeFileBroken
from scaffold.vscode.document import document_of
from tests.vscode.test_jsonc import VALUES

PATH = Path("launch.json")

#: As people write them: comments everywhere, a comma behind the last element, several indents.
THEIRS = [
    "{}",
    "{\n}\n",
    '{"a": 1}',
    '{\n\t"a": [1, 2],\n\t"b": {}\n}\n',
    '// head\n{\n  // mine\n  "a": 1, // one\n  "b": [\n    {"x": 1} /* two */ // three\n    // end\n  ],\n}\n',
    '{\r\n  "a": 1\r\n}\r\n',
    '\ufeff{\n    "a": "//", /* b */\n    "c": {"d": null,},\n}',
    '{ "a": 1, "b": 2 }',
    '{\n  "a": 1\n  // last words\n}\n',
]


def read(text):
    return document_of(text.encode(), PATH)


@pytest.mark.parametrize("text", THEIRS)
def test_what_nobody_touched_stays_byte_for_byte(text):
    assert read(text).to_bytes() == text.encode()


@pytest.mark.parametrize("text", THEIRS)
def test_what_was_added_can_be_taken_out_again(text):
    before = read(text)
    added = before.with_member(before.root, "ours", {"k": [1]})
    assert added.root.value == {**before.root.value, "ours": {"k": [1]}}
    member = added.root.member("ours")
    assert member is not None
    after = added.without(added.root, member)
    assert after.root.value == before.root.value
    closed = {"{\n}\n": "{}\n"}
    assert after.to_bytes() == closed.get(text, text).encode()


@given(st.sampled_from(THEIRS), st.lists(st.tuples(st.text(), VALUES), min_size=1, max_size=4))
def test_any_values_can_be_added_and_no_comment_is_lost(text, pairs):
    document = read(text)
    wanted = dict(document.root.value)
    for key, value in pairs:
        if key not in wanted:
            document = document.with_member(document.root, key, value)
            wanted[key] = value
    assert document.root.value == wanted
    for comment in (
        "// head",
        "// mine",
        "// one",
        "/* two */ // three",
        "// end",
        "// last words",
        "/* b */",
    ):
        assert (comment in document.text) >= (comment in text)


@given(st.sampled_from(THEIRS), st.data())
def test_any_member_can_go_and_the_others_stay(text, data):
    document = read(text)
    if not document.root.members:
        return
    gone = data.draw(st.sampled_from(document.root.members))
    after = document.without(document.root, gone)
    assert after.root.value == {k: v for k, v in document.root.value.items() if k != gone.key}


def test_a_new_file_is_laid_out_as_vs_code_does():
    document = read("")
    for key, value in {"version": "2", "list": [{"a": [], "b": {"c": 1}}], "none": {}}.items():
        document = document.with_member(document.root, key, value)
    assert document.text == json.dumps(document.root.value, indent=4) + "\n"


def test_an_element_is_added_where_the_user_ends_lists_with_a_comma():
    document = read('{\n  "a": [\n    1, // one\n    2,\n  ],\n}\n')
    holder = document.holder(("a",), list)
    assert holder is not None
    assert document.with_item(holder, 3).text == '{\n  "a": [\n    1, // one\n    2,\n    3,\n  ],\n}\n'


def test_a_line_that_holds_more_is_not_taken_away_whole():
    document = read('{\n  "x": 0, // words\n  "a": 1, "b": 2\n}\n')
    member = document.root.member("a")
    assert member is not None
    after = document.without(document.root, member)
    assert (after.text, after.root.value) == ('{\n  "x": 0, // words\n   "b": 2\n}\n', {"x": 0, "b": 2})


def test_a_comment_before_the_comma_stays():
    document = read('{\n  "a": 1 /* why */,\n  "b": 2\n}\n')
    member = document.root.member("a")
    assert member is not None
    assert document.without(document.root, member).text == '{\n   /* why */\n  "b": 2\n}\n'


def test_comments_within_a_value_are_seen():
    document = read('{"a": [1, // mine\n 2], "b": ["http://x"]}')
    assert [document.has_comments(one.node) for one in document.root.members] == [True, False]


def test_only_comments_count_as_an_empty_object():
    document = read("// nothing yet\n")
    assert document.with_member(document.root, "a", 1).text == '// nothing yet\n{\n    "a": 1\n}\n'


def test_a_holder_of_another_kind_is_refused_with_its_line():
    document = read('{\n  "a": {"b": 3}\n}')
    with pytest.raises(IdeFileBroken, match=r"launch.json, line 2: a should be a list \[ ... \]"):
        document.holder(("a",), list)
    with pytest.raises(IdeFileBroken, match=r"line 2: a.b should be an object"):
        document.holder(("a", "b"), dict)
    assert document.holder(("a", "c"), dict) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[]", "launch.json does not hold an object { ... }"),
        (b'{"a": "\xff"}', "launch.json is not UTF-8, as VS Code's files are"),
        ('{"a": 1}'.encode("utf-16"), "launch.json is not UTF-8, as VS Code's files are"),
    ],
)
def test_what_is_no_file_of_vs_code_is_refused(content, message):
    with pytest.raises(IdeFileBroken) as caught:
        document_of(content, PATH)
    assert caught.value.message == message
