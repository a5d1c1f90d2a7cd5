from __future__ import annotations

import pytest

from scaffold.pycharm.reading.env_files import parse


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("# A=1\nnonsense\n=2\n", {}),
        ("foo=bar  #comment", {"foo": "bar"}),
        ("foo='foo#bar' #comment", {"foo": "foo#bar"}),
        ('foo="foo#bar" #comment', {"foo": "foo#bar"}),
        ('foo="foo\nbar" #comment', {"foo": "foobar"}),
        ('foo="never closed\nA=1', {}),
        ("export A = 1\r\nB=x=y\r\n", {"A": "1", "B": "x=y"}),
        ('EMPTY=\nQUOTED=""\n', {"EMPTY": "", "QUOTED": ""}),
    ],
)
def test_reads_as_the_ide_does(text: str, values: dict[str, str]) -> None:
    assert parse(text) == values
