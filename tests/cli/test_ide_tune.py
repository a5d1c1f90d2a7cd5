"""`scaffold ide tune` and `open` as a user types them, with a stand-in PyCharm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pycharm.projects_on_disk import make_project
from tests.pycharm.releases.standin import contents

REPOSITORY = Path(__file__).resolve().parents[2]
SETTINGS = ".config/JetBrains/PyCharm2026.2"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is PyCharm for Linux")


@pytest.fixture
def pycharm(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PyCharm in the user's home folder that has been started before; its folder."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "PYCHARM_VM_OPTIONS", "TERMINAL_EMULATOR"):
        monkeypatch.delenv(name, raising=False)
    folder = home / "pycharm-2026.2.3"
    for name, (content, mode) in contents().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        (folder / name).chmod(mode)
    (home / SETTINGS).mkdir(parents=True)
    return folder


@pytest.fixture
def project(home: Path) -> Path:
    """A project with a folder of 300 MB that takes no room, in a path that tries quoting."""
    root = make_project(home / "a b & 项目" / "cnn-project")
    (root / "wandb").mkdir()
    with (root / "wandb" / "run.bin").open("wb") as stream:
        stream.truncate(300_000_000)
    return root


def ide(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scaffold", "ide", *map(str, words)],
        capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def state(*places: Path) -> dict[str, tuple[bytes, int]]:
    """Each file's bytes and the time when it was written."""
    files = (path for place in places for path in sorted(place.rglob("*")) if path.is_file())
    return {str(path): (path.read_bytes()[:5000], path.stat().st_mtime_ns) for path in files}


def test_set_and_excluded_once_and_taken_back(pycharm: Path, project: Path, home: Path) -> None:
    options, module = home / SETTINGS / "pycharm64.vmoptions", project / ".idea" / "cnn-project.iml"
    options.write_bytes(b"# mine\r\n-Xmx700m\r\n-Dx=1")
    before = (options.read_bytes(), module.read_bytes())
    dry = ide("tune", project, "--heap", "600m", "--dry-run")
    assert "would be 600 MB, 700 MB before" in dry.stdout
    assert "wandb would be excluded: 1 file, 300 MB" in dry.stdout
    assert (options.read_bytes(), module.read_bytes()) == before

    done = ide("tune", project, "--heap", "600m")
    assert done.returncode == 0, done.stderr
    assert options.read_bytes() == b"# mine\r\n-Xmx600m\r\n-Dx=1"
    line = '      <excludeFolder url="file://$MODULE_DIR$/wandb" />'
    added = [one for one in module.read_text().splitlines() if one not in before[1].decode().splitlines()]
    assert added == [line]

    was = state(home / SETTINGS, project / ".idea")
    again = json.loads(ide("tune", project, "--heap", "600m", "--json").stdout)
    assert (again["changed"], again["heap"]["action"], again["excluded"]) == (False, "keep", [])
    assert state(home / SETTINGS, project / ".idea") == was

    assert ide("tune", project, "--undo", "--dry-run").returncode == 0
    assert state(home / SETTINGS, project / ".idea") == was
    assert ide("tune", project, "--undo").returncode == 0
    assert (options.read_bytes(), module.read_bytes()) == before
    assert "error[option-refused]" in ide("tune", project, "--undo").stderr


def test_two_changes_go_back_to_what_was_before_the_first(pycharm: Path, home: Path) -> None:
    options = home / SETTINGS / "pycharm64.vmoptions"
    assert ide("tune", home, "--heap", "600m").returncode == 0
    assert ide("tune", home, "--heap", "800m").returncode == 0
    assert options.read_bytes() == b"-Xmx800m\n"
    assert ide("tune", home, "--undo").returncode == 0
    assert not options.exists()


