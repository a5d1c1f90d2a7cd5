"""Copier's update and scaffold's, on the same three trees: what was made, what its user did, what is made now."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from scaffold.projects.snapshot import Snapshot
from scaffold.system import HostSystem
from scaffold.threeway.classify import Sides, classify
from scaffold.threeway.engines import merger
from scaffold.threeway.merging import Merger
from scaffold.threeway.model import FileChange, Labels

from .scenarios import SCENARIOS, TEMPLATE, Files, Link, Moved, Program, Scenario, together
from .test_fixtures import tree

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="modes and links are those of POSIX"),
    pytest.mark.skipif(shutil.which("git") is None, reason="Copier updates with git alone"),
]

#: As Copier calls them, so that marked files can be compared, too.
LABELS = Labels(yours="before updating", base="last update", new="after updating")


#: What a line was before, between the two sides of a conflict: scaffold shows it, Copier does not.
_BASE = re.compile(rb"^\|{7} last update\n.*?(?=^=======$)", re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def git_of_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An identity, and none of the machine's settings."""
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "nobody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "nobody@example.org")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def lay(root: Path, files: Files) -> None:
    """Make these files, and take away those that are None."""
    for name, content in files.items():
        path = root / name
        if isinstance(content, Moved):
            (root / content.source).rename(path)
            continue
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            path.symlink_to(content.to)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        elif content is not None:
            path.write_bytes((content.text if isinstance(content, Program) else content).encode())
            path.chmod(0o755 if isinstance(content, Program) else 0o644)


def template_of(scenario: Scenario, folder: Path) -> Path:
    """A repository with the template's two versions as tags."""
    folder.mkdir()
    git(folder, "init", "-q")
    for tag, files in (("v1", {**TEMPLATE, **scenario.before}), ("v2", scenario.after)):
        lay(folder, files)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "--allow-empty", "-m", tag)
        git(folder, "tag", tag)
    return folder


def project_tree(root: Path) -> Snapshot:
    return {path: entry for path, entry in tree(root).items() if path.parts[0] != ".git"}


def by_scaffold(base: Snapshot, yours: Snapshot, new: Snapshot) -> tuple[Snapshot, tuple[FileChange, ...]]:
    """The project after the plan, as `update` carries it out, less the record that no Copier keeps."""
    changes = classify(
        Sides(base=base, yours=yours, new=new), Merger(merge=merger(HostSystem()), labels=LABELS)
    )
    result = dict(yours)
    for change in changes:
        if change.after is None:
            result.pop(change.path, None)
        else:
            result[change.path] = replace(change.after, content=_BASE.sub(b"", change.after.content))
    return dict(sorted(result.items())), changes


#: Of each scenario: paths whose content differs from Copier's, and paths that scaffold reports as conflicts.
Found = tuple[set[str], tuple[str, ...]]


def update(template: Path, user: Files, folder: Path, answers: Mapping[str, Any] | None = None) -> Found:
    """One update of what the template's tag v1 gave, by both; tasks and migrations are left out."""
    from copier import run_copy, run_update

    project = folder / "project"
    common: dict[str, Any] = {"defaults": True, "quiet": True, "skip_tasks": True, "unsafe": True}
    run_copy(str(template), project, vcs_ref="v1", **common)
    base = project_tree(project)
    lay(project, user)
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "mine")
    yours = project_tree(project)
    run_copy(str(template), folder / "new", dict(answers or {}), vcs_ref="v2", **common)
    new = project_tree(folder / "new")
    run_update(project, dict(answers or {}), vcs_ref="v2", overwrite=True, **common)
    theirs = project_tree(project)

    ours, changes = by_scaffold(base, yours, new)
    differ = {str(path) for path in {*ours, *theirs} if ours.get(path) != theirs.get(path)}
    for one in sorted(differ):  # what a failing test shows
        print(one, ours.get(PurePosixPath(one)), theirs.get(PurePosixPath(one)), sep="\n")
    return differ, tuple(str(one.path) for one in changes if one.kind == "conflict")


SHARED = tuple(one for one in SCENARIOS if not one.alone)


@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if one.alone], ids=lambda one: one.name)
def test_an_update_ends_as_copiers_does(scenario: Scenario, tmp_path: Path) -> None:
    template = template_of(scenario, tmp_path / "template")
    found = update(template, scenario.user, tmp_path, answers=scenario.answers)
    assert found == (set(scenario.differ), scenario.conflicts)


def test_updates_of_single_files_end_as_copiers_do(tmp_path: Path) -> None:
    """All in one template, each in a folder of its own: starting git is what takes the time."""
    scenario = together(SHARED)
    differ, conflicts = update(template_of(scenario, tmp_path / "template"), scenario.user, tmp_path)
    found: dict[str, Found] = {}
    for number, one in enumerate(SHARED):
        start = f"{number}/"
        own = {path.removeprefix(start) for path in differ if path.startswith(start)}
        found[one.name] = own, tuple(path.removeprefix(start) for path in conflicts if path.startswith(start))
    assert found == {one.name: (set(one.differ), one.conflicts) for one in SHARED}


def test_where_they_differ_it_is_said_what_scaffold_does() -> None:
    """Nothing differs without a reason."""
    reasons = {reason for scenario in SCENARIOS for reason in scenario.differ.values()}
    assert [one for one in reasons if "scaffold" not in one] == []
