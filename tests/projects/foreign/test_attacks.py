"""What a hostile template may try. Each attack works against the packages' own defaults, or once did."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from scaffold.errors import ConsentNeeded, OptionRefused, ScaffoldError, TemplateBroken
from scaffold.projects import foreign
from scaffold.projects.foreign import child
from scaffold.system import HostSystem
from tests.projects.foreign.conftest import MakeTemplate, render, texts

pytestmark = pytest.mark.slow

SLUG = '{"project_slug": "x"}'
TOP = "{{cookiecutter.project_slug}}"


def refused(template: MakeTemplate, files: Mapping[str, str | bytes]) -> ScaffoldError:
    with pytest.raises(ScaffoldError) as caught:
        render(template(files))
    return caught.value


def around(folder: Path) -> set[str]:
    """Everything below a folder, less the template."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if "template" not in path.parts}


CALL = "{{ cycler.__init__.__globals__.os.popen('touch %s/PWNED').read() }}"


@pytest.mark.parametrize("kind", ["cookiecutter", "copier"])
def test_code_in_an_expression(template: MakeTemplate, tmp_path: Path, kind: str) -> None:
    call = CALL % tmp_path
    files = (
        {"cookiecutter.json": json.dumps({"project_slug": "x", "__y": call}), f"{TOP}/x": ""}
        if kind == "cookiecutter"
        else {"copier.yml": "a: 1", "x.jinja": call}
    )
    problem = refused(template, files)
    assert isinstance(problem, TemplateBroken)
    assert problem.code == "template-unsafe"
    assert "unsafe" in problem.message
    assert around(tmp_path) == {"home"}


EXTENSION = """\
import pathlib
from jinja2.ext import Extension
pathlib.Path(__file__).with_name("PWNED").touch()
class Ours(Extension):
    def __init__(self, environment):
        super().__init__(environment)
        environment.globals["ours"] = "from the extension"
"""


def test_an_extension_that_the_template_brings(template: MakeTemplate, tmp_path: Path) -> None:
    files = {
        "cookiecutter.json": '{"project_slug": "x", "_extensions": ["local.Ours"]}',
        "local.py": EXTENSION,
        f"{TOP}/x": "{{ ours }}",
    }
    fetched = template(files)
    with pytest.raises(ConsentNeeded) as caught:
        render(fetched)
    assert (caught.value.code, caught.value.detail) == ("template-needs-trust", ("extension: local.Ours",))
    assert "--trust" in caught.value.hint
    assert not (fetched.folder / "PWNED").exists()
    assert texts(render(fetched, trust=True)) == {"x": "from the extension"}
    assert not (fetched.folder / "__pycache__").exists()


def test_an_extension_of_copiers(template: MakeTemplate) -> None:
    problem = refused(template, {"copier.yml": "_jinja_extensions: [os.path.Evil, jinja2.ext.do]", "x": ""})
    assert (problem.code, problem.detail) == ("template-needs-trust", ("extension: os.path.Evil",))


