from __future__ import annotations

from dataclasses import replace

import pytest

from scaffold.errors import TemplateBroken
from scaffold.projects.catalog import find_template
from scaffold.projects.model import RunConfiguration


def test_a_template_is_read_whole(tiny, provider):
    assert (tiny.name, tiny.title, tiny.version, tiny.provider) == ("tiny", "Tiny", "1.2.3", "scaffold-dl")
    assert tiny.frameworks == ("pytorch", "keras")
    assert [layer.folder.name for layer in tiny.layers] == ["common", "pytorch", "keras"]
    assert [[part.name for part in layer.parts] for layer in tiny.layers] == [["base", "metrics"]] * 2 + [[]]
    assert tiny.runs == (
        RunConfiguration(
            name="train (PyTorch)",
            kind="module",
            target="your_project.pytorch.train",
            smoke=("--smoke",),
            framework="pytorch",
            summary="train Your Project",
            default=True,
        ),
        RunConfiguration(name="tests", kind="pytest", target="tests"),
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Tiny"', 'titel = "Tiny"', "line 1: 'title': it is missing"),
        ('title = "Tiny"', 'title = ""', "line 1: 'title': it is empty"),
        ('title = "Tiny"', "title = 3", "line 1: 'title': a string is needed, not 3"),
        (
            'version = "1.2.3"',
            'version = "1"\ndate = "x"',
            "line 4: 'date': there is no such key; 'data' was meant?",
        ),
        (
            'parts = ["metrics"]\ndep',
            'parts = "metrics"\ndep',
            "line 7: 'parts' of [[layer]]: a list of strings is",
        ),
        (
            '["alpha>=1"]',
            '["alpha >> 1"]',
            "line 8: 'dependencies' of [[layer]]: 'alpha >> 1' is no requirement",
        ),
        ('folder = "keras"', 'folder = "karas"', "line 16: 'folder' of [[layer]]: there is no folder"),
        (
            'framework = "keras"',
            'framework = "jax"',
            "line 17: 'framework' of [[layer]]: it is 'jax', and must be one",
        ),
        (
            'kind = "pytest"',
            'kind = "test"',
            "line 30: 'kind' of [[run]]: it is 'test', and must be one of: script,",
        ),
        ("default = true", "default = 1", "line 26: 'default' of [[run]]: true or false is needed, not 1"),
        ('name = "tests"', 'name = "train (PyTorch)"', "two run configurations are called 'train (PyTorch)'"),
        ('"1.2.3"', "1.2.3", "is no valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_file_line_and_key(provider, old, new, message):
    file = provider.folder / "tiny/template.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(TemplateBroken) as caught:
        find_template("tiny", (provider,))
    assert str(file) in caught.value.message
    assert message in caught.value.message


MANY = """
[[run]]
name = "train on 2 (PyTorch)"
kind = "torchrun"
processes = 2
target = "your_project.pytorch.train"
framework = "pytorch"

[[run]]
name = "all (PyTorch)"
kind = "compound"
members = ["train (PyTorch)", "tests"]
framework = "pytorch"
"""


@pytest.fixture
def many(provider):
    file = provider.folder / "tiny/template.toml"
    file.write_text(file.read_text() + MANY)
    return file


def test_several_processes_and_compounds_are_read_and_go_with_their_framework(many, provider):
    template = find_template("tiny", (provider,))
    assert template.runs[2:] == (
        RunConfiguration(
            name="train on 2 (PyTorch)",
            kind="torchrun",
            processes=2,
            target="your_project.pytorch.train",
            framework="pytorch",
        ),
        RunConfiguration(
            name="all (PyTorch)",
            kind="compound",
            members=("train (PyTorch)", "tests"),
            framework="pytorch",
        ),
    )
    assert template.runs_for(("pytorch", "keras")) == template.runs
    assert [run.name for run in template.runs_for(("keras",))] == ["tests"]


def test_a_compound_goes_as_a_whole(tiny):
    both = RunConfiguration(name="both", kind="compound", members=("train (PyTorch)", "tests"))
    template = replace(tiny, runs=(*tiny.runs, both))
    assert [run.name for run in template.runs_for(("keras",))] == ["tests"]
    assert [run.name for run in template.runs_for(("pytorch",))] == ["train (PyTorch)", "tests", "both"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("processes = 2\n", "", "line 33: 'processes' of [[run]]: it is missing"),
        ("processes = 2", "processes = 0", "line 36: 'processes' of [[run]]: a whole number from 1 on is"),
        ("processes = 2", 'processes = "2"', "a whole number from 1 on is needed, not '2'"),
        ('kind = "torchrun"', 'kind = "module"', "'processes' of [[run]]: there is no such key"),
        (
            '"train (PyTorch)", "tests"]',
            '"train", "tests"]',
            "line 43: 'members' of [[run]]: there is no run",
        ),
        ('"train (PyTorch)", "tests"]', '"tests"]', "'all (PyTorch)' needs two different run configurations"),
        ('"train (PyTorch)", "tests"]', '"tests", "tests"]', "needs two different run configurations"),
        ('"train (PyTorch)", "tests"]', '"all (PyTorch)", "tests"]', "'all (PyTorch)' is a compound itself"),
        (
            'members = ["train (PyTorch)", "tests"]\nframework = "pytorch"',
            'members = ["train (PyTorch)", "tests"]',
            "'train (PyTorch)' is for pytorch, 'all (PyTorch)' for every selection",
        ),
        (
            'kind = "compound"',
            'kind = "compound"\narguments = ["--epochs"]',
            "line 43: 'arguments' of [[run]]: a compound has none of its own",
        ),
        ('kind = "compound"', 'kind = "compound"\ntarget = "x"', "'target' of [[run]]: there is no such key"),
    ],
)
def test_a_mistake_in_such_a_row_is_named(many, provider, old, new, message):
    text = many.read_text()
    assert old in text
    many.write_text(text.replace(old, new, 1))
    with pytest.raises(TemplateBroken) as caught:
        find_template("tiny", (provider,))
    assert str(many) in caught.value.message
    assert message in caught.value.message


def test_a_part_that_requires_itself(provider):
    (provider.folder / "parts/base/part.toml").write_text('requires = ["metrics"]')
    with pytest.raises(TemplateBroken, match="'metrics' requires itself: metrics -> base -> metrics"):
        find_template("tiny", (provider,))


def test_a_part_that_is_not_there(provider):
    (provider.folder / "parts/metrics/part.toml").write_text('requires = ["bases"]')
    with pytest.raises(TemplateBroken, match="scaffold-dl has no part 'bases'") as caught:
        find_template("tiny", (provider,))
    assert caught.value.detail == ("near to it: base",)


def test_a_part_without_its_manifest(provider):
    (provider.folder / "parts/base/part.toml").unlink()
    with pytest.raises(TemplateBroken, match=r"part\.toml is missing"):
        find_template("tiny", (provider,))


@pytest.mark.parametrize("folder", ["../outside", ".", "linked"])
def test_a_layer_outside_the_template_is_refused(provider, folder):
    outside = provider.folder / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (provider.folder / "tiny" / "linked").symlink_to(outside)
    file = provider.folder / "tiny/template.toml"
    file.write_text(file.read_text().replace('folder = "common"', f'folder = "{folder}"', 1))
    with pytest.raises(TemplateBroken, match="does not lie in the template's own folder"):
        find_template("tiny", (provider,))


def test_a_part_of_one_framework_in_a_layer_of_another(provider):
    part = provider.folder / "parts/metrics/part.toml"
    part.write_text(f'{part.read_text()}\nframework = "keras"\n')
    with pytest.raises(TemplateBroken, match="'metrics' is for keras, this layer is not"):
        find_template("tiny", (provider,))


BROUGHT = """
[[run]]
name = "look"
kind = "script"
target = "look.py"
arguments = ["--all"]
summary = "look after it"
terminal = false
"""


@pytest.fixture
def brought(provider):
    """A part for every framework brings a row, and a part for PyTorch another."""
    base, pytorch = (provider.folder / "parts" / one / "part.toml" for one in ("base", "torch-side"))
    base.write_text(base.read_text() + BROUGHT)
    pytorch.parent.mkdir()
    pytorch.write_text(
        'framework = "pytorch"\n[[run]]\nname = "go"\nkind = "module"\ntarget = "your_project.go"\n'
    )
    file = provider.folder / "tiny/template.toml"
    file.write_text(
        file.read_text().replace('"pytorch"\nparts = ["metrics"]', '"pytorch"\nparts = ["torch-side"]')
    )
    return file


def test_parts_bring_rows_those_of_a_framework_first_and_those_for_every_one_last(brought, provider):
    template = find_template("tiny", (provider,))
    assert [run.name for run in template.runs] == ["go", "train (PyTorch)", "tests", "look"]
    assert template.runs[0] == RunConfiguration(
        name="go", kind="module", target="your_project.go", framework="pytorch"
    )
    assert [run.name for run in template.runs_for(("keras",))] == ["tests", "look"]


def test_a_template_says_only_what_is_different_in_a_row_of_a_part(brought, provider):
    brought.write_text(
        brought.read_text() + '\n[[run]]\nname = "look"\nsummary = "look here"\narguments = ["-a"]\n'
    )
    template = find_template("tiny", (provider,))
    assert template.runs[-1] == RunConfiguration(
        name="look",
        kind="script",
        target="look.py",
        arguments=("-a",),
        summary="look here",
        terminal=False,
    )


def test_a_row_of_another_kind_needs_a_target_of_its_own(brought, provider):
    brought.write_text(brought.read_text() + '\n[[run]]\nname = "look"\nkind = "module"\n')
    with pytest.raises(TemplateBroken, match=r"line 33: 'target' of \[\[run\]\]: it is missing"):
        find_template("tiny", (provider,))


def test_a_compound_of_a_part_starts_what_another_part_brings(brought, provider):
    file = provider.folder / "parts/torch-side/part.toml"
    file.write_text(
        file.read_text() + '[[run]]\nname = "both"\nkind = "compound"\nmembers = ["go", "look"]\n'
    )
    assert "both" in [run.name for run in find_template("tiny", (provider,)).runs]
    file.write_text(file.read_text().replace('"look"]', '"lok"]'))
    with pytest.raises(TemplateBroken, match="there is no run configuration 'lok'"):
        find_template("tiny", (provider,))
