"""`scaffold env python` as a user types it, on a machine whose Pythons are staged."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from scaffold.interpreters.advice import known_versions
from scaffold.system import HostSystem

REPOSITORY = Path(__file__).resolve().parents[2]
BASE = Path(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))
MACHINE = platform.machine()

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or MACHINE != "x86_64", reason="the staged Pythons are programs of one platform"
)

#: A Python that says it is another version, by its own words and folder.
PROGRAM = """#!/bin/bash
exec -a "$0" {base} -c '
import collections, runpy, sys
Version = collections.namedtuple("Version", "major minor micro releaselevel serial")
sys.version_info = Version({version}, "final", 0)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")' "$@"
"""


def stage(folder: Path, version: str, name: str = "bin/python3") -> Path:
    """A program that answers as a Python of that version."""
    program = folder / name
    program.parent.mkdir(parents=True)
    program.write_text(PROGRAM.format(base=BASE, version=version.replace(".", ", ")))
    program.chmod(0o755)
    return program


@pytest.fixture
def machine(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with three Pythons of pyenv's; hand back its home folder. What runs this is there as well."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("PYENV_ROOT", "CONDA_EXE", "MAMBA_ROOT_PREFIX", "MISE_DATA_DIR", "ASDF_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    versions = home / ".pyenv" / "versions"
    for version in ("3.12.99", "3.14.99"):
        stage(versions / version, version)
    stage(versions / "3.8.18", "3.8.18").write_text("never started")
    monkeypatch.chdir(tmp_path)
    return home


def scaffold(*arguments: str, status: int = 0) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "env", "python", *arguments], capture_output=True, text=True,
        check=False, stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout, done.stderr


def without_this_machines(text: str, home: Path) -> list[str]:
    """The lines, less those about Pythons that really are here."""
    kept = [line.replace(str(home), "~") for line in text.splitlines()]
    return [" ".join(line.split()) for line in kept if "/bin/python" not in line or "~" in line]


@pytest.mark.usefixtures("frozen_tables")
def test_the_table(machine: Path) -> None:
    told, noise = scaffold()
    lines = without_this_machines(told, machine)
    missing = "no stable wheel of tensorflow for Python 3.14 on linux_x86_64 (there are some for"
    start = lines.index("Cannot be used:")
    assert [line for line in lines[:start] if not line.startswith("Keras: Python 3.10")][:4] == [
        "Python origin built for can hold path",
        "3.14.99 pyenv x86_64 PyTorch ~/.pyenv/versions/3.14.99/bin/python3",
        next(line for line in lines if line.startswith(f"Keras: {missing}")),
        "* 3.12.99 pyenv x86_64 PyTorch, Keras ~/.pyenv/versions/3.12.99/bin/python3",
    ]
    assert lines[start + 1] == (
        "3.8.18 pyenv Python 3.8.18 is too old: at least 3.10 is needed ~/.pyenv/versions/3.8.18/bin/python3"
    )
    taken = lines.index("Taken Python 3.12.99 (pyenv) ~/.pyenv/versions/3.12.99/bin/python3")
    assert lines[taken + 1] == "Python 3.12 is the one of those here that most packages are built for"
    assert (lines[taken + 2 :][:1], noise) == (
        [next(line for line in lines if line.startswith("Not here Python 3.1"))], ""
    )  # fmt: skip
    assert lines[taken + 2].endswith(" --install " + lines[taken + 2].split()[3])


def test_the_same_in_json(machine: Path) -> None:
    told, _ = scaffold("--json", "--framework", "keras")
    answer = json.loads(told)
    staged = {
        one["interpreter"]["version"]: [
            (held["framework"], bool(held["requirement"])) for held in one["holds"]
        ]
        for one in answer["interpreters"]
        if one["interpreter"]["path"].startswith(str(machine))
    }
    assert staged == {"3.14.99": [("keras", False)], "3.12.99": [("keras", True)]}
    assert (answer["schema"], answer["frameworks"], answer["asked"]) == ("scaffold/pythons/1", ["keras"], "")
    assert answer["taken"] == {
        "path": f"{machine}/.pyenv/versions/3.12.99/bin/python3", "version": "3.12.99",
        "implementation": "CPython", "machine": "x86_64", "bits": 64, "origin": "pyenv", "free_threaded": False,
    }  # fmt: skip
    assert {
        "path": f"{machine}/.pyenv/versions/3.8.18/bin/python3",
        "why": "Python 3.8.18 is too old: at least 3.10 is needed",
        "version": "3.8.18",
        "origin": "pyenv",
    } in answer["refused"]


def test_what_a_version_means(machine: Path) -> None:
    lines = without_this_machines(scaffold("3.14", "--framework", "pytorch")[0], machine)
    assert lines == [
        "Python origin built for can hold path",
        "* 3.14.99 pyenv x86_64 PyTorch ~/.pyenv/versions/3.14.99/bin/python3",
        "",
        "Taken Python 3.14.99 (pyenv) ~/.pyenv/versions/3.14.99/bin/python3",
        "it was asked for",
    ]
    assert scaffold("-q", "3.12.99")[0] == f"{machine}/.pyenv/versions/3.12.99/bin/python3\n"


def test_a_path_that_was_mended_is_asked_anew(machine: Path, tmp_path: Path) -> None:
    program = stage(tmp_path / "own", "3.12.98")
    good = program.read_text()
    program.write_text("#!/nowhere/python\n")
    assert f"{program} cannot be used: it does not run" in scaffold(str(program), status=1)[1]
    program.write_text(good)
    assert scaffold("-q", str(program))[0] == f"{program}\n"
    assert machine.is_dir()


def test_a_version_that_is_missing(machine: Path) -> None:
    told, error = scaffold("3.10.77", status=1)
    *lines, hint = without_this_machines(error, machine)
    newest = [one for one in known_versions(HostSystem()) if one.startswith("3.10.")][-1]
    assert hint.startswith("hint: give a version that is there: 3.12, 3.14, ")
    assert (told, lines) == (
        "",
        [
            "error[python-missing]: No Python 3.10.77 is known to exist",
            "found: Python 3.14.99 (pyenv) ~/.pyenv/versions/3.14.99/bin/python3",
            "found: Python 3.12.99 (pyenv) ~/.pyenv/versions/3.12.99/bin/python3",
            f"of 3.10 the newest is {newest}",
        ],
    )
    error = json.loads(scaffold("3.8", "--json", status=1)[0])["error"]
    assert error["code"] == "python-missing"
    assert any("3.8.18 is too old" in line for line in error["detail"])
    assert error["hint"].startswith("give a version that is there: 3.12, 3.14, ")


def test_versions_of_a_project(machine: Path, tmp_path: Path) -> None:
    from tests.environments.standins import make_project

    root = make_project(tmp_path / "project", "pytorch")
    os.chdir(root)
    assert json.loads(scaffold("--json")[0])["frameworks"] == ["pytorch"]
    assert machine.is_dir()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("",), "the version is empty"),
        (("--yes",), "--yes and --dry-run belong to --install"),
        (("--dry-run", "3.12"), "--yes and --dry-run belong to --install"),
        (("--install", "3.12", "3.12"), "--install takes one version, and nothing beside it"),
        (("--install", "3.12; rm -rf"), "--install 3.12; rm -rf: no version of Python"),
        (("--install", ""), "--install : no version of Python"),
        (("--json", "--quiet"), "--quiet and --json exclude each other"),
    ],
)
@pytest.mark.usefixtures("machine")
def test_what_cannot_be_meant(arguments: tuple[str, ...], message: str) -> None:
    told, error = scaffold(*arguments, status=2)
    assert message in told + error


@pytest.fixture
def mirror(machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror of python-build-standalone that holds one Python 3.13.98, and uv told of it."""
    del machine
    folder, tree = tmp_path / "mirror", tmp_path / "python"
    stage(tree, "3.13.98", "bin/python3.13")
    for name in ("python3", "python"):
        (tree / "bin" / name).symlink_to("python3.13")
    (tree / "lib" / "python3.13").mkdir(parents=True)
    header = "# system configuration generated and used by the sysconfig module\n"
    (tree / "lib" / "python3.13" / "_sysconfigdata__linux_x86_64-linux-gnu.py").write_text(
        f"{header}build_time_vars = {{}}\n"
    )
    build = "20261110/cpython-3.13.98+20261110-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz"
    archive = folder / build
    archive.parent.mkdir(parents=True)
    with tarfile.open(archive, "w:gz") as made:
        made.add(tree, "python")
    usual = "https://github.com/astral-sh/python-build-standalone/releases/download/"
    known = {
        "cpython-3.13.98-linux-x86_64-gnu": {
            "name": "cpython", "arch": {"family": "x86_64", "variant": None}, "os": "linux", "libc": "gnu",
            "major": 3, "minor": 13, "patch": 98, "prerelease": "", "variant": None, "build": "20261110",
            "url": usual + build.replace("+", "%2B"), "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        }
    }  # fmt: skip
    (tmp_path / "downloads.json").write_text(json.dumps(known))
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS_JSON_URL", str(tmp_path / "downloads.json"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", folder.as_uri())
    return folder


