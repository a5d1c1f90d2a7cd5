"""The launch emulator: what it computes, and that what it computes really runs."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.errors import LaunchFailed
from scaffold.pycharm.launching.launch import resolve, resolve_configuration
from scaffold.pycharm.model import Launch
from scaffold.pycharm.reading.configurations import read_file
from scaffold.system import HostSystem
from tests.pycharm.projects_on_disk import Host, add_environment, lay, make_project

posix = pytest.mark.skipif(os.name == "nt", reason="paths are written for POSIX")


def edit(path: Path, **options: str) -> None:
    """Set options of a run configuration, as its dialogue would."""
    from xml.etree import ElementTree as ET

    document = ET.parse(path)
    configuration = document.getroot().find("configuration")
    for name, value in options.items():
        found = [o for o in configuration.findall("option") if o.get("name") == name]
        element = found[0] if found else ET.SubElement(configuration, "option", name=name)
        element.set("value", value)
    document.write(path, encoding="utf-8")


def module_of(project: Path) -> Path:
    return project / ".run/train (PyTorch).run.xml"


@posix
def test_a_module_as_a_whole(project: Path, host: Host) -> None:
    python = add_environment(project)
    added = {
        "PATH": f"{project}/.venv/bin:/usr/bin",
        "PYTHONIOENCODING": "UTF-8",
        "PYTHONUNBUFFERED": "1",
        "COLOUR": "1 & <2>",
        "PYCHARM_HOSTED": "1",
        "VIRTUAL_ENV": f"{project}/.venv",
        "PYTHONPATH": f"{project}:{project}/src:{project}/tests",
        "TERM": "xterm-256color",
    }
    assert resolve(project, "train (PyTorch)", extra_arguments=["--epochs", "3"], system=host) == Launch(
        name="train (PyTorch)",
        argv=(
            str(python),
            "-m",
            "cnn_project.train",
            "--name",
            "two words",
            'a "quote"',
            "back\\slash",
            "it's",
            "",
            "--epochs",
            "3",
        ),
        cwd=project,
        environment={"HOME": "/home/ada", **added},
        added=added,
    )


@posix
def test_a_script_and_pytest(project: Path, host: Host) -> None:
    python = str(add_environment(project))
    script = resolve(project, "prepare data", system=host)
    assert script.argv == (python, f"{project}/src/cnn_project/train.py")
    assert "TERM" not in script.environment
    tests = resolve(project, "tests", extra_arguments=["-x"], system=host)
    assert tests.argv == (python, "-m", "pytest", "-k", "not slow", f"{project}/tests", "-x")
    assert tests.environment["PYTEST_RUN_CONFIG"] == "True"
    assert (script.problems, tests.problems) == ((), ())


@pytest.mark.parametrize("name", ["cnn-project", "with blanks & 'quotes'", "项目 数据", "a$b %PATH% ;x"])
def test_runs_for_real_wherever_the_project_lies(tmp_path: Path, name: str) -> None:
    root = make_project(tmp_path / name)
    add_environment(root)
    system = HostSystem()
    for run, dunder in (("train (PyTorch)", "cnn_project"), ("prepare data", None)):
        launch = resolve(root, run, extra_arguments=["--last", "中 文"], system=system)
        done = system.run(launch.argv, timeout=60, environment=launch.environment, cwd=launch.cwd)
        said = json.loads(done.stdout)
        own = ["--name", "two words", 'a "quote"', "back\\slash", "it's", ""] if dunder else []
        assert (done.status, done.stderr, launch.problems) == (7, "", ())
        assert said["arguments"] == [*own, "--last", "中 文"]
        assert (Path(said["cwd"]), said["name"], said["package"]) == (root.resolve(), "__main__", dunder)
        assert said["environment"]["VIRTUAL_ENV"] == str(root / ".venv")
    launch = resolve(root, "tests", extra_arguments=["-q", "-p", "no:cacheprovider"], system=system)
    done = system.run(launch.argv, timeout=60, environment=launch.environment, cwd=launch.cwd)
    assert done.status == 0, done.stdout + done.stderr
    assert "1 passed, 1 deselected" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="no Windows folder has a quote in its name")
def test_a_quote_in_the_path_breaks_pycharms_json_and_is_told(tmp_path: Path, host: Host) -> None:
    root = make_project(tmp_path / 'a"b')
    add_environment(root)
    launch = resolve(root, "tests", system=host)
    assert launch.argv[-1] == f"{root}/tests"
    assert launch.problems == (f'PyCharm cannot read _new_target: "{root}/tests" is not JSON',)


@posix
def test_variables_in_pycharms_order(project: Path) -> None:
    add_environment(project)
    lay(project, {".env": "COLOUR=from file\nFILE=yes\nPYTHONUNBUFFERED=file\n"})
    edit(module_of(project), ENV_FILES="$PROJECT_DIR$/.env", EMULATE_TERMINAL="false")
    host = Host(PATH="/usr/bin", PYTHONPATH="/mine", PYTHONHOME="/gone", COLOUR="inherited", TERM="dumb")
    environment = resolve(project, "train", system=host).environment
    assert environment == {
        "PATH": f"{project}/.venv/bin:/usr/bin",
        "TERM": "dumb",
        "PYTHONIOENCODING": "UTF-8",
        "COLOUR": "1 & <2>",
        "FILE": "yes",
        "PYTHONUNBUFFERED": "1",
        "PYCHARM_HOSTED": "1",
        "VIRTUAL_ENV": f"{project}/.venv",
        "PYTHONPATH": f"{project}:{project}/src:{project}/tests:/mine",
    }
    edit(module_of(project), PARENT_ENVS="false", ADD_CONTENT_ROOTS="false", ADD_SOURCE_ROOTS="false")
    alone = resolve(project, "train", system=host).environment
    assert (alone["PATH"], alone.get("PYTHONPATH"), alone.get("TERM")) == (f"{project}/.venv/bin", "", None)


@posix
def test_macros(project: Path, host: Host) -> None:
    python = add_environment(project)
    lay(project, {"sub dir/data.txt": "in\n"})
    edit(
        module_of(project),
        PARAMETERS="--root $ContentRoot$/x --home $USER_HOME$ --file $FilePath$ $unknown$",
        WORKING_DIRECTORY="$ProjectFileDir$/sub dir",
        INTERPRETER_OPTIONS="-X faulthandler",
        REDIRECT_INPUT="true",
        INPUT_FILE="$PROJECT_DIR$/sub dir/data.txt",
    )
    launch = resolve(project, "train", system=host)
    home = host.home.as_posix()
    assert launch.argv == (
        str(python),
        "-X",
        "faulthandler",
        "-m",
        "cnn_project.train",
        "--root",
        f"{project}/x",
        "--home",
        home,
        "--file",
        "$FilePath$",
        "$unknown$",
    )
    assert (launch.cwd, launch.standard_input) == (project / "sub dir", project / "sub dir/data.txt")
    assert launch.problems == ("it uses $FilePath$, which only the running IDE can fill in",)


@posix
@pytest.mark.parametrize(
    ("parameters", "problems"),
    [
        ("--standalone --nproc_per_node 2 -m -- cnn_project.train --run x", ()),
        ("--nproc-per-node=2 $PROJECT_DIR$/src/cnn_project/train.py", ()),
        (
            "--standalone -m -- cnn_project.gone",
            ("the module cnn_project.gone is not in {root}/src/cnn_project",),
        ),
        ("--standalone src/gone.py", ("the script is not there: {root}/src/gone.py",)),
        ("--standalone -m accelerate.commands.launch", ()),  # installed, perhaps: nobody can tell from files
        ("--standalone", ()),
    ],
)
def test_torchrun(project: Path, host: Host, parameters: str, problems: tuple[str, ...]) -> None:
    python = add_environment(project)
    edit(module_of(project), SCRIPT_NAME="torch.distributed.run", PARAMETERS=parameters)
    launch = resolve(project, "train", extra_arguments=["--epochs", "1"], system=host)
    words = parameters.replace("$PROJECT_DIR$", str(project)).split()
    assert launch.argv == (str(python), "-m", "torch.distributed.run", *words, "--epochs", "1")
    assert launch.problems == tuple(one.format(root=project) for one in problems)


@posix
def test_macros_of_the_module_and_the_system(project: Path) -> None:
    add_environment(project)
    names = (
        "ModuleName",
        "ModuleFilePath",
        "ModuleFileDir",
        "ProjectName",
        "Projectpath",
        "OSName",
        "OSUser",
    )
    edit(
        module_of(project),
        PARAMETERS=" ".join(f"${name}$" for name in names),
        WORKING_DIRECTORY="%MODULE_WORKING_DIR%",
    )
    launch = resolve(project, "train", system=Host(PATH="/usr/bin", USER="ada"))
    idea = f"{project}/.idea"
    values = (
        "cnn-project",
        f"{idea}/cnn-project.iml",
        idea,
        "cnn-project",
        str(project),
        launch.argv[-2],
        "ada",
    )
    assert launch.argv[3:] == values
    assert launch.argv[-2] in {"linux", "mac"}
    assert launch.cwd == project
    edit(module_of(project), WORKING_DIRECTORY="src", PARAMETERS="")
    assert resolve(project, "train", system=Host(PATH="/usr/bin")).cwd == project / "src"


@posix
@pytest.mark.parametrize(
    ("target", "kind", "parameters", "argument", "folder"),
    [
        ("$PROJECT_DIR$/tests", "PATH", "", "{root}/tests", "tests"),
        ("$PROJECT_DIR$/tests/test_one.py", "PATH", "", "{root}/tests/test_one.py", "tests"),
        ("tests/test_one.py", "PATH", "ignored", "{root}/tests/test_one.py", "tests"),
        ("test_one.test_one", "PYTHON", "3-x", "{root}/tests/test_one.py::test_one[3-x]", "tests"),
        ("", "PATH", "", None, ""),
        ("whatever", "CUSTOM", "", None, ""),
    ],
)
def test_tests_without_a_working_directory_start_where_they_lie(
    project: Path, host: Host, target: str, kind: str, parameters: str, argument: str | None, folder: str
) -> None:
    add_environment(project)
    edit(
        project / ".run/tests.run.xml",
        WORKING_DIRECTORY="",
        _new_target=json.dumps(target),
        _new_targetType=json.dumps(kind),
        _new_parameters=json.dumps(parameters),
        _new_additionalArguments='""',
    )
    launch = resolve(project, "tests", system=host)
    assert launch.argv[3:] == (() if argument is None else (argument.format(root=project),))
    assert (launch.cwd, launch.problems) == (project / folder, ())


def test_relative_files_lie_below_the_project(project: Path, host: Host) -> None:
    add_environment(project)
    lay(project, {"one.env": "ONE=1\n", "in.txt": ""})
    edit(module_of(project), ENV_FILES="one.env", REDIRECT_INPUT="true", INPUT_FILE="in.txt")
    launch = resolve(project, "train", system=host)
    assert (launch.environment["ONE"], launch.standard_input) == ("1", project / "in.txt")


def test_windows_separates_paths_by_semicolons(project: Path) -> None:
    """Seen from this machine: paths are its own, what stands between them is Windows'."""
    python = add_environment(project)
    if os.name != "nt":
        (project / ".venv/Scripts").mkdir()
        (project / ".venv/Scripts/python.exe").symlink_to(python)
    lay(project, {"one.env": "ONE=1\n", "two.env": "TWO=2\n"})
    edit(module_of(project), ENV_FILES="$PROJECT_DIR$/one.env;$PROJECT_DIR$/two.env")
    host = Host(PATH="C:\\Windows", PYTHONPATH="D:\\mine")
    host.platform = replace(host.platform, os="windows")
    launch = resolve(project, "train", system=host)
    scripts = project / ".venv" / "Scripts"
    assert (launch.argv[0], launch.problems) == (str(scripts / "python.exe"), ())
    environment = launch.environment
    assert (environment["ONE"], environment["TWO"]) == ("1", "2")
    assert environment["PATH"] == f"{scripts};C:\\Windows"
    assert environment["PYTHONPATH"] == f"{project};{project / 'src'};{project / 'tests'};D:\\mine"
    assert "TERM" not in environment


