"""What ``scaffold builds --refresh`` prints, asks and writes."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest

from scaffold.builds import refresh as asked
from scaffold.builds.refresh import Refresh
from scaffold.builds.refresh_rows import NewRow
from scaffold.cli import builds_refresh
from tests.sources.conftest import host

DAY = dt.date(2027, 1, 20)
ROW = NewRow(table="torch", array="release", row={"version": "3.0.0", "date": DAY}, comments=("cu132",))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data file to be; the refresh has found one release, two lines in all."""
    path = tmp_path / "builds.toml"

    def plan(_: object) -> Refresh:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        return Refresh(
            path=path,
            rows=() if before else (ROW,),
            unreachable=("http://host: refuses connections",),
            notes=("kernels are those of 2.15.0",),
            before=before,
            after="# one\n# two\n",
        )

    monkeypatch.setattr(asked, "plan", plan)
    return path


def shown(path: Path) -> str:
    return f"""\
New release    torch 3.0.0
Not reached    http://host: refuses connections
Note           kernels are those of 2.15.0

--- {path}
+++ {path}
@@ -0,0 +1,2 @@
+# one
+# two
"""


def run(capsys: pytest.CaptureFixture[str], *, interactive: bool = False, **options: bool) -> str:
    system = host()
    system._record = {**system._record, "interactive": interactive}
    assert builds_refresh.refresh(system, **{"yes": False, "as_json": False, **options}) == 0
    return click.unstyle(capsys.readouterr().out)


def test_nothing_is_written_unasked(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hint = "\nNothing was written. To write it: scaffold builds --refresh --yes\n"
    assert run(capsys) == shown(file) + hint
    assert not file.exists()


def test_yes_writes_and_a_second_time_there_is_nothing_to_do(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, yes=True) == f"{shown(file)}Written: {file}\n"
    assert file.read_text(encoding="utf-8") == "# one\n# two\n"
    assert (
        run(capsys, yes=True)
        == f"""\
Not reached    http://host: refuses connections
Note           kernels are those of 2.15.0
Data file      {file} (the variable SCAFFOLD_BUILDS names another)
Nothing to write: the tables know every release of what answered.
"""
    )


@pytest.mark.parametrize(
    ("notes", "last"),
    [
        ((), "The tables know every release that your package sources have: nothing to write."),
        (("torch 3.0.0 is left out: it makes no sense",), "Nothing to write."),
    ],
)
def test_no_news(
    notes: tuple[str, ...],
    last: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "builds.toml"
    found = Refresh(path=path, rows=(), unreachable=(), notes=notes, before="", after="")
    monkeypatch.setattr(asked, "plan", lambda _: found)
    assert run(capsys).splitlines() == [
        *(f"Note           {note}" for note in notes),
        f"Data file      {path} (the variable SCAFFOLD_BUILDS names another)",
        last,
    ]
    assert json.loads(run(capsys, as_json=True))["status"] == "up-to-date"


def test_a_row_that_was_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (replace(ROW, again=True),)
    found = Refresh(
        path=tmp_path / "builds.toml", rows=rows, unreachable=(), notes=(), before="", after="# one\n"
    )
    monkeypatch.setattr(asked, "plan", lambda _: found)
    assert run(capsys).splitlines()[0] == "Asked again    torch 3.0.0"


@pytest.mark.parametrize(("answer", "written"), [(True, True), (False, False)])
def test_on_a_terminal_it_asks(
    file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answer: bool,
    written: bool,
) -> None:
    questions = []

    def confirm(text: str, *, default: bool, abort: bool) -> bool:
        questions.append((text, default, abort))
        if not answer:
            raise click.Abort
        return True

    monkeypatch.setattr(click, "confirm", confirm)
    if answer:
        run(capsys, interactive=True)
    else:
        with pytest.raises(click.Abort):
            run(capsys, interactive=True)
    assert questions == [(f"\nWrite it to {file}?", True, True)]
    assert file.exists() is written


def test_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(run(capsys, as_json=True)) == {
        "schema": "scaffold/builds-refresh/1",
        "status": "changes",
        "path": str(file),
        "rows": [
            {
                "table": "torch",
                "array": "release",
                "row": {"version": "3.0.0", "date": "2027-01-20"},
                "comments": ["cu132"],
            }
        ],
        "unreachable": ["http://host: refuses connections"],
        "notes": ["kernels are those of 2.15.0"],
        "diff": f"--- {file}\n+++ {file}\n@@ -0,0 +1,2 @@\n+# one\n+# two",
    }
    assert json.loads(run(capsys, as_json=True, yes=True))["status"] == "written"
    assert json.loads(run(capsys, as_json=True, yes=True))["status"] == "incomplete"


@pytest.mark.parametrize("as_json", [False, True])
def test_nobody_answers(as_json: bool, tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))},
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_CONFIG": "1",
        "SCAFFOLD_BUILDS": str(tmp_path / "builds.toml"),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-m", "scaffold", "builds", "--refresh", *(["--json"] if as_json else [])]
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 1
    if as_json:
        assert json.loads(ended.stdout) == {
            "schema": "scaffold/error/1",
            "error": {
                "code": "source-unreachable",
                "message": "No package index answers, so there is nothing to refresh from",
                "detail": ["http://127.0.0.1:9/simple: 127.0.0.1:9 refuses connections"],
                "hint": "check the network, or the index in pip's and uv's settings",
            },
        }
    else:
        assert ended.stdout == ""
        assert ended.stderr.splitlines()[0].endswith(
            "No package index answers, so there is nothing to refresh from"
        )
