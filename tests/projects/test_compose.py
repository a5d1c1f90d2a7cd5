from __future__ import annotations

import pytest

from scaffold.errors import TemplateBroken
from scaffold.projects.catalog import find_template
from scaffold.projects.compose import compose

COMMON = [
    ".gitignore",
    "README.md.jinja",
    "src/your_project/__init__.py",
    "src/your_project/data.py",
    "src/your_project/metrics.py",
]


def paths(template, *frameworks):
    return [str(path) for path in compose(template, frameworks)]


def test_the_union_of_the_chosen_layers(tiny):
    assert paths(tiny, "pytorch") == [*COMMON, "src/your_project/pytorch/train.py"]
    assert paths(tiny, "keras") == [*COMMON, "src/your_project/tfkeras/train.py"]
    both = [*COMMON, "src/your_project/pytorch/train.py", "src/your_project/tfkeras/train.py"]
    assert paths(tiny, "pytorch", "keras") == both


@pytest.mark.parametrize("name", ["data.py", "Data.py"])
def test_a_path_given_twice_names_both_files(provider, tiny, name):
    other = provider.folder / "parts/base/src/your_project" / name
    other.write_text("")
    with pytest.raises(TemplateBroken) as caught:
        compose(tiny, ("pytorch",))
    assert caught.value.detail == (str(other), str(provider.folder / "tiny/common/src/your_project/data.py"))


def test_what_running_and_editing_leave_behind_is_no_part_of_a_project(provider, tiny):
    before = paths(tiny, "pytorch")
    source = provider.folder / "tiny/common"
    for junk in ("src/your_project/__pycache__/data.cpython-312.pyc", ".idea/x.iml", ".DS_Store", "data.py~"):
        (source / junk).parent.mkdir(parents=True, exist_ok=True)
        (source / junk).write_text("junk")
    assert paths(tiny, "pytorch") == before


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_symbolic_link_is_refused(provider, tiny, tmp_path, what):
    target = tmp_path / "outside"
    target.mkdir() if what == "folder" else target.write_text("secret")
    (provider.folder / "tiny/common/link").symlink_to(target)
    with pytest.raises(TemplateBroken, match="is a symbolic link"):
        compose(tiny, ("pytorch",))


def test_the_templates_of_this_package_compose():
    template = find_template("cnn")
    both = paths(template, *template.frameworks)
    assert {"README.md.jinja", ".gitignore", "src/your_project/__init__.py"} <= set(both)
    for run in template.runs:
        if run.kind == "module" and run.target.startswith("your_project"):
            assert f"src/{run.target.replace('.', '/')}.py" in both
