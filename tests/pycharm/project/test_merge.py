"""Our rows in files that somebody else wrote: whole files, before and after."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from scaffold.errors import IdeFileBroken, IdeFileChanged
from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.model import FurtherInterpreter, IdeProject
from scaffold.pycharm.project.idea import idea_files
from scaffold.pycharm.project.merge import merged_idea
from scaffold.pycharm.project.planning import is_committed, plan_idea
from scaffold.pycharm.project.removal import plan_removal, remove_idea
from scaffold.pycharm.project.write import write_idea
from scaffold.system import HostSystem
from tests.pycharm.project.test_idea import HEAD, PROJECT, WHOLE
from tests.pycharm.projects_on_disk import lay
from tests.pycharm.registration.machine import tree

OURS = '<module fileurl="file://$PROJECT_DIR$/.idea/cnn-project.iml" filepath="$PROJECT_DIR$/.idea/cnn-project.iml" />'


def merge(root: Path, project: IdeProject = PROJECT, **more: object) -> dict[str, str]:
    """What is done, and what each file is for the report; a second time nothing is."""
    plan = plan_idea(root, project, **more)  # type: ignore[arg-type]
    report = write_idea(plan)
    again = plan_idea(root, project, **more)  # type: ignore[arg-type]
    assert again.changes == ()
    assert again.record == plan.record
    assert set(report.written) == {one.path for one in plan.changes}
    return {one.path: one.action for one in plan.files}


def text(root: Path, name: str) -> str:
    return (root / ".idea" / name).read_text(encoding="utf-8")


def test_modules_of_others_stay_and_ours_comes_once(tmp_path: Path) -> None:
    there = HEAD + (
        '<project version="4">\r\n  <!-- mine -->\r\n  <component name="ProjectModuleManager">\r\n    <modules>\r\n'
        '      <module fileurl="file://$PROJECT_DIR$/docs/docs.iml" filepath="$PROJECT_DIR$/docs/docs.iml" group="a" />\r\n'
        '    </modules>\r\n  </component>\r\n  <component name="Unknown"><![CDATA[ <x> ]]></component>\r\n</project>\r\n'
    )
    lay(tmp_path, {".idea/modules.xml": there})
    (tmp_path / ".idea/modules.xml").write_bytes(there.encode())
    merge(tmp_path)
    docs = 'filepath="$PROJECT_DIR$/docs/docs.iml" group="a" />'
    expected = there.replace(docs, f"{docs}\r\n      {OURS}")
    assert (tmp_path / ".idea/modules.xml").read_bytes() == expected.encode()
    assert (tmp_path / ".scaffold/idea/modules.xml").read_bytes() == there.encode()


MINE = HEAD + (
    """<module external.system.id="pyproject.toml" type="PYTHON_MODULE" version="4">
  <component name="FacetManager">
    <facet type="django" name="Django" />
  </component>
  <component name="NewModuleRootManager">
    <content url="file://$MODULE_DIR$">
      <!-- slides -->
      <sourceFolder url="file://$MODULE_DIR$/app" isTestSource="false" />
      <sourceFolder url="file://$MODULE_DIR$/data" type="java-resource" />
      <excludeFolder url="file://$MODULE_DIR$/build" />
      <excludePattern pattern="*.ckpt" />
    </content>
    <orderEntry type="inheritedJdk" />
    <orderEntry type="sourceFolder" forTests="false" />
    <orderEntry type="library" name="R User Library" level="project" />
  </component>
  <component name="TestRunnerService">
    <option name="PROJECT_TEST_RUNNER" value="Unittests" />
  </component>
