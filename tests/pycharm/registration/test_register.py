"""Whole registrations, in folders of settings on disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.errors import NoSpace
from scaffold.files import replace_file
from scaffold.pycharm.configs import ConfigFolder
from scaffold.pycharm.documents.source import read
from scaffold.pycharm.model import FurtherInterpreter, IdeProject
from scaffold.pycharm.registration import register as registering_module
from scaffold.pycharm.registration import table
from scaffold.pycharm.registration.journal import read_journal
from scaffold.pycharm.registration.model import RegistrationReport
from scaffold.pycharm.registration.plan import Wish
from scaffold.pycharm.registration.register import registering
from scaffold.pycharm.registration.store import data_folder
from scaffold.pycharm.registration.undo import undo

from .conftest import made_project
from .machine import Machine, config, environment, tree
from .tables import ALL, OF_2022, OF_2026, entry_of

NAME = "Python 3.12 (cnn-project)"


def go(
    machine: Machine, root: Path, project: IdeProject, wish: Wish | None = None
) -> tuple[IdeProject, RegistrationReport]:
    with registering(machine, root, project, wish or Wish()) as under_way:
        named = under_way.project
    return named, under_way.report


def root_of(project: IdeProject) -> Path:
    assert project.interpreter is not None
    return project.interpreter.parent.parent.parent


def names_in(folder: Path, machine: Machine) -> list[tuple[str, str]]:
    entries = table.known(read(folder / "options" / "jdk.table.xml"), machine)
    return [(one.name, one.home) for one in entries]


def outcomes(report: RegistrationReport) -> list[tuple[str, str]]:
    return [(one.folder.title, one.outcome) for one in report.ides]


def test_every_closed_pycharm_knows_the_interpreter_and_a_second_run_writes_nothing(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    new, old = config(user), config(user, "PyCharmCE2025.1", OF_2022)
    named, report = go(machine, root_of(project), project, Wish(trust=True))
    assert named.sdk == NAME
    assert outcomes(report) == [("PyCharm 2026.2", "registered"), ("PyCharm Community 2025.1", "registered")]
    assert names_in(new, machine) == [(NAME, str(project.interpreter))]
    assert names_in(old, machine)[1:] == [(NAME, str(project.interpreter))]
    assert (old / "options/trusted-paths.xml").read_text(encoding="utf-8").count("cnn-project") == 1
    (backup,) = report.ides[1].backups
    assert backup.read_text(encoding="utf-8") == OF_2022
    assert "close that PyCharm" in (backup.parent / "RESTORE.txt").read_text(encoding="utf-8")
    before = tree(user)
    _, again = go(machine, root_of(project), project, Wish(trust=True))
    assert outcomes(again) == [("PyCharm 2026.2", "unchanged"), ("PyCharm Community 2025.1", "unchanged")]
    assert tree(user) == before


@pytest.mark.parametrize("style", ALL)
def test_undo_leaves_every_settings_file_as_it_was(
    machine: Machine, user: Path, project: IdeProject, style: str
) -> None:
    config(user, "PyCharm2026.2", ALL[style])
    config(user, "PyCharm2025.1")
    before = tree(user / ".config")
    go(machine, root_of(project), project, Wish(trust=True))
    assert tree(user / ".config") != before
    gone = undo(machine, root_of(project))
    assert [one.gone for one in gone] == [(NAME, "trust"), (NAME, "trust")]
    after = tree(user / ".config")
    if style == "another component alone":  # its component stays, empty
        after.pop("JetBrains/PyCharm2026.2/options/jdk.table.xml")
        before.pop("JetBrains/PyCharm2026.2/options/jdk.table.xml")
    assert after == before
    assert undo(machine, root_of(project)) == ()
    assert read_journal(machine) == {}


def test_what_the_user_changed_since_stays_and_is_told(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    folder = config(user)
    go(machine, root_of(project), project)
    path = folder / "options" / "jdk.table.xml"
    path.write_text(path.read_text(encoding="utf-8").replace(NAME, "my own name"), encoding="utf-8")
    before = path.read_bytes()
    (done,) = undo(machine, root_of(project))
    assert (done.gone, done.kept) == ((), (f"the interpreter {NAME}: it was changed since",))
    assert path.read_bytes() == before


def test_the_same_interpreter_keeps_the_name_that_the_newest_pycharm_has_for_it(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    home = str(project.interpreter).replace("&", "&amp;")
    new = config(user, "PyCharm2026.2", entry_of("~/cnn-project/.venv", home))
    old = config(user, "PyCharm2025.1", entry_of("old name", home))
    named, report = go(machine, root_of(project), project)
    assert named.sdk == "~/cnn-project/.venv"
    assert outcomes(report) == [("PyCharm 2026.2", "unchanged"), ("PyCharm 2025.1", "registered")]
    assert [name for name, _ in names_in(new, machine)] == ["~/cnn-project/.venv"]
    assert [name for name, _ in names_in(old, machine)] == ["old name", "~/cnn-project/.venv"]


@pytest.mark.parametrize("kind", ["Python SDK", "JavaSDK"])
def test_a_name_that_means_something_else_gets_a_number(
    machine: Machine, user: Path, project: IdeProject, kind: str
) -> None:
    config(user, "PyCharm2026.2")
    other = environment(user / "elsewhere/.venv")
    config(user, "PyCharm2025.1", entry_of(NAME, str(other).replace("&", "&amp;"), kind))
    named, _ = go(machine, root_of(project), project)
    assert named.sdk == f"{NAME} (2)"  # in every PyCharm: .idea can name one only


def test_two_projects_of_one_name_get_two_names(machine: Machine, user: Path) -> None:
    folder = config(user)
    one, other = made_project(user / "a/cnn-project"), made_project(user / "b/cnn-project")
    assert go(machine, user / "a/cnn-project", one)[0].sdk == NAME
    assert go(machine, user / "b/cnn-project", other)[0].sdk == f"{NAME} (2)"
    assert go(machine, user / "b/cnn-project", other)[0].sdk == f"{NAME} (2)"
    assert [name for name, _ in names_in(folder, machine)] == [NAME, f"{NAME} (2)"]


def test_two_projects_at_the_same_moment_get_two_names(user: Path) -> None:
    folder = config(user)
    program = (
        "import sys; from pathlib import Path; from tests.pycharm.registration.machine import Machine\n"
        "from tests.pycharm.registration.conftest import made_project\n"
        "from scaffold.pycharm.registration.register import registering\n"
        "home, name = Path(sys.argv[1]), sys.argv[2]; root = home / name / 'cnn-project'\n"
        "with registering(Machine(home), root, made_project(root)) as r: print(r.project.sdk)\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(user), name],
            cwd=Path(__file__).parents[3],
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b", "c")
    ]
    chosen = sorted(one.communicate(timeout=60)[0].strip() for one in running)
    assert chosen == [NAME, f"{NAME} (2)", f"{NAME} (3)"]
    assert sorted(name for name, _ in names_in(folder, Machine(user))) == chosen


def test_a_further_environment_has_an_entry_of_its_own_and_goes_with_it(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    folder = config(user)
    keras = environment(root_of(project) / ".envs/keras")
    further = FurtherInterpreter(name="keras", python="3.12.1", frameworks=("keras",), interpreter=keras)
    named, _ = go(machine, root_of(project), replace(project, further=(further,)))
    assert [one.sdk("cnn-project-keras") for one in named.further] == ["Python 3.12 (cnn-project-keras)"]
    assert names_in(folder, machine)[1] == ("Python 3.12 (cnn-project-keras)", str(keras))
    go(machine, root_of(project), project)
    assert len(names_in(folder, machine)) == 2  # it is there still
    keras.unlink()
    go(machine, root_of(project), project)
    assert names_in(folder, machine) == [(NAME, str(project.interpreter))]


def test_another_version_of_python_replaces_our_entry(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    folder = config(user, "PyCharm2026.2", OF_2026)
    go(machine, root_of(project), project)
    named, _ = go(machine, root_of(project), replace(project, python="3.13.0"))
    assert named.sdk == "Python 3.13 (cnn-project)"
    assert [name for name, _ in names_in(folder, machine)] == ["~/garage/.venv", "Python 3.13 (cnn-project)"]
    undo(machine, root_of(project))
    assert (folder / "options/jdk.table.xml").read_text(encoding="utf-8") == OF_2026


def test_an_entry_of_ours_that_leads_nowhere_makes_room_for_another_project(
    machine: Machine, user: Path
) -> None:
    folder = config(user)
    gone, new = made_project(user / "a/cnn-project"), made_project(user / "b/cnn-project")
    go(machine, user / "a/cnn-project", gone)
    assert gone.interpreter is not None
    gone.interpreter.unlink()
    assert go(machine, user / "b/cnn-project", new)[0].sdk == NAME
    assert names_in(folder, machine) == [(NAME, str(new.interpreter))]
    assert undo(machine, user / "a/cnn-project") == ()  # nothing of it is left


@pytest.mark.parametrize(
    ("name", "click"),
    [
        (
            "PyCharm2026.2",
            'open the folder and click "Trust Project": it takes the environment by itself then',
        ),
        (
            "PyCharm2024.3",
            (
                'open the folder and click "Trust Project"; then open a Python file of the project and click'
                ' "Use interpreter" in the banner above it'
            ),
        ),
        (
            "PyCharm2022.1",
            (
                'open the folder and click "Trust Project"; then Settings | Python | Interpreter | Add Interpreter'
                " | Select existing, and choose {}"
            ),
        ),
    ],
)
def test_an_open_pycharm_is_left_alone_and_the_click_is_told(
    machine: Machine, user: Path, project: IdeProject, name: str, click: str
) -> None:
    config(user, name, OF_2026)
    before = tree(user / ".config")
    machine.processes = {7: f"/opt/jbr/bin/java\0-Didea.paths.selector={name}"}
    _, report = go(machine, root_of(project), project)
    (one,) = report.ides
    assert (one.outcome, one.why) == ("open", "process 7 (/opt/jbr/bin/java) is open")
    assert one.click == click.format(project.interpreter)
    assert tree(user / ".config") == before


def test_trust_that_cannot_be_entered_is_left_to_do(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    config(user)
    go(machine, root_of(project), project)
    machine.processes = {7: "/opt/jbr/bin/java\0-Didea.paths.selector=PyCharm2026.2"}
    (one,) = go(machine, root_of(project), project, Wish(trust=True))[1].ides
    assert (one.outcome, one.click) == ("open", 'open the folder and click "Trust Project"')
    (one,) = go(machine, root_of(project), project)[1].ides
    assert (one.outcome, one.click) == ("unchanged", "")
    machine.processes = {}
    (one,) = go(machine, root_of(project), project, Wish(trust=True))[1].ides
    assert (one.entered, one.left, one.trusts) == ((), (), True)
    machine.processes = {7: "/opt/jbr/bin/java\0-Didea.paths.selector=PyCharm2026.2"}
    named, report = go(machine, root_of(project), replace(project, python="3.13.0"))
    assert named.sdk == NAME  # which that PyCharm can resolve, unlike any name that it could not be told
    assert outcomes(report) == [("PyCharm 2026.2", "unchanged")]
    machine.processes = {}
    named, report = go(machine, root_of(project), replace(project, python="3.13.0"))
    assert (named.sdk, outcomes(report)) == (
        "Python 3.13 (cnn-project)",
        [("PyCharm 2026.2", "registered")],
    )


def test_what_was_done_is_told_as_it_was(machine: Machine, user: Path, project: IdeProject) -> None:
    config(user)
    (one,) = go(machine, root_of(project), project)[1].ides
    assert (one.entered, one.left, one.trusts) == ((NAME,), (), False)
    assert project.interpreter is not None
    project.interpreter.unlink()
    (one,) = go(machine, root_of(project), replace(project, interpreter=None))[1].ides
    assert (one.outcome, one.entered, one.left) == (
        "registered",
        (),
        (f"{NAME} ({project.interpreter})",),
    )


def test_a_project_that_is_gone_is_told_with_the_way_to_take_it_back(machine: Machine, user: Path) -> None:
    folder = config(user, "PyCharm2026.2", OF_2026)
    old, new = user / "old one", user / "b/new"
    go(machine, old, made_project(old))
    old.rename(user / "moved")
    _, report = go(machine, new, replace(made_project(new), module="new"))
    told = f"{old} is gone, and PyCharm knows its interpreter still; take that back:"
    assert [one.split("  ")[0] for one in report.notes] == [told]
    assert len(undo(machine, old)) == 1
    assert go(machine, new, replace(made_project(new / "again"), module="new"))[1].notes == ()
    undo(machine, new)
    assert (folder / "options/jdk.table.xml").read_text(encoding="utf-8") == OF_2026


def test_a_project_that_moved_takes_its_entry_along_and_nothing_is_left_to_be_taken_back(
    machine: Machine, user: Path
) -> None:
    config(user)
    old, new = user / "mv/cnn-project", user / "mv/demo2"
    for trust, left in (
        (False, ()),
        (True, (f"{old} is gone, and PyCharm trusts it still; take that back:",)),
    ):
        go(machine, old, made_project(old), Wish(trust=trust))
        old.rename(new)
        project = IdeProject(
            module="cnn-project", runs=(), python="3.12.1", interpreter=new / ".venv/bin/python"
        )
        report = go(machine, new, project, Wish(trust=False))[1]
        assert report.ides[0].left == (f"{NAME} ({old}/.venv/bin/python)",)
        assert tuple(note.partition("  ")[0] for note in report.notes) == left
        undo(machine, new)
        shutil.rmtree(new)
    assert undo(machine, old)[0].gone == ("trust",)


@pytest.mark.parametrize("before", [(), ("PyCharm2026.2",), ("PyCharm2026.2", "options")])
def test_undo_deletes_the_folders_that_were_made_and_no_other(
    machine: Machine, user: Path, project: IdeProject, before: tuple[str, ...]
) -> None:
    above = user / ".config/JetBrains"
    above.joinpath(*before).mkdir(parents=True)
    folder = ConfigFolder(path=above / "PyCharm2026.2", product="PyCharm", version="2026.2", how="native")
    create = () if before else (folder,)
    go(machine, root_of(project), project, Wish(trust=True, create=create))
    assert len(tree(above)) == 2
    undo(machine, root_of(project))
    assert [path.relative_to(above).parts for path in sorted(above.rglob("*"))] == [
        before[:1], before,
    ][: len(before)]  # fmt: skip


def test_a_pycharm_that_starts_in_between_is_left_alone(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    config(user)
    with registering(machine, root_of(project), project) as under_way:
        machine.processes = {7: "java\0-Didea.paths.selector=PyCharm2026.2"}
    assert outcomes(under_way.report) == [("PyCharm 2026.2", "open")]
    assert tree(user / ".config") == {}


def test_one_pycharm_with_broken_settings_stops_no_other(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    broken, whole = config(user, "PyCharm2026.2", "<application>\n<comp"), config(user, "PyCharm2025.1")
    _, report = go(machine, root_of(project), project)
    assert outcomes(report) == [("PyCharm 2026.2", "failed"), ("PyCharm 2025.1", "registered")]
    assert "line 2" in report.ides[0].why
    assert "--repair" in report.ides[0].why
    assert (broken / "options/jdk.table.xml").read_text(encoding="utf-8") == "<application>\n<comp"
    _, report = go(machine, root_of(project), project, Wish(repair=True))
    assert outcomes(report) == [("PyCharm 2026.2", "registered"), ("PyCharm 2025.1", "unchanged")]
    assert report.ides[0].backups[0].read_text(encoding="utf-8") == "<application>\n<comp"
    assert names_in(broken, machine) == names_in(whole, machine)


def test_a_folder_where_a_file_should_be_is_left_to_the_user(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    table_file = config(user) / "options" / "jdk.table.xml"
    table_file.mkdir()
    for wish in (Wish(), Wish(repair=True)):
        (one,) = go(machine, root_of(project), project, wish)[1].ides
        assert (one.outcome, one.why.endswith("(delete it)")) == ("failed", True)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_told(machine: Machine, user: Path, project: IdeProject) -> None:
    folder = config(user, "PyCharm2026.2", OF_2026)
    (folder / "options").chmod(0o500)
    _, report = go(machine, root_of(project), project)
    (folder / "options").chmod(0o700)
    assert report.ides[0].why.startswith("Cannot write to")


def test_a_file_where_a_folder_should_be_is_told(machine: Machine, user: Path, project: IdeProject) -> None:
    folder = config(user)
    (folder / "options").rmdir()
    (folder / "options").write_text("somebody's", encoding="utf-8")
    _, report = go(machine, root_of(project), project)
    assert outcomes(report) == [("PyCharm 2026.2", "failed")]
    assert (folder / "options").read_text(encoding="utf-8") == "somebody's"


def test_a_full_disk_leaves_what_was_there(
    machine: Machine, user: Path, project: IdeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    config(user, "PyCharm2026.2", OF_2026)
    before = tree(user / ".config")

    def full(path: Path, content: bytes) -> None:
        raise NoSpace(f"The disk of {path} is full", detail=(f"{len(content)} bytes",))

    monkeypatch.setattr(registering_module, "replace_file", full)
    named, report = go(machine, root_of(project), project)
    assert named.sdk == NAME
    assert outcomes(report) == [("PyCharm 2026.2", "failed")]
    assert report.ides[0].click
    assert tree(user / ".config") == before


def test_a_kill_between_table_and_trust_can_be_taken_back_and_gone_on_from(
    machine: Machine, user: Path, project: IdeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    config(user, "PyCharm2026.2", OF_2026)
    before = tree(user / ".config")
    written = replace_file

    def killed(path: Path, content: bytes) -> None:
        if path.name == "trusted-paths.xml":
            raise KeyboardInterrupt
        written(path, content)

    for go_on in (False, True):
        monkeypatch.setattr(registering_module, "replace_file", killed)
        with pytest.raises(KeyboardInterrupt):
            go(machine, root_of(project), project, Wish(trust=True))
        monkeypatch.setattr(registering_module, "replace_file", written)
        if go_on:
            _, report = go(machine, root_of(project), project, Wish(trust=True))
            assert [path.name for path in report.ides[0].written] == ["trusted-paths.xml"]
        undo(machine, root_of(project))
        assert tree(user / ".config") == before


def test_a_folder_of_settings_that_does_not_exist_is_made_on_request_only(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    path = user / ".config/JetBrains/PyCharm2026.2"
    _, report = go(machine, root_of(project), project)
    assert outcomes(report) == []
    assert not (user / ".config").exists()
    assert not data_folder(machine).exists()
    folder = ConfigFolder(path=path, product="PyCharm", version="2026.2", how="native")
    _, report = go(machine, root_of(project), project, Wish(create=(folder,)))
    assert outcomes(report) == [("PyCharm 2026.2", "registered")]
    assert names_in(path, machine) == [(NAME, str(project.interpreter))]


def test_where_no_journal_can_be_kept_nothing_is_entered(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    config(user)
    (user / ".local").write_text("a file where a folder should be", encoding="utf-8")
    named, report = go(machine, root_of(project), project)
    assert named.sdk == NAME
    assert report.ides == ()
    assert report.notes[0].startswith("nothing was entered in PyCharm's settings: ")
    assert tree(user / ".config") == {}


@pytest.mark.parametrize("journal", ["", "[]", "{", '{"projects": []}', '{"projects": {"/p": {"/c": 3}}}'])
def test_a_journal_that_nobody_can_read_stops_nothing(
    machine: Machine, user: Path, project: IdeProject, journal: str
) -> None:
    config(user)
    data_folder(machine).mkdir(parents=True)
    (data_folder(machine) / "registered.json").write_text(journal, encoding="utf-8")
    assert undo(machine, root_of(project)) == ()
    assert outcomes(go(machine, root_of(project), project)[1]) == [("PyCharm 2026.2", "registered")]
    assert len(undo(machine, root_of(project))) == 1


def test_an_open_pycharm_keeps_its_entry_until_it_is_closed(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    folder = config(user)
    go(machine, root_of(project), project)
    machine.processes = {7: "java\0-Didea.paths.selector=PyCharm2026.2"}
    (one,) = undo(machine, root_of(project))
    assert one.why == "process 7 (java) is open: close it and try again"
    assert len(names_in(folder, machine)) == 1
    machine.processes = {}
    (one,) = undo(machine, root_of(project))
    assert one.gone == (NAME,)
    assert tree(user / ".config") == {}


def test_backups_are_the_first_and_the_latest(machine: Machine, user: Path, project: IdeProject) -> None:
    folder = config(user, "PyCharm2026.2", OF_2026)
    for _ in range(9):
        go(machine, root_of(project), project)
        undo(machine, root_of(project))
    assert (folder / "options/jdk.table.xml").read_text(encoding="utf-8") == OF_2026
    copies = sorted((data_folder(machine) / "backups").rglob("*.xml"))
    assert len(copies) == 10
    assert copies[0].read_text(encoding="utf-8") == OF_2026


def test_what_names_mean_is_known_wholly_or_not_at_all(
    machine: Machine, user: Path, project: IdeProject
) -> None:
    def registered() -> dict[str, str] | None:
        with registering(machine, root_of(project), project) as under_way:
            found = under_way.plan.registered
        return None if found is None else {name: str(path) for name, path in found.items()}

    assert registered() is None
    config(user, "PyCharm2026.2", OF_2026)
    ours, garage = {NAME: str(project.interpreter)}, {"~/garage/.venv": f"{user}/garage/.venv/bin/python"}
    assert registered() == {**garage, **ours}
    config(user, "IntelliJIdea2026.1", entry_of("of IDEA", "/opt/python"))
    assert registered() == {"of IDEA": "/opt/python", **garage, **ours}
    config(user, "PyCharm2025.1", "<broken")
    assert registered() is None


def test_a_sandbox_has_a_usr_of_its_own(machine: Machine, user: Path, project: IdeProject) -> None:
    system_python = Path("/usr/lib/python3.12")
    flatpak = user / ".var/app/com.jetbrains.PyCharm-Professional/config/JetBrains/PyCharm2026.1/options"
    flatpak.mkdir(parents=True)
    machine.there = {str(system_python)}
    (note,) = go(machine, root_of(project), project)[1].notes
    assert note.startswith("PyCharm 2026.1 is a Flatpak, and has a /usr of its own: it cannot start")
    machine.there = set()
    assert go(machine, root_of(project), project)[1].notes == ()


def test_windows_paths_go_into_the_folder_that_windows_has(user: Path) -> None:
    machine = Machine(user, os="windows", APPDATA=str(user / "Roaming"), LOCALAPPDATA=str(user / "Local"))
    options = user / "Roaming" / "JetBrains" / "PyCharm2026.2" / "options"
    options.mkdir(parents=True)
    root, base = user / "项目 1", user / "Python312"
    for folder in (root / ".venv/Scripts", root / ".venv/Lib/site-packages", base / "DLLs", base / "Lib"):
        folder.mkdir(parents=True)
    python = root / ".venv/Scripts/python.exe"
    python.write_text("", encoding="utf-8")
    (root / ".venv/pyvenv.cfg").write_text(f"home = {base}\n", encoding="utf-8")
    project = IdeProject(module="lab", runs=(), python="3.12.1", interpreter=python)
    named, report = go(machine, root, project, Wish(trust=True))
    assert outcomes(report) == [("PyCharm 2026.2", "registered")]
    (jdk,) = read(options / "jdk.table.xml").iter("jdk")
    values = {one.tag: one.get("value") for one in jdk if one.get("value")}
    assert values == {
        "name": "Python 3.12 (lab)",
        "type": "Python SDK",
        "version": "Python 3.12.1",
        "homePath": str(python).replace("/", "\\"),
    }
    roots = [
        (one.get("url") or "").removeprefix(f"file://{user}/") for one in jdk.iter("root") if one.get("url")
    ]
    assert roots == [
        "Python312/DLLs",
        "Python312/Lib",
        "Python312",
        "项目 1/.venv",
        "项目 1/.venv/Lib/site-packages",
    ]
    (trusted,) = read(options / "trusted-paths.xml").iter("entry")
    assert trusted.get("key") == str(root).replace("/", "\\")
    assert go(machine, root, named, Wish(trust=True))[1].ides[0].outcome == "unchanged"
    assert [one.gone for one in undo(machine, root)] == [("Python 3.12 (lab)", "trust")]
    assert list(options.iterdir()) == []  # the folder itself was there before


def test_macos_settings_lie_in_the_library(user: Path, project: IdeProject) -> None:
    machine = Machine(user, os="macos")
    options = user / "Library/Application Support/JetBrains/PyCharmCE2025.1/options"
    options.mkdir(parents=True)
    _, report = go(machine, root_of(project), project)
    assert outcomes(report) == [("PyCharm Community 2025.1", "registered")]
    assert (options / "jdk.table.xml").is_file()
    assert (user / "Library/Application Support/scaffold/pycharm/registered.json").is_file()
