"""The report is one well-formed file that loads nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np

from your_project import drawing, metrics, sections
from your_project.report import Page

HISTORY = [
    {"stage": "train", "epoch": 0, "train_loss": 2.0, "validation_loss": 1.5, "validation_accuracy": 0.5},
    {"stage": "train", "epoch": 1, "train_loss": 1.0, "validation_loss": 0.9, "validation_accuracy": 0.7},
]


def example() -> dict:
    measured = metrics.classification(np.eye(3) * 4, np.array([0, 1, 1]), ("a", "b<i>", "c"))
    return {
        "data": "mine",
        "classes": ["a", "b<i>", "c"],
        "samples": {"training": 9, "validation": 3, "test": 3},
        "model": "resnet",
        "parameters": 1234567,
        "framework": "pytorch",
        "framework_version": "2",
        "device": "cpu",
        "precision": "fp32",
        "epochs": 2,
        "best_epoch": 2,
        "seconds": 12.3,
        "baseline": {"name": "logistic regression on pixels", "accuracy": 0.9, "training_samples": 9},
        "base": "base-pytorch",
        **measured,
    }


class Balance(HTMLParser):
    """Counts what is open, and collects addresses."""

    VOID = frozenset({"meta", "img", "br", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name in {"src", "href"}]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def whole_page() -> str:
    content = example()
    page = Page("Report", "of <everything>")
    sections.headline(page, content)
    sections.facts(page, content)
    sections.comparison(page, {**content, "scratch": example()}, HISTORY, HISTORY[:1])
    sections.training_curves(page, HISTORY, "Read them so.")
    sections.per_class(page, content)
    sections.calibration(page, content)
    page.pictures([("data:image/png;base64,AAAA", "7 → 1 & 99%")])
    return page.html()


def test_a_whole_page_is_well_formed_and_loads_nothing():
    text = whole_page()
    parser = Balance()
    parser.feed(text)
    assert parser.open == []
    assert parser.addresses == ["data:image/png;base64,AAAA"]
    assert "<script" not in text
    assert not re.search(r"https?://|url\(", text)


def test_names_are_escaped():
    text = whole_page()
    assert "b<i>" not in text
    assert "b&lt;i&gt;" in text
    assert "of &lt;everything&gt;" in text


def test_it_says_what_one_looks_for():
    text = whole_page()
    for words in (
        "66.67%",
        "logistic regression on pixels",
        "1,234,567 parameters",
        "fine-tuned",
        "from scratch",
    ):
        assert words in text


def test_curves_with_nothing_one_point_and_gaps():
    for points in ([], [(1, 0.5)], [(1, 0.5), (2, float("nan")), (3, 0.5)]):
        text = drawing.curves("loss", [drawing.Curve("training", points)])
        assert "nan" not in text
        assert text.count("<polyline") == 1


def test_ticks_are_round():
    assert drawing.ticks(0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert drawing.ticks(0.13, 0.97) == [0.2, 0.4, 0.6, 0.8]
    assert drawing.ticks(1, 12, 8) == [2, 4, 6, 8, 10, 12]
    assert drawing.ticks(3, 3) == [3]


def test_large_confusion_matrices_have_no_numbers_inside():
    names = [f"class {number}" for number in range(30)]
    text = drawing.matrix("m", np.eye(30, dtype=int).tolist(), names)
    assert text.count("<rect") == 900
    assert ">1</text>" not in text


def test_the_page_is_written(tmp_path):
    page = Page("Title")
    page.write(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
