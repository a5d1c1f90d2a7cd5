"""``scaffold new`` at a real terminal: what is asked, what stands afterwards, what every way out leaves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import BACK_TAB, CTRL_C, CTRL_D, DOWN, ENTER, ESCAPE, LEFT, TAB, Terminal

pytestmark = pytest.mark.usefixtures("isolated")

POINTER = "\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}"
CNN = ("? Template [1/3]", f"{POINTER} cnn  ", "First run", "Esc stops")
KEYS = "Esc stops"  # the last line of every question: it has been drawn


@pytest.fixture
def here(tmp_path: Path) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


def new(here: Path, *arguments: str, **more) -> Terminal:
    """``scaffold new`` that makes no environment and only plans."""
    argv = [sys.executable, "-m", "scaffold", "new", "--no-env", "--dry-run", *arguments]
    return Terminal(argv, cwd=here, **more)


def answered(said: str) -> list[str]:
    """What is left standing of the questions."""
    return re.findall(r"✔ \w+: \S+", said)


def test_three_questions_and_the_command_that_asks_none(here) -> None:
    with new(here) as terminal:
        terminal.shows(*CNN)
        terminal.type(DOWN)
        terminal.shows(f"{POINTER} llm")
        terminal.type("num")
        terminal.shows("? Template [1/3]: num\n", f"{POINTER} numpy-net  ")
        terminal.type(ENTER)
        terminal.shows("? Name [2/3]: numpy-net-project\n  → makes ./numpy-net-project, package")
        terminal.type("My Net")
        terminal.shows("? Name [2/3]: My Net\n  ✗ it holds a space; Tab takes my-net\n")
        terminal.type(ENTER, TAB)
        terminal.shows("? Name [2/3]: my-net\n  → makes ./my-net, package my_net\n")
        terminal.type(ENTER)
        terminal.shows("? Frameworks [3/3]", KEYS)
        terminal.type(DOWN, ENTER)
        terminal.until("The same without questions:")
        assert terminal.end() == 0
    assert answered(terminal.said) == ["✔ Template: numpy-net", "✔ Name: my-net", "✔ Frameworks: pytorch"]
    command = "scaffold new my-net --template numpy-net --framework pytorch --no-env --dry-run\n"
    assert command in terminal.said
    assert list(here.iterdir()) == []


def test_enter_alone_takes_what_is_proposed_and_a_taken_name_is_passed_over(here) -> None:
    (here / "cnn-project").mkdir()
    (here / "cnn-project" / "mine.txt").touch()
    with new(here) as terminal:
        for number in range(1, 4):
            terminal.shows(f"[{number}/3]", KEYS)
            terminal.type(ENTER)
        assert terminal.end() == 0
    assert answered(terminal.said) == ["✔ Template: cnn", "✔ Name: cnn-project-2", "✔ Frameworks: both"]
    assert "scaffold new cnn-project-2 --template cnn --framework both " in terminal.said


def test_a_name_that_tells_no_template_asks_for_that_and_the_frameworks(here) -> None:
    with new(here, "flowers", "--ide", "both") as terminal:
        terminal.shows("? Template [1/2]", KEYS)
        terminal.type(ENTER)
        terminal.shows("? Frameworks [2/2]", KEYS)
        terminal.type(DOWN, ENTER)
        assert terminal.end() == 0
    assert answered(terminal.said) == ["✔ Template: cnn", "✔ Frameworks: pytorch"]
    command = "scaffold new flowers --template cnn --framework pytorch --ide both --no-env --dry-run\n"
    assert command in terminal.said


def test_frameworks_that_an_option_tells_are_not_asked_for(here) -> None:
    with new(here, "flowers", "-f", "keras") as terminal:
        terminal.shows("? Template [1/1]", KEYS)
        terminal.type(ENTER)
        assert terminal.end() == 0
    assert answered(terminal.said) == ["✔ Template: cnn"]
    assert "scaffold new flowers --template cnn --framework keras --no-env --dry-run\n" in terminal.said


def test_an_earlier_question_is_asked_again_and_what_was_answered_is_there(here) -> None:
    with new(here) as terminal:
        terminal.shows("? Template [1/3]", "Enter takes, Esc stops")  # no way back from the first
        terminal.type(LEFT, BACK_TAB, "llm", ENTER)
        terminal.shows("? Name [2/3]: llm-project", "goes back, Esc stops")
        terminal.type("a", LEFT, "b")  # within what is typed it moves
        terminal.shows("? Name [2/3]: ba\n")
        terminal.type(ENTER)
        terminal.shows("✔ Name: ba\n", "? Frameworks [3/3]", KEYS)
        terminal.type(DOWN, LEFT)
        terminal.shows("✔ Template: llm\n? Name [2/3]: ba\n", KEYS)
        terminal.type(BACK_TAB)
        terminal.shows("? Template [1/3]", f"{POINTER} llm  ", KEYS)
        assert "✔" not in terminal.screen
        terminal.type(ENTER)
        terminal.shows("? Name [2/3]: ba\n", KEYS)
        terminal.type(ENTER)
        terminal.shows("✔ Template: llm\n✔ Name: ba\n? Frameworks [3/3]", KEYS)
        terminal.type(ENTER)
        assert terminal.end() == 0
    assert "scaffold new ba --template llm --framework both --no-env" in terminal.said


def test_a_name_that_was_proposed_goes_with_its_template(here) -> None:
    with new(here) as terminal:
        terminal.shows(*CNN)
        terminal.type(ENTER)
        terminal.shows("? Name [2/3]: cnn-project", KEYS)
        terminal.type(ENTER)
        terminal.shows("? Frameworks [3/3]", KEYS)
        terminal.type(LEFT)
        terminal.shows("? Name [2/3]: cnn-project", KEYS)
        terminal.type(LEFT)
        terminal.shows("? Template [1/3]", KEYS)
        terminal.type("llm", ENTER)
        terminal.shows("? Name [2/3]: llm-project", KEYS)
        terminal.type(CTRL_C)
        assert terminal.end() == 130


def test_the_plan_is_wrapped_at_words(here) -> None:
    with new(here, "cnn-project", columns=60, rows=200) as terminal:
        assert terminal.end() == 0
    rows = [line for line in terminal.said.splitlines() if line.startswith(" " * 15)]
    assert rows
    assert [line for line in rows if len(line) > 60 and " " in line.strip()] == []


@pytest.mark.parametrize("arguments", [("cnn-project",), ("flowers", "-t", "cnn")])
def test_what_leaves_nothing_open_asks_nothing(here, arguments) -> None:
    with new(here, *arguments) as terminal:
        assert terminal.end() == 0
    assert "?" not in terminal.said.splitlines()[0]
    assert "without questions" not in terminal.said


@pytest.mark.parametrize(
    ("question", "key"),
    [(0, CTRL_C), (0, CTRL_D), (0, ESCAPE), (1, CTRL_C), (1, CTRL_D), (1, ESCAPE), (2, CTRL_C)],
)
def test_who_stops_leaves_nothing(here, question, key) -> None:
    with new(here) as terminal:
        for number in range(question):
            terminal.shows(f"[{number + 1}/3]", KEYS)
            terminal.type(ENTER)
        terminal.shows(f"[{question + 1}/3]", KEYS)
        terminal.type(key)
        assert terminal.end() == 130
    assert terminal.said.rstrip().endswith("Stopped: nothing was made.")
    assert "Traceback" not in terminal.said
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL, None], ids=str)
def test_a_kill_or_a_closed_terminal_leaves_nothing(here, number) -> None:
    with new(here) as terminal:
        terminal.shows("[1/3]", KEYS)
        terminal.type(ENTER)
        terminal.shows("[2/3]", KEYS)
        if number is None:
            terminal.close()
            status = terminal.process.wait(timeout=120)
        else:
            terminal.process.send_signal(number)
            status = terminal.end()
    assert status == (-number if number is signal.SIGKILL else 130)
    assert "Traceback" not in terminal.said
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("environment", "size"),
    [
        ({"TERM": "dumb"}, {}),
        ({"PYTHONIOENCODING": "gbk"}, {}),
        ({"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, {}),
        ({}, {"columns": 40}),
    ],
    ids=["dumb", "gbk", "ascii", "narrow"],
)
def test_a_terminal_that_cannot_draw_is_asked_a_line_at_a_time(here, environment, size) -> None:
    with new(here, environment=environment, **size) as terminal:
        terminal.until("Template [cnn]: ")
        terminal.type("t\n")
        terminal.until("t is none of these; a number or a name answers\nTemplate [cnn]: ")
        terminal.type("4\n")
        terminal.until("Name [regression-project]: ")
        terminal.type("no name\n")
        terminal.until("it holds a space\nName [no-name]: ")
        terminal.type("\n")
        terminal.until("Frameworks [both]: ")
        terminal.type("k\n")
        terminal.until("scaffold new no-name")
        assert terminal.end() == 0
    assert "\x1b[" not in terminal.said


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_the_plain_questions_stop_as_well(here, key) -> None:
    with new(here, environment={"TERM": "dumb"}) as terminal:
        terminal.until("Template [cnn]: ")
        terminal.type(key)
        assert terminal.end() == 130
    assert terminal.said.rstrip().endswith("Stopped: nothing was made.")


def test_the_dialogue_speaks_chinese_where_the_locale_does(here) -> None:
    with new(here, environment={"LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1"}) as terminal:
        terminal.shows("? 模板 [1/3]", "图像分类", "实测机器：", "Esc 退出")
        terminal.type("text", ENTER)
        terminal.shows("? 名称 [2/3]: text-project\n  → 将创建 ./text-project，包名 text_project\n")
        terminal.type("a b")
        terminal.shows("✗ 含有空格；按 Tab 改用 a-b")
        terminal.type(CTRL_C)
        assert terminal.end() == 130
    assert terminal.said.rstrip().endswith("已停止：没有创建任何东西。")


def test_a_code_page_of_chinese_is_spoken_to_in_it(here) -> None:
    environment = {"LC_ALL": "zh_CN.GBK", "PYTHONIOENCODING": "gbk"}
    with new(here, environment=environment, encoding="gbk") as terminal:
        terminal.shows("模板 [cnn]:")
        terminal.type(CTRL_C)
        assert terminal.end() == 130


@pytest.mark.parametrize(
    ("arguments", "more", "why"),
    [
        ((), {"stdin": subprocess.DEVNULL}, "there is no terminal to ask on"),
        ((), {"stdin": None, "preexec_fn": lambda: os.close(0)}, "there is no terminal to ask on"),
        ((), {"stdin": subprocess.PIPE}, "there is no terminal to ask on"),
    ],
    ids=["null", "closed", "pipe"],
)
def test_without_a_terminal_nothing_waits(here, arguments, more, why) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "new", *arguments],
        cwd=here, capture_output=True, check=False, timeout=120, **more,
    )  # fmt: skip
    told = f"error[option-refused]: no project name was given, and {why}\nhint: name the project: scaffold new cnn-project\n"
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (2, "", told)


@pytest.mark.parametrize(
    ("arguments", "environment", "why"),
    [
        ((), {"CI": "1"}, "there is no terminal to ask on"),
        (("--json",), {}, "this way of printing asks nothing"),
        (("-q",), {}, "this way of printing asks nothing"),
    ],
    ids=["ci", "json", "quiet"],
)
def test_a_ci_and_programs_are_asked_nothing_at_a_terminal_either(here, arguments, environment, why) -> None:
    with new(here, *arguments, environment=environment) as terminal:
        assert terminal.end() == 2
    assert f"no project name was given, and {why}" in terminal.said


def test_a_redirected_output_asks_nothing(here) -> None:
    line = f"{sys.executable} -m scaffold new > out.txt; echo status=$?"
    with Terminal(["sh", "-c", line], cwd=here) as terminal:
        terminal.until("status=2")
        assert terminal.end() == 0
    assert (here / "out.txt").read_text() == ""