</module>"""
)


def merged(there: str) -> str:
    """What becomes of a module that somebody made: the union, without what the user marked otherwise."""
    marks = "".join(
        f'      <excludeFolder url="file://$MODULE_DIR$/{name}" />\n'
        for name in (".envs", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".scaffold", ".venv", "runs")
    )
    resource = '      <sourceFolder url="file://$MODULE_DIR$/data" type="java-resource" />\n'
    build = '      <excludeFolder url="file://$MODULE_DIR$/build" />\n'
    sources = (
        '      <sourceFolder url="file://$MODULE_DIR$/src" isTestSource="false" />\n'
        '      <sourceFolder url="file://$MODULE_DIR$/tests" isTestSource="true" />\n'
    )
    named = '<orderEntry type="jdk" jdkName="Python 3.12 (cnn-project)" jdkType="Python SDK" />'
    return (
        there.replace(resource, resource + sources)
        .replace(build, build + marks)
        .replace('<orderEntry type="inheritedJdk" />', named)
    )


def test_a_module_of_our_name_gets_our_roots_beside_its_own(tmp_path: Path) -> None:
    lay(tmp_path, {".idea/cnn-project.iml": MINE, ".idea/modules.xml": WHOLE[".idea/modules.xml"]})
    (_, module, *_) = plan_idea(tmp_path, PROJECT).files
    assert module.reasons == (
        "interpreter: Python 3.12 (cnn-project)",
        "src: source",
        "tests: test",
        ".envs, .mypy_cache, .pytest_cache, .ruff_cache, .scaffold, .venv, runs: excluded",
        "data: stays java-resource",
        "test runner: stays Unittests",
    )
    actions = merge(tmp_path)
    assert text(tmp_path, "cnn-project.iml") == merged(MINE)
    assert (actions[".idea/cnn-project.iml"], actions[".idea/modules.xml"]) == ("merge", "unchanged")
    assert (tmp_path / ".scaffold/idea/cnn-project.iml").read_text() == MINE


def test_a_module_that_the_ide_named_after_the_folder_becomes_ours(tmp_path: Path) -> None:
    run = '<component name="ProjectRunConfigurationManager">\n  <configuration name="mine">\n    <module name="cnn clone" /><!-- x -->\n  </configuration>\n</component>'
    other = '<module type="PYTHON_MODULE" version="4">\n  <component name="NewModuleRootManager">\n    <orderEntry type="module" module-name="cnn clone" />\n  </component>\n</module>'
    entry = '<module fileurl="file://$PROJECT_DIR$/.idea/{0}.iml" filepath="$PROJECT_DIR$/.idea/{0}.iml" />'
    listed = WHOLE[".idea/modules.xml"].replace(
        OURS, entry.format("cnn clone") + "\n      " + entry.format("other")
    )
    files = {
        ".idea/cnn clone.iml": MINE,
        ".idea/other.iml": other,
        ".idea/modules.xml": listed,
        ".idea/runConfigurations/mine.xml": run,
    }
    lay(tmp_path, files)
    plan = plan_idea(tmp_path, PROJECT)
    actions = merge(tmp_path)
    assert text(tmp_path, "cnn-project.iml") == merged(MINE)
    assert text(tmp_path, "modules.xml") == listed.replace("cnn clone", "cnn-project")
    assert text(tmp_path, "other.iml") == other.replace("cnn clone", "cnn-project")
    assert text(tmp_path, "runConfigurations/mine.xml") == run.replace("cnn clone", "cnn-project")
    assert actions[".idea/cnn clone.iml"] == "set aside"
    assert not (tmp_path / ".idea/cnn clone.iml").exists()
    assert (tmp_path / ".scaffold/idea/cnn clone.iml").read_text() == MINE
    assert plan.notices == (
        ".idea/modules.xml: as it was before in .scaffold/idea/modules.xml",
        ".idea/cnn clone.iml: the module cnn-project took over what it said; as it was before in .scaffold/idea/cnn clone.iml",
        ".idea/other.iml: as it was before in .scaffold/idea/other.iml",
        ".idea/runConfigurations/mine.xml: as it was before in .scaffold/idea/mine.xml",
    )


def test_two_modules_on_one_folder_become_one(tmp_path: Path) -> None:
    """Ours was there; the IDE made another one, in a folder of its own, and the user marked folders in it."""
    write_idea(plan_idea(tmp_path, PROJECT))
    theirs = HEAD + (
        """<module type="PYTHON_MODULE" version="4">
  <component name="FacetManager">
    <facet type="django" name="Django" />
  </component>
  <component name="NewModuleRootManager">
    <content url="file://$MODULE_DIR$/../..">
      <sourceFolder url="file://$MODULE_DIR$/../../app" isTestSource="false" />
      <excludeFolder url="file://$MODULE_DIR$/../../data" />
    </content>
    <content url="file://$MODULE_DIR$/../../../shared" />
    <orderEntry type="inheritedJdk" />
    <orderEntry type="sourceFolder" forTests="false" />
    <orderEntry type="library" name="R User Library" level="project" />
  </component>