def test_another_python_is_installed_after_somebody_agreed(machine: Path, mirror: Path) -> None:
    ask = ("--install", "3.13.98")
    plan = ["To run uv python install 3.13.98", f"From {mirror.as_uri()} (UV_PYTHON_INSTALL_MIRROR)"]
    store = machine / ".local" / "share" / "uv" / "python"
    assert without_this_machines(scaffold(*ask, "--dry-run")[0], machine) == [
        line.replace(str(machine), "~") for line in plan
    ]
    told, error = scaffold(*ask, status=1)  # nobody to be asked
    assert error == (
        "error[consent-needed]: Python 3.13.98 would be downloaded, and nobody agreed to that\n"
        "hint: scaffold env python --install 3.13.98 --yes\n"
    )
    assert json.loads(scaffold(*ask, "--json", status=1)[0])["error"]["code"] == "consent-needed"
    assert not store.exists()

    told, error = scaffold(*ask, "--yes")
    line = told.splitlines()[-1]
    new = Path(line.removeprefix("Python 3.13.98 (uv) "))  # by a link that uv keeps for 3.13, or as it is
    assert new.samefile(store / "cpython-3.13.98-linux-x86_64-gnu" / "bin" / "python3"), line
    assert "getting Python 3.13.98" in error

    again = json.loads(scaffold(*ask, "--json")[0])
    assert (again["done"], again["plan"]["there"]["path"]) == (False, str(new))


