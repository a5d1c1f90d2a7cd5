"""`ide pycharm`, then `--undo`: every file of anybody's is byte for byte what it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project.planning import plan_idea
from scaffold.pycharm.project.removal import Removal, plan_removal, remove_idea
from scaffold.pycharm.project.write import write_idea
from tests.pycharm.project.test_merge_property import NAMES, elements, projects_of_the_corpus
from tests.pycharm.projects_on_disk import lay
from tests.pycharm.registration.machine import tree

PROJECT = IdeProject(module="demo", runs=(), python="3.12.1", excluded=("data",))
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<project version="4">\n'
LISTED = HEAD + (
    '  <component name="ProjectModuleManager">\n    <modules>\n'
    '      <module fileurl="file://$PROJECT_DIR$/{0}" filepath="$PROJECT_DIR$/{0}" group="g" />\n'
    "    </modules>\n  </component>\n</project>\n"
)
IML = """<?xml version="1.0" encoding="UTF-8"?>
<module type="PYTHON_MODULE" version="4">
  <component name="NewModuleRootManager">
    <content url="file://$MODULE_DIR$" />
    {0}
    <orderEntry type="sourceFolder" forTests="false" />
  </component>
</module>
"""
OWN_SOURCES = '<orderEntry type="sourceFolder" forTests="false" />'
INHERITED = '<orderEntry type="inheritedJdk" />'
DANGLING = '<orderEntry type="jdk" jdkName="Python 3.10 (lab)" jdkType="Python SDK" />'
MISC = HEAD + (
    '  <component name="ProjectRootManager" version="2" project-jdk-name="Python 3.10 (lab)"'
    ' project-jdk-type="Python SDK" />\n</project>\n'
)


def made(root: Path, project: IdeProject = PROJECT) -> None:
    write_idea(plan_idea(root, project, registered={}))


def undone(root: Path) -> Removal:
    removal = plan_removal(root, PROJECT)
    remove_idea(removal)
    assert plan_removal(root, PROJECT).plan.files == ()
    return removal


FOLDERS: Mapping[str, Mapping[str, str]] = {
    "a module in the project's own folder": {
        "demo.iml": IML.format(INHERITED),
        ".idea/modules.xml": LISTED.format("demo.iml"),
    },
    "an interpreter that nobody knows": {
        ".idea/demo.iml": IML.format(DANGLING),
        ".idea/misc.xml": MISC,
        ".idea/modules.xml": LISTED.format(".idea/demo.iml"),
    },
    "no interpreter at all": {".idea/demo.iml": IML.format(""), ".idea/misc.xml": HEAD + "</project>"},
    "a module of another name": {
        ".idea/lab.iml": IML.format(DANGLING),
        ".idea/modules.xml": LISTED.format(".idea/lab.iml"),
        ".idea/runConfigurations/a.xml": '<component><configuration><module name="lab" /></configuration></component>',
        ".idea/.gitignore": "*\n",
    },
}


@pytest.mark.parametrize("files", FOLDERS.values(), ids=FOLDERS)
def test_whatever_was_there_is_there_again(tmp_path: Path, files: Mapping[str, str]) -> None:
    lay(tmp_path, dict(files))
    before = tree(tmp_path)
    made(tmp_path)
    made(tmp_path, replace(PROJECT, python="3.13.0", excluded=()))
    removal = undone(tmp_path)
    assert tree(tmp_path) == before
    assert (removal.kept, removal.copies) == ((), ())


@pytest.mark.parametrize("folder", projects_of_the_corpus(), ids=lambda path: path.parent.name)
@pytest.mark.parametrize("module", ["demo", "own"])
def test_every_project_of_the_corpus(shared: Path, tmp_path: Path, folder: Path, module: str) -> None:
    """Whether our module bears the name of theirs or takes it over."""
    files = [p for p in folder.rglob("*") if p.is_file()]
    for path in files:
        place = tmp_path / ".idea" / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())
    stem = next((path.stem for path in files if path.suffix == ".iml"), "demo") if module == "own" else module
    before = tree(tmp_path)
    made(tmp_path, replace(PROJECT, module=stem))
    undone(tmp_path)
    assert tree(tmp_path) == before


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from([*NAMES, "demo.iml"]), st.lists(elements(), max_size=3), max_size=3))
def test_every_file_that_hypothesis_thinks_of(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, list[str]]
) -> None:
    root = tmp_path_factory.mktemp("undo")
    for name, inside in files.items():
        tag = "module" if name.endswith(".iml") else "project"
        lay(root, {f".idea/{name}": f'<{tag} version="4">\n  ' + "\n  ".join(inside) + f"\n</{tag}>"})
    before = tree(root)
    made(root)
    undone(root)
    assert tree(root) == before


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_was_changed_since_stays_and_loses_our_rows(tmp_path: Path) -> None:
    """The IDE wrote there since: rows are taken out one by one, and the interpreter's name comes back."""
    lay(tmp_path, dict(FOLDERS["an interpreter that nobody knows"]))
    made(tmp_path)
    edit(tmp_path / ".idea/misc.xml", "<component", "<!-- mine -->\n  <component")
    edit(
        tmp_path / ".idea/demo.iml",
        OWN_SOURCES,
        f'{OWN_SOURCES}\n    <orderEntry type="library" name="R" />',
    )
    removal = undone(tmp_path)
    files = FOLDERS["an interpreter that nobody knows"]
    assert (tmp_path / ".idea/misc.xml").read_text() == files[".idea/misc.xml"].replace(
        "  <component", "  <!-- mine -->\n  <component"
    )
    assert (tmp_path / ".idea/demo.iml").read_text() == files[".idea/demo.iml"].replace(
        OWN_SOURCES, f'{OWN_SOURCES}\n    <orderEntry type="library" name="R" />'
    )
    assert (tmp_path / ".idea/modules.xml").read_text() == files[".idea/modules.xml"]
    assert removal.copies == (".scaffold/idea/demo.iml", ".scaffold/idea/misc.xml")
    assert {path.name for path in (tmp_path / ".scaffold/idea").iterdir()} == {
        ".gitignore", "demo.iml", "misc.xml",
    }  # fmt: skip


