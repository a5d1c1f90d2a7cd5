from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from scaffold.pycharm.configs import ConfigFolder
from scaffold.pycharm.running import is_running, look, running_ides

from .registration.machine import Machine, config

JAVA = "/opt/pycharm/jbr/bin/java\0-Xmx2g\0-Didea.paths.selector=PyCharm2026.2\0com.intellij.idea.Main\0/home/ada/p"


def folder(home: Path, name: str = "PyCharm2026.2", how: str = "native") -> ConfigFolder:
    path = home / ".config" / "JetBrains" / name
    if not path.exists():
        config(home, name)
    return ConfigFolder(path=path, product="PyCharm", version=name[-6:], how=how)  # type: ignore[arg-type]


def test_closed_where_nothing_speaks_for_it(tmp_path: Path) -> None:
    state = look(folder(tmp_path), Machine(tmp_path))
    assert (state.is_open, state.why) == (False, "it is closed")


def test_a_java_process_tells_its_version(tmp_path: Path) -> None:
    machine = Machine(tmp_path, processes={4711: JAVA, 1: "init", 5: "vim\0PyCharm.txt"})
    assert is_running(folder(tmp_path), machine) == "process 4711 (/opt/pycharm/jbr/bin/java) is open"
    assert is_running(folder(tmp_path, "PyCharm2025.1"), machine) == ""


def test_other_ides_are_not_ours(tmp_path: Path) -> None:
    java = JAVA.replace("PyCharm2026.2", "IntelliJIdea2026.2")
    assert running_ides(Machine(tmp_path, processes={4711: java})) == ()


def test_another_users_pycharm_is_not_ours(tmp_path: Path) -> None:
    class Shared(Machine):
        def read_text(self, path: str | os.PathLike[str]) -> str | None:
            if str(path) == "/proc/4711/status":
                return "Uid:\t2000\t2000\n"
            return super().read_text("/proc/1/status" if str(path) == "/proc/self/status" else path)

    assert running_ides(Shared(tmp_path, processes={4711: JAVA})) == ()


@pytest.mark.parametrize(
    ("variables", "open_"),
    [
        ("HOME={home}", True),
        ("HOME=/home/grace", False),
        ("HOME={home}\0XDG_CONFIG_HOME=relative", True),
        ("HOME=/x\0XDG_CONFIG_HOME={home}/.config", True),
    ],
)
def test_one_with_another_home_has_other_settings(tmp_path: Path, variables: str, open_: bool) -> None:
    """A container's, a sandbox's, or a test's beside the PyCharm of whoever runs it."""

    class Told(Machine):
        def read_text(self, path: str | os.PathLike[str]) -> str | None:
            if str(path) == "/proc/4711/environ":
                return variables.format(home=tmp_path) + "\0LANG=C\0"
            return super().read_text(path)

    machine = Told(tmp_path, processes={4711: JAVA})
    assert bool(is_running(folder(tmp_path), machine)) is open_


def test_a_launcher_with_java_inside_is_told_by_its_installation(tmp_path: Path) -> None:
    home = tmp_path / "pycharm-2026.2"
    home.mkdir()
    (home / "product-info.json").write_text('{"dataDirectoryName": "PyCharm2026.2"}', encoding="utf-8")
    machine = Machine(tmp_path, processes={12: f"{home}/bin/pycharm\0/home/ada/p"})
    assert is_running(folder(tmp_path), machine) == f"process 12 ({home}/bin/pycharm) is open"
    assert is_running(folder(tmp_path, "PyCharm2025.1"), machine) == ""


def test_one_that_does_not_tell_its_version_blocks_only_who_has_a_lock(tmp_path: Path) -> None:
    machine = Machine(tmp_path, processes={12: "/gone/bin/pycharm"})
    new, old = folder(tmp_path), folder(tmp_path, "PyCharm2022.1")
    assert is_running(new, machine) == is_running(old, machine) == ""
    (old.path / "port.lock").write_text("", encoding="utf-8")
    assert is_running(old, machine) == (
        "process 12 (/gone/bin/pycharm) is open and does not tell which version it is"
    )
    assert is_running(old, Machine(tmp_path)) == ""  # what a crash left behind


