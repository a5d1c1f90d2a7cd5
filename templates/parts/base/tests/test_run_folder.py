"""Runs on disk: history, resuming, finding, naming."""

from __future__ import annotations

import json
import os
import sys

import pytest

from your_project import environment, runs
from your_project.errors import ProjectError
from your_project.files import read_json, replacing, write_json, write_text
from your_project.run_folder import Follower, RunFolder, read_history

FILES = ("best.weights", "last.state")  # a framework names them


def finished(path, when: str) -> None:
    write_json(path / "metrics.json", {"finished": when})


def test_history_and_the_line_for_the_reader(tmp_path, capsys):
    run = RunFolder(tmp_path / "run", *FILES, epochs=12)
    run.log("train", 0, train_loss=1.5, validation_accuracy=0.25)
    run.close()
    assert run.history() == [{"stage": "train", "epoch": 0, "train_loss": 1.5, "validation_accuracy": 0.25}]
    shown = " ".join(capsys.readouterr().out.split())
    assert shown == "train epoch 1/12 train loss 1.5 validation accuracy 0.25"
    assert (run.best.name, run.last.name) == FILES


def test_curves_are_written_without_tensorflow(tmp_path):
    event_pb2 = pytest.importorskip("tensorboard.compat.proto.event_pb2")
    loaded_before = "tensorflow" in sys.modules
    run = RunFolder(tmp_path, *FILES)
    run.log("train", 0, train_loss=1.5)
    run.close()
    (file,) = tmp_path.glob("events.*")
    assert ("tensorflow" in sys.modules) == loaded_before
    assert b"train_loss" in file.read_bytes()
    assert event_pb2.Event is not None


def test_resuming_drops_what_will_be_run_again(tmp_path):
    run = RunFolder(tmp_path, *FILES)
    for epoch in range(3):
        run.log("train", epoch, train_loss=1.0)
    run.close()
    with (tmp_path / "history.jsonl").open("a") as file:
        file.write('{"stage": "tra')  # a kill in the middle of a line
    run.last.write_bytes(b"state")
    again = RunFolder(tmp_path, *FILES, resume=True)
    assert again.resuming
    again.rewind(2)
    again.log("train", 2, train_loss=0.5)
    again.close()
    assert [(row["epoch"], row["train_loss"]) for row in read_history(tmp_path)] == [
        (0, 1.0),
        (1, 1.0),
        (2, 0.5),
    ]


def test_without_a_state_there_is_nothing_to_resume(tmp_path):
    run = RunFolder(tmp_path, *FILES)
    run.log("train", 0, train_loss=1.0)
    run.close()
    again = RunFolder(tmp_path, *FILES, resume=True)
    assert not again.resuming
    assert again.history() == []


def test_names(tmp_path):
    first = runs.begin(tmp_path, "", "pytorch", "train")
    second = runs.begin(tmp_path, "", "pytorch", "train")
    assert first != second
    assert first.name.endswith("-pytorch") or first.name.endswith("-pytorch-2")
    for name in ("../x", "a/b", "..", "c:x"):
        with pytest.raises(ProjectError, match="name of a folder"):
            runs.begin(tmp_path, name, "pytorch", "train")


def test_a_run_is_overwritten_only_when_asked(tmp_path):
    path = runs.begin(tmp_path, "mine", "pytorch", "train")
    (path / "old").touch()
    with pytest.raises(ProjectError, match="--resume, --overwrite or another --run name"):
        runs.begin(tmp_path, "mine", "pytorch", "train")
    assert runs.begin(tmp_path, "mine", "pytorch", "train", overwrite=True) == path
    assert [file.name for file in path.iterdir()] == ["run.json"]
    assert [run.name for run in runs.find(tmp_path)] == ["mine"]


@pytest.mark.parametrize("mark", ["last.pt", "trial-01/last.npz", "metrics.json"])
def test_what_was_overwritten_goes_when_there_is_something_new(tmp_path, mark):
    path = overwritten(tmp_path)
    (path / mark).parent.mkdir(exist_ok=True)
    (path / mark).touch()
    runs.settle(path)
    assert not (path / "old").exists()
    assert [one.name for one in tmp_path.iterdir()] == ["mine"]


