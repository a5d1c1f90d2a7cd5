"""Each rule finds what it is for, and is silent where nothing is wrong. Whole sets of findings are compared."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffold.checks.ide import RULES, asked, inspect
from scaffold.pycharm.survey.model import IdeFacts
from scaffold.pycharm.survey.survey import survey

from .projects import FILES, MODULE, MODULES, GitHost, facts_of, look, run_xml, seen, shown, the

RUN = ".run/train.run.xml"
TESTS = {"kind": "tests", "factory": "py.test", "SCRIPT_NAME": "(left out)"}
COMPOUND = """<component name="ProjectRunConfigurationManager">
  <configuration default="false" name="both" type="CompoundRunConfigurationType">
    <toRun name="train" type="PythonConfigurationType" />
    <toRun name="evaluate" type="PythonConfigurationType" />
    <method v="2" />
  </configuration>
</component>"""
BEFORE = '<method v="2"><option name="RunConfigurationTask" enabled="true" run_configuration_name="prepare" run_configuration_type="PythonConfigurationType" /></method>'
GONE = '  <module fileurl="file://$PROJECT_DIR$/gone/gone.iml" filepath="$PROJECT_DIR$/gone/gone.iml" />\n    </modules>'
SDK = '<orderEntry type="jdk" jdkName="{}" jdkType="Python SDK" />'
TESTER = '  <component name="TestRunnerService">\n    <option name="PROJECT_TEST_RUNNER" value="{}" />\n  </component>\n</module>'


def test_a_good_project_has_no_findings(tmp_path: Path) -> None:
    assert look(tmp_path, **{RUN: run_xml()}) == {}
    assert [(one.id, one.level) for one in inspect(facts_of(tmp_path))] == [("ide.run-config", "ok")]


DATA = ["--d /data/imagenet", "--o /root/x", "--root=/scratch/me/imagenet", r"--d \\server\share\x", "/mnt/a/b", "lr=1 data=/mnt/a/b", "--data-dir /imagenet/train", "--from file:///mnt/a/b"]  # fmt: skip
NO_DATA = ["--root-path /service/v2", "--url /data", "--python /opt/conda/bin/python --to /tmp/x --dev /dev/nvme0", "--to http://h/mnt/a/b", "--glob /*", r"--tabs C:\Windows\x.txt", "--data-dir /usr/share/x", "--log /var/log/x"]  # fmt: skip
VARIABLES = [
    ("DATA", r"D:\datasets\mnist", True),
    ("DATA", "/mnt/big/mnist", True),
    ("PYTHONPATH", "/usr/lib/x:/mnt/big/lib", True),
    ("LD_LIBRARY_PATH", "/usr/local/cuda/lib64:/opt/x/lib", False),
    ("ROUTE", "/api/v1/data", False),
    ("PYTHONUNBUFFERED", "1", False),
]

ENVIRONMENT = [
    ("DB_PWD", "hunter2", True),
    ("MYSQL_PASS", "hunter2", True),
    ("PASSPHRASE", "correct horse", True),
    ("PWD", "work", False),
    ("SECOND_PASS", "2", False),
    ("RABBITMQ_PASS", "pass", False),
    ("DB", "Server=db;User Id=bob;Password=hunter2;", True),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzz", True),
    ("DB_URL", "postgres://bob:hunter2pass@db/x", True),
    ("HTTP_PROXY", "http://u:p4ssw0rdX@proxy:80", True),
    ("HTTP_PROXY", "http://u:$PASSWORD@proxy:80", False),
    ("KAGGLE_KEY", "0123456789abcdef" * 2, True),
    ("MY_PASSWORD", "hunter2", True),
    ("MY_PASSWORD", "changeme", False),
    ("MY_PASSWORD", "", False),
    ("PASSWORD_SECRET", "/run/secrets/x", False),
]

#: What stands in the project, and what is found; every cure is tried on them, too (`test_cures`).
CASES: list[tuple[dict[str, str], dict[str, str]]] = [
    # what a run configuration names
    ({RUN: run_xml(SCRIPT_NAME="$PROJECT_DIR$/gone.py")}, {"ide.run-config-script": "error"}),
    ({RUN: run_xml(SCRIPT_NAME="app.gone", MODULE_MODE="true")}, {"ide.run-config-module": "error"}),
    ({RUN: run_xml(SCRIPT_NAME="app.train", MODULE_MODE="true")}, {}),
    ({RUN: run_xml(SCRIPT_NAME="tensorboard.main", MODULE_MODE="true")}, {}),
    ({RUN: run_xml(SCRIPT_NAME="$PROJECT_DIR$/.venv/bin/uvicorn")}, {}),
    ({RUN: run_xml(SCRIPT_NAME="$FilePath$")}, {"ide.interactive-macro": "info"}),
    ({RUN: run_xml(WORKING_DIRECTORY="$PROJECT_DIR$/gone")}, {"ide.run-config-folder": "error"}),
    ({RUN: run_xml(WORKING_DIRECTORY="$ContentRoot$")}, {}),
    ({RUN: run_xml(WORKING_DIRECTORY="")}, {"ide.working-directory": "info"}),
    ({RUN: run_xml(ENV_FILES="$PROJECT_DIR$/.env")}, {"ide.run-config-env-file": "warning"}),
    ({RUN: run_xml(ENV_FILES="$PROJECT_DIR$/.env"), ".env": "A=1"}, {}),
    (
        {RUN: run_xml(ENV_FILES="$PROJECT_DIR$/.env;$PROJECT_DIR$/b.env"), ".env": "", "b.env": ""},
        {"ide.env-files-joined": "warning"},
    ),
    (
        {RUN: run_xml(ENV_FILES="$PROJECT_DIR$/.env:$PROJECT_DIR$/b.env"), ".env": "", "b.env": ""},
        {"ide.env-files-joined": "warning"},
    ),
    ({RUN: run_xml(_new_target='"$PROJECT_DIR$/gone"', _new_targetType='"PATH"', **TESTS)}, {"ide.run-config-tests": "error"}),
    ({RUN: run_xml(_new_target='"$PROJECT_DIR$/tests"', _new_targetType='"PATH"', **TESTS)}, {}),
    ({RUN: run_xml(), ".run/both.run.xml": COMPOUND}, {"ide.run-config-member": "error"}),
    ({RUN: run_xml(), ".run/both.run.xml": COMPOUND, ".run/e.run.xml": run_xml("evaluate")}, {}),
    ({RUN: run_xml(inside=BEFORE)}, {"ide.run-config-member": "error"}),
    ({RUN: run_xml(inside=BEFORE.replace("true", "false"))}, {}),
    ({RUN: run_xml(module="other")}, {"ide.run-config-bound": "error"}),
    ({".idea/workspace.xml": f"<project>{run_xml(SCRIPT_NAME='gone.py').replace('ProjectRunConfigurationManager', 'RunManager')}</project>"}, {"ide.run-config-script": "warning", "ide.vcs-files": "warning"}),
    # interpreters
    ({RUN: run_xml(SDK_NAME="Python 3.12 (app)", IS_MODULE_SDK="false")}, {"ide.run-config-sdk": "error"}),
    ({RUN: run_xml(SDK_HOME="/opt/python", IS_MODULE_SDK="(left out)")}, {"ide.run-config-sdk": "error"}),
    ({RUN: run_xml(SDK_HOME="/opt/python")}, {}),
    ({RUN: run_xml(IS_MODULE_SDK="false")}, {"ide.run-config-own-sdk": "info"}),
    ({RUN: run_xml(SDK_HOME="docker-compose://[$PROJECT_DIR$/local.yml]:web/python", IS_MODULE_SDK="false", SCRIPT_NAME="/app/x.py")}, {}),
    ({RUN: run_xml(SDK_NAME="Remote Python 3.12.8 Docker (a:1)", IS_MODULE_SDK="false")}, {}),
    ({".idea/app.iml": MODULE.replace('<orderEntry type="inheritedJdk" />', SDK.format("Python 3.12 (app)"))}, {"ide.sdk-name": "info"}),
    ({".idea/app.iml": MODULE.replace('<orderEntry type="inheritedJdk" />', SDK.format("~/w/.venv"))}, {"ide.sdk-name": "warning"}),
    # paths
    ({RUN: run_xml(SCRIPT_NAME="/home/bob/x/train.py")}, {"ide.personal-path": "error"}),
    ({RUN: run_xml(SCRIPT_NAME="$USER_HOME$/x/train.py")}, {"ide.absolute-path": "error"}),
    ({RUN: run_xml(PARAMETERS="--cache $USER_HOME$/.cache")}, {}),  # everyone has that
    ({RUN: run_xml(PARAMETERS=r"--to C:\Users\bob\out")}, {"ide.personal-path": "warning"}),
    *(({RUN: run_xml(PARAMETERS=said)}, {"ide.absolute-path": "warning"}) for said in DATA),
    *(({RUN: run_xml(PARAMETERS=said)}, {}) for said in NO_DATA),
    *(({RUN: run_xml(inside=f'<envs><env name="{name}" value="{value}" /></envs>')}, {"ide.absolute-path": "warning"} if data else {}) for name, value, data in VARIABLES),
    ({RUN: run_xml(inside='<output_file path="/mnt/big/out.txt" is_save="true" />')}, {"ide.absolute-path": "warning"}),
    ({RUN: run_xml(inside='<output_file path="$PROJECT_DIR$/out.txt" is_save="true" />')}, {}),
    ({RUN: run_xml(kind="UvRunConfigurationType", scriptOrModule="/mnt/big/x.py")}, {"ide.absolute-path": "warning", "ide.run-config-deprecated": "warning"}),
    ({RUN: run_xml(PARAMETERS='--x "/home/Max Müller/x"')}, {"ide.personal-path": "warning"}),
    ({RUN: run_xml(PARAMETERS="--x /home/user --y /foo/bar/")}, {}),
    ({RUN: run_xml(PARAMETERS="--from https://example.org/home/bob/x")}, {}),
    ({RUN: run_xml(SCRIPT_NAME="D:/work/x.py")}, {"ide.absolute-path": "error"}),
    ({RUN: run_xml(WORKING_DIRECTORY="/usr")}, {"ide.absolute-path": "warning"}),
    ({RUN: run_xml(PARAMETERS="--logdir /mnt/big/runs --python /usr/bin/python3 --to /dev/null")}, {"ide.absolute-path": "warning"}),
    ({RUN: run_xml(PARAMETERS="--out=D:/data")}, {"ide.absolute-path": "warning"}),
    ({RUN: run_xml(PARAMETERS="--python /usr/bin/python3 --to /dev/null --url s3://b/mnt/x/")}, {}),
    # arguments
    ({RUN: run_xml(PARAMETERS="--name 'a b'")}, {"ide.single-quotes": "warning"}),
    ({RUN: run_xml(PARAMETERS="it's \"don't 'do' it\"")}, {}),
    ({RUN: run_xml(PARAMETERS='--to "C:\\data\\" --x')}, {"ide.unclosed-quote": "warning", "ide.absolute-path": "warning"}),
    ({RUN: run_xml(PARAMETERS='--json "{\\"lr\\": 0.1}"')}, {}),
    ({RUN: run_xml(PARAMETERS="$Prompt$ x")}, {"ide.interactive-macro": "info"}),
    ({RUN: run_xml(PARAMETERS="--cfg '{\"a\": 1}'")}, {"ide.single-quotes": "warning"}),
    ({RUN: run_xml(_new_target='"$PROJECT_DIR$/tests"', _new_targetType='"PATH"', _new_additionalArguments="\"-k 'a and b'\"", **TESTS)}, {"ide.single-quotes": "warning"}),
    # names and types
    ({RUN: run_xml(), ".idea/runConfigurations/train.xml": run_xml()}, {"ide.run-config-twice": "warning"}),
    ({RUN: run_xml(), ".run/t.run.xml": run_xml(_new_targetType='"CUSTOM"', **TESTS)}, {}),
    ({RUN: run_xml(kind="UvRunConfigurationType")}, {"ide.run-config-deprecated": "warning"}),
    # secrets
    ({RUN: run_xml(inside='<envs><env name="HF_TOKEN" value="hf_' + "aB3" * 12 + '" /></envs>')}, {"ide.secret": "error"}),
    ({RUN: run_xml(inside='<envs><env name="API_KEY" value="9f8e7d6c5b4a" /></envs>')}, {"ide.secret": "warning"}),
    ({RUN: run_xml(inside='<envs><env name="TOKENIZERS_PARALLELISM" value="false123" /></envs>')}, {}),
    ({RUN: run_xml(inside='<envs><env name="API_KEY" value="your-key-123" /></envs>')}, {}),
    *(({RUN: run_xml(inside=f'<envs><env name="{name}" value="{value}" /></envs>')}, {"ide.secret": "warning"} if secret else {}) for name, value, secret in ENVIRONMENT),
    ({RUN: run_xml(inside='<envs><env name="STORE" value="AccountName=a;AccountKey=' + "aB3/" * 21 + '==;EndpointSuffix=x" /></envs>')}, {"ide.secret": "error"}),
    ({RUN: run_xml(PARAMETERS="--db-password hunter2")}, {"ide.secret": "warning"}),
    ({RUN: run_xml(PARAMETERS="--api-key=9f8e7d6c5b4a --lr 0.1")}, {"ide.secret": "warning"}),
    ({RUN: run_xml(PARAMETERS="--wandb-key 9f8e7d6c5b4a")}, {"ide.secret": "warning"}),
    ({RUN: run_xml(PARAMETERS="--password --verbose --token $TOKEN")}, {}),
    # modules
    ({".idea/app.iml": "(left out)"}, {"ide.iml-missing": "error"}),
    ({".idea/modules.xml": MODULES.replace("    </modules>", GONE)}, {"ide.iml-missing": "error"}),
    ({".idea/modules.xml": MODULES.replace("    </modules>", GONE), RUN: run_xml(module="gone")}, {"ide.iml-missing": "error"}),
    ({".idea/modules.xml": "(left out)"}, {"ide.modules-missing": "warning"}),
    ({"pyproject.toml": '[project]\nname = "my-app"\n'}, {"ide.module-name": "info"}),
    ({"pyproject.toml": '[project]\nname = "my-app"\n', RUN: run_xml()}, {"ide.module-name": "warning"}),
    ({"pyproject.toml": "no = [toml"}, {}),
    ({".idea/app.iml": MODULE.replace("</content>", '</content>\n<content url="file://$MODULE_DIR$/../b" />')}, {"ide.content-roots": "info"}),
    ({".idea/app.iml": MODULE.replace("/src", "/lib")}, {"ide.source-root": "warning"}),
    ({".idea/app.iml": MODULE.replace("/src", "/lib"), "src/app/__init__.py": "(left out)"}, {}),
    ({".idea/app.iml": MODULE.replace("/src", "/lib"), "src/__init__.py": ""}, {}),
    ({".idea/app.iml": MODULE.replace("/src", "/lib"), "src/app/train.py": "import os\nfrom src.app import x\n"}, {}),
    ({".idea/app.iml": MODULE.replace("</module>", TESTER.format("Unittests")), "conftest.py": ""}, {"ide.test-runner": "warning"}),
    ({".idea/app.iml": MODULE.replace("</module>", TESTER.format("Unittests"))}, {}),
    ({".idea/app.iml": MODULE.replace("</module>", TESTER.format("py.test")), "conftest.py": ""}, {}),
    # exclusions
    ({".venv/pyvenv.cfg": "home = /usr/bin"}, {"ide.environment-indexed": "warning"}),
    ({".venv/pyvenv.cfg": "", ".idea/app.iml": MODULE.replace("</content>", '<excludeFolder url="file://$MODULE_DIR$/.venv" /></content>')}, {}),
    ({"data/one.csv": "1"}, {}),
    # files
    ({".idea/misc.xml": "<project><component></project>"}, {"ide.file-broken": "error"}),
    ({".idea/misc.xml": ""}, {"ide.file-broken": "error"}),
    ({RUN: "<<<<<<< HEAD\n<a/>\n=======\n<b/>\n>>>>>>> x\n"}, {"ide.conflict-markers": "error"}),
    ({"pyproject.toml": "<<<<<<< HEAD\n[project]\n=======\n>>>>>>> x\n"}, {"ide.conflict-markers": "error"}),
    # what is in git
    ({".idea/workspace.xml": "<project />"}, {"ide.vcs-files": "warning"}),
    ({".idea/shelf/x/a.patch": ""}, {"ide.vcs-files": "warning"}),
    ({".idea/externalDependencies.xml": '<project><component name="ExternalDependencies"><plugin id="ruff" /></component></project>'}, {"ide.required-plugins": "info"}),
]  # fmt: skip


@pytest.mark.parametrize(("files", "found"), CASES)
def test_what_is_found(tmp_path: Path, files: dict[str, str], found: dict[str, str]) -> None:
    assert look(tmp_path / "app", **files) == found


def test_what_nobody_else_gets_may_be_of_this_machine(tmp_path: Path) -> None:
    """Ignored by git: paths, interpreters and secrets of one machine are in the right place."""
    path = ".idea/runConfigurations/train.xml"
    mine = run_xml(SDK_NAME="bob", IS_MODULE_SDK="false", PARAMETERS="--to /home/bob/out")
    tracked = [name for name in FILES if not name.startswith(".idea")]
    assert look(tmp_path, tracked, **{path: mine}) == {}


def test_only_the_modules_are_ignored(tmp_path: Path) -> None:
    tracked = [name for name in FILES if not name.endswith(".iml")]
    found = the(tmp_path, "ide.half-committed", tracked)
    assert found.level == "error"
    assert shown(found) == [(".idea/modules.xml:5", ".idea/app.iml is not in git")]


def test_names_that_differ_by_case_only(tmp_path: Path) -> None:
    found = the(tmp_path, "ide.case-clash", [*FILES, "src/app/Train.py"])
    assert shown(found) == [("src/app/Train.py", "and src/app/train.py")]


def test_data_of_many_files_is_not_excluded(tmp_path: Path) -> None:
    for number in range(2001):
        path = tmp_path / "data" / str(number // 500) / f"{number}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = the(tmp_path, "ide.index-data")
    assert (found.level, found.title) == ("info", "PyCharm indexes data: 2001 files, 0 bytes")


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    key = "ghp_" + "a1B2" * 9
    facts = facts_of(tmp_path, **{RUN: run_xml(PARAMETERS=f"--token {key} --name 'a b' /home/bob/x")})
    found = inspect(facts)
    assert {"ide.single-quotes", "ide.personal-path"} < seen(found).keys()
    assert key not in repr(found)
    assert shown(next(one for one in found if one.id == "ide.secret")) == [
        (f"{RUN}:7", "PARAMETERS (its value is not shown)")
    ]


def test_one_finding_in_full(tmp_path: Path) -> None:
    found = the(tmp_path, "ide.run-config-sdk", **{RUN: run_xml(SDK_NAME="bob", IS_MODULE_SDK="false")})
    assert (found.title, found.detail, shown(found), found.remedy and found.remedy.commands) == (
        "Run configurations that others get name an interpreter of one machine",
        "elsewhere interpreters have other names and places: PyCharm starts nothing",
        [(f"{RUN}:7", "SDK_NAME = bob")],
        (("scaffold", "ide", "check", "--fix"),),
    )


def test_git_that_does_not_answer_is_said(tmp_path: Path) -> None:
    facts_of(tmp_path)
    facts = survey(tmp_path, GitHost([], status=128, said="fatal: detected dubious ownership\nmore"))
    found = [one for one in inspect(facts) if one.level == "skipped"]
    assert [one.title for one in found] == [
        "What git holds was not looked at: fatal: detected dubious ownership"
    ]


def test_without_modules_a_run_configuration_may_be_of_the_folder_or_the_project(tmp_path: Path) -> None:
    gone = {".idea/modules.xml": "(left out)", ".idea/app.iml": "(left out)"}
    assert look(tmp_path / "clone", **gone, **{RUN: run_xml(module="app")}) == {}
    assert look(tmp_path / "clone", **gone, **{RUN: run_xml(module="clone")}) == {}
    other = {RUN: run_xml(module="other")}
    assert look(tmp_path / "clone", **gone, **other) == {"ide.run-config-bound": "warning"}


def test_without_modules_src_is_a_source_root(tmp_path: Path) -> None:
    """As in a fresh clone of ours: PyCharm itself marks it."""
    gone = {".idea/modules.xml": "(left out)", ".idea/app.iml": "(left out)"}
    module = run_xml(SCRIPT_NAME="app.gone", MODULE_MODE="true")
    assert look(tmp_path / "app", **gone, **{RUN: module}) == {"ide.run-config-module": "error"}


def test_what_cannot_be_read_is_not_called_missing(tmp_path: Path) -> None:
    files = {RUN: run_xml()[:-9], ".run/both.run.xml": COMPOUND}
    assert look(tmp_path, **files) == {"ide.file-broken": "error", "ide.not-judged": "skipped"}


def test_what_is_no_file_is_told_and_never_read(tmp_path: Path) -> None:
    facts_of(tmp_path)
    (tmp_path / ".run/folder.run.xml").mkdir(parents=True)
    os.mkfifo(tmp_path / ".run/pipe.run.xml")
    (tmp_path / ".run/zero.run.xml").symlink_to("/dev/zero")
    findings = inspect(survey(tmp_path, GitHost(list(FILES))))
    assert [(one.title, one.remedy and one.remedy.text) for one in findings] == [
        (f".run/{name}.run.xml cannot be read", "delete or rename it: a file of PyCharm's belongs there")
        for name in ("folder", "pipe", "zero")
    ]


def test_no_finding_shows_a_password(tmp_path: Path) -> None:
    found = inspect(facts_of(tmp_path, **{RUN: run_xml(PARAMETERS="--db-password hunter2 --name 'a b'")}))
    assert {"ide.secret", "ide.single-quotes"} == seen(found).keys()
    assert "hunter2" not in repr(found)


def test_an_interpreter_in_a_file_that_git_has_not_is_of_this_machine(tmp_path: Path) -> None:
    module = MODULE.replace('<orderEntry type="inheritedJdk" />', SDK.format("~/w/.venv"))
    gone = [name for name in FILES if not name.startswith(".idea")]
    assert look(tmp_path, gone, **{".idea/app.iml": module}) == {}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"pyproject.toml": "x = " + "[" * 100_000}, {}),
        ({RUN: "<a>" * 100_000}, {"ide.file-broken": "error"}),
        ({RUN: run_xml(SCRIPT_NAME="x/" * 50_000)}, {"ide.run-config-script": "error"}),
        ({RUN: run_xml(WORKING_DIRECTORY="x/" * 50_000)}, {"ide.run-config-folder": "error"}),
        ({RUN: run_xml(ENV_FILES="x" * 50_000)}, {"ide.run-config-env-file": "warning"}),
        ({RUN: run_xml(PARAMETERS="'a b' " * 20_000 + '"\\"' * 20_000)}, {"ide.single-quotes": "warning"}),
        ({".idea/modules.xml": MODULES.replace("app.iml", "a/" * 50_000 + "app.iml")}, {"ide.iml-missing": "error"}),
    ],
)  # fmt: skip
def test_what_is_too_long_or_too_deep(tmp_path: Path, files: dict[str, str], found: dict[str, str]) -> None:
    findings = inspect(facts_of(tmp_path / "app", **files))
    assert seen(findings) == found
    assert max((len(row.value) for one in findings for row in one.evidence), default=0) <= 160
    assert max((len(one.title) for one in findings), default=0) <= 300


@pytest.mark.parametrize(
    ("home", "level"),
    [("/home/wang/envs/dl/bin/python", "warning"), ("/bin/sh", ""), ("ssh://me@host:22/usr/bin/python", "")],
)
def test_an_interpreter_of_a_run_configurations_own_is_there(tmp_path: Path, home: str, level: str) -> None:
    run = run_xml(SDK_HOME=home, IS_MODULE_SDK="false").replace(
        "ProjectRunConfigurationManager", "RunManager"
    )
    files = {".idea/workspace.xml": f"<project>{run}</project>"}
    found = look(tmp_path / "app", tracked=list(FILES), **files)
    assert found.get("ide.interpreter-missing", "") == level


def test_a_rule_that_breaks_is_told_and_stops_no_other() -> None:
    def rule(_: IdeFacts) -> None:
        raise ZeroDivisionError("by chance")

    (found,) = asked(rule, IdeFacts(root=Path("/p")))  # type: ignore[arg-type]
    assert (found.level, found.detail) == ("unknown", "ZeroDivisionError: by chance")


def test_nothing_at_all_gives_no_finding(tmp_path: Path) -> None:
    assert seen(inspect(survey(tmp_path, GitHost([])))) == {}
    assert len(RULES) == len(set(RULES))
