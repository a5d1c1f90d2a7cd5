"""`scaffold templates export` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from scaffold.cli import scaffold


def run(*arguments: str) -> str:
    done = CliRunner().invoke(scaffold, ["templates", "export", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_plan_is_shown_and_then_carried_out(tmp_path: Path) -> None:
    """In words, and to programs; a dry run writes nothing, and says of every file what the export then writes."""
    target = tmp_path / "theirs"
    shown = run("cnn", "--as", "copier", "--to", str(target), "--dry-run")
    assert not target.exists()
    document = json.loads(run("cnn", "--as", "copier", "--to", str(target), "--json"))
    written = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    plan = document["plan"]
    assert (document["schema"], document["done"], plan["format"]) == ("scaffold/export/1", True, "copier")
    assert set(plan["files"]) == written
    rendered = {one for one in written if one.startswith("template/") and one.endswith(".jinja")}
    assert plan["rendered"] == len(rendered) - 1  # Copier's own note of the answers is none of the project's
    assert shown.splitlines() == [
        "Template       cnn 1.0.0, as Copier's",
        f"Files          {len(written)} files, of which Copier renders {plan['rendered']}",
        "Asks           project_name, frameworks, python",
        f"Use it         copier copy {target} cnn-project",
        f"Planned: {target}",
    ]


def test_an_export_for_cookiecutter_says_what_that_cannot(tmp_path: Path) -> None:
    assert run("cnn", "--as", "cookiecutter", "--to", str(tmp_path / "x"), "--dry-run").splitlines()[2:] == [
        "Asks           template, project_name, python",
        "Note           cookiecutter has no validators: any text is taken for a name",
        f"Use it         cookiecutter {tmp_path / 'x'}",
        f"Planned: {tmp_path / 'x'}",
    ]