</module>"""
    )
    path = "$PROJECT_DIR$/ide/modules/clone.iml"
    entry = f'<module fileurl="file://{path}" filepath="{path}" />'
    listed = WHOLE[".idea/modules.xml"].replace(OURS, f"{entry}\n      {OURS}")
    lay(tmp_path, {"ide/modules/clone.iml": theirs, ".idea/modules.xml": listed})
    merge(tmp_path)
    assert text(tmp_path, "modules.xml") == WHOLE[".idea/modules.xml"]
    expected = (
        WHOLE[".idea/cnn-project.iml"]
        .replace(
            "    </content>",
            '      <sourceFolder url="file://$MODULE_DIR$/app" isTestSource="false" />\n    </content>',
        )
        .replace(
            '<orderEntry type="sourceFolder" forTests="false" />',
            '<orderEntry type="sourceFolder" forTests="false" />\n'
            '    <content url="file://$MODULE_DIR$/../shared" />\n'
            '    <orderEntry type="library" name="R User Library" level="project" />',
        )
        .replace(
            "\n</module>",
            '\n  <component name="FacetManager">\n    <facet type="django" name="Django" />\n  </component>\n</module>',
        )
    )
    assert text(tmp_path, "cnn-project.iml") == expected


def test_what_the_user_took_away_stays_away_and_what_we_no_longer_want_goes(tmp_path: Path) -> None:
    write_idea(plan_idea(tmp_path, PROJECT))
    iml = tmp_path / ".idea/cnn-project.iml"
    line = '      <excludeFolder url="file://$MODULE_DIR$/{}" />\n'
    edited = WHOLE[".idea/cnn-project.iml"].replace(line.format("data"), line.format("slides"))
    iml.write_text(edited)
    newer = replace(PROJECT, excluded=("data", "outputs"))
    merge(tmp_path, newer)
    assert iml.read_text() == edited.replace(line.format("runs"), line.format("outputs"))
    merge(tmp_path, newer)


def test_a_deleted_file_comes_back_whole(tmp_path: Path) -> None:
    write_idea(plan_idea(tmp_path, PROJECT))
    (tmp_path / ".idea/cnn-project.iml").unlink()
    assert merge(tmp_path)[".idea/cnn-project.iml"] == "write"
    assert text(tmp_path, "cnn-project.iml") == WHOLE[".idea/cnn-project.iml"]


def interpreter(root: Path, name: str) -> Path:
    python = root / name / "bin/python"
    lay(python.parent.parent, {"pyvenv.cfg": "", "bin/python": "", "bin/python3.12": ""})
    return python


NAMED = "Python 3.12 (cnn-project)"


@pytest.mark.parametrize(
    ("chosen", "registered", "said"),
    [
        ("Mine", "other", "Mine ({}) was chosen and stays"),  # leads to another environment
        ("Mine", "own", ""),  # leads to the project's: stays without a word
        ("Mine", "gone", "Mine was replaced: it led to {1}, which is not there"),
        ("Mine", "none", "Mine was replaced: no PyCharm here knows it"),
        ("Mine", "unknown", "Mine was chosen and stays"),  # nobody looked
        ("Python 3.10 (cnn-project)", "unknown", None),  # of our own making, in a version before
        (
            "Python 3.10 (cnn-project)",
            "none",
            "Python 3.10 (cnn-project) was replaced: no PyCharm here knows it",
        ),
        ("Python 3.10 (cnn-project)", "other", "Python 3.10 (cnn-project) ({}) was chosen and stays"),
    ],
)
def test_the_interpreter_that_a_user_chose(
    tmp_path: Path, chosen: str, registered: str, said: str | None
) -> None:
    own, other = interpreter(tmp_path, ".venv"), interpreter(tmp_path, "elsewhere")
    leads = {"other": other, "own": own.with_name("python3.12"), "gone": tmp_path / "gone"}
    table = None if registered == "unknown" else {chosen: leads[registered]} if registered in leads else {}
    lay(
        tmp_path,
        {name: WHOLE[name].replace(NAMED, chosen) for name in (".idea/misc.xml", ".idea/cnn-project.iml")},
    )
    project = replace(PROJECT, interpreter=own)
    plan = plan_idea(tmp_path, project, registered=table)
    merge(tmp_path, project, registered=table)
    for name in ("misc.xml", "cnn-project.iml"):
        expected = WHOLE[f".idea/{name}"]
        replaced = said is None or "replaced" in said
        assert text(tmp_path, name) == (expected if replaced else expected.replace(NAMED, chosen))
    sentences = [said.format(other, tmp_path / "gone")] * 2 if said else []
    assert [one.interpreter for one in plan.files if one.interpreter] == sentences
    assert all(any(sentence in one for one in plan.notices) for sentence in sentences)
    assert [one.path for one in plan.files if one.kept] == (
        [".idea/cnn-project.iml", ".idea/misc.xml"] if said and not replaced else []
    )


BLACK = """  <component name="Black">
    <option name="sdkName" value="{0}" />
    <option name="note" value="{0}" />
  </component>
