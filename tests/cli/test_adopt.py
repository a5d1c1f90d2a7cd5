"""`scaffold adopt` as a user types it: what it writes, and that nothing else changes."""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath

import pytest

from scaffold.adopt.make import _taken_back, _write
from scaffold.errors import ScaffoldError, TargetOccupied
from scaffold.projects.record import RECORD
from scaffold.projects.snapshot import Entry
from tests.cli.typed import typed
from tests.environments.conftest import TINY_BACKEND
from tests.environments.standins import PYTHON
from tests.projects.conftest import lay
from tests.projects.origins.conftest import commit, git
from tests.pycharm.registration.machine import config
from tests.pycharm.registration.tables import entry_of

pytestmark = pytest.mark.usefixtures("isolated")

CODE = "import torch\n\n\ndef main():\n    print('trained')\n\n\nif __name__ == '__main__':\n    main()\n"
OWN_RUN = """\
<component name="ProjectRunConfigurationManager">
  <configuration default="false" name="mine" type="PythonConfigurationType" factoryName="Python">
    <option name="SCRIPT_NAME" value="$PROJECT_DIR$/evaluate.py" />
  </configuration>
</component>
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "Their Net"
    (root / ".run").mkdir(parents=True)
    (root / "train.py").write_text(CODE)
    (root / "evaluate.py").write_text(CODE)
    (root / "requirements.txt").write_bytes(b"torch>=2\r\nalpha\r\n")
    (root / ".run" / "mine.run.xml").write_text(OWN_RUN)
    (root / ".gitignore").write_text("*.pt\n")
    return root


def argv(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "scaffold", *map(str, arguments)]


def scaffold(root: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv(*arguments), cwd=root, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        timeout=300,
    )  # fmt: skip


def tree(root: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file with its bytes, its mode and when it was written."""
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".venv" not in path.parts
    }


def test_an_environment_is_made_of_what_the_project_asks_for(project, wheels):
    before = tree(project)
    done = scaffold(project, "adopt", ".", "--python", PYTHON, "--index", wheels, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["schema"], said["done"]) == ("scaffold/adopt-project/1", True)
    plan = said["plan"]
    assert plan["name"] == {
        "distribution": "their-net",
        "package": "their_net",
        "title": "Their Net",
    }
    assert (plan["kind"], plan["frameworks"], plan["runs"]) == ("none", ["pytorch"], ["train"])
    assert plan["own_runs"] == ["mine"]
    after = tree(project)
    assert {name: after[name] for name in before} == before
    new = {name for name in after if name not in before and not name.startswith(".idea/")}
    assert new == {
        ".run/train.run.xml",
        ".scaffold/.gitignore",
        ".scaffold/builds.json",
        ".scaffold/environment.json",
        ".scaffold/environment.lock",
        ".scaffold/project.json",
        ".scaffold/proofs.json",
    } | {name for name in new if name.startswith(".scaffold/") and "lock" in name}
    assert [one["proofs"][0]["framework"] for one in said["setup"]["environments"]] == ["pytorch"]
    assert [one["id"] for one in said["findings"] if one["level"] in ("error", "warning")] == []
    ran = scaffold(project, "run", "train")
    assert (ran.returncode, ran.stdout) == (0, "trained\n")
    checked = scaffold(project, "env", "check", "--json")
    assert checked.returncode == 0, checked.stdout
    again = scaffold(project, "env", "create", "--python", PYTHON, "--index", wheels, "--yes", "--quiet")
    assert (again.returncode, again.stdout.partition(":")[0].split()[0]) == (0, "Made")
    assert "torch" in json.loads(scaffold(project, "env", "show", "--json").stdout)["environment"]["packages"]
    refused = scaffold(project, "env", "lock", "--json")
    assert json.loads(refused.stdout)["error"]["code"] == "lock-no-project"