def test_an_empty_working_directory_is_the_scripts_own(project: Path, host: Host) -> None:
    add_environment(project)
    edit(project / ".run/prepare data.run.xml", WORKING_DIRECTORY="")
    assert resolve(project, "prepare", system=host).cwd == project / "src/cnn_project"


@posix
@pytest.mark.parametrize(
    ("target", "argument", "problems"),
    [
        ("tests.test_one", "{root}/tests/test_one.py", ()),
        ("tests.test_one.TestA.test_b", "{root}/tests/test_one.py::TestA::test_b", ()),
        ("test_one.test_one", "{root}/tests/test_one.py::test_one", ()),
        ("tests", "{root}/tests", ()),
        ("nowhere.test_x", "nowhere.test_x", ("no file holds the tests nowhere.test_x",)),
    ],
)
def test_dotted_tests(
    project: Path, host: Host, target: str, argument: str, problems: tuple[str, ...]
) -> None:
    add_environment(project)
    path = project / ".run/tests.run.xml"
    edit(path, _new_target=json.dumps(target), _new_targetType='"PYTHON"', _new_additionalArguments='""')
    launch = resolve(project, "tests", system=host)
    assert (launch.argv[3:], launch.problems) == ((argument.format(root=project),), problems)


@posix
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"SCRIPT_NAME": "cnn_project.gone"}, "the module cnn_project.gone is not in {root}/src/cnn_project"),
        ({"SCRIPT_NAME": ""}, "no module is named"),
        (
            {"MODULE_MODE": "false", "SCRIPT_NAME": "$PROJECT_DIR$/gone.py"},
            "the script is not there: {root}/gone.py",
        ),
        ({"ENV_FILES": "$PROJECT_DIR$/.env"}, "ENV_FILES names a file that is not there: {root}/.env"),
        ({"ENV_FILES": "$PROJECT_DIR$/src"}, "ENV_FILES names what is no file: {root}/src"),
        ({"WORKING_DIRECTORY": "$PROJECT_DIR$/gone"}, "the working folder is not there: {root}/gone"),
        (
            {"IS_MODULE_SDK": "false", "SDK_NAME": "Python 3.9"},
            "it names an interpreter of one machine: Python 3.9",
        ),
        (
            {"IS_MODULE_SDK": "false", "SDK_HOME": "/no/python"},
            "it names an interpreter that is not there: /no/python",
        ),
    ],
)
def test_what_points_at_nothing_is_a_problem(
    project: Path, host: Host, options: dict[str, str], problem: str
) -> None:
    add_environment(project)
    edit(module_of(project), **options)
    assert resolve(project, "train", system=host).problems == (problem.format(root=project),)