"""


def test_what_else_names_an_interpreter_that_is_gone_follows_and_comes_back(tmp_path: Path) -> None:
    old = "Python 3.10 (cnn-project)"
    there = WHOLE[".idea/misc.xml"].replace(NAMED, old)
    there = there.replace("  <component", BLACK.format(old) + "  <component", 1)
    lay(tmp_path, {".idea/misc.xml": there})
    plan = plan_idea(tmp_path, PROJECT)
    (misc,) = (one for one in plan.files if one.path == ".idea/misc.xml")
    assert (misc.renamed, misc.reasons) == (
        f"{NAMED} in place of {old}",
        (f"interpreter: {NAMED} in place of {old}",),
    )
    merge(tmp_path)
    black = BLACK.format(old).replace(f'sdkName" value="{old}"', f'sdkName" value="{NAMED}"')
    assert black in text(tmp_path, "misc.xml")
    (tmp_path / ".idea/misc.xml").write_text(text(tmp_path, "misc.xml") + "\n")  # the IDE wrote there since
    merge(tmp_path, replace(PROJECT, python="", interpreter=None))
    assert BLACK.format(old) in text(tmp_path, "misc.xml")


def test_nothing_follows_where_the_interpreter_stays(tmp_path: Path) -> None:
    there = WHOLE[".idea/misc.xml"].replace(NAMED, "Mine")
    there = there.replace("  <component", BLACK.format("Mine") + "  <component", 1)
    lay(tmp_path, {".idea/misc.xml": there})
    merge(tmp_path, registered={"Mine": interpreter(tmp_path, "elsewhere")})
    assert text(tmp_path, "misc.xml") == there


def test_the_project_s_choice_holds_for_a_module_that_inherits_it(tmp_path: Path) -> None:
    other = interpreter(tmp_path, "elsewhere")
    iml = WHOLE[".idea/cnn-project.iml"].replace(
        f'<orderEntry type="jdk" jdkName="{NAMED}" jdkType="Python SDK" />',
        '<orderEntry type="inheritedJdk" />',
    )
    lay(
        tmp_path,
        {".idea/misc.xml": WHOLE[".idea/misc.xml"].replace(NAMED, "Mine"), ".idea/cnn-project.iml": iml},
    )
    merge(tmp_path, registered={"Mine": other})
    assert text(tmp_path, "cnn-project.iml") == iml


def test_an_interpreter_of_another_language_stays(tmp_path: Path) -> None:
    there = WHOLE[".idea/misc.xml"].replace(NAMED, "17").replace("Python SDK", "JavaSDK")
    lay(tmp_path, {".idea/misc.xml": there})
    plan = plan_idea(tmp_path, PROJECT, registered={})
    merge(tmp_path, registered={})
    assert text(tmp_path, "misc.xml") == there
    assert plan.notices == (".idea/misc.xml: 17, of another language, stays",)


def test_an_environment_that_is_gone_is_named_no_more(tmp_path: Path) -> None:
    write_idea(plan_idea(tmp_path, PROJECT))
    merge(tmp_path, replace(PROJECT, python="", interpreter=None))
    assert 'type="inheritedJdk"' in text(tmp_path, "cnn-project.iml")
    assert text(tmp_path, "misc.xml") == WHOLE[".idea/misc.xml"].replace(
        f' project-jdk-name="{NAMED}" project-jdk-type="Python SDK"', ""
    )


def test_settings_and_repositories_keep_what_is_set(tmp_path: Path) -> None:
    other = (
        HEAD
        + '<project version="4">\n  <component name="A"><option name="b" value="c" /></component>\n</project>'
    )
    model = WHOLE[".idea/pyProjectModel.xml"].replace('"false"', '"true"')
    vcs = '<project version="4">\n  <component name="VcsDirectoryMappings">\n    <mapping directory="" vcs="hg4idea" />\n  </component>\n</project>'
    lay(tmp_path, {".idea/other.xml": other, ".idea/pyProjectModel.xml": model, ".idea/vcs.xml": vcs})
    merge(tmp_path, git=True)
    added = '  <component name="PySciProjectComponent">\n    <option name="PY_SCI_VIEW_SUGGESTED" value="true" />\n  </component>\n</project>'
    assert text(tmp_path, "other.xml") == other.replace("</project>", added)
    assert (text(tmp_path, "pyProjectModel.xml"), text(tmp_path, "vcs.xml")) == (model, vcs)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<project>\n  <component", r"misc\.xml, line 2, column \d+: this is not XML"),
        (
            '<project version="4">\n<<<<<<< HEAD\n  <a />\n=======\n  <b />\n>>>>>>> main\n</project>',
            r"misc\.xml, line 2: a merge conflict that nobody has solved",
        ),
        ("<html></html>", r"misc\.xml is not an XML file of the IDE"),
        ("", r"misc\.xml, line 1, column \d+: this is not XML"),
    ],
)
def test_a_broken_file_is_named_and_set_aside_only_when_asked(
    tmp_path: Path, content: str, said: str
) -> None:
    lay(tmp_path, {".idea/misc.xml": content})
    with pytest.raises(IdeFileBroken, match=said) as caught:
        plan_idea(tmp_path, PROJECT)
    assert "scaffold ide pycharm --repair" in caught.value.hint
    assert [path.name for path in (tmp_path / ".idea").iterdir()] == ["misc.xml"]
    plan = plan_idea(tmp_path, PROJECT, repair=True)
    write_idea(plan)
    assert plan.notices == (".idea/misc.xml: as it was before in .scaffold/idea/misc.xml",)
    assert text(tmp_path, "misc.xml") == WHOLE[".idea/misc.xml"]
    assert (tmp_path / ".scaffold/idea/misc.xml").read_text() == content
    assert plan_idea(tmp_path, PROJECT, repair=True).changes == ()


def test_no_copy_replaces_another(tmp_path: Path) -> None:
    for content in ("<a", "<b", "<a"):
        lay(tmp_path, {".idea/misc.xml": content})
        write_idea(plan_idea(tmp_path, PROJECT, repair=True))
    kept = {path.name: path.read_text() for path in (tmp_path / ".scaffold/idea").iterdir()}
    assert kept == {".gitignore": "*\n", "misc.xml": "<a", "misc.2.xml": "<b"}


def test_a_project_of_a_version_before_goes_on(tmp_path: Path) -> None:
    """Schema 1 held hashes alone. Files as we wrote them are ours; of those that were changed, our rows are."""
    lay(tmp_path, WHOLE)
    hashes = {name: hashlib.sha256(content.encode()).hexdigest() for name, content in WHOLE.items()}
    record = json.dumps({"schema": "scaffold/idea/1", "files": hashes})
    line = '      <excludeFolder url="file://$MODULE_DIR$/{}" />\n'
    edited = WHOLE[".idea/cnn-project.iml"].replace(line.format("data"), line.format("slides"))
    lay(tmp_path, {".idea/scaffold.json": record, ".idea/cnn-project.iml": edited})
    newer = replace(PROJECT, python="3.13.0")
    namesake = interpreter(tmp_path, "namesake")  # of another project that bears the same name
    actions = merge(tmp_path, newer, registered={NAMED: namesake})
    assert text(tmp_path, "cnn-project.iml") == edited.replace("Python 3.12", "Python 3.13")
    assert text(tmp_path, "misc.xml") == WHOLE[".idea/misc.xml"].replace("Python 3.12", "Python 3.13")
    assert actions[".idea/workspace.xml"] == "unchanged"
    assert not (tmp_path / ".scaffold/idea").exists()
    assert json.loads(text(tmp_path, "scaffold.json"))["schema"] == "scaffold/idea/3"


@pytest.mark.parametrize(
    "record", ["no JSON", "[]", '{"files": 3}', '{"files": {"../../x": "0f", "a": [], "b": {}}}', "[" * 9999]
)
def test_a_record_that_says_nothing_counts_as_none(tmp_path: Path, record: str) -> None:
    lay(tmp_path, {**WHOLE, ".idea/scaffold.json": record})
    merge(tmp_path)
    assert {name: (tmp_path / name).read_text() for name in WHOLE} == WHOLE


FRAMEWORK_RUN = RunConfiguration(name="train", kind="module", target="cnn_project.train", framework="pytorch")
KERAS = FurtherInterpreter(name="keras", python="3.12.1", frameworks=("tensorflow",))


def test_a_further_environment_comes_and_goes_with_its_module(tmp_path: Path) -> None:
    with_keras = replace(PROJECT, further=(KERAS,))
    merge(tmp_path, with_keras)
    fresh = {str(path): content.decode() for path, content in idea_files(with_keras).items()}
    assert {name: (tmp_path / name).read_text() for name in fresh} == fresh
    actions = merge(tmp_path, PROJECT)
    assert actions[".idea/cnn-project-keras.iml"] == "remove"
    assert {n: (tmp_path / n).read_text() for n in WHOLE} == WHOLE
    assert not (tmp_path / ".idea/cnn-project-keras.iml").exists()


def test_a_further_module_that_was_changed_is_set_aside(tmp_path: Path) -> None:
    merge(tmp_path, replace(PROJECT, further=(KERAS,)))
    iml = tmp_path / ".idea/cnn-project-keras.iml"
    changed = iml.read_text().replace("</module>", "  <!-- mine -->\n</module>")
    iml.write_text(changed)
    assert merge(tmp_path, PROJECT)[".idea/cnn-project-keras.iml"] == "set aside"
    assert (tmp_path / ".scaffold/idea/cnn-project-keras.iml").read_text() == changed


def test_what_git_tracks_is_not_hidden_from_it(tmp_path: Path) -> None:
    system = HostSystem()
    assert not is_committed(tmp_path, system)
    lay(tmp_path, {".idea/misc.xml": WHOLE[".idea/misc.xml"]})
    assert not is_committed(tmp_path, system)
    for arguments in (("init", "-q"), ("add", ".idea/misc.xml")):
        subprocess.run(("git", *arguments), cwd=tmp_path, check=True)
    assert is_committed(tmp_path, system)
    lay(tmp_path, {".idea/.gitignore": "/mine\n"})
    assert merge(tmp_path, committed=True)[".idea/.gitignore"] == "unchanged"


def clone(root: Path) -> None:
    """Somebody's folder, whose module bears another name."""
    entry = WHOLE[".idea/modules.xml"].replace("cnn-project", "clone")
    misc = WHOLE[".idea/misc.xml"].replace(NAMED, "Python 3.10 (lab)")
    lay(root, {".idea/clone.iml": MINE, ".idea/modules.xml": entry, ".idea/misc.xml": misc})


