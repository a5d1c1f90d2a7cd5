from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from scaffold.builds.model import PREFERENCE
from scaffold.errors import OptionRefused, PythonMissing
from scaffold.interpreters.advice import RECOMMENDED, install_command
from scaffold.interpreters.choose import choose, resolve, within
from scaffold.interpreters.find import Found
from scaffold.interpreters.model import Refusal
from scaffold.system import HostSystem

from .conftest import host, interpreter, judge

PYENV = interpreter("/home/ada/.pyenv/versions/3.12.1/bin/python3", "3.12.1", "pyenv")
NEWER = interpreter("/home/ada/miniconda3/bin/python3", "3.12.4", "conda")
SYSTEM = interpreter("/usr/bin/python3.11", "3.11.2", "system")
FOUND = Found(
    interpreters=(NEWER, PYENV, SYSTEM),
    refused=(
        Refusal(path=Path("/usr/bin/python3.8"), why="Python 3.8.18 is too old: at least 3.10 is needed"),
        Refusal(path=Path("/opt/bin/python3.14"), why="debug build: no published wheel fits it"),
    ),
    machine="x86_64",
)
INVENTORY = (
    "found: Python 3.12.4 (conda) /home/ada/miniconda3/bin/python3",
    "found: Python 3.12.1 (pyenv) /home/ada/.pyenv/versions/3.12.1/bin/python3",
    "found: Python 3.11.2 (system) /usr/bin/python3.11",
)
WITH_UV = host(programs={"uv": "/home/ada/.local/bin/uv"})
GIVE = "give a version that is there: 3.12, 3.11"


def refusal(system, spec: str, found: Found = FOUND, **more) -> tuple[str, tuple[str, ...], str]:
    with pytest.raises(PythonMissing) as caught:
        resolve(system, spec, found, **more)
    assert (caught.value.code, caught.value.exit_status) == ("python-missing", 1)
    return caught.value.message, caught.value.detail, caught.value.hint


def test_the_newest_micro_is_chosen() -> None:
    assert choose(FOUND, "3.12") == NEWER


def test_of_equal_versions_the_steadiest_origin_is_chosen() -> None:
    origins = ["conda", "PATH", "system", "somewhere", "uv", "pyenv"]
    found = Found(interpreters=tuple(interpreter(f"/{one}", "3.12.1", one) for one in origins), refused=())
    assert choose(found, "3.12").origin == "uv"


def test_a_release_is_better_than_its_pre_release() -> None:
    found = Found(
        interpreters=(interpreter("/a", "3.14.0rc3", "uv"), interpreter("/b", "3.14.0")), refused=()
    )
    assert choose(found, "3.14").version == "3.14.0"


def test_the_machines_own_architecture_comes_first() -> None:
    translated = interpreter("/usr/local/bin/python3.12", "3.12.9", machine="x86_64")
    native = interpreter("/opt/homebrew/bin/python3.12", "3.12.1", machine="arm64")
    found = Found(interpreters=(translated, native), refused=(), machine="arm64")
    assert choose(found, "3.12") == native
    assert choose(found, "3.12", machine="x86_64") == translated
    assert choose(Found(interpreters=(translated,), refused=(), machine="arm64"), "3.12") == translated


@pytest.mark.parametrize(
    ("spec", "chosen"),
    [
        ("3.12", NEWER), ("3", NEWER), (" 3.11 ", SYSTEM), ("3.12.1", PYENV), ("python3.11", SYSTEM),
        ("python@3.11", SYSTEM), ("cpython3.12", NEWER),
    ],
)  # fmt: skip
def test_a_version(spec: str, chosen) -> None:
    assert resolve(host(), spec, FOUND) == chosen


def test_a_version_that_is_not_there() -> None:
    assert refusal(WITH_UV, "3.13") == (
        "There is no usable Python 3.13 on this machine", INVENTORY, "uv python install 3.13"
    )  # fmt: skip
    assert refusal(host(), "3.1")[0] == "There is no usable Python 3.1 on this machine"  # not 3.11, 3.12


