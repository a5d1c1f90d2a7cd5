"""``copier.yml``: the questions of an exported template, and what is left out when."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from textwrap import fill, indent

from scaffold.builds.model import TITLES
from scaffold.projects.export.model import PYTHONS, Renderings
from scaffold.projects.names import LONGEST, SHAPE, taken_names

#: The first Copier without the holes of before; older ones need not be tried.
OLDEST = "9.17.2"

#: YAML reads these texts with its double quotes: they are JSON's.
_NAME = """\
project_name:
  type: str
  help: Name of the project, of its folder and, with _ for -, of its Python package
  default: {default}
  validator: >-
    {{%- set package = project_name.replace('-', '_') -%}}
    {{%- if not (project_name | regex_search({shape})) -%}}
    lower-case letters, digits and single dashes or underscores, a letter first
    {{%- elif project_name | length > {longest} -%}}
    at most {longest} characters
    {{%- elif package in taken_names.split() -%}}
    Python, Windows or a package that the project needs has this name already
    {{%- endif -%}}
"""

_FRAMEWORKS = """\
frameworks:
  type: str
  help: Frameworks
  multiselect: true
  choices:
{choices}
  default: {default}
  validator: "{{% if not frameworks %}}choose at least one{{% endif %}}"
"""

_PYTHON = """\
python:
  type: str
  help: Python that the project is used with
  choices: {choices}
  default: {default}
"""

_COMPUTED = """\
# Computed from the answers, never asked.
package_name:
  type: str
  default: "{{ project_name.replace('-', '_') }}"
  when: false

project_title:
  type: str
  default: "{{ project_name.replace('-', ' ').replace('_', ' ').title() }}"
  when: false
"""

#: Read before the validator that needs it.
_TAKEN = """\
# What a project cannot be called: modules of Python, what it depends on, names that tools give a meaning.
taken_names:
  type: str
  when: false
  default: >-
{names}
"""


def document(renderings: Renderings, excluded: Iterable[tuple[str, str]]) -> str:
    """The text of ``copier.yml``; ``excluded`` are conditions and the patterns that they leave out."""
    template = renderings.template
    of = "" if template.apart else f" of {template.provider}"  # where a folder lies is nobody's business
    head = (
        f"# {' '.join(f'{template.title}: {template.description}'.split())}\n"
        f"# Made from the template {template.name} {template.version}{of} by scaffold.\n"
        f'_min_copier_version: "{OLDEST}"\n_subdirectory: template\n_templates_suffix: .jinja\n'
        "# A statement on a line of its own leaves no line behind.\n_envops:\n  trim_blocks: true\n"
    )
    return "\n".join(part for part in (head, _exclude(excluded), *_questions(renderings), _after()) if part)


def _questions(renderings: Renderings) -> Iterable[str]:
    names = fill(" ".join(sorted(taken_names())), 100, break_long_words=False, break_on_hyphens=False)
    yield _TAKEN.format(names=indent(names, "    "))
    shape = f"'^(?:{SHAPE.pattern})$'"
    yield _NAME.format(default=json.dumps(renderings.name), shape=shape, longest=LONGEST)
    frameworks = renderings.every[0]
    if len(frameworks) > 1:
        choices = "\n".join(f"    {TITLES[one]}: {one}" for one in frameworks)
        yield _FRAMEWORKS.format(choices=choices, default=json.dumps(frameworks))
    yield _PYTHON.format(choices=json.dumps(PYTHONS), default=json.dumps(PYTHONS[0]))
    yield _COMPUTED


def _exclude(excluded: Iterable[tuple[str, str]]) -> str:
    """One pattern an entry, for every Copier; they are sorted by what leaves them out."""
    lines = ["_exclude:"]
    for test, some in groupby(sorted(excluded), key=lambda one: one[0]):
        lines += [
            f"  - {json.dumps(f'{{% if {test} %}}{pattern}{{% endif %}}', ensure_ascii=False)}"
            for _, pattern in some
        ]
    return "\n".join([*lines, ""]) if len(lines) > 1 else ""


def _after() -> str:
    text = (
        "{{ project_name }} is there. Open its folder in PyCharm, or in it:\n"
        "python -m venv .venv, activate it, pip install -r requirements.txt"
    )
    return "_message_after_copy: |\n" + indent(text, "  ") + "\n"
