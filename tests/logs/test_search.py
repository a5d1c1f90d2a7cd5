"""Signatures in logs of any size, in any encoding, wherever blocks end."""

from __future__ import annotations

import io
import re

import pytest

from scaffold.checks.from_log import with_log
from scaffold.logs import search
from scaffold.logs.model import Complaint, Signature
from scaffold.logs.search import read_log
from scaffold.logs.signatures import signatures


def signature(name: str, *needles: str, pattern: str = "") -> Signature:
    return Signature(
        name=name,
        check="run.import-failed",
        level="error",
        cause="none",
        title="{0}",
        needles=needles,
        pattern=pattern,
    )


KNOWN = (
    signature("driver", "found version", pattern=r"found version (\d+)"),
    signature("full", "no space left"),
)


def seen(content: bytes) -> list[tuple[str, int, str, tuple[str, ...]]]:
    log = read_log(io.BytesIO(content), "train.log", KNOWN)
    return [(one.signature.name, one.line, one.text, one.groups) for one in log.signs]


def test_the_last_place_counts_with_its_line_and_groups() -> None:
    text = "start\n (found version 10010)\nmore\nRuntimeError: Found Version 11040\nOSError: No space left on device\n"
    assert seen(text.encode()) == [
        ("driver", 4, "RuntimeError: Found Version 11040", ("11040",)),
        ("full", 5, "OSError: No space left on device", ()),
    ]


def test_a_needle_without_its_pattern_is_nothing() -> None:
    assert seen(b"the found version is unknown") == []


@pytest.mark.parametrize(
    "before", [0, 1, (1 << 20) - 8, (1 << 20) - 14, (1 << 20) - 30, (1 << 20) + 5, 3 << 20]
)
def test_a_message_that_lies_across_two_blocks(before: int) -> None:
    lines = b"epoch 1 loss 0.5\n" * (before // 17) + b"x" * (before % 17)
    number = 1 + before // 17
    found = seen(lines + b"\nfound version 12040\nend\n")
    assert found == [("driver", number + 1, "found version 12040", ("12040",))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_encodings(encoding: str) -> None:
    assert seen("训练 开始\nfound version 11080\n".encode(encoding)) == [
        ("driver", 2, "found version 11080", ("11080",))
    ]


def test_progress_bars_and_colours() -> None:
    content = b"\r 10%|#  |\r 50%|## |\r\x1b[31mOSError: [Errno 28] No \x1b[1mspace\x1b[0m left on device\x1b[0m\r\n"
    assert seen(content) == [("full", 4, "OSError: [Errno 28] No space left on device", ())]


def test_characters_that_grow_when_they_become_lower_case() -> None:
    assert seen(("İ" * 50 + "\nfound version 12080").encode()) == [
        ("driver", 2, "found version 12080", ("12080",))
    ]


def test_one_line_without_end() -> None:
    ((_, line, text, groups),) = seen(b"a" * 5_000_000 + b" found version 12080 " + b"b" * 5_000_000)
    assert (line, groups) == (1, ("12080",))
    assert len(text) <= 240
    assert "found version 12080" in text


def test_an_empty_log() -> None:
    log = read_log(io.BytesIO(b""), "-")
    assert (log.size, log.lines, log.signs, log.complaint) == (0, 0, (), None)


@pytest.mark.parametrize(
    "line",
    [
        "KeyError: 'qwen2'",
        "my.package.SomeError: what it says",
        "error: subprocess-exited-with-error",
        "Process finished with exit code -1073741819 (0xC0000005)",
        "进程已结束，退出代码为 3",  # noqa: RUF001 - as PyCharm writes it
        "fatal: not a git repository",
    ],
)
def test_the_last_complaint_is_kept(line: str) -> None:
    log = read_log(
        io.BytesIO(f"start\nValueError: first\n{line}\nexit code 0, 0 errors\n".encode()), "-", KNOWN
    )
    assert log.complaint == Complaint(line=3, text=line)


@pytest.mark.parametrize(
    "line", ["error rate 0.12", "mean absolute error 0.5", "0 errors, 0 warnings", "exited with code 0"]
)
def test_a_healthy_line_is_no_complaint(line: str) -> None:
    assert read_log(io.BytesIO(line.encode()), "-", KNOWN).complaint is None


def test_what_has_no_end_is_read_up_to_a_limit(monkeypatch) -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b"loss 0.5 epoch 1\n" * (size // 17)

    monkeypatch.setattr(search, "LIMIT", 5 << 20)
    log = read_log(Endless(), "-", KNOWN)  # type: ignore[arg-type]
    assert (log.size >= 5 << 20, log.size < 7 << 20, log.whole, log.readable) == (True, True, False, True)


def test_bytes_that_are_no_text() -> None:
    assert not read_log(io.BytesIO(bytes(range(256)) * 100), "-", KNOWN).readable
    assert read_log(
        io.BytesIO("训练 开始\n".encode("gbk") * 3 + b"epoch 1 loss 0.5\n" * 20), "-", KNOWN
    ).readable


def test_every_signature_can_be_searched_for() -> None:
    names = [one.name for one in signatures()]
    assert sorted(names) == sorted(set(names))
    for one in signatures():
        assert one.needles, one.name
        assert all(
            needle == needle.lower() and (len(needle) > 3 or not needle.isascii()) for needle in one.needles
        ), one.name
        groups = re.compile(one.pattern, re.IGNORECASE).groups if one.pattern else 0
        for text in (one.title, one.detail, one.remedy):
            assert all(int(number) < groups for number in re.findall(r"\{(\d)\}", text)), one.name


def heard(text: str) -> list[tuple[str, str]]:
    log = read_log(io.BytesIO(text.encode()), "log")
    return [(one.level, one.id) for one in with_log((), log)]


def test_a_hint_explains_no_error() -> None:
    """A weak sign is a consequence of what is as grave; an info takes no error away."""
    text = "RuntimeError: received 0 items of ancdata\nKilled\n"
    assert sorted(heard(text)) == [("error", "sys.memory"), ("info", "sys.nofile")]
    grave = "slurmstepd: error: Detected 1 oom-kill event(s) in StepId=1.0\nKilled\n"
    assert heard(grave) == [("error", "sys.memory")]