def test_a_version_that_was_refused_says_why() -> None:
    assert refusal(WITH_UV, "3.14") == (
        "There is no usable Python 3.14 on this machine",
        (*INVENTORY, "refused: /opt/bin/python3.14: debug build: no published wheel fits it"),
        "uv python install 3.14",
    )


def test_a_version_that_is_too_old_is_not_to_be_installed() -> None:
    assert refusal(host(), "3.8") == (
        "There is no usable Python 3.8 on this machine",
        (*INVENTORY, "refused: /usr/bin/python3.8: Python 3.8.18 is too old: at least 3.10 is needed"),
        GIVE,
    )


def test_a_machine_without_any_python() -> None:
    empty = Found(interpreters=(), refused=())
    assert refusal(host(programs={"winget": "C:/winget.exe"}), "3.12.4", empty) == (
        "There is no usable Python 3.12.4 on this machine",
        ("no usable Python was found",),
        "winget install Python.Python.3.12",
    )


@pytest.mark.parametrize(
    ("programs", "command"),
    [
        (("uv", "pyenv"), "uv python install 3.12"),
        (("pyenv",), "pyenv install 3.12"),
        (("brew",), "brew install python@3.12"),
        (("winget",), "winget install Python.Python.3.12"),
        (("pymanager", "winget"), "pymanager install 3.12"),
        ((), "scaffold env python --install 3.12"),
    ],
)
def test_how_a_missing_one_is_installed(programs, command: str) -> None:
    assert install_command(host(programs={name: f"/bin/{name}" for name in programs}), "3.12") == command


@pytest.mark.parametrize(
    ("configuration", "command"),
    [
        ('[mirrors]\npython = "https://mirror.example/pythons"\n', "scaffold env python --install 3.12"),
        ('[mirrors]\nindex = "https://mirror.example/simple"\n', "uv python install 3.12"),
        ("not toml [", "uv python install 3.12"),
    ],
)
def test_a_mirror_that_only_scaffold_knows_of(configuration: str, command: str) -> None:
    files = {"/home/ada/.config/scaffold/config.toml": configuration}
    assert install_command(host(files=files, programs={"uv": "/bin/uv"}), "3.12") == command


@pytest.mark.parametrize(
    ("version", "candidate", "command"),
    [
        ("3.12", "3.12.3-1ubuntu0.9", "sudo apt install python3.12"),
        ("3.12", "(none)", "scaffold env python --install 3.12"),
        ("3.12.4", "3.12.3-1ubuntu0.9", "scaffold env python --install 3.12.4"),  # apt has one only
    ],
)
def test_apt_is_named_where_it_has_the_version(version: str, candidate: str, command: str) -> None:
    policy = f"python3.12:\n  Installed: (none)\n  Candidate: {candidate}\n  Version table:\n"
    system = host(
        programs={"apt-cache": "/usr/bin/apt-cache"},
        commands={"apt-cache policy python3.12": {"status": 0, "stdout": policy}},
    )
    assert install_command(system, version) == command


def test_a_path_is_taken_at_its_word() -> None:
    system = host("linux", "/opt/py/bin/python3")
    own = resolve(system, "/opt/py/bin/python3", FOUND, inspect=judge({"/opt/py/bin/python3": "3.12.3"}))
    assert own == interpreter("/opt/py/bin/python3", "3.12.3", "--python")


def test_a_programs_name() -> None:
    system = host("linux", "/usr/bin/my-python", programs={"my-python": "/usr/bin/my-python"})
    own = resolve(system, "my-python", FOUND, inspect=judge({"/usr/bin/my-python": "3.12.3"}))
    assert own == interpreter("/usr/bin/my-python", "3.12.3", "--python")
    assert refusal(system, "other") == ("There is no program called 'other' on PATH", INVENTORY, GIVE)
    assert refusal(system, ">=3.11")[0] == "There is no program called '>=3.11' on PATH"
    assert refusal(system, "  ") == ("--python names no interpreter", (), GIVE)


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    system = HostSystem()
    (tmp_path / "broken").symlink_to("/nowhere/python")
    assert refusal(system, str(tmp_path / "broken")) == (
        f"{tmp_path}/broken is a link to /nowhere/python, which is not there", INVENTORY, GIVE
    )  # fmt: skip
    assert refusal(system, str(tmp_path / "gone")) == (f"{tmp_path}/gone does not exist", INVENTORY, GIVE)
    assert refusal(system, str(tmp_path)) == (f"{tmp_path} is a folder, not an interpreter", INVENTORY, GIVE)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    assert refusal(system, str(tmp_path))[2] == f"name the program in it: {tmp_path}/bin/python"


