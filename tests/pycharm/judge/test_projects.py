"""What IntelliJ's own project model makes of our projects: modules, roots, excluded folders, interpreters."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from scaffold.builds.model import Framework
from scaffold.projects.catalog import find_templates
from scaffold.projects.folders import ALWAYS_EXCLUDED
from scaffold.projects.model import Template
from scaffold.projects.names import project_name
from scaffold.projects.render import project_runs
from scaffold.pycharm.documents.writing import to_bytes
from scaffold.pycharm.model import FurtherInterpreter, IdeProject
from scaffold.pycharm.project.idea import idea_files
from scaffold.pycharm.project.planning import plan_idea
from scaffold.pycharm.project.run_configurations import run_files
from scaffold.pycharm.project.write import write_idea
from scaffold.pycharm.registration import table
from scaffold.pycharm.registration.interpreters import sdks_of
from scaffold.system import HostSystem
from tests.pycharm.projects_on_disk import lay

from .judge import Judge

TEMPLATES = tuple(find_templates().templates)
CHOICES = [
    (template, frameworks)
    for template in TEMPLATES
    for count in range(1, len(template.frameworks) + 1)
    for frameworks in combinations(template.frameworks, count)
]
FOLDERS = ["cnn-project", "我的 项目", "a & b <c>", 'it\'s "quoted"', "$PROJECT_DIR$ 100% #1"]


def environment(root: Path, name: str) -> Path:
    lay(root / name, {"pyvenv.cfg": "home = /usr/bin\n", "bin/python": ""})
    return root / name / "bin/python"


def project_of(template: Template, frameworks: tuple[Framework, ...], root: Path) -> IdeProject:
    """The project with an environment of its own and a further one for its last framework."""
    name = project_name("my-project")
    runs = project_runs(template, name, frameworks)
    further = FurtherInterpreter(
        name="keras",
        python="3.11.9",
        frameworks=frameworks[-1:],
        interpreter=environment(root, ".envs/keras"),
    )
    return IdeProject(
        module=name.distribution,
        runs=runs,
        python="3.12.1",
        interpreter=environment(root, ".venv"),
        excluded=template.excluded,
        further=(further,) if len(frameworks) > 1 else (),
    )


def ide_options(folder: Path, project: IdeProject, root: Path) -> Path:
    """An IDE's settings that know the project's interpreters."""
    system, application = HostSystem(), table.empty()
    for sdk in sdks_of(project, root, system):
        application[0].append(table.entry(sdk, system))
    folder.mkdir()
    (folder / "jdk.table.xml").write_bytes(to_bytes(application, declaration=False))
    return folder


def urls(root: Path, *folders: str) -> list[str]:
    return [f"file://{root / folder}" for folder in folders]


def expected(root: Path, project: IdeProject) -> list[dict[str, Any]]:
    """What the model has to say of the modules, whole."""
    own = {
        "name": project.module,
        "python": True,
        "content": [f"file://{root}"],
        "sources": urls(root, "src"),
        "tests": urls(root, "tests"),
        "excluded": urls(root, *sorted({*ALWAYS_EXCLUDED, *project.excluded})),
        "sdk": project.sdk,
        "home": str(project.interpreter) if project.interpreter else None,
        "dependencies": [],
    }
    more = [
        {
            **{kind: [] for kind in ("content", "sources", "tests", "excluded")},
            "name": f"{project.module}-{one.name}",
            "python": True,
            "sdk": one.sdk(f"{project.module}-{one.name}"),
            "home": str(one.interpreter),
            "dependencies": [project.module],
        }
        for one in project.further
    ]
    return [own, *more]


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize(
    ("template", "frameworks"), CHOICES, ids=lambda v: getattr(v, "name", None) or "-".join(v)
)
def test_every_template_is_understood(
    judge: Judge, tmp_path: Path, template: Template, frameworks: tuple[Framework, ...], folder: str
) -> None:
    root = tmp_path / folder
    project = project_of(template, frameworks, root)
    write_idea(plan_idea(root, project, git=True))
    options = ide_options(tmp_path / "options", project, root)
    found = judge.load(root, options)
    assert found["modules"] == expected(root, project)


@pytest.mark.parametrize(
    ("template", "frameworks"), CHOICES, ids=lambda v: getattr(v, "name", None) or "-".join(v)
)
def test_every_run_configuration_is_read_by_its_name(
    judge: Judge, tmp_path: Path, template: Template, frameworks: tuple[Framework, ...]
) -> None:
    """IntelliJ 183 reads them in ``.idea`` alone; the files are the same in ``.run``."""
    project = project_of(template, frameworks, tmp_path)
    write_idea(plan_idea(tmp_path, project))
    for path, content in run_files(project.runs, project.module).items():
        there = tmp_path / ".idea/runConfigurations" / path.name
        there.parent.mkdir(exist_ok=True)
        there.write_bytes(content)
    further = [path for path in idea_files(project) if path.parent.name == "runConfigurations"]
    found = judge.load(tmp_path)["runs"]
    assert set(found) >= {run.name for run in project.runs}
    assert len(found) == len(set(found)) == len(project.runs) + len(further)


@pytest.mark.parametrize("name", [folder for folder in FOLDERS if "$" not in folder])
def test_any_folder_is_a_module_by_its_name(judge: Judge, tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    project = IdeProject(module=name, runs=(), python="3.12.1", interpreter=environment(root, ".venv"))
    write_idea(plan_idea(root, project))
    assert judge.load(root, ide_options(tmp_path / "options", project, root))["modules"] == expected(
        root, project
    )


CLONE = """<module type="PYTHON_MODULE" version="4">
  <component name="NewModuleRootManager">
    <content url="file://$MODULE_DIR$">
      <sourceFolder url="file://$MODULE_DIR$/app" isTestSource="false" />
      <excludeFolder url="file://$MODULE_DIR$/build" />
    </content>
    <orderEntry type="inheritedJdk" />
    <orderEntry type="sourceFolder" forTests="false" />
  </component>