@pytest.mark.parametrize("again", [False, True])
def test_a_module_of_ours_that_somebody_changed_stays_whole_and_listed(tmp_path: Path, again: bool) -> None:
    made(tmp_path)
    edit(tmp_path / ".idea/demo.iml", "    </content>", "      <!-- mine -->\n    </content>")
    if again:
        made(tmp_path)
    names = (".gitignore", "demo.iml", "modules.xml")
    left = {name: (tmp_path / ".idea" / name).read_text() for name in names}
    named = '<orderEntry type="jdk" jdkName="Python 3.12 (demo)" jdkType="Python SDK" />'
    assert named in left["demo.iml"]
    left["demo.iml"] = left["demo.iml"].replace(named, INHERITED)
    removal = undone(tmp_path)
    assert removal.kept == tuple(f".idea/{name}" for name in names)
    assert {path.name: path.read_text() for path in (tmp_path / ".idea").iterdir()} == left


def test_a_module_that_took_over_another_one_stays_once_somebody_changed_it(tmp_path: Path) -> None:
    lay(tmp_path, dict(FOLDERS["a module of another name"]))
    made(tmp_path)
    edit(tmp_path / ".idea/demo.iml", "    </content>", "      <!-- mine -->\n    </content>")
    before = tree(tmp_path / ".idea")
    removal = undone(tmp_path)
    assert removal.copies == (".scaffold/idea/a.xml", ".scaffold/idea/lab.iml", ".scaffold/idea/modules.xml")
    now = tree(tmp_path / ".idea")
    assert {name: before[name] for name in now} == now
    assert now.keys() == {"demo.iml", "modules.xml", "runConfigurations/a.xml", ".gitignore"}


def test_a_project_that_got_another_name(tmp_path: Path) -> None:
    """Its module goes by the new one; the one of before was ours, and no undo brings it back."""
    made(tmp_path)
    renamed = replace(PROJECT, module="renamed")
    made(tmp_path, renamed)
    write_again = plan_idea(tmp_path, renamed, registered={})
    assert write_again.changes == ()
    assert {path.name for path in tmp_path.glob(".idea/*.iml")} == {"renamed.iml"}
    assert "demo" not in (tmp_path / ".idea/modules.xml").read_text()
    assert not (tmp_path / ".scaffold").exists()
    assert "(demo)" not in (tmp_path / ".idea/renamed.iml").read_text()
    remove_idea(plan_removal(tmp_path, renamed))
    assert tree(tmp_path) == {}


def test_what_somebody_changed_in_a_module_goes_on_under_another_name(tmp_path: Path) -> None:
    made(tmp_path)
    edit(tmp_path / ".idea/demo.iml", "    </content>", "      <!-- mine -->\n    </content>")
    changed = (tmp_path / ".idea/demo.iml").read_text()
    renamed = replace(PROJECT, module="renamed")
    write_idea(plan_idea(tmp_path, renamed))
    assert (tmp_path / ".idea/renamed.iml").read_text() == changed.replace("(demo)", "(renamed)")
    assert plan_idea(tmp_path, renamed).changes == ()
    assert plan_removal(tmp_path, renamed).kept == (
        ".idea/.gitignore",
        ".idea/modules.xml",
        ".idea/renamed.iml",
    )
