"""Exported networks compute what the network computes."""

from __future__ import annotations

from your_project import workflows
from your_project.files import read_json


def test_every_format_is_written_and_checked(tmp_path, capsys):
    words = ["--runs", str(tmp_path), "--device", "cpu"]
    small = ["--data", "digits", "--limit", "320", "--width", "8", "--epochs", "2"]
    workflows.train("keras", [*words, *small, "--run", "mine"])
    workflows.export("keras", words)
    written = read_json(tmp_path / "mine" / "export" / "export.json")["files"]
    formats = [one["format"] for one in written]
    assert formats[:2] == ["onnx", "keras"]
    assert all(one["largest_difference"] < 1e-4 for one in written)
    assert capsys.readouterr().out.count("from the network") == len(formats)
