"""``scaffold ide tools`` as a user types it, with folders of settings in a home of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from scaffold.errors import NoPermission
from scaffold.ide.tools import carry_out, plan_tools
from scaffold.pycharm import running
from scaffold.system import HostSystem
from tests.pycharm.releases.standin import contents

FILE = "tools/External Tools.xml"


def ide_tools(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, "-m", "scaffold", "ide", "tools", *words],
        env=environment | more,
        cwd=home,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def configs(home: Path) -> list[Path]:
    """Two versions that have run; the newest first."""
    folders = [home / ".config/JetBrains" / name for name in ("PyCharm2026.2", "PyCharmCE2025.1")]
    for one in folders:
        (one / "options").mkdir(parents=True)
    return folders


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="folders as on Linux")


def names(config: Path) -> list[str | None]:
    return [tool.get("name") for tool in ET.parse(config / FILE).getroot()]


MENU = ["scaffold: doctor", "scaffold: env sync", "scaffold: update", "scaffold: run …"]


def snapshot(home: Path) -> dict[str, bytes]:
    return {
        str(one): one.read_bytes() for one in home.rglob("*") if one.is_file() and ".local" not in one.parts
    }


def test_every_pycharm_gets_the_menu_and_gives_it_back(home, configs):
    before = snapshot(home)
    tried = ide_tools(home, "--dry-run")
    assert (tried.returncode, snapshot(home)) == (0, before), tried.stderr
    assert "PyCharm 2026.2 would be written" in tried.stdout
    done = ide_tools(home)
    assert done.returncode == 0, done.stderr
    for config in configs:
        assert names(config) == MENU
    after = snapshot(home)
    again = ide_tools(home)
    assert again.stdout.count("everything is as it should be") == 2
    assert snapshot(home) == after
    undone = ide_tools(home, "--undo")
    assert (undone.returncode, snapshot(home)) == (0, before), undone.stderr


def test_the_entry_starts_scaffold_from_the_projects_folder(home, configs, tmp_path):
    assert ide_tools(home).returncode == 0
    exec_ = ET.parse(configs[0] / FILE).getroot()[0].find("exec")
    assert exec_ is not None
    options = {one.get("name"): one.get("value", "") for one in exec_}
    command = options["COMMAND"].replace("$USER_HOME$", str(home))
    words = options["PARAMETERS"].split()
    told = subprocess.run(
        [command, *words[:-1], "--version"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin", "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert told.stdout.startswith("scaffold "), told.stderr
    assert (words[-1], options["WORKING_DIRECTORY"]) == ("doctor", "$ProjectFileDir$")


def test_only_the_one_that_was_named(home, configs):
    done = ide_tools(home, "--ide", "PyCharmCE2025.1", "--json")
    told = json.loads(done.stdout)
    assert (told["schema"], told["done"]) == ("scaffold/ide-tools/1", True)
    assert [(one["version"], one["outcome"]) for one in told["ides"]] == [("2025.1", "write")]
    assert not (configs[0] / FILE).exists()
    wrong = ide_tools(home, "--ide", "/nowhere")
    assert wrong.returncode == 2
    assert "error[option-refused]: /nowhere is no PyCharm" in wrong.stderr
    assert str(configs[0]) in wrong.stderr


def test_a_pycharm_is_named_by_where_it_is_installed_as_well(home, configs):
    folder = home / "pycharm-2026.2.3"
    for name, (content, mode) in contents().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        (folder / name).chmod(mode)
    told = json.loads(ide_tools(home, "--ide", str(folder), "--json").stdout)
    assert [(one["folder"], one["outcome"]) for one in told["ides"]] == [(str(configs[0]), "write")]
    (configs[0] / FILE).unlink()
    shutil.rmtree(configs[0])
    never = ide_tools(home, "--ide", str(folder))
    assert "error[ide-missing]: PyCharm 2026.2.3 has never been started" in never.stderr


def test_what_cannot_be_read_stops_only_itself_and_is_not_touched(home, configs):
    broken = configs[0] / FILE
    broken.parent.mkdir()
    broken.write_text("<toolSet")
    done = ide_tools(home)
    assert done.returncode == 1
    assert "line 1, column 1: this is not XML" in done.stdout
    assert broken.read_text() == "<toolSet"
    assert names(configs[1]) == MENU


def test_in_the_ides_own_terminal_nothing_is_written(home, configs):
    done = ide_tools(home, TERMINAL_EMULATOR="JetBrains-JediTerm")
    assert done.returncode == 1
    assert "this terminal is an IDE's own" in done.stdout
    assert "close PyCharm and run this again" in done.stdout
    assert not (configs[0] / FILE).exists()


def test_the_users_own_tools_stay_and_are_kept_in_a_backup(home, configs):
    file = configs[0] / FILE
    file.parent.mkdir()
    theirs = '<toolSet name="External Tools">\n  <!-- mine -->\n  <tool name="x"/>\n</toolSet>\n'
    file.write_text(theirs)
    done = ide_tools(home, "--json")
    backup = Path(json.loads(done.stdout)["ides"][0]["backup"])
    assert backup.read_text() == theirs
    assert '<!-- mine -->\n  <tool name="x"/>\n' in file.read_text()
    assert ide_tools(home, "--undo").returncode == 0
    assert file.read_text() == theirs


def test_without_any_pycharm(home):
    done = ide_tools(home)
    assert done.returncode == 1
    assert "error[ide-missing]: No PyCharm has run on this machine yet" in done.stderr


class Quiet(HostSystem):
    """This machine, in a home of its own, with no IDE's terminal around."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.environment = {"HOME": str(home), "PATH": "/usr/bin"}


def test_settings_that_may_not_be_written_are_told_and_left(home, configs, monkeypatch):
    system = Quiet(home)
    plan = plan_tools(system, ide=configs[0])
    before = snapshot(home)

    def refuse(path, content):
        raise NoPermission(f"Cannot write to {path}", detail=("Read-only file system",))

    monkeypatch.setattr("scaffold.ide.tools.replace_file", refuse)
    (step,) = carry_out(system, plan).steps
    assert (step.outcome, step.why) == (
        "failed",
        f"Cannot write to {configs[0] / FILE}; Read-only file system",
    )
    assert snapshot(home) == before


def test_a_file_that_changes_between_plan_and_deed_is_not_written_over(home, configs):
    system = Quiet(home)
    plan = plan_tools(system, ide=configs[0])
    (configs[0] / "tools").mkdir()
    (configs[0] / FILE).write_text("<toolSet name='External Tools'/>")
    (step,) = carry_out(system, plan).steps
    assert (step.outcome, step.why) == (
        "failed",
        f"{configs[0] / FILE} was changed while this command looked at it: run it again",
    )
    assert (configs[0] / FILE).read_text() == "<toolSet name='External Tools'/>"


def test_a_pycharm_that_is_opened_between_plan_and_deed_is_left_alone(home, configs, monkeypatch):
    system = Quiet(home)
    plan = plan_tools(system, ide=configs[0])
    monkeypatch.setattr(running, "is_running", lambda *_, **__: "process 7 (pycharm) is open")
    (step,) = carry_out(system, plan).steps
    assert (step.outcome, step.why) == ("open", "process 7 (pycharm) is open")
    assert not (configs[0] / FILE).exists()
