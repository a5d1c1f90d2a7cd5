"""Our splitting and quoting of PARAMETERS against ParametersListUtil itself."""

from __future__ import annotations

import random

from scaffold.pycharm.reading.parameters import join, parse

from .judge import Judge

#: What decides: quotes, backslashes, every kind of blank that Java or Unicode knows, controls, other planes.
SPECIAL = (
    '""""\'\'\\\\\\\\  \t\n\r\x0b\x0c\x00\x01\x1c\x1d\x1e\x1f\x7f\x85\u00a0\u1680\u180e\u2000\u2003\u2007\u2009'
    "\u2028\u2029\u200b\u202f\u205f\u3000\ufeff$-=,ab中é😀\U0001f1e8"
)
SEED, COUNT = 20261122, 10_000


def a_text(chance: random.Random, most: int) -> str:
    text = []
    for _ in range(chance.randrange(most)):
        if chance.random() < 0.85:
            text.append(chance.choice(SPECIAL))
        else:
            code = chance.randrange(0x30000)
            text.append(chr(code) if not 0xD800 <= code < 0xE000 else "x")
    return "".join(text)


def test_ten_thousand_texts_are_split_as_the_ide_splits_them(judge: Judge) -> None:
    chance = random.Random(SEED)
    texts = [a_text(chance, 24) for _ in range(COUNT)]
    assert [list(parse(text)) for text in texts] == judge.split(texts)


def test_ten_thousand_command_lines_come_back_from_the_ide_whole(judge: Judge) -> None:
    chance = random.Random(SEED + 1)
    lines = [[a_text(chance, 12) for _ in range(chance.randrange(1, 6))] for _ in range(COUNT)]
    assert judge.split([join(line) for line in lines]) == lines