def test_another_module_and_an_unfinished_environment_are_problems(project: Path, host: Host) -> None:
    add_environment(project)
    lay(project, {".scaffold/environment.json": json.dumps({"status": "creating", "location": ""})})
    path = module_of(project)
    path.write_text(path.read_text().replace('module name="cnn-project"', 'module name="other"'))
    assert resolve(project, "train", system=host).problems == (
        "module other does not exist in this project (it has cnn-project)",
        "the environment is unfinished; go on with:  scaffold env create",
    )


def test_without_an_environment_the_command_that_makes_it(project: Path, host: Host) -> None:
    with pytest.raises(LaunchFailed, match="no Python environment") as refused:
        resolve(project, "train", system=host)
    assert "scaffold env create" in refused.value.hint
    python = add_environment(project)
    python.unlink()
    with pytest.raises(LaunchFailed, match="lost its Python"):
        resolve(project, "train", system=host)


def test_what_the_ide_alone_starts_and_what_nobody_can_read(project: Path, host: Host) -> None:
    (project / ".run/shell.run.xml").write_text(
        '<component><configuration name="shell" type="ShConfigurationType" /></component>'
    )
    (project / ".run/tests.run.xml").write_text("<component>")
    with pytest.raises(LaunchFailed, match="only the IDE itself starts: ShConfigurationType"):
        resolve(project, "shell", system=host)
    with pytest.raises(LaunchFailed, match=r"tests\.run\.xml, line 1"):
        resolve(project, "tests", system=host)