@pytest.mark.parametrize(
    ("lock", "processes", "is_open", "why"),
    [
        (
            "77",
            {77: "/opt/pycharm/bin/pycharm"},
            True,
            "names process 77 (/opt/pycharm/bin/pycharm), which is alive",
        ),
        (
            "77",
            {77: "/usr/lib/jvm/bin/java\0Main"},
            True,
            "names process 77 (/usr/lib/jvm/bin/java), which is alive",
        ),
        ("77\n", {77: "/usr/bin/bash"}, False, "names process 77, which is /usr/bin/bash"),
        ("77", {}, False, "names process 77, which is gone"),
        ("---", {}, False, "names no process"),
        ("", {}, False, "names no process"),
    ],
)
def test_a_lock_is_believed_as_far_as_its_process_lives(
    tmp_path: Path, lock: str, processes: dict[int, str], is_open: bool, why: str
) -> None:
    one = folder(tmp_path, "PyCharm2025.3")
    (one.path / ".lock").write_text(lock, encoding="utf-8")
    state = look(one, Machine(tmp_path, processes=processes), running=())
    prefix = "" if is_open else "it is closed: "
    assert (state.is_open, state.why) == (is_open, f"{prefix}{one.path / '.lock'} {why}")


def test_another_product_that_holds_the_lock_is_an_open_ide(tmp_path: Path) -> None:
    one, home = folder(tmp_path), tmp_path / "idea-IU"
    (one.path / ".lock").write_text("77", encoding="utf-8")
    machine = Machine(tmp_path, processes={77: f"{home}/bin/idea\0/home/ada/p"})
    assert is_running(one, machine, running=()) == ""
    (home / "bin").mkdir(parents=True)
    (home / "product-info.json").write_text("{}", encoding="utf-8")
    assert (
        is_running(one, machine, running=())
        == f"{one.path / '.lock'} names process 77 ({home}/bin/idea), which is alive"
    )


@pytest.mark.parametrize(
    ("name", "told", "is_open"),
    [
        ("idea64.exe", "C:\\IDEA\\bin\\idea64.exe\r\n", True),
        ("notepad.exe", "C:\\Windows\\notepad.exe\r\n", False),
        ("idea64.exe", "", True),  # PowerShell is forbidden
        ("notepad.exe", "", False),
    ],
)
def test_another_product_on_windows(tmp_path: Path, name: str, told: str, is_open: bool) -> None:
    one = folder(tmp_path)
    (one.path / ".lock").write_text("77", encoding="utf-8")

    class Windows(Machine):
        def exists(self, path: str | os.PathLike[str]) -> bool:
            return str(path) == "C:/IDEA/product-info.json" or super().exists(path)

    listed = {"tasklist /FI PID eq 77": f'"{name}","77","Console","1","1 K"\n', "powershell": told}
    assert bool(is_running(one, Windows(tmp_path, os="windows", commands=listed), running=())) is is_open


def test_the_number_in_a_sandboxs_lock_means_nothing_outside(tmp_path: Path) -> None:
    one = folder(tmp_path, how="flatpak")
    (one.path / ".lock").write_text("2", encoding="utf-8")
    machine = Machine(tmp_path, processes={2: "/usr/bin/pycharm-like"})
    assert is_running(one, machine, running=()) == ""
    machine = Machine(tmp_path, processes={4711: "/app/bin/pycharm"})
    assert (
        is_running(one, machine)
        == f"{one.path / '.lock'} is there, and process 4711 (/app/bin/pycharm) is open"
    )


