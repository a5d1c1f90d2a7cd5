from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.pycharm.reading.parameters import join, parse, quote

#: (text, words): what IntelliJ's own ParametersListUtil answered.
SPLIT = [
    ("", ()),
    ("   ", ()),
    ("--epochs 3", ("--epochs", "3")),
    ("  a \t b\n", ("a", "b")),
    ("--name 'a b'", ("--name", "'a", "b'")),
    ("--dir C:\\new\\data", ("--dir", "C:\\new\\data")),
    ('--json "{\\"lr\\": 0.1}"', ("--json", '{"lr": 0.1}')),
    ("it's fine", ("it's", "fine")),
    ('"C:\\dir\\\\" z', ('C:\\dir\\" z',)),
    ('""', ("",)),
    ('a "" b', ("a", "", "b")),
    ('a=" 1 2"b c', ("a= 1 2b", "c")),
    ('"a b"\\', ("a b\\",)),
    ('"never closed', ("never closed",)),
    ("no\u00a0break one\u2003em", ("no\u00a0break", "one", "em")),
]


@pytest.mark.parametrize(("text", "words"), SPLIT)
def test_splits_as_the_ide_does(text: str, words: tuple[str, ...]) -> None:
    assert parse(text) == words


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ("3", "3"),
        ("", '""'),
        ("two words", '"two words"'),
        ("it's", "it's"),
        ("中 文", '"中 文"'),
        ('{"lr": 1}', '"{\\"lr\\": 1}"'),
        ("C:\\data\\", "C:\\data\\"),
        ("C:\\my data\\", '"C:\\my data"\\'),
    ],
)
def test_quotes_only_what_needs_it(argument: str, text: str) -> None:
    assert quote(argument) == text


@given(st.lists(st.text(max_size=20) | st.text("ab \"\\'\t\u00a0\u2003中$", max_size=12), max_size=6))
def test_every_command_line_survives(arguments: list[str]) -> None:
    assert parse(join(arguments)) == tuple(arguments)
