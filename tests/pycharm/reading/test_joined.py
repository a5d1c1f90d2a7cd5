from __future__ import annotations

from dataclasses import replace

from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.reading.joined import joined
from scaffold.pycharm.reading.rows import LeftOut, Rows

TRAIN = RunConfiguration(
    name="train", kind="module", target="a.train", framework="pytorch", summary="Train", default=True
)
BOARD = RunConfiguration(name="board", kind="module", target="tensorboard.main")
BOTH = RunConfiguration(name="both", kind="compound", members=("train", "board"))
ALL = RunConfiguration(name="all", kind="compound", members=("both",))


def test_what_stands_in_a_file_goes_before_the_template() -> None:
    file = RunConfiguration(name="train", kind="module", target="a.train", arguments=("--epochs", "1"))
    mine = RunConfiguration(name="mine", kind="script", target="mine.py")
    rows = joined((TRAIN, BOARD, BOTH), Rows(runs=(mine, file), left_out=()))
    assert rows == Rows(runs=(replace(TRAIN, arguments=file.arguments), BOARD, BOTH, mine), left_out=())


def test_the_order_of_members_is_the_templates() -> None:
    file = replace(BOTH, members=("board", "train"))
    assert joined((TRAIN, BOARD, BOTH), Rows(runs=(file,), left_out=())).runs[2] == BOTH


def test_what_is_left_out_takes_its_compounds_along() -> None:
    gone = LeftOut(name="board", why="it says ENV_FILES=.env")
    rows = joined((ALL, BOTH, TRAIN, BOARD), Rows(runs=(), left_out=(gone,)))
    assert rows.runs == (TRAIN,)
    assert rows.left_out == (
        gone,
        LeftOut(name="all", why="it starts 'both', which is not among them"),
        LeftOut(name="both", why="it starts 'board', which is not among them"),
    )


def test_compounds_that_start_each_other() -> None:
    rows = joined((replace(BOTH, members=("all",)), ALL), Rows(runs=(), left_out=()))
    assert rows.runs == ()
    assert [one.name for one in rows.left_out] == ["both", "all"]
