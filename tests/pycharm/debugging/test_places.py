from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.errors import OptionRefused
from scaffold.pycharm.debugging.places import (
    asked_place,
    natural_places,
    places_in_tests,
    start_places,
)
from scaffold.system import HostSystem
from tests.pycharm.projects_on_disk import lay

SYSTEM = HostSystem()

PROJECT = {
    "src/net/__init__.py": "",
    "src/net/work.py": "def train():\n    '''Train.'''\n    engine.fit()\n",
    "src/net/pytorch/__init__.py": "",
    "src/net/pytorch/train.py": "from net import work\n\nif __name__ == '__main__':\n    work.train()\n",
    "src/net/pytorch/evaluate.py": "from net import work\n\nif __name__ == '__main__':\n    work.train()\n",
    "src/net/pytorch/engine.py": (
        "import torch\n\n\nclass Engine:\n    @torch.no_grad()\n    def scores(self, images):\n"
        "        self.eval()\n        for image in images:\n            ask(image)\n"
    ),
    "src/net/pytorch/loop.py": (
        "class Training:\n    def epoch(self):\n        for batch in self.batches:\n            with autocast():\n"
        "                loss = self.loss(\n                    batch)\n            scaler.scale(\n"
        "                loss).backward()\n"
    ),
    "src/net/keras/__init__.py": "",
    "src/net/keras/train.py": "def main():\n    '''Train.'''\n    global done\n    start()\n",
    "src/net/keras/evaluate.py": "",
    "src/net/keras/callbacks.py": (
        "import keras\n\nclass Bar(keras.callbacks.Callback):\n    def on_train_batch_end(self, batch, logs=None):\n"
        "        self.bar.advance()\n"
    ),
    "src/net/keras/engine.py": (
        "class Engine:\n    def fit(self):\n        super().fit()\n        self.model.fit(\n            1)\n\n"
        "    def logits(self):\n        return self.model.predict(1)\n"
    ),
}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("pytorch/train.py", ["pytorch/loop.py:7 Training.epoch"]),
        ("pytorch/evaluate.py", ["pytorch/engine.py:9 Engine.scores"]),
        ("keras/train.py", ["keras/callbacks.py:5 Bar.on_train_batch_end", "keras/engine.py:4 Engine.fit"]),
        ("keras/evaluate.py", ["keras/engine.py:8 Engine.logits"]),
    ],
)
def test_the_natural_place(tmp_path: Path, entry: str, expected: list[str]) -> None:
    lay(tmp_path, PROJECT)
    package = tmp_path / "src/net"
    found = natural_places(package / entry, [tmp_path / "src"], SYSTEM)
    assert [
        f"{Path(one.point.file).relative_to(package).as_posix()}:{one.point.line} {one.function}"
        for one in found
    ] == expected


@pytest.mark.parametrize(
    ("text", "line", "function"),
    [
        ("import os\n\ndef main():\n    '''Doc.'''\n\n    x = 1\n", 6, "main"),
        ("import os\n\nasync def main(): pass\n", 3, "main"),
        ("x = 1\nif __name__ == '__main__':\n    '''Doc.'''\n    y = 2\n", 4, ""),
        ("'''Doc.'''\nimport os\n\ndef helper(): ...\n\nx = 1\n", 6, ""),
        ("\ufeffx = 1\n", 1, ""),
    ],
)
def test_where_any_program_begins(tmp_path: Path, text: str, line: int, function: str) -> None:
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    (place,) = start_places(tmp_path / "a.py", SYSTEM)
    assert (place.point.line, place.function) == (line, function)


@pytest.mark.parametrize("text", ["", "import os\n", "def broken(:\n", "\0", "print 'python 2'\n"])
def test_a_file_without_a_line_to_stop_at(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    assert start_places(tmp_path / "a.py", SYSTEM) == ()
    assert start_places(tmp_path / "missing.py", SYSTEM) == ()


def test_every_test_is_a_place(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "tests/test_a.py": "def helper(): ...\n\ndef test_one():\n    x = 1\n\nclass TestB:\n    def test_two(self):\n        y = 1\n",
            "tests/deep/b_test.py": "def test_three():\n    z = 1\n",
            "tests/conftest.py": "def test_none():\n    w = 1\n",
            "tests/.hidden/test_c.py": "def test_four():\n    v = 1\n",
        },
    )
    found = [
        (Path(one.point.file).name, one.point.line) for one in places_in_tests(["tests"], tmp_path, SYSTEM)
    ]
    assert found == [("b_test.py", 2), ("test_a.py", 4), ("test_a.py", 8)]
    one = places_in_tests(["tests/deep/b_test.py::test_three"], tmp_path, SYSTEM)
    assert [place.function for place in one] == ["test_three"]


def test_a_place_that_is_asked_for(tmp_path: Path) -> None:
    lay(tmp_path, PROJECT)
    package, roots = tmp_path / "src/net", [tmp_path / "src"]

    def asked(wish: str) -> tuple[str, int]:
        place = asked_place(wish, package / "pytorch/train.py", roots, tmp_path, SYSTEM)
        return Path(place.point.file).name, place.point.line

    assert (
        asked("src/net/work.py:3")
        == asked("net/work.py:3")
        == asked(f"{package}/work.py:3")
        == ("work.py", 3)
    )
    assert asked("Training.epoch") == asked("epoch") == ("loop.py", 3)


@pytest.mark.parametrize(
    ("wish", "message", "hint"),
    [
        (
            "net/work.py:2",
            "--break net/work.py:2: line 2 holds no code",
            "the next that does:  --break net/work.py:3",
        ),
        (
            "net/work.py:99",
            "--break net/work.py:99: line 99 holds no code",
            "the next that does:  --break net/work.py:3",
        ),
        ("gone.py:1", "--break gone.py:1: there is no gone.py", "give its path from where you are"),
        ("nowhere", "--break nowhere: the program has no such function", "name a line:  --break FILE:LINE"),
    ],
)
def test_a_place_that_there_is_not(tmp_path: Path, wish: str, message: str, hint: str) -> None:
    lay(tmp_path, PROJECT)
    entry = tmp_path / "src/net/pytorch/train.py"
    with pytest.raises(OptionRefused) as refused:
        asked_place(wish, entry, [tmp_path / "src"], tmp_path, SYSTEM)
    assert (refused.value.message, refused.value.hint) == (message, hint)