def test_what_is_planned_is_written_nowhere(project):
    before = tree(project)
    done = scaffold(project, "adopt", ".", "--no-env", "--dry-run")
    assert (done.returncode, tree(project)) == (0, before)
    assert done.stdout.splitlines() == [
        f"Project        {project}: 2 Python files",
        "PyTorch        seen in requirements.txt",
        "Needs          1 package by requirements.txt",
        "               alpha",
        "Run            train: python train.py (first)",
        "Kept           run configurations of its own: mine",
        "Writes         3 files below .scaffold and .run and 8 of PyCharm's below .idea",
        "               .run/train.run.xml",
        "               .scaffold/.gitignore",
        "               .scaffold/project.json",
        "               .idea/.gitignore",
        "               .idea/Their Net.iml",
        "               .idea/misc.xml",
        "               .idea/modules.xml",
        "               .idea/other.xml",
        "               .idea/pyProjectModel.xml",
        "               .idea/scaffold.json",
        "               .idea/workspace.xml",
    ]


def test_committed_files_of_pycharm_are_named_before_they_change(project):
    """The only files of a project that change; then taken back as the last lines say."""
    (project / ".idea").mkdir()
    (project / ".idea/misc.xml").write_text(
        '<project version="4">\n  <component name="Black" />\n</project>\n'
    )
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", project / ".venv"], check=True)
    for command in ("init -q", "add .idea", "-c user.name=a -c user.email=a@example.org commit -qm mine"):
        subprocess.run(["git", *command.split()], cwd=project, check=True)
    before = tree(project)
    planned = scaffold(project, "adopt", ".", "--dry-run")
    assert [one for one in planned.stdout.splitlines() if "idea" in one or one.startswith("Changes")] == [
        "Writes         3 files below .scaffold and .run and 8 of PyCharm's below .idea",
        "               .idea/.gitignore",
        "               .idea/Their Net.iml",
        "               .idea/modules.xml",
        "               .idea/other.xml",
        "               .idea/pyProjectModel.xml",
        "               .idea/scaffold.json",
        "               .idea/vcs.xml",
        "               .idea/workspace.xml",
        "Changes        .idea/misc.xml: what is missing is added; git tracks it",
    ]
    done = scaffold(project, "adopt", ".")
    after = tree(project)
    assert sorted(name for name in before if after[name] != before[name]) == [".idea/misc.xml"]
    take_back(project, done.stdout)
    assert {name: one[0] for name, one in tree(project).items()} == {
        name: one[0] for name, one in before.items()
    }


MISC = """\
<project version="4">
  <component name="Black">
    <option name="sdkName" value="{0}" />
  </component>
  <component name="ProjectRootManager" version="2" project-jdk-name="{0}" project-jdk-type="Python SDK" />
</project>
"""


@pytest.mark.skipif(sys.platform != "linux", reason="PyCharm's settings lie where Linux has them")
@pytest.mark.parametrize("known", [True, False])
def test_an_interpreter_that_is_named_there_stays_where_pycharm_knows_it(project, home, known):
    """The plan says of each file which it is; and so it comes."""
    old, new = "Python 3.9 (Their Net)", f"Python {'.'.join(platform.python_version_tuple()[:2])} (Their Net)"
    config(home, "PyCharm2026.2", entry_of(old, PYTHON) if known else None)
    (project / ".idea").mkdir()
    (project / ".idea/misc.xml").write_text(MISC.format(old))
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", project / ".venv"], check=True)
    planned = scaffold(project, "adopt", ".", "-n").stdout.splitlines()
    assert [one for one in planned if one.startswith("Changes")] == (
        []
        if known
        else [
            f"Changes        .idea/misc.xml: what is missing is added; interpreter: {new} in place of {old}"
        ]
    )
    assert scaffold(project, "adopt", ".").returncode == 0
    assert (project / ".idea/misc.xml").read_text() == MISC.format(old if known else new)


def take_back(root: Path, said: str) -> list[str]:
    """Do what the last lines say; the commands."""
    (back,) = (one for one in said.splitlines() if one.startswith("Take back"))
    commands = back.removeprefix("Take back").strip().split("; ")
    for one in commands:
        program, *arguments = shlex.split(one)
        if program == "scaffold":
            assert scaffold(root, *arguments).returncode == 0
        else:
            subprocess.run([program, *arguments], cwd=root, check=True)
    return commands


