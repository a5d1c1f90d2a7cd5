"""Our run configuration in a file that the user or the IDE has changed: whole files, and real ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.errors import IdeFileBroken
from scaffold.projects.model import RunConfiguration, RunKind
from scaffold.pycharm.documents.source import document_of
from scaffold.pycharm.documents.writing import to_bytes
from scaffold.pycharm.project import run_merge
from scaffold.pycharm.project.run_configurations import document

OLD = RunConfiguration(
    name="train",
    kind="module",
    target="cnn.train",
    arguments=("--epochs", "3"),
    environment={"OURS": "1", "GONE": "1", "CHANGED": "1", "TAKEN": "1"},
)
NEW = replace(
    OLD,
    target="cnn.pytorch.train",
    arguments=("--epochs", "5"),
    environment={"OURS": "2", "CHANGED": "2", "TAKEN": "2", "FRESH": "a & b"},
    folder="PyTorch",
    terminal=False,
)
MODULE = "cnn-project"


def written(run: RunConfiguration, kinds: dict[str, RunKind] | None = None) -> bytes:
    return to_bytes(document(run, MODULE, kinds), declaration=False)


def merge_run(
    existing: bytes,
    run: RunConfiguration,
    *,
    kinds: dict[str, RunKind] | None = None,
    base: bytes | None = None,
    path: Path = Path("train.run.xml"),
) -> bytes:
    return run_merge.merge_run(existing, written(run, kinds), base=base, path=path)


#: What the IDE and a person make of OLD: its new options, a step, a comment, variables and parameters of theirs.
CHANGED = """<component name="ProjectRunConfigurationManager">
  <!-- for the seminar -->
  <configuration default="false" name="train" type="PythonConfigurationType" factoryName="Python">
    <module name="cnn-project" />
    <option name="ENV_FILES" value="" />
    <option name="INTERPRETER_OPTIONS" value="-X faulthandler" />
    <option name="PARENT_ENVS" value="true" />
    <envs>
      <env name="CHANGED" value='mine "1"' />
      <env name="GONE" value="1" />
      <env name="MINE" value="1" />
      <env name="OURS" value="1" />
      <env name="PYTHONUNBUFFERED" value="1" />
    </envs>
    <option name="SDK_HOME" value="" />
    <option name="SDK_NAME" value="Python 3.12" />
    <option name="WORKING_DIRECTORY" value="$PROJECT_DIR$" />
    <option name="IS_MODULE_SDK" value="false" />
    <option name="ADD_CONTENT_ROOTS" value="true" />
    <option name="ADD_SOURCE_ROOTS" value="true" />
    <option name="DEBUG_JUST_MY_CODE" value="false" />
    <EXTENSION ID="PythonCoverageRunConfigurationExtension" runner="coverage.py" />
    <EXTENSION ID="net.ashald.envfile"><option name="IS_ENABLED" value="false" /></EXTENSION>
    <option name="RUN_TOOL" value="" />
    <option name="SCRIPT_NAME" value="cnn.train" />
    <option name="PARAMETERS" value="--epochs 3 --mine" />
    <option name="SHOW_COMMAND_LINE" value="false" />
    <option name="EMULATE_TERMINAL" value="true" />
    <option name="MODULE_MODE" value="true" />
    <option name="INPUT_FILE" value="" />
    <method v="2">
      <option name="RunConfigurationTask" enabled="true" run_configuration_name="prepare" run_configuration_type="PythonConfigurationType" />
    </method>
  </configuration>
