"""Templates of cookiecutter, through the real package."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest

from scaffold.errors import OptionRefused, TemplateBroken
from scaffold.projects import foreign
from scaffold.projects.foreign.model import Question
from scaffold.projects.snapshot import Entry
from scaffold.system import HostSystem
from tests.projects.foreign.conftest import NAME, MakeTemplate, render, texts

SETTINGS = {
    "project_name": "My Project",
    "project_slug": "{{ cookiecutter.project_name.lower().replace(' ', '_') }}",
    "license": ["MIT", "BSD"],
    "python": "3.10",
    "docs": True,
    "colours": {"sky": "blue", "of": "{{ cookiecutter.project_slug }}"},
    "package": ["{{ cookiecutter.project_slug }}", "{{ cookiecutter.project_slug }}_x"],
    "_private": "kept {{ as it is }}",
    "__computed": "{{ cookiecutter.license }}!",
    "_copy_without_render": ["*.raw", "raw"],
    "__prompts__": {
        "license": {"__prompt__": "Which license", "MIT": "the short one"},
        "docs": "Documentation?",
    },
}
TOP = "{{cookiecutter.project_slug}}"
LINE = "{{ cookiecutter.license }} {{ cookiecutter.python }} {{ cookiecutter.docs }} {{ cookiecutter.colours.sky }}"


def whole(template: MakeTemplate) -> dict[str, str | bytes]:
    return {
        "cookiecutter.json": json.dumps(SETTINGS),
        f"{TOP}/README.md": "{{ cookiecutter.project_name }}\r\n" + LINE + "\r\n",
        f"{TOP}/{{{{ cookiecutter.package }}}}.py": "{{ cookiecutter._private }} {{ cookiecutter.__computed }}",
        f"{TOP}/a.raw": "{{ not rendered }}",
        f"{TOP}/raw/b": "{{ not rendered }}",
        f"{TOP}/latin.bin": b"\x00\xff\xfe{{ 1 }}",
        "hooks/post_gen_project.py": "print('the hook ran'); open('hooked', 'w').write('{{ cookiecutter.license }}')",
    }


def test_everything_that_it_knows(template: MakeTemplate) -> None:
    fetched = template(whole(template))
    (fetched.folder / TOP / "run.sh").write_text("#!/bin/sh\n")
    (fetched.folder / TOP / "run.sh").chmod(0o755)
    (fetched.folder / TOP / "empty").mkdir()

    made = render(fetched)

    assert made.files == {
        PurePosixPath(path): entry
        for path, entry in {
            "README.md": Entry(b"Tiny App\r\nMIT 3.10 True blue\r\n"),
            "a.raw": Entry(b"{{ not rendered }}"),
            "empty": Entry(kind="folder"),
            "latin.bin": Entry(b"\x00\xff\xfe{{ 1 }}"),
            "raw/b": Entry(b"{{ not rendered }}"),
            "run.sh": Entry(b"#!/bin/sh\n", executable=True),
            "tiny_app.py": Entry(b"kept {{ as it is }} MIT!"),
        }.items()
    }
    assert made.answers == {
        "project_name": "Tiny App",
        "project_slug": "tiny_app",
        "license": "MIT",
        "python": "3.10",
        "docs": True,
        "colours": {"sky": "blue", "of": "tiny_app"},
        "package": "tiny_app",
    }
    assert (made.ran, made.skipped) == ((), ("hook post_gen_project: hooks/post_gen_project.py",))
    assert made.notices == ()


def test_answers_as_they_are_typed(template: MakeTemplate) -> None:
    made = render(
        template(whole(template)),
        license="BSD", python="3.20", docs="no", colours="{sky: grey}", package="it_x", project_slug="it",
    )  # fmt: skip
    assert texts(made)["README.md"] == "Tiny App\r\nBSD 3.20 False grey\r\n"
    assert texts(made)["it_x.py"] == "kept {{ as it is }} BSD!"
    assert made.answers["colours"] == {"sky": "grey", "of": "it"}


def test_its_hooks_run_where_it_is_trusted(template: MakeTemplate) -> None:
    made = render(template(whole(template)), trust=True)
    assert texts(made)["hooked"] == "MIT"
    assert (made.ran, made.skipped, made.notices) == (("hook post_gen_project",), (), ("the hook ran",))


def test_what_it_asks(template: MakeTemplate) -> None:
    found = foreign.describe(template(whole(template)), HostSystem())
    questions = {one.name: one for one in found.questions}
    assert questions["license"] == Question(
        name="license", help="Which license", default="MIT", choices=("MIT", "BSD")
    )
    assert [one.type for one in found.questions][:6] == ["str", "str", "str", "str", "bool", "dict"]
    assert [one.name for one in found.questions if one.computed] == [
        "_private", "__computed", "_copy_without_render",
    ]  # fmt: skip
    assert (found.title, found.folder_name) == ("the-template", TOP)


def test_an_earlier_answer_that_fits_no_more_gives_way(template: MakeTemplate) -> None:
    remembered = {"license": "GPL", "python": "3.9", "package": "old_x", "project_slug": "old", "gone": 1}
    made = foreign.render(
        template(whole(template)), HostSystem(), name=NAME, answers={"docs": "n"}, remembered=remembered
    )
    assert texts(made)["README.md"] == "Tiny App\r\nMIT 3.9 False blue\r\n"
    assert made.answers["package"] == "old_x"


@pytest.mark.parametrize(
    ("answers", "code", "message", "detail"),
    [
        (
            {"license": "GPL"},
            "answer-refused",
            "template the-template refuses the answer to license: 'GPL' is none of its choices",
            ("there are: MIT, BSD",),
        ),
        (
            {"docs": "perhaps"},
            "answer-refused",
            (
                "template the-template refuses the answer to docs: perhaps provided for variable docs could not be"
                " converted to a boolean"
            ),
            (),
        ),
        (
            {"licence": "MIT", "frobnicate": 1},
            "answer-unknown",
            "template the-template does not ask for licence, frobnicate",
            ("licence: did you mean license?", "frobnicate: nothing it asks is near to that"),
        ),
    ],
    ids=["choice", "truth", "unknown"],
)
def test_answers_that_it_cannot_take(
    template: MakeTemplate, answers: dict[str, object], code: str, message: str, detail: tuple[str, ...]
) -> None:
    with pytest.raises(OptionRefused) as caught:
        render(template(whole(template)), **answers)
    assert (caught.value.code, caught.value.message, caught.value.detail) == (code, message, detail)


def test_the_users_own_defaults(template: MakeTemplate, home: Path) -> None:
    (home / ".cookiecutterrc").write_text("default_context: {license: BSD, project_name: Theirs, wrong: 1}\n")
    made = render(template(whole(template)))
    assert texts(made)["README.md"] == "Tiny App\r\nBSD 3.10 True blue\r\n"
    assert sorted(one.name for one in home.iterdir()) == [".cookiecutterrc"]


NESTED = {
    "cookiecutter.json": json.dumps(
        {
            "templates": {
                "lib": {"path": "./lib", "title": "Library"},
                "app": {"path": "./app", "title": "App"},
            }
        }
    ),
    "lib/cookiecutter.json": '{"project_slug": "x"}',
    "lib/{{cookiecutter.project_slug}}/lib.txt": "lib of {{ cookiecutter.project_slug }}",
    "app/cookiecutter.json": '{"project_slug": "x", "port": "80"}',
    "app/{{cookiecutter.project_slug}}/app.txt": "app at {{ cookiecutter.port }}",
    "app/hooks/pre_gen_project.py": "pass",
}


def test_one_of_several_templates_in_it(template: MakeTemplate) -> None:
    fetched = template(NESTED)
    assert texts(render(fetched)) == {"lib.txt": "lib of tiny-app"}
    made = render(fetched, template="app", port="81")
    assert (texts(made), made.answers) == (
        {"app.txt": "app at 81"},
        {"template": "app", "project_slug": "tiny-app", "port": "81"},
    )
    assert made.skipped == ("hook pre_gen_project: app/hooks/pre_gen_project.py",)
    again = foreign.render(fetched, HostSystem(), name=NAME, answers={}, remembered=made.answers)
    assert again.files == made.files
    with pytest.raises(OptionRefused, match="'web' is none of its templates"):
        render(fetched, template="web")


def test_the_older_way_to_name_several(template: MakeTemplate) -> None:
    older = {**NESTED, "cookiecutter.json": '{"template": ["Library (./lib)", "App (./app)"]}'}
    made = render(template(older), template="App")
    assert (texts(made), made.answers["template"]) == ({"app.txt": "app at 80"}, "App")


def test_extensions_that_only_bring_tags_are_no_code_of_its_author(template: MakeTemplate) -> None:
    made = render(
        template(
            {
                "cookiecutter.json": '{"project_slug": "x", "_extensions": ["jinja2.ext.do"], "_new_lines": "\\r\\n"}',
                f"{TOP}/a": "{% set l = [] %}{% do l.append(1) %}{{ l }} {{ 'A B' | slugify }}\n",
            }
        )
    )
    assert texts(made) == {"a": "[1] a-b\r\n"}


@pytest.mark.parametrize(
    ("files", "message", "detail"),
    [
        (
            {"cookiecutter.json": '{"a": "b",}', f"{TOP}/x": ""},
            "its settings cannot be read: ",
            (),
        ),
        (
            {"cookiecutter.json": '{"project_slug": "x"}', "src/x": ""},
            "no folder of it has an expression as its name, such as {{ cookiecutter.project_slug }}",
            (),
        ),
        (
            {"cookiecutter.json": '{"project_slug": "x"}', f"{TOP}/x": "1\n2 {{ cookiecutter.nothing }}"},
            "Unable to create file 'x': it uses what is not defined,",
            (f"{TOP}/x, line 2",),
        ),
        (
            {"cookiecutter.json": '{"project_slug": "{{ cookiecutter.later }}"}', f"{TOP}/x": ""},
            "Unable to render variable 'project_slug': it uses what is not defined,",
            (),
        ),
        (
            {"cookiecutter.json": '{"project_slug": "x"}', f"{TOP}/x": "1\n\n{{ 1 | frobnicate }}"},
            "a mistake in it: No filter named 'frobnicate'",
            (f"{TOP}/x, line 3",),
        ),
        (
            {"cookiecutter.json": '{"project_slug": "x"}', f"{TOP}/x": "{% include 'absent' %}"},
            "it includes a file that it does not have: ",
            (f"{TOP}/x, line 1",),
        ),
        (
            {"cookiecutter.json": '{"project_slug": "x"}', f"{TOP}/x": b"caf\xe9 {{ 1 }}"},
            "a file is not text in UTF-8: ",
            (f"{TOP}/x",),
        ),
    ],
    ids=["json", "folder", "undefined", "variable", "filter", "include", "encoding"],
)
def test_mistakes_of_its_author(
    template: MakeTemplate, files: dict[str, str | bytes], message: str, detail: tuple[str, ...]
) -> None:
    with pytest.raises(TemplateBroken) as caught:
        render(template(files))
    assert caught.value.message.startswith(f"template the-template: {message}")
    assert (caught.value.code, caught.value.detail) == ("template-broken", detail)


def test_a_hook_that_fails_shows_what_it_said(template: MakeTemplate) -> None:
    files = {
        "cookiecutter.json": '{"project_slug": "x"}',
        f"{TOP}/x": "",
        "hooks/pre_gen_project.py": "import sys; sys.exit('no name like that')",
    }
    with pytest.raises(TemplateBroken) as caught:
        render(template(files), trust=True)
    assert (caught.value.code, caught.value.detail) == ("template-hook-failed", ("no name like that",))


def test_a_template_that_is_for_another_program(template: MakeTemplate) -> None:
    words = "Use of the `cookiecutter` command is deprecated. Please use `other` in place of it."
    files = {"cookiecutter.json": json.dumps({"DEPRECATED": words}), "{{ cookiecutter.repo_name }}/a": ""}
    with pytest.raises(TemplateBroken) as caught:
        render(template(files))
    assert (caught.value.message, caught.value.detail, caught.value.hint) == (
        (
            "template the-template: its cookiecutter.json does not ask for repo_name, "
            "of which its folder's name is made"
        ),
        (f"it says: DEPRECATED: {words}",),
        "it may be for a program of its own: make the project with that, then: scaffold adopt",
    )
