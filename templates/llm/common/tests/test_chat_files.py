"""Files of chats: both forms are read, and what is none is named by file and line."""

import json

import pytest

from your_project import chat_files
from your_project.errors import ProjectError

QUESTION = {"role": "user", "content": "Hi"}
ANSWER = {"role": "assistant", "content": "Yo"}


def written(folder, *rows):
    file = folder / "chats.jsonl"
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_both_forms_are_read(tmp_path):
    alpaca = {"instruction": "Add", "input": "1 2", "output": "3"}
    expected = [
        [QUESTION, ANSWER],
        [{"role": "user", "content": "Add\n\n1 2"}, {"role": "assistant", "content": "3"}],
    ]
    assert chat_files.read(written(tmp_path, {"messages": [QUESTION, ANSWER]}, "", alpaca)) == expected
    assert (
        chat_files.read(written(tmp_path, json.dumps([{"messages": [QUESTION, ANSWER]}, alpaca]))) == expected
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"messages": ', "line 2: no JSON: "),
        ("[1]", "line 2: an object is expected, not [1]"),
        ({"text": "Hi"}, "line 2: `messages`, or `instruction` and `output`, are expected; there is text"),
        ({"messages": []}, "line 2: `messages` must be a list of messages"),
        ({"messages": [QUESTION]}, "line 2: after a system's message, if any, user and assistant take turns"),
        ({"messages": [ANSWER, QUESTION]}, "here it goes assistant, user"),
        (
            {"messages": [{"role": "human", "content": "Hi"}]},
            "message 1: the role must be one of system, user,",
        ),
        (
            {"messages": [QUESTION, {"role": "assistant", "content": " "}]},
            "message 2: the content must be text",
        ),
        ({"instruction": 3, "output": "x"}, "line 2: `instruction` and `input` must be text"),
        ({"instruction": "Add", "output": None}, "message 2: the content must be text"),
    ],
)
def test_what_is_no_chat_is_named_by_file_and_line(tmp_path, row, said):
    file = written(tmp_path, {"messages": [QUESTION, ANSWER]}, row)
    with pytest.raises(ProjectError) as told:
        chat_files.read(file)
    assert str(told.value).startswith(f"{file}, line 2") and said in str(told.value)


def test_an_empty_file_is_told(tmp_path):
    with pytest.raises(ProjectError, match=r"chats\.jsonl holds no chats"):
        chat_files.read(written(tmp_path, ""))


def test_the_chats_that_come_along_are_chats_in_two_languages():
    found = chat_files.read(chat_files.BUILTIN)
    assert 40 <= len(found) <= 80
    chinese = [chat for chat in found if any("\u4e00" <= sign <= "\u9fff" for sign in chat[-1]["content"])]
    assert len(found) / 4 < len(chinese) < len(found) / 2


def test_no_chat_is_in_two_parts():
    every = chat_files.read(chat_files.BUILTIN)
    parts = chat_files.divided([*every, *every])
    keys = [{json.dumps(chat) for chat in part} for part in parts]
    assert [len(part) for part in parts] == [len(key) for key in keys]
    assert sum(map(len, parts)) == len(every)
    assert len(keys[0] | keys[1] | keys[2]) == len(every)
    assert min(map(len, parts)) >= 7


def test_too_few_chats_cannot_be_divided():
    with pytest.raises(ProjectError, match="there are 1 different chats; at least 3 are needed"):
        chat_files.divided([[QUESTION, ANSWER]] * 5)
