"""Text as windows, divided so that nothing is in two parts."""

from __future__ import annotations

import json

import numpy as np
import pytest

from your_project import chat_files, data, paragraphs, sources, tokenizer
from your_project.engine import card_of
from your_project.errors import ProjectError
from your_project.settings import Settings


def sentences(seed, count=60):
    random = np.random.default_rng(seed)
    words = ["".join(random.choice(list("abcdefgh"), 5)) for _ in range(50)]
    return [" ".join(random.choice(words, 40)) for _ in range(count)]


def test_no_paragraph_is_in_two_parts_even_if_it_was_there_twice():
    once = sentences(0)
    documents = ["\n\n".join(once), "\n \n\n".join([once[3], *sentences(1), once[5]])]
    parts = paragraphs.divided(documents, "mine")
    assert parts.doubles == 2
    three = parts.training, parts.validation, parts.test
    found = [set(one.checksums.tolist()) for one in three]
    assert not (found[0] & found[1] or found[0] & found[2] or found[1] & found[2])
    assert sum(map(len, found)) == 120
    assert len(found[0]) > 4 * len(found[2]) > 0
    again = paragraphs.divided(documents, "mine")
    assert [one.texts for one in (again.training, again.validation, again.test)] == [
        one.texts for one in three
    ]


def test_a_text_without_empty_lines_is_cut_at_line_ends_and_loses_nothing():
    text = "\n".join(sentences(2, 100))
    pieces = paragraphs.split_up(text)
    assert len(pieces) > 5
    assert all(piece.endswith("\n") for piece in pieces)
    assert "".join(pieces).strip() == text
    one_line = "x" * 9000
    assert "".join(paragraphs.split_up(one_line)).strip() == one_line


def test_the_default_text_repeats_itself_and_is_cleaned():
    parts = paragraphs.divided(sources.topics(), "topics")
    assert (
        parts.doubles > 100
    )  # its sections are there once by themselves and once in the chapter around them
    assert sum(map(len, parts.training.texts)) > 200_000


def test_targets_are_the_inputs_shifted_by_one_once():
    known = tokenizer.Characters.learn("abcdefgh")
    part = paragraphs.Part(["abcdefgh"], np.zeros(1, np.uint64))
    found = data.windows(part, known, 4, "mine")
    assert [known.decode(row) for row in found.inputs] == ["abcd", "efgh"]
    assert [known.decode(row) for row in found.targets] == ["bcde", "fgh"]
    assert found.targets[1, 3] == tokenizer.END
    assert found.characters(known.lengths) == 7


@pytest.mark.parametrize("kind", ["characters", "bytes"])
def test_the_tokenizer_sees_the_training_part_alone(tmp_path, kind):
    signs = [chr(0x4E00 + number) for number in range(200)]  # each paragraph has one of its own
    texts = [4 * sign + " " + text for sign, text in zip(signs, sentences(3, 200), strict=True)]
    (tmp_path / "text.md").write_text("\n\n".join(texts), encoding="utf-8")
    settings = Settings(data=str(tmp_path), context=16, tokenizer=kind, vocabulary=4096)
    parts = paragraphs.divided(sources.read(settings, settings.data), settings.data)
    known = data.load(settings).tokenizer
    spelt = "".join(piece.decode(errors="ignore") for piece in known.pieces)
    for part, told in ((parts.training, True), (parts.validation, False), (parts.test, False)):
        own = [sign for sign in signs if sign in "".join(part.texts)]
        assert own and all((sign in spelt) == told for sign in own)


def loaded(name, known=None):
    """Return a text, what a network that learns from it has seen then, and the network's description."""
    settings = Settings(data=str(name), context=16)
    text = data.load(settings, known)
    seen = np.concatenate([text.train.checksums(), text.validation.checksums()])
    return text, seen, card_of(text, settings, "pytorch")


