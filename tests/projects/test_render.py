from __future__ import annotations

import ast
import hashlib
import os
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from scaffold import __version__
from scaffold.drawing.blueprint import draw, first_record
from scaffold.errors import TemplateBroken
from scaffold.projects.catalog import find_template
from scaffold.projects.names import LONGEST, project_name
from scaffold.projects.record import RECORD, read_pristine, read_record
from scaffold.projects.render import project_runs, render
from scaffold.projects.write import write_project
from scaffold.toml import loads

from .conftest import keras_build, lay, torch_build

NAME = project_name("cat-dog")
RUNS = {PurePosixPath(".run/train (PyTorch).run.xml"): b"<component/>"}


def test_the_whole_tree(tiny):
    tree = render(tiny, NAME, ("pytorch",), (torch_build(),), "3.12", RUNS)
    assert [str(path) for path in tree] == [
        ".gitignore",
        ".run/train (PyTorch).run.xml",
        "README.md",
        "pyproject.toml",
        "requirements.txt",
        "src/cat_dog/__init__.py",
        "src/cat_dog/data.py",
        "src/cat_dog/metrics.py",
        "src/cat_dog/pytorch/train.py",
    ]
    assert tree[PurePosixPath("README.md")].content == b"# Cat Dog\n- train (PyTorch)\n- tests\n"
    assert (
        tree[PurePosixPath("src/cat_dog/data.py")].content == b'"""Data of Cat Dog."""\n\nNAME = "cat-dog"\n'
    )
    assert tree[PurePosixPath("src/cat_dog/pytorch/train.py")].content == b"from cat_dog import data\n"


def test_the_record_tells_every_file_and_its_making(tiny):
    import json

    first = first_record(tiny, NAME, ("pytorch",), (torch_build(),), "3.12")
    drawn = draw(tiny, first)
    record = json.loads(drawn.whole[RECORD].content)
    files = record.pop("files")
    assert record == {
        "schema": "scaffold/project/1",
        "template": "tiny",
        "template_version": "1.2.3",
        "provider": "scaffold-dl",
        "scaffold_version": __version__,
        "name": {"distribution": "cat-dog", "package": "cat_dog", "title": "Cat Dog"},
        "frameworks": ["pytorch"],
        "ide": "pycharm",
        "kind": "scaffold",
        "origin": "",
        "revision": "",
        "answers": {},
        "trusted": False,
        "python": "3.12",
        "builds": [
            {
                "framework": "pytorch",
                "package": "torch",
                "version": "2.14.1",
                "variant": "cpu",
                "requirement": "torch==2.14.1+cpu",
                "device": "cpu",
                "source_kind": "pytorch",
                "companions": [],
                "constraints": [],
            }
        ],
    }
    assert files == {str(p): hashlib.sha256(one.content).hexdigest() for p, one in drawn.files.items()}


def test_a_project_remembers_all_that_its_rendering_depends_on(tiny, tmp_path):
    builds = (torch_build("cu126"), keras_build(constraints=("nvidia-cudnn-cu12<9.11",)))
    drawn = draw(tiny, first_record(tiny, NAME, ("pytorch", "keras"), builds, "3.11", "both"))
    write_project(tmp_path / "cat-dog", drawn.whole)
    assert read_pristine(tmp_path / "cat-dog") == drawn.files
    assert draw(tiny, read_record(tmp_path / "cat-dog")).whole == drawn.whole


def test_the_same_choices_give_the_same_bytes(tiny):
    first, second = (
        render(tiny, NAME, ("pytorch", "keras"), (torch_build(), keras_build()), "3.12", RUNS) for _ in "12"
    )
    assert list(first.items()) == list(second.items())


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps no such mark")
def test_what_can_be_started_in_a_template_can_be_in_the_project(tiny, provider):
    lay(provider.folder, {"tiny/common/tools/go your_project.sh": "#!/bin/sh\n"})
    (provider.folder / "tiny/common/tools/go your_project.sh").chmod(0o755)
    files = draw(tiny, first_record(tiny, NAME, ("pytorch",), (torch_build(),), "3.12")).files
    assert [str(path) for path, one in files.items() if one.executable] == ["tools/go cat_dog.sh"]


