from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from scaffold.errors import TemplateBroken
from scaffold.projects.model import RunConfiguration, RunKind
from scaffold.pycharm.project.further import further_runs
from scaffold.pycharm.project.run_configurations import file_stem, identity, run_files
from tests.pycharm.projects_on_disk import RUNS, text_of

MODULE = r"""<component name="ProjectRunConfigurationManager">
  <configuration default="false" name="train (PyTorch)" type="PythonConfigurationType" factoryName="Python" folderName="PyTorch">
    <module name="cnn-project" />
    <option name="ENV_FILES" value="" />
    <option name="INTERPRETER_OPTIONS" value="" />
    <option name="PARENT_ENVS" value="true" />
    <envs>
      <env name="PYTHONUNBUFFERED" value="1" />
      <env name="COLOUR" value="1 &amp; &lt;2&gt;" />
    </envs>
    <option name="SDK_HOME" value="" />
    <option name="WORKING_DIRECTORY" value="$PROJECT_DIR$" />
    <option name="IS_MODULE_SDK" value="true" />
    <option name="ADD_CONTENT_ROOTS" value="true" />
    <option name="ADD_SOURCE_ROOTS" value="true" />
    <EXTENSION ID="PythonCoverageRunConfigurationExtension" runner="coverage.py" />
    <option name="SCRIPT_NAME" value="cnn_project.train" />
    <option name="PARAMETERS" value="--name &quot;two words&quot; &quot;a \&quot;quote\&quot;&quot; back\slash it's &quot;&quot;" />
    <option name="SHOW_COMMAND_LINE" value="false" />
    <option name="EMULATE_TERMINAL" value="true" />
    <option name="MODULE_MODE" value="true" />
    <option name="REDIRECT_INPUT" value="false" />
    <option name="INPUT_FILE" value="" />
    <method v="2" />
  </configuration>
</component>"""

PYTEST = r"""<component name="ProjectRunConfigurationManager">
  <configuration default="false" name="tests" type="tests" factoryName="py.test">
    <module name="cnn-project" />
    <option name="ENV_FILES" value="" />
    <option name="INTERPRETER_OPTIONS" value="" />
    <option name="PARENT_ENVS" value="true" />
    <envs>
      <env name="PYTHONUNBUFFERED" value="1" />
    </envs>
    <option name="SDK_HOME" value="" />
    <option name="WORKING_DIRECTORY" value="$PROJECT_DIR$" />
    <option name="IS_MODULE_SDK" value="true" />
    <option name="ADD_CONTENT_ROOTS" value="true" />
    <option name="ADD_SOURCE_ROOTS" value="true" />
    <EXTENSION ID="PythonCoverageRunConfigurationExtension" runner="coverage.py" />
    <option name="_new_keywords" value="&quot;&quot;" />
    <option name="_new_parameters" value="&quot;&quot;" />
    <option name="_new_additionalArguments" value="&quot;-k \&quot;not slow\&quot;&quot;" />
    <option name="_new_target" value="&quot;$PROJECT_DIR$/tests&quot;" />
    <option name="_new_targetType" value="&quot;PATH&quot;" />
    <method v="2" />
  </configuration>
</component>"""

#: A script differs from a module in these lines only.
SCRIPT_LINES = {
    'name="train (PyTorch)" type="PythonConfigurationType" factoryName="Python" folderName="PyTorch"': 'name="prepare data" type="PythonConfigurationType" factoryName="Python"',
    '      <env name="COLOUR" value="1 &amp; &lt;2&gt;" />\n': "",
    'value="cnn_project.train"': 'value="$PROJECT_DIR$/src/cnn_project/train.py"',
    r'value="--name &quot;two words&quot; &quot;a \&quot;quote\&quot;&quot; back\slash it'
    "'s &quot;&quot;\"": 'value=""',
    'name="EMULATE_TERMINAL" value="true"': 'name="EMULATE_TERMINAL" value="false"',
    'name="MODULE_MODE" value="true"': 'name="MODULE_MODE" value="false"',
}


def script_xml() -> str:
    text = MODULE
    for old, new in SCRIPT_LINES.items():
        assert old in text
        text = text.replace(old, new)
    return text