def test_a_text_that_has_grown_tests_nothing_that_was_learned(tmp_path):
    file, texts = tmp_path / "a.txt", sentences(5, 400)
    file.write_text("\n\n".join(texts[:100]), encoding="utf-8")
    before, seen, card = loaded(file)
    file.write_text("\n\n".join(texts), encoding="utf-8")
    again, _, _ = loaded(file, before.tokenizer)
    # divided anew, of what was learned some is in the test part
    assert np.isin(again.test.checksums(), seen).any()
    for same in (True, False):
        found = data.load_unseen(Settings(data=str(file), context=16), card, seen, same=same)
        assert len(found) and set(found.checksums()) < set(again.test.checksums())
        assert not np.isin(found.checksums(), seen).any()
    # nor is what a base has learned in the text that it is adapted to
    adapted = data.load(Settings(data=str(file), context=16), before.tokenizer, seen)
    assert np.array_equal(adapted.test.inputs, found.inputs)
    with pytest.raises(ProjectError, match="was trained on all that would test it"):
        data.load(Settings(data=str(file), context=16), before.tokenizer, again.test.checksums())


@pytest.mark.parametrize("file", ["mine.jsonl", "other.jsonl"])
def test_chats_that_were_learned_do_not_test(tmp_path, file):
    """Of a file that has grown, and of another one that has some chats in common."""
    chats = [{"instruction": f"Count to {number}", "output": str(number)} for number in range(120)]
    # those with small checksums are tests: so some that tested nothing in a part do so in the whole
    order = np.argsort(chat_files.checksums([chat_files.chat_of(chat, "") for chat in chats]))
    lines = [json.dumps(chats[place]) for place in order]
    (tmp_path / "mine.jsonl").write_text("\n".join(lines[:60:3]), encoding="utf-8")
    before, seen, card = loaded(tmp_path / "mine.jsonl")
    (tmp_path / file).write_text("\n".join(lines), encoding="utf-8")
    again, _, _ = loaded(tmp_path / file, before.tokenizer)
    assert np.isin(again.test.checksums(), seen).any()
    settings = Settings(data=str(tmp_path / file), context=64)
    same = file == "mine.jsonl"
    found = data.load_unseen(settings, card, seen, same=same)
    assert len(found) and set(found.checksums()) < set(again.test.checksums())
    assert not np.isin(found.checksums(), seen).any()
    assert np.array_equal(data.load(settings, before.tokenizer, seen).test.origins, found.origins)
    with pytest.raises(ProjectError, match=r"was trained on all of its \d+ test chats"):
        data.load_unseen(settings, card, again.test.checksums(), same=same)


def test_evaluation_leaves_out_what_was_learned(tmp_path):
    texts = sentences(4, 200)
    (tmp_path / "a.txt").write_text("\n\n".join(texts[:150]), encoding="utf-8")
    (tmp_path / "b.txt").write_text("\n\n".join(texts[100:]), encoding="utf-8")
    settings = Settings(data=str(tmp_path / "a.txt"), context=16)
    learned = data.load(settings)
    seen = np.concatenate([learned.train.checksums(), learned.validation.checksums()])
    fresh = paragraphs.whole(sources.read(settings, str(tmp_path / "b.txt"))).without(seen)
    kept = paragraphs.split_up("".join(fresh.texts))
    # the last fifty are new, and of the common fifty those that were for test
    assert 50 <= len(kept) < 75
    assert not set(fresh.checksums.tolist()) & set(seen.tolist())


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.txt", b"good\nb\xffd\n", "a.txt, line 2: byte 0xff is neither UTF-8 nor GBK"),
        ("a.txt", b"one\n\ntwo\0", "a.txt, line 3: a zero byte"),
        ("a.txt", b"short", "too few to divide"),
        ("a.pdf", b"text", "holds no .txt or .md files"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ProjectError, match=told.replace(".", r"\.")):
        data.load(Settings(data=str(tmp_path)))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"width": 100, "heads": 3}, "multiple of twice the 3 heads"),
        ({"top_p": 0.0}, "top_p is a share above 0"),
        ({"vocabulary": 100}, "vocabulary must be at least 260"),
        ({"accumulate": 0}, "accumulate must be at least 1"),
    ],
)
def test_settings_that_cannot_be_meant(changed, told):
    with pytest.raises(ValueError, match=told):
        Settings(**changed)


def test_an_older_chinese_text_is_read(tmp_path, capsys):
    (tmp_path / "a.txt").write_bytes("从零开始的语言模型".encode("gbk"))
    assert sources.read_file(tmp_path / "a.txt") == "从零开始的语言模型"
    assert "a.txt is no UTF-8; read as GBK" in capsys.readouterr().out
