"""The files of a project: whole contents, what VS Code accepts, and what stays of the user's."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.errors import IdeFileBroken, NoPermission, TargetOccupied
from scaffold.files import replace_file
from scaffold.projects.model import RunConfiguration
from scaffold.projects.tool import LAUNCHER
from scaffold.vscode.document import document_of
from scaffold.vscode.files import (
    VSCODE,
    address,
    carry_out,
    fresh_files,
    plan_files,
    plan_undo,
    pointer,
    project_pieces,
)
from scaffold.vscode.model import Piece, place_of
from tests.vscode.conftest import ENTRIES, RUNS, accepts, project

FILES = ["launch", "tasks", "settings", "extensions"]


def fresh(*runs):
    return {path.name: content.decode() for path, content in fresh_files(project(*runs), ENTRIES).items()}


def wanted(*runs):
    return project_pieces(project(*runs), ENTRIES)


def snapshot(root: Path) -> dict[str, bytes]:
    return {
        one.relative_to(root).as_posix(): one.read_bytes() for one in sorted(root.rglob("*")) if one.is_file()
    }


@pytest.mark.parametrize("kind", FILES)
def test_vs_code_accepts_every_file(kind):
    text = fresh()[f"{kind}.json"]
    assert accepts(kind, json.loads(text)) == []
    assert text == json.dumps(json.loads(text), indent=4, ensure_ascii=False) + "\n"


def test_the_check_itself_finds_what_is_wrong():
    value = json.loads(fresh()["launch.json"])
    value["configurations"][0] |= {"justMyCode": "yes", "programm": "x"}
    assert [one.partition(":")[0] for one in accepts("launch", value)] == [
        "$.configurations[0]",
        "$.configurations[0].justMyCode",
    ]


def test_a_whole_launch_json():
    run = RunConfiguration(
        name="train", kind="module", target="a.train", arguments=("--epochs", "3"), folder="PyTorch"
    )
    assert fresh(run)["launch.json"] == (
        "{\n"
        '    "version": "0.2.0",\n'
        '    "configurations": [\n'
        "        {\n"
        '            "name": "train",\n'
        '            "type": "debugpy",\n'
        '            "request": "launch",\n'
        '            "module": "a.train",\n'
        '            "args": [\n'
        '                "--epochs",\n'
        '                "3"\n'
        "            ],\n"
        '            "cwd": "${workspaceFolder}",\n'
        '            "env": {\n'
        '                "PYTHONUNBUFFERED": "1",\n'
        '                "PYTHONPATH": "${workspaceFolder}/src"\n'
        "            },\n"
        '            "console": "integratedTerminal",\n'
        '            "justMyCode": true,\n'
        '            "subProcess": true,\n'
        '            "presentation": {\n'
        '                "group": "PyTorch"\n'
        "            }\n"
        "        }\n"
        "    ]\n"
        "}\n"
    )


def test_tasks_start_scaffold_and_servers():
    tasks = json.loads(fresh()["tasks.json"])["tasks"]
    common = {"type": "process", "options": {"cwd": "${workspaceFolder}"}, "problemMatcher": []}
    assert tasks == [
        {"label": "scaffold: doctor", "command": "scaffold", "args": ["doctor"], "detail": "what is wrong"}
        | common,
        {
            "label": "TensorBoard",
            "command": "${command:python.interpreterPath}",
            "args": ["-m", "tensorboard.main", "--logdir", "runs"],
            "detail": "curves",
            "isBackground": True,
        }
        | common,
    ]


def test_tasks_find_scaffold_by_the_projects_own_starter():
    doctor = RunConfiguration(name="doctor", kind="script", target=str(LAUNCHER), arguments=("doctor",))
    task = json.loads(fresh(doctor)["tasks.json"])["tasks"][0]
    assert (task["command"], task["args"]) == (
        "${command:python.interpreterPath}",
        ["${workspaceFolder}/.scaffold/run_scaffold.py", "doctor"],
    )


def test_settings_and_recommendations():
    assert json.loads(fresh()["extensions.json"]) == {
        "recommendations": ["ms-python.python", "ms-python.debugpy"]
    }
    settings = json.loads(fresh()["settings.json"])
    excluded = {
        f"{name}/**": True for name in sorted([".envs", ".mypy_cache", ".pytest_cache", ".ruff_cache"])
    }
    excluded |= {".scaffold/**": True, ".venv/**": True, "data/**": True, "runs/**": True}
    assert settings == {
        "python.defaultInterpreterPath": "${workspaceFolder}/.venv",
        "python.testing.pytestEnabled": True,
        "python.testing.unittestEnabled": False,
        "python.testing.pytestArgs": ["tests"],
        "python.analysis.extraPaths": ["${workspaceFolder}/src"],
        "files.watcherExclude": excluded,
        "search.exclude": excluded,
    }


def test_nothing_of_this_machine_stands_in_them(root):
    text = "".join(fresh().values())
    assert str(root) not in text
    assert str(Path.home()) not in text


def test_written_twice_it_is_written_once(root):
    carry_out(plan_files(root, wanted()))
    first = snapshot(root)
    again = plan_files(root, wanted())
    assert again.changed == ()
    carry_out(again)
    assert (
        snapshot(root)
        == first
        == {str(path): content for path, content in sorted(fresh_files(project(), ENTRIES).items())}
    )


def test_undo_leaves_nothing_where_nothing_was(root):
    carry_out(plan_files(root, wanted()))
    carry_out(plan_undo(root))
    assert list(root.iterdir()) == []
    assert plan_undo(root).changed == ()


THEIRS = {
    ".vscode/launch.json": '{ // mine\n\t"configurations": [ {"name": "x"}, ],\n}',
    ".vscode/settings.json": '{\n  "editor.rulers": [110],\n  "python.testing.pytestArgs": ["-x"]\n}\n',
    ".vscode/snippets.code-snippets": "{}",
}


def lay(root):
    for name, text in THEIRS.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(text.encode())


def test_what_the_user_has_stays_and_comes_back_with_undo(root):
    lay(root)
    before = snapshot(root)
    plan = plan_files(root, wanted())
    carry_out(plan)
    kept = [(str(f.path), c.piece, c.why) for f in plan.files for c in f.changes if c.what == "kept"]
    assert kept == [(".vscode/settings.json", "python.testing.pytestArgs", "it is yours")]
    assert "{ // mine\n" in (root / ".vscode/launch.json").read_text(encoding="utf-8")
    backups = {name: content for name, content in snapshot(root).items() if "before-vscode" in name}
    assert backups == {
        ".scaffold/before-vscode/launch.json": before[".vscode/launch.json"],
        ".scaffold/before-vscode/settings.json": before[".vscode/settings.json"],
    }
    assert plan_files(root, wanted()).changed == ()
    carry_out(plan_undo(root))
    after = {name: content for name, content in snapshot(root).items() if "before-vscode" not in name}
    assert after.keys() == before.keys()
    assert after[".vscode/settings.json"] == before[".vscode/settings.json"]
    assert after[".vscode/launch.json"].split() == before[".vscode/launch.json"].split()


def test_one_broken_file_stops_everything_before_anything_is_written(root):
    lay(root)
    (root / ".vscode/tasks.json").write_text("<<<<<<< HEAD\n{}\n")
    before = snapshot(root)
    with pytest.raises(IdeFileBroken, match=r"tasks.json, line 1, column 1"):
        plan_files(root, wanted())
    assert snapshot(root) == before


def test_a_row_less_is_an_entry_less(root):
    carry_out(plan_files(root, wanted(*RUNS[:3])))
    carry_out(plan_files(root, wanted(*RUNS[:2])))
    assert snapshot(root) == {
        str(path): content for path, content in fresh_files(project(*RUNS[:2]), ENTRIES).items()
    }


@pytest.mark.parametrize(
    "record", [b"", b"{", b"[]", b'{"files": 3}', b'{"files": {".vscode/launch.json": {}}}']
)
def test_a_damaged_record_makes_everything_the_users(root, record):
    carry_out(plan_files(root, wanted(*RUNS[:2])))
    before = snapshot(root)
    (root / VSCODE.record).write_bytes(record)
    plan = plan_files(root, wanted(*RUNS[:1]))
    carry_out(plan)
    assert (root / ".vscode/launch.json").read_bytes() == before[".vscode/launch.json"]


def test_a_record_leads_to_no_other_file(root):
    (root / "pyproject.json").write_text('{"a": 1}')
    (root / ".vscode").mkdir()
    piece = {
        "made": True,
        "holders": [],
        "pieces": {"/a": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"},
    }
    names = ["pyproject.json", ".vscode/../pyproject.json", str(root / "pyproject.json")]
    (root / VSCODE.record).write_text(json.dumps({"files": dict.fromkeys(names, piece)}))
    carry_out(plan_undo(root))
    assert (root / "pyproject.json").read_text() == '{"a": 1}'


LATER = (replace(RUNS[1], arguments=("--later",)), *RUNS[2:5])


@pytest.mark.parametrize("first", [(), RUNS[:3]], ids=["nothing before", "other rows before"])
@pytest.mark.parametrize("place", range(1, 9))
def test_killed_at_any_write_the_next_run_ends_as_if_nothing_had_been(root, monkeypatch, first, place):
    from scaffold.vscode import files

    lay(root)
    if first:
        carry_out(plan_files(root, wanted(*first)))
    plan = plan_files(root, wanted(*LATER))
    count = 0

    def killed(path, content):
        nonlocal count
        count += 1
        if count == place:
            raise KeyboardInterrupt
        replace_file(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(files, "replace_file", killed)
        with contextlib.suppress(KeyboardInterrupt):
            carry_out(plan)
    carry_out(plan_files(root, wanted(*LATER)))
    names = {one["name"] for one in entries(root)}
    assert names == {"x", *(run.name for run in LATER)}
    assert plan_files(root, wanted(*LATER)).changed == ()
    carry_out(plan_undo(root))
    after = {name: content.split() for name, content in snapshot(root).items() if "before-vscode" not in name}
    assert after == {name: text.encode().split() for name, text in THEIRS.items()}


def entries(root):
    return document_of((root / ".vscode/launch.json").read_bytes(), root).root.value["configurations"]


def test_a_file_that_changes_between_plan_and_deed_is_not_written_over(root):
    plan = plan_files(root, wanted())
    (root / ".vscode").mkdir()
    (root / ".vscode/settings.json").write_text("{}")
    with pytest.raises(TargetOccupied, match="was changed while this command looked at it"):
        carry_out(plan)
    assert snapshot(root) == {".vscode/settings.json": b"{}"}


def test_a_link_in_the_place_of_the_folder_is_refused(root, tmp_path):
    (root / ".vscode").symlink_to(tmp_path)
    with pytest.raises(TargetOccupied, match="is no ordinary folder"):
        plan_files(root, wanted())


def test_a_folder_that_may_not_be_written_is_told(root, monkeypatch):
    from scaffold import files

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    plan = plan_files(root, wanted())
    monkeypatch.setattr(files.tempfile, "mkstemp", refuse)
    with pytest.raises(NoPermission) as caught:
        carry_out(plan)
    assert caught.value.message == f"Cannot write to {root / VSCODE.record}"
    assert snapshot(root) == {}


def test_pointers_are_read_as_written():
    keys = ("a/b", "~c", "数据", "")
    assert address(pointer(keys)) == keys
    assert PurePosixPath(VSCODE.record) == PurePosixPath(".vscode/scaffold.json")


def test_another_editor_is_one_more_place(tmp_path):
    other = place_of(".other", record="ours.json", backups=".scaffold/before-other")
    (tmp_path / ".other").mkdir()
    (tmp_path / ".other/tasks.json").write_text("{}")
    pieces = {other.folder / "tasks.json": (Piece(holder=(), name="version", value=1),)}
    carry_out(plan_files(tmp_path, pieces, other))
    assert set(snapshot(tmp_path)) == {
        ".other/tasks.json",
        ".other/ours.json",
        ".scaffold/before-other/tasks.json",
    }
    assert not plan_files(tmp_path, pieces, other).changed
    carry_out(plan_undo(tmp_path, other))
    assert json.loads((tmp_path / ".other/tasks.json").read_text()) == {}


@pytest.mark.parametrize("may_be_link", [False, True])
def test_whether_a_link_is_followed_is_the_places_own_rule(tmp_path, may_be_link):
    other = place_of(".other", record="ours.json", backups=".scaffold/x", may_be_link=may_be_link)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".other").symlink_to("elsewhere")
    pieces = {other.folder / "tasks.json": (Piece(holder=(), name="version", value=1),)}
    refusal = contextlib.nullcontext() if may_be_link else pytest.raises(TargetOccupied)
    with refusal:
        carry_out(plan_files(tmp_path, pieces, other))
    assert bool(list((tmp_path / "elsewhere").iterdir())) == may_be_link


BLANKS = st.sampled_from(["", " ", "\n", "\r\n\t", "/* mine */", "// mine\n"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(BLANKS, min_size=8, max_size=8), st.booleans())
def test_undo_gives_the_users_bytes_back(tmp_path_factory, blanks, again):
    root = tmp_path_factory.mktemp("theirs")
    a, b, c, d, e, f, g, h = blanks
    theirs = f'{a}{{{b}"compounds"{c}:{d}[ {{"name": "x",{e}"configurations": []}},{f} ]{g},}}{h}'.encode()
    (root / ".vscode").mkdir()
    (root / ".vscode/launch.json").write_bytes(theirs)
    carry_out(plan_files(root, wanted(*RUNS[:2])))
    if again:
        carry_out(plan_files(root, wanted(*RUNS)))
    carry_out(plan_undo(root))
    assert (root / ".vscode/launch.json").read_bytes() == theirs
    assert [one.name for one in (root / ".vscode").iterdir()] == ["launch.json"]


def test_undo_keeps_what_the_user_wrote_since(tmp_path):
    """The bytes of before are not what the user has by now."""
    file = tmp_path / ".vscode/settings.json"
    file.parent.mkdir()
    file.write_text('{"a": 1}')
    carry_out(plan_files(tmp_path, wanted(*RUNS)))
    file.write_text(file.read_text().replace('"a": 1', '"a": 2'))
    carry_out(plan_files(tmp_path, wanted(*RUNS[:2])))
    carry_out(plan_undo(tmp_path))
    assert json.loads(file.read_text()) == {"a": 2}
    carry_out(plan_files(tmp_path, wanted(*RUNS)))  # the backup is of another time
    carry_out(plan_undo(tmp_path))
    assert json.loads(file.read_text()) == {"a": 2}


@pytest.mark.parametrize("end", [" ]", " /* no more */ ]", ", ]", "]"])
def test_undo_closes_the_line_that_we_broke(tmp_path, end):
    """The user changed a comment since, so that the backup is of another time."""
    file = tmp_path / ".vscode/launch.json"
    theirs = f'{{\n  // old\n  "version": "0.2.0",\n  "configurations": [ {{ "name": "mine" }}{end}\n}}\n'
    replace_file(file, theirs)
    carry_out(plan_files(tmp_path, wanted(*RUNS)))
    file.write_text(file.read_text().replace("// old", "// new"))
    carry_out(plan_undo(tmp_path))
    assert file.read_text() == theirs.replace("// old", "// new")
