"""What is called curable is cured by ``--fix``, and nothing else is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.checks.ide import inspect
from scaffold.checks.ide.shown import FIX
from scaffold.checks.model import Finding
from scaffold.pycharm.mending.model import Change
from scaffold.pycharm.mending.plan import plan
from scaffold.pycharm.survey.model import IdeFacts
from scaffold.pycharm.survey.survey import survey

from .projects import FILES, MODULE, MODULES, GitHost, facts_of, run_xml
from .test_rules import CASES, RUN

BAD = run_xml(SDK_NAME="bob", IS_MODULE_SDK="false")
RENAMED = {"pyproject.toml": '[project]\nname = "my-app"\n'}


def curable(findings: tuple[Finding, ...]) -> list[str]:
    return [one.id for one in findings if one.remedy is not None and one.remedy.automatic]


def write(root: Path, changes: tuple[Change, ...]) -> None:
    for one in changes:
        if one.after is None:
            (root / one.path).unlink()
        else:
            (root / one.path).write_bytes(one.after)


def cured(facts: IdeFacts) -> IdeFacts:
    """The same project when ``--fix`` has been there, with git as it would be after ``git add``."""
    changes = plan(facts)
    write(facts.root, changes)
    tracked = facts.git.tracked | {one.path for one in changes if one.after is not None}
    return survey(facts.root, GitHost(sorted(tracked - {one.path for one in changes if one.after is None})))


MORE: list[dict[str, str]] = [
    {RUN: BAD, ".run/b.run.xml": BAD.replace('"train"', '"b"')},
    {RUN: run_xml(PARAMETERS="--a 'b c' --to 'C:\\a b\\'")},  # half of it
    {RUN: run_xml(SCRIPT_NAME="/home/bob/app/src/app/train.py", PARAMETERS="--from /home/bob/data")},
    {RUN: run_xml(SCRIPT_NAME="/home/bob/app/src/app/train.py")},
    {RUN: run_xml(SDK_NAME="bob", IS_MODULE_SDK="false").replace('default="false"', 'default="true"')},
    {**RENAMED, RUN: run_xml()},
    {"pyproject.toml": '[project]\nname = "a/b"\n', RUN: run_xml()},
    {"pyproject.toml": '[project]\nname = "App"\n'},
    {**RENAMED, ".idea/my-app.iml": MODULE},
    {".idea/app.iml": MODULE.replace('file://$MODULE_DIR$"', 'file://$MODULE_DIR$/../app"').replace("/src", "/lib")},
    {".run/two.run.xml": f"<x><component>{run_xml(module='b')}</component>{run_xml('c', module='b')}</x>"},
]  # fmt: skip


@pytest.mark.parametrize("files", [*(files for files, _ in CASES), *MORE])
def test_what_is_called_curable_is_gone_after_the_cure(tmp_path: Path, files: dict[str, str]) -> None:
    facts = facts_of(tmp_path / "app", **files)
    before = inspect(facts)
    announced = any(one.remedy is not None and FIX in one.remedy.commands for one in before)
    assert bool(plan(facts)) == announced
    promised = curable(before)
    after = inspect(cured(facts))
    assert [one for one in after if one.id in promised] == []


@pytest.mark.parametrize("torn", [RUN, ".idea/app.iml", ".idea/modules.xml"])
def test_what_must_not_be_written_is_not_called_curable(tmp_path: Path, torn: str) -> None:
    """Links that lead out of the project; and a rename that could not be carried out everywhere is none."""
    files = {
        **RENAMED,
        RUN: BAD,
        "conftest.py": "",
        ".venv/pyvenv.cfg": "",
        ".idea/app.iml": MODULE.replace("/src", "/lib"),
        ".idea/modules.xml": MODULES,
    }
    root = tmp_path / "app"
    facts_of(root, **files)
    (tmp_path / "else").mkdir()
    (root / torn).rename(tmp_path / "else" / Path(torn).name)
    (root / torn).symlink_to(tmp_path / "else" / Path(torn).name)
    facts = survey(root, GitHost([*FILES, *files]))
    kept = (root / torn).read_bytes()
    promised = curable(inspect(facts))
    assert "ide.module-name" not in promised
    after = inspect(cured(facts))
    assert [one for one in after if one.id in promised] == []
    assert (root / torn).read_bytes() == kept


def test_two_modules_of_one_file_name_are_told_apart(tmp_path: Path) -> None:
    other = "$PROJECT_DIR$/docs/app.iml"
    more = f'  <module fileurl="file://{other}" filepath="{other}" />\n    </modules>'
    files = {**RENAMED, ".idea/modules.xml": MODULES.replace("    </modules>", more), "docs/app.iml": MODULE}
    facts = facts_of(tmp_path / "app", **files)
    write(facts.root, plan(facts))
    text = (facts.root / ".idea/modules.xml").read_text()
    assert text.count("my-app.iml") in (0, 2)
    assert text.count("docs/app.iml") == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, b"/.idea/shelf/\n/.idea/workspace.xml\n"),
        (b"*.pyc\r\n# \xff", b"*.pyc\r\n# \xff\r\n/.idea/shelf/\r\n/.idea/workspace.xml\r\n"),
        (b".idea/shelf/\n", b".idea/shelf/\n/.idea/workspace.xml\n"),
    ],
)
def test_what_is_one_users_own_is_named_in_gitignore(
    tmp_path: Path, before: bytes | None, after: bytes
) -> None:
    if before is not None:
        (tmp_path / ".gitignore").write_bytes(before)
    facts = facts_of(tmp_path, **{".idea/workspace.xml": "<project />", ".idea/shelf/x/a.patch": ""})
    (found,) = [one for one in inspect(facts) if one.id == "ide.vcs-files"]
    git = ("git", "rm", "-r", "--cached", "--", ".idea/shelf", ".idea/workspace.xml")
    assert found.remedy is not None
    assert found.remedy.commands == (FIX, git)
    write(tmp_path, plan(facts))
    assert (tmp_path / ".gitignore").read_bytes() == after
    again = survey(tmp_path, GitHost(sorted(facts.git.tracked)))
    (found,) = [one for one in inspect(again) if one.id == "ide.vcs-files"]
    assert (plan(again), found.remedy and found.remedy.commands) == ((), (git,))


def test_a_gitignore_that_is_a_link_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "else").write_bytes(b"")
    (tmp_path / "app").mkdir()
    (tmp_path / "app/.gitignore").symlink_to(tmp_path / "else")
    assert plan(facts_of(tmp_path / "app", **{".idea/workspace.xml": "<project />"})) == ()
