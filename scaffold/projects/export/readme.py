"""The README of an exported template: for whoever finds its folder."""

from __future__ import annotations

from textwrap import dedent

from scaffold.builds.model import TITLES
from scaffold.projects.export.model import PYTHONS, Renderings
from scaffold.projects.names import LONGEST

_ELSEWHERE = """\
What it gives holds on any machine: `pyproject.toml` and `requirements.txt` name the frameworks' lowest
versions. `scaffold new {template}-project` also chooses the builds that fit the machine's GPU, makes the
environment and registers it in PyCharm; `scaffold adopt` does so for a project of this template.
"""


def copier_readme(renderings: Renderings) -> str:
    """How to use the template with Copier."""
    frameworks = (
        f"| `frameworks` | {_titles(renderings)}: one or several |\n" if len(renderings.every) > 1 else ""
    )
    text = f"""\
        # {renderings.template.title}

        A template of [Copier](https://copier.readthedocs.io). {renderings.template.description}.

        ```console
        copier copy THIS-FOLDER {renderings.name}
        ```

        | question | answers |
        |---|---|
        | `project_name` | lower-case letters, digits and dashes; at most {LONGEST} characters |
        FRAMEWORKS| `python` | {", ".join(PYTHONS)} |

        `template/` holds the files; those that end in `.jinja` are rendered, all others are copied.
        `copier.yml` says which of them belong to which framework. No code of the template runs, so it
        needs no `--trust`. In a git repository with tags, `copier update` brings projects to a newer one.

        """
    return dedent(text).replace("FRAMEWORKS", frameworks) + _elsewhere(renderings)


def cookiecutter_readme(renderings: Renderings) -> str:
    """How to use the template, or each of its selections, with cookiecutter."""
    several = len(renderings.every) > 1
    nested = (
        "Cookiecutter leaves no folder out without running code in a hook. So each selection of frameworks\n"
        "is a template of its own here, and `cookiecutter.json` asks which; `--directory "
        f"{folder_of(renderings.every[-1])}` takes one\nunasked. No hook runs.\n\n"
        if several
        else "No hook runs.\n\n"
    )
    text = f"""\
        # {renderings.template.title}

        A template of [cookiecutter](https://cookiecutter.readthedocs.io). {renderings.template.description}.

        ```console
        cookiecutter THIS-FOLDER
        ```

        | question | answers |
        |---|---|
        | `project_name` | lower-case letters, digits and dashes; at most {LONGEST} characters |
        | `python` | {", ".join(PYTHONS)} |

        Nothing checks the name: cookiecutter has no validators.

        """
    return dedent(text) + nested + _elsewhere(renderings)


def folder_of(selection: tuple[str, ...]) -> str:
    """The folder of a selection: ``pytorch-keras``, ``keras``."""
    return "-".join(selection)


def titles_of(selection: tuple[str, ...]) -> str:
    """A selection as people call it: ``PyTorch and Keras``."""
    return " and ".join(TITLES[one] for one in selection)  # type: ignore[index]


def _titles(renderings: Renderings) -> str:
    return ", ".join(TITLES[one] for one in renderings.every[0])


def _elsewhere(renderings: Renderings) -> str:
    return _ELSEWHERE.format(template=renderings.template.name)