def test_what_was_overwritten_comes_back_where_nothing_was_trained(tmp_path):
    path = overwritten(tmp_path)
    with pytest.raises(ProjectError, match="--overwrite"):  # killed, and begun anew without a word
        runs.begin(tmp_path, "mine", "pytorch", "train")
    assert (path / "old").is_file()
    assert [one.name for one in tmp_path.iterdir()] == ["mine"]


def overwritten(folder):
    """Return a run that has just taken the place of one that holds the file `old`."""
    (runs.begin(folder, "mine", "pytorch", "train") / "old").touch()
    return runs.begin(folder, "mine", "pytorch", "train", overwrite=True)


def test_what_is_not_a_run_is_never_overwritten(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.png").touch()
    with pytest.raises(ProjectError, match="is not a run"):
        runs.begin(tmp_path, "photos", "pytorch", "train", overwrite=True)
    assert (tmp_path / "photos" / "one.png").is_file()


def test_the_newest_run_by_framework_job_and_state(tmp_path):
    for name, framework, job, when in (
        ("a", "pytorch", "train", "2026-01-02"),
        ("b", "pytorch", "train", "2026-01-01"),
        ("c", "pytorch", "base", "2026-01-03"),
        ("d", "keras", "train", "2026-01-04"),
    ):
        finished(runs.begin(tmp_path, name, framework, job), when)
    (runs.begin(tmp_path, "e", "pytorch", "train") / "last.pt").touch()
    (tmp_path / "foreign").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{")
    newest = runs.newest(tmp_path, "pytorch", ("train", "finetune"), finished=True)
    unfinished = runs.newest(tmp_path, "pytorch", ("train",), finished=False)
    assert newest is not None
    assert unfinished is not None
    assert (newest.name, unfinished.name) == ("a", "e")
    assert runs.newest(tmp_path, "keras", ("finetune",), finished=True) is None
    with pytest.raises(ProjectError, match=r"no run z in .* \(newest: b, a, c, d, e\)"):
        runs.named(tmp_path, "z")
    runs.begin(tmp_path, "f", "pytorch", "train")  # never began to train
    assert runs.newest(tmp_path, "pytorch", ("train",), finished=False) == unfinished


def test_a_follower_reads_and_writes_nothing(tmp_path, capsys):
    nowhere = Follower(tmp_path / "none", *FILES, resume=True)
    assert not nowhere.resuming
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / FILES[1]).write_text("state")
    (tmp_path / "run" / "history.jsonl").write_text('{"epoch": 0}\n')
    follower = Follower(tmp_path / "run", *FILES, resume=True)
    assert (follower.resuming, follower.history()) == (True, [{"epoch": 0}])
    for one in (nowhere, follower):
        one.rewind(0)
        one.log("train", 1, train_loss=0.5)
        with one.progress(2, "train") as bar:
            bar.advance()
        one.close()
    assert capsys.readouterr() == ("", "")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert (tmp_path / "run" / "history.jsonl").read_text() == '{"epoch": 0}\n'


def test_files_are_replaced_at_once(tmp_path):
    file = tmp_path / "deep" / "file.json"
    write_json(file, {"a": 1})
    with pytest.raises(RuntimeError), replacing(file) as draft:
        assert draft.suffix == ".json"
        draft.write_text("half")
        raise RuntimeError
    assert json.loads(file.read_text()) == {"a": 1}
    assert [path.name for path in file.parent.iterdir()] == ["file.json"]


@pytest.mark.parametrize(("content", "told"), [("{", "cannot read"), ("[]", "does not hold a JSON object")])
def test_broken_files_are_named(tmp_path, content, told):
    write_text(tmp_path / "x.json", content)
    with pytest.raises(ProjectError, match=told):
        read_json(tmp_path / "x.json")
    with pytest.raises(ProjectError, match="there is no"):
        read_json(tmp_path / "y.json")


def test_environment():
    facts = environment.describe()
    assert facts["packages"]["numpy"]
    assert facts["processors"] == os.cpu_count()
    json.dumps(facts)


def test_commit_outside_of_git(tmp_path):
    assert environment.commit(tmp_path) == ""
