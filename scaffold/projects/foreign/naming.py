"""A project has its name already: which of a template's variables it answers, and in which spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scaffold.projects.foreign.model import ForeignTemplate, Question
from scaffold.projects.model import ProjectName

#: Variables that name the whole project, in templates that are widely used.
_PROJECT = frozenset(["project_name", "project_title", "project", "name", "app_name", "application_name"])
_FOLDERS = frozenset(
    [
        "project_slug", "repo_name", "repository_name", "directory_name", "folder_name", "project_dir",
        "distribution_name", "dist_name", "pypi_name", "pypi_package_name",
    ]
)  # fmt: skip
_PACKAGES = frozenset(
    ["package_name", "module_name", "import_name", "pkg_name", "python_package", "python_package_import_name"]
)

_EXPRESSION = re.compile(r"{{|{%|\[\[|\[%|<<|<%")


def named_answers(template: ForeignTemplate, name: ProjectName) -> Mapping[str, tuple[str, ...]]:
    """Defaults that come from the project's name, the likeliest spelling first.

    A variable that the template works out from others has none: it follows those.
    """
    top = _top_variables(template)
    return {
        one.name: tuple(dict.fromkeys((_spelling(template, one, name), *_others(name))))
        for one in template.questions
        if _names_project(one, top) and not one.computed
    }


def _names_project(question: Question, top: frozenset[str]) -> bool:
    if question.choices or question.secret or question.type not in {"str", "yaml"}:
        return False
    plain = question.required or (
        isinstance(question.default, str) and not _EXPRESSION.search(question.default)
    )
    return plain and question.name in _PROJECT | _FOLDERS | _PACKAGES | top


def _others(name: ProjectName) -> tuple[str, ...]:
    """For where a validator refuses the likeliest."""
    return name.distribution, name.package, name.title


def _top_variables(template: ForeignTemplate) -> frozenset[str]:
    """The variables in the name of cookiecutter's top folder, where nothing else stands in it."""
    found = re.fullmatch(r"\W*cookiecutter\.(\w+)\W*", template.folder_name)
    return frozenset(found.groups()) if found else frozenset()


def _spelling(template: ForeignTemplate, question: Question, name: ProjectName) -> str:
    """As the template's own default is spelt; where that tells nothing, as the variable's name says."""
    default = question.default if isinstance(question.default, str) else ""
    if question.name in _PACKAGES:
        return name.package
    if " " in default:
        return name.title
    if "_" in default:
        return name.package
    if "-" in default:
        return name.distribution
    if question.name.endswith("title") or default != default.lower() or _is_prose(template, question):
        return name.title
    return name.distribution


def _is_prose(template: ForeignTemplate, question: Question) -> bool:
    """Whether others are made of it by replacing its blanks: then it is a title."""
    uses = [
        one.default
        for one in template.questions
        if isinstance(one.default, str) and re.search(rf"\b{re.escape(question.name)}\b", one.default)
    ]
    return any(re.search(r"replace\(\s*['\"] ['\"]|slugify", use) for use in uses)