def test_what_the_user_added_since_stays(pycharm: Path, home: Path) -> None:
    options = home / SETTINGS / "pycharm64.vmoptions"
    options.write_bytes(b"-Xmx700m\n")
    assert ide("tune", home, "--heap", "600m").returncode == 0
    options.write_bytes(b"-Xmx600m\n-Dmine=1\n")
    assert "gets its heap back; the rest stays" in ide("tune", home, "--undo").stdout
    assert options.read_bytes() == b"-Xmx700m\n-Dmine=1\n"


def test_what_the_user_added_between_two_changes_stays(pycharm: Path, home: Path) -> None:
    options = home / SETTINGS / "pycharm64.vmoptions"
    options.write_bytes(b"-Xmx700m\n")
    assert ide("tune", home, "--heap", "800m").returncode == 0
    options.write_bytes(options.read_bytes() + b"# mine\n-Dy=2\n")
    assert ide("tune", home, "--heap", "900").returncode == 0
    assert options.read_bytes() == b"-Xmx900m\n# mine\n-Dy=2\n"
    assert ide("tune", home, "--undo").returncode == 0
    assert options.read_bytes() == b"-Xmx700m\n# mine\n-Dy=2\n"


def test_a_line_of_ours_that_the_user_wrote_otherwise_goes(pycharm: Path, home: Path) -> None:
    options = home / SETTINGS / "pycharm64.vmoptions"
    assert ide("tune", home, "--heap", "1g").returncode == 0
    options.write_bytes(b"-Dmine=1\n-Xmx1g")
    assert "gets its heap back; the rest stays" in ide("tune", home, "--undo").stdout
    assert options.read_bytes() == b"-Dmine=1\n"