def test_never_in_an_ides_own_terminal(tmp_path: Path) -> None:
    machine = Machine(tmp_path, TERMINAL_EMULATOR="JetBrains-JediTerm")
    assert "this terminal is an IDE's own" in is_running(folder(tmp_path), machine)


def test_settings_that_were_moved_are_known_by_their_path_alone(tmp_path: Path) -> None:
    java = JAVA.replace("com.intellij", f"-Didea.config.path={tmp_path}/my settings\0com.intellij", 1)
    machine = Machine(tmp_path, processes={4711: java})
    moved = ConfigFolder(path=tmp_path / "my settings", product="PyCharm", version="2026.2", how="moved")
    assert is_running(moved, machine) == "process 4711 (/opt/pycharm/jbr/bin/java) is open"
    assert is_running(folder(tmp_path), machine) == ""  # the ordinary folder of that version


def test_macos_asks_ps(tmp_path: Path) -> None:
    app = tmp_path / "PyCharm CE.app" / "Contents"
    (app / "Resources").mkdir(parents=True)
    (app / "Resources" / "product-info.json").write_text(
        '{"dataDirectoryName": "PyCharmCE2025.1"}', encoding="utf-8"
    )
    listed = f"  501 {app}/MacOS/pycharm /Users/ada/p\n  502 /usr/bin/vim pycharm\n"
    machine = Machine(tmp_path, os="macos", commands={"ps -xww": listed})
    assert [(one.pid, one.program, one.selector) for one in running_ides(machine)] == [
        (501, f"{app}/MacOS/pycharm", "PyCharmCE2025.1")
    ]
    one = folder(tmp_path)
    (one.path / ".lock").write_text("501", encoding="utf-8")
    machine.commands = {"ps -p 501": "/Applications/PyCharm.app/Contents/MacOS/pycharm\n"}
    assert "which is alive" in is_running(one, machine)
    machine.commands = {}
    assert is_running(one, machine) == ""


def test_windows_asks_tasklist_and_then_powershell(tmp_path: Path) -> None:
    listed = '"pycharm64.exe","4711","Console","1","1,204,512 K"\n"java.exe","5","Console","1","9 K"\n'
    program = "C:\\JetBrains\\PyCharm 2026.2\\bin\\pycharm64.exe"
    told = json.dumps(
        [
            {"ProcessId": 4711, "ExecutablePath": program, "CommandLine": f'"{program}" C:\\p'},
            {
                "ProcessId": 5,
                "ExecutablePath": "C:\\java.exe",
                "CommandLine": "java -Didea.paths.selector=PyCharm2023.3 M",
            },
            {"ProcessId": 6, "ExecutablePath": None, "CommandLine": None},
        ]
    )
    machine = Machine(tmp_path, os="windows", commands={"tasklist": listed, "powershell": told})
    found = [(one.pid, one.program, one.selector) for one in running_ides(machine)]
    assert found == [(4711, program, ""), (5, "C:\\java.exe", "PyCharm2023.3")]
    machine.commands.pop("powershell")  # forbidden by a policy
    assert [(one.pid, one.program) for one in running_ides(machine)] == [(4711, "pycharm64.exe")]
    machine.commands["tasklist"] = '"explorer.exe","4","Console","1","1 K"\n'
    assert running_ides(machine) == ()


def test_a_windows_lock_is_asked_about_by_its_number(tmp_path: Path) -> None:
    one = folder(tmp_path)
    (one.path / ".lock").write_text("4711", encoding="utf-8")
    alive = {"tasklist /FI PID eq 4711": '"pycharm64.exe","4711","Console","1","1 K"\n'}
    assert "pycharm64.exe" in is_running(one, Machine(tmp_path, os="windows", commands=alive), running=())
    none = {"tasklist /FI": "INFO: No tasks are running which match the specified criteria.\n"}
    assert is_running(one, Machine(tmp_path, os="windows", commands=none), running=()) == ""
