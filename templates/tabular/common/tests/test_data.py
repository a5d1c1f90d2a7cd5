"""Rows: how they are split, what is measured on which of them, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from your_project import data, features, prediction
from your_project.engine import ModelCard, card_of
from your_project.errors import ProjectError
from your_project.settings import Settings
from your_project.tables import Table


def written(folder: Path, rows: list[str], head: str = "size,colour,kind") -> str:
    """Write a table and return its path as a setting."""
    path = folder / "rows.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return str(path)


def mixed(count: int = 200) -> list[str]:
    """Return rows with gaps, whose kind follows from the size."""
    colours = ("red", "green", "")
    return [
        f"{'' if at % 10 == 3 else at / 7},{colours[at % 3]},{'big' if at > count / 2 else 'small'}"
        for at in range(count)
    ]


def test_the_rows_that_come_with_the_project() -> None:
    rows = data.load(Settings())
    assert [len(part) for part in rows.parts] == [4336, 764, 900]
    assert (rows.classes, rows.positive) == (("<=50K", ">50K"), ">50K")
    assert [one.name for one in rows.features if one.numeric] == [
        "age", "education-years", "capital-gain", "capital-loss", "hours-per-week",
    ]  # fmt: skip
    assert "sampling-weight" not in features.kinds(rows.features)
    shares = [part.labels.mean() for part in rows.parts]
    np.testing.assert_allclose(shares, shares[0], atol=0.001)  # each class divided alike


def test_no_row_is_in_two_parts_and_equal_rows_stay_together(tmp_path: Path) -> None:
    rows = data.load(Settings(data=written(tmp_path, mixed() * 2)))
    sums = [set(part.checksums().tolist()) for part in rows.parts]
    assert not (sums[0] & sums[1] or sums[0] & sums[2] or sums[1] & sums[2])
    assert sum(len(part) for part in rows.parts) == 400


def test_the_order_of_the_rows_changes_nothing(tmp_path: Path) -> None:
    one = data.load(Settings(data=written(tmp_path, mixed())))
    other = data.load(Settings(data=written(tmp_path, mixed()[::-1])))
    assert one.features == other.features
    for part, same in zip(one.parts, other.parts, strict=True):
        assert set(part.checksums().tolist()) == set(same.checksums().tolist())


def test_test_and_validation_rows_change_nothing_that_is_measured(tmp_path: Path) -> None:
    rows = data.load(Settings(data=written(tmp_path, mixed())))
    told = features.measure(rows.train.table.without(("kind",)))
    assert rows.features == told
    # the same training rows beside others: sizes a thousand times as large, colours that nobody has seen
    changed = []
    for part in rows.parts[1:]:
        columns = dict(part.table.columns)
        columns["size"] = columns["size"] * 1000
        columns["colour"] = np.full(len(part), "ultraviolet")
        changed.append(
            (type(part.table)(part.table.source, columns, part.table.kinds, part.table.lines), part.labels)
        )
    again = data.make(rows, [(rows.train.table, rows.train.labels), *changed])
    assert card_of(again, Settings(), "pytorch") == card_of(rows, Settings(), "pytorch")
    np.testing.assert_array_equal(again.train.columns, rows.train.columns)
    colour = [one.name for one in rows.features].index("colour")
    assert (again.test.columns[:, colour] == features.UNKNOWN).all()


def test_gaps_and_unknown_categories_are_encoded() -> None:
    size = features.Feature("size", "number", median=2.0, edges=(1.0, 2.0, 3.0))
    colour = features.Feature("colour", "category", categories=("", "green", "red"))
    table = Table(
        "here",
        {"size": np.array([1.5, np.nan, 9]), "colour": np.array(["red", "", "mauve"])},
        {"size": "number", "colour": "category"},
        np.arange(3),
    )
    np.testing.assert_array_equal(features.encode(table, (size, colour)), [[1.5, 3], [np.nan, 1], [9, 0]])


def test_a_card_survives_being_written_as_json() -> None:
    import json
    from dataclasses import asdict

    card = card_of(data.load(Settings(data="wine")), Settings(), "keras")
    assert ModelCard(**json.loads(json.dumps(asdict(card)))).features == card.features


def test_sets_of_scikit_learn() -> None:
    wine = data.load(Settings(data="wine"))
    assert (wine.classes, wine.positive, len(wine.features)) == (("class_0", "class_1", "class_2"), "", 13)
    tumours = data.load(Settings(data="breast_cancer", positive="malignant"))
    assert (tumours.positive, len(tumours.features)) == ("malignant", 30)


def test_few_rows_keep_the_classes_shares() -> None:
    few = data.load(Settings()).few(100, seed=1)
    assert (len(few.train), len(few.validation), len(few.test)) == (100, 100, 900)
    assert few.train.labels.mean() == pytest.approx(0.24, abs=0.01)
    assert len(data.load(Settings(limit=50)).train) == 50


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"target": "size"}, "different numbers: that is to be estimated"),
        ({"target": "price"}, "has no column 'price': it has size, colour, kind"),
        ({"drop": ("weight",)}, "has no column 'weight'"),
        ({"positive": "huge"}, "--positive huge: the classes are big, small"),
        ({"categories": ("code",)}, "--categories code: the columns are"),
        ({"drop": ("size", "colour")}, "no column differs between the training rows"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, settings: dict[str, str], told: str) -> None:
    path = written(tmp_path, mixed())
    with pytest.raises(ProjectError, match=told):
        data.load(Settings(data=path, **settings))  # type: ignore[arg-type]


def test_names_are_neither_learned_nor_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = [f"{row},person {at}" for at, row in enumerate(mixed())]
    settings = Settings(data=written(tmp_path, people, "size,colour,kind,name"), target="kind")
    rows = data.load(settings)
    assert [one.name for one in rows.features] == ["size", "colour"]
    assert "person" not in repr(card_of(rows, settings, "pytorch"))
    assert "column 'name' is left out: nearly each row has a word of its own" in capsys.readouterr().out


def test_rows_that_the_network_cannot_know_are_told(tmp_path: Path) -> None:
    settings = Settings(data=written(tmp_path, mixed()))
    card = card_of(data.load(settings), settings, "pytorch")
    (tmp_path / "asked.csv").write_text("size,colour\n5,red\n5,mauve\n1e6,green\n,?\n5,\n")
    told = prediction.doubtful(prediction.own_rows(tmp_path / "asked.csv", card), card)
    assert [one.partition(" was ")[0] for one in told] == [
        "1 of 5 rows: size",
        "1 of 5 rows: the network does not know this colour, or saw too few of it (line 3: 'mauve')",
        "1 of 5 rows: gaps only, there is nothing to tell (line 5)",
    ]
    assert told[0].endswith("in training (line 4: 1e+06)")


def test_a_class_of_two_rows_cannot_be_divided(tmp_path: Path) -> None:
    path = written(tmp_path, [*mixed(), "1,red,odd", "2,red,odd"])
    with pytest.raises(ProjectError, match="fewer than 3 rows in which kind is odd"):
        data.load(Settings(data=path))


def test_rows_without_an_answer_are_left_out_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = data.load(Settings(data=written(tmp_path, [*mixed(), "5,red,", "6,red,NA"])))
    assert sum(len(part) for part in rows.parts) == 200
    assert "2 rows without a value of kind are left out" in capsys.readouterr().out


def test_unseen_rows_are_read_as_the_network_reads_them(tmp_path: Path) -> None:
    settings = Settings(data=written(tmp_path, mixed()))
    rows = data.load(settings)
    card, seen = (
        card_of(rows, settings, "pytorch"),
        np.concatenate([rows.train.checksums(), rows.validation.checksums()]),
    )
    again = data.load_unseen(settings, card, seen, same=True)
    np.testing.assert_array_equal(again.columns, rows.test.columns)
    np.testing.assert_array_equal(again.labels, rows.test.labels)
    with pytest.raises(ProjectError, match="no row of the network's classes that it was not trained on"):
        data.load_unseen(settings, card, np.concatenate([seen, rows.test.checksums()]), same=True)
