"""Updates of a project: what its template was and is, what its user did, and where Copier and scaffold differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    to: str


@dataclass(frozen=True, slots=True)
class Program:
    """A file that may be run."""

    text: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A file that its user renamed."""

    source: str


Content = str | bytes | Link | Program | Moved | None

#: Path -> what is there; None: nothing.
Files = Mapping[str, Content]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One update. ``before`` and ``after`` are laid over `TEMPLATE`, ``user`` over what the first gave."""

    name: str
    before: Files = field(default_factory=dict)
    after: Files = field(default_factory=dict)
    user: Files = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)  # given with the update
    conflicts: tuple[str, ...] = ()  # files that scaffold leaves marked
    #: Path -> why scaffold's content is another one than Copier's there. All other paths are byte for byte the same.
    differ: Mapping[str, str] = field(default_factory=dict)
    mirrors: str = ""  # the test of Copier's that drives the like

    @property
    def alone(self) -> bool:
        """It changes settings or answers, and so needs a template of its own; all others share one."""
        return bool(self.answers) or any(
            path == "copier.yml" or "{%" in path for path in (*self.before, *self.after)
        )


LINES = [f"line {number}" for number in range(1, 13)]
POEM = "\n".join(LINES) + "\n"


def poem(changes: Mapping[int, str], end: str = "\n") -> str:
    """The twelve lines with some of them replaced."""
    return end.join(changes.get(number, line) for number, line in enumerate(LINES, start=1)) + end


QUESTIONS = "who:\n  type: str\n  default: world\nextra:\n  type: bool\n  default: false\n"
TEMPLATE: Files = {
    "copier.yml": QUESTIONS,
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml -}}\n",
    "poem.txt": POEM,
    "other.txt": "other\n",
    "hello.txt.jinja": f"{POEM}hello {{{{ who }}}}\n",
    "data.bin": b"\0\1\2 first",
    "run.sh": "#!/bin/sh\n",
}

_DELETED = "the template has it no more, but its user changed it: scaffold keeps what somebody wrote"
_FOLLOWS = "scaffold finds the file under its new name and carries the changes there"
_GOES_ALONG = "scaffold takes the user's changes along to the new name; Copier drops them without a word"
_BYTES = "scaffold keeps the user's bytes; Copier puts the template's in their place without a word"
_LEFT_OUT = "scaffold takes away what the template gives no more and nobody touched; Copier leaves it there"

SCENARIOS = (
    Scenario(name="nothing of the user's", after={"poem.txt": poem({3: "three"}), "new.txt": "new\n"},
             mirrors="test_updatediff"),
    Scenario(name="user only", user={"poem.txt": poem({3: "mine"}), "own.txt": "own\n"}, after={"other.txt": "o\n"},
             mirrors="test_updatediff"),
    Scenario(name="both, apart", user={"poem.txt": poem({2: "mine"})}, after={"poem.txt": poem({10: "theirs"})},
             mirrors="test_3way_merged_files_without_conflicts_are_not_marked_unmerged"),
    Scenario(name="both, the same line", user={"poem.txt": poem({5: "mine"})},
             after={"poem.txt": poem({5: "theirs"})}, conflicts=("poem.txt",),
             mirrors="test_conflicted_files_are_marked_unmerged"),
    Scenario(name="both, the same change", user={"poem.txt": poem({5: "same"})},
             after={"poem.txt": poem({5: "same"})}, mirrors="test_updatediff"),
    Scenario(name="conflict in letters of the world", user={"poem.txt": poem({5: "meïn ß"})},
             after={"poem.txt": poem({5: "他们的"})}, conflicts=("poem.txt",),
             mirrors="test_conflict_on_update_with_unicode_in_content"),
    Scenario(name="the template deletes what nobody touched", after={"other.txt": None}, mirrors="test_file_removed"),
    Scenario(name="the template deletes what the user changed", user={"other.txt": "mine\n"},
             after={"other.txt": None}, differ={"other.txt": _DELETED}, mirrors="test_file_removed"),
    Scenario(name="the user deletes what stays as it is", user={"other.txt": None}, after={"poem.txt": poem({1: "1"})},
             mirrors="test_skip_update_deleted"),
    Scenario(name="the user deletes what the template changes", user={"poem.txt": None},
             after={"poem.txt": poem({1: "one"})}, mirrors="test_update_deleted_path"),
    Scenario(name="the template renames what nobody touched", after={"poem.txt": None, "verse.txt": POEM},
             mirrors="test_file_removed"),
    Scenario(name="the template renames what the user changed", user={"poem.txt": poem({2: "mine"})},
             after={"poem.txt": None, "verse.txt": poem({10: "theirs"})},
             differ={"verse.txt": _GOES_ALONG}),
    Scenario(name="the user renames what the template changes", user={"mine.txt": Moved("poem.txt")},
             after={"poem.txt": poem({10: "theirs"})}, differ={"mine.txt": _FOLLOWS}),
    Scenario(name="a file comes with an answer",
             before={"{% if extra %}extra.txt{% endif %}.jinja": "for {{ who }}\n"}, answers={"extra": True},
             mirrors="test_update_inline_changed_answers_and_questions"),
    Scenario(name="a file goes with an answer",
             before={"copier.yml": QUESTIONS.replace("false", "true"),
                     "{% if extra %}extra.txt{% endif %}.jinja": "for {{ who }}\n"}, answers={"extra": False},
             mirrors="test_update_inline_changed_answers_and_questions"),
    Scenario(name="an answer changes beside the user's lines", user={"hello.txt": poem({2: "mine"}) + "hello world\n"},
             answers={"who": "moon"}, mirrors="test_update_inline_changed_answers_and_questions"),
    Scenario(name="a new question", after={"copier.yml": f"{QUESTIONS}year:\n  type: int\n  default: 2026\n",
                                           "year.txt.jinja": "{{ year }}\n"},
             mirrors="test_update_with_skip_answered_and_new_answer"),
    Scenario(name="another subdirectory", before={"copier.yml": f"_subdirectory: a\n{QUESTIONS}", "a/x.txt": POEM,
                                                  "a/{{ _copier_conf.answers_file }}.jinja":
                                                  "{{ _copier_answers | to_nice_yaml -}}\n"},
             user={"x.txt": poem({2: "mine"})},
             after={"copier.yml": f"_subdirectory: b\n{QUESTIONS}", "b/x.txt": poem({10: "theirs"}),
                    "b/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml -}}\n"},
             mirrors="test_subdirectory.test_update_subdirectory"),
    Scenario(name="may be run now", after={"run.sh": Program("#!/bin/sh\n")},
             mirrors="test_update_propagates_executable_bit_addition"),
    Scenario(name="may be run no more", before={"run.sh": Program("#!/bin/sh\n")}, after={"run.sh": "#!/bin/sh\n"},
             mirrors="test_update_propagates_executable_bit_removal"),
    Scenario(name="may be run now, and the user wrote in it", user={"poem.txt": poem({2: "mine"})},
             after={"poem.txt": Program(poem({10: "theirs"}))},
             mirrors="test_update_with_exec_bit_change_and_merge_conflict"),
    Scenario(name="ends of lines of DOS", before={"poem.txt": poem({}, "\r\n")},
             user={"poem.txt": poem({2: "mine"}, "\r\n")}, after={"poem.txt": poem({10: "theirs"}, "\r\n")}),
    Scenario(name="no end of the last line", before={"poem.txt": POEM[:-1]}, user={"poem.txt": poem({2: "mine"})[:-1]},
             after={"poem.txt": poem({10: "theirs"})[:-1]}),
    Scenario(name="bytes, changed by the template", after={"data.bin": b"\0\1\2 second"}),
    Scenario(name="bytes, changed by the user", user={"data.bin": b"\0 mine"}, after={"other.txt": "o\n"},
             differ={"data.bin": _BYTES}),
    Scenario(name="bytes, changed by both", user={"data.bin": b"\0 mine"}, after={"data.bin": b"\0 theirs"},
             conflicts=("data.bin",), differ={"data.bin": _BYTES}),
    Scenario(name="a new file of both", user={"new.txt": "mine\n"}, after={"new.txt": "theirs\n"},
             conflicts=("new.txt",), mirrors="test_update_with_new_file_in_template_and_project"),
    Scenario(name="the same new file of both", user={"new.txt": "same\n"}, after={"new.txt": "same\n"},
             mirrors="test_update_with_new_file_in_template_and_project"),
    Scenario(name="a link leads elsewhere",
             before={"copier.yml": f"_preserve_symlinks: true\n{QUESTIONS}", "way": Link("poem.txt")},
             after={"copier.yml": f"_preserve_symlinks: true\n{QUESTIONS}", "way": Link("other.txt")},
             mirrors="test_symlinks.test_update_symlink"),
    Scenario(name="migrations come along, which nobody trusts", user={"poem.txt": poem({2: "mine"})},
             after={"copier.yml": f'{QUESTIONS}_migrations:\n  - version: v2\n    command: "true"\n',
                    "poem.txt": poem({10: "theirs"})}, mirrors="test_updatediff"),
    Scenario(name="left out from now on", after={"copier.yml": f'_exclude: ["copier.yml", other.txt]\n{QUESTIONS}'},
             differ={"other.txt": _LEFT_OUT}, mirrors="test_exclude_added_in_new_version"),
)  # fmt: skip


def together(scenarios: tuple[Scenario, ...]) -> Scenario:
    """All of them as one update, each in a folder of its own; every line tells which one it is of."""
    own = {
        path: content
        for path, content in TEMPLATE.items()
        if path in {"poem.txt", "other.txt", "data.bin", "run.sh"}
    }
    before: dict[str, Content] = {}
    after: dict[str, Content] = {}
    user: dict[str, Content] = {}
    for number, one in enumerate(scenarios):
        for target, files in ((before, {**own, **one.before}), (after, one.after), (user, one.user)):
            target.update({f"{number}/{path}": _own(content, number) for path, content in files.items()})
    return Scenario(name="together", before=before, after=after, user=user)


def _own(content: Content, number: int) -> Content:
    """The same with lines that no other scenario has, so that no file looks like another one's renamed."""
    if isinstance(content, str):
        return content.replace("line ", f"line {number}.").replace("other", f"other {number}")
    if isinstance(content, Program):
        return Program(str(_own(content.text, number)))
    if isinstance(content, Moved):
        return Moved(f"{number}/{content.source}")
    return content
