"""Cures, byte for byte; what is not cured stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from scaffold.pycharm.mending.model import Change
from scaffold.pycharm.mending.plan import plan
from tests.checks.ide.projects import FILES, MODULE, facts_of, run_xml

RUN = ".run/train.run.xml"

#: As people have them: comments, odd indentation, an option of a plugin, Windows line ends.
BEFORE = """<component name="ProjectRunConfigurationManager">\r
    <!-- mine -->\r
  <configuration default="false" name="train" type="PythonConfigurationType" factoryName="Python">\r
    <module name='{module}'/>\r
    <EXTENSION ID="net.ashald.envfile"><option name="SDK_HOME" value="x"/></EXTENSION>\r
    <option name="SDK_HOME" value="C:\\Users\\bob\\python.exe" />\r
    <option name="SDK_NAME" value="bob" />\r
    <option name="WORKING_DIRECTORY" value="/home/bob/work/app" />\r
    <option name="SCRIPT_NAME" value="C:/Users/bob/app/src/app/train.py"/>\r
    <option name="PARAMETERS" value="--name 'a &amp; b'   --to=/home/bob/out" />\r
    <method v="2"/>\r
  </configuration>\r
</component>\r
"""
AFTER = """<component name="ProjectRunConfigurationManager">\r
    <!-- mine -->\r
  <configuration default="false" name="train" type="PythonConfigurationType" factoryName="Python">\r
    <module name="app" />\r
    <EXTENSION ID="net.ashald.envfile"><option name="SDK_HOME" value="x"/></EXTENSION>\r
    <option name="SDK_HOME" value="" />\r
    <option name="WORKING_DIRECTORY" value="$PROJECT_DIR$" />\r
    <option name="SCRIPT_NAME" value="$PROJECT_DIR$/src/app/train.py" />\r
    <option name="PARAMETERS" value="--name &quot;a &amp; b&quot;   --to=/home/bob/out" />\r
    <option name="IS_MODULE_SDK" value="true" />\r
    <method v="2"/>\r
  </configuration>\r
</component>\r
"""


def planned(root: Path, files: Mapping[str, str], tracked: list[str] | None = None) -> tuple[Change, ...]:
    return plan(facts_of(root, tracked, **files))


def after(root: Path, path: str, text: str, more: Mapping[str, str] = {}) -> str:
    """A file's text when it has been cured."""
    (change,) = planned(root, {path: text, **more})
    assert (change.path, change.before) == (path, text.encode())
    return (change.after or b"").decode()


def test_a_run_configuration_is_cured_and_every_other_byte_stays(tmp_path: Path) -> None:
    facts_of(tmp_path / "app")
    (tmp_path / "app/.run").mkdir()
    (tmp_path / "app" / RUN).write_bytes(BEFORE.format(module="other").encode())
    (change,) = planned(tmp_path / "app", {}, [*FILES, RUN])
    assert change.after == AFTER.encode()
    assert change.reasons == (
        "it takes the project's interpreter",
        "arguments in double quotes",
        "paths of the project from $PROJECT_DIR$",
        "it belongs to the module app",
    )


def test_a_good_project_stays(tmp_path: Path) -> None:
    assert planned(tmp_path, {RUN: run_xml()}) == ()


def test_what_nobody_else_gets_stays_but_for_its_arguments(tmp_path: Path) -> None:
    path = ".idea/runConfigurations/train.xml"
    mine = run_xml(SDK_NAME="bob", IS_MODULE_SDK="false", WORKING_DIRECTORY="/home/bob/app")
    assert planned(tmp_path / "app", {path: mine}, list(FILES)) == ()


@pytest.mark.parametrize(
    "text",
    [
        run_xml(SCRIPT_NAME="/home/bob/other/src/app/train.py"),  # another project's folder
        run_xml(SCRIPT_NAME="/home/bob/app/src/gone.py"),  # not what is here
        run_xml(SCRIPT_NAME="/home/bob/app/tests/../src/app/train.py"),
        run_xml(WORKING_DIRECTORY="/app"),  # perhaps a container's
        run_xml(SDK_NAME="Remote Python 3.12 Docker (a)", IS_MODULE_SDK="false", SCRIPT_NAME="/app/src/app/train.py"),
        run_xml(PARAMETERS="--to 'C:\\a b\\'"),  # the backslash would take the new quote's meaning
        "<<<<<<< HEAD\n" + run_xml(SDK_NAME="bob", IS_MODULE_SDK="false"),
        run_xml(SDK_NAME="bob", IS_MODULE_SDK="false")[:-5],
    ],
)  # fmt: skip
def test_what_cannot_be_cured_safely_stays(tmp_path: Path, text: str) -> None:
    assert planned(tmp_path / "app", {RUN: text}) == ()


