from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from scaffold.errors import TargetOccupied
from scaffold.files import replace_file
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project import write
from scaffold.pycharm.project.planning import plan_idea
from scaffold.pycharm.project.removal import plan_removal, remove_idea
from scaffold.pycharm.project.write import write_idea
from tests.pycharm.registration.machine import tree

PROJECT = IdeProject(module="lab", runs=(), python="3.12.1")

MISC = """<?xml version="1.0" encoding="UTF-8"?>
<project version="4">
  <!-- mine -->
  <component name="Black" enabled="true" />
</project>
"""


def make(root: Path) -> None:
    write_idea(plan_idea(root, PROJECT))


def take_back(root: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    removal = plan_removal(root, PROJECT)
    remove_idea(removal)
    return removal.gone, removal.kept


def test_what_we_made_goes_and_the_folder_with_it(tmp_path: Path) -> None:
    make(tmp_path)
    gone, kept = take_back(tmp_path)
    assert set(gone) >= {".idea/lab.iml", ".idea/modules.xml", ".idea/misc.xml", ".idea/workspace.xml"}
    assert kept == ()
    assert list(tmp_path.iterdir()) == []
    assert take_back(tmp_path) == ((), ())


def test_what_somebody_changed_stays(tmp_path: Path) -> None:
    make(tmp_path)
    path = tmp_path / ".idea/workspace.xml"
    path.write_text(path.read_text(encoding="utf-8") + "<!-- PyCharm's -->", encoding="utf-8")
    before = path.read_bytes()
    assert take_back(tmp_path)[1] == (".idea/.gitignore", ".idea/workspace.xml")
    assert tree(tmp_path) == {".idea/.gitignore": b"*\n", ".idea/workspace.xml": before}


def test_what_stays_does_not_name_the_interpreter_that_goes(tmp_path: Path) -> None:
    make(tmp_path)
    for name in ("lab.iml", "misc.xml"):
        path = tmp_path / ".idea" / name
        path.write_text(path.read_text(encoding="utf-8") + "<!-- mine -->", encoding="utf-8")
    removal = plan_removal(tmp_path, PROJECT)
    remove_idea(removal)
    changed = "it was changed since; it does not name Python 3.12 (lab) any more"
    assert removal.why == {
        ".idea/.gitignore": "it keeps from git what stays beside it",
        ".idea/lab.iml": changed,
        ".idea/misc.xml": changed,
        ".idea/modules.xml": "it names a module that stays",
    }
    assert removal.kept == tuple(sorted(removal.why))
    assert removal.mended == ()
    left = tree(tmp_path)
    assert set(left) == set(removal.kept)
    assert b'<orderEntry type="inheritedJdk" />' in left[".idea/lab.iml"]
    assert left[".idea/lab.iml"].endswith(b"<!-- mine -->")
    assert not any(b"Python 3.12" in content for content in left.values())


def test_an_interpreter_that_somebody_chose_stays_in_what_stays(tmp_path: Path) -> None:
    make(tmp_path)
    path = tmp_path / ".idea/misc.xml"
    path.write_bytes(path.read_bytes().replace(b"Python 3.12 (lab)", b"mine"))
    before = path.read_bytes()
    take_back(tmp_path)
    assert path.read_bytes() == before


def test_what_a_kill_left_among_the_copies_goes_with_the_next_run(tmp_path: Path) -> None:
    (tmp_path / ".idea").mkdir()
    (tmp_path / ".idea/misc.xml").write_text(MISC, encoding="utf-8")
    remains = [tmp_path / ".scaffold/idea" / f".{name}.je8iv7qp" for name in (".gitignore", "misc.xml")]
    for again in (make, take_back):
        for path in remains:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"*")
        again(tmp_path)
        assert not any(path.exists() for path in remains)
    assert tree(tmp_path) == {".idea/misc.xml": MISC.encode()}
    remains[0].parent.mkdir(parents=True)
    for path in remains:
        path.write_bytes(b"*")
    take_back(tmp_path)  # killed before there was a record
    assert tree(tmp_path) == {".idea/misc.xml": MISC.encode()}


def test_a_link_in_place_of_the_folder_is_told_with_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / ".idea").symlink_to("elsewhere")
    with pytest.raises(TargetOccupied, match="is a link to elsewhere and no ordinary folder"):
        make(tmp_path)


def test_somebodys_file_loses_our_rows_alone(tmp_path: Path) -> None:
    (tmp_path / ".idea").mkdir()
    (tmp_path / ".idea/misc.xml").write_text(MISC, encoding="utf-8")
    make(tmp_path)
    take_back(tmp_path)
    left = (tmp_path / ".idea/misc.xml").read_text(encoding="utf-8")
    assert "<!-- mine -->" in left
    assert '<component name="Black" enabled="true" />' in left
    assert "Python 3.12" not in left


def test_a_file_of_somebodys_that_is_no_xml_stays(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / ".idea/misc.xml").write_text("<project", encoding="utf-8")
    assert take_back(tmp_path)[1] == (".idea/.gitignore", ".idea/misc.xml")


def test_after_a_kill_at_any_moment_everything_of_ours_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for moment in range(8):  # the record, and seven files
        calls = count()

        def killed(path: Path, content: bytes, moment: int = moment, calls: count[int] = calls) -> None:
            if next(calls) == moment:
                (path.parent / f".{path.name}.abcd_123").write_bytes(content[:10])
                raise KeyboardInterrupt
            replace_file(path, content)

        root = tmp_path / str(moment)
        (root / ".idea").mkdir(parents=True)
        monkeypatch.setattr(write, "replace_file", killed)
        with pytest.raises(KeyboardInterrupt):
            make(root)
        monkeypatch.setattr(write, "replace_file", replace_file)
        take_back(root)
        assert tree(root) == {}
