"""Tables of one's own through the programs, with each framework: adapted to another one, evaluated, asked."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from your_project import engines, workflows
from your_project.files import read_json

SOURCE = Path(engines.__file__).parent
each_framework = pytest.mark.parametrize(
    "framework", [name for name, folder in engines.FOLDERS.items() if (SOURCE / folder).is_dir()]
)
QUICK = ("--epochs", "4", "--width", "16", "--head-epochs", "1", "--shots", "10")


def table(path, rows, slope):
    """Write houses whose town is a number that is a name."""
    random = np.random.default_rng(rows)
    areas = random.uniform(20, 200, rows).round(2).tolist()
    lines = [f"{area},{9 + at % 2},{slope * area + 40 * (at % 2):.2f}" for at, area in enumerate(areas)]
    path.write_text("\n".join(["area,town,price", *lines]) + "\n")
    return str(path)


@each_framework
def test_a_network_is_adapted_to_another_table_evaluated_and_asked(framework, tmp_path, capsys):
    place = ("--runs", str(tmp_path / "runs"), "--device", "cpu")
    old, new = table(tmp_path / "old.csv", 60, 3), table(tmp_path / "new.csv", 40, 4)
    workflows.train(framework, [*place, *QUICK[:4], "--data", old, "--categories", "town", "--run", "first"])
    assert read_json(tmp_path / "runs" / "first" / "model.json")["features"] == ["area", "town=9"]

    words = [*place, *QUICK, "--base", "first"]
    with pytest.raises(SystemExit):
        workflows.finetune(framework, [*words, "--data", old])
    assert "give other rows by --data" in capsys.readouterr().err
    workflows.finetune(framework, [*words, "--data", new, "--run", "tuned"])
    tuned = read_json(tmp_path / "runs" / "tuned" / "metrics.json")
    assert (tuned["base"], tuned["samples"]) == ("first", {"training": 10, "validation": 10, "test": 20})

    workflows.evaluate(framework, [*place, "--run", "tuned"])
    again = read_json(tmp_path / "runs" / "tuned" / "evaluate" / "metrics.json")
    assert again["samples"]["test"] == 20
    assert again["mae"] == pytest.approx(tuned["mae"], rel=1e-5)

    asked, told = tmp_path / "asked.csv", tmp_path / "told.csv"
    asked.write_text("town,area\n9,50\n10,\n10,500\n11,70\n")
    capsys.readouterr()
    workflows.predict(framework, [*place, "--run", "tuned", "--rows", str(asked), "--output", str(told)])
    out = capsys.readouterr().out
    assert "1 rows with gaps cannot be predicted, the first is line 3" in out
    assert "1 rows cannot be predicted; " in out
    assert "asked.csv, line 5: town '11' is none of 10, 9, which the network knows" in out
    assert "1 of 2 rows extrapolate: area was" in out
    with told.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["row", "predicted price"]
    assert [name for name, _ in rows] == ["line 2", "line 4"]
    assert float(rows[0][1]) < float(rows[1][1])
