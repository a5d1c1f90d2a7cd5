from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.errors import NotAProject
from scaffold.pycharm.project.describe import any_project, any_root
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
