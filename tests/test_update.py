"""`scaffold update` as a user types it, in projects made of an installed distribution's template."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import pytest

from scaffold.environments.locking.read import MARK
from scaffold.environments.remaking import CREATE, SYNC, remake_command
from scaffold.errors import UpdateRefused
from scaffold.projects.model import ProjectName, Record
from scaffold.projects.origins.parse import parse_location
from scaffold.projects.snapshot import Entry
from scaffold.system import HostSystem
from scaffold.threeway.leftovers import first_marker, leftovers
from scaffold.threeway.memory import refuse_older
from scaffold.threeway.model import FileChange
from scaffold.threeway.repository import status
from scaffold.update.plan import _follow
from tests.conftest import one_thread
from tests.projects.conftest import FILES, lay

GIT = shutil.which("git")

VERSION_1 = {
    **FILES,
    "tiny/common/src/your_project/model.py": "".join(f"step_{n} = {n}\n" for n in range(20)),
    "tiny/common/src/your_project/old.py": "OLD = True\n",
    "tiny/common/configs/default.toml": "rate = 0.1\n\nepochs = 3\n",
}

#: What version 2 makes of it: None: it is gone.
CHANGES = {
    "tiny/template.toml": VERSION_1["tiny/template.toml"].replace("1.2.3", "2.0.0").replace("alpha>=1", "alpha>=2"),
    "tiny/common/src/your_project/model.py": VERSION_1["tiny/common/src/your_project/model.py"].replace(
        "step_15 = 15", "step_15 = 1500"
    ),
    "tiny/common/src/your_project/old.py": None,
    "tiny/common/src/your_project/added.py": "ADDED = True\n",
    "tiny/common/configs/default.toml": "rate = 0.2\n\nepochs = 3\n",
    "parts/metrics/src/your_project/metrics.py": "def accuracy():\n    return 1\n",
}  # fmt: skip


@dataclass
class Acme:
    """A distribution that brings templates, as pip leaves it, and a project of one of them."""

    site: Path
    root: Path

    def install(self, files: dict[str, str | None]) -> None:
        for path, text in files.items():
            if text is None:
                (self.site / "acme_templates" / path).unlink()
            else:
                lay(self.site / "acme_templates", {path: text})

    def scaffold(
        self, *arguments: str, cwd: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        start = "import site, sys; site.addsitedir(sys.argv.pop(1)); from scaffold.cli import main; main()"
        return subprocess.run(
            [sys.executable, "-c", start, str(self.site), *arguments],
            cwd=cwd or self.root, env={**one_thread(), **more}, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip

    def update(self, *arguments: str, **more: str) -> dict:
        done = self.scaffold("update", "--json", *arguments, **more)
        assert "Traceback" not in done.stderr, done.stderr
        return {"status": done.returncode, **json.loads(done.stdout)}

    def write(self, path: str, text: str) -> None:
        lay(self.root, {path: text})

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True)


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


def classes(answer: dict) -> dict[str, str]:
    return {one["path"]: one["class"] for one in answer["files"] if one["class"] != "unchanged"}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Acme:
    """Version 1, installed, and a project of it: made once, for it takes a look at the machine."""
    base = tmp_path_factory.mktemp("acme")
    site, root = base / "site", base / "my-tiny-project"
    acme = Acme(site, root)
    lay(site, {
        "acme_templates/__init__.py": "raise SystemExit('imported')\n",
        "acme-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n",
        "acme-1.0.dist-info/entry_points.txt": "[scaffold.templates]\nacme = acme_templates\n",
    })  # fmt: skip
    acme.install(VERSION_1)
    made = acme.scaffold(
        "new", "my-tiny-project", "-t", "acme:tiny", "-f", "pytorch", "--no-env", "-q", cwd=base
    )
    assert made.returncode == 0, made.stderr
    return acme


@pytest.fixture
def acme(first: Acme, tmp_path: Path) -> Acme:
    shutil.copytree(first.site, tmp_path / "site")
    shutil.copytree(first.root, tmp_path / "my-tiny-project")
    return Acme(tmp_path / "site", tmp_path / "my-tiny-project")


MODEL = "src/my_tiny_project/model.py"


def test_two_projects_of_the_same_answers_are_byte_for_byte_the_same(first: Acme, tmp_path: Path) -> None:
    made = first.scaffold(
        "new", "my-tiny-project", "-t", "acme:tiny", "-f", "pytorch", "--no-env", "-q", cwd=tmp_path
    )
    assert made.returncode == 0, made.stderr
    one, other = tree(first.root), tree(tmp_path / "my-tiny-project")
    assert one.pop(".scaffold/builds.json", None) is not None  # this machine's; git ignores it
    other.pop(".scaffold/builds.json")
    assert one == other


def test_a_template_that_did_not_change_changes_nothing(acme: Acme) -> None:
    before = tree(acme.root)
    done = acme.scaffold("update")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("Nothing to do: ")
    assert tree(acme.root) == before


def test_every_class_and_nothing_of_the_users_lost(acme: Acme) -> None:
    acme.install(CHANGES)
    acme.write(MODEL, "# mine\n" + acme.read(MODEL))
    acme.write("src/my_tiny_project/data.py", "MINE = 1\n")
    acme.write("notes.md", "mine\n")
    answer = acme.update()
    assert answer["status"] == 0
    assert classes(answer) == {
        MODEL: "merged",
        "src/my_tiny_project/data.py": "kept",
        "src/my_tiny_project/old.py": "removed",
        "src/my_tiny_project/added.py": "added",
        "src/my_tiny_project/metrics.py": "taken",
        "configs/default.toml": "taken",
        "pyproject.toml": "taken",
        "requirements.txt": "taken",
    }
    text = acme.read(MODEL)
    assert (text.startswith("# mine\nstep_0 = 0\n"), "step_15 = 1500\n" in text) == (True, True)
    assert acme.read("notes.md") == "mine\n"
    assert json.loads(acme.read(".scaffold/project.json"))["template_version"] == "2.0.0"
    assert acme.update()["current"] is True


def test_a_conflict_is_marked_listed_and_exits_1_and_waits_to_be_resolved(acme: Acme) -> None:
    acme.install(CHANGES)
    acme.write(MODEL, acme.read(MODEL).replace("step_15 = 15\n", "step_15 = 16\n"))
    foreseen = acme.update("--dry-run")
    answer = acme.update()
    assert (foreseen["status"], foreseen["conflicts"], foreseen["done"]) == (1, [MODEL], False)
    assert (answer["status"], answer["conflicts"], answer["done"]) == (1, [MODEL], True)
    marked = (
        "step_14 = 14\n<<<<<<< yours\nstep_15 = 16\n||||||| template 1.2.3\nstep_15 = 15\n=======\n"
        "step_15 = 1500\n>>>>>>> template 2.0.0\nstep_16 = 16\n"
    )
    assert marked in acme.read(MODEL)
    started = acme.scaffold("run", "--json")
    assert (
        started.stderr
        == f"warning: {MODEL}:16 holds a conflict of the last update: choose what shall stay there\n"
    )
    again = acme.update()
    assert (again["status"], again["error"]["code"]) == (1, "update-conflicts-left")
    assert again["error"]["detail"] == [f"{MODEL}: 1 marked"]
    acme.write(MODEL, "resolved = 1\n")
    assert first_marker(acme.root) is None
    assert acme.update()["status"] == 0
    assert acme.read(MODEL) == "resolved = 1\n"


def test_rejected_hunks_lie_beside_the_file(acme: Acme) -> None:
    acme.install(CHANGES)
    acme.write(MODEL, acme.read(MODEL).replace("step_15 = 15\n", "step_15 = 16\n"))
    mine = acme.read(MODEL)
    answer = acme.update("--rej")
    assert (answer["status"], answer["conflicts"]) == (1, [MODEL])
    assert acme.read(MODEL) == mine
    assert "-step_15 = 16\n+step_15 = 1500\n" in acme.read(f"{MODEL}.rej")
    assert acme.update()["error"]["code"] == "update-conflicts-left"
    (acme.root / f"{MODEL}.rej").unlink()
    assert acme.update()["current"] is True


def test_pyproject_never_holds_markers(acme: Acme) -> None:
    acme.install(CHANGES)
    acme.write("pyproject.toml", acme.read("pyproject.toml").replace("alpha>=1", "alpha>=1.5"))
    answer = acme.update()
    assert (answer["status"], answer["conflicts"]) == (1, ["pyproject.toml"])
    assert "<<<<<<<" not in acme.read("pyproject.toml")
    assert "alpha>=2" in acme.read("pyproject.toml.rej")


def test_a_dry_run_shows_the_plan_and_diffs_and_writes_nothing(acme: Acme) -> None:
    hidden = "os.system('rm')\x1b[2K\x1b[1A harmless\r\n"  # a terminal would show "harmless" alone
    acme.install({**CHANGES, "tiny/common/src/your_project/added.py": f"ADDED = True\n{hidden}"})
    before = tree(acme.root)
    done = acme.scaffold("update", "--dry-run", "--diff")
    assert done.returncode == 0
    assert "+ADDED = True\n+os.system('rm')\\x1b[2K\\x1b[1A harmless\\r\n" in done.stdout
    assert "-step_15 = 15\n+step_15 = 1500\n" in done.stdout
    assert f"taken          {MODEL}\n" in done.stdout
    assert done.stdout.splitlines()[-1] == "Planned: 5 taken, 1 added, 1 removed"
    assert tree(acme.root) == before


def test_what_was_updated_can_be_taken_back(acme: Acme) -> None:
    before = tree(acme.root)
    acme.install(CHANGES)
    assert acme.scaffold("update", "-q").returncode == 0
    done = acme.scaffold("update", "--undo")
    assert done.returncode == 0, done.stderr
    after = tree(acme.root)
    assert {path: text for path, text in after.items() if not path.startswith(".scaffold/updated/")} == {
        **before, ".scaffold/environment.lock": after.get(".scaffold/environment.lock"),
    } or {path for path in set(after) - set(before) if not path.startswith(".scaffold/")} == set()  # fmt: skip


def test_what_cannot_be_taken_back_is_told_and_no_way_back_is_named(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scaffold import update
    from scaffold.cli.update_view import NOT_KEPT, notices, report_lines
    from scaffold.threeway import journal

    def held(source: Path, target: Path) -> None:
        if target == acme.root / journal.LAST:
            raise PermissionError(13, "a program holds it")
        source.rename(target)

    monkeypatch.syspath_prepend(str(acme.site))
    monkeypatch.setattr(journal, "move", held)
    acme.install(CHANGES)
    plan = update.plan_update(HostSystem(), update.UpdateRequest(start=acme.root))
    report = update.carry_out(HostSystem(), plan)
    assert notices(report) == (NOT_KEPT,)
    (told,) = (one for one in report_lines(plan, report) if "--undo" in one)
    assert told.endswith(NOT_KEPT)


def test_deleted_files_stay_deleted_and_renamed_ones_are_found(acme: Acme) -> None:
    acme.install(CHANGES)
    (acme.root / MODEL).rename(acme.root / "src/my_tiny_project/network.py")
    (acme.root / "src/my_tiny_project/metrics.py").unlink()
    answer = acme.update()
    assert classes(answer)["src/my_tiny_project/network.py"] == "taken"
    assert "step_15 = 1500" in acme.read("src/my_tiny_project/network.py")
    assert not (acme.root / MODEL).exists()
    assert not (acme.root / "src/my_tiny_project/metrics.py").exists()


@pytest.mark.skipif(GIT is None, reason="needs git")
def test_what_git_could_not_bring_back_is_not_touched_unless_told(acme: Acme) -> None:
    acme.install(CHANGES)
    acme.git("init", "-q")
    untracked = acme.update()
    assert (untracked["status"], untracked["error"]["code"]) == (1, "update-dirty")
    acme.git("add", "-A")
    acme.git("commit", "-qm", "first")
    acme.write("notes.md", "not in git, and nobody touches it\n")
    acme.write(MODEL, "# mine\n" + acme.read(MODEL))
    before = tree(acme.root)
    dirty = acme.update()
    assert (dirty["error"]["code"], dirty["error"]["detail"]) == ("update-dirty", [f"changed: {MODEL}"])
    assert tree(acme.root) == before
    assert acme.update("--dry-run")["uncommitted"] == [f"changed: {MODEL}"]
    assert acme.update("--allow-dirty")["status"] == 0


@pytest.mark.skipif(GIT is None, reason="needs git")
def test_what_git_ignores_is_not_touched_unless_told(acme: Acme) -> None:
    acme.install(CHANGES)
    acme.write(".gitignore", "configs/\n.scaffold/\n")
    acme.write("configs/mine.toml", "nobody touches it\n")
    acme.git("init", "-q")
    acme.git("add", "-A")
    acme.git("commit", "-qm", "first")
    dirty = acme.update()
    assert (dirty["error"]["code"], dirty["error"]["detail"]) == (
        "update-dirty", ["ignored by git: configs/default.toml"],
    )  # fmt: skip
    assert acme.update("--allow-dirty")["status"] == 0


@pytest.mark.skipif(GIT is None, reason="needs git")
def test_a_repository_that_git_distrusts_is_updated_with_a_word(acme: Acme, tmp_path: Path) -> None:
    acme.install(CHANGES)
    fake = tmp_path / "bin" / "git"
    lay(
        fake.parent,
        {
            "git": "#!/bin/sh\necho \"fatal: detected dubious ownership in repository at '/p'\" >&2\nexit 128\n"
        },
    )
    fake.chmod(0o755)
    answer = acme.update(PATH=f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    assert answer["status"] == 0
    assert answer["notices"] == [
        "git does not say what is committed: fatal: detected dubious ownership in repository at '/p'"
    ]


def test_without_git_in_a_git_tree_it_is_said_that_nobody_looked(acme: Acme, tmp_path: Path) -> None:
    acme.install(CHANGES)
    assert acme.update("-n", PATH=str(tmp_path))["notices"] == []
    (acme.root / ".git").mkdir()
    assert acme.update("-n", PATH=str(tmp_path))["notices"] == [
        "there is no git on PATH: whether everything is committed was not looked at"
    ]


@pytest.mark.skipif(GIT is None or os.name != "posix", reason="needs git, and a program")
def test_git_starts_nothing_that_a_tree_brings_as_its_monitor(acme: Acme, tmp_path: Path) -> None:
    acme.git("init", "-q")
    acme.git("add", "-A")
    acme.git("commit", "-qm", "first")
    lay(tmp_path, {"monitor": f"#!/bin/sh\ntouch {tmp_path}/started\n"})
    (tmp_path / "monitor").chmod(0o755)
    acme.git("config", "core.fsmonitor", str(tmp_path / "monitor"))
    acme.write(MODEL, "# mine\n")
    assert status(HostSystem(), acme.root).changed == (PurePosixPath(MODEL),)
    assert not (tmp_path / "started").exists()


def test_both_engines_write_the_same_bytes(acme: Acme, tmp_path: Path) -> None:
    acme.install(CHANGES)
    acme.write(MODEL, "# mine\n" + acme.read(MODEL).replace("step_15 = 15\n", "step_15 = 16\n"))
    shutil.copytree(acme.root, tmp_path / "other")
    other = Acme(acme.site, tmp_path / "other")
    assert acme.update("--engine", "git")["counts"] == other.update("--engine", "python")["counts"]
    assert acme.read(MODEL) == other.read(MODEL)


def test_a_project_without_its_pristine_rendering_is_updated_as_far_as_it_is_safe(acme: Acme) -> None:
    acme.install(CHANGES)
    (acme.root / ".scaffold/pristine.tar.gz").unlink()
    acme.write(MODEL, "# mine\n" + acme.read(MODEL))
    answer = acme.update()
    assert (answer["status"], answer["conflicts"]) == (1, [MODEL])
    assert classes(answer)["configs/default.toml"] == "taken"
    assert acme.read(MODEL).startswith("<<<<<<< yours\n# mine\n=======\n>>>>>>> template 2.0.0\nstep_0 = 0\n")
    assert "is not there, as in projects of an older scaffold" in answer["notices"][0]
    assert (acme.root / ".scaffold/pristine.tar.gz").is_file()


def test_a_damaged_pristine_rendering_is_said_and_replaced(acme: Acme) -> None:
    (acme.root / ".scaffold/pristine.tar.gz").write_bytes(b"<<<<<<< HEAD\n")
    answer = acme.update()
    assert (answer["status"], classes(answer)) == (0, {})
    made = "cannot be used: the same version of the template made it once more"
    assert answer["notices"][0] == f".scaffold/pristine.tar.gz {made}"
    assert acme.update()["notices"] == []


def test_answers_that_change_the_project(acme: Acme) -> None:
    answer = acme.update("--answers", "ide=both")
    assert answer["status"] == 0
    assert set(classes(answer).values()) == {"added"}
    assert (acme.root / ".vscode/launch.json").is_file()
    assert json.loads(acme.read(".scaffold/project.json"))["ide"] == "both"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--answers", "name=other"), "a project's name cannot be changed by an update"),
        (("--answers", "colour=red"), "there is no answer 'colour'"),
        (("--answers", "frameworks=jax"), "frameworks=jax is no answer: template tiny has pytorch and keras"),
        (("--answers", "ide"), "--answers ide names no value"),
        (("--to", "9.9"), "template tiny is installed in version 1.2.3, not in 9.9"),
        (("--undo", "--to", "9", "--answers", "foo=bar"), "--undo and --to and --answers do not go together"),
        (("--undo", "-n"), "--undo and --dry-run do not go together"),
    ],
)
def test_what_makes_no_sense_is_refused(acme: Acme, arguments: tuple[str, ...], words: str) -> None:
    answer = acme.update(*arguments)
    assert (answer["status"], answer["error"]["code"]) == (2, "option-refused")
    assert answer["error"]["message"].startswith(words)


def test_a_file_in_the_way_waits_and_comes_with_the_next_update(acme: Acme) -> None:
    acme.install({**CHANGES, "tiny/common/docs/guide.md": "guide\n"})
    acme.write("docs", "a file of mine\n")
    assert acme.update()["conflicts"] == ["docs/guide.md"]
    assert acme.read("docs") == "a file of mine\n"
    told = json.loads(acme.scaffold("doctor", "--json", "--only", "proj.update-conflicts").stdout)["findings"]
    assert [(one["level"], one["title"]) for one in told] == [
        ("warning", "1 file of the template could not come into the project")
    ]
    (acme.root / "docs").unlink()
    assert classes(acme.update()) == {"docs/guide.md": "added"}
    assert leftovers(acme.root).waiting == {}


def test_a_link_out_of_the_project_is_not_followed(acme: Acme, tmp_path: Path) -> None:
    acme.install(CHANGES)
    (tmp_path / "outside").mkdir()
    shutil.copy(acme.root / "configs/default.toml", tmp_path / "outside/default.toml")
    shutil.rmtree(acme.root / "configs")
    (acme.root / "configs").symlink_to(tmp_path / "outside")
    answer = acme.update()
    assert answer["conflicts"] == ["configs/default.toml"]
    assert (tmp_path / "outside/default.toml").read_text(encoding="utf-8") == "rate = 0.1\n\nepochs = 3\n"


def killed(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update to `CHANGES`, killed in the midst of what is moved."""
    from scaffold import update
    from scaffold.threeway import journal

    monkeypatch.syspath_prepend(str(acme.site))
    acme.install(CHANGES)
    plan = update.plan_update(HostSystem(), update.UpdateRequest(start=acme.root))
    child = os.fork()
    if child == 0:
        moved = []
        rename = Path.rename

        def dying(path: Path, target: Path) -> Path:
            moved.append(path)
            if len(moved) > 4:
                os._exit(9)
            return rename(path, target)

        Path.rename = dying  # type: ignore[method-assign]
        journal.apply(acme.root, plan.steps, {})
        os._exit(0)
    os.waitpid(child, 0)


