"""``scaffold templates``: the table of all, and the page of one, of whatever format and place."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.cli.templates.view import catalog_lines, problem_lines
from scaffold.projects.catalog import Provider, find_templates
from tests.projects.conftest import FILES, lay

pytestmark = pytest.mark.usefixtures("isolated")


def scaffold(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scaffold", *arguments],
        cwd=here, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip


def show(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return scaffold(here, "templates", "show", *arguments)


def test_the_table_marks_third_parties_and_tells_of_those_that_cannot_be_used(tmp_path) -> None:
    lay(tmp_path, FILES)
    acme = tmp_path / "acme"
    lay(acme, {**FILES, "odd/template.toml": "title = 3\n"})
    lay(acme, {"tiny/measured.json": "broken"})  # hides no template
    catalog = find_templates(
        (
            Provider(name="scaffold", distribution="scaffold-dl", folder=tmp_path),
            Provider(name="acme", distribution="acme-templates", folder=acme),
        )
    )
    assert list(catalog_lines(catalog)) == [
        "\x1b[36m\x1b[1mtiny\x1b[0m  Tiny",
        "      \x1b[2mNothing much. PyTorch, Keras\x1b[0m",
        "\x1b[36m\x1b[1mtiny\x1b[0m  Tiny\x1b[33m  by acme-templates\x1b[0m",
        "      \x1b[2mNothing much. PyTorch, Keras\x1b[0m",
    ]
    assert list(problem_lines(catalog)) == [
        f"\x1b[33mwarning\x1b[0m: {acme / 'odd' / 'template.toml'}, line 1: 'title': a string is needed, not 3"
    ]


TINY = """\
Template       tiny 1.2.3
From           {place}
               Tiny: Nothing much

tiny-project/  whatever is chosen: 8 files, {common}
├─ .run/
│  └─ tests.run.xml  1 kB
├─ src/
│  └─ tiny_project/
│     ├─ __init__.py  20 bytes
│     ├─ data.py  51 bytes
│     └─ metrics.py  0 bytes
├─ .gitignore  8 bytes
├─ README.md  41 bytes
├─ pyproject.toml  1 kB
└─ requirements.txt  384 bytes
tiny-project/  with PyTorch: 2 files, {pytorch}
├─ .run/
│  └─ train (PyTorch).run.xml  1 kB
└─ src/
   └─ tiny_project/
      └─ pytorch/
         └─ train.py  30 bytes
tiny-project/  with Keras: 1 file, 30 bytes
└─ src/
   └─ tiny_project/
      └─ tfkeras/
         └─ train.py  30 bytes

Run            train (PyTorch) *: train Your Project
Run            tests
               * selected when the project is first opened

Needs          alpha>=1, beta
{downloads}
First run      not measured