</component>
"""

#: Lines of it that follow us; all others stay as they are.
FOLLOWING = {
    'factoryName="Python">': 'factoryName="Python" folderName="PyTorch">',
    '      <env name="GONE" value="1" />\n': "",
    '<env name="OURS" value="1" />': '<env name="OURS" value="2" />',
    '      <env name="PYTHONUNBUFFERED" value="1" />\n': (
        '      <env name="PYTHONUNBUFFERED" value="1" />\n      <env name="FRESH" value="a &amp; b" />\n'
    ),
    '"SCRIPT_NAME" value="cnn.train"': '"SCRIPT_NAME" value="cnn.pytorch.train"',
    '"EMULATE_TERMINAL" value="true"': '"EMULATE_TERMINAL" value="false"',
}


def merged(existing: str | bytes, run: RunConfiguration, **more: object) -> str:
    """The merged file; merged again, it stays as it is."""
    content = existing.encode() if isinstance(existing, str) else existing
    once = merge_run(content, run, **more)  # type: ignore[arg-type]
    assert merge_run(once, run, **{**more, "base": written(run, more.get("kinds"))}) == once  # type: ignore[arg-type]
    return once.decode()


def test_what_nobody_changed_follows_us_and_everything_else_stays() -> None:
    expected = CHANGED
    for old, new in FOLLOWING.items():
        assert expected.count(old) == 1
        expected = expected.replace(old, new)
    assert merged(CHANGED, NEW, base=written(OLD)) == expected


def test_without_a_base_only_what_is_absent_is_added() -> None:
    expected = CHANGED.replace('factoryName="Python">', 'factoryName="Python" folderName="PyTorch">')
    expected = expected.replace(
        '      <env name="PYTHONUNBUFFERED" value="1" />\n',
        '      <env name="PYTHONUNBUFFERED" value="1" />\n'
        '      <env name="TAKEN" value="2" />\n'
        '      <env name="FRESH" value="a &amp; b" />\n',
    )
    expected = expected.replace(
        '    <option name="INPUT_FILE"',
        '    <option name="REDIRECT_INPUT" value="false" />\n    <option name="INPUT_FILE"',
    )
    assert merge_run(CHANGED.encode(), NEW).decode() == expected
    assert merge_run(expected.encode(), NEW).decode() == expected


def test_a_file_that_nobody_touched_is_written_as_ever() -> None:
    assert merged(written(OLD), NEW, base=written(OLD)) == written(NEW).decode()
    assert merged(written(OLD), OLD, base=written(OLD)) == written(OLD).decode()


def test_a_row_that_was_renamed_here_or_there() -> None:
    renamed = replace(OLD, name="train (PyTorch)")
    text = merged(CHANGED, renamed, base=written(OLD))
    assert text == CHANGED.replace('name="train"', 'name="train (PyTorch)"')
    by_user = CHANGED.replace('name="train"', 'name="my training"')
    assert merged(by_user, OLD, base=written(OLD)) == by_user
    assert merged(by_user, renamed, base=written(OLD)) == by_user


def test_another_type_is_a_persons_choice() -> None:
    text = CHANGED.replace(
        'type="PythonConfigurationType" factoryName="Python"', 'type="tests" factoryName="x"'
    )
    assert merge_run(text.encode(), NEW, base=written(OLD)).decode() == text
    assert merge_run(text.encode(), NEW).decode() == text


def test_a_row_that_became_a_compound_keeps_what_somebody_added() -> None:
    kinds: dict[str, RunKind] = {"one": "module", "tests": "pytest"}
    compound = RunConfiguration(name="train", kind="compound", members=("one", "tests"))
    text = (
        written(OLD)
        .decode()
        .replace("    <method", '    <option name="DEBUG_JUST_MY_CODE" value="false" />\n    <method')
    )
    assert merged(text, compound, base=written(OLD), kinds=kinds) == (
        '<component name="ProjectRunConfigurationManager">\n'
        '  <configuration default="false" name="train" type="CompoundRunConfigurationType">\n'
        '    <toRun name="one" type="PythonConfigurationType" />\n'
        '    <toRun name="tests" type="tests" />\n'
        '    <option name="DEBUG_JUST_MY_CODE" value="false" />\n'
        '    <method v="2" />\n'
        "  </configuration>\n"
        "</component>"
    )


def test_members_of_a_compound_come_and_go() -> None:
    kinds: dict[str, RunKind] = dict.fromkeys("abcd", "module")
    old = RunConfiguration(name="all", kind="compound", members=("a", "b"))
    new = replace(old, members=("b", "c"))
    text = (
        written(old, kinds)
        .decode()
        .replace('    <toRun name="b"', '    <toRun name="mine" type="tests" />\n    <toRun name="b"')
    )
    assert [
        one.get("name")
        for one in document_of(
            merged(text, new, base=written(old, kinds), kinds=kinds).encode(), Path("x")
        ).root.iter("toRun")
    ] == ["mine", "b", "c"]


def test_a_file_with_other_configurations_gets_ours_beside_them() -> None:
    two = """<component name="ProjectRunConfigurationManager">
  <configuration default="false" name="one" type="ShConfigurationType" />
  <configuration default="false" name="two" type="ShConfigurationType" />
</component>"""
    own = written(OLD).decode().partition("\n")[2]
    assert merged(two, OLD) == two.replace("</component>", own)


@pytest.mark.parametrize("content", [b"", b"<component>", b"<project />", b"\xff\xfe<"])
def test_what_is_no_run_configuration_is_refused(content: bytes) -> None:
    with pytest.raises(IdeFileBroken, match=r"train\.run\.xml"):
        merge_run(content, OLD)


def test_real_files_lose_nothing(shared: Path) -> None:
    """Without a base every line that was there still is, in its order."""
    kinds: dict[str, RunKind] = {"PythonConfigurationType": "module", "tests": "pytest"}
    merges = 0
    for path in sorted((shared / "corpora/idea").rglob("*.xml")):
        if path.parent.name not in {".run", "runConfigurations"}:
            continue
        content = path.read_bytes()
        for one in document_of(content, path).root.findall("configuration"):
            if one.get("type") not in kinds or one.get("default") == "true":
                continue
            run = replace(OLD, name=one.get("name", ""), kind=kinds[one.get("type", "")])
            result = merge_run(content, run, path=path)
            assert merge_run(result, run, path=path) == result
            left = iter(result.decode().splitlines())
            lost = [
                line for line in content.decode().splitlines() if "<envs />" not in line and line not in left
            ]
            assert lost == [], path
            merges += 1
    assert merges > 100