def test_the_folder_that_pycharm_takes_is_written_down(tmp_path: Path) -> None:
    script = after(tmp_path / "a", RUN, run_xml(WORKING_DIRECTORY=""))
    assert script == run_xml(WORKING_DIRECTORY="$PROJECT_DIR$/src/app")
    module = {"SCRIPT_NAME": "app.train", "MODULE_MODE": "true"}
    assert after(tmp_path / "b", RUN, run_xml(WORKING_DIRECTORY="", **module)) == run_xml(**module)


def test_a_modules_roots_and_test_runner(tmp_path: Path) -> None:
    tests = '  <component name="TestRunnerService">\n    <option name="PROJECT_TEST_RUNNER" value="{}" />\n  </component>\n</module>'
    start = MODULE.replace(
        '<sourceFolder url="file://$MODULE_DIR$/src" isTestSource="false" />', "<!-- roots -->"
    ).replace("</module>", tests.format("Unittests"))
    text = after(tmp_path, ".idea/app.iml", start, {"conftest.py": "", ".venv/pyvenv.cfg": ""})
    expected = start.replace("Unittests", "py.test").replace(
        "      <!-- roots -->\n    </content>",
        '      <sourceFolder url="file://$MODULE_DIR$/src" isTestSource="false" />\n'
        '      <excludeFolder url="file://$MODULE_DIR$/.venv" />\n'
        "      <!-- roots -->\n    </content>",
    )
    assert sorted(text.splitlines()) == sorted(expected.splitlines())
    assert text.index("sourceFolder") < text.index("excludeFolder") < text.index("</content>")


def test_a_module_gets_the_projects_name_everywhere(tmp_path: Path) -> None:
    other = MODULE.replace("$MODULE_DIR$", "$MODULE_DIR$/docs").replace(
        "</component>", '  <orderEntry type="module" module-name="app" />\n  </component>'
    )
    changes = planned(
        tmp_path,
        {
            "pyproject.toml": '[project]\nname = "my-app"\n',
            RUN: run_xml(),
            ".idea/docs.iml": other,
            ".idea/modules.xml": FILES[".idea/modules.xml"].replace(
                "    </modules>",
                '      <module fileurl="file://$PROJECT_DIR$/.idea/docs.iml" filepath="$PROJECT_DIR$/.idea/docs.iml" />\n    </modules>',
            ),
        },
    )
    became = {one.path: None if one.after is None else one.after.decode() for one in changes}
    assert became == {
        ".idea/app.iml": None,
        ".idea/my-app.iml": MODULE,
        ".idea/docs.iml": other.replace('module-name="app"', 'module-name="my-app"'),
        ".idea/modules.xml": (tmp_path / ".idea/modules.xml").read_text().replace("app.iml", "my-app.iml"),
        RUN: run_xml(module="my-app"),
    }


def test_the_workspace_is_never_touched(tmp_path: Path) -> None:
    mine = f"<project>{run_xml(PARAMETERS='x {chr(39)}a b{chr(39)}')}</project>"
    text = mine.replace("ProjectRunConfigurationManager", "RunManager")
    changes = planned(tmp_path, {".idea/workspace.xml": text})
    assert ".idea/workspace.xml" not in {one.path for one in changes}


def test_what_lies_outside_of_the_project_is_never_changed(tmp_path: Path) -> None:
    """A module of another folder, and a run configuration that is a link there."""
    bad = run_xml(SDK_NAME="bob", IS_MODULE_SDK="false")
    start = MODULE.replace("$MODULE_DIR$/src", "$MODULE_DIR$/lib").replace("$MODULE_DIR$", "$PROJECT_DIR$")
    (tmp_path / "else").mkdir()
    (tmp_path / "else/train.run.xml").write_text(bad)
    (tmp_path / "else/app.iml").write_text(start)
    root = tmp_path / "app"
    (root / ".run").mkdir(parents=True)
    (root / RUN).symlink_to(tmp_path / "else/train.run.xml")
    modules = FILES[".idea/modules.xml"].replace(
        "$PROJECT_DIR$/.idea/app.iml", "$PROJECT_DIR$/../else/app.iml"
    )
    files = {".idea/modules.xml": modules, "pyproject.toml": '[project]\nname = "my-app"\n'}
    assert planned(root, files, [*FILES, RUN]) == ()
