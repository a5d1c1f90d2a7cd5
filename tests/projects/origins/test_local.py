"""A template in a folder that git knows: its version, without running what the repository names."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.projects.origins.fetch import fetched
from scaffold.projects.origins.model import Fetched
from scaffold.projects.origins.parse import parse_location
from scaffold.system import HostSystem

from .conftest import git


def found(folder: Path) -> Fetched:
    with fetched(parse_location(str(folder), folder.parent, None), HostSystem()) as one:
        return one


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A template of copier below the top of a repository, at v1.2.0."""
    folder = tmp_path / "repository" / "app"
    folder.mkdir(parents=True)
    (folder / "copier.yml").write_text("name: x\n", encoding="utf-8")
    (folder / "run.sh").write_text("echo\n", encoding="utf-8")
    (folder / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("run.sh")
    (folder / ".gitignore").write_text("*.tmp\n", encoding="utf-8")
    git(folder.parent, "init", "--quiet")
    git(folder.parent, "add", "--all")
    git(folder.parent, "commit", "--quiet", "--message", "1")
    git(folder.parent, "tag", "v1.2.0")
    return folder


def test_its_tag_and_its_commit(template: Path) -> None:
    (template / "ignored.tmp").write_text("", encoding="utf-8")
    commit = git(template, "rev-parse", "HEAD")
    one = found(template)
    assert (one.version, one.described, one.revision, one.notices) == ("1.2.0", "v1.2.0", commit, ())

    git(template, "commit", "--quiet", "--allow-empty", "--message", "2")
    one, commit = found(template), git(template, "rev-parse", "HEAD")
    name = git(template, "describe", "--tags")
    assert (one.version, one.described, one.revision) == (name[1:], name, commit)

    git(template, "tag", "--delete", "v1.2.0")
    one = found(template)
    assert (one.version, one.described) == (commit[:12], git(template, "rev-parse", "--short", "HEAD"))


@pytest.mark.parametrize("change", ["content", "mode", "gone", "new", "link"])
def test_what_is_not_committed_is_noticed(template: Path, change: str) -> None:
    path = template / {"new": "new.txt", "link": "link"}.get(change, "run.sh")
    if change == "mode":
        path.chmod(0o644)
    elif change == "link":
        path.unlink()
        path.symlink_to("copier.yml")
    elif change == "gone":
        (template / "link").unlink()
        path = template / "link"
    else:
        path.write_text("changed\n", encoding="utf-8")
    one = found(template)
    assert (one.version, one.notices) == (
        "1.2.0",
        (f"not all of it is committed, such as {path.name}: its files were taken as they lie there",),
    )


def test_a_repository_starts_nothing(template: Path, tmp_path: Path) -> None:
    """Git itself would run the filter, to see whether the file is the same."""
    (template / ".gitattributes").write_text("* filter=evil\n", encoding="utf-8")
    git(template, "config", "filter.evil.clean", f"touch {tmp_path}/ran; cat")
    git(template, "config", "core.fsmonitor", f"touch {tmp_path}/ran")
    (template / "run.sh").write_text("ohce\n", encoding="utf-8")
    assert found(template).notices
    assert not (tmp_path / "ran").exists()


def test_a_folder_in_a_repository_of_something_else(template: Path) -> None:
    other = template.parent / "other"
    other.mkdir()
    (other / "copier.yml").write_text("name: x\n", encoding="utf-8")
    assert (found(other).version, found(other).revision, found(other).notices) == ("", "", ())
