"""Templates of copier, through the real package."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from scaffold.errors import OptionRefused, TemplateBroken
from scaffold.projects import foreign
from scaffold.projects.foreign.model import Question
from scaffold.projects.origins.model import Location
from scaffold.projects.snapshot import Entry
from scaffold.system import HostSystem
from tests.projects.foreign.conftest import NAME, MakeTemplate, render, texts

SETTINGS = """\
_subdirectory: project
_templates_suffix: .tmpl
_envops: {block_start_string: "[%", block_end_string: "%]", variable_start_string: "[[", variable_end_string: "]]"}
_exclude: ["*.skipped", "[% if not docs %]docs[% endif %]"]
_skip_if_exists: ["once/*.txt"]
_answers_file: .answers.yml
_preserve_symlinks: true
_min_copier_version: "9.0.0"
_message_after_copy: "Now cd [[ name ]]"
_tasks: ["echo done > task.txt", {command: [touch, "[[ name ]]"], when: "[[ docs ]]"}]
_migrations: [{version: v2.0.0, command: "echo migrate"}]
name: {type: str, help: How it is called, validator: "[% if '-' in name %]no dashes[% endif %]"}
python: {type: str, default: "3.10"}
docs: {type: bool, default: true}
year: {type: int, default: 2026}
parts: {type: str, multiselect: true, choices: {A part: a, Another: b}, default: [a]}
size: {type: str, choices: [small, large], when: "[[ docs ]]", default: small}
token: {type: str, secret: true, default: hidden}
upper: {type: str, when: false, default: "[[ name | upper ]]"}
"""


def whole() -> dict[str, str | bytes]:
    return {
        "copier.yml": SETTINGS,
        "project/[[ name ]].txt.tmpl": "[[ upper ]] [[ python ]] [[ year + 1 ]] [[ parts ]] [[ size ]] [[ token ]]\r\n",
        "project/[[ _copier_conf.answers_file ]].tmpl": "[[ _copier_answers | to_json ]]",
        "project/docs/index.md": "{{ not ours }} [[ nor this ]]",
        "project/a.skipped": "",
        "project/once/mine.txt": "",
        "project/binary": b"\x00\xff[[",
        "README.md": "of the template",
    }


def test_everything_that_it_knows(template: MakeTemplate) -> None:
    fetched = template(whole())
    (fetched.folder / "project" / "link").symlink_to("docs/index.md")
    (fetched.folder / "project" / "run.tmpl").write_text("x")
    (fetched.folder / "project" / "run.tmpl").chmod(0o755)

    made = render(fetched)

    answers = (
        f'{{"_src_path": "{fetched.folder}", "name": "tiny_app", "python": "3.10", "docs": true, "year": 2026,'
        ' "parts": ["a"], "size": "small"}'
    )
    assert made.files == {
        PurePosixPath(path): entry
        for path, entry in {
            ".answers.yml": Entry(answers.encode()),
            "binary": Entry(b"\x00\xff[["),
            "docs/index.md": Entry(b"{{ not ours }} [[ nor this ]]"),
            "link": Entry(b"docs/index.md", kind="link"),
            "once/mine.txt": Entry(),
            "run": Entry(b"x", executable=True),
            "tiny_app.txt": Entry(b"TINY_APP 3.10 2027 ['a'] small hidden\n"),
        }.items()
    }
    assert made.answers == {
        "name": "tiny_app", "python": "3.10", "docs": True, "year": 2026, "parts": ["a"], "size": "small",
    }  # fmt: skip
    assert made.once == (PurePosixPath("once/mine.txt"),)
    assert made.notices == ("Now cd tiny_app",)
    assert made.ran == ()
    assert made.skipped == (
        "task: echo done > task.txt",
        "task: touch tiny_app",
    )


def test_answers_as_they_are_typed(template: MakeTemplate) -> None:
    made = render(
        template(whole()), name="it", python="3.20", docs="no", year="1", parts="[a, b]", token="t",
    )  # fmt: skip
    assert "docs/index.md" not in texts(made)
    assert texts(made)["it.txt"] == "IT 3.20 2 ['a', 'b'] small t\n"
    assert made.answers == {"name": "it", "python": "3.20", "docs": False, "year": 1, "parts": ["a", "b"]}


def test_its_tasks_run_where_it_is_trusted(template: MakeTemplate) -> None:
    made = render(template(whole()), trust=True, docs=False)
    assert texts(made)["task.txt"] == "done\n"
    assert (made.ran, made.skipped) == (("task: echo done > task.txt",), ())


def test_what_it_asks(template: MakeTemplate) -> None:
    found = foreign.describe(template(whole()), HostSystem())
    questions = {one.name: one for one in found.questions}
    assert questions["name"] == Question(
        name="name",
        help="How it is called",
        required=True,
        validator="[% if '-' in name %]no dashes[% endif %]",
    )
    assert questions["parts"].choices == ("a", "b")
    assert (questions["size"].when, questions["token"].secret) == ("[[ docs ]]", True)
    assert [one.name for one in found.questions if one.computed] == ["upper"]
    assert found.minimum == "9.0.0"
    assert found.would_run == (
        "task: echo done > task.txt",
        "task: touch '[[ name ]]'  (when [[ docs ]])  (answers fill it in: not yet what runs)",
    )


def test_all_that_is_missing_is_one_error(template: MakeTemplate) -> None:
    fetched = template(
        {
            "copier.yml": "a: {type: str}\nb: {type: int, default: 1}\nc: {type: bool}\nd: {type: str, when: false}\n"
        }
    )
    with pytest.raises(OptionRefused) as caught:
        render(fetched)
    assert (caught.value.code, caught.value.message, caught.value.hint) == (
        "answers-missing",
        "template the-template asks what has no default: a, c",
        "answer: --set a=... --set c=...",
    )
    assert render(fetched, a="x", c="y").answers == {"a": "x", "b": 1, "c": True}


@pytest.mark.parametrize(
    ("answers", "code", "message"),
    [
        ({"name": "a-b"}, "answer-refused", "template the-template refuses the answer to name: no dashes"),
        (
            {"size": "huge"},
            "answer-refused",
            "template the-template refuses the answer to size: 'huge' is not in ['small', 'large']",
        ),
        (
            {"year": "soon"},
            "answer-refused",
            "template the-template refuses the answer to year: invalid literal for int() with base 10: 'soon'",
        ),
        ({"nmae": "x"}, "answer-unknown", "template the-template does not ask for nmae"),
    ],
    ids=["validator", "choice", "type", "unknown"],
)
def test_answers_that_it_cannot_take(
    template: MakeTemplate, answers: dict[str, object], code: str, message: str
) -> None:
    with pytest.raises(OptionRefused) as caught:
        render(template(whole()), **answers)
    assert (caught.value.code, caught.value.message) == (code, message)


def test_an_earlier_answer_that_fits_no_more_gives_way(template: MakeTemplate) -> None:
    remembered = {"size": "huge", "year": 7, "name": "a-b", "gone": 1, "python": "3.9"}
    made = foreign.render(
        template(whole()), HostSystem(), name=NAME, answers={"python": "3.30"}, remembered=remembered
    )
    assert made.answers == {
        "name": "tiny_app", "python": "3.30", "docs": True, "year": 7, "parts": ["a"], "size": "small",
    }  # fmt: skip


def test_the_users_own_defaults_and_no_trust_of_theirs(template: MakeTemplate, home: Path) -> None:
    fetched = template(whole())
    settings = home / ".config" / "copier" / "settings.yml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"defaults: {{python: '3.11'}}\ntrust: ['{fetched.folder}']\n")
    made = render(fetched)
    assert (made.answers["python"], made.ran) == ("3.11", ())


@pytest.mark.parametrize(
    ("access", "asked", "described"),
    [("", "v1.2.0", ""), ("me:s3cr3t@", "", "v1.2.0"), ("", "1.2.0", "v1.2.0")],
)
def test_its_note_of_the_answers_names_where_it_comes_from(
    template: MakeTemplate, access: str, asked: str, described: str
) -> None:
    """And not how the user is let in there: what it writes is committed."""
    files = {
        "copier.yml": "a: 1\n",
        "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_json }}",
    }
    where = Location(
        kind="git", text="gh:acme/app", where=f"https://{access}example.org/acme/app.git", revision=asked
    )
    known = replace(template(files), version="1.2.0", revision="0123abcd", described=described)
    fetched = replace(known, location=where)
    assert texts(render(fetched)) == {
        ".copier-answers.yml": '{"_commit": "v1.2.0", "_src_path": "https://example.org/acme/app.git", "a": 1}'
    }


@pytest.mark.parametrize(
    ("files", "message", "detail"),
    [
        ({"copier.yml": "a: [1"}, "its settings cannot be read: ", ()),
        ({"copier.yml": "a: 1", "copier.yaml": "a: 1"}, "its settings cannot be read: ", ()),
        ({"copier.yml": "_min_copier_version: '99'"}, "This template requires Copier version >= 99", ()),
        ({"copier.yml": "a: 1", "x.jinja": "1\n{{ b.c }}"}, "it uses what is not defined, 'b'", ("x.jinja, line 2",)),
        ({"copier.yml": "a: 1", "x.jinja": "{{ a | nope }}"}, "a mistake in it: No filter named 'nope'", ("x.jinja, line 1",)),
        ({"copier.yml": "a: {type: nonsense, default: 1}"}, 'Unsupported type "nonsense" in question "a"', ()),
        ({"copier.yml": "_envops: {undefined: os.system}"}, "its settings cannot be read: Unsupported envops", ()),
    ],
    ids=["yaml", "two", "version", "undefined", "filter", "type", "environment"],
)  # fmt: skip
def test_mistakes_of_its_author(
    template: MakeTemplate, files: dict[str, str | bytes], message: str, detail: tuple[str, ...]
) -> None:
    with pytest.raises(TemplateBroken) as caught:
        render(template(files))
    assert caught.value.message.startswith(f"template the-template: {message}")
    assert caught.value.detail == detail


def test_a_task_that_fails(template: MakeTemplate) -> None:
    with pytest.raises(TemplateBroken) as caught:
        render(template({"copier.yml": "_tasks: ['echo oh >&2; exit 3']", "x": ""}), trust=True)
    assert (caught.value.code, caught.value.detail) == ("template-hook-failed", ("oh",))


def test_a_template_that_gives_nothing(template: MakeTemplate) -> None:
    assert render(template({"copier.yml": "a: 1\n"})).files == {}