</module>"""
MODULES = """<project version="4">
  <component name="ProjectModuleManager">
    <modules>
      <module fileurl="file://$PROJECT_DIR$/{0}" filepath="$PROJECT_DIR$/{0}" />
      <module fileurl="file://$PROJECT_DIR$/docs/docs.iml" filepath="$PROJECT_DIR$/docs/docs.iml" />
    </modules>
  </component>
</project>"""
DOCS = """<module type="PYTHON_MODULE" version="4">
  <component name="NewModuleRootManager">
    <content url="file://$MODULE_DIR$" />
    <orderEntry type="inheritedJdk" />
    <orderEntry type="sourceFolder" forTests="false" />
    <orderEntry type="module" module-name="我的 clone" />
  </component>
</module>"""


@pytest.mark.parametrize("where", [".idea/我的 clone.iml", "我的 clone.iml", ".idea/modules/我的 clone.iml"])
@pytest.mark.parametrize("ours_is_there", [False, True])
def test_a_merge_into_somebody_s_module_is_understood(
    judge: Judge, tmp_path: Path, where: str, ours_is_there: bool
) -> None:
    """PyCharm opened the folder first, and named the module after it."""
    root = tmp_path / "我的 clone"
    clone = CLONE if where.count("/") < 2 else CLONE.replace("$MODULE_DIR$", "$MODULE_DIR$/../..")
    project = IdeProject(
        module="cnn-project",
        runs=(),
        python="3.12.1",
        interpreter=environment(root, ".venv"),
        excluded=("data",),
    )
    if ours_is_there:
        write_idea(plan_idea(root, project))
    lay(root, {where: clone, ".idea/modules.xml": MODULES.format(where), "docs/docs.iml": DOCS})
    write_idea(plan_idea(root, project, registered={}))
    found = judge.load(root, ide_options(tmp_path / "options", project, root))
    (own,) = expected(root, project)
    modules = {one["name"]: one for one in found["modules"]}
    assert sorted(modules) == ["cnn-project", "docs"]
    mine = modules["cnn-project"]
    assert sorted(mine.pop("sources")) == urls(root, "app", "src")
    assert sorted(mine.pop("excluded")) == sorted([*own.pop("excluded"), *urls(root, "build")])
    assert own.pop("sources")
    assert mine == own
    assert modules["docs"]["dependencies"] == ["cnn-project"]
    assert modules["docs"]["home"] == str(project.interpreter)


@pytest.mark.parametrize("where", ["cnn-project.iml", ".idea/modules/cnn-project.iml", "ide/cnn-project.iml"])
@pytest.mark.parametrize("content", [True, False])
def test_our_module_s_file_may_lie_anywhere(judge: Judge, tmp_path: Path, where: str, content: bool) -> None:
    root = tmp_path / "cnn project"
    up = "/.." * (where.count("/") if where != ".idea/cnn-project.iml" else 0)
    theirs = f"""<module type="PYTHON_MODULE" version="4">
  <component name="NewModuleRootManager">
    {f'<content url="file://$MODULE_DIR${up}" />' if content else ""}
    <orderEntry type="sourceFolder" forTests="false" />
  </component>