def test_every_kind_as_a_whole_file() -> None:
    files = run_files(RUNS, "cnn-project")
    assert {str(path): content.decode() for path, content in files.items()} == {
        ".run/train (PyTorch).run.xml": MODULE,
        ".run/prepare data.run.xml": script_xml(),
        ".run/tests.run.xml": PYTEST,
    }


COMPOUND = """<component name="ProjectRunConfigurationManager">
  <configuration default="false" name="everything" type="CompoundRunConfigurationType" folderName="PyTorch">
    <toRun name="prepare data" type="PythonConfigurationType" />
    <toRun name="train on 2" type="PythonConfigurationType" />
    <toRun name="tests" type="tests" />
    <method v="2" />
  </configuration>
</component>"""


def test_a_compound_names_its_members_in_the_ides_order() -> None:
    torchrun = replace(RUNS[0], name="train on 2", kind="torchrun", processes=2)
    compound = RunConfiguration(
        name="everything",
        kind="compound",
        members=("tests", "train on 2", "prepare data"),
        folder="PyTorch",
    )
    files = run_files([*RUNS[1:], torchrun, compound], "cnn-project")
    assert text_of(files, ".run/everything.run.xml") == COMPOUND
    assert identity(compound) == "Compound.everything"
    with pytest.raises(TemplateBroken, match="'everything' starts 'train on 2', which is no run configurat"):
        run_files([*RUNS, compound], "cnn-project")


def test_several_processes_are_torchruns_module() -> None:
    row = RunConfiguration(
        name="t", kind="torchrun", target="a.train", processes=2, arguments=("--run", "two words")
    )
    text = text_of(run_files([row], "m"), ".run/t.run.xml")
    assert '<option name="SCRIPT_NAME" value="torch.distributed.run" />' in text
    assert '<option name="MODULE_MODE" value="true" />' in text
    parameters = "--standalone --nproc_per_node 2 -m -- a.train --run &quot;two words&quot;"
    assert f'<option name="PARAMETERS" value="{parameters}" />' in text


def test_a_bare_pytest_leaves_discovery_to_pytest() -> None:
    text = text_of(run_files([replace(RUNS[2], target="", arguments=())], "m"), ".run/tests.run.xml")
    assert 'name="_new_target" value="&quot;&quot;"' in text
    assert 'name="_new_targetType" value="&quot;CUSTOM&quot;"' in text


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("train (PyTorch)", "train (PyTorch)"),
        ("训练 & <eval>", "训练 & _eval_"),
        ("a/b: c?", "a_b_ c_"),
        ("..", "_"),
    ],
)
def test_names_become_file_names(name: str, stem: str) -> None:
    assert file_stem(name) == stem


def test_two_rows_may_not_share_a_file() -> None:
    twice = [replace(RUNS[0], name="Train"), replace(RUNS[0], name="train")]
    with pytest.raises(TemplateBroken, match="'train'"):
        run_files(twice, "m")


def test_what_xml_cannot_hold_is_refused() -> None:
    with pytest.raises(TemplateBroken, match="control character"):
        run_files([replace(RUNS[0], arguments=("\x00",))], "m")


def test_identities_are_pycharms() -> None:
    assert [identity(run) for run in RUNS] == [
        "Python.train (PyTorch)",
        "Python.prepare data",
        "Python tests.tests",
    ]


def test_a_compound_starts_those_of_its_members_that_have_the_gpu_there() -> None:
    keras = replace(RUNS[0], name="train (Keras)", framework="keras", folder="Keras")
    board = replace(RUNS[1], name="TensorBoard")
    both = RunConfiguration(
        name="train and watch (Keras)",
        kind="compound",
        members=("train (Keras)", "TensorBoard"),
        framework="keras",
    )
    rows = further_runs((keras, board, both), ("keras",))
    assert [run.name for run in rows] == ["train (Keras, GPU)", "train and watch (Keras, GPU)"]
    assert rows[1].members == ("train (Keras, GPU)", "TensorBoard")


@pytest.mark.parametrize("kind", get_args(RunKind))
def test_every_kind_has_its_name_and_its_file(kind):
    run = RunConfiguration(name="x", kind=kind, target="a", processes=2)
    assert identity(run).endswith(".x")
    assert len(run_files((run,), "m")) == 1
