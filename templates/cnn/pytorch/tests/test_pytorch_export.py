"""Exported networks compute what the network computes."""

from __future__ import annotations

import numpy as np
import pytest
from pytorch_cases import PLAIN, digits, fit, settings_of

from your_project import workflows
from your_project.files import read_json


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "runs"
    words = ["--data", "digits", "--width", "8", "--epochs", "2", "--device", "cpu", "--runs", str(folder)]
    workflows.train("pytorch", [*words, "--run", "mine"])
    return folder


def test_every_format_is_written_and_checked(trained, capsys):
    workflows.export("pytorch", ["--runs", str(trained), "--device", "cpu"])
    written = read_json(trained / "mine" / "export" / "export.json")
    assert [one["format"] for one in written["files"]] == ["onnx", "pt2"]
    assert all(one["largest_difference"] < 1e-4 for one in written["files"])
    assert all(
        (trained / "mine" / "export" / one["file"]).stat().st_size == one["bytes"] for one in written["files"]
    )
    assert written["model"]["classes"] == list("0123456789")
    assert capsys.readouterr().out.count("from the network") == 2


def test_an_exported_network_takes_any_number_of_images(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    engine, _ = fit(tmp_path / "run", digits(limit=64), settings_of())
    file = engine.export(digits().test.take(slice(4)), "onnx", tmp_path)
    session = onnxruntime.InferenceSession(str(file))
    for count in (1, 3):
        part = digits().test.take(slice(count))
        (told,) = session.run(None, {session.get_inputs()[0].name: engine.arrays(part)[0]})
        np.testing.assert_allclose(told, engine.outputs(part), atol=1e-4)
    assert PLAIN["precision"] == "fp32"


def test_a_format_that_is_not_there_is_told(trained, capsys):
    with pytest.raises(SystemExit):
        workflows.export(
            "pytorch", ["--runs", str(trained), "--device", "cpu", "--formats", "onnx", "tflite"]
        )
    assert capsys.readouterr().err == "error: --formats tflite: pytorch writes onnx, pt2\n"


def test_a_file_that_computes_something_else_is_refused(trained, capsys, monkeypatch):
    from your_project import exporting

    monkeypatch.setattr(
        exporting, "run_onnx", lambda file, arrays: np.zeros((len(arrays[0]), 10), "float32") + 9
    )
    with pytest.raises(SystemExit):
        workflows.export("pytorch", ["--runs", str(trained), "--device", "cpu", "--formats", "onnx"])
    assert "computes something else than the network" in capsys.readouterr().err
