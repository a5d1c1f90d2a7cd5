from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.errors import NameRefused
from scaffold.projects.model import ProjectName
from scaffold.projects.names import project_name, propose, refusal, template_of


@pytest.mark.parametrize(
    ("text", "package", "title"),
    [
        ("cnn-project", "cnn_project", "Cnn Project"),
        ("flowers", "flowers", "Flowers"),
        ("my_net2", "my_net2", "My Net2"),
        ("a" * 40, "a" * 40, "A" + "a" * 39),
    ],
)
def test_three_spellings(text, package, title):
    assert project_name(text) == ProjectName(distribution=text, package=package, title=title)


@pytest.mark.parametrize(
    ("text", "reason", "proposal"),
    [
        ("", "it is empty", "my-project"),
        ("  ", "it is empty", "my-project"),
        (".", "a folder that is there already", "my-project"),
        ("..", "a folder that is there already", "my-project"),
        ("../flowers", "path separator", "flowers"),
        ("a\\b", "path separator", "a-b"),
        ("猫狗分类", "beyond ASCII", "my-project"),
        ("fleurs-été", "beyond ASCII", "fleurs-ete"),
        ("a\nb", "control character", "a-b"),
        ("my flowers", "a space", "my-flowers"),
        ("-flowers", "starts or ends with a dash", "flowers"),
        ("flowers.", "starts or ends with a dash", "flowers"),
        ("flowers.net", "a dot", "flowers-net"),
        ("3d-cnn", "starts with a digit", "my-3d-cnn"),
        ("MyFlowers", "upper-case", "my-flowers"),
        ("flowers!", "only letters", "flowers"),
        ("a--b", "side by side", "a-b"),
        ("word-" * 9 + "end", "48 characters long; 40 is the limit", "-".join(["word"] * 8)),
        ("x" * 41, "41 characters long", "x" * 40),
        ("class", "keyword", "my-class"),
        ("match", "keyword", "my-match"),
        ("random", "standard library", "my-random"),
        ("distutils", "standard library", "my-distutils"),
        ("torch", "a package that the project needs", "my-torch"),
        ("scikit-learn", "a package that the project needs", "my-scikit-learn"),
        ("scikit_learn", "a package that the project needs", "my-scikit-learn"),
        ("sklearn", "a package that the project needs", "my-sklearn"),
        ("tests", "a folder that tools and projects use", "my-tests"),
        ("nul", "Windows keeps", "my-nul"),
        ("com7", "Windows keeps", "my-com7"),
    ],
)
def test_a_refusal_says_why_and_proposes(text, reason, proposal):
    with pytest.raises(NameRefused) as caught:
        project_name(text)
    assert reason in caught.value.message
    assert caught.value.hint == f"scaffold new {proposal}"
    assert caught.value.code == "name-refused"
    assert "\n" not in caught.value.message


def test_a_proposal_keeps_the_template_that_was_asked_for():
    with pytest.raises(NameRefused) as caught:
        project_name("torch", template="cnn")
    assert caught.value.hint == "scaffold new my-torch -t cnn"
    with pytest.raises(NameRefused) as caught:
        project_name("猫狗", template="cnn")
    assert caught.value.hint == "scaffold new cnn-project"


@given(st.text(), st.none() | st.text())
def test_every_proposal_is_a_valid_name(text, template):
    assert refusal(propose(text, template=template)) == ""


@given(st.from_regex(r"[a-z0-9_.-]{1,45}", fullmatch=True))
def test_what_is_accepted_is_what_every_tool_accepts(text):
    from packaging.requirements import Requirement

    if refusal(text):
        return
    name = project_name(text)
    assert name.package.isidentifier()
    assert Requirement(name.distribution).name == name.distribution


@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("cnn-project", "cnn"),
        ("cnn_project", "cnn"),
        ("cnn", None),
        ("-project", None),
        ("text-gen-project", "text-gen"),
    ],
)
def test_the_template_that_a_name_asks_for(name, template):
    assert template_of(name) == template