TOLD = (
    "an update was interrupted in the midst of src/my_tiny_project/old.py, configs/default.toml, "
    "pyproject.toml and 6 more"
)


def test_an_interrupted_update_is_finished_by_the_next_one(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dry run says so and touches nothing."""
    killed(acme, monkeypatch)
    assert acme.update("--dry-run")["error"]["code"] == "update-interrupted"
    done = acme.scaffold("update")
    assert (done.returncode, done.stderr) == (
        0,
        f"{TOLD}\nan update that was interrupted is finished now\n",
    )
    assert done.stdout.splitlines()[-1].startswith("Nothing to do: ")
    assert acme.read("src/my_tiny_project/added.py") == "ADDED = True\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of its own")
def test_on_a_terminal_an_interrupted_update_is_finished_only_when_agreed(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(acme, monkeypatch)
    before = tree(acme.root)
    ended, screen = typed_update(acme, monkeypatch, "n\n")
    assert (ended, "Bring it to its end? [Y/n]: " in screen) == (130, True)
    assert TOLD in screen
    assert tree(acme.root) == before


def test_a_journal_that_came_with_a_clone_is_told_and_not_followed(acme: Acme, tmp_path: Path) -> None:
    content = b"evil\n"
    acme.write(".scaffold/update/new/0", content.decode())
    document = {
        "schema": "scaffold/update-journal/1", "about": {}, "made": [], "seal": "",
        "moves": [[0, "../.bash_aliases", "", f"file:{hashlib.sha256(content).hexdigest()}"]],
    }  # fmt: skip
    acme.write(".scaffold/update/journal.json", json.dumps(document))
    before = tree(acme.root)
    for words in (["-y"], ["--undo", "-y"]):
        assert acme.update(*words)["error"]["code"] == "update-journal-foreign"
    assert (tree(acme.root), (tmp_path / ".bash_aliases").exists()) == (before, False)


def test_two_at_once_are_refused(acme: Acme) -> None:
    from scaffold.update import alone

    acme.install(CHANGES)
    with alone(acme.root):
        answer = acme.update()
    assert answer["error"]["code"] == "environment-busy"
    assert answer["error"]["message"] == f"Another scaffold command is working on {acme.root}"


def test_the_second_of_two_plans_is_told_that_the_first_was_carried_out(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scaffold import update

    monkeypatch.syspath_prepend(str(acme.site))
    acme.install(CHANGES)
    first, second = (
        update.plan_update(HostSystem(), update.UpdateRequest(start=acme.root)) for _ in range(2)
    )
    update.carry_out(HostSystem(), first)
    after = tree(acme.root)
    with pytest.raises(UpdateRefused) as caught:
        update.carry_out(HostSystem(), second)
    assert (caught.value.code, tree(acme.root)) == ("update-meanwhile", after)


def test_an_older_template_does_not_take_back_what_a_newer_one_brought(acme: Acme) -> None:
    acme.install(CHANGES)
    assert acme.update()["status"] == 0
    acme.install({"tiny/template.toml": VERSION_1["tiny/template.toml"]})
    answer = acme.update()
    assert (answer["status"], answer["error"]["code"]) == (1, "update-older")
    assert answer["error"]["hint"] == (
        "install the newer one: pip install --upgrade acme; or ask for the older one: --to 1.2.3"
    )
    assert acme.update("--to", "1.2.3", "--dry-run")["version"] == {"from": "2.0.0", "to": "1.2.3"}


@pytest.mark.parametrize(
    ("wanted", "command"),
    [("1.0", "pip install acme==1.0"), ("9.9", "pip install --upgrade acme"),
     ("fa1afe1", "pip install --upgrade acme")],
)  # fmt: skip
def test_what_installs_another_version_can_bring_it(acme: Acme, wanted: str, command: str) -> None:
    hint = acme.update("--to", wanted)["error"]["hint"]
    assert hint == f"install the acme that has it, such as: {command}; then: scaffold update --to {wanted}"


def older(**changes: str) -> tuple[Record, Record]:
    name = ProjectName(distribution="p", package="p", title="P")
    record = Record(
        template="tiny", template_version="2.0.0", provider="acme", scaffold_version="0.2.0", name=name,
        frameworks=(),
    )  # fmt: skip
    return record, replace(record, **changes)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("gh:owner/name@v2.0.0", "name the revision that you want: --to TAG, or a branch or a commit"),
        ("pkg:acme_templates/tiny", "install the newer one: pip install --upgrade acme_templates"),
        ("PLACE/folder", "bring PLACE/folder to version 2.0.0 or newer: there is no other one in it"),
        ("PLACE/cloned", "name the revision that you want: --to TAG, or a branch or a commit"),
    ],
)
def test_each_kind_of_place_has_its_way_to_another_version(tmp_path: Path, text: str, hint: str) -> None:
    for folder in ("folder", "cloned/.git"):
        (tmp_path / folder).mkdir(parents=True)
    place = parse_location(text.replace("PLACE", str(tmp_path)), tmp_path, tmp_path / "home")
    with pytest.raises(UpdateRefused) as caught:
        refuse_older(*older(template_version="1.0.0"), place)
    assert caught.value.hint == hint.replace("PLACE", str(tmp_path))


def test_where_scaffold_is_older_it_is_scaffold_that_is_upgraded() -> None:
    with pytest.raises(UpdateRefused) as caught:
        refuse_older(*older(scaffold_version="0.1.0"), None)
    assert caught.value.hint == "install the newer one: pip install --upgrade scaffold-dl"


def test_a_template_that_is_not_installed_is_told_with_what_brings_it(acme: Acme) -> None:
    shutil.rmtree(acme.site)
    answer = acme.update()
    assert (answer["status"], answer["error"]["code"]) == (2, "template-unknown")
    assert answer["error"]["message"] == "acme, which brings this project's template, is not installed"
    assert answer["error"]["hint"] == "pip install acme; what is installed: scaffold templates"


def test_an_adopted_project_has_no_template(acme: Acme) -> None:
    record = json.loads(acme.read(".scaffold/project.json"))
    acme.write(".scaffold/project.json", json.dumps({**record, "kind": "none"}))
    assert acme.update()["error"]["code"] == "update-no-template"


@pytest.mark.parametrize(
    "name",
    [one.name for one in __import__("scaffold.projects.catalog", fromlist=["x"]).find_templates().templates],
)
def test_our_own_templates_update_to_themselves(name: str, tmp_path: Path) -> None:
    """Rendered, recorded and planned anew: no file changes."""
    from scaffold.drawing.blueprint import draw, first_record
    from scaffold.projects.catalog import find_template
    from scaffold.projects.names import project_name
    from scaffold.projects.write import write_project
    from scaffold.update import UpdateRequest, plan_update
    from tests.projects.conftest import keras_build, torch_build

    template = find_template(name)
    builds = tuple({"pytorch": torch_build(), "keras": keras_build()}[one] for one in template.frameworks)
    record = first_record(template, project_name(f"{name}-project", template=name), template.frameworks, builds, "3.12", "both")  # fmt: skip
    write_project(tmp_path / "p", draw(template, record).whole)
    plan = plan_update(HostSystem(), UpdateRequest(start=tmp_path / "p"))
    assert (plan.steps, {one.kind for one in plan.changes}) == ((), {"unchanged"})
    assert PurePosixPath("pyproject.toml") in {one.path for one in plan.changes}


def typed_update(acme: Acme, monkeypatch: pytest.MonkeyPatch, typing: str) -> tuple[int, str]:
    """Exit status and screen of ``scaffold update`` with a person at the terminal."""
    from tests.cli import typed

    start = "import site, sys; site.addsitedir(sys.argv.pop(1)); from scaffold.cli import main; main()"
    monkeypatch.setattr(
        typed, "command", lambda *words: [sys.executable, "-c", start, str(acme.site), *map(str, words)]
    )
    return typed.typed(acme.root, typing, "update", environment=one_thread())


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of its own")
@pytest.mark.parametrize(("typing", "status", "updated"), [("n\n", 130, False), ("y\n", 0, True)])
def test_on_a_terminal_it_asks_before_it_writes(
    acme: Acme, monkeypatch: pytest.MonkeyPatch, typing: str, status: int, *, updated: bool
) -> None:
    acme.install(CHANGES)
    before = tree(acme.root)
    ended, screen = typed_update(acme, monkeypatch, typing)
    assert (ended, "Go on? [Y/n]: " in screen) == (status, True)
    assert ("Nothing" in screen or "nothing was changed" in screen) is not updated
    assert (tree(acme.root) != before) is updated


def test_a_copier_template_is_updated_like_one_of_ours(first: Acme, tmp_path: Path) -> None:
    """No git on either side, which Copier's own update cannot do without."""
    lay(tmp_path / "theirs", {
        "copier.yml": "colour:\n  type: str\n  default: red\n",
        "main.py.jinja": 'COLOUR = "{{ colour }}"\na = 1\nb = 2\nc = 3\n',
        "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}",
    })  # fmt: skip
    made = first.scaffold("new", "app", "-t", "./theirs", "--no-env", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "  In PyCharm:      open the folder\n" in made.stdout  # it has nothing to run
    assert "scaffold run" not in made.stdout
    app = Acme(first.site, tmp_path / "app")
    app.write("main.py", app.read("main.py") + "mine = 1\n")
    lay(tmp_path / "theirs", {"main.py.jinja": 'COLOUR = "{{ colour }}"\na = 11\nb = 2\nc = 3\n'})
    assert classes(app.update("--answers", "colour=blue"))["main.py"] == "merged"
    assert app.read("main.py") == 'COLOUR = "blue"\na = 11\nb = 2\nc = 3\nmine = 1\n'
    assert app.update()["current"] is True


@pytest.mark.parametrize("locked", [False, True])
def test_new_requirements_have_the_cure_that_doctor_names(tmp_path: Path, locked: bool) -> None:
    lay(tmp_path, {".venv/pyvenv.cfg": "", **({"requirements/lock-cpu.txt": f"{MARK}\n"} if locked else {})})
    asked = FileChange(
        path=PurePosixPath("pyproject.toml"), kind="taken", before=Entry(b"1"), after=Entry(b"2")
    )
    *_, last = _follow(tmp_path, (asked,))
    assert ("scaffold", *last) == remake_command(tmp_path) == (SYNC if locked else CREATE)
