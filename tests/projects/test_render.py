from __future__ import annotations

import ast
import hashlib
from pathlib import PurePosixPath

import pytest

from scaffold import __version__
from scaffold.errors import TemplateBroken
from scaffold.projects.catalog import find_template
from scaffold.projects.names import LONGEST, project_name
from scaffold.projects.record import RECORD
from scaffold.projects.render import project_runs, render
from scaffold.toml import loads

from .conftest import keras_build, lay, torch_build

NAME = project_name("cat-dog")
RUNS = {PurePosixPath(".run/train (PyTorch).run.xml"): b"<component/>"}


def test_the_whole_tree(tiny):
    tree = render(tiny, NAME, ("pytorch",), (torch_build(),), "3.12", RUNS)
    assert [str(path) for path in tree] == [
        ".gitignore",
        ".run/train (PyTorch).run.xml",
        ".scaffold/project.json",
        "README.md",
        "pyproject.toml",
        "requirements.txt",
        "src/cat_dog/__init__.py",
        "src/cat_dog/data.py",
        "src/cat_dog/metrics.py",
        "src/cat_dog/pytorch/train.py",
    ]
    assert tree[PurePosixPath("README.md")] == b"# Cat Dog\n- train (PyTorch)\n- tests\n"
    assert tree[PurePosixPath("src/cat_dog/data.py")] == b'"""Data of Cat Dog."""\n\nNAME = "cat-dog"\n'
    assert tree[PurePosixPath("src/cat_dog/pytorch/train.py")] == b"from cat_dog import data\n"


def test_the_record_tells_every_file_and_its_making(tiny):
    import json

    tree = render(tiny, NAME, ("pytorch",), (torch_build(),), "3.12", RUNS)
    record = json.loads(tree[RECORD])
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
    }
    assert files == {str(p): hashlib.sha256(c).hexdigest() for p, c in tree.items() if p != RECORD}


def test_the_same_choices_give_the_same_bytes(tiny):
    first, second = (
        render(tiny, NAME, ("pytorch", "keras"), (torch_build(), keras_build()), "3.12", RUNS) for _ in "12"
    )
    assert list(first.items()) == list(second.items())


def test_a_template_cannot_bring_what_is_built(provider, tiny):
    (provider.folder / "tiny/common/pyproject.toml").write_text("")
    with pytest.raises(
        TemplateBroken, match=r"the template brings pyproject\.toml, which scaffold writes itself"
    ):
        render(tiny, NAME, ("pytorch",), (), "3.12", {})


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
    for path, content in tree.items():
        for old in (b"your_project", b"your-project", b"Your Project"):
            assert old not in content, path
        if path.suffix == ".py":
            ast.parse(content, str(path))
    document = loads(tree[PurePosixPath("pyproject.toml")].decode())
    assert document["project"]["name"] == name
    assert PurePosixPath(f"src/{package}/__init__.py") in tree
    readme = tree[PurePosixPath("README.md")].decode()
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
    assert tree[PurePosixPath("README.md")] == b"# Title\nRun train (PyTorch) of Cat Dog.\n"


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
