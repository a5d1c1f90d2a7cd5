"""Both languages say the same things, and which is spoken."""

from __future__ import annotations

import re

import pytest

from scaffold.cli.dialogue.model import Option
from scaffold.cli.dialogue.picker import Picker
from scaffold.cli.dialogue.words import language, words
from scaffold.projects.catalog import find_templates
from scaffold.projects.names import reason
from scaffold.recorded import RecordedSystem

LINUX = {
    "os": "linux",
    "machine": "x86_64",
    "release": "6.1",
    "version": "",
    "libc": "glibc 2.36",
    "cpu_count": 2,
}
NAMES = (
    "",
    "a/b",
    "..",
    "é",
    "a\nb",
    "a b",
    "-a",
    "a.b",
    "3d",
    "x" * 41,
    "A",
    "a!",
    "a--b",
    "class",
    "random",
    "torch",
    "tests",
    "nul",
)


def test_every_word_of_one_language_is_in_the_other_with_the_same_gaps() -> None:
    english, chinese = (
        {
            key: sorted(re.findall(r"{\w+}", text))
            for key, text in words(one)._rows.items()
            if isinstance(text, str)
        }
        for one in ("en", "zh")
    )
    assert english == chinese


def test_every_refusal_of_a_name_has_chinese_words() -> None:
    found = [reason(name) for name in NAMES]
    kinds = [one.kind for one in found if one is not None]
    assert sorted(kinds) == sorted(words("zh")._rows["refusals"])
    assert all(words("zh").refusal(one).isascii() is False for one in found if one is not None)
    assert all(words("en").refusal(one) == one.text for one in found if one is not None)


def test_every_template_of_ours_has_chinese_words() -> None:
    ours = [one.name for one in find_templates().templates if one.provider == "scaffold-dl"]
    for table in ("templates", "descriptions", "datasets"):
        assert sorted(words("zh")._rows[table]) == ours


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_GB"}, "zh"),
        ({"LC_ALL": "zh_CN.UTF-8", "SCAFFOLD_LANGUAGE": "en"}, "en"),
        ({"LANG": "de_DE.UTF-8", "SCAFFOLD_LANGUAGE": "zh"}, "zh"),
    ],
)
def test_which_language_is_spoken(environment, spoken) -> None:
    assert (
        language(RecordedSystem({"schema": "scaffold/host/1", "platform": LINUX, "environment": environment}))
        == spoken
    )


def test_typing_narrows_and_what_begins_so_comes_first() -> None:
    names = ("aback", "cab", "bar", "zoo")
    picker = Picker(tuple(Option(value=one, title="") for one in names), "zoo")
    assert picker.current is not None
    assert picker.current.value == "zoo"
    picker.move(1)
    picker.narrow("ba")
    assert [one.value for one in picker.found] == ["bar", "aback"]
    picker.move(-1)
    assert picker.current.value == "aback"
    picker.narrow("bax")
    picker.move(1)
    assert (picker.current, picker.shown(3)) == (None, ())
    picker.narrow("")
    assert [one.value for one in picker.shown(2)] == ["aback", "cab"]