</module>"""
    project = IdeProject(
        module="cnn-project",
        runs=(),
        python="3.12.1",
        interpreter=environment(root, ".venv"),
        excluded=("data",),
    )
    lay(
        root,
        {
            where: theirs,
            ".idea/modules.xml": MODULES.partition("      <module")[0].replace("{", "")
            + (
                f'      <module fileurl="file://$PROJECT_DIR$/{where}" filepath="$PROJECT_DIR$/{where}" />\n'
                "    </modules>\n  </component>\n</project>"
            ),
        },
    )
    write_idea(plan_idea(root, project))
    assert plan_idea(root, project).changes == ()
    assert not (root / ".idea/cnn-project.iml").exists()
    assert judge.load(root, ide_options(tmp_path / "options", project, root))["modules"] == expected(
        root, project
    )


def test_what_the_user_chose_is_understood_after_a_merge(judge: Judge, tmp_path: Path) -> None:
    """Another interpreter, a folder taken in again, one that was never ours."""
    root, options = tmp_path / "cnn-project", tmp_path / "options"
    project = IdeProject(
        module="cnn-project",
        runs=(),
        python="3.12.1",
        interpreter=environment(root, ".venv"),
        excluded=("data",),
    )
    write_idea(plan_idea(root, project))
    other = replace(project, interpreter=environment(tmp_path, "other"), sdk_name="Mine & yours")
    system, application = HostSystem(), table.empty()
    for one in (project, other):
        for sdk in sdks_of(one, root, system):
            application[0].append(table.entry(replace(sdk, name=one.sdk), system))
    options.mkdir()
    (options / "jdk.table.xml").write_bytes(to_bytes(application, declaration=False))
    iml = root / ".idea/cnn-project.iml"
    data, mine = (
        '      <excludeFolder url="file://$MODULE_DIR$/' + name + '" />\n' for name in ("data", "slides")
    )
    iml.write_text(
        iml.read_text().replace(data, mine).replace(project.sdk, "Mine &amp; yours"), encoding="utf-8"
    )
    registered = {"Mine & yours": other.interpreter, project.sdk: project.interpreter}
    write_idea(plan_idea(root, project, registered=registered))  # type: ignore[arg-type]
    (found,) = judge.load(root, options)["modules"]
    assert (found["sdk"], found["home"]) == ("Mine & yours", str(other.interpreter))
    assert found["excluded"] == urls(root, *ALWAYS_EXCLUDED, "slides")


def test_the_judge_notices_what_is_wrong(judge: Judge, tmp_path: Path) -> None:
    """It can say no: an interpreter that nobody knows, a file that is no XML, a module that is not there."""
    project = project_of(TEMPLATES[0], TEMPLATES[0].frameworks[:1], tmp_path)
    write_idea(plan_idea(tmp_path, project))
    (found,) = judge.load(tmp_path)["modules"]
    assert (found["sdk"], found["home"]) == (project.sdk, None)
    iml = tmp_path / f".idea/{project.module}.iml"
    iml.write_text("<module")
    assert "error" in judge.load(tmp_path)