@pytest.mark.skipif(not Path("/bin/ls").exists(), reason="needs a program that is no Python")
def test_a_program_that_is_no_python() -> None:
    assert refusal(HostSystem(), "/bin/ls") == (
        "/bin/ls cannot be used: it does not answer as a Python does", INVENTORY, GIVE
    )  # fmt: skip


@pytest.mark.parametrize("version", ["2.7", "3.8"])
def test_a_python_that_is_too_old(version: str) -> None:
    installed = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python"))
    if not installed:
        pytest.skip(f"needs a Python {version}")
    micro = installed[0].parent.parent.name
    assert refusal(HostSystem(), str(installed[0]))[0] == (
        f"{installed[0]} cannot be used: Python {micro} is too old: at least 3.10 is needed"
    )


def test_a_relative_path_and_an_environments_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import venv

    venv.create(tmp_path / "env", symlinks=os.name != "nt", with_pip=False)
    monkeypatch.chdir(tmp_path)
    inside = "env/Scripts/python.exe" if os.name == "nt" else "env/bin/python"
    base = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    own = resolve(HostSystem(), inside, FOUND)
    assert (os.path.realpath(own.path), own.path.is_absolute(), tmp_path in own.path.parents) == (
        base,
        True,
        False,
    )
    known = interpreter(base, own.version, "system")
    assert resolve(HostSystem(), inside, Found(interpreters=(known,), refused=())) == known


def knowing(monkeypatch: pytest.MonkeyPatch, *versions: str) -> None:
    monkeypatch.setattr("scaffold.interpreters.choose.known_versions", lambda system: versions)


def test_a_version_that_nobody_released(monkeypatch: pytest.MonkeyPatch) -> None:
    knowing(monkeypatch, "3.9.25", "3.12.4", "3.12.13", "3.13.9")
    give = f"{GIVE}; where it is newer than this uv: pip install --upgrade uv"
    known = "known to uv: 3.9, 3.12, 3.13"
    assert refusal(WITH_UV, "3.99") == ("No Python 3.99 is known to exist", (*INVENTORY, known), give)
    assert refusal(WITH_UV, "3.12.99")[1] == (*INVENTORY, "of 3.12 the newest is 3.12.13")
    assert refusal(WITH_UV, "3.13.9")[2] == "uv python install 3.13.9"
    assert refusal(WITH_UV, "2.7")[0] == "There is no usable Python 2.7 on this machine"  # there was one


def test_the_recommended_version_is_the_one_that_builds_prefer() -> None:
    assert PREFERENCE[0] == RECOMMENDED
    newest_first = Found(interpreters=(interpreter("/p/3.13", "3.13.1"), NEWER), refused=())
    assert refusal(host(), "/nope", newest_first)[2] == "give a version that is there: 3.12, 3.13"


def test_what_a_project_does_not_allow_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    knowing(monkeypatch, "3.11.9", "3.13.2", "3.14.1", "3.15.0a2")
    assert within(host(), FOUND, None, "").interpreters == FOUND.interpreters
    assert within(host(), FOUND, None, "no specifier").interpreters == FOUND.interpreters
    assert within(host(), FOUND, None, "<3.12").interpreters == (SYSTEM,)
    with pytest.raises(OptionRefused) as refused:
        within(host(), FOUND, NEWER, "<3.12")
    assert (refused.value.message, refused.value.hint) == (
        "--python: Python 3.12.4 is outside of what the project allows: requires-python <3.12",
        "the project can have 3.11 of those here; or change requires-python in pyproject.toml",
    )
    with pytest.raises(PythonMissing) as missing:
        within(WITH_UV, FOUND, None, ">=3.14")
    assert (missing.value.message, missing.value.detail, missing.value.hint) == (
        "No Python on this machine is what the project allows: requires-python >=3.14",
        INVENTORY,
        "uv python install 3.14",
    )
