"""Which variables of a template the project's name answers, and how it is spelt there."""

from __future__ import annotations

import pytest

from scaffold.projects.foreign.model import ForeignTemplate, Question
from scaffold.projects.foreign.naming import named_answers
from scaffold.projects.names import project_name

SLUG = Question(name="project_slug", default="{{ cookiecutter.project_name.lower().replace(' ', '_') }}")


@pytest.mark.parametrize(
    ("questions", "folder", "found"),
    [
        ((Question(name="project_name", default="My Project"), SLUG), "", {"project_name": "Tiny App"}),
        ((Question(name="project_name", default="boilerplate"), SLUG), "", {"project_name": "Tiny App"}),
        ((Question(name="project_name", default="boilerplate"),), "", {"project_name": "tiny-app"}),
        ((Question(name="project_name", required=True),), "", {"project_name": "tiny-app"}),
        ((Question(name="package_name", default="x"),), "", {"package_name": "tiny_app"}),
        ((Question(name="repo_name", default="my_repo"),), "", {"repo_name": "tiny_app"}),
        ((Question(name="repo_name", default="my-repo"),), "", {"repo_name": "tiny-app"}),
        ((Question(name="where", default="x"),), "{{ cookiecutter.where }}", {"where": "tiny-app"}),
        ((Question(name="where", default="x"),), "{{cookiecutter.where}}-{{cookiecutter.a}}", {}),
        ((Question(name="author", default="x"), Question(name="name_of_it", default="x")), "", {}),
        ((Question(name="project_name", default="a", choices=("a", "b")),), "", {}),
        ((Question(name="project_name", default="a", when="false"),), "", {}),
        ((Question(name="project_name", default="a", secret=True),), "", {}),
        ((Question(name="project_name", type="int", default=1),), "", {}),
    ],
)  # fmt: skip
def test_names(questions: tuple[Question, ...], folder: str, found: dict[str, str]) -> None:
    template = ForeignTemplate(kind="cookiecutter", title="", questions=questions, folder_name=folder)
    answers = named_answers(template, project_name("tiny-app"))
    assert {name: spellings[0] for name, spellings in answers.items()} == found
    assert all(set(one) == {"tiny-app", "tiny_app", "Tiny App"} for one in answers.values())
