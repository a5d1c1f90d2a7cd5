"""environment.yml: conda's packages and pip's, and documents that mean harm."""

import pytest

from scaffold.errors import OptionRefused
from scaffold.locks.conda import read_conda
from scaffold.locks.reading import parse_lock

ENVIRONMENT = """\
name: vision
channels: [pytorch, nvidia, conda-forge]
dependencies:
  - python=3.11
  - pytorch=2.5.1=py3.11_cuda12.4_cudnn9.1.0_0
  - conda-forge::cudnn 9.28
  - pytorch-cuda=12.4
  - numpy>=1.26,<3
  - "!!!"
  - pip
  - pip:
      - tensorflow-cpu==2.21.0 ; sys_platform == "linux"
      - --extra-index-url https://index.example/simple
      - "%%%"
"""


def test_conda_and_pip():
    lock = read_conda(ENVIRONMENT)
    assert [(one.name, one.version, one.specifier, one.build, one.conda, one.line) for one in lock.packages] == [
        ("pytorch", "2.5.1", "=2.5.1=py3.11_cuda12.4_cudnn9.1.0_0", "py3.11_cuda12.4_cudnn9.1.0_0", True, 5),
        ("cudnn", "9.28", "9.28", "", True, 6),
        ("pytorch-cuda", "12.4", "=12.4", "", True, 7),
        ("numpy", "", ">=1.26,<3", "", True, 8),
        ("pip", "", "", "", True, 10),
        ("tensorflow-cpu", "2.21.0", "==2.21.0", "", False, 12),
    ]  # fmt: skip
    assert [need.marker for need in lock.roots] == ["", "", "", "", "", 'sys_platform == "linux"']
    assert (lock.python, lock.indexes) == ("3.11", ("https://index.example/simple",))
    assert lock.notes == ("line 9: not understood", "line 14: not understood")


@pytest.mark.parametrize(
    "text", ["- a\n- b\n", "dependencies: 3\n", "a: b\n", "dependencies: [\n", "\t\tx: y"]
)
def test_other_yaml_is_none(text):
    assert read_conda(text) is None


def test_a_bomb_is_refused_at_the_cost_of_its_length():
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 60))
    text = f"l0: &l0 [x]\n{levels}\ndependencies: [*l59, pytorch-cuda=12.4, {{pip: *l59}}]\n"
    with pytest.raises(ValueError, match=r"line 6: with its aliases written out it has over 100,000 parts"):
        read_conda(text)


@pytest.mark.parametrize("text", ["&a [*a, python=3.12]", "[{pip: &p [*p]}]"])
def test_a_document_that_holds_itself_is_refused(text):
    with pytest.raises(ValueError, match="line 1: it holds itself"):
        read_conda(f"dependencies: {text}\n")


def test_an_alias_for_a_line_is_read():
    lock = read_conda("dependencies:\n  - pip:\n    - &t torch==2.15.0\n    - *t\n")
    assert ([one.shown for one in lock.packages], lock.notes) == (["torch 2.15.0", "torch 2.15.0"], ())


def test_entries_that_are_no_packages_are_told():
    lock = read_conda(
        "dependencies:\n  - [numpy]\n  - npm:\n    - left-pad\n  - pip: torch\n  - pip:\n    - {a: b}\n"
    )
    assert (lock.packages, lock.notes) == (
        (),
        tuple(f"line {line}: not understood" for line in (2, 4, 5, 7)),
    )


def test_no_tag_constructs_anything(tmp_path):
    text = f"dependencies:\n  - !!python/object/apply:os.mkdir ['{tmp_path}/made']\n  - numpy=2.2\n"
    with pytest.raises(ValueError, match="line 2: a tag stands there that asks for more than text"):
        read_conda(text)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("dependencies: " + "[" * 100_000, "it is no YAML with a list of dependencies"),
        ("dependencies:\n" + "  - numpy\n" * 200_000, "it is too large for an environment.yml"),
    ],
)
def test_too_deep_and_too_large_are_refused(text, why):
    with pytest.raises(OptionRefused) as refusal:
        parse_lock(text, name="environment.yml")
    assert refusal.value.message == f"environment.yml is no lock file that can be judged: {why}"
