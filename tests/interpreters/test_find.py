from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.interpreters.find import Found, find, version_key
from scaffold.interpreters.model import Refusal
from scaffold.interpreters.places import is_shim
from scaffold.system import HostSystem

from .conftest import host, interpreter, judge


def test_newest_first_and_each_once() -> None:
    system = host(
        "linux",
        "/home/ada/.pyenv/versions/3.12.1/bin/python3",
        "/home/ada/.pyenv/versions/3.13.0/bin/python3",
        "/home/ada/.pyenv/versions/3.8.18/bin/python3",
        "/usr/bin/python3.11",
        "/tools/bin/python3",
        PATH="/tools/bin:/usr/bin",
    )
    answers = {
        "/home/ada/.pyenv/versions/3.12.1/bin/python3": "3.12.1",
        "/home/ada/.pyenv/versions/3.13.0/bin/python3": "3.13.0rc2",
        "/home/ada/.pyenv/versions/3.8.18/bin/python3": "Python 3.8.18 is too old: at least 3.10 is needed",
        "/usr/bin/python3.11": "3.11.2",
    }
    pyenv = "/home/ada/.pyenv/versions"
    assert find(system, inspect=judge(answers)) == Found(
        interpreters=(
            interpreter(f"{pyenv}/3.13.0/bin/python3", "3.13.0rc2", "pyenv"),
            interpreter(f"{pyenv}/3.12.1/bin/python3", "3.12.1", "pyenv"),
            interpreter("/usr/bin/python3.11", "3.11.2", "system"),
        ),
        refused=(
            Refusal(
                path=Path(f"{pyenv}/3.8.18/bin/python3"),
                why="Python 3.8.18 is too old: at least 3.10 is needed",
                version="3.8.18",
                origin="pyenv",
            ),
            Refusal(path=Path("/tools/bin/python3"), why="it does not answer as a Python does"),
        ),
        machine="x86_64",
    )


def test_what_need_not_be_started() -> None:
    system = host(
        "linux",
        "/home/ada/.pyenv/versions/3.8.18/bin/python3",
        links={"/usr/local/bin/python3.12": "/opt/gone/bin/python3.12"},
        PATH="/usr/local/bin",
    )

    class Dangling(type(system)):  # a recorded link is there; on a real host a dangling one is not
        def exists(self, path) -> bool:
            return "3.12" not in str(path) and super().exists(path)

    found = find(Dangling(system._record), inspect=judge({}))
    assert found.refused == (
        Refusal(
            path=Path("/home/ada/.pyenv/versions/3.8.18/bin/python3"),
            why="Python 3.8.18 is too old: at least 3.10 is needed",
            version="3.8.18",
            origin="pyenv",
        ),
        Refusal(
            path=Path("/usr/local/bin/python3.12"),
            why="a link to /opt/gone/bin/python3.12, which is not there",
            origin="system",
        ),
    )


def test_an_empty_machine() -> None:
    found = find(host("linux"), inspect=judge({}))
    assert (found.interpreters, found.refused, found.minors) == ((), (), ())


def test_minors() -> None:
    found = Found(
        interpreters=tuple(interpreter(f"/{one}", one) for one in ("3.13.1", "3.13.0", "3.12.9")), refused=()
    )
    assert found.minors == ("3.13", "3.12")


def test_versions_in_order() -> None:
    order = ["garbage", "3.9.18", "3.10.0", "3.13.0a1", "3.13.0rc1", "3.13.0", "3.13.1"]
    assert sorted(set(order), key=version_key) == order


def test_this_machine(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    system = HostSystem()
    first, again = find(system, tmp_path / "cache"), find(system, tmp_path / "cache")
    base = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    assert first == again
    assert base in {os.path.realpath(one.path) for one in first.interpreters}
    for one in first.interpreters:
        assert one.path.is_absolute()
        assert not is_shim(one.path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="programs are shell scripts here")
def test_a_world_of_broken_programs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each is told of with its reason, the good one is found, and nothing reaches the terminal."""
    base = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    texts = {
        "pyenv-shim": '#!/bin/sh\necho "pyenv: python3: command not found" >&2; exit 127\n',
        "crashes": "#!/bin/sh\nkill -SEGV $$\n",
        "floods": "#!/bin/sh\nexec /usr/bin/yes\n",
        "unterminated": "#!/nowhere/python\n",
        "chatty": f'#!/bin/sh\necho Welcome; exec {base} "$@"\n',
        "closed": None,
        "dangling": None,
    }
    for name, text in texts.items():
        (tmp_path / name).mkdir()
        program = tmp_path / name / "python3"
        if text:
            program.write_text(text)
            program.chmod(0o755)
    (tmp_path / "closed" / "python3").write_text("no right to run it")
    (tmp_path / "dangling" / "python3").symlink_to(tmp_path / "gone")
    system = HostSystem()
    system.environment = {**system.environment, "PATH": ":".join(str(tmp_path / name) for name in texts)}
    found = find(system, tmp_path / "cache")
    told = {one.path.parent.name: one.why for one in found.refused if one.path.is_relative_to(tmp_path)}
    assert told == {
        "pyenv-shim": "it does not run: pyenv: python3: command not found (status 127)",
        "crashes": "it does not answer as a Python does",
        "floods": "it does not run: produced more than 1048576 characters of output (status -1)",
        "unterminated": "it does not run: No such file or directory (status 2)",
        "closed": "it does not run: Permission denied (status 13)",
        "dangling": f"a link to {tmp_path}/gone, which is not there",
    }
    assert base in {os.path.realpath(one.path) for one in found.interpreters}
    assert not [one for one in found.interpreters if one.path.is_relative_to(tmp_path)]
    assert capfd.readouterr() == ("", "")


def test_a_second_scan_starts_nothing(tmp_path: Path) -> None:
    """It does not even load what could."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom scaffold.interpreters.find import find\n"
        "from scaffold.system import HostSystem\nfound = find(HostSystem(), Path(sys.argv[1]))\n"
        "print(len(found.interpreters), 'python_discovery' in sys.modules, 'subprocess' in sys.modules)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "cache")]
    first, again = (subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(2))
    count = first.stdout.split()[0]
    assert (first.stdout, again.stdout) == (f"{count} True True\n", f"{count} False False\n")


@pytest.mark.skipif(not Path("~/.pyenv/versions").expanduser().is_dir(), reason="needs pyenv")
def test_every_version_of_pyenvs_is_seen(tmp_path: Path) -> None:
    versions = Path("~/.pyenv/versions").expanduser()
    installed = {one.name for one in versions.iterdir() if one.name[0].isdigit() and not one.is_symlink()}
    found = find(HostSystem(), tmp_path / "cache")
    places = [*(one.path for one in found.interpreters), *(one.path for one in found.refused)]
    assert installed <= {one.relative_to(versions).parts[0] for one in places if one.is_relative_to(versions)}
