"""The report is one well-formed file that loads nothing."""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser

from your_project import drawing, sections
from your_project.report import Page

HISTORY = [
    {"stage": "train", "epoch": 0, "train_loss": 2.0, "validation_loss": 1.5, "validation_accuracy": 0.5},
    {"stage": "train", "epoch": 1, "train_loss": 1.0, "validation_loss": 0.9, "validation_accuracy": 0.7},
]


def example() -> dict:
    return {
        "data": "mine <of> old",
        "classes": ["a", "b", "c"],
        "samples": {"training": 9, "validation": 3, "test": 3},
        "model": "resnet",
        "parameters": 1234567,
        "framework": "pytorch",
        "framework_version": "2",
        "device": "cpu",
        "precision": "fp32",
        "epochs": 2,
        "best_epoch": 2,
        "base": "base-pytorch",
        "loss": 0.5,
        "trials": [
            {
                "trial": "trial-02",
                "settings": {"rate": 0.25, "width": 8},
                "validation_loss": 0.5,
                "epochs": 2,
            },
            {
                "trial": "trial-01",
                "settings": {"rate": 9.5, "width": 8},
                "validation_loss": math.inf,
                "problem": "nan",
            },
        ],
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
    sections.facts(page, content)
    sections.comparison(
        page, {**content, "scratch": {"loss": 0.75}}, {"loss": "test loss"}, HISTORY, {"scratch": HISTORY[:1]}
    )
    sections.training_curves(page, HISTORY, "Read them so.")
    sections.trials(page, content)
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


def test_the_baseline_stands_beside_with_the_measures_that_it_has():
    content = {**example(), "accuracy": 0.9, "loss": 0.2, "scratch": {"accuracy": 0.5, "loss": 1.0}}
    content["baseline"] = {"name": "a tree", "accuracy": 0.6}
    page = Page("Report", "")
    sections.comparison(page, content, {"accuracy": "right", "loss": "loss"}, HISTORY, {"scratch": HISTORY})
    text = re.sub("<[^>]+>", " ", page.html())
    assert re.search(r"fine-tuned\s+from scratch\s+a tree\s+right\s+0.900\s+0.500\s+0.600", text)


def test_names_are_escaped():
    text = whole_page()
    assert "mine &lt;of&gt; old, 3 classes" in text
    assert "of &lt;everything&gt;" in text


def test_it_says_what_one_looks_for():
    text = whole_page()
    for words in (
        "0.750",
        "validation accuracy",
        "trial-02",
        "validation loss by rate",
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


def test_the_page_is_written(tmp_path):
    page = Page("Title")
    page.write(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
