"""What the scripts are answered: every kind of name, quickly, and never an error; where --install puts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.completion.place import SHELLS, script
from tests.test_startup import HEAVY

pytestmark = pytest.mark.usefixtures("isolated")


def asked(
    shell: str, *words: str, cwd: Path, python: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    joined = " ".join(words) if shell in ("bash", "fish") else "\n".join(words)
    told = {
        "_SCAFFOLD_COMPLETE": f"{shell}_complete",
        "_SCAFFOLD_WORDS": joined,
        "_SCAFFOLD_BREAKS": " \t\n\"'><=;|&(:",
    }
    return subprocess.run(
        [sys.executable, *python, "-m", "scaffold"], cwd=cwd, env={**os.environ, **told},
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip


def values(*words: str, cwd: Path) -> list[str]:
    """The plain values that zsh is answered."""
    done = asked("zsh", "scaffold", *words, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return [row[1] for row in rows if row[0] == "plain"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("templates", "s"), ["show"]),
        (("templates", "show", "t"), ["tabular", "text"]),
        (("new", "x", "-t", "vis"), ["vision-finetune"]),
        (("new", "x", "--ide", ""), ["pycharm", "vscode", "both"]),
        (("new", "x", "--as", "c"), ["copier", "cookiecutter"]),
        (("new", "x", "--fra"), ["--framework"]),
        (("env", "create", "--index", "tu"), ["tuna"]),
        (("doctor", "explain", "env.mis"), ["env.missing"]),
        (("completion", "z"), ["zsh"]),
        (("completion", "zsh", "--"), ["--install", "--uninstall", "--dry-run", "--json", "--help"]),
        (("no-such-command", ""), []),
        (("run", ""), []),  # no project here
        (("env", "show", ""), []),
    ],
)  # fmt: skip
def test_what_can_stand_there(tmp_path, words, found) -> None:
    names = values(*words, cwd=tmp_path)
    assert [one for one in names if one in found] == found
    assert names == found or words[-1] == ""


def test_a_template_is_shown_with_its_title(tmp_path) -> None:
    done = asked("zsh", "scaffold", "templates", "show", "cn", cwd=tmp_path)
    assert done.stdout == "plain\tcnn\tImage classifier (CNN)\n"


def recorded(root: Path, **fields: object) -> None:
    """What a project remembers, as far as completion asks for it."""
    name = {"distribution": "x", "package": "x", "title": "X"}
    record = {
        "schema": "scaffold/project/1", "template": "cnn", "template_version": "0.9.0", "provider": "scaffold-dl",
        "scaffold_version": "0", "name": name, "frameworks": ["pytorch"], "files": {}, **fields,
    }  # fmt: skip
    (root / ".scaffold").mkdir()
    (root / ".scaffold" / "project.json").write_text(json.dumps(record), encoding="utf-8")


def test_an_update_of_ours_is_offered_the_installed_version_and_every_choice(tmp_path) -> None:
    from scaffold.projects.catalog import find_template

    recorded(tmp_path)
    assert values("update", "--to", "", cwd=tmp_path) == [find_template("cnn").version]
    assert values("update", "--answers", "", cwd=tmp_path) == [
        *("frameworks=pytorch", "frameworks=keras", "frameworks=both"),
        *("ide=pycharm", "ide=vscode", "ide=both"),
    ]
    bash = asked("bash", "scaffold", "update", "--answers", "ide=v", cwd=tmp_path)
    assert bash.stdout == "plain\tvscode\n"


def test_an_update_of_somebody_else_s_is_offered_local_tags_and_what_was_answered(tmp_path) -> None:
    origin = tmp_path / "origin"
    (origin / ".git").parent.mkdir()
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b.c")
    for words in (("init", "-q"), ("commit", "-q", "--allow-empty", "-m", "a"), ("tag", "v1"), ("tag", "v2")):
        subprocess.run([*git, *words], cwd=origin, check=True, capture_output=True)
    project = tmp_path / "project"
    project.mkdir()
    answers = {"license": "MIT", "docs": True, "years": [1, 2]}
    recorded(project, kind="copier", origin=f"git+{origin.as_uri()}", answers=answers)
    assert values("update", "--to", "", cwd=project) == ["v2", "v1"]
    assert values("update", "--answers", "", cwd=project) == ["license=MIT", "docs=true", "docs=false"]


def test_no_server_is_asked_while_somebody_types(tmp_path) -> None:
    recorded(tmp_path, kind="copier", origin="gh:owner/name")
    assert values("update", "--to", "", cwd=tmp_path) == []


def test_every_check_of_the_catalogue_is_offered(tmp_path) -> None:
    from scaffold.checks.catalogue import catalogue

    assert values("doctor", "explain", "", cwd=tmp_path) == list(catalogue())


def test_every_python_that_is_supported_is_offered(tmp_path) -> None:
    assert sorted(values("new", "x", "--python", "3.", cwd=tmp_path)) == [
        "3.10",
        "3.11",
        "3.12",
        "3.13",
        "3.14",
    ]


def test_powershell_is_answered_in_ascii_with_its_own_quotation_marks(tmp_path) -> None:
    (tmp_path / ".run").mkdir()
    run = '<component><configuration name="{}" type="PythonConfigurationType"/></component>'
    # PowerShell takes typographic quotes for its own: a stranger's name must not end its string.
    for number, name in enumerate(("it's (a) run", "a\u2019; calc; \u2018b", "训练")):
        (tmp_path / ".run" / f"{number}.run.xml").write_text(run.format(name), encoding="utf-8")
    done = asked("powershell", "scaffold", "run", "", cwd=tmp_path)
    assert done.stdout.isascii()
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["text"], row["shown"]) for row in rows] == [
        ("'a\u2019\u2019; calc; \u2018\u2018b'", "a\u2019; calc; \u2018b"),
        ("'it''s (a) run'", "it's (a) run"),
        ("训练", "训练"),
    ]
    assert all(row["note"] for row in rows)
    # Files are PowerShell's own business: it completes them where nothing is answered.
    assert asked("powershell", "scaffold", "doctor", "--save", "", cwd=tmp_path).stdout == ""


@pytest.mark.parametrize("shell", [*SHELLS, "tcsh"])
@pytest.mark.parametrize(
    "words", [(), ("scaffold",), ("scaffold", "run", "'"), ("scaffold", "--no", "\x00"[:0])]
)
def test_nothing_is_ever_said_beside_the_answer(tmp_path, shell, words) -> None:
    (tmp_path / ".run").mkdir()
    (tmp_path / ".run" / "broken.run.xml").write_bytes(b"\xff<")
    (tmp_path / ".scaffold").mkdir()
    (tmp_path / ".scaffold" / "project.json").write_text("{")
    done = asked(shell, *words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "words",
    [
        ("",),
        ("templates", "show", ""),
        ("run", ""),
        ("doctor", "explain", "gpu"),
        ("new", "x", "--python", ""),
    ],
    ids=" ".join,
)
def test_answering_loads_nothing_heavy(tmp_path, words) -> None:
    (tmp_path / ".run").mkdir()
    (tmp_path / ".run" / "a.run.xml").write_text("<a/>")
    done = asked("zsh", "scaffold", *words, cwd=tmp_path, python=("-X", "importtime"))
    loaded = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines()}
    # Third parties' templates are told by their metadata, which Python reads as mail; run configurations are XML.
    needed = {"templates": {"email"}, "run": {"xml"}}.get(words[0], set())
    assert sorted(HEAVY & loaded - needed) == []


def completion(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "BASH_COMPLETION"))
    }
    return subprocess.run(
        [sys.executable, "-m", "scaffold", "completion", *arguments], cwd=home,
        env={**clean, "HOME": str(home), "ZDOTDIR": str(home), **environment},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def tree(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed_as_it_stands(tmp_path, shell) -> None:
    done = completion(tmp_path, shell)
    assert (done.returncode, done.stdout, done.stderr) == (0, script(shell), "")
    assert tree(tmp_path) == []


@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("bash", ".local/share/bash-completion/completions/scaffold"),
        ("zsh", ".zfunc/_scaffold"),
        ("fish", ".config/fish/completions/scaffold.fish"),
        ("powershell", ".local/share/scaffold/scaffold.ps1"),
    ],
)
def test_install_twice_and_uninstall_twice(tmp_path, shell, file) -> None:
    (tmp_path / ".zshrc").write_text("# mine\n")
    dry = completion(tmp_path, shell, "--install", "--dry-run")
    assert (dry.returncode, tree(tmp_path)) == (0, [".zshrc"])
    assert dry.stdout.startswith(f"Would write {tmp_path / file} (")
    first = completion(tmp_path, shell, "--install")
    assert first.stdout.startswith(f"Wrote {tmp_path / file} (")
    assert (tmp_path / file).read_text(encoding="utf-8") == script(shell)
    again = json.loads(completion(tmp_path, shell, "--install", "--json").stdout)
    assert (again["schema"], again["found"], again["file"]) == (
        "scaffold/completion/1",
        "same",
        str(tmp_path / file),
    )
    assert tree(tmp_path) == sorted([".zshrc", file])
    (tmp_path / file).write_text(f"# scaffold's completion for {shell}. An older one\n")
    assert completion(tmp_path, shell, "--install").stdout.startswith("Renewed ")
    assert completion(tmp_path, shell, "--uninstall").stdout.startswith(f"Deleted {tmp_path / file}.")
    assert completion(tmp_path, shell, "--uninstall").stdout == f"There is none: {tmp_path / file}.\n"
    assert (tree(tmp_path), (tmp_path / ".zshrc").read_text()) == ([".zshrc"], "# mine\n")


def test_a_file_of_somebody_else_stays(tmp_path) -> None:
    file = tmp_path / ".config" / "fish" / "completions" / "scaffold.fish"
    file.parent.mkdir(parents=True)
    file.write_text("complete -c scaffold\n")
    for wish in ("--install", "--uninstall"):
        done = completion(tmp_path, "fish", wish)
        assert (done.returncode, done.stderr.splitlines()[0]) == (
            2,
            f"error[option-refused]: {file} is there, and it is not scaffold's",
        )
    assert file.read_text() == "complete -c scaffold\n"


def test_the_folder_of_zsh_s_own_that_is_the_user_s_is_taken(tmp_path) -> None:
    import shutil

    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed")
    (tmp_path / "mine").mkdir()
    (tmp_path / ".zshrc").write_text("fpath=(~/mine $fpath)\n")
    done = completion(tmp_path, "zsh", "--install")
    assert done.stdout == (
        f"Wrote {tmp_path / 'mine' / '_scaffold'} (zsh's own fpath has it).\nIt works in the next shell that you open.\n"
    )
