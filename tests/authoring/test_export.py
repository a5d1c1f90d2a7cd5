"""Exported templates, rendered by the real Copier and cookiecutter, against what `scaffold new` makes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from scaffold.authoring.export import carry_out, drawn, plan_export
from scaffold.errors import OptionRefused, ScaffoldError, TargetOccupied, TemplateBroken
from scaffold.projects.catalog import find_template, find_templates
from scaffold.projects.export.model import Answers, ExportFormat, Selection, selections
from scaffold.projects.export.readme import folder_of
from scaffold.projects.foreign import render
from scaffold.projects.names import project_name, refusal
from scaffold.projects.origins.fetch import fetched
from scaffold.projects.origins.parse import parse_location
from scaffold.projects.snapshot import Entry, Snapshot
from scaffold.system import HostSystem

LONG = "my-2nd-network-with-a-name-of-40-letters"
FORMATS: tuple[ExportFormat, ...] = ("copier", "cookiecutter")

#: What an exported template gives and `new` does not: Copier's own note of the answers, for `copier update`.
MORE = {"copier": {PurePosixPath(".copier-answers.yml")}, "cookiecutter": set[PurePosixPath]()}
#: What `new` gives and an exported template does not: what only scaffold can write, its memory of the making.
LESS = {
    PurePosixPath(".scaffold/project.json"),
    PurePosixPath(".scaffold/pristine.tar.gz"),
    PurePosixPath(".scaffold/.gitignore"),
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template in both formats: ``<folder>/llm-copier``."""
    root = tmp_path_factory.mktemp("exported")
    for into in FORMATS:
        carry_out(plan_export(HostSystem(), "llm", into, root / f"llm-{into}"))
    return root


def answers_of(name: str, frameworks: Selection, python: str = "3.11") -> Answers:
    return Answers(name=project_name(name), frameworks=frameworks, python=python)


def by_program(into: ExportFormat, template: Path, answers: Answers, parent: Path) -> Snapshot:
    """What the peer's own command makes; no question is left to it, nothing is trusted."""
    name, home = answers.name.distribution, parent / "home"
    home.mkdir()
    if into == "copier":
        chosen = f"frameworks=[{', '.join(answers.frameworks)}]"
        command = ["copier", "copy", "--quiet", "--defaults", "-d", f"project_name={name}", "-d", chosen,
                   "-d", f"python={answers.python}", template, parent / name]  # fmt: skip
    else:
        command = ["cookiecutter", "--no-input", "--directory", folder_of(answers.frameworks),
                   "-o", parent, template, f"project_name={name}", f"python={answers.python}"]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", *command], env={**os.environ, "HOME": str(home), "USERPROFILE": str(home)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return tree(parent / name)


def tree(root: Path) -> Snapshot:
    found: dict[PurePosixPath, Entry] = {}
    for path in sorted(root.rglob("*")):
        target = PurePosixPath(path.relative_to(root).as_posix())
        if path.is_dir():
            if not any(path.iterdir()):
                found[target] = Entry(kind="folder")
        else:
            assert not path.is_symlink()
            found[target] = Entry(path.read_bytes(), executable=os.access(path, os.X_OK) and os.name != "nt")
    return found


def assert_same(into: ExportFormat, found: Snapshot, template: str, answers: Answers) -> None:
    expected = drawn(find_template(template), answers)
    assert set(found) - set(expected) == MORE[into]
    assert set(expected) - set(found) == set()
    assert [str(path) for path, entry in expected.items() if found[path] != entry] == []


@pytest.mark.parametrize("into", FORMATS)
@pytest.mark.parametrize(("name", "frameworks"), [("ab", ("pytorch", "keras")), (LONG, ("keras",))])
def test_the_peers_command_makes_the_same(
    into: ExportFormat, name: str, frameworks: Selection, exported: Path, tmp_path: Path
) -> None:
    answers = answers_of(name, frameworks)
    assert_same(into, by_program(into, exported / f"llm-{into}", answers, tmp_path), "llm", answers)


