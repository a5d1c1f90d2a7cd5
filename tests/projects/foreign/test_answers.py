"""Files of answers, whoever wrote them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold.errors import OptionRefused
from scaffold.projects.foreign.answers import read_answers

#: Nine times nine times ... 300 bytes of it unfold to 43 million values.
NINES = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))

ANSWERS = {"name": "it", "parts": ["a", "b"], "docs": True, "more": {"x": 1}}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", 'name = "it"\nparts = ["a", "b"]\ndocs = true\nmore = {x = 1}\n'),
        ("a.json", json.dumps(ANSWERS)),
        ("a.yaml", "name: it\nparts: [a, b]\ndocs: yes\nmore: {x: 1}\n"),
        (
            ".copier-answers.yml",
            ("# Changes here will be overwritten\n_commit: v1\n_src_path: gh:a/b\n"
            "name: it\nparts:\n- a\n- b\ndocs: true\nmore: {x: 1}\n"),
        ),
        ("replay.json", json.dumps({"cookiecutter": {**ANSWERS, "_template": "t"}, "_cookiecutter": {"name": "x"}})),
    ],
    ids=["toml", "json", "yaml", "copier", "cookiecutter"],
)  # fmt: skip
def test_every_kind(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert read_answers(path) == ANSWERS


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.yml", b"[1, 2]", "it is no mapping of names to answers"),
        (
            "deep.json",
            b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}",
            "something in it lies deeper than 100 levels",
        ),
        ("a.json", b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("a.toml", b"a = ", "Invalid value (at end of document)"),
        ("a.yml", b"a: !!python/object:os.x {}", "line 1: a tag stands there that asks for more than text"),
        ("a.yml", NINES.encode(), "line 6: with its aliases written out it has over 100,000 parts"),
        ("a.yml", NINES.replace("[", "{<<: [").replace("]", "]}").encode(), "line 6: with its aliases"),
        ("a.yml", b"a: &a [*a]", "line 1: it holds itself"),
        ("a.json", b"[" * 100_000, "maximum recursion depth exceeded"),
        ("a.yml", b"a: \xff", "'utf-8' codec can't decode byte 0xff"),
        ("absent.yml", None, "No such file or directory"),
    ],
)
def test_what_is_no_file_of_answers(tmp_path: Path, name: str, content: bytes | None, why: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(OptionRefused) as caught:
        read_answers(path)
    assert (caught.value.code, caught.value.message) == (
        "answers-unreadable",
        f"the answers in {path} cannot be read",
    )
    assert caught.value.detail[0].startswith(why)
