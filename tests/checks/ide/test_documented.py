"""The page on the lint names every finding, and the lint stands what people have really published."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from scaffold.checks.ide import inspect
from scaffold.pycharm.documents.source import document_of
from scaffold.pycharm.mending.plan import plan
from scaffold.pycharm.survey.survey import survey

from .projects import GitHost

ROOT = Path(__file__).resolve().parents[3]


def test_every_finding_is_on_the_page() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "scaffold/checks/ide").glob("*.py"))
    page = (ROOT / "docs/ide-check.md").read_text()
    found = set(re.findall(r'"(ide\.[a-z-]+[a-z])"', code)) - {"ide.run-config"}
    assert sorted(one for one in found if f"`{one}`" not in page) == []
    named = set(re.findall(r"`(ide\.[a-z-]+)`", page.partition("<!--")[0]))
    assert sorted(named - found) == []


def test_published_files_are_read_and_cured_once(shared: Path, tmp_path: Path) -> None:
    """All of a repository's files, earlier versions among them; a second cure finds nothing to do."""
    for repository in sorted(path for path in (shared / "corpora/idea").iterdir() if path.is_dir()):
        root = tmp_path / repository.name
        shutil.copytree(repository, root)
        (root / ".git").mkdir()
        host = GitHost([path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()])
        facts = survey(root, host)
        assert [one for one in inspect(facts) if one.id == "doctor.check-failed"] == []
        for change in plan(facts):
            assert change.after is not None
            if change.path != ".gitignore":
                document_of(change.after, Path(change.path))
            (root / change.path).write_bytes(change.after)
        assert plan(survey(root, host)) == ()