def test_every_real_configuration_is_read(shared: Path, host: Host, tmp_path: Path) -> None:
    """Files that users committed: read without a problem, and launched or refused with a reason."""
    python = add_environment(tmp_path)
    found = [
        path
        for path in (shared / "corpora/idea").rglob("*.xml")
        if path.parent.name in {".run", "runConfigurations"}
    ]
    launched, refused = [], []
    for path in sorted(found):
        root = path.parent.parent if path.parent.name == ".run" else path.parent.parent.parent
        for one in read_file(path):
            assert one.problem == ""
            try:
                launched.append(resolve_configuration(root, one, system=_WithPython(python, root)))
            except LaunchFailed as problem:
                refused.append((one.kind, problem.message))
    assert len(found) > 100
    assert [message for kind, message in refused if kind not in {None, "compound"}] == []
    assert len(launched) > len(refused) > 0
    assert all(launch.argv[0] for launch in launched)


class _WithPython(Host):
    """A host on which the project has an environment."""

    def __init__(self, python: Path, root: Path) -> None:
        super().__init__(PATH="/usr/bin")
        self._record = json.dumps({"location": str(python.parent.parent), "status": "ready"})
        self._path = root / ".scaffold/environment.json"

    def read_text(self, path: str | os.PathLike[str]) -> str | None:
        return self._record if Path(path) == self._path else super().read_text(path)