def failed(*arguments: str) -> tuple[str, str, str]:
    """Code, message and hint of an installation that fails."""
    error = json.loads(scaffold("--json", "--yes", "--install", *arguments, status=1)[0])["error"]
    assert error["detail"], "uv's own words travel along"
    return error["code"], error["message"], error["hint"]


NEWER_UV = "a mirror that keeps only the newest builds needs a new uv: pip install --upgrade uv"
ANOTHER = "scaffold env mirrors use NAME, or UV_PYTHON_INSTALL_MIRROR=URL (a folder: file:///FOLDER)"


def test_a_mirror_that_has_newer_builds_only(mirror: Path) -> None:
    next(mirror.glob("*/*.tar.gz")).unlink()
    assert failed("3.13.98") == (
        "source-unreachable",
        f"{mirror.as_uri()} has no such build of Python 3.13.98",
        f"{NEWER_UV}\nor choose another place: {ANOTHER}",
    )


def test_a_damaged_download_is_not_installed(machine: Path, mirror: Path) -> None:
    archive = next(mirror.glob("*/*.tar.gz"))
    archive.write_bytes(archive.read_bytes() + b"more")
    code, _, _ = failed("3.13.98")
    assert code == "install-hash-mismatch"
    assert not (machine / ".local/share/uv/python/cpython-3.13.98-linux-x86_64-gnu").exists()


@pytest.mark.usefixtures("mirror")
def test_a_network_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", "http://ada:secret@127.0.0.1:9/mirror")
    told, _ = scaffold("--json", "--yes", "--install", "3.13.98", status=1)
    error = json.loads(told)["error"]
    assert (error["code"], error["message"], error["hint"]) == (
        "source-unreachable",
        "Python 3.13.98 cannot be downloaded: http://***@127.0.0.1:9/mirror does not answer",
        f"check the network and the proxy, or choose another place: {ANOTHER}",
    )
    assert "secret" not in told


@pytest.mark.usefixtures("mirror")
def test_what_uv_will_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert failed("3.13.97") == (
        "python-missing",
        "This uv knows of no Python 3.13.97 that could be downloaded",
        "a newer uv may: pip install --upgrade uv",
    )
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    assert failed("3.13.98") == (
        "python-missing",
        "uv is told not to download Pythons",
        'unset UV_PYTHON_DOWNLOADS, or set python-downloads to "manual" in uv.toml',
    )
    assert "too old" in scaffold("--install", "3.9", status=1)[1]