@pytest.mark.slow
@pytest.mark.parametrize("template", [one.name for one in find_templates().templates])
def test_every_template_and_selection_comes_back(template: str, tmp_path: Path) -> None:
    """With the peers as libraries, which is what their commands call and spares their start."""
    from cookiecutter.main import cookiecutter
    from copier import run_copy

    for into in FORMATS:
        carry_out(plan_export(HostSystem(), template, into, tmp_path / into))
    for number, frameworks in enumerate(selections(find_template(template).frameworks)):
        answers = answers_of(
            (LONG, "ab", "some_thing-else")[number], frameworks, ("3.13", "3.12", "3.11")[number]
        )
        name, chosen = answers.name.distribution, {"python": answers.python}
        settings = {
            "replay_dir": str(tmp_path / "replay"),
            "cookiecutters_dir": str(tmp_path / "c"),
        }
        cookiecutter(
            str(tmp_path / "cookiecutter"), directory=folder_of(frameworks), no_input=True,
            extra_context={"project_name": name, **chosen}, output_dir=str(tmp_path / "baked"),
            default_config=settings, accept_hooks=False,
        )  # fmt: skip
        assert_same("cookiecutter", tree(tmp_path / "baked" / name), template, answers)
        run_copy(
            str(tmp_path / "copier"), tmp_path / "copied" / name, defaults=True, quiet=True,
            data={"project_name": name, "frameworks": list(frameworks), **chosen},
        )  # fmt: skip
        assert_same("copier", tree(tmp_path / "copied" / name), template, answers)


def test_new_makes_nothing_else(tmp_path: Path) -> None:
    """What is compared with above is what the command writes, but for what it alone can."""
    from scaffold.drawing.blueprint import draw, first_record

    template, answers = find_template("cnn"), answers_of("ab", ("keras",))
    record = first_record(template, answers.name, answers.frameworks, (), answers.python)
    whole = draw(template, record).whole
    assert set(whole) - set(drawn(template, answers)) == LESS


def test_two_exports_are_the_same(tmp_path: Path) -> None:
    plans = [plan_export(HostSystem(), "cnn", into, tmp_path / "x") for into in (*FORMATS, *FORMATS)]
    assert plans[0] == plans[2]
    assert plans[1] == plans[3]
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "name", ["torch", "My-Net", "a b", "x" * 41, "2nd", "class", "a--b", "con", "tests", "é"]
)
def test_copier_refuses_the_names_that_we_refuse(name: str, exported: Path, tmp_path: Path) -> None:
    from copier import run_copy

    assert refusal(name)
    with pytest.raises(ValueError, match="Validation error for question 'project_name'"):
        run_copy(str(exported / "llm-copier"), tmp_path / "out", data={"project_name": name}, defaults=True)
    assert not (tmp_path / "out").exists()


def test_the_exported_template_is_one_for_git(exported: Path, tmp_path: Path) -> None:
    """A template that is cloned has only what git holds: the project's own .gitignore lies in it, too."""
    for into in FORMATS:
        folder = tmp_path / into
        shutil.copytree(exported / f"llm-{into}", folder)
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=folder, check=True, capture_output=True, text=True
        )
        here = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert {one for one in here if not one.startswith(".git/")} == set(
            listed.stdout.strip("\0").split("\0")
        )


#: A template whose files hold what jinja, Copier and cookiecutter take for their own.
ODD = {
    "odd/template.toml": 'title = "Odd"\ndescription = "Braces"\nversion = "1.0.0"\n\n'
    '[[layer]]\nfolder = "common"\n\n[[layer]]\nfolder = "keras"\nframework = "keras"\n\n'
    '[[run]]\nname = "tests"\nkind = "pytest"\ntarget = "tests"\n',
    "odd/common/README.md.jinja": "# {{ project.title }}\n{{ '{{' }} {% raw %}{% no %}{% endraw %} Python {{ python }}",
    "odd/common/plain.txt": "{{ nobody }} {% fills %} {# this #}\n",
    "odd/common/dos.txt": "your-project\r\nis {your_project}\r\nand\rso\n",
    "odd/common/dos-plain.txt": "a\r\nb\n",
    "odd/common/[x] {{ y }}.txt": "your_project\n",
    "odd/common/[z] {% if %}.txt": "{{\n",
    "odd/common/empty.txt": "",
    "odd/common/src/your_project/__init__.py": '"""Your Project."""\n',
    "odd/keras/src/your_project/tfkeras/{x}.py": 'X = f"{{{your_project}}}"\n',
}


@pytest.mark.parametrize("into", FORMATS)
def test_braces_ends_of_lines_and_bytes_come_back(into: ExportFormat, tmp_path: Path) -> None:
    for name, text in ODD.items():
        path = tmp_path / "ours" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    (tmp_path / "ours/odd/common/picture.bin").write_bytes(b"your-project \0 {{ \xff\r\n")
    (tmp_path / "ours/odd/common/latin.txt").write_bytes("your-project schön {{".encode("latin-1"))
    target = tmp_path / "theirs"
    carry_out(plan_export(HostSystem(), str(tmp_path / "ours" / "odd"), into, target))
    from scaffold.authoring.export import template_at

    answers = answers_of(LONG, ("keras",))
    command_answers = answers
    if into == "cookiecutter":
        from cookiecutter.main import cookiecutter

        assert not (target / "keras").exists()
        cookiecutter(str(target), no_input=True, output_dir=str(tmp_path / "out"), accept_hooks=False,
                     extra_context={"project_name": LONG, "python": "3.11"},
                     default_config={"replay_dir": str(tmp_path / "r"), "cookiecutters_dir": str(tmp_path / "c")})  # fmt: skip
    else:
        from copier import run_copy

        run_copy(str(target), tmp_path / "out" / LONG, defaults=True, quiet=True,
                 data={"project_name": LONG, "python": "3.11"})  # fmt: skip
    with template_at(HostSystem(), str(tmp_path / "ours" / "odd")) as template:
        expected = drawn(template, command_answers)
    found = {path: entry for path, entry in tree(tmp_path / "out" / LONG).items() if path not in MORE[into]}
    assert found == expected


