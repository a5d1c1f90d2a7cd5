"""Rows without leakage, from every kind of source."""

from __future__ import annotations

import numpy as np
import pytest

from your_project import data, encoding, rows, sources
from your_project.downloads import Download
from your_project.engine import card_of
from your_project.errors import ProjectError
from your_project.settings import Settings


def parts(found):
    return found.train, found.validation, found.test


@pytest.fixture
def houses(tmp_path):
    random = np.random.default_rng(0)
    lines = ["area;town;owner;price"]
    for row in range(60):
        area = random.uniform(20, 200)
        town = ("Ulm", "Bonn", "Köln")[row % 3]
        lines.append(f"{area:.2f};{town};person {row};{3 * area + 50 * (row % 3):.2f}".replace(".", ","))
    path = tmp_path / "houses.csv"
    path.write_text("\r\n".join(lines), encoding="utf-8-sig")
    return path


def test_auto_mpg_is_whole_and_no_row_is_in_two_parts():
    found = data.load(Settings())
    assert (found.target, sum(map(len, parts(found)))) == ("mpg", 392)
    assert found.features == (
        *("cylinders", "displacement", "horsepower", "weight", "acceleration", "model_year"),
        *("origin=Europe", "origin=Japan"),
    )
    assert found.references == ("origin=USA",)
    sums = [set(part.checksums().tolist()) for part in parts(found)]
    assert not (sums[0] & sums[1] or sums[0] & sums[2] or sums[1] & sums[2])
    assert all(part.features.dtype == part.targets.dtype == np.float32 for part in parts(found))
    assert found.train.targets.shape == (len(found.train), 1)


def test_the_division_is_the_same_every_time():
    first, again = data.load(Settings()), data.load(Settings(seed=7))
    for one, other in zip(parts(first), parts(again), strict=True):
        assert (one.features == other.features).all()
        assert (one.names == other.names).all()


def test_rows_are_standardised_by_the_training_rows_alone():
    found = data.load(Settings())
    assert found.mean == pytest.approx(found.train.features.astype(float).mean(0))
    assert found.std == pytest.approx(found.train.features.astype(float).std(0))
    assert (found.target_mean, found.target_std) == pytest.approx(
        (found.train.targets.astype(float).mean(), found.train.targets.astype(float).std())
    )
    everything = rows.joined(*parts(found)).features.astype(float)
    assert found.mean != pytest.approx(everything.mean(0), rel=1e-6)


def test_diabetes_is_in_its_own_units():
    found = data.load(Settings(data="diabetes"))
    assert sum(map(len, parts(found))) == 442
    ages = rows.joined(*parts(found)).features[:, 0]
    assert (ages.min(), ages.max()) == (19, 79)


def test_california_without_internet_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "CALIFORNIA", Download("cal_housing.tgz", ("file:///nowhere",), "0" * 64))
    with pytest.raises(ProjectError, match=r"cannot download cal_housing.tgz .*without internet"):
        data.load(Settings(data="california", cache=str(tmp_path)))


def test_a_file_of_ones_own(houses, capsys):
    found = data.load(Settings(data=str(houses)))
    assert (found.target, found.features) == ("price", ("area", "town=Köln", "town=Ulm"))
    out = capsys.readouterr().out
    assert "the last column, 'price', is predicted" in out
    assert "column 'owner' has 60 different words, too many to learn from: left out" in out
    assert found.train.names[0].startswith("person ")  # words that name the rows in the report


def test_the_target_and_what_is_left_out_are_chosen(houses):
    found = data.load(Settings(data=str(houses), target="area", drop=("town",)))
    assert (found.target, found.features) == ("area", ("price",))


def test_rows_with_gaps_are_left_out_and_told(houses, capsys):
    with houses.open("a", encoding="utf-8") as file:
        file.write("\r\n;Ulm;nobody;100\r\n50,5;Ulm;somebody;\r\n")
    found = data.load(Settings(data=str(houses)))
    assert sum(map(len, parts(found))) == 60
    assert "2 rows with gaps were left out, the first is line 62" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"target": "rent"}, "has no column 'rent': it has area, town, owner, price"),
        ({"target": "town"}, r"the target 'town' holds words \(Bonn, Köln, Ulm\)"),
        ({"drop": ("price",)}, "'price' is the target"),
        ({"drop": ("pool",)}, "has no column 'pool'"),
        ({"drop": ("area", "town")}, "no column is left to predict from"),
        ({"data": "nowhere.csv"}, "neither a file nor one of auto-mpg, diabetes, california"),
    ],
)
def test_what_cannot_be_meant_is_told(houses, changes, told):
    with pytest.raises(ProjectError, match=told):
        data.load(Settings(**{"data": str(houses), **changes}))


def test_a_number_that_is_none_is_told_with_its_line(houses):
    houses.write_text(houses.read_text("utf-8-sig").replace("\n", "\nten;Ulm;x;5\n", 1), encoding="utf-8")
    with pytest.raises(ProjectError, match=r"houses.csv, line 2, column 'area': 'ten' is not a number"):
        data.load(Settings(data=str(houses)))


def test_too_few_rows_and_a_target_that_is_always_the_same(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("a,b\n" + "".join(f"{n},{n}\n" for n in range(8)))
    with pytest.raises(ProjectError, match=r"[0-9] training rows are too few.*of 8 rows"):
        data.load(Settings(data=str(path)))
    path.write_text("a,b\n" + "".join(f"{n},1\n" for n in range(80)))
    with pytest.raises(ProjectError, match="b is the same in all training rows"):
        data.load(Settings(data=str(path)))


def test_a_word_that_the_network_does_not_know_is_no_other_one(houses):
    settings = Settings(data=str(houses))
    card = card_of(data.load(settings), settings, "pytorch")
    table = sources.read(settings).table
    table.columns["town"][4] = "Rom"
    with pytest.raises(ProjectError, match=r"houses.csv, line 6: town 'Rom' is none of Bonn, Köln, Ulm"):
        encoding.encode(table, card.features, card.references)


def test_few_rows_leave_the_others_to_the_test():
    found = data.load(Settings(), without_group=True)
    few = found.few(20, seed=0)
    assert [len(part) for part in parts(few)] == [20, 20, 351]  # without the year two cars are the same
    assert (few.train.features == found.few(20, seed=0).train.features).all()
    with pytest.raises(ProjectError, match="--shots 200: 391 rows are too few"):
        found.few(200, seed=0)
