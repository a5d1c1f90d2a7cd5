"""Code of somebody else's template: nothing of it runs before it was agreed to, nor in a dry run."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from scaffold.cli import new, update
from scaffold.drawing.blueprint import Account
from scaffold.drawing.foreign import ForeignDrawing, ForeignWishes, Silence, draw_foreign, foreign_record
from scaffold.errors import ConsentNeeded
from scaffold.new import NewRequest
from scaffold.projects.foreign.model import Dropped, ForeignTemplate
from scaffold.projects.names import project_name
from scaffold.projects.origins.fetch import fetched
from scaffold.projects.origins.parse import parse_location
from scaffold.projects.write import write_project
from scaffold.system import HostSystem
from scaffold.update import UpdateRequest, plan_update
from tests.projects.conftest import lay

SHOWN = "the files are shown as they are before that runs: what it makes is missing, or shown as removed"


NEEDED = (
    "needs extensions of the renderer, which are code, to be rendered at all; "
    "a dry run runs no code of a template's, trusted or not"
)


class NotAgreed(Silence):
    """Somebody who says no."""

    def __init__(self) -> None:
        self.shown: tuple[str, ...] = ()

    def agree(self, template: ForeignTemplate) -> None:
        self.shown = template.would_run
        raise click.Abort


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A template of copier whose task writes a file of its own, and one into the project."""
    settings = f"size: {{choices: [big, small], default: big}}\n_tasks: ['touch {tmp_path}/ran made.txt']\n"
    lay(tmp_path / "tc", {"copier.yml": settings, "a.txt.jinja": "{{ size }}\n"})
    return tmp_path / "tc"


def drawn(template: Path, talk: Silence | None = None, *, rehearse: bool = False) -> ForeignDrawing:
    system = HostSystem()
    with fetched(parse_location(str(template), template.parent, None), system) as found:
        record = foreign_record(found, project_name("my-app"))
        wishes = ForeignWishes(use_defaults=True, trust=True, rehearse=rehearse)
        return draw_foreign(system, found, record, wishes, conversation=talk)


def test_a_dry_run_runs_nothing_and_an_update_asks_first(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = f"task: touch {tmp_path}/ran made.txt"
    plan = drawn(template, NotAgreed(), rehearse=True)
    assert plan.account == Account(would_run=(task,), notices=(SHOWN,))
    assert list(map(str, plan.blueprint.files)) == ["a.txt"]
    assert not (tmp_path / "ran").exists()

    made = drawn(template)
    assert made.account == Account(ran=(task,))
    write_project(tmp_path / "my-app", made.blueprint.whole)
    (tmp_path / "ran").unlink()
    settings = template / "copier.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("big", "huge"), encoding="utf-8")

    talk = NotAgreed()
    with pytest.raises(click.Abort):
        plan_update(HostSystem(), UpdateRequest(start=tmp_path / "my-app", trust=True), talk)
    assert talk.shown == (task,)
    monkeypatch.chdir(tmp_path / "my-app")
    done = CliRunner().invoke(update.command, ["--trust", "--dry-run", "--json"], catch_exceptions=False)
    answer = json.loads(done.stdout)
    dropped = {"name": "size", "answer": "big", "why": "'big' is not in ['huge', 'small']", "taken": "huge"}
    assert {key: answer[key] for key in ("ran", "would_run", "skipped", "dropped_answers", "notices")} == {
        "ran": [], "would_run": [task], "skipped": [], "dropped_answers": [dropped], "notices": answer["notices"],
    }  # fmt: skip
    assert SHOWN in answer["notices"]
    assert not (tmp_path / "ran").exists()


def test_what_is_agreed_to_is_what_the_answers_make_of_it(template: Path, tmp_path: Path) -> None:
    told = """{{ 'harm' if _copier_conf.unsafe else 'none' }} {{ _copier_phase }} {{ _copier_operation }}"""
    tasks = [["sh", "-c", "{{ size }} it"], {"command": f"echo {told}", "when": "{{ size == 'big' }}"}]
    tasks.append({"command": "echo small", "when": "{{ size == 'small' }}"})
    (template / "copier.yml").write_text(json.dumps({"size": "big", "_tasks": tasks}), encoding="utf-8")
    talk = NotAgreed()
    with pytest.raises(click.Abort):
        drawn(template, talk)
    assert talk.shown == ("task: sh -c 'big it'", "task: echo harm tasks copy")


def test_what_cannot_be_rendered_without_its_code_has_no_dry_run(template: Path, tmp_path: Path) -> None:
    with (template / "copier.yml").open("a", encoding="utf-8") as stream:
        stream.write("_jinja_extensions: [acme.Extension]\n")
    with pytest.raises(ConsentNeeded) as caught:
        drawn(template, rehearse=True)
    assert (caught.value.code, caught.value.message, caught.value.detail, caught.value.hint) == (
        "template-needs-trust",
        f"template {template} {NEEDED}",
        (
            "would run: extension of the renderer: acme.Extension",
            f"would run: task: touch {tmp_path}/ran made.txt",
        ),
        "without --dry-run that is shown, and on a terminal asked, before any of it runs",
    )


def test_what_is_started_first_is_called_as_the_template_calls_it(tmp_path: Path) -> None:
    written = """<component name="ProjectRunConfigurationManager"><configuration name="{name}" type="PythonConfigurationType">
      <option name="SCRIPT_NAME" value="$PROJECT_DIR$/train.py" /><option name="PARAMETERS" value="{more}" />
      </configuration></component>"""
    program = "import torch\nif __name__ == '__main__':\n    print(torch)\n"
    files = {"copier.yml": "{}", "train.py": program}
    lay(tmp_path / "plain", files)
    assert drawn(tmp_path / "plain").first_run == "train"
    own = {"a debug": "--quick", "Learn it": ""}
    runs = {f".run/{name}.run.xml": written.format(name=name, more=more) for name, more in own.items()}
    lay(tmp_path / "named", {**files, **runs})
    assert drawn(tmp_path / "named").first_run == "Learn it"
    lay(tmp_path / "empty", {"copier.yml": "{}", "notes.txt": ""})
    assert drawn(tmp_path / "empty").first_run == ""


def test_new_and_its_dry_run_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[bool] = []

    def plan_new(_system: object, request: NewRequest, *_more: object) -> None:
        asked.append(request.foreign.rehearse)
        raise click.Abort

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("scaffold.new.plan_new", plan_new)
    for more in ([], ["--dry-run"]):
        CliRunner().invoke(new.command, ["my-app", "-t", "./tc", "--trust", "--no-env", *more])
    assert asked == [False, True]


def test_what_is_told_of_a_rendering() -> None:
    from scaffold.cli.foreign_options import account_lines

    account = Account(
        ran=("task: one",), skipped=("task: two",), would_run=("task: three",), migrations=("before: four",),
        dropped=(Dropped(name="a", answer=1, why="why", taken=2), Dropped(name="b", answer="x", why="gone")),
    )  # fmt: skip
    assert list(map(click.unstyle, account_lines(account))) == [
        "Ran            task: one",
        "Would run      task: three",
        "Not run        task: two",
        "               it is the template's code: read it, and say --trust to run it",
        "Migrate        before: four",
        "               copier would run that; scaffold does not: do by hand what you need of it",
        "Answers        a is no longer 1: why; 2 is taken in its place",
        "               b is no longer 'x': gone; nothing is in its place",
    ]
