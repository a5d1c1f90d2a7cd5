"""Texts with labels from a file of the user's own: CSV, TSV or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .csv_text import decoded, read_rows
from .errors import ProjectError

#: names under which texts and labels are looked for, the likeliest first
TEXT_NAMES = (
    "text",
    "review",
    "sentence",
    "content",
    "comment",
    "review_body",
    "文本",
    "内容",
    "评论",
    "句子",
)
LABEL_NAMES = (
    "label",
    "class",
    "sentiment",
    "category",
    "target",
    "polarity",
    "标签",
    "类别",
    "情感",
    "分类",
)
JSON_LINES = (".jsonl", ".ndjson", ".json")


def read_texts(
    path: Path, text_column: str = "", label_column: str = "", encoding: str = ""
) -> tuple[list[str], list[str]]:
    """Return the texts of a file and their labels.

    Columns that are not named are found by their names. What is wrong is a `ProjectError` that names the file
    and the line.
    """
    if not path.is_file():
        raise ProjectError(f"there is no file {path}")
    jsonl = path.suffix.lower() in JSON_LINES
    names, rows, lines = _json_lines(path, encoding) if jsonl else _cells(path, encoding)
    text_at = _column(path, names, text_column, TEXT_NAMES, "text")
    label_at = _column(path, names, label_column, LABEL_NAMES, "label")
    if text_at == label_at:
        raise ProjectError(f"{path}: the column {names[text_at]!r} cannot hold both text and label")
    texts, labels = [], []
    for row, line in zip(rows, lines, strict=True):
        text, label = row[text_at].strip(), row[label_at].strip()
        if not text or not label:
            missing = names[label_at if text else text_at]
            raise ProjectError(f"{path}, line {line}: nothing in {missing!r}: fill it in or delete the line")
        texts.append(text)
        labels.append(label)
    if not texts:
        raise ProjectError(f"{path} holds no texts")
    return texts, labels


def read_lines(path: Path, encoding: str = "") -> list[str]:
    """Return the texts of a file that has one in each line; empty lines are passed over."""
    text, _ = decoded(path, encoding)
    if lines := [line.strip() for line in text.splitlines() if line.strip()]:
        return lines
    raise ProjectError(f"{path} holds no texts")


Cells = tuple[Sequence[str], list[list[str]], list[int]]  # names, rows of text, the line of each row


def _cells(path: Path, encoding: str) -> Cells:
    found = read_rows(path, encoding=encoding)
    for note in found.notes:
        if "read as" in note:  # what it says of numbers is not about texts
            print(f"data        {note}")
    return found.names, found.rows, found.lines


def _json_lines(path: Path, encoding: str) -> Cells:
    text, _ = decoded(path, encoding)
    names: list[str] = []
    rows, lines = [], []
    for number, line in enumerate(text.split("\n"), start=1):  # splitlines() would cut at U+2028, too
        if not line.strip():
            continue
        try:
            content = json.loads(line)
            json.dumps(content, ensure_ascii=False).encode()  # refuses a half of a surrogate pair
        except ValueError as problem:
            raise ProjectError(f"{path}, line {number}: {problem}; each line is a JSON object") from None
        if not isinstance(content, dict):
            raise ProjectError(f"{path}, line {number}: {line.strip()[:40]!r} is not a JSON object")
        names = names or list(content)
        if absent := [name for name in names if name not in content]:
            raise ProjectError(f"{path}, line {number}: {absent[0]!r} is missing, which the first line has")
        rows.append([_shown(content[name]) for name in names])
        lines.append(number)
    return names, rows, lines


def _shown(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)  # a label may be a number; True is "true" as in the file


def _column(path: Path, names: Sequence[str], wanted: str, usual: Sequence[str], what: str) -> int:
    """Return the place of the column that was named, or whose name says what it holds."""
    if wanted:
        if wanted in names:
            return list(names).index(wanted)
        raise ProjectError(f"{path} has no column {wanted!r}: it has {', '.join(names)}")
    lower = [name.strip().lower() for name in names]
    for name in usual:
        if name in lower:
            return lower.index(name)
    raise ProjectError(
        f"{path}, line 1: no column is called {what}; name it by --{what}-column (one of {', '.join(names)})"
    )
