"""Doctor where the stack is broken: a poisoned PYTHONPATH, narrow terminals, no HOME, closed and full outputs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "scaffold", "doctor"]


def run(
    folder: Path, *arguments: str, command: list[str] | None = None, **variables: str | None
) -> subprocess.CompletedProcess[bytes]:
    surroundings = {**os.environ, "PYTHONPATH": str(REPOSITORY), **variables}
    return subprocess.run(
        [*(command or COMMAND), *arguments],
        cwd=folder,
        env={name: value for name, value in surroundings.items() if value is not None},
        capture_output=True,
        check=False,
        timeout=120,
    )


def answered(done: subprocess.CompletedProcess[bytes]) -> bool:
    """A whole answer, no traceback, no mistake of ours."""
    assert b"Traceback" not in done.stderr, done.stderr
    assert b"internal" not in done.stderr, done.stderr
    return json.loads(done.stdout)["schema"] == "scaffold/doctor/1"


@pytest.fixture
def poison(tmp_path: Path) -> Path:
    """Modules that break whoever imports them."""
    folder = tmp_path / "poison"
    folder.mkdir()
    for name in ("re", "json", "click", "rich", "packaging", "tomlkit", "hashlib", "random"):
        (folder / f"{name}.py").write_text(f"raise ImportError('poisoned {name}')\n")
    return folder


def test_modules_of_pythonpath_are_not_imported(tmp_path: Path, poison: Path) -> None:
    path = os.pathsep.join((str(poison), str(REPOSITORY)))
    entry = "from scaffold.__main__ import main; main()"
    command = [sys.executable, "-c", entry, "doctor"]  # as the script that installers write
    assert answered(run(tmp_path, "--json", command=command, PYTHONPATH=path))


def test_modules_of_the_folder_are_not_imported(tmp_path: Path, poison: Path) -> None:
    for name in ("re", "json"):  # Python imports them itself before it starts ours
        (poison / f"{name}.py").unlink()
    assert answered(run(poison, "--json"))


def test_a_broken_sitecustomize_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("raise RuntimeError('poisoned')\n")
    done = run(tmp_path, "--json", PYTHONPATH=os.pathsep.join((str(tmp_path), str(REPOSITORY))))
    assert json.loads(done.stdout)["schema"] == "scaffold/doctor/1"


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "gbk"},
        {"PYTHONIOENCODING": "ascii"},
    ],
    ids=["C", "POSIX", "gbk", "ascii"],
)
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--json",),
        ("--report",),
        ("--list",),
        ("explain", "doctor.check-failed"),
        ("--from-log", "训练.log"),
        ("--save", "事实.json"),
    ],
    ids=lambda one: " ".join(one[:1]) or "plain",
)
def test_every_terminal_gets_an_answer(
    tmp_path: Path, variables: dict[str, str], arguments: tuple[str, ...]
) -> None:
    folder = tmp_path / "项目 é"
    folder.mkdir()
    (folder / "训练.log").write_bytes("损失 nan\n".encode("gbk"))
    done = run(folder, *arguments, **variables)
    assert (done.returncode in (0, 2), done.stderr) == (True, b"")
    assert done.stdout


@pytest.mark.parametrize(
    "variables",
    [{"HOME": None}, {"HOME": "/nonexistent"}, {"HOME": ""}, {"PATH": ""}, {"TMPDIR": "/nonexistent"}],
    ids=str,
)
def test_surroundings_may_lack_anything(tmp_path: Path, variables: dict[str, str | None]) -> None:
    assert answered(run(tmp_path, "--json", **variables))


@pytest.mark.skipif(os.name == "nt", reason="file descriptors of a shell")
@pytest.mark.parametrize("ending", [">&-", ">&- 2>&-", "| head -n 1 >/dev/null"])
def test_nobody_need_read_it(tmp_path: Path, ending: str) -> None:
    done = run(tmp_path, command=["sh", "-c", f'"{sys.executable}" -m scaffold doctor {ending}'])
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux")
def test_an_output_that_is_full_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, command=["sh", "-c", f'"{sys.executable}" -m scaffold doctor >/dev/full'])
    assert (done.returncode, b"error[no-space]" in done.stderr) == (1, True)


def in_a_namespace(tmp_path: Path, mount: str, script: str) -> subprocess.CompletedProcess[bytes]:
    """A script on a disk of its own at ``disk``; skipped where nobody may mount one."""
    unshare = shutil.which("unshare")
    if (
        unshare is None
        or subprocess.run([unshare, "-rm", "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("no user namespaces here")
    disk = tmp_path / "disk"
    disk.mkdir()
    whole = f'mount -t tmpfs -o {mount} tmpfs "{disk}" && cd "{disk}" && export HOME="{disk}" && {script}'
    return run(tmp_path, command=[unshare, "-rm", "sh", "-c", whole])


def test_a_full_disk_ends_nothing(tmp_path: Path) -> None:
    fill = "head -c 70000 /dev/zero >fill 2>/dev/null; export TMPDIR=$HOME;"
    done = in_a_namespace(tmp_path, "size=64k", f'{fill} "{sys.executable}" -m scaffold doctor --json')
    assert answered(done)


def test_a_full_disk_is_told_by_save(tmp_path: Path) -> None:
    fill = "head -c 70000 /dev/zero >fill 2>/dev/null;"
    done = in_a_namespace(tmp_path, "size=64k", f'{fill} "{sys.executable}" -m scaffold doctor --save x.json')
    assert (done.returncode, b"error[no-space]" in done.stderr) == (1, True)


def test_a_home_that_is_read_only_ends_nothing(tmp_path: Path) -> None:
    done = in_a_namespace(tmp_path, "ro", f'"{sys.executable}" -m scaffold doctor --json')
    assert answered(done)


def test_pythonhome_is_survived_in_isolated_mode(tmp_path: Path) -> None:
    """The command itself cannot: Python ends before its first line. `docs/doctor.md` says what helps."""
    entry = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); from scaffold.__main__ import main; main()"
    done = run(
        tmp_path,
        "doctor",
        "--json",
        command=[sys.executable, "-I", "-c", entry],
        PYTHONHOME="/nonexistent",
        PYTHONPATH=None,
    )
    ids = {one["id"]: one["level"] for one in json.loads(done.stdout)["findings"]}
    assert (done.returncode, ids.get("env.pythonhome")) == (2, "error")
