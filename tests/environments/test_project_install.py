"""How the project itself is installed, by what installers note."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold.environments.condition.inspect import inspect
from scaffold.environments.condition.project import ProjectInstall, difference_in_words, project_install
from scaffold.environments.installers.itself import build_requirements, project_distribution
from scaffold.environments.layout import Place
from scaffold.system import HostSystem
from tests.environments.standins import make_project
from tests.environments.unpacked import install_project, make_environment


def installed(root: Path) -> ProjectInstall | None:
    found = inspect(Place(root).location, HostSystem())
    assert found is not None
    return project_install(root, found)


@pytest.fixture
def project(root: Path) -> Path:
    return make_project(root, "pytorch")


def test_editable_missing_and_a_copy(project: Path) -> None:
    packages = make_environment(Place(project).location)
    assert installed(project) == ProjectInstall(name="thing", how="missing")
    install_project(packages, project, editable=False)
    copy = ProjectInstall(name="thing", how="copy", source=str(project))
    assert installed(project) == copy
    noted = packages / "thing-0.1.dist-info/direct_url.json"
    noted.write_text(json.dumps({"url": project.as_uri(), "dir_info": {"editable": True}}))
    assert installed(project) == ProjectInstall(name="thing", how="editable", source=str(project))
    noted.unlink()  # from an index
    assert installed(project) == ProjectInstall(name="thing", how="copy")
    assert [difference_in_words(one) for one in (copy, None)] == [
        "thing, the project itself, is installed as a copy",
        "",
    ]


def test_of_another_folder_and_through_a_link(project: Path, tmp_path: Path) -> None:
    packages = make_environment(Place(project).location)
    link = tmp_path / "文件 夹"
    link.symlink_to(project)
    install_project(packages, link)
    assert installed(project) == ProjectInstall(name="thing", how="editable", source=str(link))
    link.unlink()
    gone = ProjectInstall(name="thing", how="elsewhere", source=str(link))
    assert (installed(project), difference_in_words(gone)) == (
        gone,
        f"thing, the project itself, is installed from {link}",
    )


def test_what_cannot_be_installed_or_told(project: Path) -> None:
    make_environment(Place(project).location)
    (project / "pyproject.toml").write_text("[project]\nname = 'thing'\n")
    assert installed(project) is None


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"setup.py": "from setuptools import setup\nsetup(name='a')\n"}, "a"),
        ({"setup.py": "import setuptools as s\ns.setup()\n", "setup.cfg": "[metadata]\nname = b\n"}, "b"),
        ({"setup.cfg": "[metadata]\nname = b\n"}, None),  # no installer takes that alone
        ({"setup.cfg": "[metadata]\nname = b\n", "pyproject.toml": "[tool.black]\n"}, "b"),
        (
            {
                "setup.py": "from setuptools import setup\nsetup()\n",
                "pyproject.toml": "[project]\nname='c'\n",
            },
            "c",
        ),
        (
            {
                "setup.cfg": "[metadata]\nname = d\n",
                "pyproject.toml": "[build-system]\nrequires = ['setuptools']\n",
            },
            "d",
        ),
        ({"setup.py": "from setuptools import setup\nsetup(name=told())\n"}, None),
        ({"setup.py": "print('not of setuptools')\n"}, None),
        ({"setup.cfg": "[metadata\n", "setup.py": "setup(name='a')\n"}, "a"),
    ],
)
def test_what_setuptools_is_told_without_the_standards_table(
    root: Path, files: dict[str, str], name: str | None
) -> None:
    for path, text in files.items():
        (root / path).write_text(text)
    assert project_distribution(root) == name
    assert build_requirements(root) == (None if name is None else ("setuptools",))


def test_credentials_are_not_told(project: Path) -> None:
    packages = make_environment(Place(project).location)
    install_project(packages, project)
    noted = packages / "thing-0.1.dist-info/direct_url.json"
    noted.write_text(json.dumps({"url": "https://user:secret@host/thing.git", "vcs_info": {}}))
    assert installed(project) == ProjectInstall(name="thing", how="copy", source="https://host/thing.git")
    noted.write_text('{"url": "http://[", "dir_info": []}')
    assert installed(project) == ProjectInstall(name="thing", how="copy")