def test_no_name_leads_out_of_the_project(tiny):
    outside = replace(NAME, package="../../outside")
    with pytest.raises(TemplateBroken, match="does not lie inside the project"):
        draw(tiny, first_record(tiny, outside, ("pytorch",), (torch_build(),), "3.12"))


def test_a_template_cannot_bring_what_is_built(provider, tiny):
    (provider.folder / "tiny/common/pyproject.toml").write_text("")
    with pytest.raises(
        TemplateBroken, match=r"the template brings pyproject\.toml, which scaffold writes itself"
    ):
        render(tiny, NAME, ("pytorch",), (), "3.12", {})


@pytest.mark.parametrize(
    "path",
    [".scaffold/project.json", ".scaffold/update/journal.json", ".scaffold/environment.lock", ".Scaffold/x",
     ".scaffold/.gitignore"],
)  # fmt: skip
def test_nor_what_scaffold_keeps_for_itself(provider, tiny, path):
    lay(provider.folder / "tiny/common", {".scaffold/run_scaffold.py": "", path: ""})
    with pytest.raises(TemplateBroken) as caught:
        render(tiny, NAME, ("pytorch",), (torch_build(),), "3.12", {})
    assert caught.value.message.startswith(f"the template brings {path}, and ")
    (provider.folder / "tiny/common" / path).unlink()
    files = render(tiny, NAME, ("pytorch",), (torch_build(),), "3.12", {})
    assert PurePosixPath(".scaffold/run_scaffold.py") in files


def test_runs_start_the_projects_own_package(tiny):
    runs = project_runs(tiny, NAME, ("keras",))
    assert [(run.name, run.target) for run in runs] == [("tests", "tests")]
    runs = project_runs(tiny, NAME, ("pytorch",))
    assert (runs[0].target, runs[0].summary) == ("cat_dog.pytorch.train", "train Cat Dog")


@pytest.mark.parametrize("frameworks", [("pytorch",), ("keras",), ("pytorch", "keras")])
@pytest.mark.parametrize("name", ["x", "a-name-of-forty-letters-for-a-long-tests"])
def test_the_templates_of_this_package_render(frameworks, name):
    assert len(name) in (1, LONGEST)
    template = find_template("cnn")
    builds = tuple({"pytorch": torch_build(), "keras": keras_build()}[one] for one in frameworks)
    tree = render(template, project_name(name), frameworks, builds, "3.12", {})
    package = name.replace("-", "_")
    for path, one in tree.items():
        for old in (b"your_project", b"your-project", b"Your Project"):
            assert old not in one.content, path
        if path.suffix == ".py":
            ast.parse(one.content, str(path))
    document = loads(tree[PurePosixPath("pyproject.toml")].content.decode())
    assert document["project"]["name"] == name
    assert PurePosixPath(f"src/{package}/__init__.py") in tree
    readme = tree[PurePosixPath("README.md")].content.decode()
    for run in project_runs(template, project_name(name), frameworks):
        assert f"| {run.name} | {run.summary} |" in readme
    assert ("PyTorch" in readme, "Keras" in readme) == ("pytorch" in frameworks, "keras" in frameworks)
    assert "{{" not in readme
    assert "{%" not in readme


def test_prose_that_templates_share_lies_beside_them(provider):
    lay(
        provider.folder,
        {
            "prose/run.md.jinja": "Run {{ runs[0].name }} of Your Project.\n",
            "tiny/common/README.md.jinja": '# Title\n{% include "run.md" %}\n',
        },
    )
    template = find_template("tiny", (provider,))
    tree = render(template, NAME, ("pytorch",), (), "3.12", {})
    assert tree[PurePosixPath("README.md")].content == b"# Title\nRun train (PyTorch) of Cat Dog.\n"


def test_a_mistake_in_shared_prose_names_it_and_no_text_lies_outside(provider):
    readme = provider.folder / "tiny/common/README.md.jinja"
    for text, message in (
        ("{% if %}", r"README.md.jinja, in run.md, line 1"),
        ("fine", "no text ../../x to include"),
    ):
        lay(provider.folder, {"prose/run.md.jinja": text, "../x.jinja": "out"})
        readme.write_text('{% include "run.md" %}' + ('{% include "../../x" %}' if text == "fine" else ""))
        with pytest.raises(TemplateBroken, match=message):
            render(find_template("tiny", (provider,)), NAME, ("pytorch",), (), "3.12", {})
