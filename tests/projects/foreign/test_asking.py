"""At a terminal copier and cookiecutter ask themselves, in their own way."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from scaffold.projects.origins.model import Fetched
from tests.projects.foreign.conftest import MakeTemplate

if os.name != "posix":
    pytest.skip("a terminal that is none exists on POSIX only", allow_module_level=True)

from tests.terminal import Terminal

ROOT = Path(__file__).parents[3]

SCRIPT = """
import json, sys
from pathlib import Path
from scaffold.errors import ScaffoldError
from scaffold.projects import foreign
from scaffold.projects.names import project_name
from scaffold.projects.origins.model import Fetched, Location
from scaffold.system import HostSystem
folder, kind, answers, result = sys.argv[1:]
fetched = Fetched(
    location=Location(kind="folder", text="t", where=folder), folder=Path(folder), kind=kind, version=""
)
try:
    made = foreign.render(
        fetched, HostSystem(), name=project_name("tiny-app"), answers=json.loads(answers), ask=True
    )
    told = {"answers": made.answers, "files": {str(k): v.content.decode() for k, v in made.files.items()}}
except ScaffoldError as problem:
    told = {"problem": problem.code}
except KeyboardInterrupt:
    told = {"problem": "interrupted"}
Path(result).write_text(json.dumps(told))
"""


def at_terminal(
    fetched: Fetched, result: Path, typed: list[tuple[str, str]], **answers: object
) -> dict[str, object]:
    """Type each text once what stands before it was asked; what came of it."""
    return seen_at_terminal(fetched, result, typed, **answers)[0]


def seen_at_terminal(
    fetched: Fetched, result: Path, typed: list[tuple[str, str]], **answers: object
) -> tuple[dict[str, object], bytes]:
    """The same, and every byte that the terminal was sent."""
    words = [sys.executable, "-c", SCRIPT, fetched.folder, fetched.kind, json.dumps(answers), result]
    environment = {"PYTHONPATH": str(ROOT), "PROMPT_TOOLKIT_NO_CPR": "1"}
    with Terminal(words, cwd=result.parent, environment=environment) as person:
        for asked, text in typed:
            person.until(asked)
            person.type(text)
        person.end()
    return json.loads(result.read_text()), person.sent


def test_cookiecutter_asks(template: MakeTemplate, tmp_path: Path) -> None:
    files = {
        "cookiecutter.json": json.dumps(
            {"project_slug": "x", "licence": ["MIT", "BSD"], "docs": True, "told": "no"}
        ),
        "{{cookiecutter.project_slug}}/x": "{{ cookiecutter.licence }} {{ cookiecutter.told }}",
    }
    typed = [("(tiny-app)", "it\n"), ("Choose from", "2\n"), ("docs", "n\n")]
    assert at_terminal(template(files), tmp_path / "result", typed, told="yes") == {
        "answers": {"project_slug": "it", "licence": "BSD", "docs": False, "told": "yes"},
        "files": {"x": "BSD yes"},
    }


def test_copier_asks(template: MakeTemplate, tmp_path: Path) -> None:
    files = {
        "copier.yml": "name: {type: str, help: Called}\ndocs: {type: bool, default: false}\n"
        "told: {type: str, default: x}\nup: {type: str, when: false, default: '{{ name | upper }}'}\n",
        "x.jinja": "{{ up }} {{ told }}",
    }
    typed = [("Called", "-it\r"), ("docs", "y")]
    assert at_terminal(template(files), tmp_path / "result", typed, told="yes") == {
        "answers": {"name": "tiny-app-it", "docs": True, "told": "yes"},
        "files": {"x": "TINY-APP-IT yes"},
    }


@pytest.mark.parametrize("kind", ["copier", "cookiecutter"])
def test_ctrl_c_stops_it(template: MakeTemplate, tmp_path: Path, kind: str) -> None:
    settings = {"copier.yml": "a: {type: str}"} if kind == "copier" else {"cookiecutter.json": '{"a": "b"}'}
    found = at_terminal(template(settings), tmp_path / "result", [("a", "\x03")])
    assert found == {"problem": "interrupted"}


@pytest.mark.parametrize("kind", ["copier", "cookiecutter"])
def test_a_question_draws_nothing_but_text(template: MakeTemplate, tmp_path: Path, kind: str) -> None:
    hostile = "\x1b]0;title\x07\x1b[2J\x9b2J\u202e\r"
    help_text = f"Called{hostile}"
    if kind == "copier":
        settings = {"copier.yml": json.dumps({"a": {"type": "str", "help": help_text, "default": "b"}})}
    else:
        settings = {"cookiecutter.json": json.dumps({"a": "b", "__prompts__": {"a": help_text}})}
        settings["{{cookiecutter.a}}-x/x"] = ""
    found, sent = seen_at_terminal(template(settings), tmp_path / "result", [("Called", "\r")])
    assert found["answers"] == {"a": "b"}
    text = sent.decode()
    assert [one for one in ("\x1b]0;", "\x1b[2J", "\x9b", "\u202e") if one in text] == []
