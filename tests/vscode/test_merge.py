"""Our pieces in files that people wrote: what is theirs stays, what is ours is known again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.errors import IdeFileBroken
from scaffold.vscode.document import document_of
from scaffold.vscode.merge import Change, merged, without
from scaffold.vscode.model import Piece
from tests.vscode.conftest import accepts

PATH = Path("launch.json")


def entry(name, **more):
    return Piece(holder=("configurations",), name=name, value={"name": name, **more})


VERSION = Piece(holder=(), name="version", value="0.2.0")

THEIRS = """// by hand
{
  "version": "0.2.0",
  "configurations": [
    // the old one
    { "name": "mine", "type": "debugpy", "request": "launch", "program": "a.py" },
  ],
  "inputs": [], // later
}
"""


def whats(result):
    return [(one.piece, one.what, one.why) for one in result.changes]


def test_theirs_stay_and_ours_come_behind_them():
    result = merged(THEIRS.encode(), [VERSION, entry("train", a=1)], {}, PATH)
    assert result.content.decode() == THEIRS.replace(
        '"a.py" },\n',
        '"a.py" },\n    {\n      "name": "train",\n      "a": 1\n    },\n',
    )
    assert result.changes == (Change(piece="version", what="unchanged"), Change(piece="train", what="added"))
    assert list(result.ours) == [("configurations", "train")]


def test_a_second_time_nothing_changes():
    once = merged(THEIRS.encode(), [VERSION, entry("train", a=1)], {}, PATH)
    twice = merged(once.content, [VERSION, entry("train", a=1)], once.ours, PATH)
    assert (twice.content, twice.ours) == (once.content, once.ours)
    assert {one.what for one in twice.changes} == {"unchanged"}


def test_what_we_wrote_is_brought_up_to_date_in_its_place():
    once = merged(THEIRS.encode(), [entry("train", a=1), entry("tests")], {}, PATH)
    later = merged(once.content, [entry("train", a=2), entry("tests")], once.ours, PATH)
    assert later.content.decode() == once.content.decode().replace('"a": 1', '"a": 2')
    assert whats(later) == [("train", "updated", ""), ("tests", "unchanged", "")]


def test_what_has_no_place_any_more_goes():
    once = merged(THEIRS.encode(), [entry("train", a=1), entry("tests")], {}, PATH)
    later = merged(once.content, [entry("tests")], once.ours, PATH)
    assert later.content == merged(THEIRS.encode(), [entry("tests")], {}, PATH).content
    assert whats(later) == [("tests", "unchanged", ""), ("train", "removed", "has no place any more")]
    assert list(later.ours) == [("configurations", "tests")]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"a": 1', '"a": 5', "you changed it"),
        ('"a": 1', '"a": 1 // because', "you wrote a comment into it"),
    ],
)
def test_what_the_user_made_of_it_stays(old, new, why):
    once = merged(THEIRS.encode(), [entry("train", a=1)], {}, PATH)
    theirs = once.content.decode().replace(old, new).encode()
    later = merged(theirs, [entry("train", a=2)], once.ours, PATH)
    assert (later.content, whats(later)) == (theirs, [("train", "kept", why)])
    undone = without(theirs, later.ours, PATH)
    assert (undone.content, whats(undone)) == (theirs, [("train", "kept", why)])


def test_what_the_user_took_out_stays_out():
    once = merged(THEIRS.encode(), [entry("train", a=1)], {}, PATH)
    later = merged(THEIRS.encode(), [entry("train", a=1)], once.ours, PATH)
    assert later.content == THEIRS.encode()
    assert whats(later) == [("train", "kept", "you took it out")]
    anew = merged(None, [entry("train", a=1)], later.ours, PATH)
    assert whats(anew) == [("train", "added", "")]  # a file that was deleted is made anew


def test_one_of_the_same_name_that_the_user_wrote_is_theirs():
    result = merged(THEIRS.encode(), [entry("mine", a=1)], {}, PATH)
    assert (result.content, whats(result)) == (THEIRS.encode(), [("mine", "kept", "it is yours")])
    assert result.ours == {}


def test_the_same_that_the_user_wrote_is_not_ours_to_take_out():
    theirs = b'{"version": "0.2.0"}'
    result = merged(theirs, [VERSION], {}, PATH)
    assert (result.content, result.ours) == (theirs, {})
    assert without(theirs, result.ours, PATH).content == theirs


def test_taken_out_the_file_is_the_users_own_again():
    once = merged(THEIRS.encode(), [VERSION, entry("train", a=1), entry("tests")], {}, PATH)
    assert without(once.content, once.ours, PATH).content == THEIRS.encode()


def test_what_we_made_to_hold_ours_goes_with_them_unless_the_user_uses_it():
    theirs = b'{\n  "a": 1\n}\n'
    once = merged(theirs, [entry("train")], {}, PATH)
    assert without(once.content, once.ours, PATH).content == theirs
    document = document_of(once.content, PATH)
    holder = document.holder(("configurations",), list)
    assert holder is not None
    used = document.with_item(holder, {"name": "mine"}).to_bytes()
    left = json.loads(without(used, once.ours, PATH).content)
    assert left == {"a": 1, "configurations": [{"name": "mine"}]}


def test_line_ends_and_the_byte_order_mark_stay():
    theirs = ("\ufeff" + THEIRS).replace("\n", "\r\n").encode()
    once = merged(theirs, [entry("train", a=1)], {}, PATH)
    assert once.content.startswith(b"\xef\xbb\xbf// by hand\r\n")
    assert once.content.count(b"\n") == once.content.count(b"\r\n")
    assert without(once.content, once.ours, PATH).content == theirs


@pytest.mark.parametrize(
    "theirs",
    ['{"configurations": {}}', '{"configurations": null}', "[]", "<<<<<<< HEAD\n{}", '{"configurations": ['],
)
def test_a_file_of_another_kind_is_refused(theirs):
    with pytest.raises(IdeFileBroken):
        merged(theirs.encode(), [entry("train")], {}, PATH)


NAMES = st.sampled_from(["train", "mine", "tests", "数据 & co", "a/b~c"])
PIECES = st.dictionaries(NAMES, st.integers(), max_size=4).map(
    lambda values: [entry(name, a=value) for name, value in values.items()]
)
FILES = st.sampled_from([None, b"", b"{}", THEIRS.encode(), b'{"x": {"y": [1]}}', b'{"configurations":[]}'])


@given(FILES, PIECES, PIECES)
def test_whatever_changes_in_between_theirs_can_be_had_back(theirs, first, second):
    once = merged(theirs, first, {}, PATH)
    twice = merged(once.content, second, once.ours, PATH)
    again = merged(twice.content, second, twice.ours, PATH)
    assert again.content == twice.content
    undone = without(again.content, again.ours, PATH)
    before = document_of(theirs or b"", PATH)
    after = document_of(undone.content, PATH)
    assert after.root.value == before.root.value
    assert ("// the old one" in after.text) == ("// the old one" in before.text)


def test_an_empty_file_becomes_a_whole_one():
    result = merged(b"", [VERSION, entry("train", type="debugpy", request="launch", module="x")], {}, PATH)
    assert accepts("launch", json.loads(result.content)) == []
