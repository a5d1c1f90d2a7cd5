"""Secret answers of Copier's templates: in the user's files, and nowhere in what a project remembers."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from scaffold.cli import update
from scaffold.drawing.foreign import ForeignWishes, draw_foreign, foreign_record
from scaffold.projects.names import project_name
from scaffold.projects.origins.fetch import fetched
from scaffold.projects.origins.parse import parse_location
from scaffold.projects.record import OWN, read_pristine, read_record
from scaffold.projects.snapshot import PRISTINE, unpack
from scaffold.projects.write import write_project
from scaffold.system import HostSystem
from scaffold.update import UpdatePlan, UpdateRequest, carry_out, plan_update
from tests.projects.conftest import lay

SECRET = "hunter2"
ASKS = """\
size: {type: str, default: big}
pw: {type: str, default: changeme}
_secret_questions: [pw]
"""
FILES = {
    "copier.yml": ASKS,
    ".gitignore": ".env\n",
    ".env.jinja": "PASSWORD={{ pw }}\n",
    "settings.py.jinja": "a = 1\nb = 2\nPASSWORD = '{{ pw }}'\nc = 3\nd = 4\n",
    "derived.txt.jinja": "{{ pw | hash('sha256') }}\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}",
}


@pytest.fixture
def template(tmp_path: Path, home: Path) -> Path:
    lay(tmp_path / "tc", FILES)
    return tmp_path / "tc"


def made(template: Path, *, trust: bool = False, **answers: str) -> Path:
    """A project, as `scaffold new` makes one."""
    system, root = HostSystem(), template.parent / "my-app"
    with fetched(parse_location(str(template), template.parent, None), system) as found:
        wishes = ForeignWishes(answers=answers, use_defaults=True, trust=trust)
        drawn = draw_foreign(system, found, foreign_record(found, project_name("my-app")), wishes)
    write_project(root, drawn.blueprint.whole)
    return root


def updated(root: Path, *, trust: bool = False, **answers: str) -> UpdatePlan:
    plan = plan_update(HostSystem(), UpdateRequest(start=root, answers=answers, trust=trust))
    carry_out(HostSystem(), plan)
    return plan


def kinds(plan: UpdatePlan) -> dict[str, str]:
    return {str(one.path): one.kind for one in plan.changes if one.kind != "unchanged"}


def kept(root: Path) -> bytes:
    """All that a project remembers, unpacked."""
    files = unpack((root / PRISTINE).read_bytes())
    own = [(root / path).read_bytes() for path in OWN if (root / path).is_file()]
    return b"\n".join([*own, *(f"{path}\n".encode() + one.content for path, one in files.items())])


def shown(root: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> str:
    """The plan with its diff, as a user sees it."""
    monkeypatch.chdir(root)
    return CliRunner().invoke(update.command, ["-n", "--diff", *more], catch_exceptions=False).output


def test_a_secret_is_written_and_not_remembered(template: Path) -> None:
    root = made(template, pw=SECRET)
    derived = (root / "derived.txt").read_bytes().strip()
    assert (root / ".env").read_text() == "PASSWORD=hunter2\n"
    assert "PASSWORD = 'hunter2'" in (root / "settings.py").read_text()
    assert SECRET.encode() not in kept(root)
    assert derived not in kept(root)
    record = read_record(root)
    assert record.secret_files == (".env", "derived.txt", "settings.py")
    assert record.answers == {"size": "big"}


def test_an_update_keeps_the_users_secret_wherever_it_is(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = made(template, pw=SECRET)
    lay(template, {"settings.py.jinja": "a = 11\nb = 2\nPASSWORD = '{{ pw }}'\nc = 3\nd = 44\n"})
    said = shown(root, monkeypatch)
    assert SECRET not in said
    assert "+a = 11\n b = 2\n (not the template's line: a secret may be in it)\n c = 3\n" in said
    plan = updated(root)
    assert kinds(plan) == {".env": "kept", "derived.txt": "kept", "settings.py": "merged"}
    assert (root / "settings.py").read_text() == "a = 11\nb = 2\nPASSWORD = 'hunter2'\nc = 3\nd = 44\n"
    assert (root / ".env").read_text() == "PASSWORD=hunter2\n"
    assert SECRET.encode() not in kept(root)
    assert plan_update(HostSystem(), UpdateRequest(start=root)).is_current


def test_other_answers_leave_the_secret_alone_and_a_new_one_comes(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = made(template, pw=SECRET)
    with (root / ".env").open("a") as stream:
        stream.write("MINE=1\n")
    assert SECRET not in shown(root, monkeypatch, "--answers", "size=small")
    assert kinds(updated(root, size="small")).get(".env") == "kept"
    said = shown(root, monkeypatch, "--answers", "pw=correct horse")
    assert SECRET not in said
    assert "horse" not in said
    plan = updated(root, pw="correct horse")
    assert plan.conflicts == ()
    assert (root / ".env").read_text() == "PASSWORD=correct horse\nMINE=1\n"
    assert "PASSWORD = 'correct horse'\n" in (root / "settings.py").read_text()
    assert b"horse" not in kept(root)
    assert plan_update(HostSystem(), UpdateRequest(start=root, answers={"pw": "correct horse"})).is_current
    assert plan_update(HostSystem(), UpdateRequest(start=root)).is_current


def test_a_secret_at_its_default_is_updated_like_anything(template: Path) -> None:
    root = made(template)
    assert read_record(root).secret_files == (".env", "derived.txt", "settings.py")
    lay(template, {".env.jinja": "# of the service\nPASSWORD={{ pw }}\n"})
    assert kinds(updated(root)) == {".env": "taken"}
    assert (root / ".env").read_text() == "# of the service\nPASSWORD=changeme\n"


def test_a_lost_pristine_rendering_is_made_without_the_secret(template: Path) -> None:
    root = made(template, pw=SECRET)
    (root / PRISTINE).unlink()
    plan = updated(root)
    assert kinds(plan) == {".env": "kept", "derived.txt": "kept", "settings.py": "kept"}
    assert plan.notices[0] == f"{PRISTINE} cannot be used: the same version of the template made it once more"
    assert SECRET.encode() not in kept(root)


def test_a_task_runs_once_and_what_it_made_is_remembered_without_the_secret(
    template: Path, tmp_path: Path
) -> None:
    tasks = [
        f"echo ran >> {tmp_path}/runs", "echo {{ pw }} > token.txt", "echo made > made.txt",
        "echo by the task >> settings.py",
    ]  # fmt: skip
    lay(template, {"copier.yml": f"{ASKS}_tasks: {tasks!r}\n"})
    root = made(template, trust=True, pw=SECRET)
    assert (tmp_path / "runs").read_text() == "ran\n"
    assert ((root / "token.txt").read_text(), (root / "made.txt").read_text()) == ("hunter2\n", "made\n")
    assert SECRET.encode() not in kept(root)
    pristine = read_pristine(root)
    assert pristine is not None
    texts = {str(path): one.content for path, one in pristine.items()}
    assert (texts["token.txt"], texts["made.txt"]) == (b"changeme\n", b"made\n")

    lay(template, {"settings.py.jinja": "a = 11\nb = 2\nPASSWORD = '{{ pw }}'\nc = 3\nd = 4\n"})
    plan = updated(root, trust=True)
    assert (tmp_path / "runs").read_text() == "ran\nran\n"
    assert plan.conflicts == ()
    assert (root / "token.txt").read_text() == "hunter2\n"
    assert (root / "settings.py").read_text() == (
        "a = 11\nb = 2\nPASSWORD = 'hunter2'\nc = 3\nd = 4\nby the task\n"
    )
    assert not any(SECRET in one for one in plan.account.ran)
    updated(root, trust=True, pw="other")
    assert (root / "token.txt").read_text() == "other\n"
    assert b"other\n" not in kept(root)
    assert SECRET.encode() not in kept(root)


def test_a_key_that_is_made_at_random_stays_and_a_new_one_is_really_random(template: Path) -> None:
    key = "key: {type: str, secret: true, default: \"{{ 99999999999 | ans_random | hash('sha256') }}\"}\n"
    lay(template, {"copier.yml": ASKS + key, "key.txt.jinja": "one\n{{ key }}\ntwo\n"})
    root = made(template)
    own = (root / "key.txt").read_text()
    assert own.encode() not in kept(root)
    lay(template, {"key.txt.jinja": "one\n{{ key }}\ntwo\nthree\n", "more.txt.jinja": "{{ key }}\n"})
    assert kinds(updated(root)) == {"key.txt": "merged", "more.txt": "added"}
    assert (root / "key.txt").read_text() == f"{own}three\n"
    assert (root / "more.txt").read_bytes() not in kept(root)
