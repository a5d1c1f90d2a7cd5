"""The options of `scaffold doctor`, as the installed command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scaffold.checks import examine
from scaffold.checks.catalogue import catalogue
from scaffold.checks.chosen import chosen, patterns
from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.cli.doctor import command
from scaffold.errors import OptionRefused
from tests.replay.test_typed import MACHINE

T4 = {
    "os": "linux",
    "arch": "x86_64",
    "gpus": [{"name": "Tesla T4", "cc": "7.5"}],
    "nvidia_driver": "550.54.15",
}


def doctor(*arguments: object, folder: Path, said: str = "", **variables: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "doctor", *map(str, arguments)],
        cwd=folder, input=said, env={**os.environ, **variables}, capture_output=True, text=True,
        encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def answer(*arguments: object, folder: Path, said: str = "") -> dict[str, Any]:
    _, out, err = doctor(*arguments, "--json", folder=folder, said=said)
    assert out, err
    return json.loads(out)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    path = tmp_path / "t4.json"
    path.write_text(json.dumps(T4))
    return path


def test_a_finding_has_every_field_of_its_schema(tmp_path: Path, told: Path) -> None:
    content = answer("--facts", told, folder=tmp_path)
    assert list(content) == ["schema", "summary", "findings"]
    assert content["schema"] == "scaffold/doctor/1"
    rows = ["id", "level", "title", "detail", "cause", "evidence", "not_the_cause", "remedy"]
    assert {tuple(sorted(one)) for one in content["findings"]} == {
        tuple(sorted([*rows, "suppressed_by", "link"]))
    }


def test_the_exit_status_and_the_summary_agree(tmp_path: Path, told: Path) -> None:
    status, out, _ = doctor("--facts", told, "--json", folder=tmp_path)
    summary = json.loads(out)["summary"]
    assert status == summary["status"] == (2 if summary["error"] else 0)


def test_explain_says_it_in_both_languages(tmp_path: Path) -> None:
    status, out, _ = doctor("explain", "doctor.check-failed", folder=tmp_path, PYTHONUTF8="1")
    assert (status, "What it means" in out, "含义" in out) == (0, True, True)


def test_explain_has_one_language_where_it_is_asked_for(tmp_path: Path) -> None:
    entry = catalogue()["doctor.check-failed"]
    _, english, _ = doctor("explain", entry.id, "--language", "en", folder=tmp_path)
    _, out, _ = doctor("explain", entry.id, "--json", folder=tmp_path)
    content = json.loads(out)
    assert ("含义" in english, entry.english.means in english) == (False, True)
    assert (content["zh"]["title"], content["fix"]) == (entry.chinese.title, "explained")


def test_explain_names_what_looks_like_it(tmp_path: Path) -> None:
    status, _, err = doctor("explain", "doctor.chek-failed", folder=tmp_path)
    assert (status, "there are: doctor.check-failed" in err) == (2, True)


def test_a_folder_called_explain_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "explain").mkdir()
    status, out, _ = doctor("./explain", "--json", folder=tmp_path)
    assert (status, json.loads(out)["schema"]) == (0, "scaffold/doctor/1")


def test_options_may_stand_behind_the_path(tmp_path: Path) -> None:
    assert doctor(".", "--strict", "--json", folder=tmp_path)[0] in (0, 1)


def test_list_has_every_check(tmp_path: Path) -> None:
    content = answer("--list", folder=tmp_path)
    assert [one["id"] for one in content["checks"]] == sorted(catalogue())
    content = answer("--list", "--only", "doctor", folder=tmp_path)
    assert [one["id"] for one in content["checks"]] == ["doctor.check-failed"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--only", "doctor.chek-failed"), "there are: doctor.check-failed"),
        (("--skip", "dctor.*"), "there are: doctor.*"),
        (("--fix", "--undo"), "exclude each other"),
        (("--dry-run",), "go with either --fix or --undo"),
        (("--report", "--json"), "exclude each other"),
        (("--python", "nowhere"), "--python nowhere is not there"),
        (("--from-log", "nowhere"), "the log nowhere cannot be read"),
        (("--from-log", "."), "the log . cannot be read"),
        (("--facts", "nowhere"), "nowhere cannot be read"),
        (("nowhere",), "nowhere is not there"),
        (("--undo",), "There is nothing to take back"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    status, out, err = doctor(*arguments, folder=tmp_path)
    assert (status, words in err + out) == (2, True), err


def found(*ids: str) -> list[Finding]:
    return [Finding(id=one, level="error", title=one) for one in ids]


def test_patterns_are_ids_subjects_and_stars() -> None:
    assert patterns(["doctor,doctor.check-failed", "doctor.*"], "--only") == (
        "doctor.*",
        "doctor.check-failed",
        "doctor.*",
    )
    with pytest.raises(OptionRefused):
        patterns(["no-such"], "--only")


def test_a_consequence_stands_for_itself_where_its_cause_is_left_out() -> None:
    from scaffold.checks.causes import suppressed

    shown = suppressed(found("env.venv-broken", "pkg.numpy-abi"))
    assert [one.suppressed_by for one in shown] == [None, "env.venv-broken"]
    kept = chosen(shown, (), ("env.*",))
    assert [(one.id, one.suppressed_by) for one in kept] == [("pkg.numpy-abi", None)]
    assert chosen(shown, ("pkg.*",), ()) == kept
    assert chosen(shown, (), ()) == shown


def test_a_log_in_which_nothing_is_known_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "run.log").write_text("epoch 1\nepoch 2\n")
    _, out, _ = doctor("--from-log", "run.log", folder=tmp_path)
    assert "Read run.log: 3 lines, nothing that doctor knows." in out
    content = answer("--from-log", "-", folder=tmp_path, said="epoch 1\n")
    assert content["summary"]["log"] == {"source": "standard input", "lines": 2, "bytes": 8, "signs": []}


def test_what_was_saved_is_answered_as_it_was(tmp_path: Path) -> None:
    first = answer("--save", "facts.json", folder=tmp_path)
    second = answer("--facts", "facts.json", folder=tmp_path)
    assert second["findings"] == first["findings"]
    assert json.loads((tmp_path / "facts.json").read_text())["schema"] == "scaffold/facts/1"


def test_nothing_else_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.json").write_text("{}")
    status, _, err = doctor("--save", "thesis.json", folder=tmp_path)
    assert (status, "it was not touched" in err, (tmp_path / "thesis.json").read_text()) == (2, True, "{}")


def test_a_report_is_markdown(tmp_path: Path, told: Path) -> None:
    status, out, _ = doctor("--report", "--facts", told, folder=tmp_path)
    assert (out.startswith("### scaffold doctor\n"), "Tesla T4" in out) == (True, True)
    assert "```json" in out
    assert len(out) < 65_000
    assert status in (0, 2)


def test_doctor_that_breaks_exits_with_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def diagnose(*_: object) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr("scaffold.doctor.diagnose", diagnose)
    done = CliRunner().invoke(command, [str(tmp_path)])
    assert (done.exit_code, "error[internal]: ValueError: a mistake of ours" in done.output) == (3, True)


def test_doctor_all_of_whose_checks_break_exits_with_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(_: object) -> Iterator[Finding]:
        raise ValueError("a mistake of ours")
        yield

    def gathered(*_: object) -> tuple[object, tuple[Finding, ...]]:
        facts = Facts(machine=MACHINE)
        return facts, examine(facts, (check, check))

    monkeypatch.setattr("scaffold.doctor.diagnose", gathered)
    done = CliRunner().invoke(command, [str(tmp_path), "--json"])
    content = json.loads(done.output)
    assert (done.exit_code, content["summary"]["status"], content["summary"]["unknown"]) == (3, 3, 2)


def test_a_check_that_breaks_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(_: object) -> Iterator[Finding]:
        raise ValueError("a mistake of ours")
        yield

    facts = Facts(machine=MACHINE, failed_probes=("libraries: OSError: it is gone",))
    findings = examine(facts, (check, lambda _: iter(found("sys.shm"))))
    assert [(one.id, one.level) for one in findings] == [
        ("doctor.check-failed", "unknown"),
        ("sys.shm", "error"),
        ("doctor.check-failed", "unknown"),
    ]


def test_a_strangers_facts_write_nothing_on_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    machine = {
        **T4,
        "gpus": [{"name": "T4\x1b]0;owned\x07", "cc": "7.5"}],
        "env": {"PYTHONHOME": "\x1b[2J/x"},
    }
    path.write_text(json.dumps({"machine": machine, "symptom": "Could not find platform\x1b[1A"}))
    for option in ((), ("--report",)):
        _, out, _ = doctor("--facts", path, *option, folder=tmp_path)
        assert "env.pythonhome" in out
        assert "\x1b" not in out