def test_an_open_ide_is_told_where_modules_change(
    pycharm: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is called as PyCharm's launcher is."""
    (pycharm / "bin/pycharm").unlink()
    shutil.copy(shutil.which("sleep") or "/bin/sleep", pycharm / "bin/pycharm")
    with subprocess.Popen([str(pycharm / "bin/pycharm"), "60"]) as process:
        try:
            said = ide("tune", project).stdout
            again = ide("tune", project).stdout
        finally:
            process.kill()
    assert "Close the project there, or it writes over this." in said
    assert "Close the project there" not in again  # nothing more is changed


def test_another_heap_since_then_stays(pycharm: Path, home: Path) -> None:
    options = home / SETTINGS / "pycharm64.vmoptions"
    assert ide("tune", home, "--heap", "600m").returncode == 0
    options.write_bytes(b"-Xmx900m\n")
    assert "has another heap since: it stays" in ide("tune", home, "--undo").stdout
    assert options.read_bytes() == b"-Xmx900m\n"


def test_one_that_is_open_must_be_started_again(
    pycharm: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERMINAL_EMULATOR", "JetBrains-JediTerm")
    assert (
        "Next           restart PyCharm: this terminal is an IDE's own"
        in ide("tune", home, "--heap", "600m").stdout
    )
    assert (home / SETTINGS / "pycharm64.vmoptions").read_bytes() == b"-Xmx600m\n"


def test_more_than_would_be_set_stays(pycharm: Path, home: Path) -> None:
    (home / SETTINGS / "pycharm64.vmoptions").write_bytes(b"-Xmx9g\n")
    assert "9216 MB stay (it has more than" in ide("tune", home).stdout
    assert (home / SETTINGS / "pycharm64.vmoptions").read_bytes() == b"-Xmx9g\n"


def test_a_pycharm_that_never_ran_has_no_settings_made_for_it(pycharm: Path, home: Path) -> None:
    (home / SETTINGS).rmdir()
    assert "has never been started" in ide("tune", home).stdout
    assert "error[option-refused]" in ide("tune", home, "--heap", "600m").stderr
    assert not (home / SETTINGS).exists()


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_settings_that_is_read_only(pycharm: Path, home: Path) -> None:
    (home / SETTINGS).chmod(0o500)
    failed = ide("tune", home, "--heap", "600m")
    (home / SETTINGS).chmod(0o700)
    assert "error[no-permission]" in failed.stderr
    assert list((home / SETTINGS).iterdir()) == []


def test_a_broken_module_is_left_alone(pycharm: Path, project: Path) -> None:
    module = project / ".idea" / "cnn-project.iml"
    module.write_bytes(b"<module")
    done = ide("tune", project)
    assert "Traceback" not in done.stderr
    assert module.read_bytes() == b"<module"


def test_without_pycharm_the_project_is_looked_at_all_the_same(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.setenv("PATH", "/nowhere")
    done = ide("tune", project)
    assert "no PyCharm was found here" in done.stdout
    assert "wandb excluded" in done.stdout
    assert "error[ide-missing]" in ide("tune", project, "--heap", "600m").stderr


def test_opened_with_the_path_as_it_is(
    pycharm: Path, project: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    done = json.loads(ide("open", project / "src", "--json").stdout)
    deadline = time.monotonic() + 30
    while not (home / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert done["argv"] == [str(pycharm / "bin/pycharm"), done["root"]]
    assert (home / "started").read_text() == f"{done['root']}\n"


def test_a_project_of_ours_is_made_ready_before(
    pycharm: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    made = subprocess.run(
        [sys.executable, "-m", "scaffold", "new", "cnn-project", "--yes", "--no-env", "--quiet"],
        cwd=home, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    root = home / "cnn-project"
    done = json.loads(ide("open", root, "--json").stdout)
    assert [one.partition(";")[0] for one in done["problems"]] == [
        "there is no environment that works in this project"
    ]
    assert ".idea/modules.xml" in done["ready"]["written"]
    trusted = (home / SETTINGS / "options" / "trusted-paths.xml").read_text()
    assert 'cnn-project" value="true" />' in trusted


def test_a_dry_run_starts_nothing(
    pycharm: Path, project: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    was = state(project)
    shown = ide("open", project, "--dry-run")
    assert f"Would start    {pycharm}/bin/pycharm" in shown.stdout
    assert not (home / "started").exists()
    assert state(project) == was


def test_another_pycharm_by_name(pycharm: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    for named in (pycharm, pycharm / "bin", home / SETTINGS):
        shown = json.loads(ide("open", home, "--dry-run", "--json", "--ide", named).stdout)
        assert shown["argv"][0] == str(pycharm / "bin/pycharm")
    assert "error[option-refused]" in ide("open", home, "--ide", home).stderr


def test_one_that_cannot_run_is_told(pycharm: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    (pycharm / "bin/pycharm").write_text("#!/bin/sh\nexit 3\n")
    assert "it ended at once, with status 3" in ide("open", home).stderr
    (pycharm / "bin/pycharm").unlink()
    failed = ide("open", home)
    assert "error[ide-not-started]" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_no_screen_no_pycharm_no_folder(pycharm: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "error[no-screen]" in ide("open", home).stderr
    monkeypatch.setenv("DISPLAY", ":0")
    assert "error[option-refused]" in ide("open", home / "nowhere").stderr
    (pycharm / "product-info.json").unlink()
    missing = ide("open", home)
    assert "error[ide-missing]" in missing.stderr
    assert "scaffold ide install" in missing.stderr


def test_a_python_folder_without_pycharms_files(pycharm: Path, home: Path) -> None:
    """What is large is said, and how its exclusion comes about."""
    root = home / "plain"
    (root / "wandb").mkdir(parents=True)
    (root / "requirements.txt").touch()
    with (root / "wandb" / "run.bin").open("wb") as stream:
        stream.truncate(300_000_000)
    said = ide("tune", root).stdout
    assert "wandb is large, not excluded yet: 1 file, 300 MB" in said
    assert f"  scaffold ide pycharm {root}\n" in said
    told = json.loads(ide("tune", root, "--json").stdout)
    assert [one["path"] for one in told["large"]] == ["wandb"]
    assert (told["root"], told["excluded"], told["files"]) == (str(root), [], [])
    (root / "requirements.txt").unlink()
    assert "there is no project here" in ide("tune", root, "--dry-run").stdout