@pytest.mark.parametrize(
    "files",
    [
        {"cookiecutter.json": '{"a": "../ESC", "b": "APED"}', "{{cookiecutter.a}}{{cookiecutter.b}}/x": "1"},
        {"cookiecutter.json": '{"a": "ABSOLUTE", "b": "/x"}', "{{cookiecutter.a}}{{cookiecutter.b}}/x": "1"},
        {"cookiecutter.json": '{"a": "../../ESC", "project_slug": "x"}', f"{TOP}/{{{{cookiecutter.a}}}}": "1"},
        {"cookiecutter.json": '{"a": "../ESC", "project_slug": "x"}', f"{TOP}/{{{{cookiecutter.a}}}}": "1"},
        {
            "cookiecutter.json": '{"a": "UP/ABSOLUTE", "project_slug": "x", "_copy_without_render": ["{{cook*"]}',
            f"{TOP}/{{{{cookiecutter.a}}}}/x": "1",
        },
        {
            "cookiecutter.json": '{"a": "UP/HOME", "project_slug": "x", "_copy_without_render": ["{{cook*"]}',
            f"{TOP}/{{{{cookiecutter.a}}}}/x": "1",
        },
        {"cookiecutter.json": '{"templates": {"a": {"path": "../other"}}}'},
        {"copier.yml": "a: ../../ESCAPED", "{{ a }}.jinja": "1"},
        {"copier.yml": "a: 1\n_subdirectory: ../home", "x": "1"},
        {"copier.yml": "a: 1\n_answers_file: ../ESCAPED", "{{ _copier_conf.answers_file }}.jinja": "1"},
        {"copier.yml": "_external_data: {d: ../../../../../../../etc/hostname}", "x.jinja": "{{ _external_data.d }}"},
        {"copier.yml": "a: !include ../home/*"},
    ],
    ids=[
        "folder", "absolute folder", "file", "beside", "copied folder", "deleted folder", "template", "file of copier",
        "subdirectory", "answers", "data", "include",
    ],
)  # fmt: skip
def test_paths_that_lead_out(
    template: MakeTemplate, tmp_path: Path, home: Path, files: dict[str, str]
) -> None:
    (home / "precious.yml").write_text("kept: 1")
    told = {
        name: text.replace("ABSOLUTE", str(tmp_path / "ESCAPED"))
        .replace("HOME", str(home))
        .replace("UP", "../" * 20)
        for name, text in files.items()
    }
    problem = refused(template, told)
    assert problem.code == "template-unsafe", problem.message
    assert around(tmp_path) == {"home", "home/precious.yml"}


@pytest.mark.parametrize("kind", ["cookiecutter", "copier", "kept by copier"])
def test_links_that_lead_out(template: MakeTemplate, home: Path, kind: str) -> None:
    (home / "secret").write_text("of the user")
    files = {
        "cookiecutter": {"cookiecutter.json": SLUG, f"{TOP}/x": ""},
        "copier": {"copier.yml": "a: 1", "x": ""},
        "kept by copier": {"copier.yml": "a: 1\n_preserve_symlinks: true", "x": ""},
    }[kind]
    fetched = template(files)
    link = fetched.folder / (TOP if kind == "cookiecutter" else "") / "link"
    link.symlink_to(home / "secret")
    with pytest.raises(TemplateBroken) as caught:
        render(fetched)
    assert caught.value.code == "template-unsafe"


def test_including_a_file_of_the_machine(template: MakeTemplate) -> None:
    problem = refused(template, {"cookiecutter.json": SLUG, f"{TOP}/x": "{% include '/etc/hostname' %}"})
    start = "template the-template: it includes a file that it does not have: '/etc/hostname'"
    assert (problem.code, problem.message.startswith(start)) == ("template-broken", True)


def test_names_of_files_of_the_machine(template: MakeTemplate, home: Path) -> None:
    problem = refused(template, {"copier.yml": "a: 1", "x.jinja": f"{{{{ '{home}/*' | fileglob }}}}"})
    assert problem.message == f"template the-template: it tried to list {home}"


