from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from scaffold.errors import IdeFileBroken
from scaffold.projects.menu import MenuEntry
from scaffold.pycharm.tools import Program, with_tools, without_tools

PATH = Path("/config/tools/External Tools.xml")
SCRIPT = Program(command="$USER_HOME$/.local/bin/scaffold")
MODULE = Program(command="/opt/my tools/bin/python", arguments=("-m", "scaffold"))
DOCTOR = MenuEntry(name="scaffold: doctor", words=("doctor",), summary="what is wrong, & why")
RUN = MenuEntry(name="scaffold: run …", words=("run",), summary="start one", asks=True)
BOTH = (DOCTOR, RUN)

WHOLE = """<toolSet name="External Tools">
  <tool name="scaffold: doctor" description="what is wrong, &amp; why" showInMainMenu="false" showInEditor="false" showInProject="false" showInSearchPopup="false" disabled="false" useConsole="true" showConsoleOnStdOut="false" showConsoleOnStdErr="false" synchronizeAfterRun="true">
    <exec>
      <option name="COMMAND" value="$USER_HOME$/.local/bin/scaffold" />
      <option name="PARAMETERS" value="doctor" />
      <option name="WORKING_DIRECTORY" value="$ProjectFileDir$" />
    </exec>
  </tool>
  <tool name="scaffold: run …" description="start one" showInMainMenu="false" showInEditor="false" showInProject="false" showInSearchPopup="false" disabled="false" useConsole="true" showConsoleOnStdOut="false" showConsoleOnStdErr="false" synchronizeAfterRun="true">
    <exec>
      <option name="COMMAND" value="$USER_HOME$/.local/bin/scaffold" />
      <option name="PARAMETERS" value="run &quot;$Prompt$&quot;" />
      <option name="WORKING_DIRECTORY" value="$ProjectFileDir$" />
    </exec>
  </tool>
</toolSet>"""

#: As the IDE and a user left it: a comment, a filter, another order of attributes.
THEIRS = b"""<?xml version='1.0'?>
<!-- mine -->
<toolSet name="External Tools">
  <tool useConsole="true" name="format" disabled="false">
    <exec>
      <option name="COMMAND" value="black" />
      <option name="PARAMETERS" value="$FilePath$" />
    </exec>
    <filter>
      <option name="NAME" value="x" />
    </filter>
  </tool> <!-- keep -->
</toolSet>
"""


def whats(result):
    return [(one.name, one.what, one.why) for one in result.changes]


def test_a_file_of_its_own():
    result = with_tools(None, BOTH, SCRIPT, PATH)
    assert result.content is not None
    assert result.content.decode() == WHOLE
    assert whats(result) == [("scaffold: doctor", "added", ""), ("scaffold: run …", "added", "")]


@pytest.mark.parametrize("before", [None, b"", THEIRS])
def test_a_second_time_nothing_changes_and_undo_takes_it_back(before):
    once = with_tools(before, BOTH, SCRIPT, PATH)
    twice = with_tools(once.content, BOTH, SCRIPT, PATH)
    assert twice.content == once.content
    assert {one.what for one in twice.changes} == {"unchanged"}
    undone = without_tools(twice.content, BOTH, PATH)
    assert undone.content == (before or None)
    assert {one.what for one in undone.changes} == {"removed"}


def test_theirs_stay_byte_for_byte_before_ours():
    content = with_tools(THEIRS, BOTH, SCRIPT, PATH).content
    assert content is not None
    assert content.startswith(THEIRS[: THEIRS.index(b" <!-- keep -->")])
    assert b"<!-- keep -->" in content
    assert [tool.get("name") for tool in ET.fromstring(content)] == ["format", DOCTOR.name, RUN.name]


def test_a_scaffold_that_moved_is_found_where_it_is_now():
    once = with_tools(THEIRS, BOTH, SCRIPT, PATH)
    moved = with_tools(once.content, BOTH, MODULE, PATH)
    assert whats(moved) == [("scaffold: doctor", "updated", ""), ("scaffold: run …", "updated", "")]
    assert moved.content == with_tools(THEIRS, BOTH, MODULE, PATH).content
    assert b'value="-m scaffold run &quot;$Prompt$&quot;"' in (moved.content or b"")


def test_one_that_the_user_switched_off_stays_off():
    once = with_tools(None, (DOCTOR,), SCRIPT, PATH).content
    assert once is not None
    off = once.replace(b'disabled="false"', b'disabled="true"')
    assert with_tools(off, (DOCTOR,), SCRIPT, PATH).content == off
    assert b'disabled="true"' in (with_tools(off, (DOCTOR,), MODULE, PATH).content or b"")


@pytest.mark.parametrize("parameters", ["doctor --deep", "", "run x"])
def test_one_whose_parameters_the_user_changed_is_theirs(parameters):
    once = with_tools(None, (DOCTOR,), SCRIPT, PATH).content
    assert once is not None
    theirs = once.replace(b'value="doctor"', f'value="{parameters}"'.encode())
    kept = [("scaffold: doctor", "kept", "its parameters are yours")]
    for result in (with_tools(theirs, (DOCTOR,), MODULE, PATH), without_tools(theirs, (DOCTOR,), PATH)):
        assert (result.content, whats(result)) == (theirs, kept)


def test_an_entry_without_a_command_gets_one():
    bare = b'<toolSet name="External Tools"><tool name="scaffold: doctor"><exec><option name="PARAMETERS" value="doctor"/></exec></tool></toolSet>'
    content = with_tools(bare, (DOCTOR,), SCRIPT, PATH).content
    assert content is not None
    tool = ET.fromstring(content).find("tool")
    assert tool is not None
    assert {o.get("name"): o.get("value") for o in tool.iter("option")} == {
        "PARAMETERS": "doctor",
        "COMMAND": "$USER_HOME$/.local/bin/scaffold",
    }


def test_an_empty_file_of_the_users_is_not_taken_away():
    theirs = b'<toolSet name="External Tools">\n</toolSet>'
    assert without_tools(theirs, BOTH, PATH).content == theirs
    assert without_tools(None, BOTH, PATH).content is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<toolSet", "/config/tools/External Tools.xml, line 1, column 1: this is not XML"),
        (b"<project/>", "/config/tools/External Tools.xml holds no external tools: it begins with <project>"),
        (b"<<<<<<< HEAD\n<toolSet/>", "/config/tools/External Tools.xml, line 1, column 2: this is not XML"),
    ],
)
def test_what_is_no_file_of_tools_is_refused(content, message):
    for merge in (
        lambda: with_tools(content, BOTH, SCRIPT, PATH),
        lambda: without_tools(content, BOTH, PATH),
    ):
        with pytest.raises(IdeFileBroken) as caught:
            merge()
        assert caught.value.message == message


def test_an_entry_that_an_older_scaffold_wrote_is_brought_up_to_date():
    now = MenuEntry(name="scaffold: env sync", words=("env", "sync"), options=("--lock",), summary="make it")
    older = with_tools(None, [replace(now, options=())], SCRIPT, PATH)
    result = with_tools(older.content, [now], SCRIPT, PATH)
    assert whats(result) == [("scaffold: env sync", "updated", "")]
    assert result.content == older.content.replace(b'"env sync"', b'"env sync --lock"')
    for content in (older.content, result.content):
        assert without_tools(content, [now], PATH).content is None
