from __future__ import annotations

from pathlib import Path

import pytest

from scaffold import making
from scaffold.errors import IdeFileChanged, NotAProject
from scaffold.making import with_environments
from scaffold.projects.model import ProjectName, Record
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project.describe import any_project, any_root, generated_project
from scaffold.pycharm.project.idea_plan import IdeaPlan
from scaffold.pycharm.project.planning import plan_idea
from scaffold.pycharm.project.write import write_idea
from scaffold.pycharm.reading.project_files import read_project
from tests.pycharm.projects_on_disk import lay
from tests.pycharm.registration.machine import Machine

MODULES = """<project version="4"><component name="ProjectModuleManager"><modules>
<module fileurl="file://$PROJECT_DIR$/.idea/named.iml" filepath="$PROJECT_DIR$/.idea/named.iml" />
</modules></component></project>"""
IML = """<module type="PYTHON_MODULE" version="4"><component name="NewModuleRootManager">
<content url="file://$MODULE_DIR$" /></component></module>"""


@pytest.mark.parametrize(
    ("files", "module"),
    [
        ({"pyproject.toml": '[project]\nname = "declared"\n'}, "declared"),
        ({"pyproject.toml": "[project"}, "lab"),
        ({"requirements.txt": ""}, "lab"),
        (
            {
                "pyproject.toml": '[project]\nname = "declared"\n',
                ".idea/modules.xml": MODULES,
                ".idea/named.iml": IML,
            },
            "named",  # run configurations name it so
        ),
        ({".idea/modules.xml": "<project"}, "lab"),
    ],
)
def test_the_modules_name(tmp_path: Path, files: dict[str, str], module: str) -> None:
    root = tmp_path / "lab"
    lay(root, files)
    (root / "src").mkdir()
    assert any_root(root / "src", Machine(tmp_path)) == root
    assert any_project(root, Machine(tmp_path)).module == module


@pytest.mark.parametrize(
    ("theirs", "module"),
    [
        ({}, "new"),
        ({".idea/old.iml": IML}, "old"),
        ({".idea/modules.xml": MODULES.replace("named", "old")}, "old"),
    ],
)
def test_a_module_that_we_made_follows_the_declared_name(
    tmp_path: Path, theirs: dict[str, str], module: str
) -> None:
    """From 2026.2 on PyCharm itself would rename it. One that was there before us, or was listed, stays."""
    system = Machine(tmp_path)
    lay(tmp_path, {"pyproject.toml": '[project]\nname = "old"\n', **theirs})
    write_idea(plan_idea(tmp_path, any_project(tmp_path, system)))
    lay(tmp_path, {"pyproject.toml": '[project]\nname = "new"\n'})
    project = any_project(tmp_path, system)
    assert project.module == module
    write_idea(plan_idea(tmp_path, project))
    assert [one.name for one in read_project(tmp_path, system).modules] == [module]
    assert (tmp_path / f".idea/{module}.iml").exists()
    assert plan_idea(tmp_path, any_project(tmp_path, system)).changes == ()


def test_roots_and_what_is_large(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "pyproject.toml": "",
            "test/test_a.py": "",
            "data/a.bin": "",
            "datasets/__init__.py": "",
            "wandb/run/log": "",
            "venv/pyvenv.cfg": "",
        },
    )
    (tmp_path / "logs").mkdir()  # empty
    project = any_project(tmp_path, Machine(tmp_path))
    assert (project.sources, project.tests) == ((), ("test",))
    assert project.excluded == ("data", "venv", "wandb")


def test_a_home_folder_is_no_project(tmp_path: Path) -> None:
    lay(tmp_path, {"requirements.txt": "", "empty/a": ""})
    with pytest.raises(NotAProject, match="no Python project"):
        any_root(tmp_path / "empty", Machine(tmp_path))


RECORD = Record(
    template="gone",
    template_version="1",
    provider="no-such-provider",
    scaffold_version="1",
    name=ProjectName(distribution="lab", package="lab", title="Lab"),
    frameworks=("pytorch",),
)


def test_without_its_template_a_project_is_known_in_part() -> None:
    assert generated_project(RECORD) == IdeProject(module="lab", runs=(), python="", partial=True)


@pytest.mark.parametrize(("made", "module"), [(True, "renamed"), (False, "lab")])
def test_a_project_of_ours_goes_by_its_declared_name(tmp_path: Path, *, made: bool, module: str) -> None:
    """Another's module keeps the name that its run configurations know."""
    lay(tmp_path, {"pyproject.toml": '[project]\nname = "renamed"\n'})
    if made:
        lay(tmp_path, {".scaffold/project.json": "{}"})
    assert with_environments(Machine(tmp_path), generated_project(RECORD), tmp_path).module == module


def test_what_the_ide_wrote_meanwhile_is_looked_at_again_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The IDE writes between plan and write: the second plan knows what it wrote; a third there is not."""
    asked: list[int] = []
    theirs = '<project version="4">\n  <component name="Black" />\n</project>'

    def plan(*arguments: object, **more: object) -> IdeaPlan:
        made = plan_idea(tmp_path, IdeProject(module="lab", runs=(), python="3.12.1"))
        asked.append(len(asked))
        if len(asked) <= disturbed:
            lay(tmp_path, {".idea/misc.xml": theirs + "\n" * len(asked)})
        return made

    monkeypatch.setattr(making, "plan_pycharm", plan)
    system, project = Machine(tmp_path), generated_project(RECORD)
    disturbed = 1
    making.tell_pycharm(system, project, tmp_path)
    assert (tmp_path / ".idea/misc.xml").read_text().startswith(theirs.removesuffix("</project>"))
    assert asked == [0, 1]
    (tmp_path / ".idea/misc.xml").unlink()
    disturbed, asked[:] = 9, []
    with pytest.raises(IdeFileChanged, match=r"misc\.xml"):
        making.tell_pycharm(system, project, tmp_path)
    assert asked == [0, 1]