@pytest.mark.parametrize(
    ("text", "limits", "message"),
    [
        ("{{ 'a' * 10 ** 10 }}", child.Limits(), "it takes more memory than a template may"),
        (
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
            child.Limits(cpu=2),
            "it computed for more than 2 seconds",
        ),
        ("{{ 'a' * 2000000 }}", child.Limits(file=1 << 20), "it wrote a file that is larger than any may be"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", child.Limits(), "it goes round in circles, without end"),
    ],
    ids=["memory", "time", "size", "depth"],
)  # fmt: skip
@pytest.mark.skipif(os.name != "posix", reason="Windows has no such limits for a process")
def test_more_than_its_share(
    template: MakeTemplate, monkeypatch: pytest.MonkeyPatch, text: str, limits: child.Limits, message: str
) -> None:
    monkeypatch.setattr(child, "LIMITS", limits)
    problem = refused(template, {"cookiecutter.json": SLUG, f"{TOP}/x": text})
    assert (problem.code, problem.message) == ("template-limits", f"template the-template: {message}")


def test_more_files_than_a_template_may_make(template: MakeTemplate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "LIMITS", child.Limits(files=60))
    files = {"copier.yml": "a: 1", "{% yield n from range(99) %}{{ n }}{% endyield %}": ""}
    assert refused(template, files).message == "template the-template: it made more than 60 files"


def test_tags_of_yaml_that_make_objects(template: MakeTemplate, tmp_path: Path) -> None:
    files = {"copier.yml": f"a: !!python/object/apply:os.system ['touch {tmp_path}/PWNED']"}
    problem = refused(template, files)
    assert problem.message.startswith("template the-template: its settings cannot be read: ")
    assert around(tmp_path) == {"home"}


@pytest.mark.skipif(os.name != "posix", reason="pipes are files on POSIX only")
def test_a_pipe_that_nobody_writes_into(template: MakeTemplate) -> None:
    fetched = template({"copier.yml": "a: 1"})
    os.mkfifo(fetched.folder / "pipe")
    with pytest.raises(TemplateBroken) as caught:
        render(fetched)
    assert caught.value.code == "template-unsafe"


def test_a_repository_whose_settings_name_programs(template: MakeTemplate, tmp_path: Path) -> None:
    fetched = template({"copier.yml": "a: 1", "x.jinja": "{{ a }}"})
    subprocess.run(["git", "init", "-q"], cwd=fetched.folder, check=True)
    for name in ("core.fsmonitor", "core.sshCommand", "core.pager", "diff.external"):
        command = ["git", "config", name, f"touch {tmp_path}/PWNED"]
        subprocess.run(command, cwd=fetched.folder, check=True)
    assert texts(render(fetched)) == {"x": "1"}
    assert around(tmp_path) == {"home"}


@pytest.mark.parametrize("path", [".scaffold/project.json", ".git/hooks/pre-commit", ".venv/bin/python"])
def test_files_that_git_or_scaffold_would_run(template: MakeTemplate, path: str) -> None:
    problem = refused(template, {"cookiecutter.json": SLUG, f"{TOP}/{path}": "#!/bin/sh\n"})
    assert problem.code == "template-unsafe"
    assert problem.message.startswith(f"template the-template: it brings {path}, and ")


def test_what_it_would_run_cannot_hide_behind_escapes(template: MakeTemplate) -> None:
    files = {
        "copier.yml": '_tasks: ["rm -rf ~ \\e[2K\\r echo fine"]\n_message_after_copy: "\\e]0;x\\a"',
        "x": "",
    }
    fetched = template(files)
    assert foreign.describe(fetched, HostSystem()).would_run == (r"task: rm -rf ~ \x1b[2K\r echo fine",)
    made = render(fetched)
    assert made.skipped == (r"task: rm -rf ~ \x1b[2K" + "\n echo fine",)  # Jinja makes a line's end of \r
    assert made.notices == (r"\x1b]0;x\x07",)


def test_an_answer_is_no_template(template: MakeTemplate, tmp_path: Path) -> None:
    fetched = template({"copier.yml": "a: {type: str}", "x.jinja": "{{ a }}"})
    assert texts(render(fetched, a=CALL % tmp_path)) == {"x": CALL % tmp_path}
    assert around(tmp_path) == {"home"}


def test_a_question_named_like_a_setting_of_ours(template: MakeTemplate) -> None:
    with pytest.raises(OptionRefused, match="does not ask for trust "):
        render(template({"copier.yml": "_trust: true\n_unsafe: true\n_tasks: ['touch x']"}), **{"trust ": 1})
