from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.projects.model import RunConfiguration, torchrun_arguments
from scaffold.pycharm.project.run_configurations import run_files
from scaffold.pycharm.reading.rows import LeftOut, Rows, read_rows
from tests.pycharm.projects_on_disk import RUNS, make_project

PROGRAM, SCRIPT, TESTS = RUNS[:3]


def changed(root: Path, row: RunConfiguration, *changes: tuple[str, str]) -> Rows:
    """What is read of a row's file in which one text stands for another."""
    ((path, content),) = run_files((row,), "cnn-project").items()
    for old, new in changes:
        assert old.encode() in content
        content = content.replace(old.encode(), new.encode())
    (root / path).parent.mkdir()
    (root / path).write_bytes(content)
    return read_rows(root)


def option(name: str, value: str) -> str:
    return f'<option name="{name}" value="{value}" />'


def test_what_was_written_of_rows_is_read_back_as_rows(tmp_path: Path) -> None:
    make_project(tmp_path)
    rows = read_rows(tmp_path)
    assert {row.name: row for row in rows.runs} == {
        row.name: replace(row, default=False, summary="") for row in RUNS
    } | {"tests": replace(TESTS, terminal=False)}
    assert rows.left_out == ()


def test_torchrun_is_the_module_that_it_is(tmp_path: Path) -> None:
    run = RunConfiguration(name="two", kind="torchrun", target="a.train", processes=2, arguments=("--x",))
    make_project(tmp_path, (run,))
    (row,) = read_rows(tmp_path).runs
    assert (row.kind, row.target) == ("module", "torch.distributed.run")
    assert row.arguments == torchrun_arguments(run)


METHOD = '<method v="2" />'
ENDED = '<option name="{}" enabled="true" run_configuration_name="prepare" /></method>'


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (
            option("WORKING_DIRECTORY", "$PROJECT_DIR$"),
            option("WORKING_DIRECTORY", "/data"),
            "it says WORKING_DIRECTORY=/data",
        ),
        (
            option("INTERPRETER_OPTIONS", ""),
            option("INTERPRETER_OPTIONS", "-O"),
            "it says INTERPRETER_OPTIONS=-O",
        ),
        (option("ENV_FILES", ""), option("ENV_FILES", ".env"), "it says ENV_FILES=.env"),
        (option("PARENT_ENVS", "true"), option("PARENT_ENVS", "false"), "it says PARENT_ENVS=false"),
        (
            option("IS_MODULE_SDK", "true"),
            option("SDK_NAME", "Python 3.9"),
            "it says SDK_NAME=Python 3.9",
        ),
        (option("REDIRECT_INPUT", "false"), option("REDIRECT_INPUT", "true"), "it says REDIRECT_INPUT=true"),
        (option("INPUT_FILE", ""), option("RUN_TOOL", "true"), "it says RUN_TOOL=true"),
        (option("INPUT_FILE", ""), option("OF_2031", "x"), "it says OF_2031=x"),
        ("&lt;2&gt;", "$USER_HOME$", "PyCharm puts something else in the place of $USER_HOME$"),
        (
            'type="PythonConfigurationType"',
            'type="ShConfigurationType"',
            "it is of the kind ShConfigurationType",
        ),
        (
            METHOD,
            f'<method v="2">{ENDED.format("RunConfigurationTask")}',
            "it starts something else before, or has more done: prepare",
        ),
        (
            METHOD,
            f'<method v="2">{ENDED.format("ToolBeforeRunTask")}',
            "it starts something else before, or has more done: ToolBeforeRunTask",
        ),
        (
            METHOD,
            f'<EXTENSION ID="net.ashald.envfile">{option("IS_ENABLED", "true")}</EXTENSION>{METHOD}',
            "it starts something else before, or has more done: net.ashald.envfile",
        ),
        (
            option("SCRIPT_NAME", "cnn_project.train"),
            option("SCRIPT_NAME", ""),
            "it names no program",
        ),
    ],
)
def test_what_says_more_than_a_row_can_is_left_out(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert changed(tmp_path, PROGRAM, (old, new)) == Rows(
        runs=(), left_out=(LeftOut(name=PROGRAM.name, why=why),)
    )


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("&quot;PATH&quot;", "&quot;PYTHON&quot;", 'it says _new_targetType="PYTHON"'),
        ("&quot;PATH&quot;", "&quot;CUSTOM&quot;", "it does not say which tests"),
        ("$PROJECT_DIR$/tests", "/elsewhere/tests", "/elsewhere/tests is outside of the project"),
        (
            option("_new_keywords", "&quot;&quot;"),
            option("_new_keywords", "&quot;fast&quot;"),
            'it says _new_keywords="fast"',
        ),
        ("&quot;$PROJECT_DIR$/tests&quot;", "$PROJECT_DIR$/tests", "_new_target cannot be read"),
    ],
)
def test_tests_that_say_more_than_a_row_can(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert changed(tmp_path, TESTS, (old, new)).left_out == (LeftOut(name="tests", why=why),)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (PROGRAM, ""),
        (replace(SCRIPT, target="train.py"), ""),
        (SCRIPT, f"it says no WORKING_DIRECTORY, so it starts in the folder of {SCRIPT.target}"),
        (TESTS, "it says no WORKING_DIRECTORY, so it starts in the folder of tests"),
        (replace(TESTS, target=""), ""),
    ],
)
def test_without_a_working_folder_it_is_pycharms_default(
    tmp_path: Path, row: RunConfiguration, why: str
) -> None:
    rows = changed(tmp_path, row, (option("WORKING_DIRECTORY", "$PROJECT_DIR$"), ""))
    assert [one.why for one in rows.left_out] == ([why] if why else [])
    assert [one.name for one in rows.runs] == ([] if why else [row.name])


def test_what_means_the_same_is_a_row(tmp_path: Path) -> None:
    rows = changed(
        tmp_path,
        PROGRAM,
        (option("SDK_HOME", ""), option("SDK_HOME", "/usr/bin/python3")),  # IS_MODULE_SDK goes before
        (option("INPUT_FILE", ""), option("INPUT_FILE", "answers.txt") + option("RUN_TOOL", "false")),
        (option("PARENT_ENVS", "true"), ""),
    )
    assert [row.name for row in rows.runs] == [PROGRAM.name]


def test_a_file_that_is_broken_is_told(tmp_path: Path) -> None:
    (left_out,) = changed(tmp_path, PROGRAM, ("</component>", "")).left_out
    assert left_out.name == "train (PyTorch)"
    assert "this is not XML" in left_out.why