Make one:  scaffold new tiny-project --template {place}
"""


def test_a_template_in_a_folder_is_shown_wholly(tmp_path, monkeypatch) -> None:
    lay(tmp_path / "acme", FILES)
    monkeypatch.setenv("PYTHONUTF8", "1")
    done = show(tmp_path, "./acme/tiny")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    downloads = [line for line in lines if line.startswith(("Download", "Disk"))]
    assert [line.split()[1] for line in downloads[:2]] == ["PyTorch", "TensorFlow"]
    common, pytorch = (
        next(line for line in lines if group in line).rpartition(", ")[2]
        for group in ("chosen:", "with PyTorch:")
    )
    told = TINY.format(
        place=(tmp_path / "acme" / "tiny").as_posix(),
        downloads="\n".join(downloads),
        common=common,
        pytorch=pytorch,
    )
    assert done.stdout == told


def test_folders_of_many_files_are_one_line_unless_the_whole_tree_is_wanted(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PYTHONUTF8", "1")
    lay(tmp_path / "acme", {**FILES, **{f"tiny/common/tests/test_{one}.py": "" for one in "abcde"}})
    lay(tmp_path / "acme", {"tiny/common/tests/more/test_f.py": ""})
    short = show(tmp_path, "./acme/tiny").stdout.splitlines()
    at = short.index("├─ tests/  5 files, 0 bytes")
    assert short[at + 1 : at + 4] == ["│  └─ more/", "│     └─ test_f.py  0 bytes", "├─ .gitignore  8 bytes"]
    whole = show(tmp_path, "./acme/tiny", "--tree").stdout.splitlines()
    at = whole.index("├─ tests/")
    assert whole[at + 3 : at + 5] == ["│  ├─ test_a.py  0 bytes", "│  ├─ test_b.py  0 bytes"]
    assert len(whole) == len(short) + 5


def test_as_json_the_tree_adds_up_to_what_is_made(tmp_path) -> None:
    shown = json.loads(show(tmp_path, "cnn", "--json").stdout)["template"]
    made = subprocess.run(
        [sys.executable, "-m", "scaffold", "new", "cnn-project", "--no-env", "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout
    paths = sorted(file["path"] for group in shown["tree"] for file in group["files"])
    written = {
        str(one.relative_to(tmp_path / "cnn-project")) for one in (tmp_path / "cnn-project").rglob("*")
    }
    assert [path for path in paths if path not in written] == []
    assert [group["name"] for group in shown["tree"]] == ["common", "pytorch", "keras"]
    assert len(set(paths)) == len(paths)
    assert {"name", "title", "description", "version", "provider", "data", "frameworks", "runs", "floors",
            "measured", "files", "kind", "origin", "revision", "tree", "first_runs", "requirements",
            "downloads", "project"} == set(shown)  # fmt: skip
    assert [(row["framework"], row["job"]) for row in shown["first_runs"]] == [
        ("pytorch", "train"),
        ("keras", "train"),
    ]


def test_a_template_of_cookiecutter_is_asked_what_it_would_ask_and_run(tmp_path) -> None:
    lay(
        tmp_path / "tpl",
        {
            "cookiecutter.json": '{"name": "x", "license": ["MIT", "BSD"], "_private": 1}',
            "hooks/post_gen_project.py": "raise SystemExit('it ran')\n",
            "{{cookiecutter.name}}/a.txt": "hi\n",
        },
    )
    done = show(tmp_path, "./tpl")
    place = (tmp_path / "tpl").as_posix()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Template       tpl, in cookiecutter's format\n"
        f"From           {place}\n"
        "Asks           name [x]\n"
        "Asks           license [MIT] (one of MIT, BSD)\n"
        "Would run      hook post_gen_project: hooks/post_gen_project.py\n"
        "               none of it is run without --trust\n"
        "\n"
        f"Make one:  scaffold new NAME --template {place}\n"
    )
    shown = json.loads(show(tmp_path, "./tpl", "--json").stdout)["template"]
    assert (shown["kind"], [one["name"] for one in shown["questions"]]) == (
        "cookiecutter",
        ["name", "license", "_private"],
    )
    assert shown["would_run"] == ["hook post_gen_project: hooks/post_gen_project.py"]


def test_whose_template_is_meant_where_there_are_two(tmp_path) -> None:
    lay(
        tmp_path / "tpl",
        {"copier.yml": "a: 1\n", "cookiecutter.json": '{"b": "x"}', "{{cookiecutter.b}}/f": ""},
    )
    note = "Note           it holds copier.yml and cookiecutter.json: the first is taken; the other: --as cookiecutter"
    first = show(tmp_path, "./tpl").stdout.splitlines()
    assert [first[2], first[3]] == [note, "Asks           a [1] (int)"]
    other = show(tmp_path, "./tpl", "--as", "cookiecutter").stdout.splitlines()
    assert other[2] == "Asks           b [x]"
    assert other[-1].endswith("/tpl --as cookiecutter")
    made = scaffold(tmp_path, "new", "app", "-t", "./tpl", "--as", "cookiecutter", "--no-env")
    assert (made.returncode, (tmp_path / "app/f").is_file()) == (0, True)
    refused = show(tmp_path, "./tpl", "--as", "scaffold")
    assert refused.stderr.startswith("error[option-refused]: ")


def test_what_is_not_there(tmp_path) -> None:
    done = show(tmp_path, "cn")
    assert (done.returncode, done.stderr.splitlines()[:2]) == (
        2,
        ["error[template-unknown]: there is no template 'cn'", "  near to it: cnn"],
    )


#: Erases a line, names the window, returns to its start, a C1 control, a bidi override, another line.
HOSTILE = "x\x1b[2K\x1b]0;gone\x07\r\x9b8m\u202eend\nRuns           nothing"


def harmless(done: subprocess.CompletedProcess[str]) -> str:
    """All that was printed, in which nothing is but letters, and no line that the template began."""
    text = done.stdout + done.stderr
    assert [one for one in text if not (one.isprintable() or one == "\n")] == []
    assert not re.search("^Runs +nothing(?! of its own)", text, re.MULTILINE)
    return text


@pytest.mark.parametrize(
    "files",
    [
        {
            "copier.yml": json.dumps(
                {
                    f"q{HOSTILE}": {"type": "str", "help": HOSTILE, "default": HOSTILE, "multiline": True},
                    "one": {
                        "type": "str",
                        "choices": {HOSTILE: HOSTILE},
                        "default": HOSTILE,
                        "help": HOSTILE,
                    },
                    "_tasks": [HOSTILE],
                    "_message_after_copy": HOSTILE,
                }
            )
        },
        {
            "cookiecutter.json": json.dumps(
                {"a": HOSTILE, f"q{HOSTILE}": HOSTILE, "b": [HOSTILE], "__prompts__": {"b": HOSTILE}}
            ),
            "{{cookiecutter.b and 'made'}}/a.txt": "",
        },
    ],
)
def test_nothing_that_a_template_says_reaches_the_terminal_raw(tmp_path, files, monkeypatch) -> None:
    monkeypatch.setenv("PYTHONUTF8", "1")
    lay(tmp_path / "tpl", files)
    assert "\\x1b[2K" in harmless(show(tmp_path, "./tpl"))
    words = ("new", "app", "-t", "./tpl", "--no-env")
    assert "\\x1b[2K" in harmless(scaffold(tmp_path, *words, "--dry-run", "--trust"))
    harmless(scaffold(tmp_path, *words))
    for name in files:
        path = tmp_path / "tpl" / name
        path.write_text(path.read_text(encoding="utf-8").replace("end", "END"), encoding="utf-8")
    assert "\\x1b[2K" in harmless(scaffold(tmp_path / "app", "update", "--dry-run", "--allow-dirty"))


def test_a_template_of_ours_has_no_unseen_characters(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PYTHONUTF8", "1")
    lay(
        tmp_path,
        {**FILES, "tiny/template.toml": FILES["tiny/template.toml"].replace("Nothing", "\\u001b[2K")},
    )
    for words in (("show", "./tiny"), ("check", "--fast", "tiny")):
        told = harmless(scaffold(tmp_path, "templates", *words))
        assert r"'description': it holds a character that cannot be seen: '\x1b[2K much'" in told.replace(
            "\\\\", "\\"
        )
    lay(
        tmp_path,
        {"tiny/template.toml": FILES["tiny/template.toml"].replace("Nothing", "A\\nRuns           nothing")},
    )
    assert "Tiny: A ⏎ Runs nothing much" in harmless(show(tmp_path, "./tiny")).replace("           ", " ")
