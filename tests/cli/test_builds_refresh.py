"""What ``scaffold builds --refresh`` prints, asks and writes."""

from __future__ import annotations

import datetime as dt
import json
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
    assert run(capsys, yes=True).splitlines()[-1] == "Nothing to write."


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
    assert json.loads(run(capsys, as_json=True, yes=True))["status"] == "up-to-date"