@pytest.mark.parametrize("into", FORMATS)
def test_a_template_without_frameworks(into: ExportFormat, tmp_path: Path) -> None:
    (tmp_path / "plain" / "common").mkdir(parents=True)
    (tmp_path / "plain" / "common" / "notes.txt").write_text("of your-project\n")
    (tmp_path / "plain" / "template.toml").write_text(
        'title = "Plain"\ndescription = "Nothing"\nversion = "1"\n[[layer]]\nfolder = "common"\n'
    )
    plan = plan_export(HostSystem(), str(tmp_path / "plain"), into, tmp_path / "theirs")
    assert plan.exported.asks == ("project_name", "python")
    notes = [entry.content for path, entry in plan.exported.files.items() if path.name.startswith("notes")]
    assert notes == [
        {"copier": b"of {{ project_name }}\n", "cookiecutter": b"of {{ cookiecutter.project_name }}\n"}[into]
    ]


def test_an_exported_template_does_not_tell_where_it_was_made(tmp_path: Path) -> None:
    (tmp_path / "plain" / "common").mkdir(parents=True)
    (tmp_path / "plain" / "template.toml").write_text(
        'title = "Plain"\ndescription = """Nothing\n_tasks: [touch it]"""\nversion = "1"\n'
        '[[layer]]\nfolder = "common"\n'
    )
    for into in FORMATS:
        plan = plan_export(HostSystem(), str(tmp_path / "plain"), into, tmp_path / "theirs")
        files = plan.exported.files
        assert [str(path) for path, one in files.items() if str(tmp_path).encode() in one.content] == []
        if into == "copier":
            head = files[PurePosixPath("copier.yml")].content.decode().splitlines()[:2]
            assert head == [
                "# Plain: Nothing _tasks: [touch it]",
                "# Made from the template plain 1 by scaffold.",
            ]


def test_what_computes_with_the_name_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "loud"
    (folder / "common").mkdir(parents=True)
    (folder / "template.toml").write_text(
        'title = "Loud"\ndescription = "Shouts"\nversion = "1"\n[[layer]]\nfolder = "common"\n'
        '[[layer]]\nfolder = "keras"\nframework = "keras"\n', encoding="utf-8"
    )  # fmt: skip
    (folder / "keras").mkdir()
    (folder / "common" / "README.md.jinja").write_text("a\n{{ project.package | upper }}\n", encoding="utf-8")
    with pytest.raises(TemplateBroken) as refused:
        plan_export(HostSystem(), str(folder), "copier", tmp_path / "x")
    assert refused.value.code == "export-unfaithful"
    assert refused.value.detail == ("README.md, line 2",)


@pytest.mark.parametrize(
    ("where", "kind", "code"),
    [("nothing-like-it", ScaffoldError, "template-unknown"), ("{exported}", OptionRefused, "export-foreign")],
)
def test_what_cannot_be_exported_is_told(
    where: str, kind: type[ScaffoldError], code: str, exported: Path, tmp_path: Path
) -> None:
    with pytest.raises(kind) as refused:
        plan_export(HostSystem(), where.format(exported=exported / "llm-copier"), "copier", tmp_path / "x")
    assert refused.value.code == code


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(TargetOccupied):
        plan_export(HostSystem(), "cnn", "copier", tmp_path)


@pytest.mark.parametrize(
    ("into", "answers"), [("copier", {"frameworks": ["keras"]}), ("cookiecutter", {"template": "keras"})]
)
def test_scaffold_itself_takes_the_exported_template(
    into: ExportFormat, answers: dict[str, object], exported: Path
) -> None:
    """By the way of every foreign template: `scaffold new ab -t FOLDER`, untrusted, as nothing of it runs."""
    system = HostSystem()
    with fetched(parse_location(str(exported / f"llm-{into}"), exported, exported), system) as found:
        made = render(found, system, name=project_name("ab"), answers={"python": "3.11", **answers})
    assert made.skipped == ()
    assert_same(into, made.files, "llm", answers_of("ab", ("keras",)))
