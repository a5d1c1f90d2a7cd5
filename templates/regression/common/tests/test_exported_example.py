"""The example of the README that uses an exported network tells what `predict` tells."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from your_project import engines, workflows

SOURCE = Path(engines.__file__).parent
README = Path(__file__).parents[1] / "README.md"
each_framework = pytest.mark.parametrize(
    "framework", [name for name, folder in engines.FOLDERS.items() if (SOURCE / folder).is_dir()]
)


def example(monkeypatch: pytest.MonkeyPatch, folder: Path) -> dict[str, Any]:
    """Run the example in a folder of exported files; return its names."""
    text = README.read_text(encoding="utf-8") if README.is_file() else ""
    found = re.search(r"```python\n(import json\n.*?)```", text, re.DOTALL)
    if not found:
        pytest.skip("the README has no such example any more")
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    exec(found[1], names)
    return names


@each_framework
def test_the_example_tells_what_predict_tells(
    framework: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ["--runs", str(tmp_path), "--device", "cpu"]
    workflows.train(framework, [*place, "--epochs", "2", "--width", "8", "--run", "mine"])
    workflows.export(framework, [*place, "--formats", "onnx"])
    names = example(monkeypatch, tmp_path / "mine" / "export")

    asked = tmp_path / "asked.csv"
    with asked.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names["row"].keys(), names["row"].values()])
    workflows.predict(framework, [*place, "--rows", str(asked), "--output", str(tmp_path / "told.csv")])
    with (tmp_path / "told.csv").open(encoding="utf-8-sig", newline="") as file:
        [told] = csv.DictReader(file)
    assert float(told["predicted mpg"]) == pytest.approx(names["predicted"][0, 0], rel=1e-4)
