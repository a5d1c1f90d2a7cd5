"""What programs answered is believed as long as they are the files that they were."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from scaffold.interpreters import answers
from scaffold.interpreters.answers import PATIENCE, Answer, Answers


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "python3"
    path.write_text("a program")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "answers.json"


def good(program: Path) -> Answer:
    return Answer(version="3.12.1", bits=64, executable=str(program), base=str(program))


def keep(file: Path, program: Path, answer: Answer) -> None:
    kept = Answers(file)
    kept.put(program, answer)
    kept.save()


def test_an_answer_is_kept_for_the_next_run(file: Path, program: Path) -> None:
    assert Answers(file).get(program) is None
    keep(file, program, good(program))
    assert Answers(file).get(program) == good(program)
    assert [path.name for path in file.parent.iterdir()] == ["answers.json"]


def test_without_a_file_answers_are_kept_for_this_run(program: Path) -> None:
    kept = Answers(None)
    kept.put(program, good(program))
    kept.save()
    assert kept.get(program) == good(program)


def test_a_program_that_was_replaced_is_asked_again(file: Path, program: Path) -> None:
    keep(file, program, good(program))
    seen = program.stat()
    program.write_text("b program")
    os.utime(program, ns=(seen.st_atime_ns, seen.st_mtime_ns + 1))
    assert Answers(file).get(program) is None


def test_a_link_that_leads_elsewhere_is_asked_again(file: Path, program: Path, tmp_path: Path) -> None:
    link, other = tmp_path / "latest", tmp_path / "other"
    link.symlink_to(program)
    other.write_text("a program")
    keep(file, link, good(program))
    assert Answers(file).get(link) == good(program)
    link.unlink()
    link.symlink_to(other)
    assert Answers(file).get(link) is None


def test_an_environment_whose_base_is_gone_is_asked_again(file: Path, program: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.touch()
    keep(file, program, Answer(version="3.12.1", executable=str(program), base=str(base)))
    assert Answers(file).get(program) is not None
    base.unlink()
    assert Answers(file).get(program) is None


def test_what_stands_behind_a_wrapper_is_not_kept(file: Path, program: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.touch()
    keep(file, program, Answer(version="3.12.1", executable=str(real), base=str(real)))
    assert not file.exists()


def test_a_program_that_hung_is_asked_again_after_a_while(
    file: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(file, program, Answer(problem="it hung"))
    assert Answers(file).get(program) == Answer(problem="it hung")
    for moved in (PATIENCE + 1, -3600.0):  # later, and a clock that was set back
        now = time.time() + moved
        monkeypatch.setattr(answers.time, "time", lambda now=now: now)
        assert Answers(file).get(program) is None
        monkeypatch.undo()


def test_two_runs_at_once_keep_both_answers(file: Path, program: Path, tmp_path: Path) -> None:
    other, gone = tmp_path / "other", tmp_path / "gone"
    other.touch(), gone.touch()
    first, second = Answers(file), Answers(file)
    for kept, one in ((first, program), (second, other), (second, gone)):
        kept.put(one, good(one))
    gone.unlink()
    first.save()
    second.save()
    assert sorted(json.loads(file.read_text())["programs"]) == sorted([str(program), str(other)])


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "[" * 100_000, '{"schema": "other", "programs": {}}', "null", '{"schema": "S", "programs": 3}',
     '{"schema": "S", "programs": {"P": 1}}', '{"schema": "S", "programs": {"P": {"file": "F"}}}',
     '{"schema": "S", "programs": {"P": {"file": F, "asked": 0, "answer": {"colour": 1}}}}',
     '{"schema": "S", "programs": {"P": {"file": F, "asked": "now", "answer": {"problem": "x"}}}}'],
)  # fmt: skip
def test_a_damaged_file_is_as_good_as_none(file: Path, program: Path, text: str) -> None:
    identity = json.dumps(answers._identity(program))
    text = text.replace('"S"', json.dumps(answers._SCHEMA)).replace('"P"', json.dumps(str(program)))
    file.parent.mkdir()
    file.write_text(text.replace("F", identity))
    assert Answers(file).get(program) is None
    keep(file, program, good(program))
    assert Answers(file).get(program) == good(program)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_file_that_others_may_write_is_not_believed(file: Path, program: Path) -> None:
    keep(file, program, good(program))
    assert oct(file.stat().st_mode)[-3:] == "600"
    file.chmod(0o666)
    assert Answers(file).get(program) is None


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path, program: Path) -> None:
    (tmp_path / "cache").touch()  # a file where the folder should be
    keep(tmp_path / "cache" / "answers.json", program, good(program))
    assert (tmp_path / "cache").read_bytes() == b""
