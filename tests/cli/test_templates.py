"""``scaffold templates``: the table of all, and the page of one, of whatever format and place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.cli.templates.view import catalog_lines, problem_lines
from scaffold.projects.catalog import Provider, find_templates
from tests.projects.conftest import FILES, lay

pytestmark = pytest.mark.usefixtures("isolated")


def show(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scaffold", "templates", "show", *arguments],
        cwd=here, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip


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
First run      not measured

Needs          alpha>=1, beta
{downloads}

Run            train (PyTorch) *: train Your Project
Run            tests
               * selected when the project is first opened

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


def test_what_is_not_there(tmp_path) -> None:
    done = show(tmp_path, "cn")
    assert (done.returncode, done.stderr.splitlines()[:2]) == (
        2,
        ["error[template-unknown]: there is no template 'cn'", "  near to it: cnn"],
    )