def test_both_editors_get_their_files_and_nothing_is_left_when_they_are_taken_back(tmp_path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net/train.py").write_text(CODE)
    done = scaffold(tmp_path / "net", "adopt", ".", "--no-env", "--ide", "both")
    assert done.returncode == 0, done.stderr
    launch = json.loads((tmp_path / "net/.vscode/launch.json").read_text())
    assert [one["name"] for one in launch["configurations"]] == ["train"]
    assert take_back(tmp_path / "net", done.stdout) == [
        "scaffold ide pycharm --undo",
        "scaffold ide vscode --undo",
        "rm -r .scaffold .run/train.run.xml",
        "rmdir .run",
    ]
    assert [one.name for one in (tmp_path / "net").iterdir()] == ["train.py"]


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX reads it, and no such file can be there")
def test_what_is_to_be_copied_runs_nothing_of_a_files_name(tmp_path):
    root = tmp_path / "net"
    root.mkdir()
    (root / "$(touch hacked).py").write_text(CODE)
    done = scaffold(root, "adopt", ".", "--no-env")
    assert done.returncode == 0, done.stderr
    (line,) = (one for one in done.stdout.splitlines() if one.startswith("Start one"))
    assert line == "Start one      scaffold run '$(touch hacked)'"
    listed = scaffold(root, "run").stdout.splitlines()
    assert listed[-1] == "Start one:  scaffold run '$(touch hacked)'"
    copied = line.removeprefix("Start one").strip().replace("scaffold run", "printf %s")
    assert subprocess.run(["sh", "-c", copied], cwd=root, capture_output=True, check=True).stdout == (
        b"$(touch hacked)"
    )
    assert not (root / "hacked").exists()


def test_a_limit_that_no_build_meets_is_told_with_a_way_on(project, wheels):
    """`env create` has no option that would leave a framework out."""
    (project / "requirements.txt").write_text("torch==2.13\n")
    options = ("--python", PYTHON, "--index", wheels)
    assert scaffold(project, "adopt", ".", "--no-env").returncode == 0
    (project / "requirements.txt").write_text("torch==99.9\n")
    error = _error(project, "env", "create", *options)
    assert (error["code"], error["message"]) == (
        "no-release",
        "there is no release of torch==99.9 in any source that was asked",
    )
    old = wheels.parent / "old"
    old.mkdir(exist_ok=True)
    (old / "torch-1.0.0-cp27-none-any.whl").write_bytes((next(wheels.glob("torch-*"))).read_bytes())
    (project / "requirements.txt").write_text("torch==1.0.0\n")
    error = _error(project, "env", "create", "--python", PYTHON, "--index", old)
    assert error["code"] == "no-build"
    assert error["hint"] == (
        "loosen torch==1.0.0 where the project asks for it; or have PyTorch installed as any other package, "
        "unproved: rm -r .scaffold && scaffold adopt . --framework none"
    )


def _error(root: Path, *arguments: object) -> dict:
    done = scaffold(root, *arguments, "--json")
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)["error"]


BACKEND = """\
def build_editable(folder, config_settings=None, metadata_directory=None):
    return deeper(12)


def deeper(left):
    if not left:
        raise ValueError("no folder is called theirs")
    return (deeper)(left - 1) if left % 2 else deeper(left - 1)
"""


