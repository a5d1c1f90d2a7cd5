"""Texts of the user's own, right and wrong."""

from __future__ import annotations

import json

import pytest

from your_project.errors import ProjectError
from your_project.text_files import read_lines, read_texts

ROWS = [('Good, "really" good', "pos"), ("质量很好", "pos"), ("bad", "neg")]
EXPECTED = ([text for text, _ in ROWS], [label for _, label in ROWS])


def delimited(mark):
    quoted = [f'"{text.replace(chr(34), chr(34) * 2)}"{mark}{label}' for text, label in ROWS]
    return "\n".join([f"review{mark}sentiment", *quoted, ""])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize(("name", "mark"), [("mine.csv", ","), ("mine.tsv", "\t"), ("mine.csv", ";")])
def test_tables(tmp_path, name, mark, encoding):
    (tmp_path / name).write_bytes(delimited(mark).encode(encoding))
    assert read_texts(tmp_path / name) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_json_lines(tmp_path, encoding):
    lines = [json.dumps({"label": label, "text": text}, ensure_ascii=False) for text, label in ROWS]
    (tmp_path / "mine.jsonl").write_bytes("\n\n".join(lines).encode(encoding))
    assert read_texts(tmp_path / "mine.jsonl") == EXPECTED


def test_labels_that_are_numbers_and_columns_that_are_named(tmp_path):
    (tmp_path / "mine.jsonl").write_text('{"said": "a", "stars": 5}\n{"said": "b", "stars": 1}\n')
    assert read_texts(tmp_path / "mine.jsonl", "said", "stars") == (["a", "b"], ["5", "1"])


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "text,label\ngood,pos\n,neg\n", "a.csv, line 3: nothing in 'text'"),
        ("a.csv", "text,label\ngood,pos\nbad\n", "a.csv, line 3: 1 cell"),
        ("a.csv", "text,label\ngood,\n", "a.csv, line 2: nothing in 'label'"),
        ("a.csv", "text,label\n", "holds no texts"),
        ("a.csv", "words,label\ngood,pos\n", "line 1: no column is called text; name it by --text-column"),
        ("a.csv", "text,stars\ngood,5\n", "line 1: no column is called label; name it by --label-column"),
        ("a.jsonl", '{"text": "a", "label": "b"}\n{"text": "a"\n', "a.jsonl, line 2: "),
        ("a.jsonl", '{"text": "a", "label": "b"}\n{"text": "a"}\n', "line 2: 'label' is missing"),
        ("a.jsonl", "[1, 2]\n", "line 1: '[1, 2]' is not a JSON object"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path, name, content, told):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ProjectError) as problem:
        read_texts(tmp_path / name)
    assert told in str(problem.value)


def test_a_column_that_is_not_there_and_one_for_both(tmp_path):
    (tmp_path / "a.csv").write_text("text,label\ngood,pos\n")
    with pytest.raises(ProjectError, match="no column 'stars': it has text, label"):
        read_texts(tmp_path / "a.csv", label_column="stars")
    with pytest.raises(ProjectError, match="cannot hold both"):
        read_texts(tmp_path / "a.csv", text_column="label")
    with pytest.raises(ProjectError, match="there is no file"):
        read_texts(tmp_path / "b.csv")


def test_lines(tmp_path):
    (tmp_path / "a.txt").write_bytes("很好\r\n\r\n差\n".encode("gbk"))
    assert read_lines(tmp_path / "a.txt") == ["很好", "差"]