def with_ours(root: Path) -> None:
    """A folder that we wrote into for an older version of the project."""
    clone(root)
    write_idea(plan_idea(root, replace(PROJECT, python="3.11.1", excluded=("runs", "old")), registered={}))


def made_by_us(root: Path) -> None:
    """A folder that is wholly ours, with a further environment that will be gone."""
    run = replace(FRAMEWORK_RUN, arguments=("--old",))
    further = replace(KERAS, frameworks=("pytorch",))
    write_idea(plan_idea(root, replace(PROJECT, python="3.11.1", runs=(run,), further=(further,)), git=True))


@pytest.mark.parametrize("before", [clone, with_ours, made_by_us])
@pytest.mark.parametrize("then", ["goes on", "is taken back"])
def test_killed_between_any_two_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: Callable[[Path], None], then: str
) -> None:
    before(tmp_path / "whole")
    expected = finished(tmp_path / "whole", then)
    for kill_at in range(1, 40):
        root = tmp_path / f"killed-{kill_at}"
        before(root)
        if not dies_writing(root, kill_at, monkeypatch):
            break
        assert finished(root, then) == expected, kill_at
    assert kill_at > 4


def dies_writing(root: Path, kill_at: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Write our files; the process is killed when it would write the one of that number."""
    from scaffold.pycharm.project import write

    real, steps = write.replace_file, count(1)

    def dying(path: Path, content: bytes) -> None:
        if next(steps) == kill_at:
            raise KeyboardInterrupt
        real(path, content)

    monkeypatch.setattr(write, "replace_file", dying)
    try:
        write_idea(plan_idea(root, PROJECT, registered={}))
    except KeyboardInterrupt:
        return True
    finally:
        monkeypatch.setattr(write, "replace_file", real)
    return False


def finished(root: Path, then: str) -> dict[str, bytes]:
    """The folder after the next run of the command."""
    if then == "goes on":
        write_idea(plan_idea(root, PROJECT, registered={}))
        assert plan_idea(root, PROJECT, registered={}).changes == ()
        return tree(root)
    remove_idea(plan_removal(root, PROJECT))
    # copies of which no record speaks yet are in nobody's way
    return {name: content for name, content in tree(root).items() if not name.startswith(".scaffold/idea/")}


@pytest.mark.skipif(not hasattr(os, "link"), reason="needs hard links")
def test_one_file_under_two_names_is_never_deleted(tmp_path: Path) -> None:
    """As on macOS and Windows, where ``CNN-Project.iml`` is ``cnn-project.iml``."""
    lay(tmp_path, {".idea/CNN-Project.iml": MINE})
    lay(tmp_path, {".idea/modules.xml": WHOLE[".idea/modules.xml"].replace("cnn-project", "CNN-Project")})
    if not (tmp_path / ".idea/cnn-project.iml").exists():
        os.link(tmp_path / ".idea/CNN-Project.iml", tmp_path / ".idea/cnn-project.iml")
    write_idea(plan_idea(tmp_path, PROJECT))
    assert text(tmp_path, "cnn-project.iml") == merged(MINE)
    assert text(tmp_path, "modules.xml") == WHOLE[".idea/modules.xml"]


def test_a_run_configuration_that_was_changed_stays(tmp_path: Path) -> None:
    """It lies in ``.idea`` for a further environment, and is a file as a whole: ours, or somebody's."""
    project = replace(PROJECT, further=(replace(KERAS, frameworks=("pytorch",)),), runs=(FRAMEWORK_RUN,))
    write_idea(plan_idea(tmp_path, project))
    path = ".idea/runConfigurations/train (GPU).xml"
    changed = (tmp_path / path).read_text().replace('value="$PROJECT_DIR$"', 'value="/mine"')
    (tmp_path / path).write_text(changed)
    plan = plan_idea(tmp_path, project)
    assert [one.path for one in plan.files if one.action == "keep"] == [path]
    write_idea(plan)
    write_idea(plan_idea(tmp_path, PROJECT))
    assert (tmp_path / path).read_text() == changed


def test_what_was_not_changed_in_a_run_configuration_follows_us(tmp_path: Path) -> None:
    further = (replace(KERAS, frameworks=("pytorch",)),)
    project = replace(PROJECT, further=further, runs=(FRAMEWORK_RUN,))
    write_idea(plan_idea(tmp_path, project))
    path = tmp_path / ".idea/runConfigurations/train (GPU).xml"
    changed = path.read_text().replace('value="$PROJECT_DIR$"', 'value="/mine"')
    path.write_text(changed)
    newer = replace(project, runs=(replace(FRAMEWORK_RUN, target="cnn_project.newer"),))
    assert merge(tmp_path, newer)[".idea/runConfigurations/train (GPU).xml"] == "merge"
    assert path.read_text() == changed.replace("cnn_project.train", "cnn_project.newer")
    path.write_text("<component")
    assert merge(tmp_path, project)[".idea/runConfigurations/train (GPU).xml"] == "keep"
    assert path.read_text() == "<component"


def test_what_is_not_known_is_not_unwanted(tmp_path: Path) -> None:
    """The project's template is not installed any more: excluded folders and run configurations stay."""
    further = (replace(KERAS, frameworks=("pytorch",)),)
    write_idea(plan_idea(tmp_path, replace(PROJECT, further=further, runs=(FRAMEWORK_RUN,))))
    before = tree(tmp_path)
    unknown = IdeProject(module="cnn-project", runs=(), python="3.12.1", further=further, partial=True)
    assert set(merge(tmp_path, unknown).values()) == {"unchanged"}
    assert tree(tmp_path) == before
    actions = merge(tmp_path, replace(unknown, further=()))
    gone = {".idea/cnn-project-keras.iml", ".idea/runConfigurations/train (GPU).xml"}
    assert {path for path, action in actions.items() if action == "remove"} == gone
    assert "$MODULE_DIR$/data" in text(tmp_path, "cnn-project.iml")


@pytest.mark.parametrize("there", [{}, WHOLE])
def test_what_the_ide_wrote_since_the_plan_is_never_written_over(
    tmp_path: Path, there: dict[str, str]
) -> None:
    lay(tmp_path, there)
    newer = replace(PROJECT, python="3.13.0")
    plan = plan_idea(tmp_path, newer, registered={})
    lay(tmp_path, {".idea/misc.xml": WHOLE[".idea/misc.xml"] + "<!-- the IDE's -->"})
    before = tree(tmp_path)
    with pytest.raises(IdeFileChanged, match=r"misc\.xml was changed"):
        write_idea(plan)
    assert tree(tmp_path) == before
    merge(tmp_path, newer, registered={})
    assert text(tmp_path, "misc.xml").endswith("<!-- the IDE's -->")


def test_our_module_that_is_listed_twice_is_listed_once(tmp_path: Path) -> None:
    lay(tmp_path, {".idea/modules.xml": WHOLE[".idea/modules.xml"].replace(OURS, f"{OURS}\n      {OURS}")})
    merge(tmp_path)
    assert text(tmp_path, "modules.xml") == WHOLE[".idea/modules.xml"]


def test_our_module_that_leads_to_no_file_gives_way(tmp_path: Path) -> None:
    stale = OURS.replace(".idea/cnn-project", "cnn-project")
    lay(tmp_path, {".idea/modules.xml": WHOLE[".idea/modules.xml"].replace(OURS, stale)})
    merge(tmp_path)
    assert text(tmp_path, "modules.xml") == WHOLE[".idea/modules.xml"]


def test_a_file_of_ours_that_somebody_changed_is_no_longer_wholly_ours(tmp_path: Path) -> None:
    """Or what was added to it would go where the file goes."""
    with_keras = replace(PROJECT, further=(KERAS,))
    write_idea(plan_idea(tmp_path, with_keras))
    iml = tmp_path / ".idea/cnn-project-keras.iml"
    changed = iml.read_text().replace("</module>", "  <!-- mine -->\n</module>")
    iml.write_text(changed)
    merge(tmp_path, replace(with_keras, further=(replace(KERAS, python="3.13.0"),)))
    now = changed.replace("Python 3.12", "Python 3.13")
    assert iml.read_text() == now
    assert merge(tmp_path, PROJECT)[".idea/cnn-project-keras.iml"] == "set aside"
    assert (tmp_path / ".scaffold/idea/cnn-project-keras.iml").read_text() == now


def test_a_broken_module_of_ours_is_kept_though_another_one_takes_its_place(tmp_path: Path) -> None:
    write_idea(plan_idea(tmp_path, PROJECT))
    entry = OURS.replace("cnn-project", "clone")
    listed = WHOLE[".idea/modules.xml"].replace(OURS, f"{OURS}\n      {entry}")
    lay(tmp_path, {".idea/cnn-project.iml": "<module", ".idea/clone.iml": MINE, ".idea/modules.xml": listed})
    merge(tmp_path, repair=True)
    assert text(tmp_path, "cnn-project.iml") == merged(MINE)
    assert (tmp_path / ".scaffold/idea/cnn-project.iml").read_text() == "<module"
    assert (tmp_path / ".scaffold/idea/clone.iml").read_text() == MINE


def test_a_broken_file_that_nothing_needs_stops_nothing(tmp_path: Path) -> None:
    write_idea(plan_idea(tmp_path, PROJECT, git=True))
    lay(tmp_path, {".idea/vcs.xml": "<project"})
    assert merge(tmp_path)[".idea/vcs.xml"] == "keep"
    assert text(tmp_path, "vcs.xml") == "<project"


def test_what_is_said_of_git_goes_with_it(tmp_path: Path) -> None:
    write_idea(plan_idea(tmp_path, PROJECT, git=True))
    assert merge(tmp_path)[".idea/vcs.xml"] == "remove"
    assert not (tmp_path / ".idea/vcs.xml").exists()
    there = '<project version="4">\n  <component name="A" />\n</project>'
    lay(tmp_path, {".idea/vcs.xml": there})
    merge(tmp_path, git=True)
    assert merge(tmp_path)[".idea/vcs.xml"] == "merge"
    assert text(tmp_path, "vcs.xml").startswith('<project version="4">\n  <component name="A" />\n')
    assert "mapping" not in text(tmp_path, "vcs.xml")


def test_what_stood_there_before_us_is_never_ours_to_take_away(tmp_path: Path) -> None:
    """Though we want the same: a mapping to git, an excluded folder, an interpreter."""
    mapped = '<project version="4">\n  <component name="VcsDirectoryMappings">\n    <mapping directory="" vcs="Git"/>\n  </component>\n</project>'
    line = '      <excludeFolder url="file://$MODULE_DIR$/data" />\n'
    resource = '      <sourceFolder url="file://$MODULE_DIR$/data" type="java-resource" />\n'
    lay(
        tmp_path,
        {
            ".idea/vcs.xml": mapped,
            ".idea/cnn-project.iml": MINE.replace(resource, "").replace(
                "      <excludePattern", f"{line}      <excludePattern"
            ),
            ".idea/modules.xml": WHOLE[".idea/modules.xml"] + "\n",
            ".idea/misc.xml": WHOLE[".idea/misc.xml"] + "\n",
        },
    )
    merge(tmp_path, git=True)
    merge(tmp_path, replace(PROJECT, excluded=(), python="", interpreter=None))
    assert text(tmp_path, "vcs.xml") == mapped
    assert line in text(tmp_path, "cnn-project.iml")
    assert "$MODULE_DIR$/runs" not in text(tmp_path, "cnn-project.iml")
    assert text(tmp_path, "misc.xml") == WHOLE[".idea/misc.xml"] + "\n"


def test_somebody_s_module_of_our_name_stays_where_it_lies(tmp_path: Path) -> None:
    """Also when nothing of ours is wanted in it any more."""
    stated = OURS.replace(".idea/cnn-project", "cnn-project")
    lay(
        tmp_path,
        {"cnn-project.iml": MINE, ".idea/modules.xml": WHOLE[".idea/modules.xml"].replace(OURS, stated)},
    )
    merge(tmp_path)
    record = (tmp_path / ".idea/scaffold.json").read_bytes()
    existing = {".idea/scaffold.json": record, "cnn-project.iml": (tmp_path / "cnn-project.iml").read_bytes()}
    (decided,) = merged_idea(existing, PROJECT, {}, root=tmp_path).files
    assert (decided.path, decided.action) == ("cnn-project.iml", "merge")
    assert decided.content == MINE.encode()


def test_files_that_no_record_speaks_of_are_somebody_s(tmp_path: Path) -> None:
    """Though they say what ours say: PyCharm writes the same modules.xml."""
    write_idea(plan_idea(tmp_path, PROJECT))
    (tmp_path / ".idea/scaffold.json").unlink()
    assert set(merge(tmp_path).values()) == {"unchanged"}
    remove_idea(plan_removal(tmp_path, PROJECT))
    assert {
        p.relative_to(tmp_path).as_posix(): p.read_text() for p in tmp_path.rglob("*.*") if p.is_file()
    } == WHOLE


def test_a_choice_that_was_made_beside_a_version_before_stays(tmp_path: Path) -> None:
    """Whether there is an environment or none."""
    mine = {name: content.replace(NAMED, "Mine") for name, content in WHOLE.items()}
    record = {"schema": "scaffold/idea/1", "files": dict.fromkeys(WHOLE, "0f")}
    lay(tmp_path, {**mine, ".idea/scaffold.json": json.dumps(record)})
    for project in (replace(PROJECT, python="", interpreter=None), PROJECT):
        merge(tmp_path, project)
        assert {name: (tmp_path / name).read_text() for name in mine} == mine