def test_a_project_that_cannot_be_built_does_not_cost_its_environment(project, wheels):
    (project / "backend.py").write_text(BACKEND)
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "thing"\nversion = "0.1"\ndependencies = ["alpha"]\n'
    )
    options = ("--python", PYTHON, "--index", wheels, "--yes")
    done = scaffold(project, "adopt", ".", *options, "--framework", "none", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    warnings = said["setup"]["warnings"]
    assert warnings[0] == "The build of thing failed: everything else is installed, the project itself is not"
    assert [one.strip() for one in warnings if "ValueError:" in one] == [
        "ValueError: no folder is called theirs"
    ]
    assert len(warnings) <= 14
    assert warnings[-1] == (
        "correct what it says, then: scaffold env create; until then its modules import from its folder"
    )
    assert "alpha" in said["setup"]["environments"][0]["packages"]
    assert [one["id"] for one in said["findings"] if one["level"] == "error"] == ["pkg.project-missing"]
    (project / "backend.py").write_text(TINY_BACKEND)
    again = scaffold(project, "env", "create", *options, "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["warnings"] == []
    assert "thing" in json.loads(scaffold(project, "env", "show", "--json").stdout)["environment"]["packages"]


def test_a_project_of_setuptools_alone_is_installed_as_any_other(project, wheels, tmp_path):
    """With the real setuptools, which virtualenv brings."""
    from virtualenv.seed.wheels.embed import get_embed_wheel

    index = tmp_path / "index"
    shutil.copytree(wheels, index)
    shutil.copy(get_embed_wheel("setuptools", ".".join(platform.python_version_tuple()[:2])).path, index)
    (project / "requirements.txt").unlink()
    (project / "src" / "foo").mkdir(parents=True)
    (project / "src" / "foo" / "__init__.py").write_text("def main():\n    print('from foo')\n")
    (project / "setup.py").write_text("from setuptools import setup\nsetup(install_requires=['alpha'])\n")
    (project / "setup.cfg").write_text(
        "[metadata]\nname = foo-net\nversion = 0.1\n[options]\npackage_dir =\n    = src\n"
        "packages = find:\n[options.packages.find]\nwhere = src\n"
        "[options.entry_points]\nconsole_scripts =\n    foo = foo:main\n"
    )
    done = scaffold(
        project, "adopt", ".", "--python", PYTHON, "--index", index, "--framework", "none", "--yes", "--json"
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["setup"]["warnings"] == []
    assert [one["id"] for one in said["findings"] if one["level"] in ("error", "warning")] == []
    script = project / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "foo"
    ran = subprocess.run([script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout == "from foo\n"


def test_a_name_that_is_none_is_refused(project):
    done = scaffold(project, "adopt", ".", "--no-env", "--name", "")
    assert (done.returncode, done.stdout, done.stderr.splitlines()[1:]) == (
        2,
        "",
        [
            "error[name-refused]: '' cannot be a project's name: it is empty",
            "hint: scaffold adopt --name their-net",
        ],
    )


def test_files_alone_and_taken_back(project):
    before = tree(project)
    done = scaffold(project, "adopt", ".", "--no-env")
    assert done.returncode == 0, done.stderr
    assert "\nAdopted: " in done.stdout
    commands = take_back(project, done.stdout)
    assert commands == ["scaffold ide pycharm --undo", "rm -r .scaffold .run/train.run.xml"]
    assert tree(project) == before


def test_the_environment_that_lies_there_is_used_as_it_is(project):
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", project / ".venv"], check=True)
    (project / ".venv" / "note.txt").write_text("mine")
    done = scaffold(project, "adopt", ".", "--json")
    plan = json.loads(done.stdout)["plan"]
    assert plan["adopted"]["environment"]["location"] == str(project / ".venv")
    assert plan["adopted"]["missing"] == ["torch (PyTorch is not installed)", "alpha (not installed)"]
    assert (project / ".venv" / "note.txt").read_text() == "mine"
    assert json.loads(scaffold(project, "env", "show", "--json").stdout)["environment"]["location"] == str(
        project / ".venv"
    )


def test_what_notebooks_and_tests_need_is_said_once(project):
    (project / "look.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    (project / "test_it.py").write_text("def test_it():\n    pass\n")
    planned = json.loads(scaffold(project, "adopt", ".", "-n", "--no-env", "--json").stdout)["plan"]
    later = "in requirements.txt first, or later and then: scaffold env create"
    jupyter, tests = "its notebooks need Jupyter", "its tests need pytest"
    assert planned["notices"] == [
        f"{jupyter}, which nothing asks for; name jupyter {later}",
        f"{tests}, which nothing asks for; name pytest {later}",
    ]
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", project / ".venv"], check=True)
    said = json.loads(scaffold(project, "adopt", ".", "--json").stdout)
    assert said["plan"]["notices"] == [
        f"{what}, which nothing asks for; afterwards, in its environment: python -m pip install {package}"
        for what, package in ((jupyter, "jupyter"), (tests, "pytest"))
    ]
    found = {one["id"]: one for one in said["findings"]}
    assert [found[one]["level"] for one in ("pkg.notebook-kernel", "pkg.test-runner")] == ["info", "info"]


def test_a_file_of_pycharms_that_is_broken_is_mended_as_the_hint_says(tmp_path):
    root = tmp_path / "net"
    (root / ".idea").mkdir(parents=True)
    (root / "a.py").write_text(CODE)
    (root / ".idea" / "misc.xml").write_text("<project")
    error = _error(root, "adopt", ".", "--no-env")
    assert error["code"] == "ide-file-broken"
    program, *arguments = shlex.split(error["hint"].rpartition(":  ")[2])
    assert program == "scaffold"
    assert scaffold(tmp_path, *arguments).returncode == 0
    assert scaffold(root, "adopt", ".", "--no-env").returncode == 0


def test_an_environment_that_does_not_start_is_refused_with_a_way_out(project):
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", project / ".venv"], check=True)
    (project / ".venv" / "bin" / "python").unlink()
    done = scaffold(project, "adopt", ".", "--json")
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "adopt-broken"
    assert error["hint"] == (
        "the rest without it, and then another one in its place: "
        "scaffold adopt --no-env; scaffold env create --replace"
    )
    assert not (project / ".scaffold").exists()


@pytest.fixture
def strange(project: Path) -> Path:
    """With an environment whose Python is some program, which leaves a mark wherever it is started."""
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", project / ".venv"], check=True)
    python = project / ".venv" / "bin" / "python"
    python.unlink()
    python.write_text(f"#!/bin/sh\ntouch {shlex.quote(str(project / 'started'))}\nexit 3\n")
    python.chmod(0o755)
    return project


@pytest.mark.skipif(os.name != "posix", reason="a script as its Python")
def test_a_plan_starts_nothing_of_the_project(strange):
    for options in ((), ("--json",), ("--no-env",), ("--ide", "both")):
        planned = scaffold(strange, "adopt", ".", "--dry-run", *options)
        assert planned.returncode == 0, planned.stderr
        assert not (strange / "started").exists()
    assert "by its files: its Python is not started before it is adopted" in planned.stdout
    before = tree(strange)
    error = json.loads(scaffold(strange, "adopt", ".", "--json").stdout)["error"]
    assert (error["code"], (strange / "started").exists()) == ("adopt-broken", True)
    assert {name: one for name, one in tree(strange).items() if name != "started"} == before


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_person_sees_the_plan_and_is_asked_before_a_python_is_started(strange):
    status, said = typed(strange, "n\n", "adopt", ".", program=argv)
    assert (status, (strange / "started").exists()) == (130, False)
    asked = f"Start the Python in {strange / '.venv'}, and go on?"
    assert said.index("Writes ") < said.index(asked)
    assert not (strange / ".scaffold").exists()
    assert asked not in typed(strange, "", "adopt", ".", "--yes", program=argv)[1]
    assert (strange / "started").exists()


def test_no_framework_at_all(project, wheels):
    (project / "requirements.txt").write_text("alpha\n")
    for name in ("train.py", "evaluate.py"):
        (project / name).write_text("import alpha\nprint(alpha.version)\n")
    done = scaffold(project, "adopt", ".", "--python", PYTHON, "--index", wheels, "--yes", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert (said["plan"]["frameworks"], said["setup"]["environments"][0]["proofs"]) == ([], [])
    assert scaffold(project, "run", "train").stdout == "1\n"
    assert [one["id"] for one in said["findings"] if one["level"] in ("error", "warning")] == []


def test_a_pinned_release_is_what_is_taken(project, wheels):
    (project / "requirements.txt").write_text("torch==2.12\n")
    done = scaffold(project, "adopt", ".", "--python", PYTHON, "--index", wheels, "--yes", "--json")
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"]) == (1, "no-release")
    assert error["detail"] == ["torch==2.12: there are 2.13.0"]
    assert not (project / ".scaffold").exists()


def test_taken_to_be_made_from_a_template(project, wheels):
    done = scaffold(
        project, "adopt", ".", "--no-env", "--template", "cnn", "--name", "their-net", "--json",
        "--index", wheels,
    )  # fmt: skip
    said = json.loads(done.stdout)
    assert done.returncode == 0, said
    record = json.loads((project / ".scaffold" / "project.json").read_text())
    assert (record["kind"], record["template"], record["frameworks"]) == ("scaffold", "cnn", ["pytorch"])
    assert "src/their_net/__init__.py" in record["files"]
    assert (project / ".scaffold" / "pristine.tar.gz").is_file()
    assert not (project / "src").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nowhere"], "adopt-no-folder"),
        (["/"], "adopt-whole-disk"),
        (["~"], "adopt-whole-disk"),
        (["empty"], "adopt-no-code"),
        ([".", "--name", "a b"], "name-refused"),
        ([".", "--template", "gone", "--name", "a-b"], "template-unknown"),
        (["linked"], "target-occupied"),
        (["dangling"], "target-occupied"),
        (["repository/below"], None),
    ],
)
def test_refused(project, home, arguments, code):
    (project / "empty").mkdir()
    (project / "linked").mkdir()
    (project / "linked" / "a.py").write_text(CODE)
    (project / "linked" / ".run").symlink_to(home)
    (project / "dangling" / ".scaffold").mkdir(parents=True)
    (project / "dangling" / "a.py").write_text(CODE)
    (project / "dangling" / ".scaffold" / "project.json").symlink_to(project / "written-outside")
    (project / "repository" / ".git").mkdir(parents=True)
    (project / "repository" / "below").mkdir()
    (project / "repository" / "below" / "a.py").write_text(CODE)
    before = tree(project)
    given = [str(home) if one == "~" else one for one in arguments]
    done = scaffold(project, "adopt", *given, "--no-env", "--json")
    said = json.loads(done.stdout)
    assert said.get("error", {}).get("code") == code
    if code:
        assert tree(project) == before


def test_a_failure_brings_back_what_stood_there(tmp_path):
    files = {PurePosixPath(".scaffold/.gitignore"): Entry(b"new"), RECORD: Entry(b"{}")}
    files[PurePosixPath(".run/train.run.xml")] = Entry(b"<component/>")
    (tmp_path / RECORD).mkdir(parents=True)  # nothing is written there
    (tmp_path / ".scaffold" / ".gitignore").write_text("old")
    with pytest.raises(ScaffoldError), _taken_back(tmp_path, files):
        _write(tmp_path, files)
    assert {name: content for name, (content, *_) in tree(tmp_path).items()} == {
        ".scaffold/.gitignore": b"old"
    }
    assert not (tmp_path / ".run").exists()


def test_what_another_program_wrote_meanwhile_stays(tmp_path):
    """PyCharm may write a run configuration while ours are written."""
    ours, theirs = PurePosixPath(".run/a.run.xml"), PurePosixPath(".run/b.run.xml")
    files = {one: Entry(b"<component/>") for one in (ours, theirs)}
    files[PurePosixPath(".scaffold/.gitignore")] = Entry(b"new")
    (tmp_path / ".scaffold").mkdir()
    (tmp_path / ".scaffold/.gitignore").write_text("old")

    def write() -> None:
        with _taken_back(tmp_path, files):
            (tmp_path / ".run").mkdir()
            (tmp_path / theirs).write_text("<their-own/>")
            (tmp_path / ".scaffold/.gitignore").write_text("theirs")
            _write(tmp_path, {one: files[one] for one in (ours, theirs)})

    with pytest.raises(TargetOccupied):
        write()
    assert {name: content for name, (content, *_) in tree(tmp_path).items()} == {
        ".run/b.run.xml": b"<their-own/>",
        ".scaffold/.gitignore": b"theirs",
    }


@pytest.mark.parametrize("with_runs", [True, False])
def test_folders_are_named_that_get_files_and_the_first_to_start_is_the_lists(tmp_path, with_runs):
    root = tmp_path / "net"
    root.mkdir()
    (root / "zebra.py").write_text(CODE if with_runs else "import torch\n")
    (root / "test_it.py").write_text("def test_it():\n    pass\n") if with_runs else None
    done = scaffold(root, "adopt", ".", "--no-env")
    assert done.returncode == 0, done.stderr
    folders = "4 files below .scaffold and .run" if with_runs else "2 files below .scaffold"
    (writes,) = (one for one in done.stdout.splitlines() if one.startswith("Writes"))
    assert writes == f"Writes         {folders} and 8 of PyCharm's below .idea"
    started = [one.split(maxsplit=2)[2] for one in done.stdout.splitlines() if one.startswith("Start one")]
    assert started == (["scaffold run zebra"] if with_runs else [])
    listed = scaffold(root, "run").stdout.splitlines()[-1]
    assert listed == (
        "Start one:  scaffold run zebra" if with_runs else "This project has no run configurations."
    )


def test_a_folder_of_a_repository_is_asked_for_by_name(project):
    (project / ".git").mkdir()
    (project / "below").mkdir()
    (project / "below" / "a.py").write_text(CODE)
    done = scaffold(project / "below", "adopt", "--no-env", "--json")
    assert json.loads(done.stdout)["error"]["code"] == "adopt-below-git"


def test_known_already(project):
    assert scaffold(project, "adopt", ".", "--no-env").returncode == 0
    before = tree(project)
    again = json.loads(scaffold(project, "adopt", ".", "--no-env", "--json").stdout)
    assert again["error"]["code"] == "adopt-known"
    (project / "below").mkdir()
    inside = json.loads(scaffold(project / "below", "adopt", "--no-env", "--json").stdout)
    assert inside["error"]["code"] == "adopt-inside"
    assert tree(project) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_closed(project):
    project.chmod(0o555)
    try:
        done = scaffold(project, "adopt", ".", "--no-env", "--json")
    finally:
        project.chmod(0o755)
    assert json.loads(done.stdout)["error"]["code"] == "no-permission"


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_stopped_while_the_environment_is_made_the_project_is_known(project, wheels):
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["sleepy-backend"]\nbuild-backend = "sleepy_backend"\n'
        '[project]\nname = "thing"\nversion = "1"\ndependencies = ["alpha"]\n'
    )
    before = tree(project)
    child = subprocess.Popen(
        [sys.executable, "-m", "scaffold", "adopt", ".", "--framework", "none", "--yes",
         "--python", PYTHON, "--index", str(wheels)],
        cwd=project, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not (project / "building").exists() and child.poll() is None:
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "scaffold env create" in said
    after = tree(project)
    assert {name: after[name] for name in before} == before
    assert (project / ".scaffold" / "project.json").is_file()
    assert not (project / ".venv").exists()


def of_versions(folder: Path, first: dict[str, str], second: dict[str, str]) -> str:
    """A template in git, with a tag for each of two versions; the commit of the first."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    lay(folder, first)
    made = commit(folder, "first", "v1.0.0")
    lay(folder, second)
    commit(folder, "second", "v2.0.0")
    return made


def adopted_and_updated(root: Path, *more: str) -> dict:
    """A project that another program made, with a line of the user's, brought to the newest version."""
    (root / "train.py").write_text((root / "train.py").read_text() + "mine = 1\n")
    before = tree(root)
    done = scaffold(root, "adopt", ".", "--no-env", "--json", *more)
    assert done.returncode == 0, done.stderr
    after = tree(root)
    assert {name: after[name] for name in before} == before
    updated = scaffold(root, "update", "--json")
    assert updated.returncode == 0, updated.stderr
    kinds = {one["path"]: one["class"] for one in json.loads(updated.stdout)["files"]}
    assert kinds["train.py"] == "merged"
    assert json.loads(scaffold(root, "update", "--json").stdout)["current"] is True
    return json.loads(done.stdout)["plan"]


THEIRS = "# {{ %s }}\nimport torch\n\nsteps = %d\n\nif __name__ == '__main__':\n    print(steps)\n\n\n"


def test_a_project_that_copier_made_is_updated_from_then_on(tmp_path: Path):
    of_versions(
        tmp_path / "tc",
        {
            "copier.yml": "size: {type: str, default: big}\n_tasks: ['touch ran.txt']\n",
            "train.py.jinja": THEIRS % ("size", 1),
            "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}",
        },
        {"train.py.jinja": THEIRS % ("size", 2), "new.txt": "new\n"},
    )
    subprocess.run(
        [sys.executable, "-m", "copier", "copy", "--trust", "--quiet", "--vcs-ref", "v1.0.0",
         "--data", "size=small", "tc", "their-net"],
        cwd=tmp_path, check=True, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    root = tmp_path / "their-net"
    shown = scaffold(root, "adopt", ".", "--no-env", "--dry-run")
    lines = shown.stdout.splitlines()
    assert any(
        one.startswith("Template ")
        and "tc 1.0.0: copier made the project from it, by .copier-answers.yml" in one
        for one in lines
    ), shown.stdout
    assert "names" in shown.stderr
    assert not (root / ".scaffold").exists()
    (root / "ran.txt").unlink()
    plan = adopted_and_updated(root)
    assert (plan["kind"], plan["template"]["version"]) == ("copier", "1.0.0")
    assert (root / "train.py").read_text() == f"{THEIRS % ('size', 2)}mine = 1\n".replace(
        "{{ size }}", "small"
    )
    assert (root / "new.txt").read_text() == "new\n"
    assert not (root / "ran.txt").exists()  # no code of the template's ran
    assert "_commit: v2.0.0" in (root / ".copier-answers.yml").read_text()


def test_a_project_of_cruft_is_updated_from_then_on(tmp_path: Path):
    slug = "{{ cookiecutter.project_slug }}"
    revision = of_versions(
        tmp_path / "cc",
        {
            "one/cookiecutter.json": '{"project_slug": "x", "size": ["big", "small"]}',
            f"one/{slug}/train.py": THEIRS % ("cookiecutter.size", 1),
        },
        {f"one/{slug}/train.py": THEIRS % ("cookiecutter.size", 2)},
    )
    git(tmp_path / "cc", "checkout", "--quiet", revision)
    subprocess.run(
        [sys.executable, "-m", "cookiecutter", "--no-input", "cc/one", "project_slug=their-net", "size=small"],
        cwd=tmp_path, check=True, timeout=120, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    git(tmp_path / "cc", "checkout", "--quiet", "-")
    root = tmp_path / "their-net"
    context = {"project_slug": "their-net", "size": "small", "_template": str(tmp_path / "cc")}
    noted = {
        "template": str(tmp_path / "cc"), "commit": revision, "checkout": None, "directory": "one",
        "context": {"cookiecutter": context}, "skip": None,
    }  # fmt: skip
    (root / ".cruft.json").write_text(json.dumps(noted))
    plan = adopted_and_updated(root)
    assert (plan["kind"], plan["template"]["revision"]) == ("cookiecutter", revision)
    assert (root / "train.py").read_text().startswith("# small\nimport torch\n\nsteps = 2\n")
    assert (root / "train.py").read_text().endswith("mine = 1\n")


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("ext::sh -c 'touch pwned'", "would start a helper program of git"),
        ("--upload-pack=touch pwned", "is no place where a template could be"),
        ("//server/share", "is no place where a template could be"),
        ("../gone", "there is no folder"),
    ],
)
def test_a_template_that_cannot_be_had_is_left_out_and_said(project, place, why):
    (project / ".copier-answers.yml").write_text(json.dumps({"_src_path": place, "_commit": "", "a": 1}))
    done = scaffold(project, "adopt", ".", "--no-env", "--json")
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)["plan"]
    assert plan["kind"] == "none"
    (notice,) = [one for one in plan["notices"] if one.startswith(".copier-answers.yml says")]
    assert why in notice
    assert "later: rm -r .scaffold && scaffold adopt ., with -t PLACE where it has moved" in notice
    assert not list(project.glob("**/pwned"))
    told = _error(project, "update") if place == "../gone" else None
    if told:
        assert (
            told["message"] == f"{project} was adopted without a template: there is nothing to update it to"
        )
        assert told["detail"][0] == ".copier-answers.yml there tells of one that was left out"


def test_a_template_that_moved_is_named_and_one_that_is_not_wanted_left_out(project, tmp_path):
    lay(tmp_path / "moved", {"copier.yml": "a: {type: int, default: 1}\n", "a.txt.jinja": "{{ a }}\n"})
    (project / ".copier-answers.yml").write_text("_src_path: gh:gone/away\na: 7\n")
    (project / "a.txt").write_text("7\n")
    without = scaffold(project, "adopt", ".", "--no-env", "--dry-run", "--no-template", "--json")
    assert json.loads(without.stdout)["plan"]["kind"] == "none"
    done = scaffold(project, "adopt", ".", "--no-env", "-t", tmp_path / "moved", "--json")
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)["plan"]
    assert (plan["kind"], plan["template"]["origin"]) == ("copier", str(tmp_path / "moved"))
    lay(tmp_path / "moved", {"a.txt.jinja": "{{ a + 1 }}\n"})
    assert json.loads(scaffold(project, "update", "--json").stdout)["counts"]["taken"] == 1
    assert (project / "a.txt").read_text() == "8\n"
