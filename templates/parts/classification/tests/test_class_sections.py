"""The sections of a classifier's report."""

from __future__ import annotations

import numpy as np

from your_project import class_sections, drawing, metrics
from your_project.report import Page


def text() -> str:
    measured = metrics.classification(np.eye(3) * 4, np.array([0, 1, 1]), ("a", "b<i>", "c"))
    baseline = {"name": "logistic regression", "accuracy": 0.9, "training_samples": 9}
    content = {"classes": ["a", "b<i>", "c"], "seconds": 12.3, "baseline": baseline, **measured}
    page = Page("Report")
    class_sections.headline(page, content)
    class_sections.per_class(page, content)
    class_sections.calibration(page, content)
    return page.html()


def test_it_says_what_one_looks_for():
    for words in (
        "66.67%",
        "always the commonest class",
        "12 s",
        "logistic regression",
        "90.00%",
        "Confusion matrix",
        "Calibration",
    ):
        assert words in text()


def test_names_are_escaped():
    assert "b<i>" not in text()
    assert "b&lt;i&gt;" in text()


def test_large_confusion_matrices_have_no_numbers_inside():
    names = [f"class {number}" for number in range(30)]
    text = drawing.matrix("m", np.eye(30, dtype=int).tolist(), names)
    assert text.count("<rect") == 900
    assert ">1</text>" not in text
