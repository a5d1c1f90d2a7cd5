"""A project held against the settings of the PyCharm that is here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.checks.facts import Facts
from scaffold.checks.ide.settings import RULES
from scaffold.checks.model import Finding
from scaffold.machine import detect
from scaffold.probing.packages.model import Package, PackageFacts
from scaffold.probing.target import Target
from scaffold.pycharm.survey.model import IdeFacts, IdeInterpreter, IdeSettings
from scaffold.pycharm.survey.settings import with_settings
from scaffold.pycharm.survey.survey import survey
from tests.probing.sources.test_sources import host, lay
from tests.staged.recipes.project import MISC, RUN, TABLE, WORKSPACE

HOMES = (("a", r"C:\Users\b\python.exe"), ("b", "/opt/x/bin/python"))
OPENED = {".idea/workspace.xml": WORKSPACE, ".idea/misc.xml": MISC.format(name="mine")}
SETTINGS = "home/.config/JetBrains/PyCharm2025.2/options/jdk.table.xml"


def looked(folder: Path, home: str | None) -> tuple[IdeFacts, Facts]:
    """What is found of a project, with an entry called mine where ``home`` says one."""
    project = lay(folder / "project", **OPENED)
    files = {str(folder / SETTINGS): TABLE.format(name="mine", home=home)} if home else {}
    if home:
        lay(folder, **{SETTINGS: files[str(folder / SETTINGS)]})
    there = [home] if home and "gone" not in home else []
    system = host(home=str(folder / "home"), files=files, paths=there)
    ide = with_settings(survey(project, system), system)
    return ide, Facts(machine=detect(system, folder), ide=ide)


def said(facts: Facts) -> list[tuple[str, str]]:
    return [(one.id, one.level) for rule in RULES for one in rule(facts)]


def test_the_entry_of_the_table_is_found(tmp_path) -> None:
    home = str(tmp_path / "project/.venv/bin/python")
    ide, facts = looked(tmp_path, home)
    table = str(tmp_path / SETTINGS)
    assert ide.settings == IdeSettings(
        products=("PyCharm 2025.2",),
        packaging=("native",),
        interpreters=(IdeInterpreter(name="mine", home=home, there=True, source=table),),
        chosen="mine",
        source=".idea/misc.xml:1",
        home=home,
    )
    assert said(facts) == []


def test_an_interpreter_that_is_gone(tmp_path) -> None:
    _, facts = looked(tmp_path, "/gone/bin/python")
    assert said(facts) == [("ide.interpreter-missing", "error")]


def test_without_settings_nothing_is_known(tmp_path) -> None:
    ide, facts = looked(tmp_path, None)
    assert ide.settings == IdeSettings(chosen="mine", source=".idea/misc.xml:1")
    assert said(facts) == []


def test_a_path_that_only_a_shell_reads(tmp_path) -> None:
    _, facts = looked(tmp_path, "~/envs/dl/bin/python")
    assert said(facts) == [("ide.interpreter-missing", "error")]


@pytest.mark.parametrize(
    ("how", "has", "other", "findings"),
    [
        (".venv of the folder", (), None, ["ide.interpreter-mismatch"]),
        ("python on PATH", ("torch",), (), ["ide.interpreter-mismatch"]),
        ("python on PATH", ("torch",), ("torch",), []),
        ("python on PATH", (), (), []),
        ("python on PATH", ("torch",), None, []),
    ],
)
def test_another_interpreter_than_the_terminals(tmp_path, how, has, other, findings) -> None:
    ide, facts = looked(tmp_path, "/opt/conda/envs/dl/bin/python")
    assert ide.settings is not None
    facts = replace(
        facts,
        ide=replace(ide, settings=replace(ide.settings, frameworks=other)),
        target=Target(folder=tmp_path, python=tmp_path / "project/.venv/bin/python", how=how),
        packages=PackageFacts(
            packages=tuple(Package(name=one, version="2.9.0") for one in has), complete=True
        ),
    )
    assert [one for one, _ in said(facts)] == findings


def test_one_environment_seen_through_a_link_is_one(tmp_path) -> None:
    ide, facts = looked(tmp_path, "/mnt/disk/project/.venv/bin/python3")
    target = Target(
        folder=tmp_path, python=Path("/home/a/project/.venv/bin/python"), how=".venv of the folder"
    )
    assert ide.settings is not None
    assert said(replace(facts, target=target)) == []


def test_a_sandbox_that_does_not_see_the_systems_python(tmp_path) -> None:
    ide, facts = looked(tmp_path, "/p/.venv/bin/python")
    assert ide.settings is not None
    entry = IdeInterpreter(name="mine", home="/p/.venv/bin/python", there=True, links_to="/usr/bin/python3")
    boxed = replace(ide.settings, packaging=("flatpak",), interpreters=(entry,))
    assert said(replace(facts, ide=replace(ide, settings=boxed))) == [("ide.sandboxed", "warning")]
    both = replace(boxed, packaging=("flatpak", "native"))
    assert said(replace(facts, ide=replace(ide, settings=both))) == []


def test_the_finding_says_both_interpreters(tmp_path) -> None:
    _, facts = looked(tmp_path, "/opt/conda/envs/dl/bin/python")
    facts = replace(facts, target=Target(folder=tmp_path, python=Path("/p/.venv/bin/python"), how="--python"))
    (finding,) = [one for rule in RULES for one in rule(facts)]
    assert isinstance(finding, Finding)
    assert finding.title == (
        "PyCharm starts mine: /opt/conda/envs/dl/bin/python, and the environment here is /p/.venv/bin/python"
    )
    assert [(one.source, one.value) for one in finding.evidence] == [
        (".idea/misc.xml:1", "mine: /opt/conda/envs/dl/bin/python"),
        ("--python", "/p/.venv/bin/python"),
    ]


def test_a_run_configuration_of_another_system_is_not_compared(tmp_path) -> None:
    options = '<option name="SDK_HOME" value="{}" /><option name="SCRIPT_NAME" value="a.py" />'
    runs = {f".idea/runConfigurations/{n}.xml": RUN.format(options=options.format(home)) for n, home in HOMES}
    project = lay(tmp_path / "project", **runs)
    system = host(home=str(tmp_path / "home"))
    facts = Facts(
        machine=detect(system, tmp_path),
        ide=with_settings(survey(project, system), system),
        target=Target(folder=project, python=project / ".venv/bin/python", how=".venv of the folder"),
    )
    (finding,) = [one for rule in RULES for one in rule(facts)]
    assert [one.value for one in finding.evidence] == ["/opt/x/bin/python", str(project / ".venv/bin/python")]
